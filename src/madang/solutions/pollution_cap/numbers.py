"""The named numbers of a result; their titles and formulas stand in numbers.toml."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from pathlib import Path

import polars as pl

from madang.core.contract import Number
from madang.core.language import Text, text
from madang.core.sayings import sayings_in
from madang.methods.load_allocation import EQUAL_EFFLUENT, EQUAL_PERCENT, LEAST, AllocationPlan, UnmetTargets
from madang.methods.river_network import Causes
from madang.methods.river_network.routing import KG_PER_D
from madang.solutions.pollution_cap.accounts import Balance
from madang.solutions.pollution_cap.allocating import Allocated
from madang.solutions.pollution_cap.decimals import half_up
from madang.solutions.pollution_cap.inputs import CapInputs
from madang.solutions.pollution_cap.judging import SAMPLED, Judged, Judging, Target, targets_of
from madang.solutions.pollution_cap.published import better
from madang.solutions.pollution_cap.river import ROUTED, River
from madang.solutions.pollution_cap.sourcing import made_up

DECIMALS = ("bod_decimals", "toc_decimals", "tp_decimals")
PUBLISHED = ("yearly", "targets", "site", *DECIMALS)
#: What shows the second step too is told that its targets are drafts.
DRAFTS = (*PUBLISHED, "plan_last_year")
JUDGED = (
    "samples", "targets", "sample_site", "last_year", "window_years", "samples_per_year_min", "attainment_percent",
    "bod_target_mg_per_l", "toc_target_mg_per_l", "tp_target_mg_per_l", "non_detects", "on", *DECIMALS,
)  # fmt: skip
DURATION = (*JUDGED, "reference_flow_m3_per_s", "duration_exceeded_percent_max")
CHANCE = (*JUDGED, "draws", "seed")
SOURCES = (
    "people", "land", "plants", "other_loads", "land_unit_loads", "person_unit_loads", "water_l_per_person",
    "night_soil_m3_per_person", "grey_share", "private_plant_mg_per_l", "private_plant_large_m3_per_day",
    "septic_bod_removed_percent",
)  # fmt: skip
RIVER = (*SOURCES, "reaches", "bod_loss_per_d", "tp_loss_per_d", "site")
CAUSES = (
    *RIVER, "targets", "plan_first_year", "bod_target_mg_per_l", "toc_target_mg_per_l", "tp_target_mg_per_l"
)  # fmt: skip
PLAN = (
    *RIVER, "targets", "plan_first_year", "plan_last_year", "margin_percent", "discount_percent", "measures", "locked"
)  # fmt: skip
ACCOUNT = ("account", "development_bod_kg_per_d", "development_tp_kg_per_d")
_FIRST_STEP, _SECOND_STEP = 2020, 2030
_PLANS = {LEAST: "least_cost", EQUAL_PERCENT: "equal_percent", EQUAL_EFFLUENT: "equal_effluent"}

NO_VALUE = text("그 해의 공표된 값이 없다.", "no value was published for that year")
NO_TARGET = text("목표가 알려져 있지 않다.", "the target is not known")
NO_SAMPLES = text("이 도시의 표본 목록이 없다.", "there is no list of samples of this place and substance")
NO_LOADS = text("오염원 표가 없다.", "the city gives no tables of sources")
NO_RIVER = text("하천 구간 표가 없다.", "the city gives no reaches of its river")
NO_PLAN = text("할당 계획이 없다.", "there is no allocation: no measures, or no plan keeps the targets")
NO_ACCOUNT = text("개발부하 계정의 기록이 없다.", "there are no entries of an account")


def number(name: str, value: float | None, rests_on: Iterable[str], missing: Text, day: date | None = None) -> Number:
    """Return a number; ``missing`` says why where its value is unknown."""
    return sayings_in(Path(__file__).parent)[name].number(name, value, rests_on, missing, day)


def numbers_of(
    inputs: CapInputs,
    judging: Judging,
    loads: pl.DataFrame,
    river: River | None,
    site: str | None,
    causes: Mapping[str, Causes],
    allocated: Allocated | None,
    accounts: tuple[Balance, ...],
) -> dict[str, Number]:
    """Return every number of a run, by name."""
    made = [
        *_published(inputs),
        *_sampled(judging),
        *_loads(loads, river, site),
        *_river(river, site, causes),
        *_avoided(inputs, loads, river, site, allocated),
        *_planned(inputs, allocated),
        *_accounted(inputs, accounts),
    ]
    return {one.name: one for one in made}


def yearly_value(inputs: CapInputs, substance: str, year: int) -> float | None:
    """Return what was published for a year at the place assessed."""
    if inputs.yearly is None:
        return None
    found = inputs.yearly.frame.filter(
        (pl.col("site") == inputs.site) & (pl.col("substance") == substance) & (pl.col("year") == year)
    )
    return float(found["mg_per_l"][0]) if found.height else None


def target_of(inputs: CapInputs, substance: str, year: int) -> Target | None:
    """Return the target of a year at the place assessed."""
    own = [
        one for one in targets_of(inputs) if one.site == inputs.site and one.substance == substance and one.year == year
    ]
    return own[0] if own else None


def _published(inputs: CapInputs) -> Iterator[Number]:
    """Yield what was published, its target, and by how much it is better."""
    beaten: list[bool | None] = []
    for name in ("bod", "tp"):
        value, day = yearly_value(inputs, name, _FIRST_STEP), date(_FIRST_STEP, 12, 31)
        target = target_of(inputs, name, _FIRST_STEP)
        level = target.mg_per_l if target else None
        yield number(f"{name}_2020_mg_per_l", value, PUBLISHED, NO_VALUE, day)
        yield number(f"{name}_target_2020_mg_per_l", level, PUBLISHED, NO_TARGET, day)
        beaten.append(None if value is None or level is None else value <= level)
        yield from _better(inputs, name, value, level, day)
        yield number(f"{name}_mean_2018_2020_mg_per_l", _mean(inputs, name), PUBLISHED, NO_VALUE, day)
        draft = target_of(inputs, name, _SECOND_STEP)
        yield number(
            f"{name}_target_2030_draft_mg_per_l",
            draft.mg_per_l if draft else None,
            DRAFTS,
            text("2단계의 고시된 목표를 찾지 못했다.", "the gazetted targets of the second step were not found"),
            date(_SECOND_STEP, 12, 31),
        )
    known = None if None in beaten else float(sum(1 for one in beaten if one))
    yield number("targets_beaten_2020", known, PUBLISHED, NO_VALUE, date(_FIRST_STEP, 12, 31))


def _better(inputs: CapInputs, name: str, value: float | None, level: float | None, day: date) -> Iterator[Number]:
    """Yield by how many percent a value beats its target, and both ways to a whole percent."""
    stated = getattr(inputs, f"stated_{name}_better_percent")
    found = None if value is None or not level else better(value, level, inputs.decimals[name], stated)
    for part in ("percent", "rounded", "truncated", "low", "high"):
        shown = "" if part == "percent" else f"{part}_"
        amount = None if found is None else getattr(found, part)
        yield number(f"{name}_better_{shown}percent", amount, PUBLISHED, NO_VALUE, day)
    rests = (*PUBLISHED, f"stated_{name}_better_percent")
    missing = text("발표된 개선율이 없다.", "no percent was stated")
    yield number(f"{name}_better_stated_percent", stated, rests, missing, day)


def _mean(inputs: CapInputs, name: str) -> float | None:
    """Return the mean of the three published years of the first step's window, rounded half up."""
    values = [yearly_value(inputs, name, year) for year in range(_FIRST_STEP - 2, _FIRST_STEP + 1)]
    known = [value for value in values if value is not None]
    return half_up(sum(known) / 3, inputs.decimals[name]) if len(known) == 3 else None


