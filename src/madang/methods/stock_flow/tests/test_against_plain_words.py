"""The kernel against the same rules written out plainly, one vehicle class and one year at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Mandate, Scope, Weibull, run

POWERTRAINS = ("fossil", "battery", "hydrogen")
FIRST, YEARS, AGES = 2020, 6, 4
Stock = dict[tuple[str, int], float]


def survival(fleet: Fleet, p: int, age: int) -> float:
    assert isinstance(fleet.survival, Weibull)
    scale = np.asarray(fleet.survival.scale_years)[0, p]
    shape = np.asarray(fleet.survival.shape)[0, p]
    return float(np.exp(-(((age + fleet.bought_at.age_at_first_year_end) / scale) ** shape)))


def lifted(share: list[float], mandate: Mandate) -> list[float]:
    members = [name in mandate.powertrains for name in POWERTRAINS]
    inside = sum(part for part, member in zip(share, members, strict=True) if member)
    if inside >= mandate.share:
        return share
    first = members.index(True)
    return [
        (part / inside * mandate.share if inside > 0 else mandate.share * (p == first))
        if member
        else part * (1 - mandate.share) / (1 - inside)
        for p, (part, member) in enumerate(zip(share, members, strict=True))
    ]


def retire(stock: Stock, amount: float, who: list[str], before: int) -> dict[str, float]:
    gone = dict.fromkeys(POWERTRAINS, 0.0)
    for model_year in sorted({year for _, year in stock if year < before}):
        layer = sum(stock.get((name, model_year), 0.0) for name in who)
        if amount <= 0 or layer <= 0:
            continue
        part = min(1.0, amount / layer)
        for name in who:
            taken = stock.get((name, model_year), 0.0) * part
            stock[name, model_year] = stock.get((name, model_year), 0.0) - taken
            gone[name] += taken
        amount -= layer * part
    return gone


def held(stock: Stock, name: str) -> float:
    return sum(count for (powertrain, _), count in stock.items() if powertrain == name)


def plain(fleet: Fleet) -> tuple[np.ndarray, np.ndarray]:
    """Return stock and early retirement, powertrain x year, by the rules written out."""
    stock: Stock = {
        (name, FIRST - 1 - age): float(fleet.initial_by_age[0, p, age])
        for p, name in enumerate(POWERTRAINS)
        for age in range(AGES)
    }
    found: dict[int, float] = {}
    stocks, retired = np.zeros((3, YEARS)), np.zeros((3, YEARS))
    for column, year in enumerate(fleet.years):
        for number, mandate in enumerate(fleet.mandates):
            if year == max(FIRST, mandate.from_year):
                every = sum(stock.values())
                found[number] = sum(held(stock, name) for name in mandate.powertrains) / every if every > 0 else 0.0
        for (name, model_year), count in stock.items():
            p, age = POWERTRAINS.index(name), year - model_year
            stock[name, model_year] = count * survival(fleet, p, age) / survival(fleet, p, age - 1)
        share = [float(part) for part in fleet.split[0, :, column]]
        for mandate in fleet.mandates:
            if mandate.scope is Scope.NEW and mandate.from_year <= year <= mandate.to_year:
                share = lifted(share, mandate)
        bought = float(fleet.total[0, column])
        if fleet.drive[0] is Drive.STOCK:
            lacking = bought - sum(stock.values())
            gone = retire(stock, -lacking, list(POWERTRAINS), year) if lacking < 0 else {}
            retired[:, column] += [gone.get(name, 0.0) for name in POWERTRAINS]
            first = sum(part * survival(fleet, p, 0) for p, part in enumerate(share))
            bought = max(0.0, lacking) / first
        for p, name in enumerate(POWERTRAINS):
            stock[name, year] = bought * share[p] * survival(fleet, p, 0)
        for number, mandate in enumerate(fleet.mandates):
            if mandate.scope is Scope.ALL and year >= mandate.from_year:
                obey(fleet, stock, retired, mandate, found[number], share, year)
        stocks[:, column] = [held(stock, name) for name in POWERTRAINS]
    return stocks, retired


def obey(
    fleet: Fleet, stock: Stock, retired: np.ndarray, mandate: Mandate, found: float, share: list[float], year: int
) -> None:
    first = max(FIRST, mandate.from_year)
    part = 1.0 if year >= mandate.to_year else (year - first + 1) / (mandate.to_year - first + 1)
    wanted = (found + (mandate.share - found) * part) * sum(stock.values())
    lacking = wanted - sum(held(stock, name) for name in mandate.powertrains)
    if lacking <= 0:
        return
    others = [name for name in POWERTRAINS if name not in mandate.powertrains]
    fresh = sum(stock[name, year] for name in others)
    moved = min(lacking, fresh)
    for name in others:
        stock[name, year] *= 1 - (moved / fresh if fresh > 0 else 0)
    gone = retire(stock, lacking - moved, others, year)
    retired[:, year - FIRST] += [gone[name] for name in POWERTRAINS]
    inside = sum(share[POWERTRAINS.index(name)] for name in mandate.powertrains)
    for name in mandate.powertrains:
        mine = share[POWERTRAINS.index(name)] / inside if inside > 0 else float(name == mandate.powertrains[0])
        stock[name, year] += mine * (moved + sum(gone.values()))


@st.composite
def fleets(draw: st.DrawFn) -> Fleet:
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    split = rng.dirichlet([1.0] * 3, YEARS).T[None]
    made = []
    for scope in Scope:
        if draw(st.booleans()):
            first = FIRST + draw(st.integers(-2, 4))
            sets = draw(st.sampled_from([("battery",), ("battery", "hydrogen")]))
            made.append(Mandate("car", sets, scope, first, first + draw(st.integers(0, 4)), draw(st.floats(0, 1))))
    return Fleet(
        ("car",),
        POWERTRAINS,
        FIRST,
        rng.uniform(50, 900, (1, YEARS)),
        split,
        Weibull(rng.uniform(4, 20, (1, 3)), rng.uniform(1, 4, (1, 3))),
        initial=rng.uniform(0, 60, (1, 3, AGES)),
        drive=(draw(st.sampled_from([Drive.STOCK, Drive.PURCHASES])),),
        mandates=tuple(made),
        bought_at=draw(st.sampled_from(list(BoughtAt))),
    )


@settings(max_examples=300, deadline=None)
@given(fleets())
def test_the_kernel_does_what_the_rules_say(fleet: Fleet) -> None:
    flows, (stocks, retired) = run(fleet), plain(fleet)
    np.testing.assert_allclose(flows.stock[0], stocks, rtol=1e-9, atol=1e-7)
    np.testing.assert_allclose(flows.retired_early[0], retired, rtol=1e-7, atol=1e-6)
