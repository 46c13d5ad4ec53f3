"""Tea stalls: inputs, reading and the sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from madang.core.city import Reader
from madang.core.contract import Number, Result
from madang.core.inputs import Inputs, given
from madang.core.language import text
from madang.core.progress import Progress
from madang.core.tables import Table


class TeaInputs(Inputs):
    """What the sum needs."""

    stalls: Table = given("찻집", "Stalls", unit="site", facts=["stalls"])
    cups_per_day: float = given("하루 찻잔", "Cups a day", unit="item", facts=["cups_per_day"], ge=0, le=500)
    price: Mapping[int, float] = given("값", "Price", unit="won", facts=["price"], ge=0)
    open_on_sundays: bool = given("일요일 영업", "Open on Sundays", default=False)
    seed: int = given("난수의 씨앗", "Seed", default=7, ge=0)


@dataclass(frozen=True, kw_only=True)
class TeaResult(Result):
    """Cups by market and by year."""

    by_market: pl.DataFrame
    by_year: pl.DataFrame


def read(reader: Reader) -> TeaInputs:
    """Read a city."""
    return reader.fill(TeaInputs)


def run(inputs: TeaInputs, progress: Progress) -> TeaResult:
    """Count cups."""
    progress(0.5, "counting cups")
    days = 365 if inputs.open_on_sundays else 313
    frame = inputs.stalls.frame.with_columns(cups=pl.col("stalls") * inputs.cups_per_day * days)
    cups = float(frame["cups"].sum())
    years = sorted(inputs.price)
    by_year = pl.DataFrame({"year": years, "won": [cups * inputs.price[year] for year in years]})
    by_year = by_year.with_columns(low=pl.col("won") * 0.9, high=pl.col("won") * 1.1)
    cups_by = text("찻집 수 × 하루 찻잔 × 영업일", "stalls x cups a day x days open")
    numbers = {
        "cups": Number(
            name="cups", title=text("한 해 찻잔", "Cups a year"), value=cups, unit="item", formula=cups_by,
            rests_on=("stalls", "cups_per_day", "open_on_sundays"), low=cups * 0.9, high=cups * 1.1, digits=0,
        ),
        "income": Number(
            name="income", title=text("한 해 수입", "Income a year"), value=cups * inputs.price[years[-1]], unit="won",
            rests_on=("stalls", "cups_per_day", "price"), formula=text("찻잔 × 값", "cups x price"),
        ),
        "stalls": Number(
            name="stalls", title=text("찻집", "Stalls"), value=int(frame["stalls"].sum()), unit="site",
            rests_on=("stalls",), formula=text("합", "sum"),
        ),
        "share_liked": Number(
            name="share_liked", title=text("좋아한 비율", "Share who liked it"), value=None, unit="percent",
            rests_on=(), formula=text("설문", "survey"), gap=text("설문이 없습니다", "nobody has asked"),
        ),
    }  # fmt: skip
    return TeaResult(numbers=numbers, by_market=frame.select("market", "cups"), by_year=by_year)


def visitors_needed(cups: int) -> dict[str, int]:
    """Return how many visitors buy so many cups, two each."""
    return {"visitors": (cups + 1) // 2}
