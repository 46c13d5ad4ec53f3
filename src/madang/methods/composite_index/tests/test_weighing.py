"""Weights from data: by their formulas, against slow and plain sums, and what each refuses."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import DataError, InfeasibleError
from madang.methods.composite_index import aggregate, flat, weighing
from madang.methods.composite_index.tests.synthetic_cities import NAN, tables
from madang.methods.composite_index.tree import Floats

TABLE = np.array([[10.0, 90.0, 20.0], [40.0, 60.0, 25.0], [70.0, 65.0, 80.0], [100.0, 5.0, 60.0]])


def test_equal_weights_are_equal() -> None:
    assert weighing.equal(TABLE).tolist() == [1 / 3] * 3


def test_entropy_by_a_plain_sum() -> None:
    spread = []
    for column in TABLE.T.tolist():
        shares = [value / sum(column) for value in column]
        spread.append(1 + sum(p * math.log(p) for p in shares) / math.log(4))
    assert weighing.entropy(TABLE).tolist() == pytest.approx([one / sum(spread) for one in spread])


def test_entropy_of_columns_that_are_alike_is_equal_weights() -> None:
    assert weighing.entropy(np.ones((3, 2))).tolist() == [0.5, 0.5]


def test_entropy_counts_a_zero_as_a_share_of_nothing() -> None:
    assert weighing.entropy(np.array([[0.0, 1.0], [1.0, 1.0]])).tolist() == pytest.approx([1.0, 0.0], abs=1e-12)


def test_critic_by_a_plain_sum() -> None:
    def correlation(a: list[float], b: list[float]) -> float:
        x, y = [v - sum(a) / 4 for v in a], [v - sum(b) / 4 for v in b]
        top = sum(p * q for p, q in zip(x, y, strict=True))
        return top / math.sqrt(sum(p * p for p in x) * sum(q * q for q in y))

    columns = TABLE.T.tolist()
    sizes = []
    for one in columns:
        spread = math.sqrt(sum((v - sum(one) / 4) ** 2 for v in one) / 3)
        sizes.append(spread * sum(1 - correlation(one, other) for other in columns))
    assert weighing.critic(TABLE).tolist() == pytest.approx([size / sum(sizes) for size in sizes])


def test_pca_of_two_correlated_indicators_and_one_apart_weighs_the_two_alike() -> None:
    found = weighing.pca(np.array([[1.0, 2.0, 1.0], [2.0, 4.0, -1.0], [3.0, 6.0, -1.0], [4.0, 8.0, 1.0]]))
    assert found.tolist() == pytest.approx([0.5, 0.5, 0.0], abs=1e-9)


def test_pca_is_the_first_loading_by_power_iteration() -> None:
    corr = np.corrcoef(TABLE, rowvar=False)
    vector = np.array([1.0, -1.0, 0.5])
    for _ in range(2000):
        vector = corr @ vector
        vector /= np.linalg.norm(vector)
    assert weighing.pca(TABLE).tolist() == pytest.approx((np.abs(vector) / np.abs(vector).sum()).tolist(), abs=1e-6)


def test_importance_makes_indicators_matter_as_aimed_at() -> None:
    rng = np.random.default_rng(4)
    scores = rng.uniform(1, 100, (60, 3))
    aim = np.array([0.5, 0.3, 0.2])
    weights = weighing.importance(flat("abc"), scores, aim)
    index = aggregate(flat("abc", weights.tolist()), scores)["index"]
    matter = np.array([np.corrcoef(scores[:, k], index)[0, 1] ** 2 for k in range(3)])
    assert (matter / matter.sum()).tolist() == pytest.approx(aim.tolist(), abs=1e-3)
    assert weights.sum() == pytest.approx(1.0)


@pytest.mark.parametrize("count", [2, 6, 10])
def test_importance_finds_its_aims_for_many_indicators_too(count: int) -> None:
    rng = np.random.default_rng(count)
    scores, aim = rng.uniform(1, 100, (60, count)), rng.uniform(1, 3, count)
    names = tuple(str(place) for place in range(count))
    index = aggregate(flat(names, weighing.importance(flat(names), scores, aim).tolist()), scores)["index"]
    matter = np.array([np.corrcoef(column, index)[0, 1] ** 2 for column in scores.T])
    assert matter / matter.sum() == pytest.approx(aim / aim.sum(), abs=5e-3)


def test_aims_that_no_weights_meet_are_refused() -> None:
    column = np.arange(10.0)
    with pytest.raises(InfeasibleError) as caught:
        weighing.importance(flat("ab"), np.column_stack([column, column]), np.array([3.0, 1.0]))
    assert str(caught.value) == (
        "no weights were found that make 'a' matter 75.0 %: the nearest is 50.0 %\n"
        "  to do: aim otherwise, or leave out indicators that run along with others or against them"
    )


def test_benefit_of_the_doubt_lets_each_city_shine_where_it_is_best() -> None:
    index, weights = weighing.benefit_of_doubt(np.array([[100.0, 1.0], [1.0, 100.0], [50.0, 50.0], [20.0, 20.0]]))
    assert index.tolist() == pytest.approx([1.0, 1.0, 100 / 101, 40 / 101])
    assert (np.array([[100.0, 1.0], [1.0, 100.0]]) @ weights.T <= 1 + 1e-9).all()


def test_benefit_of_the_doubt_with_one_share_for_all_is_a_fixed_split() -> None:
    scores = np.array([[80.0, 20.0], [40.0, 40.0]])
    index, weights = weighing.benefit_of_doubt(scores, 0.5, 0.5)
    shares = scores * weights / index[:, None]
    assert shares == pytest.approx(np.full((2, 2), 0.5))


@settings(max_examples=15, deadline=None)
@given(tables(5, 3, gaps=False), st.floats(0.0, 0.3), st.floats(0.4, 1.0))
def test_no_city_exceeds_one_and_shares_keep_their_bounds(scores: Floats, least: float, most: float) -> None:
    index, weights = weighing.benefit_of_doubt(scores, least, most)
    assert (scores @ weights.T <= 1 + 1e-7).all()
    shares = scores * weights / index[:, None]
    assert (shares >= least - 1e-6).all()
    assert (shares <= most + 1e-6).all()
    assert (index > 0).all()


def _refused(build: object) -> str:
    with pytest.raises((DataError, InfeasibleError)) as caught:
        build()  # type: ignore[operator]
    return str(caught.value)


def test_what_weights_from_data_refuse() -> None:
    gapped = np.array([[1.0, NAN], [2.0, 3.0]])
    for made in (weighing.entropy, weighing.critic, weighing.pca, weighing.benefit_of_doubt):
        assert _refused(lambda made=made: made(gapped)) == (
            "weights from data need every value\n  to do: fill what is missing, as missing = mean"
        )
    below = np.array([[-1.0, 1.0], [2.0, 3.0]])
    assert _refused(lambda: weighing.entropy(below)) == (
        "weights by entropy need scores of at least zero\n  to do: take min_max, or other weights"
    )
    assert _refused(lambda: weighing.benefit_of_doubt(below)) == (
        "the benefit of the doubt needs scores of at least zero\n  to do: take min_max"
    )
    assert _refused(lambda: weighing.benefit_of_doubt(TABLE, 0.4, 1.0)) == (
        "the bounds on shares leave no city any weights\n"
        "  to do: let the least shares add to at most 100 % and the greatest to at least that"
    )


def test_a_city_that_bounds_leave_no_weights_is_named() -> None:
    scores = np.array([[0.0, 5.0], [3.0, 4.0]])
    index, _ = weighing.benefit_of_doubt(scores, 0.1, 1.0, ("A", "B"))
    # A has nothing in the first indicator, so no share of its index can come from there: its index is nothing.
    assert index[0] == pytest.approx(0.0, abs=1e-9)


@given(tables(6, 3, gaps=False), st.permutations(range(6)))
def test_weights_from_data_do_not_care_about_the_order_of_cities(scores: Floats, order: list[int]) -> None:
    for made in (weighing.entropy, weighing.critic):
        assert made(scores[list(order)]).tolist() == pytest.approx(made(scores).tolist(), abs=1e-7)


def test_indicators_that_say_the_same_weigh_the_same_by_critic_and_not_by_rounding() -> None:
    same = np.array([[1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [2.0, 2.0, 3.0]])
    for order in ([0, 1, 2], [2, 0, 1]):
        assert weighing.critic(same[order]).tolist() == [1 / 3, 1 / 3, 1 / 3]
    assert weighing.entropy(np.full((7, 3), 3.3)).tolist() == [1 / 3, 1 / 3, 1 / 3]
