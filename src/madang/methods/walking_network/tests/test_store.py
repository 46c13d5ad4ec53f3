"""Imports are kept under the hash of their content and never trusted when damaged."""

from __future__ import annotations

import importlib.util
import inspect
import subprocess
import sys
from dataclasses import fields

import numpy as np
import pytest

import madang.methods.walking_network as package
from madang.core import kernels
from madang.core.errors import NetworkError
from madang.methods.walking_network import (
    ElevationPoints,
    ImportOptions,
    WalkingNetwork,
    import_streets,
    import_tables,
    reach_sets,
    snap,
)
from madang.methods.walking_network.store import cache_folder, load_network

NODES = "node_id,lon,lat\n1,127.0,37.5\n2,127.0,37.501\n3,127.0,37.502\n"


@pytest.fixture
def tables(tmp_path):
    (tmp_path / "nodes.csv").write_text(NODES)
    (tmp_path / "edges.csv").write_text("u,v\n1,2\n2,3\n")
    return tmp_path / "edges.csv", tmp_path / "nodes.csv"


def kept_in(folder):
    return sorted(folder.glob("*.npz"))


def test_the_second_import_comes_from_the_cache(tables, tmp_path):
    options, said = ImportOptions(cache=tmp_path / "kept"), []
    first = import_tables(*tables, options=options)
    second = import_tables(*tables, options=options, progress=lambda share, what: said.append(what))
    assert said == ["edges.csv read from the cache"]
    assert second.quality == first.quality
    assert second.is_level
    for field in fields(WalkingNetwork):
        one, other = getattr(first, field.name), getattr(second, field.name)
        assert np.array_equal(one, other) if isinstance(one, np.ndarray) else one == other


def test_other_bytes_options_or_heights_are_another_entry(tables, tmp_path):
    kept = tmp_path / "kept"
    import_tables(*tables, options=ImportOptions(cache=kept))
    import_tables(*tables, options=ImportOptions(cache=kept), all_ways=True)
    hill = ElevationPoints(np.array([127.0]), np.array([37.5]), np.array([30.0]))
    import_tables(*tables, options=ImportOptions(cache=kept, elevation=hill))
    tables[1].write_text(NODES.replace("37.502", "37.503"))
    import_tables(*tables, options=ImportOptions(cache=kept))
    assert len(kept_in(kept)) == 4


def test_heights_survive_the_cache(tables, tmp_path):
    hill = ElevationPoints(np.array([127.0, 127.0]), np.array([37.5, 37.501]), np.array([0.0, 20.0]))
    options = ImportOptions(cache=tmp_path, elevation=hill)
    networks = [import_tables(*tables, options=options) for _ in range(2)]
    assert not networks[1].is_level
    assert np.array_equal(networks[0].arc_backward_mm, networks[1].arc_backward_mm)
    assert np.isnan(networks[1].node_elevation_m).sum() == 1


def test_a_damaged_entry_is_made_anew(tables, tmp_path):
    options = ImportOptions(cache=tmp_path / "kept")
    import_tables(*tables, options=options)
    (entry,) = kept_in(tmp_path / "kept")
    entry.write_bytes(entry.read_bytes()[:100])
    assert load_network(entry) is None
    assert import_tables(*tables, options=options).nodes == 3
    assert load_network(entry) is not None


def test_nothing_half_written_stays_behind(tables, tmp_path):
    import_tables(*tables, options=ImportOptions(cache=tmp_path / "kept"))
    assert [path.suffix for path in (tmp_path / "kept").iterdir()] == [".npz"]


