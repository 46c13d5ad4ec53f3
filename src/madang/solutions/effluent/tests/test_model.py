"""The four centres: facts of 2018, limits that are known and limits that are not."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.progress import silent
from madang.core.tables import Table
from madang.solutions import effluent
from madang.solutions.effluent import solution
from madang.solutions.effluent.inputs import EffluentInputs
from madang.solutions.effluent.model import EffluentResult, run

CITIES = Path(effluent.__file__).parents[2] / "cities"
DAY = date(2026, 11, 25)


@cache
def seoul(day: date = DAY, **changes: Any) -> Run:
    """Return the run for Seoul."""
    return perform(solution, City.open(CITIES / "seoul", CITIES), day, changes=changes)


def inputs() -> EffluentInputs:
    """Return Seoul's inputs."""
    found = seoul().inputs
    assert isinstance(found, EffluentInputs)
    return found


def value(result: EffluentResult, name: str) -> Any:
    """Return a number's value."""
    return result.numbers[name].value


def with_own_limits(mg_per_l: float) -> EffluentResult:
    """Return the result with the centres' own limits given."""
    limits = inputs().limits
    assert limits is not None
    own = pl.when(pl.col("kind") == "own").then(pl.lit(mg_per_l)).otherwise(pl.col("mg_per_l")).alias("mg_per_l")
    given = replace(limits, frame=limits.frame.with_columns(own), gaps=())
    return run(inputs().model_copy(update={"limits": given}), silent)


def test_own_limits_are_unknown_until_given() -> None:
    numbers = seoul().result.numbers
    assert numbers["centres_tighter_than_law"].value is None
    gap = numbers["centres_tighter_than_law"].gap
    assert gap is not None
    assert gap.en.endswith("unknown is neither zero nor the law's")
    assert value(with_own_limits(0.3), "centres_tighter_than_law") == 4
    assert value(with_own_limits(5.0), "centres_tighter_than_law") == 0  # 5 is looser than the law's 0.5 of T-P


def test_no_limit_holds_before_its_day() -> None:
    early = perform(solution, City.open(CITIES / "seoul", CITIES), date(2016, 5, 1)).result
    assert early.numbers["bod_legal_load_kg_per_d"].value is None
    late = perform(solution, City.open(CITIES / "seoul", CITIES), date(2016, 5, 2)).result
    assert late.numbers["bod_legal_load_kg_per_d"].value == pytest.approx(49800)


def test_a_later_limit_replaces_an_earlier_one_from_its_day() -> None:
    limits = inputs().limits
    assert limits is not None
    row = limits.frame.filter(
        (pl.col("centre") == "nanji") & (pl.col("substance") == "bod") & (pl.col("kind") == "legal")
    )
    later = row.with_columns(pl.lit(date(2020, 1, 1)).alias("since"), pl.lit(5.0).alias("mg_per_l"))
    found = run(inputs().model_copy(update={"limits": replace(limits, frame=pl.concat([limits.frame, later]))}), silent)
    assert found.sums.legal_mg_per_l("nanji", "bod") == 5.0
    assert found.sums.legal_mg_per_l("jungnang", "bod") == 10.0


def test_months_and_totals_of_2018_are_the_documents() -> None:
    result = seoul().result
    assert isinstance(result, EffluentResult)
    assert value(result, "capacity_m3_per_day") == 4_980_000
    assert value(result, "utilisation_latest_percent") == pytest.approx(84.03, abs=0.01)
    line = result.sums.rain
    assert line is not None
    assert line.frame.height == 13
    assert line.frame["flow_m3_per_day"][-1] == pytest.approx(3_882_500, abs=1)


def test_the_line_of_rain_is_least_squares() -> None:
    result = seoul().result
    assert isinstance(result, EffluentResult)
    line = result.sums.rain
    assert line is not None
    left = line.frame["flow_m3_per_day"] - line.dry_m3_per_day - line.per_mm_m3_per_day * line.frame["rain_mm"]
    assert left.sum() == pytest.approx(0, abs=1e-3)
    assert (left * line.frame["rain_mm"]).sum() == pytest.approx(0, abs=1)


def test_a_tighter_limit_never_avoids_less() -> None:
    runs = [seoul(bod_limit_tried_mg_per_l=limit) for limit in (9.0, 5.0, 1.0)]
    avoided = [float(one.number("bod_avoided_kg_per_d").value or 0.0) for one in runs]
    assert avoided[0] == 0.0
    assert avoided == sorted(avoided)


def test_samples_decide_where_a_city_has_them() -> None:
    spec = solution.specs["samples"]
    frame = pl.DataFrame(
        {
            "centre": ["nanji"] * 20,
            "day": [date(2024, 1, 1 + at) for at in range(20)],
            "bod_mg_per_l": [1.0] * 18 + [20.0, 30.0],
            **{
                name: pl.Series([None] * 20, dtype=pl.Float64)
                for name in ("ss_mg_per_l", "tn_mg_per_l", "tp_mg_per_l", "flow_m3_per_day")
            },
        }
    )
    found = run(inputs().model_copy(update={"samples": Table("samples", spec, frame)}), silent)
    kept = found.sums.effluent["nanji", "bod"].compliance
    assert (kept.values, kept.by_mean, kept.by_percentile) == (20, True, False)
    assert value(found, "centres_within_law") == 3
    assert found.sums.effluent["nanji", "tp"].origin == "survey"


@pytest.mark.parametrize("name", ["centres", "limits", "surveys", "monthly", "rain"])
def test_without_a_table_what_rests_on_it_is_unknown_with_a_reason(name: str) -> None:
    found = run(inputs().model_copy(update={name: None}), silent)
    lost = [
        key for key, number in seoul().result.numbers.items() if number.value is not None and value(found, key) is None
    ]
    assert lost
    assert all(found.numbers[key].gap is not None for key in lost)
    assert solution.figures(found)


def test_a_centre_whose_effluent_nobody_knows_leaves_the_total_unknown() -> None:
    surveys = inputs().surveys
    assert surveys is not None
    fewer = replace(surveys, frame=surveys.frame.filter(pl.col("centre") != "nanji"))
    found = run(inputs().model_copy(update={"surveys": fewer}), silent)
    assert value(found, "bod_load_kg_per_d") is None
    assert value(found, "centres_within_law") is None
