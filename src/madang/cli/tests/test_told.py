"""The line of a contributed command in `madang --help`: read from its source, which stays unimported."""

from __future__ import annotations

import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import typer

from madang.cli import lazy
from madang.cli.told import told_by

Madang = Callable[..., Any]
SOURCE = '''
raise RuntimeError("this module was imported")

def greet(name: str) -> None:
    """Greet somebody. At length."""

def silent() -> None:
    return None

group = typer.Typer(no_args_is_help=True, help="Doors of the site.")
plain = typer.Typer()
called = typer.Typer()

@called.callback()
def root() -> None:
    """Rooms behind a callback."""

computed = typer.Typer(help=words())
'''


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the name of a package on the path whose every module refuses to be imported."""
    folder = tmp_path / "told_package" / "inner"
    folder.mkdir(parents=True)
    for place in (folder.parent, folder):
        (place / "__init__.py").write_text("from told_package.inner.commands import group as door\n1 / 0\n", "utf-8")
    (folder / "commands.py").write_text(SOURCE, "utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "told_package.inner"


def _point(value: str, name: str = "greet") -> EntryPoint:
    return EntryPoint(name, value, lazy.ENTRY_POINTS)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (".commands:greet", "Greet somebody. At length."),
        (".commands:group", "Doors of the site."),
        (".commands:called", "Rooms behind a callback."),
        (":door", "Doors of the site."),
        (".commands:silent", None),
        (".commands:plain", None),
        (".commands:computed", None),
        (".commands:nobody", None),
        (".nowhere:greet", None),
    ],
)
def test_the_help_is_read_from_the_source_alone(package: str, value: str, said: str | None) -> None:
    assert told_by(_point(package + value)) == said
    assert not [name for name in sys.modules if name.startswith("told_package")]


def test_a_package_that_is_not_there_says_nothing() -> None:
    assert told_by(_point("no_such_package.here:serve")) is None


def test_help_shows_the_line_of_a_contributed_command(
    madang: Madang, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    points = {"greet": _point(f"{package}.commands:greet"), "hush": _point(f"{package}.commands:silent", "hush")}
    monkeypatch.setattr(lazy, "contributed", lambda: points)
    out = madang("--help").out
    assert "\n  greet     Greet somebody.\n" in out
    assert "\n  hush      See `madang hush --help`.\n" in out


@pytest.mark.parametrize(
    ("django", "said"), [(None, "Serve all (needs the web extra)."), (object(), "Serve all. Now.")]
)
def test_a_command_of_the_site_says_that_it_needs_the_web_extra_where_that_is_missing(
    monkeypatch: pytest.MonkeyPatch, django: object, said: str
) -> None:
    monkeypatch.setattr(lazy, "contributed", lambda: {"serve": _point("madang.web.commands:serve")})
    monkeypatch.setattr(lazy, "told_by", lambda _: "Serve all. Now.")
    monkeypatch.setattr(lazy, "find_spec", lambda _: django)
    assert lazy.help_line("serve") == said


def test_every_command_that_is_contributed_here_says_what_it_does() -> None:
    """A new command needs a docstring, or a Typer app a help: `See ... --help` tells nobody anything."""
    lines = {name: lazy.help_line(name) for name in lazy.contributed()}
    assert {name for name, line in lines.items() if line.startswith("See ")} == set()


def test_a_contributed_group_looks_like_every_other_command(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    """Typer's own look draws boxes and offers a completion of its own for each group."""
    group = typer.Typer(no_args_is_help=True, help="Doors.")
    group.command("open")(lambda: typer.echo("open"))
    group.command("shut")(lambda: typer.echo("shut"))
    command = lazy.as_command("door", group)
    monkeypatch.setattr(lazy, "contributed", lambda: {"door": _point("madang:door")})
    monkeypatch.setattr(lazy, "load_command", lambda _: command)
    out = madang("door", "--help").out
    assert out.startswith("Usage: madang door [OPTIONS] COMMAND [ARGS]...\n\n  Doors.\n")
    assert "─" not in out
    assert "completion" not in out


def test_packages_are_looked_through_once_however_many_commands_there_are(
    madang: Madang, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each look reads the metadata of every installed package; one for each command made half of the help's time."""
    real, looks = lazy.entry_points, []

    def counting(**words: str) -> object:
        looks.append(words)
        return real(**words)

    lazy.contributed.cache_clear()
    monkeypatch.setattr(lazy, "entry_points", counting)
    assert madang("--help").code == 0
    assert looks == [{"group": lazy.ENTRY_POINTS}]
