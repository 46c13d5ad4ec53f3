"""Figures that need streets: who reaches a charger, what circles would say, the plans, their bounds and phases."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, MapFigure, MapLayer, TableFigure
from madang.core.language import Text, text
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.figures_ground import ground_of, points_of, why_empty
from madang.solutions.ev_charging.figures_plan import phases, plan_map
from madang.solutions.ev_charging.model import EvChargingResult
from madang.solutions.ev_charging.planning import Plans
from madang.solutions.ev_charging.siting_numbers import BEST, LEAST, PLACES, WALKED

#: A map or a curve never draws more than this many marks; heavier demand is drawn first.
MARKS_MAX = 4000
POINTS_MAX = 200
_STATES: dict[str, Text] = {
    "foot": text("걸어서 닿음", "reached on foot"),
    "circle": text("원 안일 뿐", "in a circle only"),
    "beyond": text("원 밖", "outside circles"),
    "never": text("닿을 자리 없음", "no site in reach"),
}
_UNIT = ("demand_unit",)


def siting_figures(result: EvChargingResult) -> Iterator[Figure]:
    """Yield the figures of the routed part; without streets each is empty and says what to import."""
    yield _coverage_map(result)
    yield _walk_minutes(result)
    yield _circles(result)
    yield _curve(result)
    yield _by_sites(result)
    yield plan_map(result)
    yield phases(result)
    yield _areas(result)
    yield _never(result)


def _standing(access: Access | None) -> tuple[MapLayer, ...]:
    """Return the chargers that stand as a layer."""
    if access is None or not access.siting.is_existing.any():
        return ()
    there = access.sites.filter(pl.Series(access.siting.is_existing))
    title = text("서 있는 충전기", "Chargers that stand")
    return (MapLayer(name="existing", title=title, geometry=points_of(there), role="existing"),)


def _states(access: Access) -> pl.Series:
    """Return what each demand point is: reached, misled by a circle, beyond, or out of every site's reach."""
    state = np.where(access.is_in_circle, "circle", "beyond")
    state = np.where(access.is_reachable, state, "never")
    return pl.Series("state", np.where(access.is_covered_now, "foot", state).tolist(), dtype=pl.String)


def _demand(access: Access) -> pl.DataFrame:
    """Return demand points with their walk in minutes and what they are, heaviest first."""
    minutes = access.walk_m / access.limit_m * access.minutes_max
    walk = pl.Series("minutes", np.where(np.isfinite(minutes), minutes, np.nan)).fill_nan(None)
    columns = access.demand.select("id", "lon", "lat", "weight", "area").with_columns(walk, _states(access))
    return columns.sort("weight", "id", descending=[True, False])


def _coverage_map(result: EvChargingResult) -> MapFigure:
    """Every demand point by whether it is reached now."""
    access = result.access
    schema = {"id": pl.String, "weight": pl.Float64, "minutes": pl.Float64, "state": pl.Int64}
    frame, geometry, note = pl.DataFrame(schema=schema), list[Mapping[str, Any]](), _cut(0)
    if access is not None:
        demand = _demand(access).head(MARKS_MAX)
        place = {state: at for at, state in enumerate(_STATES)}
        coded = demand.with_columns(pl.col("state").replace_strict(place, return_dtype=pl.Int64))
        frame, geometry = coded.select(*schema), points_of(demand)
        note = _cut(len(access.weight))
    share = result.numbers["covered_now_percent"].value
    return MapFigure(
        name="coverage_map",
        title=text(
            f"지금 걸어서 충전기에 닿는 수요 {share:.0f}%",
            f"{share:.0f} % of the demand reaches a charger on foot today",
        )
        if share is not None
        else text("누가 걸어서 충전기에 닿는지 아직 모른다", "Who reaches a charger on foot is not known yet"),
        frame=frame,
        columns=(
            FigureColumn("id", text("수요 지점", "Demand point")),
            FigureColumn("weight", text("무게", "Weight"), result.inputs.demand_unit),
            FigureColumn("minutes", text("가장 가까운 충전기까지", "Walk to the nearest charger"), "minute", 1),
            FigureColumn("state", text("상태", "State"), "1", 0),
        ),
        rests_on=(*WALKED, *PLACES, *_UNIT),
        notes=(*why_empty(result), *note),
        geometry=geometry,
        value="state",
        breaks=(1.0, 2.0, 3.0),
        break_titles=tuple(_STATES.values()),
        layers=(*ground_of(access), *_standing(access)),
    )


def _both(state: str) -> str:
    """Return a state in both languages: a word of an axis is not translated."""
    return f"{_STATES[state].ko} · {_STATES[state].en}"


