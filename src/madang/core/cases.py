"""Cases: given this, expect that. They run as tests, stand in the documentation, and ``madang check`` runs them."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from inspect import signature
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.city import City
from madang.core.contract import Run, Solution, perform
from madang.core.documents import read_document
from madang.core.errors import Both, CheckError, UnknownName, Where
from madang.core.language import Text
from madang.core.sources import Day
from madang.core.units import convert


class Expectation(BaseModel):
    """What one number of a result must be, within an absolute or a relative tolerance."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: str
    value: float
    unit: str
    tolerance: float = 0.0
    relative: float = 0.0


class Case(BaseModel):
    """A run or a call of a pure rule, and what must come of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    source: str = Field(min_length=1, description="who published the expected value, or by which rule it follows")
    on: Day | None = None
    scenario: str | None = None
    set: dict[str, Any] = {}
    rule: str | None = None
    given: dict[str, Any] = {}
    expect: tuple[Expectation, ...] = ()
    returns: dict[str, Any] = {}

    @model_validator(mode="after")
    def _expects_something(self) -> Case:
        """A case that expects nothing would always be met."""
        if self.rule is not None and (not self.returns or self.expect):
            raise ValueError(
                Both(
                    "규칙의 사례에는 returns가 있고 expect가 없어야 합니다",
                    "a case of a rule needs returns, and no expect",
                )
            )
        if self.rule is None and (not self.expect or self.returns or self.given):
            raise ValueError(
                Both(
                    "실행의 사례에는 expect가 있고 given과 returns가 없어야 합니다",
                    "a case of a run needs expect, and neither given nor returns",
                )
            )
        return self


class CaseFile(BaseModel):
    """The shape of cases.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: tuple[Case, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Outcome:
    """How one expectation of a case came out."""

    case: Case
    name: str
    expected: Any
    found: Any
    met: bool


def read_cases(solution: Solution) -> tuple[Case, ...]:
    """Return a solution's cases."""
    return read_document(solution.folder / "cases.toml", CaseFile).case


def check_case(
    solution: Solution, case: Case, city: City, day: date, *, run_with: Callable[..., Run] = perform
) -> tuple[Outcome, ...]:
    """Run one case and return an outcome for each thing it expects.

    ``run_with`` is called as ``perform`` is; a face that checks many cases may give one that remembers its runs.
    """
    if case.rule is not None:
        return _check_rule(solution, case)
    run = run_with(solution, city, case.on or day, scenario=case.scenario, changes=case.set)
    return tuple(_compare(case, run, expected) for expected in case.expect)


def _check_rule(solution: Solution, case: Case) -> tuple[Outcome, ...]:
    """Call a pure rule with what is given and compare what it returns, key by key."""
    assert case.rule is not None  # noqa: S101 - the caller chose this road by it
    if case.rule not in solution.rules:
        raise UnknownName(Both(f"{solution.name}의 규칙", f"rule of {solution.name}"), case.rule, solution.rules)
    rule = solution.rules[case.rule]
    try:
        signature(rule).bind(**case.given)
    except TypeError as error:
        says = Both(
            f"보기에 주어진 것으로 규칙 {case.rule!r}을 부를 수 없습니다: {error}",
            f"the rule {case.rule!r} cannot be called with what the case gives: {error}",
        )
        raise CheckError(says, Where(solution.folder / "cases.toml", value=case.says.en)) from error
    found = rule(**case.given)
    outcomes = ((key, expected, _part(found, key)) for key, expected in case.returns.items())
    return tuple(Outcome(case, f"{case.rule}.{key}", want, got, _same(got, want)) for key, want, got in outcomes)


def _part(found: Any, key: str) -> Any:
    """Return one part of what a rule returned: a mapping's entry or a frozen value's attribute."""
    return found.get(key) if isinstance(found, Mapping) else getattr(found, key, None)


def _same(found: Any, expected: Any) -> bool:
    """Tell whether a part is what was expected; fractions may differ in their last bits."""
    if isinstance(found, bool) or isinstance(expected, bool) or found is None:
        return found is expected
    if isinstance(found, float) and isinstance(expected, float | int):
        return math.isclose(found, expected, rel_tol=1e-9, abs_tol=1e-12)
    if isinstance(expected, list) and isinstance(found, tuple | list):
        return len(found) == len(expected) and all(map(_same, found, expected))
    return bool(found == expected)


def _compare(case: Case, run: Run, expected: Expectation) -> Outcome:
    """Compare one number with what is expected, in the unit of the expectation."""
    number = run.number(expected.number)
    if number.value is None:
        return Outcome(case, number.name, expected.value, None, met=False)
    found = convert(number.value, number.unit, expected.unit)
    allowed = max(expected.tolerance, expected.relative * abs(expected.value))
    # A billionth of the value forgives the last bits of floating point, never a real difference.
    met = abs(found - expected.value) <= allowed + 1e-9 * max(1.0, abs(expected.value))
    return Outcome(case, number.name, expected.value, found, met)
