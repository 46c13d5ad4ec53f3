"""Street trees standing after some years of planting, and the carbon dioxide they take up."""

from __future__ import annotations

from dataclasses import dataclass

from madang.core.city import Reader
from madang.core.contract import Number, Result
from madang.core.inputs import Inputs, given
from madang.core.language import text
from madang.core.progress import Progress
from madang.core.tables import Table


class ShadeInputs(Inputs):
    """What the model needs of a city."""

    trees_now: int = given("현재 가로수", "Street trees now", unit="tree", facts=["trees_now"], ge=0, le=10_000_000)
    planted: dict[int, float] = given(
        "연도별 식재", "Trees planted by year", unit="tree", facts=["planted"], ge=0, le=1e6
    )
    survival_share: float = given("연간 생존율", "Yearly survival", facts=["survival_share"], ge=0, le=1)
    co2_kg_per_tree: float = given(
        "그루당 흡수량", "Uptake per tree and year", unit="kg/tree/year", facts=["uptake"], ge=0, le=100
    )
    streets: Table = given("자치구별 가로", "Streets by district", facts=["streets"])
    planting: bool = given("식재 포함", "Count the planting", default=True)


@dataclass(frozen=True, kw_only=True)
class ShadeResult(Result):
    """Trees by year, beside the numbers."""

    trees_by_year: dict[int, float]
    street_km: dict[str, float]


def read(reader: Reader) -> ShadeInputs:
    """Return a city's inputs on a day."""
    return reader.fill(ShadeInputs)


def shade_of(trees: float, crown_m2: float) -> dict[str, float]:
    """Return the ground in shade at noon, crowns taken as not touching."""
    return {"shade_m2": trees * crown_m2}


def calculate(inputs: ShadeInputs, progress: Progress) -> ShadeResult:
    """Return the trees standing each year: survivors of the year before and those planted."""
    standing, by_year = float(inputs.trees_now), {}
    for year, planted in sorted(inputs.planted.items()):
        standing = standing * inputs.survival_share + (planted if inputs.planting else 0.0)
        by_year[year] = standing
    progress(1.0, "counting trees")
    street_km = dict(zip(*inputs.streets.frame["district", "street_km"].to_dict(as_series=False).values(), strict=True))
    grown = ("trees_now", "planted", "survival_share", "planting")
    return ShadeResult(
        numbers={
            number.name: number
            for number in (
                Number(
                    name="trees_standing",
                    title=text("서 있는 가로수", "Trees standing"),
                    value=standing,
                    unit="tree",
                    rests_on=grown,
                    formula=text("전년 생존 + 식재", "survivors of the year before + planted"),
                ),
                Number(
                    name="co2_kg",
                    title=text("연간 흡수량", "Uptake in a year"),
                    value=standing * inputs.co2_kg_per_tree,
                    unit="kg/year",
                    rests_on=(*grown, "co2_kg_per_tree"),
                    formula=text("가로수 × 그루당 흡수량", "trees x uptake per tree"),
                ),
                Number(
                    name="trees_per_km",
                    title=text("가로 1km당 가로수", "Trees per kilometre of street"),
                    value=standing / sum(street_km.values()),
                    unit="tree/km",
                    rests_on=(*grown, "streets"),
                    formula=text("가로수 ÷ 가로 연장", "trees / length of streets"),
                ),
            )
        },
        trees_by_year=by_year,
        street_km=street_km,
    )