def _cut(points: int) -> tuple[Text, ...]:
    """Return the note that says a map shows only the heaviest points."""
    if points <= MARKS_MAX:
        return ()
    return (
        text(
            f"수요 지점 {points:,}곳 가운데 무거운 {MARKS_MAX:,}곳만 그린다.",
            f"Of {points:,} demand points the heaviest {MARKS_MAX:,} are drawn.",
        ),
    )


def _walk_minutes(result: EvChargingResult) -> ChartFigure:
    """Demand by the minutes it walks to the nearest charger that stands."""
    access = result.access
    rows: list[tuple[str, float]] = []
    if access is not None:
        minutes = access.walk_m / access.limit_m * access.minutes_max
        # Walks are measured to ``far_m``: a minute that it does not fill would hold some of its walks only.
        top = int(np.floor(access.far_m / access.limit_m * access.minutes_max + 1e-9))
        for low in range(top):
            inside = (minutes > low if low else minutes >= 0) & (minutes <= low + 1)
            rows.append((f"{low:02d}–{low + 1:02d}", float(access.weight[inside].sum())))
        rows.append((f"{top:02d}+", float(access.weight[~(minutes <= top)].sum())))
    return ChartFigure(
        name="walk_minutes",
        title=text("가장 가까운 충전기까지 걷는 시간", "Minutes on foot to the nearest charger that stands"),
        frame=pl.DataFrame(rows, schema={"minutes": pl.String, "weight": pl.Float64}, orient="row"),
        columns=(
            FigureColumn("minutes", text("분", "Minutes")),
            FigureColumn("weight", text("수요", "Demand"), result.inputs.demand_unit),
        ),
        rests_on=(*WALKED, *_UNIT),
        notes=why_empty(result),
        mark="bar",
        x="minutes",
        y="weight",
    )


def _circles(result: EvChargingResult) -> ChartFigure:
    """What circles say beside what the streets say."""
    access = result.access
    rows: list[tuple[str, float]] = []
    if access is not None:
        state = _states(access)
        rows = [(_both(key), float(access.weight[(state == key).to_numpy()].sum())) for key in _STATES]
    misled = result.numbers["circles_mislead_percent"].value
    return ChartFigure(
        name="circles_and_streets",
        title=text(
            f"원은 수요의 {misled:.0f}%를 잘못 센다", f"Circles count {misled:.0f} % of the demand that no walk reaches"
        )
        if misled is not None
        else text("원이 얼마나 잘못 세는지 아직 모른다", "How far circles mislead is not known yet"),
        frame=pl.DataFrame(rows, schema={"state": pl.String, "weight": pl.Float64}, orient="row"),
        columns=(
            FigureColumn("state", text("상태", "State")),
            FigureColumn("weight", text("수요", "Demand"), result.inputs.demand_unit),
        ),
        rests_on=(*WALKED, *PLACES, *_UNIT),
        notes=why_empty(result),
        mark="bar",
        x="state",
        y="weight",
    )


