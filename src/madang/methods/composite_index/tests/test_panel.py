"""Years: gaps along them, the edition in force, scores comparable from year to year."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index import Indicator, Panel, over_years, pooled
from madang.methods.composite_index.tests.synthetic_cities import NAN, recipe


def panel(values: list[list[list[float]]], periods: tuple[int, ...] = (2019, 2020)) -> Panel:
    """Return cities A, B, C and indicators a, b over years."""
    return Panel(periods, tuple("ABC"), ("a", "b"), np.array(values))


TWO = panel([[[0.0, 0.0], [5.0, 5.0], [10.0, 10.0]], [[4.0, 4.0], [5.0, 5.0], [20.0, 20.0]]])


def test_scores_of_all_years_stand_on_one_scale() -> None:
    found = over_years(TWO, {2019: recipe("a", "b")})
    assert found[2019].scores.tolist() == [0.0, 25.0, 50.0]
    assert found[2020].scores.tolist() == [20.0, 25.0, 100.0]


def test_a_city_that_stays_as_it_is_keeps_its_score_whatever_others_do() -> None:
    found = over_years(TWO, {2019: recipe("a", "b")})
    assert found[2019].scores[1] == found[2020].scores[1]


def test_only_min_max_in_the_unit_is_pooled() -> None:
    assert pooled(TWO, recipe("a", "b")).normalisation == "goalposts"
    assert pooled(TWO, recipe("a", "b")).indicators[0].goalposts == (0.0, 20.0)
    for more in ({"normalisation": "rank"}, {"treatment": "log_shifted"}):
        made = recipe("a", "b", **more)
        assert pooled(TWO, made) is made


def test_the_edition_in_force_is_the_last_that_began() -> None:
    editions = {2018: recipe("a", "b"), 2020: recipe("a", "b", weights=(1.0, 0.0), ties="1334")}
    found = over_years(TWO, editions)
    assert found[2019].recipe.ties == "1224"
    assert found[2020].recipe.ties == "1334"
    assert found[2020].tree.weights.tolist() == [1.0, 0.0]


def test_gaps_are_filled_along_the_years() -> None:
    gapped = panel([[[1.0, 9.0], [5.0, 5.0], [10.0, 10.0]], [[NAN, 4.0], [5.0, 5.0], [20.0, 20.0]]])
    found = over_years(gapped, {2019: recipe("a", "b", missing="carry_forward")})
    assert found[2020].scored.scores[0, 0] == pytest.approx(0.0)
    kept = over_years(gapped, {2019: recipe("a", "b")})
    assert np.isnan(kept[2020].scored.scores[0, 0])


def test_a_city_is_not_brought_into_a_year_it_is_not_in() -> None:
    gone = panel([[[1.0, 9.0], [5.0, 5.0], [10.0, 10.0]], [[NAN, NAN], [5.0, 5.0], [20.0, 20.0]]])
    assert gone.present(2020).tolist() == [False, True, True]
    found = over_years(gone, {2019: recipe("a", "b", missing="carry_forward")})
    assert found[2019].cities == ("A", "B", "C")
    assert found[2020].cities == ("B", "C")


def test_the_reference_city_is_found_in_every_year_by_its_row_in_the_panel() -> None:
    gone = panel([[[NAN, NAN], [5.0, 5.0], [10.0, 10.0]], [[0.0, 0.0], [5.0, 4.0], [20.0, 20.0]]])
    made = recipe("a", "b", normalisation="distance_reference", reference=2)
    found = over_years(gone, {2019: made})
    assert found[2019].scores.tolist() == [0.0, 100.0]
    assert found[2020].scores.tolist() == [0.0, 22.5, 100.0]
    with pytest.raises(DataError) as caught:
        over_years(gone, {2019: replace(made, reference=0)})
    assert str(caught.value) == "the reference city 'A' has no data of 2019\n  to do: take another reference"


def test_what_a_panel_refuses() -> None:
    for build, says in (
        (lambda: TWO.data(2021, ("a",)), "there are no data of 2021\n  to do: periods known: 2019, 2020"),
        (lambda: TWO.data(2019, ("z",)), "there is no column called 'z'\n  to do: known: a, b"),
        (
            lambda: over_years(TWO, {2020: recipe("a", "b")}),
            "no edition of the method holds in 2019\n  to do: the first holds from 2020",
        ),
        (
            lambda: over_years(TWO, {}),
            "there is no edition of the method\n  to do: give a recipe and the period from which it holds",
        ),
        (
            lambda: pooled(panel([[[1.0, 2.0]] * 3, [[1.0, 3.0]] * 3]), recipe("a", "b")),
            "the indicator 'a' has one value for every city and period, so it ranks nothing\n  to do: leave it out",
        ),
    ):
        with pytest.raises((DataError, UnknownName)) as caught:
            build()
        assert str(caught.value) == says


def test_columns_are_taken_by_name_in_the_order_asked_for() -> None:
    turned = TWO.data(2020, ("b", "a"))
    assert turned.values.tolist() == [[4.0, 4.0], [5.0, 5.0], [20.0, 20.0]]
    assert turned.cities == ("A", "B", "C")
    assert Indicator("a") == Indicator("a")