def test_a_cache_that_cannot_be_written_costs_time_only(tables, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    said = []
    network = import_tables(
        *tables, options=ImportOptions(cache=blocked), progress=lambda share, what: said.append(what)
    )
    assert network.nodes == 3
    assert said[-1] == "edges.csv could not be kept in the cache"


def test_the_cache_lies_where_xdg_says(monkeypatch, tmp_path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "madang" / "networks"


def test_without_the_cache_nothing_is_written(tables, tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    import_tables(*tables, options=ImportOptions(use_cache=False))
    assert not (tmp_path / "xdg").exists()


def test_an_unknown_kind_of_file_lists_the_known(tmp_path):
    strange = tmp_path / "streets.docx"
    strange.write_text("")
    with pytest.raises(NetworkError) as caught:
        import_streets(strange)
    assert caught.value.what == "files ending in '.docx' are not known as streets"


def test_a_missing_file_says_so(tmp_path):
    with pytest.raises(NetworkError) as caught:
        import_streets(tmp_path / "seoul.osm.pbf")
    assert caught.value.what == "the file does not exist"


def test_the_word_of_compiling_stands_while_the_compiler_is_waited_for(tables, monkeypatch):
    monkeypatch.setattr(kernels, "is_ready", lambda kernel: False)
    said = []

    def progress(share, what):
        said.append(what)

    network = import_tables(*tables, options=ImportOptions(use_cache=False), progress=progress)
    places, _ = snap(network, [127.0], [37.5], progress=progress)
    reach_sets(network, places, places, 100.0, progress=progress)
    waits = [k for k, what in enumerate(said) if what.startswith("compiling kernels")]
    assert [said[k + 1] for k in waits] == ["linking junctions", "1 points placed", "searching the streets"]


def laid_out(path, name, module):
    """Import ``module`` from a file that defines a kernel over a tuple of that name, and run the kernel."""
    path.write_text(
        "from typing import NamedTuple\n"
        "from madang.core.kernels import kernel\n"
        f"class {name}(NamedTuple):\n    one: int\n    two: int\n"
        "@kernel(nogil=True)\ndef added(pair):\n    return pair.one + pair.two\n"
    )
    spec = importlib.util.spec_from_file_location(module, path)
    found = sys.modules[module] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found.added, getattr(found, name)


def test_kernels_kept_by_another_version_are_compiled_anew(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "kept_kernel", None)
    added, old = laid_out(tmp_path / "kept_kernel.py", "Before", "kept_kernel")
    assert added(old(1, 2)) == 3
    (index,) = tmp_path.rglob("*.nbi")
    added, new = laid_out(tmp_path / "kept_kernel.py", "Renamed", "kept_kernel")
    assert not kernels.is_ready(added)
    assert added(new(3, 4)) == 7
    index.write_bytes(index.read_bytes()[:-9])
    added, new = laid_out(tmp_path / "kept_kernel.py", "Renamed", "kept_kernel")
    assert added(new(5, 6)) == 11


def test_a_level_network_holds_one_array_for_length_and_both_efforts_also_when_kept(tables, tmp_path):
    options = ImportOptions(cache=tmp_path)
    for network in (import_tables(*tables, options=options) for _ in range(2)):
        assert network.vertex_forward_mm is network.vertex_offset_mm
        assert network.vertex_backward_mm is network.vertex_offset_mm
        assert np.shares_memory(network.arc_backward_mm, network.arc)


HEAVY = {"geopandas", "osmium", "pandas", "pyarrow", "pyogrio", "shapely"}


def test_a_search_of_a_kept_network_imports_no_reader_of_files(tables, tmp_path):
    import_tables(*tables, options=ImportOptions(cache=tmp_path))
    program = (
        "import sys\n"
        "from pathlib import Path\n"
        "from madang.methods.walking_network import ImportOptions, import_tables, reach_sets\n"
        "network = import_tables(*sys.argv[1:3], options=ImportOptions(cache=Path(sys.argv[3])))\n"
        "places = network.node_places()\n"
        "print(reach_sets(network, places, places, 150.0).pairs)\n"
        "print(*sorted(sys.modules))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, *tables, tmp_path], capture_output=True, text=True, check=True
    )
    pairs, modules = done.stdout.splitlines()
    assert int(pairs) == 7
    assert HEAVY.isdisjoint(modules.split())


def test_every_public_name_is_what_its_home_says_and_none_is_hidden_by_a_module():
    for name in package.__all__:
        found = getattr(package, name)
        assert not inspect.ismodule(found), name
        assert name in dir(package)
    assert package.reach_sets is reach_sets
    with pytest.raises(AttributeError, match="no public name 'walk'"):
        package.walk  # noqa: B018
