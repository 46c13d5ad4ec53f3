"""A made-up city: members, meters, readings and weather from a seed. Nothing in it says anything about a real city.

Its truth is kept beside it: how much each member really saved, so that what the weather did can be told apart. All
quantities of use are assumptions chosen to look like households; they are not measured.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.solutions.eco_mileage.readings.rows import UTILITIES, first_day, month_number, say_month
from madang.solutions.eco_mileage.settlement.cube import MISSING

DISTRICTS = 25
#: How many members' readings are laid out at a time.
PART_MEMBERS = 200_000
_BASELINE = 24
_DAYS_BEFORE = 31
_GAS, _HEAT = UTILITIES.index("gas"), UTILITIES.index("heat")


@dataclass(frozen=True, kw_only=True)
class City:
    """A made-up city: the tables, the cube of true readings, the daily weather and each member's real effort."""

    members: pl.DataFrame
    meters: pl.DataFrame
    weather: pl.DataFrame
    truth: pl.DataFrame
    quantities: NDArray[np.int32]
    first_month: int


#: Readings of so many months are made, the first of them two years before the half-year.
MONTHS, MONTHS_BEFORE = 35, 24


def make_city(members: int, seed: int, first_month: date, *, months: int = MONTHS, warmer_c: float = 0.0) -> City:
    """Return a made-up city whose half-year begins in ``first_month``; the same seed gives the same city.

    ``months`` readings a meter are made, from two years before. ``warmer_c`` warms or cools the half-year itself, so
    that one can see whom the weather pays. Quantities are int32 [utility][month][member]; no meter is MISSING.
    """
    chance = np.random.Generator(np.random.Philox(seed))
    first = month_number(first_month) - _BASELINE
    weather = _weather(first, months, warmer_c, chance)
    people = _members(members, first_month, chance)
    owned = _owned(members, chance)
    effort_bp = _effort(members, chance)
    quantities = _quantities(weather, first, months, owned, effort_bp, chance)
    return City(
        members=people,
        meters=_meters(owned, first),
        weather=weather,
        truth=pl.DataFrame({"member_id": people["member_id"], "effort_bp": effort_bp}),
        quantities=quantities,
        first_month=first,
    )


def _weather(first: int, months: int, warmer_c: float, chance: np.random.Generator) -> pl.DataFrame:
    """Return made-up daily mean temperatures from a month before the first reading on."""
    start, end = first_day(first) - timedelta(days=_DAYS_BEFORE), first_day(first + months)
    days = [start + timedelta(days=n) for n in range((end - start).days)]
    season = np.array([np.cos(2 * np.pi * (day.timetuple().tm_yday - 205) / 365.25) for day in days])
    noise = np.zeros(len(days))
    shocks = chance.normal(0.0, 2.0, len(days))
    for n in range(1, len(days)):
        noise[n] = 0.7 * noise[n - 1] + shocks[n]
    mean = 13.0 + 14.0 * season + noise
    mean[(first_day(first + _BASELINE) - start).days :] += warmer_c
    return pl.DataFrame({"day": days, "mean_c": np.round(mean, 1)})


def _members(count: int, first_month: date, chance: np.random.Generator) -> pl.DataFrame:
    """Return made-up members, about a fiftieth of whom fall under some rule that refuses them."""
    ids = np.arange(1, count + 1, dtype=np.int64)
    address = ids.copy()
    shared = chance.random(count) < 0.01
    address[1:][shared[1:]] = address[:-1][shared[1:]]
    joined = [first_day(month_number(first_month) - 1 - int(back)) for back in range(60)]
    moved = chance.random(count)
    moved_days = np.array([first_month - timedelta(days=90), first_month - timedelta(days=500)], dtype="datetime64[D]")
    return pl.DataFrame(
        {
            "member_id": ids,
            "district": pl.Series([f"D{n:02d}" for n in range(1, DISTRICTS + 1)])[
                chance.integers(0, DISTRICTS, count)[address - 1]
            ],
            "address_id": address,
            "joined_on": pl.Series(joined)[chance.integers(0, len(joined), count)],
            "representative": np.where(chance.random(count) < 0.99, "yes", "no"),
            "opted_in": np.where(chance.random(count) < 0.9, "yes", "no"),
            "moved_on": pl.Series(moved_days[(moved < 0.01).astype(int)]).cast(pl.Date),
            "awards_in_a_row": chance.integers(0, 4, count),
            "points_this_year": np.where(chance.random(count) < 0.02, 90_000, chance.integers(0, 2, count) * 10_000),
        }
    ).with_columns(pl.when(pl.Series(moved < 0.02)).then(pl.col("moved_on")))


def _owned(count: int, chance: np.random.Generator) -> NDArray[np.bool_]:
    """Return which utilities each member has registered: [utility][member]; no district heat, which has no factor."""
    owned = np.zeros((len(UTILITIES), count), dtype=np.bool_)
    owned[0] = chance.random(count) < 0.998
    owned[1] = chance.random(count) < 0.9
    owned[2] = chance.random(count) < 0.95
    return owned


