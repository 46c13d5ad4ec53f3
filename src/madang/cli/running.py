"""`madang run`: a solution for a city on a day, as text, JSON, CSV, a report, a bundle."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text as RichText

from madang import register
from madang.cli.changing import inputs_changed
from madang.cli.options import (
    CityOption,
    Format,
    LangOption,
    Name,
    OnOption,
    SetOption,
    asked_day,
    today,
)
from madang.cli.screen import console, plain_text, say_caveats, say_next, say_run, sheet, working
from madang.core.contract import Number, Run, perform
from madang.core.language import Language, text
from madang.core.progress import part_of
from madang.plan.bundle import write_bundle
from madang.plan.cities import open_city
from madang.plan.linking import perform_linked
from madang.plan.report.amounts import say_amount, say_range
from madang.plan.report.data import NUMBER_COLUMNS, number_rows, run_json, to_csv, to_json
from madang.plan.report.files import PAGE, write_report

_SHOWN = 60


def run(
    name: Name,
    city: CityOption = "",
    on: OnOption = None,
    set_: SetOption = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario of the solution's card.")] = None,
    output: Annotated[Format, typer.Option("--format", help="Form of what is printed.")] = "text",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Write a report: page, pictures, data.")
    ] = None,
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="FILE.zip", help="Write a bundle that others can verify.")
    ] = None,
    lang: LangOption = "en",
) -> None:
    """Run a solution for a city on a day and print its numbers; what rests on a default or gap says so."""
    language: Language = lang
    with working(name) as progress:
        solution = register.load(name)
        opened = open_city(city or solution.card.home)
        changes, now = inputs_changed(set_, solution.inputs), today()
        made = perform_linked(
            name,
            opened,
            asked_day(on),
            scenario=scenario,
            changes=changes,
            today=now,
            progress=part_of(progress, 0.0, 0.6),
        )
        if out is not None:
            write_report(
                made, out, language, other=lambda other: other_run(made, other), progress=part_of(progress, 0.6, 0.8)
            )
        if bundle is not None:
            write_bundle(made, bundle, made_on=now, language=language, progress=part_of(progress, 0.8, 1.0))
    _print(made, output, language)
    for said, path in (("report", out / PAGE if out else None), ("bundle", bundle)):
        if path is not None:
            typer.echo(f"{said}: {path}", err=True)


def other_run(run: Run, name: str) -> Run:
    """Return another solution's run for the same city and day, for an article that quotes it."""
    return perform(register.load(name), run.city, run.day, today=today())


def _print(run: Run, output: Format, language: Language) -> None:
    """Print a run in the form asked for."""
    if output == "json":
        typer.echo(to_json(run_json(run)), nl=False)
    elif output == "csv":
        typer.echo(to_csv(number_rows(run), NUMBER_COLUMNS), nl=False)
    else:
        _print_text(run, language)


def _print_text(run: Run, language: Language) -> None:
    """Print the numbers as a table, what must be borne in mind, and where to look next."""
    screen, name = console(), run.solution.name
    screen.print(plain_text(run.solution.card.title.to(language), "bold"))
    screen.print(plain_text(say_run(run, language), "dim"))
    screen.print()
    heads = ("수치", "값", "범위", "기준일") if language == "ko" else ("number", "value", "range", "day")
    table = sheet(*heads, numeric=(1, 2))
    for column in (1, 3):
        table.columns[column].no_wrap = True
    numbers = list(run.result.numbers.values())
    for number, before in zip(numbers[:_SHOWN], (None, *numbers), strict=False):
        table.add_row(*_row(run, number, before, language))
    screen.print(table)
    if len(numbers) > _SHOWN:
        screen.print(plain_text(f"… {len(numbers) - _SHOWN} more: madang run {name} --format csv", "dim"))
    say_caveats(screen, run.caveats(), language, f"madang run {name} --format json")
    first = numbers[0].name if numbers else "NUMBER"
    say_next(screen, language, f"madang why {name}.{first}", f"madang run {name} --out DIR", f"madang show {name}")


def _row(run: Run, number: Number, before: Number | None, language: Language) -> tuple[RichText, str, str, str]:
    """Return a number's row, its name below its title; an unknown one gives its reason, or that it is as ``before``."""
    mark = " †" if run.caveats(number.rests_on) else ""
    day = str(number.day or "")
    is_told = number.gap is not None and before is not None and before.gap == number.gap
    said_gap = (text("위와 같음", "likewise") if is_told else number.gap) if number.gap else None
    reason = f" — {said_gap.to(language)}" if said_gap else ""
    head = plain_text(number.title.to(language) + reason).append(f"\n{number.name}", "dim")
    if number.value is None:
        return head, "—", say_range(number, language), day
    said = say_amount(number.value, number.unit, language, number.digits)
    return head, said + mark, say_range(number, language), day