def _sampled(judging: Judging) -> Iterator[Number]:
    """Yield how the place shown is judged, how likely it passes, and what its remaining samples must be."""
    for name in SAMPLED:
        one = judging.latest.get(name)
        day = None if one is None else date(one.window.last_year, 12, 31)
        yield from _window(name, one, day)
        chance = judging.chances.get(name)
        percent = None if chance is None else 100.0 * chance[0.0]
        yield number(f"{name}_pass_chance_percent", percent, CHANCE, NO_SAMPLES if one is None else NO_TARGET, day)
        left = judging.remaining.get(name)
        due = None if left is None else left.due
        whole = text("남은 표본이 없거나 통과할 수 없다.", "no sample is due, or no level would pass")
        missing = whole if left is not None else NO_SAMPLES if one is None else NO_TARGET
        yield number(f"{name}_samples_due", due, JUDGED, missing, day)
        yield number(f"{name}_remaining_high_mg_per_l", left.high_mg_per_l if left else None, JUDGED, missing, day)
        yield number(f"{name}_remaining_low_mg_per_l", left.low_mg_per_l if left else None, JUDGED, missing, day)
        yield number(f"{name}_remaining_attaining", left.attaining_due if left else None, JUDGED, missing, day)


def _window(name: str, one: Judged | None, day: date | None) -> Iterator[Number]:
    """Yield one window's answers."""
    samples = None if one is None else float(one.window.mg_per_l.size)
    yield number(f"{name}_samples", samples, JUDGED, NO_SAMPLES, day)
    answers = {} if one is None else {part.evaluator: part for part in one.answers}
    mean, rate, curve = (answers.get(key) for key in ("transformed_mean", "attainment_rate", "load_duration"))
    yield number(f"{name}_evaluated_mg_per_l", mean.shown if mean else None, JUDGED, _why(mean), day)
    yield number(f"{name}_attained_percent", rate.share_percent if rate else None, JUDGED, _why(rate), day)
    yield number(f"{name}_duration_exceeded_percent", curve.shown if curve else None, DURATION, _why(curve), day)
    verdict = None if one is None else one.deciding.passes
    why = NO_SAMPLES if one is None else one.deciding.reason or NO_TARGET
    yield number(f"{name}_passes", None if verdict is None else float(verdict), DURATION, why, day)


