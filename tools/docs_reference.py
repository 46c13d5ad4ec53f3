"""Write docs/reference from the code, or check that what stands there is what the code says."""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any

import typer

from madang import register
from madang.cli.lazy import COMMANDS, ENTRY_POINTS, as_command, brought, load_command
from madang.core import errors
from madang.core.cases import read_cases
from madang.core.city_files import CityFile, District, Districts, FileCard, SolutionFile, TableCard
from madang.core.columns import Column
from madang.core.contract import Card, Scenario, Solution, perform
from madang.core.facts import DatedValue, Fact, FactBook
from madang.core.inputs import say_bounds
from madang.core.sources import Source
from madang.core.tables import TableSpec
from madang.plan.cities import city_names, open_city
from madang.plan.promises import Claim, Promise

REFERENCE = Path(__file__).parent.parent / "docs" / "reference"
NOTE = "<!-- Written by `make docs-write`; edit the code, not this page. -->\n"
#: The day the reference runs on, fixed so that the pages do not change with the calendar.
REFERENCE_DAY = date(2026, 11, 22)
#: What the environment may say; a test finds every such name that the code reads.
SETTINGS = {
    "MADANG_LANG": "Language of titles and reports, `ko` or `en`, where no `--lang` is given.",
    "MADANG_TODAY": "The day that is taken for today (YYYY-MM-DD), so that a run can be repeated as it was.",
    "MADANG_DEBUG": "Set to `1`, a bug in Madang prints its traceback.",
    "NO_COLOR": "Set to anything, output is without colour; so it is when piped, or where `TERM` is `dumb`.",
    "MADANG_CITY": "The city whose promises and figures the site shows: a bundled city's name or a folder. `seoul`.",
    "MADANG_HOME": "The folder of the site's state. `madang` in the user's data folder.",
    "MADANG_ADDRESS": "The site's public address. An https address turns strict headers on. `http://localhost:8000`.",
    "MADANG_HOSTS": "Further host names that the site answers, separated by commas.",
    "MADANG_PROXY": "The address of the server that speaks TLS before the site; its word on visitors is believed. "
    "`127.0.0.1` with an https address.",
    "MADANG_SECRET_KEY": "The site's secret; required with `DATABASE_URL`, else one is made and kept in its folder.",
    "MADANG_PERSONAL_KEYS": "Fernet keys that seal members' personal data, the newest first, separated by commas; "
    "required with `DATABASE_URL`, else one is made and kept in the site's folder.",
    "MADANG_PASSWORD": "The password of a new account of the site, where nobody is there to be asked.",
    "DATABASE_URL": "`postgresql://user:password@host:5432/name`; SQLite in the site's folder where it is not set.",
    "XDG_CACHE_HOME": "Where imported networks and a prepared site are kept for the next time. `~/.cache`.",
    "XDG_DATA_HOME": "The user's data folder. `~/.local/share`.",
}


def pages() -> dict[str, str]:
    """Return every generated page by its path below docs/reference."""
    made = {
        "cli.md": "\n".join(command_page()),
        "settings.md": "\n".join(settings_page()),
        "errors.md": "\n".join(error_page()),
        "city-folder.md": "\n".join(folder_page()),
    }
    for name in register.NAMES:
        made[f"solutions/{name}.md"] = "\n".join(solution_page(register.load(name)))
    for name in city_names():
        made[f"cities/{name}.md"] = "\n".join(city_page(name))
    return {path: f"{NOTE}\n{text}\n" for path, text in made.items()}


def command_page() -> Iterator[str]:
    """Yield the page of all commands with their arguments and options."""
    yield "# Commands\n"
    yield "Every command also answers `--help`. Exit codes are in [errors.md](errors.md), the environment in"
    yield "[settings.md](settings.md).\n"
    for name in COMMANDS:
        yield from _command(f"madang {name}", load_command(name))
    yield "# Commands that solutions bring\n"
    yield "Work with files beside a solution's model; the command bears the solution's name.\n"
    for name in brought():
        yield from _command(f"madang {name}", load_command(name))
    yield "# Commands of the site\n"
    yield "They come with the web extra: `pip install 'madang[web]'`; `make setup` installs it.\n"
    for name, command in contributed_commands().items():
        yield from _command(f"madang {name}", command)


def contributed_commands() -> dict[str, Any]:
    """Return the commands that pyproject.toml contributes by entry point, loaded."""
    project = tomllib.loads((REFERENCE.parent.parent / "pyproject.toml").read_text("utf-8"))["project"]
    made = {}
    for name, place in project["entry-points"][ENTRY_POINTS].items():
        module, _, attribute = place.partition(":")
        made[name] = as_command(name, getattr(import_module(module), attribute))
    return made


