"""Fixtures that every test folder may use."""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Generator
from pathlib import Path
from unittest import mock

import pytest

import madang.solutions
from madang import register
from madang.core.errors import MadangError
from madang.core.tests.both_languages import unlike

#: Rooms in whose tests every error that is made, expected or not, is held to say the same in both languages.
_HELD_TO_BOTH = (
    "methods/composite_index", "methods/load_allocation", "methods/river_network", "methods/stock_flow",
    "methods/tests", "solutions/city_rank", "solutions/effluent", "solutions/ev_fleet", "solutions/pollution_cap",
)  # fmt: skip


def pytest_configure(config: pytest.Config) -> None:
    """Let properties take the time they need: a busy machine is no fault of the code."""
    if config.pluginmanager.has_plugin("hypothesispytest"):
        from hypothesis import settings  # noqa: PLC0415 - a run without the plugin does without it

        settings.register_profile("house", deadline=None)
        settings.load_profile("house")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """Fail a test whose errors say less, or other names and numbers, to a reader of Korean."""
    package = Path(madang.solutions.__file__).parent.parent
    if not any((package / room) in item.path.parents for room in _HELD_TO_BOTH):
        return (yield)
    made: list[MadangError] = []
    born = MadangError.__init__

    def watched(error: MadangError, *given: object, **named: object) -> None:
        born(error, *given, **named)  # type: ignore[arg-type]
        made.append(error)

    with mock.patch.object(MadangError, "__init__", watched):
        result = yield
    if parted := [said for error in made for said in unlike(error)]:
        pytest.fail("; ".join(parted))
    return result


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that hold slow tests, then with the longest: a worker given one last would end alone."""
    sizes, slow = Counter(item.path for item in items), {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path not in slow, -sizes[item.path]))


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data, or skip with the reason why it cannot be read."""
    folder = Path(os.environ.get("MADANG_SHARED", Path(__file__).parent.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"the reference data are not at {folder}: set MADANG_SHARED to their folder")
    return folder


@pytest.fixture
def tea(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Register the throw-away policy of tests/tea_stalls and return a copy of its town's folder."""
    home = Path(__file__).parent / "tests"
    monkeypatch.setattr(madang.solutions, "__path__", [*madang.solutions.__path__, str(home)])
    monkeypatch.setattr(register, "NAMES", ("tea_stalls",))
    named = register.folder_of
    monkeypatch.setattr(register, "folder_of", lambda name: home / named(name).name)
    return Path(shutil.copytree(home / "tea_stalls" / "teatown", tmp_path / "teatown"))
