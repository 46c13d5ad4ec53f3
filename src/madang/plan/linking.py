"""One solution's number as another's input: ``--set evs_planned=@other_solution.its_number``."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from madang import register
from madang.core.city import City
from madang.core.contract import Linked, Run, perform
from madang.core.errors import Both, UsageError
from madang.core.progress import Progress, silent
from madang.core.units import convert

#: What a value begins with when it names another solution's number.
SIGN = "@"


def perform_linked(
    name: str,
    city: City,
    day: date,
    *,
    scenario: str | None = None,
    changes: Mapping[str, Any] | None = None,
    today: date | None = None,
    progress: Progress = silent,
) -> Run:
    """Run a solution; a change ``@solution.number`` is first computed for the same city and day.

    The number is turned into the input's unit, and the run remembers where it came from, so that `why` and the
    caveats reach the other solution's facts.

    Raises:
        UsageError: the number is unknown there, or its solution is the one that asks.
        UnitError: the number measures something else than the input.
    """
    solution, wanted = register.load(name), dict(changes or {})
    linked: dict[str, Linked] = {}
    for path, value in wanted.items():
        if not (isinstance(value, str) and value.startswith(SIGN)):
            continue
        input_name = path.partition(".")[0]
        link = _take(name, value.removeprefix(SIGN), city, day, today)
        number = link.run.number(link.number)
        if number.value is None:
            reason = number.gap.en if number.gap else "nobody knows it"
            raise UsageError(
                Both(f"{path}: {link.name}의 값을 모릅니다({reason})", f"{path}: {link.name} is not known ({reason})"),
                todo=Both("값을 주십시오", "give a value instead"),
            )
        wanted[path] = convert(number.value, number.unit, solution.inputs.field(input_name).unit)
        linked[input_name] = link
    return perform(
        solution, city, day, scenario=scenario, changes=wanted, linked=linked, today=today, progress=progress
    )


def _take(asking: str, named: str, city: City, day: date, today: date | None) -> Linked:
    """Return the other solution's run, and the number's name in it."""
    other, _, number = named.partition(".")
    if not number:
        raise UsageError(
            Both(f"수치의 이름이 아닙니다: {SIGN}{named}", f"{SIGN}{named} names no number"),
            todo=Both(f"{SIGN}정책.수치로 적으십시오", f"write {SIGN}solution.number"),
        )
    if other == asking:
        raise UsageError(
            Both(f"스스로에게 기대게 됩니다: {SIGN}{named}", f"{SIGN}{named} would rest on itself"),
            todo=Both("다른 정책의 수치를 적으십시오", "name another solution's number"),
        )
    return Linked(perform(register.load(other), city, day, today=today), number)