def _command(path: str, command: Any) -> Iterator[str]:
    """Yield one command with its options, and the commands below it."""
    yield f"## {path}\n"
    yield f"{' '.join((command.help or '').split())}\n"
    context = typer.Context(command)
    rows = [
        _parameter(parameter, context)
        for parameter in command.params
        if not getattr(parameter, "hidden", False) and "completion" not in parameter.name
    ]
    yield from table(("option", "takes", "", "meaning"), rows)
    for name, inner in getattr(command, "commands", {}).items():
        yield from _command(f"{path} {name}", inner)


def _parameter(parameter: Any, context: typer.Context) -> tuple[str, ...]:
    """Return one argument or option as a row."""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    if parameter.param_type_name == "argument":
        names = f"`{(parameter.metavar or parameter.name).upper()}`"
    takes = "" if getattr(parameter, "is_flag", False) else _taken(parameter, context)
    more = "repeatable" if parameter.multiple else ("required" if parameter.required else "")
    return names, takes, more, " ".join((parameter.help or "").split())


def _taken(parameter: Any, context: typer.Context) -> str:
    """Return what an option takes: its metavar, its words, or the kind of its value."""
    kind = parameter.display_type(context).removeprefix("<").removesuffix(">")
    return str(parameter.metavar or {"str": "text", "list[str]": "text"}.get(kind, kind.replace("|", ", ")))


def settings_page() -> Iterator[str]:
    """Yield the page of environment variables."""
    yield "# Settings\n"
    yield "Madang has no settings file. What a run needs is in the city's folder or on the command line; the rest is in"
    yield "the environment, and none of it is required to begin. The default stands last.\n"
    yield from table(("variable", "meaning"), [(f"`{name}`", says) for name, says in SETTINGS.items()])


def error_page() -> Iterator[str]:
    """Yield the page of the error family."""
    yield "# Errors and exit codes\n"
    yield "Every error a user can meet says what, where and what to do, and ends the command with its code.\n"
    yield f"```\n{(errors.__doc__ or '').strip().split(chr(10), 2)[2]}\n```\n"
    yield "`0` is success, `70` is a bug in Madang (run again with `MADANG_DEBUG=1` for the traceback)."


def folder_page() -> Iterator[str]:
    """Yield the page of the city folder's files, key by key."""
    yield "# The city folder\n"
    yield "`city.toml`, `promises.toml`, and for each solution `<solution>.toml` with tables beside it.\n"
    parts = {
        "city.toml": CityFile, "[districts] (in city.toml)": Districts, "[[districts.names]]": District,
        "<solution>.toml": SolutionFile, "[facts.NAME]": Fact,
        "[[facts.NAME.values]]": DatedValue, "[sources.KEY]": Source, "[tables.NAME]": TableCard,
        "[files.NAME]": FileCard,
        "[[promise]]": Promise, "[promise.claim]": Claim,
        "card.toml (of a solution)": Card, "[scenarios.NAME] (in card.toml)": Scenario,
        "[tables.NAME] (in tables.toml)": TableSpec, "[tables.NAME.columns.COLUMN]": Column,
    }  # fmt: skip
    for title, model in parts.items():
        yield f"## {title}\n"
        yield f"{(model.__doc__ or '').strip().splitlines()[0]}\n"
        rows = [
            (f"`{info.alias or name}`", "required" if info.is_required() else "", info.description or "")
            for name, info in model.model_fields.items()
        ]
        yield from table(("key", "", "meaning"), rows)


def solution_page(solution: Solution) -> Iterator[str]:
    """Yield a solution's page: inputs, scenarios, numbers, figures, tables, facts and cases."""
    card = solution.card
    yield f"# {card.title.en} · {card.title.ko}\n"
    yield f"`{solution.name}` — {card.summary.en}\n\n{card.summary.ko}\n"
    yield "## Inputs\n"
    rows = [
        (
            f"`{f.name}`",
            f"{f.title.en} · {f.title.ko}",
            f.kind,
            f.unit if f.unit != "1" else "",
            _bounds(f),
            _code(f.facts),
        )
        for f in solution.inputs.fields()
    ]
    yield from table(("input", "title", "kind", "unit", "bounds", "read from"), rows)
    if card.scenarios:
        yield "## Scenarios\n"
        rows = [(f"`{name}`", s.title.en, s.says.en, _set(s.set)) for name, s in card.scenarios.items()]
        yield from table(("scenario", "title", "says", "sets"), rows)
    yield from _result_parts(solution)
    if solution.specs:
        yield "## Tables a city gives\n"
        for name, spec in solution.specs.items():
            yield f"### {name}\n\n{spec.says.en}{' (optional)' if spec.optional else ''}\n"
            rows = [(f"`{c}`", card_.kind, card_.unit or "", card_.says.en) for c, card_ in spec.columns.items()]
            yield from table(("column", "kind", "unit", "meaning"), rows)
    yield "## The policy's own facts\n"
    yield from fact_table(solution.policy)
    yield "## Cases\n"
    rows = [(case.says.en, case.source) for case in read_cases(solution)]
    yield from table(("case", "by"), rows)


