"""Panels: gaps along the years, goalposts from all of them, each year by its edition, and what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index import build
from madang.methods.composite_index.panel import Panel, over_years, pooled
from madang.methods.composite_index.tests.synthetic_cities import NAN, data, recipe

VALUES = np.array(
    [
        [[1.0, 10.0], [5.0, 30.0], [9.0, 20.0]],
        [[2.0, NAN], [6.0, 40.0], [NAN, NAN]],
        [[3.0, 30.0], [7.0, 50.0], [11.0, 20.0]],
    ]
)
PANEL = Panel((2019, 2020, 2021), ("A", "B", "C"), ("a", "b"), VALUES)
METHOD = recipe("a", "b")


def refusal(panel: Panel, editions: dict[int, object]) -> tuple[str, str | None]:
    """Return what is said against a panel."""
    with pytest.raises(DataError) as caught:
        over_years(panel, editions)  # type: ignore[arg-type]
    return caught.value.what, caught.value.todo


def test_a_city_without_any_value_is_not_in_the_year() -> None:
    assert PANEL.present(2020).tolist() == [True, True, False]
    made = over_years(PANEL, {2019: METHOD})
    assert [index.cities for index in made.values()] == [("A", "B", "C"), ("A", "B"), ("A", "B", "C")]


@pytest.mark.parametrize(("kind", "value"), [("carry_forward", 10.0), ("linear", 20.0)])
def test_gaps_are_filled_along_the_years_but_no_city_is_brought_in(kind: str, value: float) -> None:
    filled = PANEL.filled(kind).values
    assert filled[1, 0].tolist() == [2.0, value]
    assert np.isnan(filled[1, 2]).all()


def test_ways_across_cities_leave_the_panel_alone() -> None:
    assert PANEL.filled("mean") is PANEL


def test_one_period_in_the_order_asked_for() -> None:
    found = PANEL.data(2021, ("b", "a"))
    assert found.cities == ("A", "B", "C")
    assert found.values.tolist() == [[30.0, 3.0], [50.0, 7.0], [20.0, 11.0]]


def test_goalposts_are_the_ends_of_all_years() -> None:
    found = pooled(PANEL, METHOD)
    assert found.normalisation == "goalposts"
    assert [one.goalposts for one in found.indicators] == [(1.0, 11.0), (10.0, 50.0)]


def test_scores_move_with_the_city_alone() -> None:
    made = over_years(PANEL, {2019: METHOD})
    assert made[2021].scored.scores == pytest.approx(np.array([[20.0, 50.0], [60.0, 100.0], [100.0, 25.0]]))
    values = VALUES.copy()
    values[0, 1] = NAN
    fewer = over_years(replace(PANEL, values=values), {2019: METHOD})
    assert fewer[2019].cities == ("A", "C")
    assert fewer[2019].scores == pytest.approx(made[2019].scores[[0, 2]])


@pytest.mark.parametrize("more", [{"normalisation": "z"}, {"normalisation": "rank"}])
def test_other_normalisations_stay(more: dict[str, str]) -> None:
    method = recipe("a", "b", **more)
    assert pooled(PANEL, method) is method


def test_one_period_alone_is_the_index_itself() -> None:
    alone = Panel((2021,), PANEL.cities, PANEL.columns, VALUES[2:])
    made = over_years(alone, {2000: METHOD})[2021]
    assert made.scores.tolist() == build(data(VALUES[2].tolist()), METHOD).scores.tolist()


def test_each_year_goes_by_the_last_edition_begun() -> None:
    second = recipe("b", normalisation="rank")
    made = over_years(PANEL, {2021: second, 2015: METHOD})
    assert [made[year].recipe.tree.indicators for year in PANEL.periods] == [("a", "b"), ("a", "b"), ("b",)]
    assert made[2021].ranks.tolist() == [2, 1, 3]


def test_a_filled_gap_counts_in_its_year() -> None:
    made = over_years(PANEL, {2019: replace(METHOD, missing="linear")})
    assert made[2020].scored.scores[0] == pytest.approx([10.0, 25.0])


def test_a_reference_is_a_row_of_the_panel_whoever_is_there() -> None:
    values = VALUES.copy()
    values[1, 0] = NAN
    values[1, 2], values[2, 2] = [8.0, 45.0], [11.0, 60.0]
    method = recipe("a", "b", normalisation="distance_reference", reference=2)
    made = over_years(replace(PANEL, values=values), {2019: method})
    assert [index.recipe.reference for index in made.values()] == [2, 1, 2]
    alone = replace(method, reference=1)
    assert made[2020].scores.tolist() == build(data([[6.0, 40.0], [8.0, 45.0]]), alone).scores.tolist()


def test_groups_go_with_their_cities() -> None:
    assert replace(PANEL, groups=("x", "y", "z")).data(2020, ("a",)).groups == ("x", "y")


def test_a_reference_that_is_not_there_is_refused() -> None:
    method = recipe("a", "b", normalisation="distance_reference", reference=2)
    says = "the reference city 'C' has no data of 2020"
    assert refusal(PANEL, {2019: method}) == (says, "take another reference")


def test_no_edition_is_refused() -> None:
    says = "there is no edition of the method"
    assert refusal(PANEL, {}) == (says, "give a recipe and the period from which it holds")


def test_a_year_before_the_first_edition_is_refused() -> None:
    says = "no edition of the method holds in 2019"
    assert refusal(PANEL, {2021: METHOD, 2020: METHOD}) == (says, "the first holds from 2020")


def test_an_indicator_that_never_moves_is_refused() -> None:
    values = VALUES.copy()
    values[:, :, 1] = 7.0
    says = "the indicator 'b' has one value for every city and period, so it ranks nothing"
    assert refusal(replace(PANEL, values=values), {2019: METHOD}) == (says, "leave it out")


def test_an_indicator_without_any_value_is_refused_without_a_warning() -> None:
    values = VALUES.copy()
    values[:, :, 1] = NAN
    says = "no city has a value of 'b' in any period"
    assert refusal(replace(PANEL, values=values), {2019: METHOD}) == (says, "leave it out")


def test_a_period_that_is_not_there_is_refused() -> None:
    with pytest.raises(DataError) as caught:
        PANEL.data(2022, ("a",))
    assert (caught.value.what, caught.value.todo) == ("there are no data of 2022", "periods known: 2019, 2020, 2021")


def test_a_column_that_is_not_there_is_refused() -> None:
    with pytest.raises(UnknownName) as caught:
        PANEL.column("c")
    assert str(caught.value) == "there is no column called 'c'\n  to do: known: a, b"
