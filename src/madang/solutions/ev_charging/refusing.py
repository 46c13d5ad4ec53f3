"""A plan that cannot be, said in the solution's own inputs: the method knows its arguments, a reader the form."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from madang.core.errors import InfeasibleError
from madang.core.language import Text, text

#: What the method calls a constraint, and what it is here.
COVER: Mapping[str, Text] = {
    "budget": text("예산(budget)", "the budget (budget)"),
    "forced": text("반드시 열 자리(status=forced)", "the sites that must be built (status forced)"),
    "class_limits": text("새 급속 자리의 한도(fast_sites_max)", "the most new rapid sites (fast_sites_max)"),
    "floors": text("구역마다 채울 최소 비율(floor_percent)", "the least share of every area (floor_percent)"),
    "share": text("채우려는 비율(share_wanted_percent)", "the share to cover (share_wanted_percent)"),
}
ENERGY: Mapping[str, Text] = {
    "budget": text("전력을 위한 예산(energy_budget_won)", "the budget for energy (energy_budget_won)"),
    "forced": COVER["forced"],
    "share": text(
        "반드시 채울 전력의 비율(energy_share_wanted_percent)",
        "the least share of the energy (energy_share_wanted_percent)",
    ),
    "reach": text("닿을 수 있는 수요(sites)", "the demand that sites can reach (sites)"),
    "capacity": text("둘 수 있는 충전기(ports_max)", "the chargers there is room for (ports_max)"),
}


@contextmanager
def named_here(names: Mapping[str, Text]) -> Iterator[None]:
    """Raise a refusal of the method anew, its constraints under the names that a reader of the form knows."""
    try:
        yield
    except InfeasibleError as error:
        parts = (error.where or "").split(", ")
        if not all(part in names for part in parts):
            raise
        (ko_what, _, ko_todo), (en_what, _, en_todo) = error.parts("ko"), error.parts("en")
        ko, en = ([names[part].ko for part in parts], [names[part].en for part in parts])
        listed = ", ".join(parts)
        what = text(
            ko_what.replace(f"{listed}: ", f"{', '.join(ko)}: "),
            en_what.replace(f"keeps {' and '.join(parts)} together", f"keeps {' and '.join(en)} together"),
        )
        todo = text(
            (ko_todo or "").replace(f"{listed} 가운데", f"{', '.join(ko)} 가운데"),
            (en_todo or "").replace(f"one of {listed}", f"one of {', '.join(en)}"),
        )
        raise InfeasibleError(what, text(", ".join(ko), ", ".join(en)), todo) from error
