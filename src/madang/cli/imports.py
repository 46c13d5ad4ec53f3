"""`madang import` and `madang export`: files into a city's folder, and a run's maps and tables out of it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from madang import register
from madang.cli.changing import inputs_changed
from madang.cli.options import (
    CityOption,
    LangOption,
    Name,
    OnOption,
    SetOption,
    TextOrJson,
    asked_day,
    today,
)
from madang.cli.screen import console, plain_text, say_next, sheet, working
from madang.core.contract import perform
from madang.core.errors import Both, UsageError
from madang.core.importing import Written
from madang.core.language import Language, say_number
from madang.core.storing import write_whole
from madang.plan.cities import open_city
from madang.plan.exporting import ExportFormat, export_figure
from madang.plan.importing import Way, import_file
from madang.plan.report.data import to_json

_STATES = {
    "ok": ("", ""),
    "mended": ("고침", "mended"),
    "dropped": ("뺌", "left out"),
    "warning": ("주의", "look at this"),
}


def import_(
    kind: Annotated[str, typer.Argument(help="What the file holds: streets, demand, sites, osm, ...")],
    file: Annotated[Path, typer.Argument(help="The file to read.")],
    city: Annotated[Path, typer.Option("--city", help="The city's own folder; see `madang new-city`.")],
    option: Annotated[
        list[str] | None, typer.Option("--option", metavar="NAME=VALUE", help="Tell the importer, e.g. crs=EPSG:5179.")
    ] = None,
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the data-quality report.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Read a file into a city's folder and report the quality of its data; a failed import changes nothing."""
    with working(kind) as progress:
        way, written = import_file(kind, file, city, _options(option), today(), progress)
    if output == "json":
        typer.echo(to_json(written.report.as_json()), nl=False)
    else:
        _print_report(way, written, city, lang)


def export(
    name: Name,
    figure: Annotated[str, typer.Argument(help="A figure of the solution, such as plan_map.")],
    city: CityOption = "",
    on: OnOption = None,
    set_: SetOption = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario of the solution's card.")] = None,
    form: Annotated[ExportFormat, typer.Option("--format", help="Form of the file.")] = "geojson",
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to write; else it is printed.")
    ] = None,
) -> None:
    """Write a figure's data for other programs, with its units, sources and caveats."""
    if out is None and form == "geoparquet":
        raise UsageError(
            Both("GeoParquet은 글이 아니어서 화면에 쓰지 않습니다", "GeoParquet is not text and is not printed"),
            todo=Both("쓸 곳을 적으십시오: --out 파일.parquet", "say where to write it: --out FILE.parquet"),
        )
    solution = register.load(name)
    with working(name) as progress:
        made = perform(
            solution,
            open_city(city or solution.card.home),
            asked_day(on),
            scenario=scenario,
            changes=inputs_changed(set_, solution.inputs),
            today=today(),
            progress=progress,
        )
        content = export_figure(made, figure, form)
    if out is None:
        typer.echo(content.decode(), nl=False)
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        write_whole(out, content)
        typer.echo(f"{figure}: {out}", err=True)


def _options(given: list[str] | None) -> dict[str, str]:
    """Return what `--option` says, by name."""
    said = {}
    for entry in given or []:
        name, sign, value = entry.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                Both(f"--option {entry!r}에 값이 없습니다", f"--option {entry!r} says nothing"),
                todo=Both("--option 이름=값으로 적으십시오", "write --option NAME=VALUE"),
            )
        said[name.strip()] = value.strip()
    return said


def _print_report(way: Way, written: Written, city: Path, language: Language) -> None:
    """Print what was found, what was mended or left out, and where it went."""
    screen, column = console(), 0 if language == "ko" else 1
    screen.print(plain_text(way.importer.title.to(language), "bold"))
    table = sheet(
        *(("자료의 상태", "수", "", "예") if language == "ko" else ("data quality", "count", "", "such as")),
        numeric=(1,),
    )
    for row in written.report.quality:
        examples = ", ".join(row.examples)
        table.add_row(
            plain_text(row.what.to(language)), say_number(row.count), _STATES[row.state][column], plain_text(examples)
        )
    screen.print(table)
    for warning in written.report.warnings:
        screen.print(plain_text(f"  · {warning.to(language)}"))
    for name, path in written.tables.items():
        screen.print(plain_text(f"{name}: {path}", "dim"))
    screen.print(plain_text(f"{'보고' if language == 'ko' else 'report'}: {written.report_path}", "dim"))
    say_next(screen, language, f"madang run {way.solution.name} --city {city}")
