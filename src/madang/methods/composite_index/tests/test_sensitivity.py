"""Sobol' indices of functions whose indices are known, error bars that hold, and the rule when to stop."""

from __future__ import annotations

import math

import numpy as np
import pytest

from madang.core.errors import DataError
from madang.methods.composite_index import (
    Alternatives,
    Data,
    LeaveOut,
    WeightSpread,
    of_ranks,
    sample,
    sensitivity,
    settle,
    sobol,
)
from madang.methods.composite_index.sensitivity import REPLICATES
from madang.methods.composite_index.tests.synthetic_cities import recipe
from madang.methods.composite_index.tree import Floats

ONE_EACH = tuple(slice(k, k + 1) for k in range(3))


def ishigami(points: Floats) -> Floats:
    """Return sin x1 + 7 sin^2 x2 + 0.1 x3^4 sin x1 for x in -pi..pi (Ishigami and Homma 1990)."""
    x = (2 * points - 1) * math.pi
    made: Floats = np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])
    return made[:, None]


def ishigami_indices() -> tuple[list[float], list[float]]:
    """Return its first and total indices from the variances of its parts."""
    own = 0.5 * (1 + 0.1 * math.pi**4 / 5) ** 2, 49 / 8
    both = 0.01 * math.pi**8 * (1 / 18 - 1 / 50)
    whole = sum(own) + both
    return [own[0] / whole, own[1] / whole, 0.0], [(own[0] + both) / whole, own[1] / whole, both / whole]


def test_the_indices_of_ishigami_lie_within_their_error_bars() -> None:
    found = sobol(ishigami, "abc", ONE_EACH, 2048, seed=1)
    first, total = ishigami_indices()
    for wanted, got, error in ((first, found.first, found.first_error), (total, found.total, found.total_error)):
        assert got[:, 0].tolist() == pytest.approx(wanted, abs=0.01)
        assert (np.abs(got[:, 0] - wanted) <= 2 * error[:, 0] + 1e-3).all()
        assert (error < 0.02).all()
    assert found.runs == REPLICATES * 2048 * 5


def test_questions_asked_together_give_what_each_gives_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []

    def evaluate(points: Floats) -> Floats:
        sizes.append(len(points))
        return ishigami(points)

    together = sobol(evaluate, "abc", ONE_EACH, 64)
    assert sizes == [REPLICATES * 5 * 64]
    monkeypatch.setattr(sensitivity, "ROWS_TOGETHER", 150)
    apart = sobol(evaluate, "abc", ONE_EACH, 64)
    assert set(sizes[1:]) == {128}
    assert (apart.first, apart.total, apart.variance) == (
        pytest.approx(together.first), pytest.approx(together.total), pytest.approx(together.variance)
    )  # fmt: skip


def test_a_linear_function_shares_its_variance_by_the_squares() -> None:
    found = sobol(lambda points: points @ np.array([[1.0], [2.0], [4.0]]), "abc", ONE_EACH, 1024)
    assert found.first[:, 0].tolist() == pytest.approx([1 / 21, 4 / 21, 16 / 21], abs=2e-3)
    assert found.total[:, 0].tolist() == pytest.approx([1 / 21, 4 / 21, 16 / 21], abs=2e-3)
    assert found.variance[0] == pytest.approx(21 / 12, rel=1e-3)


def test_a_group_of_dimensions_is_one_assumption() -> None:
    spans = (slice(0, 2), slice(2, 3))
    found = sobol(lambda points: points @ np.array([[1.0], [2.0], [4.0]]), "ab", spans, 1024)
    assert found.first[:, 0].tolist() == pytest.approx([5 / 21, 16 / 21], abs=2e-3)


def test_a_product_has_an_interaction_that_total_sees_and_first_does_not() -> None:
    found = sobol(lambda points: (2 * points[:, :1] - 1) * (2 * points[:, 1:2] - 1), "ab", ONE_EACH[:2], 1024)
    assert found.first[:, 0].tolist() == pytest.approx([0.0, 0.0], abs=0.02)
    assert found.total[:, 0].tolist() == pytest.approx([1.0, 1.0], abs=0.02)


def test_a_mean_far_from_zero_does_not_drown_the_estimate() -> None:
    plain, shifted = (sobol(lambda points, by=by: ishigami(points) + by, "abc", ONE_EACH, 256) for by in (0.0, 1e6))
    assert shifted.first == pytest.approx(plain.first, abs=1e-6)
    assert shifted.first_error == pytest.approx(plain.first_error, abs=1e-6)


def test_what_does_not_move_has_no_indices_and_no_variance() -> None:
    found = sobol(lambda points: np.ones((len(points), 1)), "abc", ONE_EACH, 64)
    assert not found.first.any()
    assert not found.total.any()
    assert found.variance.tolist() == [0.0]


def test_a_dimension_without_effect_has_none_alone_and_none_together() -> None:
    found = sobol(lambda points: points[:, :1] ** 2, "abc", ONE_EACH, 64)
    assert found.total[1:, 0].tolist() == [0.0, 0.0]
    assert found.first[1:, 0].tolist() == [0.0, 0.0]


def test_points_double_until_errors_are_what_was_asked() -> None:
    calm = settle(ishigami, "abc", ONE_EACH, error=0.02)
    assert calm.settled
    assert 64 < calm.points <= 4096
    assert max(calm.first_error.max(), calm.total_error.max()) <= 0.02
    hurried = settle(ishigami, "abc", ONE_EACH, error=1e-9, points_max=128)
    assert (hurried.settled, hurried.points) == (False, 128)


@pytest.mark.parametrize("points", [0, 1, 100])
def test_points_that_are_no_power_of_two_are_refused(points: int) -> None:
    with pytest.raises(DataError) as caught:
        settle(ishigami, "abc", ONE_EACH, points_max=points)
    assert str(caught.value) == f"{points} is no power of two\n  to do: give 64, 128, 256 and so on"


@pytest.mark.parametrize("seed", range(4))
def test_first_is_at_most_total_within_the_errors_for_an_index(seed: int) -> None:
    rng = np.random.default_rng(seed)
    table = Data(tuple("ABCDEFGH"), rng.uniform(1, 100, (8, 4)))
    assumptions = (
        WeightSpread(0.3),
        Alternatives("normalisation", ("min_max", "rank")),
        Alternatives("power", (1.0, 0.0)),
        LeaveOut(),
    )
    drawn = sample(table, recipe("a", "b", "c", "d", scale=(1.0, 100.0)), assumptions, 128)
    found = of_ranks(drawn.trial, drawn.base, points_max=256, seed=seed)
    assert found.names == ("weights", "normalisation", "power", "leave_out")
    assert found.first.shape == (4, 9)
    assert (found.first <= found.total + found.first_error + found.total_error + 1e-9).all()
    assert (found.total >= 0).all()
    assert found.variance.shape == (9,)
