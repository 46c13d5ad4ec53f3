"""What a contributed command says of itself, read from its source: importing it would load a whole site."""

from __future__ import annotations

import ast
from importlib.metadata import EntryPoint
from importlib.util import find_spec
from pathlib import Path


def told_by(point: EntryPoint) -> str | None:
    """Return the help that a contributed function or Typer app states in its source; None where it states none."""
    module, _, attribute = point.value.partition(":")
    return _help_of(module, attribute.strip())


def told_in(path: Path) -> str | None:
    """Return the first line that a file says of itself; None where it says nothing."""
    said = ast.get_docstring(ast.parse(path.read_bytes()))
    return said.splitlines()[0] if said else None


def _help_of(module: str, attribute: str) -> str | None:
    """Return the help of one name of a module: a function's docstring, or the ``help`` of a Typer app."""
    path = _source_of(module)
    if path is None:
        return None
    said: str | None = None
    for statement in ast.parse(path.read_bytes()).body:
        if isinstance(statement, ast.FunctionDef) and _speaks_for(statement, attribute):
            said = ast.get_docstring(statement) or said
        elif isinstance(statement, ast.Assign) and attribute in map(ast.unparse, statement.targets):
            said = _help_argument(statement.value)
        elif isinstance(statement, ast.ImportFrom) and not statement.level and statement.module:
            whole = {alias.asname or alias.name: alias.name for alias in statement.names}
            said = _help_of(statement.module, whole[attribute]) if attribute in whole else said
    return said


def _speaks_for(function: ast.FunctionDef, attribute: str) -> bool:
    """Tell whether a function is the one named, or the callback of the app named."""
    marks = [ast.unparse(mark.func) for mark in function.decorator_list if isinstance(mark, ast.Call)]
    return function.name == attribute or f"{attribute}.callback" in marks


def _help_argument(made: ast.expr) -> str | None:
    """Return the text given as ``help`` where an app is made."""
    given = {word.arg: word.value for word in made.keywords} if isinstance(made, ast.Call) else {}
    said = given.get("help")
    return said.value if isinstance(said, ast.Constant) and isinstance(said.value, str) else None


def _source_of(module: str) -> Path | None:
    """Return where a module's source lies, without importing the packages above it but the first."""
    first, *rest = module.split(".")
    spec = find_spec(first)
    places = (spec.submodule_search_locations or []) if spec else []
    for place in places:
        path = Path(place).joinpath(*rest)
        for source in (path.with_suffix(".py"), path / "__init__.py"):
            if source.is_file():
                return source
    return None
