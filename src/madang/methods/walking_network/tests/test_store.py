"""Imports are kept under the hash of their content and never trusted when damaged."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from madang.core.errors import NetworkError
from madang.methods.walking_network import (
    ElevationPoints,
    ImportOptions,
    WalkingNetwork,
    import_streets,
    import_tables,
    kernels,
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


def test_compiling_is_announced_only_when_someone_has_to_wait():
    said = []

    def progress(share, what):
        said.append(what)

    class Compiled:
        signatures = ("one",)

    class Fresh:
        signatures = ()

    assert not kernels.announce_compiling(progress, Compiled())
    assert kernels.announce_compiling(progress, Compiled(), Fresh())
    assert said == ["compiling kernels (once, about ten seconds)"]


def test_a_place_without_any_cache_still_compiles(monkeypatch):
    calls = []

    def refusing(**options):
        calls.append(options)
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return lambda kernel: kernel

    monkeypatch.setattr(kernels, "njit", refusing)
    assert kernels.compiled(len) is len
    assert calls == [{"cache": True, "nogil": True}, {"nogil": True}]
