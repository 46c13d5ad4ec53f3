"""What the house asks of every registered solution, unasked: nothing here names one."""

from __future__ import annotations

import json
import random
import re
import signal
import socket
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from madang import register
from madang.core.cases import check_case, read_cases
from madang.core.city import City, Reader
from madang.core.contract import Run, Solution, perform
from madang.core.errors import MadangError
from madang.core.facts import FactBook
from madang.core.figures import Figure
from madang.core.inputs import InputField, Inputs
from madang.core.language import LANGUAGES, Text
from madang.core.progress import silent
from madang.core.tables import Table

CITIES = Path(register.__file__).parent / "cities"
SECTIONS = {
    "en": ("Background", "What was done", "Difficulties", "Results", "Who to ask", "Sources"),
    "ko": ("배경", "한 일", "어려움", "결과|성과", "문의", "출처"),
}
QUOTE = re.compile(r"\{\{\s*(.*?)\s*\}\}")
COLD_CPU_SECONDS, WARM_CPU_SECONDS = 180, 20
QUICK_RUN_CPU_SECONDS, SLOW_RUN_CPU_SECONDS, READING_CPU_SECONDS = 0.1, 0.5, 20

every_solution = pytest.mark.parametrize("name", register.NAMES)


@contextmanager
def cpu_guard(seconds: int) -> Iterator[None]:
    """Stop what hangs: raise once the process has used this much CPU."""

    def stop(_signal: int, _frame: object) -> None:
        raise AssertionError(f"still running after {seconds} s of CPU")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


@cache
def home_of(name: str) -> City:
    """Return the city at home in a solution."""
    home = register.load(name).card.home
    return City.open(CITIES / home, CITIES)


#: The shares of the work that each solution's first run told of.
SHARES: dict[str, list[float]] = {}


@cache
def base_run(name: str) -> Run:
    """Return the solution run for its home city on the day its card was checked; no test changes it."""
    solution, shares = register.load(name), SHARES.setdefault(name, [])
    with cpu_guard(COLD_CPU_SECONDS):
        return perform(
            solution, home_of(name), solution.card.checked_on, today=date.today(),
            progress=lambda share, _what: shares.append(share),
        )  # fmt: skip


@every_solution
def test_the_card_speaks_both_languages(name: str) -> None:
    card = register.load(name).card
    scenarios = [part for scenario in card.scenarios.values() for part in (scenario.title, scenario.says)]
    for said in (card.title, card.summary, card.theme, card.office, *scenarios):
        assert speaks_both(said), said


@every_solution
def test_the_name_is_the_folders(name: str) -> None:
    solution = register.load(name)
    assert solution.name == name
    assert solution.folder.resolve() == register.folder_of(name).resolve()


@every_solution
def test_the_review_day_is_not_past(name: str) -> None:
    card = register.load(name).card
    assert card.next_review >= date.today(), f"{name} was to be reviewed by {card.next_review}"


@every_solution
def test_every_fact_has_a_sentence_a_unit_and_a_source(name: str) -> None:
    solution, city = register.load(name), home_of(name)
    for book in (solution.policy, city.book_for(name), city.book):
        for key, fact in book.facts.items():
            assert speaks_both(fact.says), key
            assert fact.unit, key
            assert all(book.sources[value.source or fact.source].who for value in fact.values), key


@every_solution
def test_every_case_is_met(name: str) -> None:
    solution = register.load(name)
    outcomes = [
        outcome
        for case in read_cases(solution)
        for outcome in check_case(solution, case, home_of(name), solution.card.checked_on)
    ]
    missed = [(o.case.says.en, o.name, o.expected, o.found) for o in outcomes if not o.met]
    assert outcomes
    assert not missed


@every_solution
def test_every_number_names_its_inputs_and_is_plain(name: str) -> None:
    run = base_run(name)
    assert run.result.numbers
    for key, number in run.result.numbers.items():
        assert key == number.name
        assert re.fullmatch(r"[a-z][a-z0-9_]*", key)
        assert number.rests_on, f"{key} rests on nothing"
        assert set(number.rests_on) <= set(type(run.inputs).model_fields), key
        assert sources_stand_behind(run, number.rests_on), f"nothing sourced stands behind {key}"
        json.dumps([number.value, number.low, number.high], allow_nan=False)


