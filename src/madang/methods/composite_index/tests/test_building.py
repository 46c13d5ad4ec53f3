"""A whole index by hand: screened, filled, treated, normalised, weighed, ranked; what changed; what is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import DataError, InfeasibleError, UnknownName
from madang.methods.composite_index import Change, Data, Group, Indicator, Recipe, Tree, build, flat
from madang.methods.composite_index.building import leaf_weights
from madang.methods.composite_index.tests.synthetic_cities import NAN, data, recipe, recipe_of, tables, two_levels
from madang.methods.composite_index.tree import Floats

ROWS = [[0.0, 10.0], [5.0, 30.0], [10.0, 20.0]]


def test_an_index_by_hand() -> None:
    index = build(data(ROWS), recipe("a", "b", weights=(3.0, 1.0)))
    assert index.scores.tolist() == [0.0, 62.5, 87.5]
    assert index.ranks.tolist() == [3, 2, 1]
    assert (index.rank_of("C"), index.row("B")) == (1, 1)
    assert index.scored.changes == ()


def test_less_is_better_turns_an_indicator() -> None:
    turned = replace(recipe("a", "b"), indicators=(Indicator("a", higher_is_better=False), Indicator("b")))
    assert build(data(ROWS), turned).scores.tolist() == [50.0, 75.0, 25.0]


def test_a_gap_is_left_out_and_not_a_zero() -> None:
    index = build(data([[0.0, NAN], [5.0, 30.0], [10.0, 20.0]]), recipe("a", "b"))
    assert index.scores.tolist() == [0.0, 75.0, 50.0]


def test_filled_gaps_are_logged() -> None:
    index = build(data([[0.0, NAN], [5.0, 30.0], [10.0, 20.0]]), recipe("a", "b", missing="mean"))
    assert index.scored.changes == (Change("A", "b", "mean", None, 25.0),)
    assert index.scores.tolist() == [25.0, 75.0, 50.0]


def test_treated_points_are_logged_exactly() -> None:
    rows = [[float(v)] for v in (1, 2, 3, 4, 5, 6, 7, 8, 9, 300)]
    index = build(data(rows), recipe("a", treatment="winsorise"))
    assert index.scored.changes == (Change("J", "a", "winsorise", 300.0, 9.0),)
    assert index.scored.failed == ()
    assert index.ranks.tolist() == [10, 9, 8, 7, 6, 5, 4, 3, 1, 1]


def test_a_treatment_that_did_not_suffice_is_named() -> None:
    rows = [[v] for v in np.exp(np.linspace(0, 16, 25)).tolist()]
    assert build(data(rows), recipe("a", treatment="winsorise", points_max=1)).scored.failed == ("a",)


def test_a_city_below_the_coverage_is_not_ranked() -> None:
    index = build(data([[0.0, NAN], *ROWS[1:]]), recipe("a", "b", share_min=0.6))
    assert index.cities == ("B", "C")
    assert index.scored.unranked == ("A",)


def test_a_tree_of_several_levels_gives_every_groups_score() -> None:
    rows = [[0.0] * 5, [10.0, 20.0, 30.0, 40.0, 70.0], [100.0] * 5]
    index = build(data(rows), recipe_of(two_levels()))
    assert index.groups["g"].tolist() == pytest.approx([0.0, 20.0, 100.0])
    assert index.groups["h"].tolist() == pytest.approx([0.0, 50.0, 100.0])
    assert index.scores.tolist() == pytest.approx([0.0, 32.0, 100.0])
    assert leaf_weights(index.tree).tolist() == pytest.approx([0.12, 0.36, 0.12, 0.8 / 3, 0.4 / 3])


def test_one_power_overrides_the_means_of_the_tree() -> None:
    index = build(data(ROWS), recipe("a", "b", scale=(1.0, 100.0), power=0.0))
    assert index.scores[1] == pytest.approx((50.5 * 100) ** 0.5)


@pytest.mark.parametrize("weighting", ["equal", "entropy", "critic", "pca", "importance"])
def test_weights_from_data_keep_what_groups_weigh(weighting: str) -> None:
    rng = np.random.default_rng(3)
    made = recipe_of(two_levels(), weighting=weighting, aims=(1.0, 2.0, 1.0, 1.0, 1.0))
    index = build(data(rng.uniform(0, 100, (12, 5)).tolist()), made)
    shares = dict(zip(index.tree.edges, index.tree.weights.tolist(), strict=True))
    g, h = (shares["index", part] for part in ("g", "h"))
    assert g / h == pytest.approx(1.0 if weighting == "equal" else 1.5)
    assert leaf_weights(index.tree).sum() == pytest.approx(1.0)


def test_leaves_beside_groups_share_what_they_had_between_them() -> None:
    tree = Tree(("a", "b", "c"), (Group("g", ("c",), (1.0,)), Group("index", ("a", "g", "b"), (1.0, 6.0, 3.0))))
    index = build(data([[1.0, 5.0, 1.0], [2.0, 1.0, 9.0], [9.0, 3.0, 4.0]]), recipe_of(tree, weighting="entropy"))
    shares = dict(zip(index.tree.edges, index.tree.weights.tolist(), strict=True))
    assert shares["index", "g"] == 6.0
    assert shares["index", "a"] + shares["index", "b"] == pytest.approx(4.0)


def test_the_benefit_of_the_doubt_gives_each_city_its_own_weights() -> None:
    index = build(data([[0.0, 10.0], [10.0, 0.0], [5.0, 5.0]]), recipe("a", "b", weighting="benefit_of_doubt"))
    assert index.scores.tolist() == pytest.approx([100.0, 100.0, 100.0])
    assert index.own_weights is not None
    assert index.own_weights.shape == (3, 2)


def test_majorities_report_their_circle_by_name() -> None:
    rows = [[3.0, 2.0, 1.0], [2.0, 1.0, 3.0], [1.0, 3.0, 2.0], [9.0, 9.0, 0.0]]
    index = build(data(rows), recipe("a", "b", "c", pairwise="copeland"))
    assert index.cycles == (("A", "B", "C"),)
    assert index.winner == "D"
    assert index.ranks.tolist() == [2, 2, 2, 1]


def test_outranking_ranks_by_net_flow() -> None:
    index = build(data([[3.0, 3.0], [2.0, 2.0], [1.0, 1.0]]), recipe("a", "b", pairwise="outranking"))
    assert (index.scores.tolist(), index.winner) == ([2.0, 0.0, -2.0], None)


def _refused(table: Data, made: Recipe) -> str:
    with pytest.raises((DataError, InfeasibleError, UnknownName)) as caught:
        build(table, made)
    return str(caught.value)


def test_data_and_recipe_that_do_not_go_together_are_refused() -> None:
    assert _refused(data(ROWS), recipe("a")) == (
        "the data have 2 columns and the recipe 1 indicators\n"
        "  to do: give one column for each indicator, in the recipe's order"
    )
    assert _refused(data([[1.0, NAN], [2.0, NAN]]), recipe("a", "b", share_min=1.0)) == (
        "only 0 of 2 cities have enough values to be ranked\n  to do: fill cells, or ask for less coverage"
    )
    assert _refused(data([[1.0, NAN], [2.0, NAN]]), recipe("a", "b")) == (
        "no city that is ranked has a value of 'b'\n  to do: leave that indicator out, or ask for less coverage"
    )
    assert (
        _refused(
            data([[1.0, NAN], *ROWS]), recipe("a", "b", share_min=1.0, normalisation="distance_reference", reference=0)
        )
        == "the reference city 'A' lacks too many values\n  to do: take another reference"
    )
    assert _refused(data([[NAN, 1.0], [2.0, 3.0], [3.0, 1.0]]), recipe("a", "b", weights=(1.0, 0.0))) == (
        "'A' has no value in anything that weighs, so it cannot be ranked\n"
        "  to do: fill its gaps, give what it has weight, or ask for more coverage"
    )
    assert _refused(data([[NAN, 1.0], *ROWS]), recipe("a", "b", weighting="critic")) == (
        "weights from data need every value\n  to do: fill what is missing, as missing = mean"
    )
    rows = [[float(v)] for v in (0, 2, 3, 4, 5, 6, 7, 8, 9, 300)]
    assert _refused(data(rows), recipe("a", treatment="log")) == (
        "the indicator 'a': a logarithm needs values above zero\n  to do: take log_shifted or log_signed, or winsorise"
    )
    posts = replace(
        recipe("a", treatment="log_shifted", normalisation="goalposts"), indicators=(Indicator("a", goalposts=(0, 9)),)
    )
    assert _refused(data(rows), posts) == (
        "the indicator 'a': its unit is gone after log_shifted, so goalposts and targets mean nothing\n"
        "  to do: winsorise instead, or normalise by min_max"
    )
    assert _refused(data(ROWS), recipe("a", "b", power=0.0)).startswith(
        "a geometric, harmonic or other power mean needs scores above zero"
    )


def test_tables_that_are_none_are_refused() -> None:
    for made, says in (
        (
            lambda: Data(("A",), np.ones((2, 1))),
            "there are 1 cities and a table of 2 x 1 values\n  to do: give a row of values for each city",
        ),
        (lambda: Data(("A", "A"), np.ones((2, 1))), "the city 'A' stands there twice\n  to do: keep one of its rows"),
        (
            lambda: Data(("A", "B"), np.array([[1.0], [np.inf]])),
            "the value of 'B' in column 1 is endless\n  to do: correct it, or leave it empty",
        ),
    ):
        with pytest.raises(DataError) as caught:
            made()
        assert str(caught.value) == says


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("normalisation", "min_mix", "there is no normalisation called 'min_mix'\n  to do: did you mean min_max?"),
        ("treatment", "winsorize", "there is no treatment called 'winsorize'\n  to do: did you mean winsorise?"),
        ("missing", "meen", "there is no way to fill gaps called 'meen'\n  to do: did you mean mean or median?"),
        ("weighting", "critik", "there is no weighting called 'critik'\n  to do: did you mean critic?"),
        ("ties", "1225", "there is no rule of ties called '1225'\n  to do: did you mean 1224 or 1223?"),
        (
            "pairwise",
            "copland",
            "there is no comparison in pairs called 'copland'\n  to do: did you mean copeland?",
        ),
        ("scale", (5.0, 5.0), "the scale runs from 5 to 5\n  to do: give it as [low, high], the low end first"),
        ("share_min", 1.5, "the least coverage is 1.5\n  to do: give a share from 0 to 1"),
        ("concordance", 0.0, "the concordance is 0\n  to do: give a share above 0, at most 1"),
        ("points_max", 0, "0 points may be pulled in\n  to do: allow one at least"),
        (
            "weighting",
            "importance",
            (
                "weights by importance need an aim above zero for every indicator\n  to do: give each indicator its"
                " importance"
            ),
        ),
    ],
)
def test_recipes_that_cannot_be_are_refused(field: str, value: object, says: str) -> None:
    with pytest.raises((DataError, UnknownName)) as caught:
        recipe("a", "b", **{field: value})
    assert str(caught.value) == says


def test_indicators_stand_in_the_order_of_the_tree() -> None:
    with pytest.raises(DataError) as caught:
        Recipe(tree=flat(("a", "b")), indicators=(Indicator("b"), Indicator("a")))
    assert str(caught.value) == (
        "the recipe describes b, a, and its tree holds a, b\n"
        "  to do: describe every indicator of the tree, in the tree's order"
    )


@given(tables(5, 3, gaps=True, told_apart=True), st.permutations(range(5)))
def test_permuted_cities_get_permuted_ranks(values: Floats, order: list[int]) -> None:
    table, at = Data(tuple("ABCDE"), values), np.array(order)
    plain, moved = build(table, recipe("a", "b", "c")), build(table.pick(at), recipe("a", "b", "c"))
    for city in "ABCDE":
        assert moved.scores[moved.row(city)] == pytest.approx(plain.scores[plain.row(city)])


@given(tables(5, 3, gaps=True, told_apart=True), st.sampled_from(["min_max", "z", "rank", "percentile", "borda"]))
def test_units_do_not_matter(values: Floats, kind: str) -> None:
    made = recipe("a", "b", "c", normalisation=kind)
    plain = build(Data(tuple("ABCDE"), values), made)
    other = build(Data(tuple("ABCDE"), values * [2.0, 0.5, 1024.0]), made)
    shifted = build(Data(tuple("ABCDE"), values + np.array([64.0, -32.0, 8.0])), replace(made, normalisation="min_max"))
    assert other.scores == pytest.approx(plain.scores)
    assert shifted.scores == pytest.approx(
        build(Data(tuple("ABCDE"), values), replace(made, normalisation="min_max")).scores, abs=1e-6
    )


@given(tables(5, 3, gaps=False), st.integers(0, 4), st.integers(0, 2), st.floats(0.0, 60.0))
def test_a_better_value_never_worsens_a_rank_between_goalposts(
    values: Floats, row: int, column: int, by: float
) -> None:
    made = recipe("a", "b", "c", normalisation="goalposts")
    made = replace(made, indicators=tuple(replace(one, goalposts=(0.0, 120.0)) for one in made.indicators))
    raised = values.copy()
    raised[row, column] += by
    before, after = (build(Data(tuple("ABCDE"), one), made) for one in (values, raised))
    assert after.ranks[row] <= before.ranks[row]


@given(tables(5, 3, gaps=False))
def test_a_city_that_is_worse_in_everything_changes_no_order_between_goalposts(values: Floats) -> None:
    made = recipe("a", "b", "c", normalisation="goalposts")
    made = replace(made, indicators=tuple(replace(one, goalposts=(0.0, 120.0)) for one in made.indicators))
    before = build(Data(tuple("ABCDE"), values), made)
    after = build(Data(tuple("ABCDEF"), np.vstack([values, np.full(3, 0.5)])), made)
    assert after.ranks[:5].tolist() == before.ranks.tolist()


def test_under_min_max_a_newcomer_at_the_bottom_can_turn_two_others() -> None:
    rows = [[10.0, 40.0], [14.0, 20.0], [20.0, 0.0]]
    before = build(data(rows), recipe("a", "b"))
    after = build(data([*rows, [-100.0, 0.0]]), recipe("a", "b"))
    assert before.scores.tolist() == [50.0, 45.0, 50.0]
    assert before.ranks.tolist() == [1, 3, 1]
    assert after.ranks.tolist() == [1, 2, 3, 4]
