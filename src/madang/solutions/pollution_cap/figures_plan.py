"""Figures of the allocation by district and year, its prices and rules, and the account's statement."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any

import numpy as np
import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, MapFigure, MapLayer, TableFigure
from madang.core.language import Text, text
from madang.methods.load_allocation import EQUAL_EFFLUENT, EQUAL_PERCENT, LEAST, AllocationPlan, UnmetTargets
from madang.solutions.pollution_cap.figures_judging import NAMES, STATUS, both, marked, site_title
from madang.solutions.pollution_cap.model import CapResult
from madang.solutions.pollution_cap.numbers import ACCOUNT, PLAN
from madang.solutions.pollution_cap.river import ROUTED
from madang.solutions.pollution_cap.sourcing import area_words, district_words, districts_of
from madang.solutions.pollution_cap.tiles import tiles
from madang.solutions.pollution_cap.wording import cards, frame_of, worded

_RULES = {
    LEAST: text("최소 비용", "least cost"),
    EQUAL_PERCENT: text("같은 비율", "equal percent"),
    EQUAL_EFFLUENT: text("같은 농도", "equal effluent"),
}
_KINDS = {
    "allocate": text("할당", "allocate"),
    "consult": text("협의", "consult"),
    "spend": text("사용", "spend"),
    "cancel": text("취소", "cancel"),
    "complete": text("준공", "complete"),
}
#: Where the map's steps part, percent of the load.
_CUTS = (1.0, 10.0, 20.0, 30.0)
_TABLES = ("people", "land", "plants", "other_loads", "reaches", "measures", "locked")


def plan_figures(result: CapResult) -> Iterator[Figure]:
    """Yield the figures of the allocation and the account."""
    yield _map(result)
    yield _by_district(result)
    yield _by_year(result)
    yield _rules(result)
    yield _prices(result)
    yield _reliefs(result)
    yield _statement(result)
    yield _balances(result)


def _least(result: CapResult) -> AllocationPlan | None:
    """Return the plan of least cost, where there is one."""
    return result.allocated.least if result.allocated else None


def _map(result: CapResult) -> MapFigure:
    """Each district's BOD reduction in each year of the plan: a tile a district, a strip of it a year."""
    plan, shown = _least(result), districts_of(result.inputs)
    rows: list[tuple[Any, ...]] = []
    strips: list[Mapping[str, Any]] = []
    drawn = [(at, one) for at, one in enumerate(shown) if one.lon is not None and one.lat is not None]
    places = tiles([(float(one.lon or 0.0), float(one.lat or 0.0)) for _, one in drawn]) if plan is not None else []
    years = () if plan is None else plan.problem.years
    for (at, one), tile in zip(drawn, places, strict=False):
        assert plan is not None  # noqa: S101 - tiles are made of a plan alone
        for y, year in enumerate(years):
            rows.append((text(one.name_ko, one.name_en), year, _percent(plan, at, 0, y)))
            strips.append(tile.strip(y, len(years)))
    names = MapLayer(
        name="districts",
        title=text("자치구", "District"),
        geometry=[tile.name_band() for tile in places],
        labels=[both(text(one.name_ko, one.name_en)) for _, one in drawn][: len(places)],
    )
    frame = frame_of(rows, {"district": Text, "year": pl.Int64, "cut_percent": pl.Float64})
    span = (years[0], years[-1]) if years else (0, 0)
    return MapFigure(
        name="allocation_map",
        title=marked(result, "자치구가 줄일 BOD, 연도별", "BOD that each district is to remove, by year", *_TABLES),
        subtitle=text(
            f"칸마다 왼쪽부터 {span[0]}년에서 {span[1]}년까지, 부하에 대한 삭감",
            f"in each tile from left to right {span[0]} to {span[1]}: cut of the load",
        ),
        frame=frame,
        columns=cards(
            (
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("year", text("연도", "Year"), "year"),
                FigureColumn("cut_percent", text("삭감", "Cut"), "percent", 1),
            ),
            frame,
        ),
        rests_on=PLAN,
        notes=(
            text(
                "칸은 자치구의 중심 가까이에 놓은 것으로, 자치구의 모양도 넓이도 아니다.",
                "A tile stands near the middle of its district; it is neither its shape nor its size.",
            ),
        ),
        geometry=strips,
        value="cut_percent",
        breaks=_CUTS,
        break_titles=(
            text(f"{_CUTS[0]:g}% 미만", f"under {_CUTS[0]:g} %"),
            *(text(f"{low:g}–{high:g}%", f"{low:g} to {high:g} %") for low, high in pairwise(_CUTS)),
            text(f"{_CUTS[-1]:g}% 이상", f"{_CUTS[-1]:g} % and more"),
        ),
        layers=(names,) if places else (),
    )


