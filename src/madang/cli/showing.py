"""`madang show`: a solution's card, its inputs with units and bounds, scenarios, tables, facts and rules."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.console import Console

from madang import register
from madang.cli.options import LangOption, Name, TextOrJson
from madang.cli.screen import console, plain_text, say_next, sheet
from madang.core.contract import Solution
from madang.core.inputs import InputField
from madang.core.language import Language, say_number
from madang.core.units import say_unit
from madang.plan.report.data import to_json


def show(
    name: Name,
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the answer.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Show a solution: what it needs, with units and bounds, its scenarios, tables, facts and rules."""
    solution = register.load(name)
    if output == "json":
        typer.echo(to_json(_as_json(solution)), nl=False)
        return
    screen, language = console(), lang
    card = solution.card
    screen.print(plain_text(card.title.to(language), "bold"))
    screen.print(plain_text(card.summary.to(language)))
    said = f"{card.theme.to(language)} · {card.office.to(language)} · {card.since} · checked {card.checked_on}"
    screen.print(plain_text(said, "dim"))
    _print_inputs(screen, solution, language)
    _print_scenarios(screen, solution, language)
    _print_tables(screen, solution, language)
    _print_facts(screen, solution, language)
    if solution.rules:
        screen.print(plain_text(f"\nrules: {', '.join(solution.rules)}"))
    say_next(screen, language, f"madang run {name}", f"madang check {name}")


def _print_inputs(screen: Console, solution: Solution, language: Language) -> None:
    """Print the inputs: what `--set` may change."""
    screen.print()
    table = sheet("--set", "", "unit", "bounds", title="Inputs" if language == "en" else "입력")
    for field in solution.inputs.fields():
        if field.kind != "table":
            table.add_row(field.name, field.title.to(language), say_unit(field.unit, language), _bounds(field))
    screen.print(table)


def _print_scenarios(screen: Console, solution: Solution, language: Language) -> None:
    """Print the scenarios and what they change."""
    if not solution.card.scenarios:
        return
    screen.print()
    table = sheet("--scenario", "", "", title="Scenarios" if language == "en" else "시나리오")
    for name, scenario in solution.card.scenarios.items():
        table.add_row(name, scenario.title.to(language), plain_text(scenario.says.to(language), "dim"))
    screen.print(table)


def _print_tables(screen: Console, solution: Solution, language: Language) -> None:
    """Print the tables that a city gives."""
    if not solution.specs:
        return
    screen.print()
    table = sheet("table", "", "columns", title="Tables" if language == "en" else "표")
    for name, spec in solution.specs.items():
        names = ", ".join(f"{column} ({card.unit})" if card.unit else column for column, card in spec.columns.items())
        optional = " (optional)" if spec.optional else ""
        table.add_row(name, spec.says.to(language) + optional, plain_text(names, "dim"))
    screen.print(table)


def _print_facts(screen: Console, solution: Solution, language: Language) -> None:
    """Print the policy's own facts with their last value."""
    screen.print()
    table = sheet("fact", "", "value", "since", "status", numeric=(2,), title="Facts" if language == "en" else "사실")
    for name, fact in solution.policy.facts.items():
        last = fact.values[-1]
        value = say_number(last.value) if isinstance(last.value, int | float) else str(last.value)
        unit = say_unit(fact.unit, language, value)
        table.add_row(
            name, fact.says.to(language), f"{value} {unit}".strip(), str(last.since), last.status or fact.status
        )
    screen.print(table)


def _bounds(field: InputField) -> str:
    """Return an input's bounds, or its choices."""
    if field.choices:
        return ", ".join(field.choices)
    if field.kind == "switch":
        return "yes, no"
    low = "" if field.low is None else f"{field.low:g}"
    high = "" if field.high is None else f"{field.high:g}"
    return f"{low} … {high}".strip() if low or high else ""


def _as_json(solution: Solution) -> dict[str, Any]:
    """Return a solution as JSON-ready values: card, schema of the inputs, tables, facts, rules."""
    fields = [
        {
            "name": field.name,
            "title": field.title.model_dump(),
            "kind": field.kind,
            "unit": field.unit,
            "low": field.low,
            "high": field.high,
            "choices": list(field.choices),
            "facts": list(field.facts),
            "required": field.required,
        }
        for field in solution.inputs.fields()
    ]
    facts = {name: fact.model_dump(mode="json", by_alias=True) for name, fact in solution.policy.facts.items()}
    tables = {name: spec.model_dump(mode="json") for name, spec in solution.specs.items()}
    return {
        "name": solution.name,
        "card": solution.card.model_dump(mode="json"),
        "inputs": fields,
        "tables": tables,
        "facts": facts,
        "rules": list(solution.rules),
    }
