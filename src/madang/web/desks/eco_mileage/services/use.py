"""A member's own readings, and the chart of what was used against the two years before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import polars as pl

from madang.core.language import Text, text
from madang.solutions.eco_mileage.household import UTILITY_NAMES
from madang.solutions.eco_mileage.readings.rows import SETTLED_IN, UTILITIES, month_number, say_month
from madang.solutions.eco_mileage.settlement.explain import SAID
from madang.web.desks.eco_mileage.models import Member, Settlement
from madang.web.desks.eco_mileage.services.people import FIRST_NUMBER, desk_folder, work_folder
from madang.web.desks.eco_mileage.services.settling import decision_of

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


_SHAPE = {"member_id": pl.Int64, "utility": pl.Int64, "month": pl.Int64, "quantity": pl.Int64}
_METERS = {"utility": pl.Int8, "meter_id": pl.Int64, "member_id": pl.Int64, "from": pl.Int64, "until": pl.Int64}
_EVER = 10**6


def readings_of(member: Member) -> pl.DataFrame:
    """Return a member's readings: utility, month (counted), quantity; a correction stands for what it corrects."""
    return readings_of_all([member])


def readings_of_all(members: list[Member]) -> pl.DataFrame:
    """Return the readings of many members, each from the months in which a meter was theirs."""
    files = work_folder().store.files()
    mine = pl.DataFrame([meter for one in members for meter in _meters_of(one)], _METERS, orient="row")
    if not files or mine.height == 0:
        return pl.DataFrame(schema=_SHAPE)
    found = (
        pl.scan_parquet(list(files))
        .filter(pl.col("meter_id").is_in(mine["meter_id"].implode()), pl.col("doubt") == 0)
        .select("utility", "meter_id", "month", "quantity", "revision")
        .collect()
        .join(mine, on=["utility", "meter_id"])
        .filter(pl.col("month") >= pl.col("from"), pl.col("month") < pl.col("until"))
    )
    latest = found.sort("revision").group_by("member_id", "utility", "month").last()
    return latest.select(*_SHAPE).cast(_SHAPE).sort("member_id", "utility", "month")  # type: ignore[arg-type]


def _meters_of(member: Member) -> list[tuple[int, int, int, int, int]]:
    """Return a member's meters: utility, number, member, and the counted months between which each is read."""
    own = [(one.utility, one.meter_id, one.from_month, one.until_month) for one in member.meters.all()]
    table = desk_folder() / "registered-meters.parquet"
    if member.number < FIRST_NUMBER and table.is_file():
        columns = ("utility", "meter_id", "from_month", "until_month")
        rows = pl.scan_parquet(table).filter(pl.col("member_id") == member.number).select(columns).collect()
        own += [(*row[:3], row[3] or (member.moved_on and member.moved_on.replace(day=1))) for row in rows.iter_rows()]
    return [
        (UTILITIES.index(utility), meter_id, member.number, month_number(start), month_number(end) if end else _EVER)
        for utility, meter_id, start, end in own
    ]


def meter_now(member: Member, utility: str) -> int | None:
    """Return the meter that is read for a member now, whether given at the desk or taken over; None where none is."""
    place = UTILITIES.index(utility)
    return next((meter for of, meter, _, _, until in _meters_of(member) if of == place and until == _EVER), None)


def known_of(member: Member) -> dict[str, Any]:
    """Return a member's meters, readings and awards in plain words, for the file of everything that is known."""
    meters = [
        {"utility": UTILITIES[of], "meter_id": meter, "from": say_month(since), "until": _said_end(until)}
        for of, meter, _, since, until in _meters_of(member)
    ]
    readings = [
        {"utility": UTILITIES[of], "month": say_month(month), "used": used, "unit": SETTLED_IN[UTILITIES[of]]}
        for _, of, month, used in readings_of(member).iter_rows()
    ]
    awards = [
        {
            "run": one["settlement"].run,
            "kind": one["settlement"].kind,
            "first_month": one["first_month"].isoformat(),
            "decision": {"ko": one["said"].ko, "en": one["said"].en},
            "points": one["points"],
            "taken_back": one["reversed"],
            "corrected": one["corrected"],
        }
        for one in awards_of_member(member)
    ]
    return {"meters": meters, "readings": readings, "awards": awards}