def _percent(plan: AllocationPlan, unit: int, substance: int, year: int) -> float | None:
    """Return the percent of its load that a district removes in a year; unknown where it has no load."""
    load = float(plan.problem.load_kg_per_d[unit, substance, year])
    return 100.0 * float(plan.removed_kg_per_d[unit, substance, year]) / load + 0.0 if load > 0 else None


def _by_district(result: CapResult) -> TableFigure:
    """What each district may discharge of each substance in each year."""
    plan = _least(result)
    schema = {
        "district": Text, "substance": Text, "year": pl.Int64, "load_kg_per_d": pl.Float64,
        "removed_kg_per_d": pl.Float64, "allotted_kg_per_d": pl.Float64, "price_won_per_kg": pl.Float64,
    }  # fmt: skip
    rows = []
    if plan is not None and plan.price_per_kg is not None:
        names = [text(one.name_ko, one.name_en) for one in districts_of(result.inputs)]
        for unit, name in enumerate(names):
            for at, substance in enumerate(ROUTED):
                for y, year in enumerate(plan.problem.years):
                    rows.append(
                        (
                            name, NAMES[substance], year, float(plan.problem.load_kg_per_d[unit, at, y]),
                            float(plan.removed_kg_per_d[unit, at, y]), float(plan.allotted_kg_per_d[unit, at, y]),
                            float(plan.price_per_kg[unit, at, y]),
                        )
                    )  # fmt: skip
    frame = frame_of(rows, schema)
    return TableFigure(
        name="allocation",
        title=marked(result, "자치구, 물질, 연도별 할당", "Allocation by district, substance and year", *_TABLES),
        frame=frame,
        columns=cards(
            (
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("year", text("연도", "Year"), "year"),
                FigureColumn("load_kg_per_d", text("지금 부하", "Load now"), "kg/day", 1),
                FigureColumn("removed_kg_per_d", text("삭감", "Removed"), "kg/day", 1),
                FigureColumn("allotted_kg_per_d", text("할당", "Allotted"), "kg/day", 1),
                FigureColumn("price_won_per_kg", text("잠재가격", "Shadow price"), "won/kg", 0),
            ),
            frame,
        ),
        rests_on=PLAN,
    )


def _by_year(result: CapResult) -> ChartFigure:
    """BOD that all districts may discharge, year by year, by rule."""
    rows = [
        (int(year), float(answer.allotted_kg_per_d[:, 0, y].sum()), rule)
        for rule, answer in _answers(result)
        if isinstance(answer, AllocationPlan)
        for y, year in enumerate(answer.problem.years)
    ]
    return ChartFigure(
        name="allocation_by_year",
        title=marked(
            result, "해마다 모든 자치구에 할당된 BOD", "BOD allotted to all districts, year by year", *_TABLES
        ),
        frame=pl.DataFrame(rows, schema={"year": pl.Int64, "kg_per_d": pl.Float64, "rule": pl.String}, orient="row"),
        columns=(
            FigureColumn("year", text("연도", "Year"), "year"),
            FigureColumn("kg_per_d", text("할당", "Allotted"), "kg/day", 0),
            FigureColumn("rule", text("규칙", "Rule")),
        ),
        rests_on=PLAN,
        mark="line",
        x="year",
        y="kg_per_d",
        series="rule",
        series_titles=_RULES,
    )


def _why_none(error: Any) -> Text:
    """Return why a rule has no plan, in both languages."""
    ko = "계획이 목표를 지키지 못함" if isinstance(error, UnmetTargets) else "이 규칙으로는 계획이 없음"
    return text(f"{ko}: {error.parts('ko').where}", f"{error.what}: {error.where}")


