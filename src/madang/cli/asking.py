"""`madang why`: a number walked back to formula, inputs, facts, days, status and sources."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer
from rich.tree import Tree

from madang import register
from madang.cli.changing import inputs_changed
from madang.cli.options import (
    CityOption,
    LangOption,
    OnOption,
    SetOption,
    TextOrJson,
    asked_day,
    solution_names,
    today,
)
from madang.cli.screen import console, plain_text, say_caveats, say_run, working
from madang.core.city import Use
from madang.core.errors import Both, UsageError
from madang.core.language import Language, say_day, text
from madang.plan.cities import open_city
from madang.plan.linking import perform_linked
from madang.plan.report.amounts import say_amount, say_range
from madang.plan.report.data import to_json
from madang.plan.why import InputStep, Why, explain

_WORDS = {
    "formula": text("계산식", "formula"),
    "after": text("근거", "after"),
    "known": text("확인됨", "known"),
    "enacted": text("시행", "enacted"),
    "announced": text("발표만 됨", "announced only"),
    "unverified": text("확인되지 않음", "unverified"),
    "assumption": text("가정", "assumption"),
    "since": text("부터", "since"),
    "changed": text("직접 바꾼 값", "changed by hand"),
    "linked": text("다른 정책의 값", "taken from"),
    "rows": text("행", "rows"),
    "default": text("다른 도시의 기본값", "another city's default"),
    "own": text("모형의 설정", "a setting of the model"),
    "day": text("기준일", "day"),
}


def why(
    number: Annotated[
        str, typer.Argument(metavar="NAME.NUMBER", help="A number of a solution.", autocompletion=solution_names)
    ],
    city: CityOption = "",
    on: OnOption = None,
    set_: SetOption = None,
    scenario: Annotated[str | None, typer.Option("--scenario", help="A scenario of the solution's card.")] = None,
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the answer.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Walk a number back: number, formula, inputs, the facts behind them with days and status, their sources."""
    name, dot, own = number.partition(".")
    if not dot:
        register.folder_of(name)
        raise UsageError(
            Both(f"수치가 아니라 정책의 이름입니다: {number!r}", f"{number!r} names a solution, not a number"),
            todo=Both(
                f"{name}.수치의 까닭을 물으십시오: `madang run {name}`",
                f"ask why of {name}.NUMBER: see `madang run {name}`",
            ),
        )
    with working(name) as progress:
        solution = register.load(name)
        opened = open_city(city or solution.card.home)
        run = perform_linked(
            name,
            opened,
            asked_day(on),
            scenario=scenario,
            changes=inputs_changed(set_, solution.inputs),
            today=today(),
            progress=progress,
        )
        road = explain(run, own)
    if output == "json":
        typer.echo(to_json(road.as_json()), nl=False)
        return
    screen, language = console(), lang
    screen.print(plain_text(say_run(run, language), "dim"))
    screen.print(_tree(road, language))
    say_caveats(screen, road.caveats, language, f"madang why {number} --format json")


def _words(language: Language) -> dict[str, str]:
    """Return the words between the parts of an answer."""
    return {key: words.to(language) for key, words in _WORDS.items()}


def _tree(road: Why, language: Language) -> Tree:
    """Return the road as a tree, the number at its root."""
    number, words = road.number, _words(language)
    said = say_amount(number.value, number.unit, language, number.digits)
    within = say_range(number, language)
    head = f"{number.title.to(language)}: {said}" + (f" ({within})" if within else "")
    tree = Tree(plain_text(head, "bold"))
    if number.gap:
        tree.add(plain_text(number.gap.to(language)))
    if number.day:
        tree.add(plain_text(f"{words['day']}: {say_day(number.day, language)}"))
    source = f" ({words['after']}: {number.formula_source})" if number.formula_source else ""
    tree.add(plain_text(f"{words['formula']}: {number.formula.to(language)}{source}"))
    for step in road.steps:
        branch = tree.add(plain_text(_step(step, language)))
        for use in step.uses:
            leaf = branch.add(plain_text(_use(use, language)))
            leaf.add(plain_text(use.source.cite(), "dim"))
            if use.note or use.source.note:
                leaf.add(plain_text(use.note or use.source.note or "", "dim"))
    return tree


def _step(step: InputStep, language: Language) -> str:
    """Return one input: its title and value, and whether it was changed or is a setting of the model."""
    words = _words(language)
    note = words["changed"] if step.changed else ("" if step.uses else words["own"])
    if step.linked is not None:
        note = f"{words['linked']} {step.linked}"
    return f"{step.field.title.to(language)} = {_value(step.value, step.field.unit, language)}" + (
        f" [{note}]" if note else ""
    )


def _use(use: Use, language: Language) -> str:
    """Return one fact or table: what it says, its value, since when, its status and whose it is."""
    words = _words(language)
    value = f"{use.value:,} {words['rows']}" if use.kind == "table" else _value(use.value, use.unit or "1", language)
    parts = [f"{use.name}: {use.says.to(language)} = {value}"]
    if use.since:
        parts.append(f"{use.since} {words['since']}" if language == "ko" else f"{words['since']} {use.since}")
    parts.append(words[use.status])
    if use.origin == "default":
        parts.append(f"{words['default']} ({use.owner})")
    return " · ".join(parts)


def _value(value: Any, unit: str, language: Language) -> str:
    """Return a value for reading: a series by its ends, a table by its rows."""
    words = _words(language)
    if hasattr(value, "frame"):
        return f"{value.name} ({value.frame.height:,} {words['rows']})"
    if isinstance(value, Mapping) and value:
        keys = list(value)
        ends = [f"{key}: {say_amount(value[key], unit, language)}" for key in dict.fromkeys((keys[0], keys[-1]))]
        return " … ".join(ends)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return say_amount(value, unit, language)
    return str(value)