@every_solution
def test_every_figure_has_units_and_sources(name: str) -> None:
    run = base_run(name)
    assert run.figures
    for figure in run.figures:
        assert set(figure.rests_on) <= set(type(run.inputs).model_fields), figure.name
        assert sources_stand_behind(run, figure.rests_on), f"nothing sourced stands behind {figure.name}"
        for column in figure.columns:
            numeric = figure.frame[column.name].dtype.is_numeric()
            assert column.unit is not None or not numeric, f"{figure.name}.{column.name} has no unit"
    assert len({figure.name for figure in run.figures}) == len(run.figures)


@every_solution
def test_every_input_names_its_facts(name: str) -> None:
    run = base_run(name)
    for card in type(run.inputs).fields():
        assert card.facts or not card.required, f"the input {card.name} names no fact"
        assert any(fact in run.uses for fact in card.facts) or not card.required, f"{card.name}: none of its facts read"


@every_solution
def test_every_fact_read_is_claimed_by_an_input(name: str) -> None:
    run = base_run(name)
    claimed = {fact for card in type(run.inputs).fields() for fact in card.facts}
    assert set(run.uses) <= claimed, f"read, but named by no input: {sorted(set(run.uses) - claimed)}"


@every_solution
def test_no_fact_table_or_file_lies_unread(name: str) -> None:
    run = base_run(name)
    claimed = {fact for card in type(run.inputs).fields() for fact in card.facts}
    own = run.city.file_for(name)
    kept = {*run.solution.policy.facts, *own.facts, *own.tables, *own.files}
    assert kept <= claimed, f"kept, but named by no input: {sorted(kept - claimed)}"


