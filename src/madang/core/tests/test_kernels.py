"""A kept kernel is compiled anew whenever anything it is made of changes, and found again while nothing does."""

from __future__ import annotations

import subprocess
import sys

import pytest

from madang.core import kernels

CALLER = """
from madang.core.kernels import kernel
from {package}.called import helped
from elsewhere.constants import ADDED

@kernel(nogil=True)
def caller(x):
    return helped(x) + ADDED
"""
CALLED = """
from madang.core.kernels import kernel

@kernel(nogil=True)
def helped(x):
    return {times} * x
"""
ASK = "from asked.caller import caller; print(caller(5), sum(caller.stats.cache_hits.values()))"


@pytest.fixture
def laid_out(tmp_path):
    """A caller, the kernel it calls in a folder of its own or beside it, and a constant of a third package."""

    def lay(package="asked", times=2, added=1):
        for name, file, text in (
            ("asked", "caller.py", CALLER.format(package=package)),
            (package, "called.py", CALLED.format(times=times)),
            ("elsewhere", "constants.py", f"ADDED = {added}"),
        ):
            folder = tmp_path / name
            folder.mkdir(exist_ok=True)
            (folder / "__init__.py").touch()
            (folder / file).write_text(text)

    return lay


def answer(folder):
    """Return (what the caller gives in a fresh process, how often it came from disk)."""
    told = subprocess.run([sys.executable, "-B", "-c", ASK], cwd=folder, capture_output=True, text=True, check=True)
    return tuple(int(word) for word in told.stdout.split())


@pytest.mark.parametrize("package", ["asked", "other"])
def test_a_change_in_a_called_file_is_seen_and_no_change_spares_the_compiler(laid_out, tmp_path, package):
    laid_out(package, times=2)
    assert answer(tmp_path) == (11, 0)
    assert answer(tmp_path) == (11, 1)
    laid_out(package, times=3)
    assert answer(tmp_path) == (16, 0)


def test_a_file_beside_that_holds_no_kernel_spares_the_compiler(laid_out, tmp_path):
    laid_out()
    assert answer(tmp_path) == (11, 0)
    (tmp_path / "asked" / "plain.py").write_text("ADDED = 3")
    assert answer(tmp_path) == (11, 1)


def test_a_change_of_a_constant_from_another_package_is_seen(laid_out, tmp_path):
    laid_out(added=1)
    assert answer(tmp_path) == (11, 0)
    laid_out(added=2)
    assert answer(tmp_path) == (12, 0)


def test_a_place_without_any_cache_still_compiles(monkeypatch):
    def refusing(_function):
        raise RuntimeError("cannot cache function: no locator available")

    monkeypatch.setattr(kernels, "_Cache", refusing)

    @kernels.kernel(nogil=True)
    def doubled(x):
        return 2 * x

    assert doubled(4) == 8


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
