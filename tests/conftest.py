"""A throw-away policy and a small city for tests of the whole house."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import madang.solutions
from madang import register
from madang.core.contract import Solution

THROWAWAY = Path(__file__).parent / "throwaway"


@pytest.fixture
def shade_trees(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Solution]:
    """Return the throw-away solution, registered beside the real ones while one test runs."""
    home = tmp_path / "solutions"
    shutil.copytree(THROWAWAY / "shade_trees", home / "shade_trees")
    real = register.folder_of
    monkeypatch.setattr(madang.solutions, "__path__", [*madang.solutions.__path__, str(home)])
    monkeypatch.setattr(register, "NAMES", (*register.NAMES, "shade_trees"))
    monkeypatch.setattr(register, "folder_of", lambda name: home / name if name == "shade_trees" else real(name))
    yield register.load("shade_trees")
    for name in [name for name in sys.modules if name.startswith("madang.solutions.shade_trees")]:
        del sys.modules[name]


@pytest.fixture
def trial_city(tmp_path: Path) -> Path:
    """Return the folder of a small valid city that has all the throw-away solution needs."""
    folder = tmp_path / "cities" / "trial"
    shutil.copytree(THROWAWAY / "city", folder)
    return folder