def _answers(result: CapResult) -> Iterator[tuple[str, Any]]:
    """Yield each rule with its plan or the reason why it has none."""
    if result.allocated is not None:
        yield from result.allocated.answers.items()


def _rules(result: CapResult) -> TableFigure:
    """The rules side by side: cost, removal and fairness; a rule without a plan says why."""
    rows: list[tuple[object, ...]] = []
    for rule, answer in _answers(result):
        if not isinstance(answer, AllocationPlan):
            rows.append((_RULES[rule], None, None, None, None, None, _why_none(answer)))
            continue
        last = len(answer.problem.years) - 1
        cuts = [_percent(answer, unit, 0, last) for unit in range(len(answer.problem.units))]
        shares = [cut for cut in cuts if cut is not None]
        rows.append(
            (
                _RULES[rule], answer.cost, *(float(answer.removed_kg_per_d[:, at, -1].sum()) for at in (0, 1)),
                min(shares, default=None), max(shares, default=None), None,
            )
        )  # fmt: skip
    schema = {
        "rule": Text, "cost_won": pl.Float64, "bod_removed": pl.Float64, "tp_removed": pl.Float64,
        "least_percent": pl.Float64, "most_percent": pl.Float64, "reason": Text,
    }  # fmt: skip
    frame = frame_of(rows, schema)
    return TableFigure(
        name="rules_compared",
        title=marked(result, "할당 규칙 세 가지를 견줌", "Three rules of allocation compared", *_TABLES),
        frame=frame,
        columns=cards(
            (
                FigureColumn("rule", text("규칙", "Rule")),
                FigureColumn("cost_won", text("비용", "Cost"), "won", 0),
                FigureColumn("bod_removed", text("BOD 삭감, 마지막 해", "BOD removed, last year"), "kg/day", 0),
                FigureColumn("tp_removed", text("총인 삭감, 마지막 해", "T-P removed, last year"), "kg/day", 1),
                FigureColumn("least_percent", text("가장 적게 줄이는 자치구", "Least cut of a district"), "percent", 1),
                FigureColumn(
                    "most_percent", text("가장 많이 줄이는 자치구", "Greatest cut of a district"), "percent", 1
                ),
                FigureColumn("reason", text("계획이 없는 까닭", "Why there is no plan")),
            ),
            frame,
        ),
        rests_on=PLAN,
    )


def _prices(result: CapResult) -> ChartFigure:
    """What one more kilogram from a district would cost, by year: least, middle and dearest district."""
    plan, rows = _least(result), []
    if plan is not None and plan.price_per_kg is not None:
        for y, year in enumerate(plan.problem.years):
            prices = plan.price_per_kg[:, 0, y]
            for part, value in (("least", prices.min()), ("middle", np.median(prices)), ("most", prices.max())):
                rows.append((int(year), float(value), part))
    return ChartFigure(
        name="shadow_prices",
        title=marked(
            result, "BOD 1kg을 더 내보내는 값, 연도별", "What one more kilogram of BOD costs, by year", *_TABLES
        ),
        frame=pl.DataFrame(rows, schema={"year": pl.Int64, "won_per_kg": pl.Float64, "part": pl.String}, orient="row"),
        columns=(
            FigureColumn("year", text("연도", "Year"), "year"),
            FigureColumn("won_per_kg", text("잠재가격", "Shadow price"), "won/kg", 0),
            FigureColumn("part", text("자치구", "District")),
        ),
        rests_on=PLAN,
        mark="line",
        x="year",
        y="won_per_kg",
        series="part",
        series_titles={
            "least": text("가장 싼 자치구", "cheapest district"),
            "middle": text("가운데 자치구", "middle district"),
            "most": text("가장 비싼 자치구", "dearest district"),
        },
    )