def _said_end(until: int) -> str | None:
    """Return the first month in which a meter is not read any more; None where it still is."""
    return None if until == _EVER else say_month(until)


def charts_of(readings: pl.DataFrame) -> list[Chart]:
    """Return a chart for each utility that has readings."""
    charts = []
    for place, name in enumerate(UTILITIES):
        known = dict(readings.filter(pl.col("utility") == place).select("month", "quantity").iter_rows())
        if known:
            charts.append(_chart(name, known))
    return charts


def _sign_of(utility: str) -> str:
    """Return a utility's unit as a reader sees it."""
    return SETTLED_IN[utility].replace("m3", "m³")


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
    return Chart(text(said.ko, said.en), _sign_of(utility), bars, int(top))


def awards_of_member(member: Member) -> list[dict[str, Any]]:
    """Return every decision about a member: the window, the points, why, and the sums behind; the newest first.

    Of those about one window, the one posted last and not taken back counts; those before it are marked ``corrected``.
    """
    found, counts = [], set()
    decided = Settlement.objects.filter(state__in=(Settlement.State.POSTED, Settlement.State.REVERSED))
    for made in decided.order_by("-posted_at"):
        row = decision_of(made, member.number)
        if row is None:
            continue
        told, window = _told(made, row), (made.kind, row["first_month"])
        found.append(told | {"corrected": not told["reversed"] and window in counts})
        if not told["reversed"]:
            counts.add(window)
    return sorted(found, key=lambda told: told["first_month"], reverse=True)


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
        "base_km": None if row["baseline_metres"] is None else row["baseline_metres"] / 1000,
        "saved_km": None if row["saved_metres"] is None else row["saved_metres"] / 1000,
        "percent": _percent(row),
        "reversed": made.state == Settlement.State.REVERSED,
    }


def sample_told(row: dict[str, Any]) -> dict[str, Any]:
    """Return a sample of a settlement with its sums, as an approver reads it."""
    base, saved = row["baseline_doubled_centigrams"], row["saved_doubled_centigrams"]
    of_car = row.get("baseline_metres") is not None
    return {
        **row,
        "said": SAID[row["code"]],
        "base": row["baseline_metres"] / 1000
        if of_car
        else None
        if base is None
        else base / _GRAMS_PER_DOUBLED_CENTIGRAM_KG,
        "saved": row["saved_metres"] / 1000
        if of_car
        else None
        if saved is None
        else saved / _GRAMS_PER_DOUBLED_CENTIGRAM_KG,
        "unit": "km" if of_car else "kg CO₂",
        "percent": _percent({"baseline_metres": None, "saved_metres": None, **row}),
    }


@dataclass(frozen=True)
class Compared:
    """One utility's months of a window: used, and the same months of the year before and of two years before."""

    utility: Text
    unit: str
    rows: tuple[tuple[str, int | None, int | None, int | None], ...]


def readings_behind(member: Member, first_month: dt.date, months: int) -> list[Compared]:
    """Return the readings that a decision about a window rests on; an unknown one stays unknown."""
    found, first = readings_of(member), month_number(first_month)
    tables = []
    for place, name in enumerate(UTILITIES):
        known = dict(found.filter(pl.col("utility") == place).select("month", "quantity").iter_rows())
        if known:
            rows = tuple(
                (say_month(month), *(known.get(month - back) for back in (0, 12, 24)))
                for month in range(first, first + months)
            )
            tables.append(
                Compared(
                    text(UTILITY_NAMES[name].ko, UTILITY_NAMES[name].en),
                    _sign_of(name),
                    rows,
                )
            )
    return tables


def _percent(row: dict[str, Any]) -> float | None:
    """Return the saving in per cent, of CO2 or of a car's distance; None where it is not known."""
    for base, saved in (
        ("baseline_doubled_centigrams", "saved_doubled_centigrams"),
        ("baseline_metres", "saved_metres"),
    ):
        if row[base] and row[saved] is not None:
            return 100 * float(row[saved]) / float(row[base])
    return None