def _why(answer: object) -> Text:
    """Return why an answer is unknown."""
    reason = getattr(answer, "reason", None)
    return reason if isinstance(reason, Text) else NO_SAMPLES


def _loads(loads: pl.DataFrame, river: River | None, site: str | None) -> Iterator[Number]:
    """Yield totals of loads: generated, discharged, delivered to the place shown."""
    for name in ("bod", "tn", "tp"):
        own = loads.filter(pl.col("substance") == name)
        for kind in ("generated", "discharged"):
            total = float(own[f"{kind}_kg_per_d"].sum()) if own.height else None
            yield number(f"{name}_{kind}_kg_per_d", total, SOURCES, NO_LOADS)
        if name not in ROUTED:
            continue
        delivered = delivered_kg_per_d(loads, river, site, name)
        total = float(own["discharged_kg_per_d"].sum()) if own.height else 0.0
        share = None if delivered is None or total <= 0 else 100.0 * delivered / total
        yield number(f"{name}_delivered_kg_per_d", delivered, RIVER, NO_RIVER)
        yield number(f"{name}_delivery_percent", share, RIVER, NO_RIVER)


def delivered_kg_per_d(
    loads: pl.DataFrame, river: River | None, site: str | None, substance: str, group: str | None = None
) -> float | None:
    """Return how much of the districts' loads (of one source group) arrives at a place; None without a river."""
    if river is None or site is None or not loads.height:
        return None
    own = loads.filter(pl.col("substance") == substance)
    if group is not None:
        own = own.filter(pl.col("source_group") == group)
    delivered = 0.0
    for along in (False, True):
        part = own.filter((pl.col("source_group") == "land") == along)
        if part.height:
            ratios = river.ratios(substance, site, part["reach"].to_list(), along=along)
            delivered += float(ratios @ part["discharged_kg_per_d"].to_numpy())
    return delivered


def _river(river: River | None, site: str | None, causes: Mapping[str, Causes]) -> Iterator[Number]:
    """Yield the river at the place shown: what is computed there, and the greatest cause."""
    for name in ROUTED:
        level = None if river is None or site is None else river.mg_per_l(site, name)
        yield number(f"{name}_river_mg_per_l", level, RIVER, NO_RIVER)
        found = causes.get(name)
        first = 100.0 * found.ranked[0].share if found and found.ranked else None
        missing = NO_RIVER if river is None else NO_TARGET
        yield number(f"{name}_first_cause_percent", first, CAUSES, missing)
        yield number(f"{name}_excess_kg_per_d", found.excess_kg_per_d if found else None, CAUSES, missing)
    balance = None if river is None else float(abs(river.routed.balance_kg_per_d).max())
    yield number("river_balance_kg_per_d", None if balance is None else round(balance, 6), RIVER, NO_RIVER)


