"""``madang permit``: a project in, an answer out; and the account of development loads behind it."""

from __future__ import annotations

import getpass
import json
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, Literal

import typer

from madang.core.documents import load_toml
from madang.core.errors import Both, DataError, TableError, UsageError, Where
from madang.core.language import Language, text
from madang.web.opening.preparing import prepare, start_django

app = typer.Typer(
    no_args_is_help=True,
    help="Development loads: a project in, an answer out; the account behind it.",
    pretty_exceptions_enable=False,
)
TextOrJson = Literal["text", "json"]
KeyArgument = Annotated[str, typer.Argument(metavar="PERMIT", help="A permit's key, or as much of it as is needed.")]
NoteOption = Annotated[str, typer.Option("--note", help="What should stand in the trail.")]
ByOption = Annotated[str, typer.Option("--by", help="Who does it, for the trail; the account's name if left out.")]
LangOption = Annotated[Language, typer.Option("--lang", envvar="MADANG_LANG", help="Language of what is said.")]
StatusOption = Annotated[str, typer.Option("--status", help="gazetted, draft or made_up.")]
FormatOption = Annotated[TextOrJson, typer.Option("--format", help="Form of what is printed.")]


@app.command()
def allot(
    file: Annotated[Path, typer.Argument(help="CSV or Excel with district, unit, substance, year, kg_per_d.")],
    document: Annotated[str, typer.Option("--document", help="Name of the plan that says so; it allots once.")],
    source: Annotated[str, typer.Option("--source", help="Who gave the numbers, where and when.")],
    status: StatusOption = "gazetted",
    by: ByOption = "",
    lang: LangOption = "en",
) -> None:
    """Give cells of the account what a plan's document allots to them, all of it or nothing."""
    desk = _desk()
    given, before = desk("allotting").allot_file(
        _city(desk), file, document=document, status=status, source=source, by=_who(by)
    )
    ko = f"{document}: {given}칸에 배정했습니다" + (f"; {before}칸은 이미 배정되어 있었습니다" if before else "")
    en = f"{given} cells were given load by {document}" + (f"; {before} had it already" if before else "")
    typer.echo(text(ko, en).to(lang))


@app.command("take-back")
def take_back(
    district: str, unit: str, substance: str, year: int, kg_per_d: str,
    document: Annotated[str, typer.Option("--document", help="Name of the plan that takes it; it takes once.")],
    source: Annotated[str, typer.Option("--source", help="Who gave the number, where and when.")],
    status: StatusOption = "gazetted",
    by: ByOption = "",
    lang: LangOption = "en",
) -> None:  # fmt: skip
    """Take from a cell what a later plan says, never more than is left."""
    desk = _desk()
    city = _city(desk)
    cell = desk("plan_files").cell_of(desk("rules").rules_of(city), district, unit, substance, year)
    paper = desk("allotting").Paper(document, status, source, _who(by))
    done = desk("allotting").take_back_by(city, (cell, kg_per_d), paper)
    said = text("거두었습니다", "taken") if done else text("이미 거두었습니다", "had been taken")
    where = desk("naming").cell_says(cell, lang)
    ko, en = (
        f"{document}: {where}에서 {kg_per_d} kg/일 {said.ko}",
        f"{kg_per_d} kg/d {said.en} from {where} by {document}",
    )
    typer.echo(text(ko, en).to(lang))


@app.command()
def ask(
    project: Annotated[Path, typer.Argument(help="The project, as TOML or JSON.")],
    key: Annotated[str, typer.Option("--key", help="The same key asks once; the file's contents if left out.")] = "",
    by: ByOption = "",
    output: FormatOption = "text",
    lang: LangOption = "en",
) -> None:
    """Answer a project from the account as it stands: allowed, with conditions, or refused, with the sheet."""
    given = dict(_document(project))
    plant = str(given.pop("plant", ""))
    desk = _desk()
    asking = desk("asking")
    nonce = key or project.read_text("utf-8")
    permit = asking.ask(_city(desk), asking.project_of(given, str(project)), plant, _who(by), nonce)
    _print(desk("telling"), permit, output, lang)


@app.command()
def show(permit: KeyArgument, output: FormatOption = "text", lang: LangOption = "en") -> None:
    """Show a permit: its answer as given, and where it stands now."""
    desk = _desk()
    _print(desk("telling"), _permit(desk, permit), output, lang)


@app.command()
def consult(
    permit: KeyArgument,
    days: Annotated[int, typer.Option("--days", min=1, max=3650, help="How long the load is held.")] = 365,
    note: NoteOption = "",
    by: ByOption = "",
    lang: LangOption = "en",
) -> None:
    """Hold the loads that a permit needs."""
    _act("consult", permit, by, lang, note=note, held_days=days)


@app.command()
def spend(permit: KeyArgument, note: NoteOption = "", by: ByOption = "", lang: LangOption = "en") -> None:
    """Give a permit for good what is held for it."""
    _act("spend", permit, by, lang, note=note)


@app.command()
def cancel(permit: KeyArgument, note: NoteOption = "", by: ByOption = "", lang: LangOption = "en") -> None:
    """Give back what a permit holds or has spent."""
    _act("cancel", permit, by, lang, note=note)


