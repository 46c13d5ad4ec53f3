"""Was it the weather: nothing where the weather did nothing, and most of it where it did everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from madang.core.errors import TableError
from madang.core.progress import silent
from madang.solutions.eco_mileage.readings.rows import month_number
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.settlement.review import Limits
from madang.solutions.eco_mileage.settlement.synthetic import make_city
from madang.solutions.eco_mileage.settlement.terms import Round
from madang.solutions.eco_mileage.settlement.tests.conftest import Town, lay_out
from madang.solutions.eco_mileage.settlement.weather import counterfactual, read_weather, say_weather

WINTER = Round(kind="season", first_month=2021 * 12 + 11)


def town_of(folder: Path, warmer_c: float):
    """Return a town of 400 whose winter was so much warmer, settled, and without the weather."""
    city = make_city(400, 11, date(2021, 12, 1), months=28, warmer_c=warmer_c)
    work = lay_out(folder, city, faults=False)
    laid, settlement = work.settle(WINTER, rule_book(), Limits(), silent)
    return counterfactual(settlement, laid.reviewed.cube, work.weather, silent), work.truth_bp(laid.cast)


def test_a_mild_winter_pays_those_who_saved_nothing_and_a_hard_one_misses_savers(tmp_path: Path) -> None:
    mild, truth = town_of(tmp_path / "mild", 4.0)
    hard, _ = town_of(tmp_path / "hard", -4.0)
    idle, savers = mild.evaluated & (truth == 0), mild.evaluated & (truth >= 2200)
    assert (mild.official[idle] > 0).mean() > 0.05
    assert (mild.without_weather[idle] > 0).mean() < (mild.official[idle] > 0).mean() / 5
    assert mild.paid_by_weather > 0.3 * mild.official.sum()
    assert (hard.official[savers] > 0).mean() < (hard.without_weather[savers] > 0).mean()
    assert hard.missed.sum() > 3 * mild.missed.sum()


def test_it_never_touches_what_is_paid(town: Town) -> None:
    before = town.settlement.outcome.points.copy()
    found = counterfactual(town.settlement, town.laid.reviewed.cube, town.folder.weather, silent)
    assert np.array_equal(town.settlement.outcome.points, before)
    assert np.array_equal(found.official, np.where(found.evaluated, before, 0))
    assert (found.without_weather[~found.evaluated] == 0).all()


def test_the_same_weather_every_year_changes_next_to_nothing(town: Town, tmp_path: Path) -> None:
    flat = tmp_path / "flat.csv"
    lines = [line.partition(",")[0] for line in town.folder.weather.read_text().splitlines()]
    seasons = ["day,mean_c", *(f"{day},{12 - 10 * np.cos(2 * np.pi * int(day[5:7]) / 12):.1f}" for day in lines[1:])]
    flat.write_text("\n".join(seasons))
    found = counterfactual(town.settlement, town.laid.reviewed.cube, flat, silent)
    moved = found.evaluated & (found.official != found.without_weather)
    assert moved.mean() < 0.02


def test_the_share_and_the_missed_are_told_with_the_note_that_it_never_pays(town: Town) -> None:
    found = counterfactual(town.settlement, town.laid.reviewed.cube, town.folder.weather, silent)
    answer = say_weather(found, town.folder.truth_bp(town.laid.cast))
    said = {line.what.en: line.value for line in answer.lines}
    assert said["points by the rule"] == town.settlement.outcome.points.sum()
    assert said["share of the points that was weather"] == pytest.approx(
        100 * found.paid_by_weather / found.official.sum()
    )
    assert sum(sum(row[1:]) for row in answer.sheets[0].rows) == found.evaluated.sum()
    assert "Never used to pay" in answer.notes[0].en
    assert len(answer.sheets) == 2
    assert len(say_weather(found, None).sheets) == 1


def test_nothing_paid_has_no_share(town: Town) -> None:
    found = counterfactual(town.settlement, town.laid.reviewed.cube, town.folder.weather, silent)
    answer = say_weather(replace(found, official=found.official * 0), None)
    assert {line.what.en: line.value for line in answer.lines}["share of the points that was weather"] is None


def test_a_day_without_a_temperature_is_named(town: Town, tmp_path: Path) -> None:
    path = tmp_path / "weather.csv"
    first = month_number(date(2021, 7, 1))
    lines = town.folder.weather.read_text().splitlines()
    path.write_text("\n".join(line for line in lines if not line.startswith("2022-03-05")))
    with pytest.raises(TableError, match=r"a day has no temperature\n  where: file .*, column mean_c, day 2022-03-05"):
        read_weather(path, first, 35)
