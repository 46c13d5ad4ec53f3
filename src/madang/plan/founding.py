"""Laying out another city's folder: city.toml, and for each solution a commented file and empty tables."""

from __future__ import annotations

import json
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

from madang import register
from madang.core.city import City
from madang.core.city_files import CITY_ID
from madang.core.columns import Column
from madang.core.contract import Solution
from madang.core.errors import Both, UsageError
from madang.core.facts import Fact
from madang.core.storing import put_folder
from madang.core.tables import TableSpec
from madang.plan.cities import CITIES

_SOURCE = """\
# [sources.our_register]
# who = "the body that says it"
# title = "the page, register or file"
# url = "https://..."
# read = 2026-01-31            # the day you read it
# licence = "as stated there"
"""


def found_city(
    folder: Path, identity: str, name_ko: str, name_en: str, parent: City, solutions: Iterable[str]
) -> tuple[Path, ...]:
    """Make a city's folder that inherits from ``parent`` and return its files; it appears whole or not at all.

    Raises:
        UsageError: the identity or a name is not one a city may bear.
    """
    _check_names(identity, name_ko, name_en)
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        _write(staging / "city.toml", _city_file(identity, name_ko, name_en, parent))
        for name in solutions:
            solution = register.load(name)
            _write(staging / f"{name}.toml", "\n".join(_solution_file(solution, parent)))
            for table, spec in solution.specs.items():
                _write(staging / name / f"{table}.csv", ",".join(spec.columns) + "\n")
        City.open(staging, CITIES if parent.folder.parent == CITIES else parent.folder.parent)
        put_folder(staging, folder)
    except BaseException:
        shutil.rmtree(staging, ignore_errors=True)
        raise
    return tuple(sorted(path.relative_to(folder) for path in folder.rglob("*") if path.is_file()))


def _check_names(identity: str, *names: str) -> None:
    """Refuse a short name that no file may give, and a name whose bytes were no text."""
    if not re.fullmatch(CITY_ID, identity):
        todo = Both(
            "--id로 주십시오. 소문자로 시작하고 소문자, 숫자, -, _만 씁니다",
            "give one with --id: lower-case letters, digits, - and _, a letter first",
        )
        raise UsageError(
            Both(f"도시의 짧은 이름이 될 수 없습니다: {identity!r}", f"{identity!r} cannot be a city's short name"),
            todo=todo,
        )
    for name in names:
        if not name.isprintable() or not name.strip():
            raise UsageError(
                Both(f"도시의 이름이 될 수 없습니다: {name!r}", f"{name!r} cannot be a city's name"),
                todo=Both("글자로, UTF-8로 적으십시오", "give it in letters, as UTF-8 text"),
            )


def _write(path: Path, body: str) -> None:
    """Write one file, its folder made where needed."""
    path.parent.mkdir(exist_ok=True)
    path.write_text(body, encoding="utf-8")


def _city_file(identity: str, name_ko: str, name_en: str, parent: City) -> str:
    """Return city.toml: who the city is, whose values stand in, and the facts any solution may ask of a city."""
    lines = [
        f"id = {_quoted(identity)}",
        f"name.ko = {_quoted(name_ko)}",
        f"name.en = {_quoted(name_en)}",
        f"inherits = {_quoted(parent.id)}    # its values stand in as defaults, and are called so",
        "",
        _SOURCE,
    ]
    for name, fact in parent.file.facts.items():
        lines += _fact(name, fact, parent.id)
    return "\n".join(lines) + "\n"


def _solution_file(solution: Solution, parent: City) -> Iterator[str]:
    """Yield the lines of one solution's file: every table and fact the city may give, commented out."""
    card = solution.card
    yield f"# {card.title.en} / {card.title.ko}"
    yield "# Uncomment what the city knows, with its source; everything else stays a default and is said to be one,"
    yield "# or unknown where no other city can say it."
    yield ""
    yield _SOURCE
    for name, spec in solution.specs.items():
        yield from _table(solution.name, name, spec)
    inherited = parent.file_for(solution.name).facts
    owned = {name: (fact, parent.id) for name, fact in inherited.items()}
    owned |= {name: (fact, "the policy") for name, fact in solution.policy.facts.items() if name not in inherited}
    for name, (fact, owner) in owned.items():
        yield from _unknown_fact(name, fact) if name in card.local else _fact(name, fact, owner)


def _table(solution: str, name: str, spec: TableSpec) -> Iterator[str]:
    """Yield one table's lines: what each column holds, and where the file lies."""
    yield f"# {spec.says.en} / {spec.says.ko}" + (" (optional)" if spec.optional else "")
    for column, card in spec.columns.items():
        yield f"#   {column}: {_column(card)}"
    yield f"# [tables.{name}]"
    yield f'# file = "{solution}/{name}.csv"    # made with its header; fill in the rows'
    yield '# source = "our_register"'
    yield "# day = 2026-01-31             # the day the table describes"
    yield ""


def _column(card: Column) -> str:
    """Return what a column holds, in a line."""
    parts = [card.kind + (f" in {card.unit}" if card.unit else ""), card.says.en]
    if card.choices:
        parts.append(f"one of {', '.join(card.choices)}")
    return "; ".join(parts) + (" (may be empty)" if card.may_be_empty else "")


def _fact(name: str, fact: Fact, owner: str) -> Iterator[str]:
    """Yield one fact's lines with the value that stands in until the city gives its own."""
    last = fact.values[-1]
    value = json.dumps(list(last.value) if isinstance(last.value, tuple) else last.value, ensure_ascii=False)
    yield f"# [facts.{name}]             # default of {owner}"
    yield f"# says.ko = {_quoted(fact.says.ko)}"
    yield f"# says.en = {_quoted(fact.says.en)}"
    yield f"# unit = {_quoted(fact.unit)}"
    yield '# source = "our_register"'
    yield f"# values = [{{ from = {last.since}, value = {value} }}]"
    yield ""


def _unknown_fact(name: str, fact: Fact) -> Iterator[str]:
    """Yield the lines of a fact that no other city can say: there is no value to show."""
    yield f"# [facts.{name}]             # unknown until the city gives it; elsewhere: {fact.says.en}"
    yield '# says.ko = "무엇을 어떻게 센 수인지"'
    yield '# says.en = "what was counted, and how"'
    yield f"# unit = {_quoted(fact.unit)}"
    yield '# source = "our_register"'
    yield '# values = [{ from = 2026-01-31, value = "?" }]'
    yield ""


def _quoted(words: str) -> str:
    """Return text as a TOML string."""
    return json.dumps(words, ensure_ascii=False)
