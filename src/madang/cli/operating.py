"""A solution's operations as a group of commands: options from what each wants, the answer as text or JSON."""

from __future__ import annotations

import inspect
from typing import Annotated, Any

import typer
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from madang import register
from madang.cli.options import LangOption, TextOrJson, today
from madang.cli.screen import console, plain_text, say_next, sheet, working
from madang.core.documents import say_fault
from madang.core.errors import Both, UsageError
from madang.core.language import Language, Text, say_number
from madang.core.operations import Answer, Cell, Operation, Sheet
from madang.core.units import say_unit
from madang.plan.report.data import to_json

#: A field of this name is filled with the day on which the command is called: operations read no clock.
_DAY = "today"
_FORMAT = Annotated[TextOrJson, typer.Option("--format", help="Form of the answer.")]


def group_of(name: str) -> typer.Typer:
    """Return the operations of a solution as a group of commands."""
    card = register.load(name).card
    said = f"{card.title.en} ({card.title.ko}): work with its files."
    group = typer.Typer(help=said, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)
    group.callback()(lambda: None)
    for operation in register.load_operations(name):
        group.command(operation.name, help=operation.says.en)(_as_function(operation))
    return group


def _as_function(operation: Operation) -> Any:
    """Return a function whose signature says to Typer what the operation wants."""
    fields = operation.wants.model_fields
    parameters = [_parameter(name, info) for name, info in fields.items() if name != _DAY]
    parameters.append(inspect.Parameter("output", _KEYWORD, default="text", annotation=_FORMAT))
    parameters.append(inspect.Parameter("lang", _KEYWORD, default="en", annotation=LangOption))

    def call(**said: Any) -> None:
        output, language = said.pop("output"), said.pop("lang")
        if _DAY in fields:
            said[_DAY] = today()
        with working(operation.name) as progress:
            answer = operation.run(_told(operation, said), progress)
        _say(answer, output, language)

    call.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return call


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _parameter(name: str, info: FieldInfo) -> inspect.Parameter:
    """Return one field as an argument or option of a command."""
    extra = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    metavar = str(extra.get("metavar") or "") or None
    if extra.get("argument"):
        said: Any = typer.Argument(help=info.title, metavar=metavar)
    else:
        said = typer.Option(f"--{name.replace('_', '-')}", help=info.title, metavar=metavar)
    kind = info.annotation
    if getattr(kind, "__origin__", None) is tuple:
        kind = list[kind.__args__[0]]  # type: ignore[name-defined]
    default = inspect.Parameter.empty if info.is_required() else info.default
    if isinstance(default, tuple):
        default = list(default)
    return inspect.Parameter(name, _KEYWORD, default=default, annotation=Annotated[kind, said])


def _told(operation: Operation, said: dict[str, Any]) -> Any:
    """Return what the operation wants from what the command line said.

    Raises:
        UsageError: a value that cannot be.
    """
    try:
        return operation.wants.model_validate(said)
    except ValidationError as error:
        first = error.errors()[0]
        option = str(first["loc"][0]).replace("_", "-") if first["loc"] else operation.name
        fault, given = say_fault(first), repr(first["input"])
        what = Both(
            f"--{option}에 줄 수 없는 값입니다: {given}. {fault.ko}", f"--{option} cannot be {given}: {fault.en}"
        )
        todo = Both(f"명령의 --help를 보십시오: {operation.name}", f"see the command's --help: {operation.name}")
        raise UsageError(what, todo=todo) from error


def _say(answer: Answer, output: str, language: Language) -> None:
    """Print an answer."""
    if output == "json":
        typer.echo(to_json(answer.as_json()), nl=False)
        return
    screen = console()
    screen.print(plain_text(answer.title.to(language), "bold"))
    table = sheet("", "", numeric=(1,))
    table.show_header = False
    for line in answer.lines:
        table.add_row(plain_text(line.what.to(language)), plain_text(_amount(line.value, line.unit, language)))
    if answer.lines:
        screen.print(table)
    for part in answer.sheets:
        _say_sheet(screen, part, language)
    for note in answer.notes:
        screen.print(plain_text(f"† {note.to(language)}"))
    for name, path in answer.files.items():
        screen.print(plain_text(f"{name}: {path}", "dim"), soft_wrap=True)
    if answer.next:
        say_next(screen, language, *answer.next)


def _say_sheet(screen: Any, part: Sheet, language: Language) -> None:
    """Print one sheet of an answer."""
    numeric = [
        column
        for column in range(len(part.heads))
        if part.rows and all(isinstance(row[column], int | float | None) for row in part.rows)
    ]
    table = sheet(*(head.to(language) for head in part.heads), numeric=numeric)
    for row in part.rows:
        table.add_row(*(plain_text(_cell(cell, language)) for cell in row))
    screen.print(table)


def _cell(cell: Cell | Text, language: Language) -> str:
    """Return a cell for reading."""
    return cell.to(language) if isinstance(cell, Text) else _amount(cell, "", language)


def _amount(value: Cell, unit: str, language: Language) -> str:
    """Return a value with its unit for reading; unknown is a dash, never zero."""
    said = value if isinstance(value, str) else say_number(value)
    if not unit or unit == "1":
        return said
    return f"{said} {say_unit(unit, language, said)}"
