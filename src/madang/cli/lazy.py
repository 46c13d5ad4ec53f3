"""Commands known by name and one line of help, loaded only when called.

Further ones come by entry point, and from solutions that bring operations of their own.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from madang import register
from madang.cli.told import told_by, told_in
from madang.core.errors import Both, MadangError, UnknownName, UsageError

ENTRY_POINTS = "madang.commands"
#: Name of a command: where its function lives, and its line in `madang --help`.
COMMANDS = {
    "list": ("madang.cli.listing:list_solutions", "List the solutions."),
    "show": ("madang.cli.showing:show", "Show a solution: what it needs, what it gives, its scenarios and facts."),
    "run": ("madang.cli.running:run", "Run a solution for a city on a day."),
    "compare": ("madang.cli.comparing:compare", "Run scenarios or cities side by side."),
    "why": ("madang.cli.asking:why", "Walk a number back to its inputs, facts, days and sources."),
    "promises": ("madang.cli.promising:promises", "Judge what the city promised: stated against computed."),
    "check": ("madang.cli.checking:check", "Check cases, facts and a city's folder."),
    "new-city": ("madang.cli.founding:new_city", "Make a folder for another city."),
    "import": ("madang.cli.imports:import_", "Bring a file of streets, demand, sites or OSM into a city's folder."),
    "export": ("madang.cli.imports:export", "Write a figure's data as GeoJSON, GeoParquet or CSV."),
    "verify": ("madang.cli.verifying:verify", "Recompute a run bundle and say what differs."),
}
#: Commands that keep state; the web extra contributes them.
WITH_WEB = {
    "serve": "Serve the site: library, bench and desks (needs the web extra).",
    "desk": "Work at a desk: points, permits, alarms (needs the web extra).",
    "permit": "Ask for development load and keep its account (needs the web extra).",
}


class Misused(Exception):
    """A command line that Typer refuses, carried past the English in which Typer would print it."""

    def __init__(self, refused: typer.TyperException) -> None:
        """Keep what Typer raised."""
        self.refused = refused
        super().__init__(str(refused))


class LazyCommands(TyperGroup):
    """A group that shows names and lines of help at once, and loads one command's code when it is called."""

    def make_context(self, *given: Any, **options: Any) -> Any:
        """Read the words before the command's name."""
        with _past_typer():
            return super().make_context(*given, **options)

    def invoke(self, ctx: Any) -> Any:
        """Read the words after the command's name, and do what it does."""
        with _past_typer():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:  # noqa: ARG002 - the shape Typer calls
        """Return the commands in reading order."""
        return list(dict.fromkeys([*COMMANDS, *brought(), *contributed(), *WITH_WEB]))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a stand-in with the command's line of help, or None for a name nobody has."""
        if cmd_name not in self.list_commands(ctx):
            return None
        return TyperCommand(cmd_name, help=help_line(cmd_name), rich_markup_mode=None)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command named by the first argument, loaded; a wrong name suggests the right one."""
        name = args[0]
        if name not in self.list_commands(ctx):
            if name.startswith("-"):
                return super().resolve_command(ctx, args)
            raise UnknownName(Both("명령", "command"), name, self.list_commands(ctx))
        return name, load_command(name), args[1:]


@contextmanager
def _past_typer() -> Iterator[None]:
    """Let whoever called the command line say what Typer refuses of it."""
    try:
        yield
    except typer.TyperException as refused:
        raise Misused(refused) from refused


def brought() -> dict[str, str]:
    """Return the commands that solutions bring, and whose they are; nothing of a solution is imported."""
    return {name.replace("_", "-"): name for name in register.NAMES if register.has_operations(name)}


@cache
def contributed() -> dict[str, EntryPoint]:
    """Return the commands that installed packages contribute, looked for once: it reads every package's metadata."""
    return {point.name: point for point in entry_points(group=ENTRY_POINTS)}


def help_line(name: str) -> str:
    """Return a command's line in `madang --help`, read without importing what a package contributes."""
    if name in COMMANDS:
        return COMMANDS[name][1]
    if name in brought():
        return told_in(register.folder_of(brought()[name]) / "operations.py") or f"See `madang {name} --help`."
    point = contributed().get(name)
    if point is None:
        return WITH_WEB[name]
    said = told_by(point) or f"See `madang {name} --help`."
    # A plain install lists what the web extra would bring; without Django none of it can start.
    lacking = point.value.startswith("madang.web.") and find_spec("django") is None
    return f"{said.partition('. ')[0].rstrip('.')} (needs the web extra)." if lacking else said


def load_command(name: str) -> Any:
    """Return one command, its code imported.

    Raises:
        UsageError: the command needs the web extra, and that is not installed.
    """
    points = contributed()
    if name in COMMANDS:
        module, _, function = COMMANDS[name][0].partition(":")
        return as_command(name, getattr(import_module(module), function))
    if name in brought():
        return as_command(name, import_module("madang.cli.operating").group_of(brought()[name]))
    if name in points:
        try:
            return as_command(name, points[name].load())
        except ModuleNotFoundError as error:
            raise _needs_web(name) from error
    raise _needs_web(name)


def as_command(name: str, made: Any) -> Any:
    """Return a plain function, or a Typer app, as a command of this name."""
    app = typer.Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    if isinstance(made, typer.Typer):
        app.add_typer(made, name=name)
        return get_command(app).commands[name]  # type: ignore[attr-defined]
    app.command(name)(made)
    command = get_command(app)
    command.name = name
    return command


def _needs_web(name: str) -> MadangError:
    """Return the error that says what to install."""
    return UsageError(
        Both(f"`madang {name}`에는 web 부속이 필요합니다", f"`madang {name}` needs the web extra"),
        todo=Both("설치하십시오: pip install 'madang[web]'", "install it: pip install 'madang[web]'"),
    )