def _effort(count: int, chance: np.random.Generator) -> NDArray[np.int32]:
    """Return how much of their use members really save, in basis points: most of them nothing."""
    tries = chance.random(count) < 0.25
    return np.where(tries, chance.integers(200, 2_500, count), 0).astype(np.int32)


def _meters(owned: NDArray[np.bool_], first: int) -> pl.DataFrame:
    """Return a meter for each registered utility, from the first month on."""
    utility, member = np.nonzero(owned)
    return pl.DataFrame(
        {
            "utility": pl.Series(list(UTILITIES))[utility],
            "meter_id": 10_000_000 + member.astype(np.int64) * 10 + utility,
            "member_id": member.astype(np.int64) + 1,
            "from_month": pl.Series([first_day(first)] * len(member), dtype=pl.Date),
            "until_month": pl.Series([None] * len(member), dtype=pl.Date),
        }
    )


def _quantities(
    weather: pl.DataFrame,
    first: int,
    months: int,
    owned: NDArray[np.bool_],
    effort_bp: NDArray[np.int32],
    chance: np.random.Generator,
) -> NDArray[np.int32]:
    """Return monthly use: a base, a part for heating and cooling degree-days, noise, and effort in the half-year."""
    count = owned.shape[1]
    daily = weather.with_columns(pl.col("day").dt.truncate("1mo").alias("month"))
    cells = np.full((len(UTILITIES), months, count), MISSING, dtype=np.int32)
    base = {u: chance.lognormal(size, 0.3, count) for u, size in enumerate((5.3, 2.6, 2.7))}
    heating = {0: np.zeros(count), 1: chance.lognormal(-1.4, 0.4, count), 2: np.zeros(count)}
    cooling = {0: chance.lognormal(-0.3, 0.6, count), 1: np.zeros(count), 2: np.zeros(count)}
    for row in range(months):
        degrees = daily.filter(pl.col("month") == first_day(first + row))["mean_c"].to_numpy()
        cold, hot = np.maximum(0, 16.0 - degrees).sum(), np.maximum(0, degrees - 23.0).sum()
        kept = 1 - effort_bp / 10_000 if row >= _BASELINE else np.ones(count)
        for u, always in base.items():
            use = always + heating[u] * cold + cooling[u] * hot
            use = use * kept * np.exp(chance.normal(0.0, 0.06, count))
            cells[u, row] = np.where(owned[u], np.rint(np.maximum(use, 0)).astype(np.int32), MISSING)
    return cells


def readings_frames(city: City, utility: int, *, faults: bool, seed: int) -> Iterator[pl.DataFrame]:
    """Yield one utility's readings in the documented CSV shape, so many members at a time.

    With ``faults``, a few are what meters really do: left out, negative, a hundred times too much, zero, written twice,
    estimated.
    """
    rows = city.quantities[utility]
    for part, start in enumerate(range(0, rows.shape[1], PART_MEMBERS)):
        chance = np.random.Generator(np.random.Philox([seed, utility, part] if part else [seed, utility]))
        frame = _readings(city, utility, rows[:, start : start + PART_MEMBERS], start)
        yield _with_faults(frame, chance) if faults else frame


def _readings(city: City, utility: int, rows: NDArray[np.int32], start: int) -> pl.DataFrame:
    """Return the readings of the members from a place on: rows [month][member]."""
    member, month = np.nonzero((rows != MISSING).T)
    return pl.DataFrame(
        {
            "utility": pl.repeat(UTILITIES[utility], len(member), eager=True),
            "meter_id": 10_000_000 + (start + member.astype(np.int64)) * 10 + utility,
            "month": pl.Series([say_month(city.first_month + n) for n in range(rows.shape[0])])[month],
            "quantity": rows[month, member].astype(np.int64),
            "unit": pl.repeat("kWh" if utility == 0 else "m3", len(member), eager=True),
            "quality": pl.repeat("valid", len(member), eager=True),
            "corrects": pl.repeat("", len(member), eager=True),
        }
    )


def _with_faults(frame: pl.DataFrame, chance: np.random.Generator) -> pl.DataFrame:
    """Return the readings with some faults in them."""
    dice = pl.Series(chance.random(frame.height))
    spoiled = frame.with_columns(
        pl.when(dice < 0.0002)
        .then(-pl.col("quantity"))
        .when(dice < 0.0004)
        .then(pl.col("quantity") * 100)
        .when(dice < 0.0006)
        .then(0)
        .otherwise(pl.col("quantity"))
        .alias("quantity"),
        pl.when((dice > 0.99) & (dice < 0.995)).then(pl.lit("estimated")).otherwise(pl.col("quality")).alias("quality"),
    )
    twice = spoiled.filter((dice >= 0.0006) & (dice < 0.0008)).with_columns(pl.col("quantity") + 1)
    return pl.concat([spoiled.filter(~((dice >= 0.0008) & (dice < 0.0015))), twice])
