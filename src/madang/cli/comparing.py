"""`madang compare`: scenarios, or cities, side by side."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from madang import register
from madang.cli.changing import inputs_changed
from madang.cli.options import (
    Format,
    LangOption,
    Name,
    OnOption,
    SetOption,
    asked_day,
    city_names,
    today,
)
from madang.cli.screen import console, plain_text, say_caveats, sheet, working
from madang.core.contract import Run
from madang.core.errors import Both, UsageError
from madang.core.language import Language, say_count
from madang.core.progress import part_of
from madang.core.units import say_unit
from madang.plan.cities import open_city
from madang.plan.linking import perform_linked
from madang.plan.report.amounts import say_value
from madang.plan.report.data import run_json, to_csv, to_json

_COLUMNS = ("name", "title_ko", "title_en", "unit")


def compare(
    name: Name,
    scenario: Annotated[
        list[str] | None, typer.Option("--scenario", help="A scenario; give several. One alone is set beside the base.")
    ] = None,
    city: Annotated[
        list[str] | None,
        typer.Option("--city", help="A city; give several to compare them.", autocompletion=city_names),
    ] = None,
    on: OnOption = None,
    set_: SetOption = None,
    output: Annotated[Format, typer.Option("--format", help="Form of what is printed.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Run scenarios or cities side by side; `base` names the run without a scenario."""
    language: Language = lang
    with working(name) as progress:
        solution = register.load(name)
        cities = [open_city(one) for one in city or [solution.card.home]]
        wanted = list(dict.fromkeys(scenario or (["base"] if len(cities) > 1 else ["base", *solution.card.scenarios])))
        if len(wanted) == 1 and len(cities) == 1:
            wanted = ["base", *wanted] if wanted != ["base"] else wanted
        pairs = [(one, place) for place in cities for one in wanted]
        if len(pairs) < 2:
            raise UsageError(
                Both("견줄 것이 없습니다", "there is nothing to compare"),
                todo=Both("시나리오 둘이나 도시 둘을 주십시오", "give two scenarios, or two cities"),
            )
        runs: dict[str, Run] = {}
        for index, (one, place) in enumerate(pairs):
            runs[_label(one, place.id, many_cities=len(cities) > 1, many=len(wanted) > 1)] = perform_linked(
                name,
                place,
                asked_day(on),
                scenario=None if one == "base" else one,
                changes=inputs_changed(set_, solution.inputs),
                today=today(),
                progress=part_of(progress, index / len(pairs), (index + 1) / len(pairs)),
            )
    _print(runs, output, language)


def _label(scenario: str, city: str, *, many_cities: bool, many: bool) -> str:
    """Return what tells one run from the others."""
    return " · ".join(part for part, told in ((city, many_cities), (scenario, many)) if told)


def _print(runs: dict[str, Run], output: Format, language: Language) -> None:
    """Print the runs side by side in the form asked for."""
    if output == "json":
        typer.echo(to_json({label: run_json(run) for label, run in runs.items()}), nl=False)
    elif output == "csv":
        typer.echo(to_csv(_rows(runs), (*_COLUMNS, *runs, "caveats")), nl=False)
    else:
        _print_text(runs, language)


def _names(runs: dict[str, Run]) -> list[str]:
    """Return the numbers that any of the runs has, in their order."""
    return list(dict.fromkeys(name for run in runs.values() for name in run.result.numbers))


def _rows(runs: dict[str, Run]) -> list[dict[str, Any]]:
    """Return one row for each number, with a column for each run."""
    rows = []
    for name in _names(runs):
        found = {label: run.result.numbers.get(name) for label, run in runs.items()}
        number = next(number for number in found.values() if number is not None)
        caveats = dict.fromkeys(caveat.en for run in runs.values() for caveat in run.caveats(number.rests_on))
        row: dict[str, Any] = {"name": name, "title_ko": number.title.ko, "title_en": number.title.en}
        row |= {"unit": number.unit, "caveats": " | ".join(caveats)}
        rows.append(row | {label: one.value if one else None for label, one in found.items()})
    return rows


def _print_text(runs: dict[str, Run], language: Language) -> None:
    """Print a table of numbers by run; of two runs the difference too."""
    screen, first = console(), next(iter(runs.values()))
    screen.print(plain_text(first.solution.card.title.to(language), "bold"))
    screen.print(plain_text(f"{first.city.name.to(language)} · {first.day}\n", "dim"))
    heads = ["", *runs, *(["차이" if language == "ko" else "difference"] if len(runs) == 2 else [])]
    table = sheet(*heads, numeric=range(1, len(heads)))
    alike = 0
    for name in _names(runs):
        found = [run.result.numbers.get(name) for run in runs.values()]
        number = next(number for number in found if number is not None)
        values = [one.value if one else None for one in found]
        if len(set(values)) == 1:
            alike += 1
            continue
        mark = " †" if any(run.caveats(number.rests_on) for run in runs.values()) else ""
        unit = say_unit(number.unit, language)
        cells = [say_value(value, language, number.digits) for value in values]
        if len(values) == 2:
            known = values[0] is not None and values[1] is not None
            cells.append(_signed(values[1] - values[0], language, number.digits) if known else "—")  # type: ignore[operator]
        table.add_row(number.title.to(language) + (f", {unit}" if unit else "") + mark, *cells)
    screen.print(table)
    if alike:
        ko, en = (
            f"\n{alike}개 수치는 모두 같습니다",
            f"\n{say_count(alike, 'number is', 'numbers are')} the same in all",
        )
        hint = f"madang compare {first.solution.name} --format csv"
        screen.print(plain_text(f"{ko if language == 'ko' else en}: {hint}", "dim"))
    caveats = tuple(dict.fromkeys(caveat for run in runs.values() for caveat in run.caveats()))
    say_caveats(screen, caveats, language, f"madang compare {first.solution.name} --format json")


def _signed(value: float, language: Language, digits: int | None) -> str:
    """Return a difference with its sign."""
    return ("+" if value > 0 else "") + say_value(value, language, digits)