def _avoided(
    inputs: CapInputs, loads: pl.DataFrame, river: River | None, site: str | None, allocated: Allocated | None
) -> Iterator[Number]:
    """Yield what load avoided at the plants is worth at the place shown: load, concentration, and money of the plan."""
    for at, name in enumerate(ROUTED):
        avoided: float = getattr(inputs, f"plant_{name}_avoided_kg_per_d")
        share = plant_delivery(loads, river, site, name)
        arrives = None if share is None else avoided * share
        rests = (*RIVER, f"plant_{name}_avoided_kg_per_d")
        missing = text("하천이나 처리장 표가 없다.", "the city gives no river or no plants")
        yield number(f"{name}_avoided_delivered_kg_per_d", arrives, rests, missing)
        flow = river.flow_at(site) if river is not None and site is not None else 0.0
        level = None if arrives is None or flow <= 0 else arrives / flow / KG_PER_D
        yield number(f"{name}_avoided_mg_per_l", level, rests, missing)
        least, worth = (allocated.least if allocated else None), None
        if least is not None and least.relief_per_kg_d is not None and arrives is not None and site is not None:
            place = least.problem.paths.stations.index(site)
            worth = arrives * float(least.relief_per_kg_d[place, at].sum())
        yield number(f"{name}_avoided_worth_won", worth, (*PLAN, *rests), NO_PLAN)


def plant_delivery(loads: pl.DataFrame, river: River | None, site: str | None, substance: str) -> float | None:
    """Return the share of the plants' effluent that arrives at a place, weighted by what each discharges."""
    own = loads.filter((pl.col("substance") == substance) & pl.col("trace").str.contains("plants.", literal=True))
    total = float(own["discharged_kg_per_d"].sum())
    if river is None or site is None or total <= 0:
        return None
    ratios = river.ratios(substance, site, own["reach"].to_list(), along=False)
    return float(ratios @ own["discharged_kg_per_d"].to_numpy()) / total


def _planned(inputs: CapInputs, allocated: Allocated | None) -> Iterator[Number]:
    """Yield the plans' costs, what is removed, the dearest kilogram, and what cannot be met."""
    for rule, name in _PLANS.items():
        answer = allocated.answers.get(rule) if allocated else None
        plan = answer if isinstance(answer, AllocationPlan) else None
        yield number(f"{name}_won", plan.cost if plan else None, PLAN, _no_plan(answer))
    least = allocated.least if allocated else None
    for at, name in enumerate(ROUTED):
        removed = None if least is None else float(least.removed_kg_per_d[:, at, -1].sum())
        price = None if least is None or least.price_per_kg is None else float(least.price_per_kg[:, at].max())
        yield number(f"{name}_removed_kg_per_d", removed, PLAN, NO_PLAN)
        yield number(f"{name}_price_max_won_per_kg", price, PLAN, NO_PLAN)
    found = allocated.answers[LEAST] if allocated else None
    short = found.shortfalls if isinstance(found, UnmetTargets) else ()
    yield number("targets_unmet", None if allocated is None else float(len(short)), PLAN, NO_PLAN)
    real = not made_up(inputs.people, inputs.measures, inputs.reaches, inputs.plants, inputs.land, inputs.other_loads)
    held = None if least is None or not real else float(len(least.problem.units))
    missing = text(
        "자치구별 할당을 찾지 못했다. 할당 그림의 자치구 값은 지어낸 수다.",
        "the allocation by district was not found; that of the figures rests on made-up tables",
    )
    yield number("districts_with_target", held, PLAN, missing)


def _no_plan(answer: object) -> Text:
    """Say why a rule has no plan."""
    what = getattr(answer, "what", None)
    where = getattr(answer, "where", None)
    return NO_PLAN if what is None else text(f"계획이 없다: {what} ({where})", f"no plan: {what} ({where})")


def _accounted(inputs: CapInputs, accounts: tuple[Balance, ...]) -> Iterator[Number]:
    """Yield the city's local development load, and what the account's entries leave of theirs."""
    missing = text("지역개발부하량이 알려져 있지 않다.", "the local development load is not known")
    for name in ROUTED:
        total = getattr(inputs, f"development_{name}_kg_per_d")
        yield number(f"development_{name}_kg_per_d", total, ACCOUNT, missing)
        own = [one for one in accounts if one.substance == name]
        left = sum(one.remaining_kg_per_d for one in own) if own else None
        yield number(f"account_{name}_left_kg_per_d", left, ACCOUNT, NO_ACCOUNT)
    entries = None if inputs.account is None else float(inputs.account.frame.height)
    yield number("account_entries", entries, ACCOUNT, NO_ACCOUNT)
