"""The public face of the package: few names, pinned, and nothing heavy behind the door."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

import madang

PINNED = [
    "ChartFigure",
    "City",
    "FigureColumn",
    "Inputs",
    "MadangError",
    "MapFigure",
    "Number",
    "Reader",
    "Result",
    "Run",
    "Solution",
    "TableFigure",
    "Text",
    "__version__",
    "given",
    "load",
    "open_city",
    "perform",
    "text",
]


def test_the_public_names_are_these_and_at_most_twenty() -> None:
    assert sorted(madang.__all__) == PINNED
    assert len(PINNED) <= 20
    assert sorted(dir(madang)) == PINNED


@pytest.mark.parametrize("name", PINNED)
def test_every_public_name_is_there_and_described(name: str) -> None:
    thing = getattr(madang, name)
    assert isinstance(thing, str) or thing.__doc__


def test_a_name_that_is_not_public_is_refused_by_name() -> None:
    with pytest.raises(AttributeError, match="module 'madang' has no public name 'Citty'"):
        _ = madang.Citty


def test_the_version_is_the_one_that_is_installed() -> None:
    assert madang.__version__ == version("madang")


def test_importing_the_package_imports_nothing_else() -> None:
    code = "import sys; before = set(sys.modules); import madang; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    light = {"madang", "importlib", "importlib._bootstrap", "typing"}
    heavy = [
        name for name in done.stdout.split() if name.startswith(("madang.", "polars", "pydantic", "numba", "pint"))
    ]
    assert "madang" in done.stdout.split()
    assert not set(heavy) - light


def test_types_are_declared_to_be_shipped() -> None:
    assert (Path(madang.__file__).parent / "py.typed").exists()