@app.command()
def complete(
    permit: KeyArgument,
    built: Annotated[list[str], typer.Option("--built", metavar="SUBSTANCE=KG", help="Load as built, kg/d.")],
    note: NoteOption = "",
    by: ByOption = "",
    lang: LangOption = "en",
) -> None:
    """Close a permit with the loads as built; what it did not need goes back."""
    loads = dict(pair.split("=", 1) for pair in built if "=" in pair)
    if len(loads) != len(built):
        raise UsageError(
            Both("준공 부하량은 물질=KG로 적습니다.", "a load as built is written SUBSTANCE=KG"),
            todo=Both("보기: --built bod=1.25 --built tp=0.01", "for example --built bod=1.25 --built tp=0.01"),
        )
    _act("complete", permit, by, lang, built_kg_per_d=loads, note=note)


@app.command()
def lapse(by: ByOption = "") -> None:
    """Give back what was held longer than its time."""
    desk = _desk()
    for one in desk("working").lapse(_city(desk), _who(by)):
        typer.echo(f"{one.key[:8]} lapsed: {one.title}")


@app.command()
def account(
    district: Annotated[str, typer.Option("--district")] = "",
    unit: Annotated[str, typer.Option("--unit")] = "",
    year: Annotated[int | None, typer.Option("--year")] = None,
    output: FormatOption = "text",
    lang: LangOption = "en",
) -> None:
    """Show the cells of the account: allotted, consulted, spent, left."""
    desk = _desk()
    city, telling = _city(desk), desk("telling")
    made_up = desk("allotting").is_made_up(city)
    if output == "json":
        cells = telling.account_rows(city, district, unit, year)
        typer.echo(json.dumps({"cells": cells, "made_up": made_up}, indent=2, ensure_ascii=False))
        return
    typer.echo(telling.account_text(desk("cells").standings(city, district, unit, year), lang, made_up=made_up))


@app.command()
def statement(district: str, unit: str, substance: str, year: int, lang: LangOption = "en") -> None:
    """Show every movement of a cell, with what was left after it."""
    desk = _desk()
    city = _city(desk)
    cell = desk("plan_files").cell_of(desk("rules").rules_of(city), district, unit, substance, year)
    lines = desk("statement").statement(city, cell)
    typer.echo(desk("telling").statement_text(cell, lines, lang))


@app.command()
def trail(permit: KeyArgument, lang: LangOption = "en") -> None:
    """Show what was done with a permit, by whom."""
    desk = _desk()
    typer.echo(desk("telling").trail_text(_permit(desk, permit), lang))


@app.command("list")
def list_permits(state: Annotated[str, typer.Option("--state")] = "", lang: LangOption = "en") -> None:
    """List the permits, those of a state where asked."""
    desk = _desk()
    for one in desk("asking").permits(_city(desk), state):
        typer.echo(desk("telling").permit_line(one, lang))


@app.command()
def restrict(
    district: str,
    reason: Annotated[str, typer.Option("--reason", help="Why; it stands in the answers' trail.")],
    by: ByOption = "",
    lang: LangOption = "en",
) -> None:
    """Refuse a district further approvals: it missed its goal."""
    desk = _desk()
    called = desk("naming").words_of(desk("allotting").restrict(_city(desk), district, reason, _who(by)).district)
    said = text(f"{called.ko}: 이제부터 승인이 제한됩니다", f"{called.en} is refused approvals from now on")
    typer.echo(said.to(lang))


@app.command()
def lift(district: str, by: ByOption = "", lang: LangOption = "en") -> None:
    """End a district's restriction."""
    desk = _desk()
    called = desk("naming").words_of(desk("allotting").lift(_city(desk), district, _who(by)))
    said = text(f"{called.ko}: 다시 승인받을 수 있습니다", f"{called.en} may be given approvals again")
    typer.echo(said.to(lang))


def _act(step: str, key: str, who: str, lang: Language, **rest: Any) -> None:
    """Take a step with a permit and say what it did."""
    desk = _desk()
    done = getattr(desk("working"), step)(_permit(desk, key), by=_who(who), **rest)
    state = desk("models").words_of_state(done.state)
    said = text(f"{done.key[:8]} {done.title}: {state.ko}", f"{done.key[:8]} is {state.en}: {done.title}")
    typer.echo(said.to(lang))


def _desk() -> Any:
    """Return a getter of the desk's modules: they hold Django's models, which exist only now."""
    prepare()
    start_django()
    return lambda name: import_module(f"madang.web.desks.pollution_cap.{name}")


def _city(desk: Any) -> str:
    """Return the id of the site's city."""
    return str(desk("rules").city_here())


def _permit(desk: Any, key: str) -> Any:
    """Return a permit by its key or the beginning of it."""
    return desk("asking").permit_of(_city(desk), key)


def _who(given: str) -> str:
    """Return the name that the trail will keep: the one given, or that of whoever sits at the command line."""
    return given.strip() or f"{getpass.getuser()} (command line)"


def _document(path: Path) -> dict[str, Any]:
    """Return a project's document.

    Raises:
        DataError: the file is not there, or neither TOML nor JSON.
    """
    if path.suffix != ".json":
        return load_toml(path)
    try:
        read = json.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise TableError(
            Both("사업 파일을 읽을 수 없습니다.", "the project's file cannot be read"), Where(path)
        ) from error
    except (ValueError, RecursionError) as error:
        raise DataError(
            Both(f"사업 파일을 받을 수 없습니다: {error}", f"the project's file cannot be taken: {error}"), Where(path)
        ) from error
    if not isinstance(read, dict):
        raise DataError(Both("사업은 항목의 표입니다.", "a project is a table of fields"), Where(path))
    return read


def _print(telling: Any, permit: Any, output: str, lang: Language) -> None:
    """Print a permit."""
    said = telling.as_json(permit) if output == "json" else None
    typer.echo(json.dumps(said, ensure_ascii=False, indent=2) if said else telling.as_text(permit, lang))
