"""Options that several commands share, and the reading of what is given in them. Imports nothing heavy."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer

from madang import register
from madang.core.dates import parse_day
from madang.core.errors import Both, UsageError

CITIES = Path(register.__file__).parent / "cities"


#: The language of titles, reports and articles.
Lang = Literal["ko", "en"]
#: The form of what is printed.
Format = Literal["text", "json", "csv"]
TextOrJson = Literal["text", "json"]


def solution_names(incomplete: str) -> list[str]:
    """Return the solutions a half-typed name may become."""
    return [name for name in register.NAMES if name.startswith(incomplete)]


def city_names(incomplete: str) -> list[str]:
    """Return the cities a half-typed name may become."""
    found = sorted(folder.name for folder in CITIES.iterdir() if (folder / "city.toml").exists())
    return [name for name in found if name.startswith(incomplete)]


Name = Annotated[str, typer.Argument(help="Name of a solution; see `madang list`.", autocompletion=solution_names)]
CityOption = Annotated[
    str,
    typer.Option(
        "--city", help="A city that comes with Madang, or the path of a city's folder.", autocompletion=city_names
    ),
]
OnOption = Annotated[
    str | None,
    typer.Option("--on", metavar="DAY", help="The day asked: YYYY-MM-DD, YYYY-MM or YYYY; today by default."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="NAME=VALUE",
        help="Change an input; NAME.YEAR=VALUE in a series; NAME=FILE where the input is a file; "
        "NAME=@SOLUTION.NUMBER takes another solution's number.",
    ),
]
LangOption = Annotated[Lang, typer.Option("--lang", envvar="MADANG_LANG", help="Language of titles and reports.")]


def today() -> date:
    """Return today, or the day of MADANG_TODAY, so that a run can be repeated on another day as it was."""
    given = os.environ.get("MADANG_TODAY")
    return parse_day(given) if given else date.today()


def asked_day(text: str | None) -> date:
    """Return the day asked; a month or year means its last day, none means today."""
    return today() if text is None else parse_day(text, end=True)


def changes_of(given: list[str] | None) -> dict[str, str]:
    """Return what `--set` changes, by name.

    Raises:
        UsageError: an entry without "=", or one name twice.
    """
    changes: dict[str, str] = {}
    for entry in given or []:
        name, sign, value = entry.partition("=")
        if not sign or not name.strip():
            raise UsageError(
                Both(f"--set {entry!r}에 값이 없습니다", f"--set {entry!r} changes nothing"),
                todo=Both("--set 이름=값으로 적으십시오", "write --set NAME=VALUE"),
            )
        if name.strip() in changes:
            raise UsageError(
                Both(f"--set에 두 번 적었습니다: {name.strip()!r}", f"--set names {name.strip()!r} twice"),
                todo=Both("한 번만 적으십시오", "give it once"),
            )
        changes[name.strip()] = value.strip()
    return changes
