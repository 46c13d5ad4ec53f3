"""The board: every site that stands or may be built, with whom it reaches, so that a reader may open and move them."""

from __future__ import annotations

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.figures import FigureColumn, MapFigure, Reach
from madang.core.language import Text, text
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.figures_ground import ground_of, points_of, why_empty
from madang.solutions.ev_charging.model import EvChargingResult, sites_of
from madang.solutions.ev_charging.siting_numbers import BEST

#: A reader's hand needs no more marks than this; those that stand or are planned come first, then the worthiest.
MARKS_MAX = 2000
_SCHEMA = {"id": pl.String, "name": pl.String, "class": pl.String, "role": pl.String, "gain": pl.Float64}
#: From the palest to the darkest mark: what stands is seen first.
_STATES: tuple[Text, ...] = (
    text("놓을 수 있음", "may be built"),
    text("계획", "planned"),
    text("있음", "stands"),
)


def board(result: EvChargingResult) -> MapFigure:
    """Return the map on which sites can be opened, closed and moved; empty, with the reason, without streets."""
    access, sites = result.access, sites_of(result)
    frame, marks, reach = pl.DataFrame(schema={**_SCHEMA, "state": pl.Int64}), pl.DataFrame(), None
    if access is not None and sites.height:
        marks = _marks(access, sites)
        frame, reach = marks.select(*_SCHEMA, "state"), _reach(access, marks, result.inputs.demand_unit)
    return MapFigure(
        name="site_board",
        title=text("충전기를 옮겨 보기", "Move the chargers"),
        subtitle=text("서 있는 자리, 계획한 자리, 놓을 수 있는 자리", "Sites that stand, are planned, or may be built"),
        frame=frame,
        columns=(
            FigureColumn("id", text("자리", "Site")),
            FigureColumn("name", text("이름", "Name")),
            FigureColumn("class", text("장소의 종류", "Kind of place")),
            FigureColumn("role", text("있음 또는 계획", "Stands or planned")),
            FigureColumn("gain", text("혼자 더하는 수요", "Demand it would add alone"), result.inputs.demand_unit),
            FigureColumn("state", text("상태", "State"), "1", 0),
        ),
        rests_on=(*BEST, "demand_unit"),
        notes=(*why_empty(result), *_cut(access)),
        geometry=points_of(marks) if marks.height else [],
        value="state",
        breaks=(1.0, 2.0),
        break_titles=_STATES,
        layers=ground_of(access),
        reach=reach,
    )  # fmt: skip


def _allowed(access: Access) -> NDArray[np.int64]:
    """Return the sites that stand or may be built."""
    return np.flatnonzero(~access.siting.is_forbidden)


def _marks(access: Access, sites: pl.DataFrame) -> pl.DataFrame:
    """Return the rows of the board in the order of the sites, with their place among all sites and their state."""
    place = {"candidate": 0, "plan": 1, "existing": 2}
    known = sites.with_row_index("site").with_columns(
        pl.col("role").replace_strict(place, return_dtype=pl.Int64).alias("state")
    )
    allowed = known[_allowed(access)]
    worthiest = allowed.sort("state", "gain", "id", descending=[True, True, False]).head(MARKS_MAX)
    return worthiest.sort("site")


def _reach(access: Access, marks: pl.DataFrame, unit: str) -> Reach:
    """Return whom each mark reaches."""
    cover = access.cover[marks["site"].to_numpy()]
    return Reach(
        starts=cover.indptr.astype(np.int64),
        rows=cover.indices.astype(np.int64),
        weight=access.weight,
        lon=access.demand["lon"].to_numpy().astype(np.float64),
        lat=access.demand["lat"].to_numpy().astype(np.float64),
        is_open=(marks["state"] > 0).to_numpy(),
        unit=unit,
    )


def _cut(access: Access | None) -> tuple[Text, ...]:
    """Return the note that says a board holds only the worthiest sites."""
    count = 0 if access is None else len(_allowed(access))
    if count <= MARKS_MAX:
        return ()
    return (
        text(f"자리 {count:,}곳 가운데 많이 더하는 {MARKS_MAX:,}곳만 놓았다.",
             f"Of {count:,} sites the {MARKS_MAX:,} that add most are on the board."),
    )  # fmt: skip