def _reliefs(result: CapResult) -> TableFigure:
    """Each place and year: the target held to, the load there, and what one more kg/d of it would save."""
    plan, allocated = _least(result), result.allocated
    schema = {
        "site": Text, "substance": Text, "year": pl.Int64, "target": pl.Float64, "status": Text,
        "cap_kg_per_d": pl.Float64, "load_kg_per_d": pl.Float64, "relief_won": pl.Float64,
    }  # fmt: skip
    rows = []
    if plan is not None and allocated is not None and plan.relief_per_kg_d is not None:
        problem = plan.problem
        for (site, substance, year), target in allocated.held_to.items():
            at = problem.paths.stations.index(site), ROUTED.index(substance), problem.years.index(year)
            rows.append(
                (
                    site_title(result, site), NAMES[substance], year, target.mg_per_l,
                    STATUS[target.status], float(problem.held_kg_per_d[at]), float(plan.station_kg_per_d[at]),
                    float(plan.relief_per_kg_d[at]),
                )
            )  # fmt: skip
    frame = frame_of(rows, schema)
    return TableFigure(
        name="caps",
        title=marked(
            result, "지점마다 목표가 허용하는 부하와 그 값", "What each target allows, and what it costs", *_TABLES
        ),
        frame=frame,
        columns=cards(
            (
                FigureColumn("site", text("지점", "Place")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("year", text("연도", "Year"), "year"),
                FigureColumn("target", text("목표", "Target"), "mg/L"),
                FigureColumn("status", text("지위", "Status")),
                FigureColumn("cap_kg_per_d", text("자치구에 허용된 부하", "Allowed to the districts"), "kg/day", 0),
                FigureColumn("load_kg_per_d", text("계획의 부하", "Load of the plan"), "kg/day", 0),
                FigureColumn(
                    "relief_won", text("1kg/일을 늦추면 아끼는 돈", "Saved by one more kg/d"), "won*day/kg", 0
                ),
            ),
            frame,
        ),
        rests_on=PLAN,
    )


def _statement(result: CapResult) -> TableFigure:
    """The account's entries in order, each with what is left after it."""
    words = {
        "kind": _KINDS,
        "substance": NAMES,
        "district": district_words(result.inputs),
        "unit_area": area_words(result.inputs),
    }
    frame = worded(result.statement, words)
    return TableFigure(
        name="account_statement",
        title=marked(result, "개발부하 계정의 내역", "Statement of the account of development loads", "account"),
        frame=frame,
        columns=cards(
            (
                FigureColumn("entry", text("번호", "Entry"), "1", 0),
                FigureColumn("day", text("날짜", "Day")),
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("unit_area", text("단위유역", "Unit")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("year", text("계획의 해", "Year of the plan"), "year"),
                FigureColumn("kind", text("종류", "Kind")),
                FigureColumn("project", text("사업", "Project")),
                FigureColumn("kg_per_d", text("부하", "Load"), "kg/day", 3),
                FigureColumn("left_kg_per_d", text("남은 부하", "Left"), "kg/day", 3),
            ),
            frame,
        ),
        rests_on=ACCOUNT,
    )


def _balances(result: CapResult) -> TableFigure:
    """Every account: allocated, held by projects, left."""
    words = district_words(result.inputs) | area_words(result.inputs)
    rows = [
        (
            words.get(one.district, text(one.district, one.district)),
            words.get(one.unit_area, text(one.unit_area, one.unit_area)),
            NAMES[one.substance],
            one.year,
            one.allocated_kg_per_d,
            one.held_kg_per_d,
            one.remaining_kg_per_d,
        )
        for one in result.balances
    ]
    schema = {
        "district": Text, "unit_area": Text, "substance": Text, "year": pl.Int64,
        "allocated": pl.Float64, "held": pl.Float64, "left": pl.Float64,
    }  # fmt: skip
    titles: dict[str, Text] = {
        "allocated": text("할당", "Allocated"),
        "held": text("사업이 가진 부하", "Held by projects"),
        "left": text("남음", "Left"),
    }  # fmt: skip
    frame = frame_of(rows, schema)
    return TableFigure(
        name="account_balances",
        title=marked(result, "계정에 남은 개발부하", "What is left in the accounts", "account"),
        frame=frame,
        columns=cards(
            (
                FigureColumn("district", text("자치구", "District")),
                FigureColumn("unit_area", text("단위유역", "Unit")),
                FigureColumn("substance", text("물질", "Substance")),
                FigureColumn("year", text("계획의 해", "Year of the plan"), "year"),
                *(FigureColumn(name, title, "kg/day", 3) for name, title in titles.items()),
            ),
            frame,
        ),
        rests_on=ACCOUNT,
    )