def _result_parts(solution: Solution) -> Iterator[str]:
    """Yield the numbers and figures of a run for the policy's home."""
    run = perform(solution, open_city(solution.card.home), REFERENCE_DAY)
    yield "## Numbers\n"
    rows = [
        (f"`{solution.name}.{n.name}`", f"{n.title.en} · {n.title.ko}", n.unit if n.unit != "1" else "", n.formula.en)
        for n in run.result.numbers.values()
    ]
    yield from table(("number", "title", "unit", "how"), rows)
    yield "## Figures\n"
    rows = [(f"`{f.name}`", type(f).__name__.removesuffix("Figure").lower(), _code(f.rests_on)) for f in run.figures]
    yield from table(("figure", "kind", "rests on"), rows)


def city_page(name: str) -> Iterator[str]:
    """Yield a bundled city's page: its own facts and tables, solution by solution."""
    city = open_city(name)
    yield f"# {city.name.en} · {city.name.ko}\n"
    yield from fact_table(city.book)
    for solution in register.NAMES:
        file = city.file_for(solution)
        if not (file.facts or file.tables):
            continue
        yield f"## {solution}\n"
        yield from fact_table(city.book_for(solution))
        rows = [
            (f"`{table_name}`", card.file, file.sources[card.source].cite() if card.source in file.sources else "")
            for table_name, card in file.tables.items()
        ]
        yield from table(("table", "file", "source"), rows)


def fact_table(book: FactBook) -> Iterator[str]:
    """Yield the facts of a book as a table."""
    rows = []
    for name, fact in book.facts.items():
        latest = book.history(name)[-1]
        value = f"{latest.value:,}" if isinstance(latest.value, int | float) else str(latest.value)
        more = f" ({len(fact.values)} values)" if len(fact.values) > 1 else ""
        unit = "" if fact.unit == "1" else f" {fact.unit}"
        rows.append(
            (f"`{name}`", fact.says.en, f"{value}{unit}{more}", f"{latest.since}", latest.status, latest.source.cite())
        )
    yield from table(("fact", "says", "latest value", "from", "status", "source"), rows)


def table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Yield a Markdown table, or nothing for no rows."""
    if not rows:
        return
    yield "| " + " | ".join(head) + " |"
    yield "|" + "---|" * len(head)
    for row in rows:
        yield (
            "| "
            + " | ".join(cell.replace("\n", " ").replace("|", "\\|").replace("\\\\|", "\\|") for cell in row)
            + " |"
        )
    yield ""


def _bounds(field: Any) -> str:
    """Return the bounds in words where there are any."""
    return say_bounds(field).en if field.low is not None or field.high is not None else ", ".join(field.choices)


def _code(names: tuple[str, ...]) -> str:
    """Return names as code."""
    return ", ".join(f"`{name}`" for name in names)


def _set(changes: dict[str, Any]) -> str:
    """Return a scenario's changes as they are written on the command line."""
    return ", ".join(f"`{name}={value}`" for name, value in changes.items())


def main() -> int:
    """Write the pages, or compare them with what stands there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    check = parser.parse_args().check
    wanted = pages()
    known = {str(path.relative_to(REFERENCE)) for path in REFERENCE.rglob("*.md")}
    stale = [p for p, text in wanted.items() if p not in known or (REFERENCE / p).read_text("utf-8") != text]
    orphans = sorted(known - set(wanted))
    if not check:
        for path in stale:
            (REFERENCE / path).parent.mkdir(parents=True, exist_ok=True)
            (REFERENCE / path).write_text(wanted[path], "utf-8")
        for path in orphans:
            (REFERENCE / path).unlink()
    said = f"{len(wanted)} pages, {len(stale)} stale, {len(orphans)} without a source"
    sys.stdout.write(said + ("\n" if not (check and (stale or orphans)) else ": run `make docs-write`\n"))
    return 1 if check and (stale or orphans) else 0


if __name__ == "__main__":
    raise SystemExit(main())