@every_solution
def test_a_run_is_the_same_twice_within_its_limit_without_the_network_and_leaves_its_inputs_alone(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = base_run(name)
    before = first.inputs.plain()
    monkeypatch.setattr(socket.socket, "connect", no_connection)
    with cpu_guard(WARM_CPU_SECONDS):
        numbers, drawn = calculated(first.solution, first.inputs)
    assert numbers_moved(first.result.numbers, numbers) == set()
    assert figures_moved(first.figures, drawn) == set()
    assert first.inputs.plain() == before


@every_solution
def test_reading_a_city_twice_gives_the_same_inputs(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    first = base_run(name)
    monkeypatch.setattr(socket.socket, "connect", no_connection)
    again = first.solution.read(first.solution.reader(first.city, first.day))
    assert [
        card.name for card in again.fields() if not alike(getattr(first.inputs, card.name), getattr(again, card.name))
    ] == []


@every_solution
def test_progress_rises_from_nothing_to_done(name: str) -> None:
    base_run(name)
    shares = SHARES[name]
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    assert shares == sorted(shares)


@every_solution
def test_every_scenario_runs(name: str) -> None:
    run = base_run(name)
    for scenario in run.solution.card.scenarios:
        other = perform(run.solution, run.city, run.day, scenario=scenario)
        assert set(other.result.numbers) == set(run.result.numbers), scenario


@every_solution
def test_what_moves_with_an_input_says_that_it_rests_on_it(name: str) -> None:
    solution = register.load(name)
    inputs, seconds = quicker(solution, base_run(name).inputs)
    fields = [card.name for card in inputs.fields()]
    faults = faults_when_moved(name, inputs, fields)
    # Scenarios switch other parts of a model on: all inputs again where runs are quick, a fixed sample where not.
    for scenario in solution.card.scenarios.values():
        size = len(fields) if seconds < QUICK_RUN_CPU_SECONDS else max(1, len(fields) // 8)
        sample = random.Random(scenario.title.en).sample(fields, size)
        faults |= faults_when_moved(name, inputs.with_set(scenario.set), sample)
    assert not faults, "\n".join(sorted(faults))


@every_solution
def test_what_moves_with_a_fact_names_that_fact(name: str) -> None:
    run, start = base_run(name), time.process_time()
    before, faults = run.inputs, set()
    names = random.Random(name).sample(sorted(run.uses), len(run.uses))
    for place, fact in enumerate(names):
        # Where reading is slow, a fixed sample stands for all: at least eight facts and tables.
        if place >= 8 and time.process_time() - start > READING_CPU_SECONDS:
            break
        after = read_with_moved(run, fact)
        if after is None:
            continue
        for card in type(before).fields():
            if fact not in card.facts and not alike(getattr(before, card.name), getattr(after, card.name)):
                faults.add(f"the input {card.name} moves with the fact {fact} but does not name it")
    assert not faults, "\n".join(sorted(faults))


@every_solution
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_has_its_six_sections(name: str, language: str) -> None:
    parts = sections_of(register.folder_of(name) / f"article.{language}.md")
    assert len(parts) == len(SECTIONS[language]), list(parts)
    for (heading, body), expected in zip(parts.items(), SECTIONS[language], strict=True):
        assert re.fullmatch(expected, heading), f"{heading!r} stands where {expected!r} is due"
        assert body.strip(), f"the section {heading!r} is empty"


@every_solution
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_article_quotes_only_what_exists(name: str, language: str) -> None:
    run = base_run(name)
    known = {f"number:{key}" for key in run.result.numbers} | {f"figure:{figure.name}" for figure in run.figures}
    quoted = QUOTE.findall((register.folder_of(name) / f"article.{language}.md").read_text("utf-8"))
    assert quoted, "the article quotes no number and no figure"
    assert set(quoted) <= known, f"quoted, but not there: {sorted(set(quoted) - known)}"


@every_solution
def test_both_articles_quote_the_same(name: str) -> None:
    texts = [(register.folder_of(name) / f"article.{language}.md").read_text("utf-8") for language in LANGUAGES]
    assert set(QUOTE.findall(texts[0])) == set(QUOTE.findall(texts[1]))


def no_connection(*_args: object, **_more: object) -> None:
    """Stand in for opening a connection, which neither reading nor a model may do."""
    raise AssertionError("a model opened a connection")


def speaks_both(said: Text) -> bool:
    """Tell whether the Korean half holds Hangul and the English half none."""
    return bool(re.search("[가-힣]", said.ko)) and not re.search("[가-힣]", said.en)


def sources_stand_behind(run: Run, rests_on: tuple[str, ...]) -> bool:
    """Tell whether at least one source is reached through the inputs."""
    return bool(run.sources_of(rests_on))


def sections_of(path: Path) -> dict[str, str]:
    """Return an article's second-level headings with the text below each."""
    parts = re.split(r"^## +(.+?) *$", path.read_text("utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def faults_when_moved(name: str, inputs: Inputs, fields: list[str]) -> set[str]:
    """Move each input, run again, and return what moved without saying that it rests on it."""
    solution = register.load(name)
    before, drawn_before = calculated(solution, inputs)
    faults = set()
    for card in (type(inputs).field(field) for field in fields):
        moved = first_that_runs(solution, inputs, card)
        if moved is None:
            if card.kind not in {"text", "table"} and getattr(inputs, card.name) is not None:
                faults.add(f"no small move of the input {card.name} gives a run")
            continue
        after, drawn_after = moved
        rests = {number.name: number.rests_on for number in before.values()}
        rests |= {figure.name: figure.rests_on for figure in drawn_before}
        for changed in numbers_moved(before, after) | figures_moved(drawn_before, drawn_after):
            if card.name not in rests.get(changed, ()):
                faults.add(f"{changed} moves with {card.name} but does not rest on it")
    return faults


def quicker(solution: Solution, inputs: Inputs) -> tuple[Inputs, float]:
    """Return inputs from which a run is quick, with its CPU seconds: a count such as draws is cut to a twentieth.

    What a number rests on is the same from any start, so moving inputs may begin where a run costs little.
    """
    seconds = cpu_of(solution, inputs)
    for card in type(inputs).fields():
        value = getattr(inputs, card.name)
        if card.kind != "integer" or not isinstance(value, int) or value < 20 or seconds < SLOW_RUN_CPU_SECONDS:
            continue
        try:
            fewer = inputs.with_set({card.name: value // 20})
            needed = cpu_of(solution, fewer)
        except MadangError:
            continue
        if needed < seconds / 2:
            inputs, seconds = fewer, needed
    return inputs, seconds


def cpu_of(solution: Solution, inputs: Inputs) -> float:
    """Return the CPU seconds of one run."""
    start = time.process_time()
    calculated(solution, inputs)
    return time.process_time() - start


def calculated(solution: Solution, inputs: Inputs) -> tuple[Mapping[str, Any], tuple[Figure, ...]]:
    """Return the numbers and figures that the model makes of inputs."""
    result = solution.run(inputs, silent)
    return result.numbers, solution.figures(result)


def first_that_runs(solution: Solution, inputs: Inputs, card: InputField) -> Any:
    """Return what the model makes of the first small move of an input that it does not refuse."""
    for value in moves_of(card, getattr(inputs, card.name)):
        values = {field: getattr(inputs, field) for field in type(inputs).model_fields} | {card.name: value}
        try:
            return calculated(solution, type(inputs).build(values))
        except MadangError:
            continue
    return None


def moves_of(card: InputField, value: Any) -> Iterator[Any]:
    """Yield small moves of a value: all of it up, all down, then part of it from one place to the next."""
    if card.kind == "switch":
        yield not value
    elif card.kind == "choice":
        yield from (choice for choice in card.choices if choice != value)
    elif isinstance(value, Table):
        yield from (scaled_table(value, times) for times in (1.01, 0.99))
    elif value is not None and card.kind != "text":
        for step in (1, -1):
            yield shifted(value, [step] * count_of(value))
        for place in range(min(3, count_of(value) - 1)):
            yield shifted(value, [0] * place + [1, -1] + [0] * (count_of(value) - place - 2))


def count_of(value: Any) -> int:
    """Return how many numbers a value holds."""
    if isinstance(value, Mapping):
        return sum(count_of(part) for part in value.values())
    return sum(count_of(part) for part in value) if isinstance(value, tuple | list) else 1


def shifted(value: Any, steps: list[int]) -> Any:
    """Return a value with each number moved by its step; ``steps`` is used up from the front."""
    if isinstance(value, Mapping):
        return {key: shifted(part, steps) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return tuple(shifted(part, steps) for part in value)
    step = steps.pop(0)
    if not isinstance(value, int | float) or step == 0:
        return value
    return value + step if isinstance(value, int) else value + step * (abs(value) / 100 or 0.001)


def scaled_table(table: Table, times: float) -> Table:
    """Return a table with its measured columns scaled, and held to their bounds; keys and counts of years stay."""
    columns = []
    for name, card in table.spec.columns.items():
        column = pl.col(name)
        if card.kind == "number" or (card.kind == "integer" and name not in table.spec.key and card.unit != "year"):
            moved = column * times if card.kind == "number" else column + (1 if times > 1 else -1)
            columns.append(moved.clip(card.min, card.max).alias(name))
    return replace(table, frame=table.frame.with_columns(columns))


class MovingReader(Reader):
    """A reader for whom one fact or table says a little more, or less, than the city's file."""

    moved: str = ""
    step: int = 1

    def _find(self, name: str) -> tuple[FactBook, City | None]:
        """Return the book that holds a fact; the one that moves in a copy with its numbers moved."""
        book, owner = super()._find(name)
        if name != self.moved:
            return book, owner
        fact = book.facts[name]
        values = tuple(value.model_copy(update={"value": moved_value(value.value, self.step)}) for value in fact.values)
        return FactBook({name: fact.model_copy(update={"values": values})}, book.sources, book.path), owner

    def table(self, name: str) -> Table:
        """Return a table; the one that moves with its measures scaled."""
        table = super().table(name)
        return scaled_table(table, 1 + self.step / 100) if name == self.moved else table


def moved_value(value: Any, step: int) -> Any:
    """Return a fact's value moved by a step; words stay."""
    return value if isinstance(value, str) else shifted(value, [step] * count_of(value))


def read_with_moved(run: Run, name: str) -> Inputs | None:
    """Return the inputs read with one fact or table moved, or None where neither way gives inputs."""
    for step in (1, -1):
        card = run.solution.card
        reader = MovingReader(
            run.city, run.solution.name, run.day, run.solution.policy, run.solution.specs, card.home,
            files=run.solution.shapes.files,
        )  # fmt: skip
        reader.moved, reader.step = name, step
        try:
            return run.solution.read(reader)
        except MadangError:
            continue
    return None


def alike(one: Any, other: Any) -> bool:
    """Tell whether two values of an input are the same; tables by their cells."""
    if isinstance(one, Table) and isinstance(other, Table):
        return one.frame.equals(other.frame)
    return bool(one == other)


def numbers_moved(before: Mapping[str, Any], after: Mapping[str, Any]) -> set[str]:
    """Return the names of numbers that differ beyond the last bits, or came or went."""
    names = set(before) | set(after)
    return {name for name in names if name not in before or name not in after or differs(before[name], after[name])}


def differs(one: Any, other: Any) -> bool:
    """Tell whether value or range of two numbers differ."""
    pairs = ((one.value, other.value), (one.low, other.low), (one.high, other.high))
    return any((a is None) != (b is None) or (a is not None and a != pytest.approx(b, rel=1e-12)) for a, b in pairs)


def figures_moved(before: tuple[Figure, ...], after: tuple[Figure, ...]) -> set[str]:
    """Return the names of figures whose data differ, or that came or went."""
    old, new = ({figure.name: figure.frame for figure in figures} for figures in (before, after))
    names = set(old) | set(new)
    return {name for name in names if name not in old or name not in new or not old[name].equals(new[name])}
