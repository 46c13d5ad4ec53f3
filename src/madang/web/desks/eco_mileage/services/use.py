"""A member's own readings, and the chart of what was used against the two years before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from madang.core.language import Text, text
from madang.solutions.eco_mileage.household import UTILITY_NAMES
from madang.solutions.eco_mileage.readings.rows import SETTLED_IN, UTILITIES, say_month
from madang.solutions.eco_mileage.settlement.explain import SAID
from madang.web.desks.eco_mileage.models import Member, Settlement
from madang.web.desks.eco_mileage.services.people import desk_folder, work_folder
from madang.web.desks.eco_mileage.services.settling import awards_of, frame_of

_MONTHS_SHOWN = 12
_HEIGHT, _WIDTH, _LEFT = 180, 640, 8
_GRAMS_PER_DOUBLED_CENTIGRAM_KG = 200_000


@dataclass(frozen=True)
class Bar:
    """A month of the chart: what was used, and the mean of the same month in the two years before (None: unknown)."""

    month: str
    used: int
    before: float | None
    x: float
    used_top: float
    used_height: float
    before_top: float | None
    wide: float


@dataclass(frozen=True)
class Chart:
    """One utility's chart."""

    utility: Text
    unit: str
    bars: tuple[Bar, ...]
    top: int


def readings_of(member: Member) -> pl.DataFrame:
    """Return a member's readings: utility, month (counted), quantity; a correction stands for what it corrects."""
    shape = {"utility": pl.Int64, "month": pl.Int64, "quantity": pl.Int64}
    files = work_folder().store.files()
    meters = _meters_of(member)
    if not files or not meters:
        return pl.DataFrame(schema=shape)
    mine = pl.DataFrame(meters, schema={"utility": pl.Int8, "meter_id": pl.Int64}, orient="row")
    found = (
        pl.scan_parquet(list(files))
        .filter(pl.col("meter_id").is_in(mine["meter_id"].implode()), pl.col("doubt") == 0)
        .select("utility", "meter_id", "month", "quantity", "revision")
        .collect()
        .join(mine, on=["utility", "meter_id"])
    )
    latest = found.sort("revision").group_by("utility", "month").last()
    return latest.select(pl.col("utility", "month", "quantity").cast(pl.Int64)).sort("utility", "month")


def _meters_of(member: Member) -> list[tuple[int, int]]:
    """Return a member's meters as places of utilities and numbers."""
    own = [(UTILITIES.index(meter.utility), meter.meter_id) for meter in member.meters.all()]
    table = desk_folder() / "registered-meters.parquet"
    if own or not table.is_file():
        return own
    rows = pl.scan_parquet(table).filter(pl.col("member_id") == member.number).select("utility", "meter_id").collect()
    return [(UTILITIES.index(utility), meter_id) for utility, meter_id in rows.iter_rows()]


def charts_of(readings: pl.DataFrame) -> list[Chart]:
    """Return a chart for each utility that has readings."""
    charts = []
    for place, name in enumerate(UTILITIES):
        known = dict(readings.filter(pl.col("utility") == place).select("month", "quantity").iter_rows())
        if known:
            charts.append(_chart(name, known))
    return charts


def _chart(utility: str, known: dict[int, int]) -> Chart:
    """Lay a chart out: newest months last, bars as high as what was used."""
    months = sorted(known)[-_MONTHS_SHOWN:]
    earlier = {month: [known[at] for at in (month - 12, month - 24) if at in known] for month in months}
    means = {month: sum(found) / len(found) if found else None for month, found in earlier.items()}
    top = max([*(known[month] for month in months), *(mean for mean in means.values() if mean is not None), 1])
    step = (_WIDTH - _LEFT) / len(months)

    def at(value: float) -> float:
        return round(_HEIGHT * value / top, 1)

    bars = tuple(
        Bar(
            month=say_month(month), used=known[month], before=means[month], x=round(_LEFT + place * step, 1),
            used_top=_HEIGHT - at(known[month]), used_height=at(known[month]),
            before_top=None if means[month] is None else _HEIGHT - at(means[month] or 0), wide=round(step * 0.7, 1),
        )
        for place, month in enumerate(months)
    )  # fmt: skip
    said = UTILITY_NAMES[utility]
    return Chart(text(said.ko, said.en), SETTLED_IN[utility], bars, int(top))


def awards_of_member(member: Member) -> list[dict[str, Any]]:
    """Return every decision about a member: the window, the points, why, and the sums behind; the newest first."""
    found = []
    for made in Settlement.objects.exclude(state=Settlement.State.REFUSED).order_by("-first_month", "-prepared_at"):
        if made.state not in (Settlement.State.POSTED, Settlement.State.REVERSED):
            continue
        awards = awards_of(made)
        row = frame_of(awards).filter(pl.col("member_id") == member.number)
        if row.height:
            found.append(_told(made, row.row(0, named=True)))
    return found


def _told(made: Settlement, row: dict[str, Any]) -> dict[str, Any]:
    """Return a decision in words and numbers; what was not evaluated stays unknown."""
    base, saved = row["baseline_doubled_centigrams"], row["saved_doubled_centigrams"]
    paragraph = made.header["paragraphs"].get(row["paragraph"] or "", None)
    return {
        "settlement": made,
        "first_month": row["first_month"],
        "code": row["code"],
        "said": SAID[row["code"]],
        "points": row["points"],
        "tier": row["tier"],
        "paragraph": row["paragraph"],
        "rule": None if paragraph is None else {"ko": paragraph.get("ko", ""), "en": paragraph.get("en", "")},
        "status": None if paragraph is None else paragraph.get("status"),
        "base_kg": None if base is None else base / _GRAMS_PER_DOUBLED_CENTIGRAM_KG,
        "saved_kg": None if saved is None else saved / _GRAMS_PER_DOUBLED_CENTIGRAM_KG,
        "percent": 100 * saved / base if base and saved is not None else None,
        "reversed": made.state == Settlement.State.REVERSED,
    }