def _curve(result: EvChargingResult) -> ChartFigure:
    """What each budget covers, with the bound that no plan can pass."""
    access, plans = result.access, result.plans
    rows: list[tuple[float, float, float, float]] = []
    if access is not None and plans is not None and access.total > 0:
        step = max(1, len(plans.curve) // POINTS_MAX)
        for point in (*plans.curve[:-1:step], plans.curve[-1]):
            covered, bound = (100.0 * part / access.total for part in (point.covered, point.bound))
            rows.append((point.cost, covered, covered, bound))
    names = ("cost", "covered", "low", "bound")
    return ChartFigure(
        name="cost_coverage",
        title=text("비용이 늘면 얼마나 더 채워지는가", "What each budget covers, and the most that any plan could"),
        frame=pl.DataFrame(rows, schema=dict.fromkeys(names, pl.Float64), orient="row"),
        columns=(
            FigureColumn("cost", text("새 자리의 비용", "Cost of the new sites"), "1"),
            FigureColumn("covered", text("채워진 수요", "Demand covered"), "percent", 1),
            FigureColumn("low", text("찾은 계획", "Plan found"), "percent", 1),
            FigureColumn("bound", text("어떤 계획도 넘지 못함", "No plan can pass"), "percent", 1),
        ),
        rests_on=LEAST,
        notes=why_empty(result),
        mark="line",
        x="cost",
        y="covered",
        low="low",
        high="bound",
    )


def _by_sites(result: EvChargingResult) -> ChartFigure:
    """What each number of new sites covers, with the bound at every number."""
    access, plans = result.access, result.plans
    rows: list[tuple[int, float, float]] = []
    if access is not None and plans is not None and access.total > 0:
        curve = plans.by_sites
        step = max(1, len(curve.sites) // POINTS_MAX)
        for at in range(0, len(curve.sites), step):
            covered, bound = (100.0 * float(part[at]) / access.total for part in (curve.covered, curve.bound))
            rows.append((int(curve.sites[at]), covered, bound))
    return ChartFigure(
        name="sites_coverage",
        title=text("자리 하나가 더 채우는 것", "What each further site covers, and the most so many could"),
        frame=pl.DataFrame(
            rows, schema={"sites": pl.Int64, "covered": pl.Float64, "bound": pl.Float64}, orient="row"
        ).with_columns(pl.col("covered").alias("low")),
        columns=(
            FigureColumn("sites", text("새 자리", "New sites"), "site", 0),
            FigureColumn("covered", text("채워진 수요", "Demand covered"), "percent", 1),
            FigureColumn("bound", text("그만큼의 자리로는 넘지 못함", "No plan of so many can pass"), "percent", 1),
            FigureColumn("low", text("찾은 계획", "Plan found"), "percent", 1),
        ),
        rests_on=LEAST,
        notes=why_empty(result),
        mark="line",
        x="sites",
        y="covered",
        low="low",
        high="bound",
    )


def _areas(result: EvChargingResult) -> TableFigure:
    """Each area now and under the plans."""
    access, plans = result.access, result.plans
    schema = {
        "area": pl.String, "weight": pl.Float64, "now": pl.Float64, "circles": pl.Float64, "plan": pl.Float64,
        "reachable": pl.Float64,
    }  # fmt: skip
    frame = _area_frame(access, plans) if access is not None and plans is not None else pl.DataFrame(schema=schema)
    return TableFigure(
        name="areas",
        title=text("구역마다 지금과 계획 뒤", "Each area now and after the plan for the budget"),
        frame=frame.cast(schema),  # type: ignore[arg-type]
        columns=(
            FigureColumn("area", text("구역", "Area")),
            FigureColumn("weight", text("수요", "Demand"), result.inputs.demand_unit),
            FigureColumn("now", text("지금", "Now"), "percent", 1),
            FigureColumn("circles", text("원으로 세면", "If circles are drawn"), "percent", 1),
            FigureColumn("plan", text("계획 뒤", "After the plan"), "percent", 1),
            FigureColumn("reachable", text("닿을 수 있는 최대", "The most that sites can reach"), "percent", 1),
        ),
        rests_on=(*BEST, *_UNIT),
        notes=why_empty(result),
    )


def _area_frame(access: Access, plans: Plans) -> pl.DataFrame:
    """Return covered shares by area, least served by the plan first."""
    reached = np.asarray(access.cover[plans.best.open_sites].sum(axis=0)).ravel() > 0
    parts = {
        "now": access.is_covered_now,
        "circles": access.is_in_circle,
        "plan": reached,
        "reachable": access.is_reachable,
    }
    rows = pl.DataFrame(
        {"area": access.area.tolist(), "weight": access.weight, **{k: v * access.weight for k, v in parts.items()}}
    )
    summed = rows.group_by("area").sum().filter(pl.col("weight") > 0)
    shares = [(pl.col(name) / pl.col("weight") * 100.0).alias(name) for name in parts]
    return summed.with_columns(shares).sort("plan", "area")


def _never(result: EvChargingResult) -> TableFigure:
    """The demand that no site can reach, by name: the policy's own gap."""
    access = result.access
    schema = {"id": pl.String, "weight": pl.Float64, "area": pl.String, "lon": pl.Float64, "lat": pl.Float64}
    frame = pl.DataFrame(schema=schema)
    if access is not None:
        frame = (
            access.demand.filter(pl.Series(~access.is_reachable))
            .select(*schema)
            .sort("weight", "id", descending=[True, False])
        )
    return TableFigure(
        name="out_of_reach",
        title=text("어떤 자리에서도 닿지 않는 곳", "Places that no standing or allowed site can reach"),
        frame=frame.head(MARKS_MAX),
        columns=(
            FigureColumn("id", text("수요 지점", "Demand point")),
            FigureColumn("weight", text("수요", "Demand"), result.inputs.demand_unit),
            FigureColumn("area", text("구역", "Area")),
            FigureColumn("lon", text("경도", "Longitude"), "degree", 5),
            FigureColumn("lat", text("위도", "Latitude"), "degree", 5),
        ),
        rests_on=(*WALKED, *PLACES, *_UNIT),
        notes=why_empty(result),
    )
