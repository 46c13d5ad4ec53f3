"""Sobol' indices: against functions whose indices are known by formula, and the rule when to stop."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.methods.composite_index import build
from madang.methods.composite_index.design import Alternatives, Design, WeightSpread
from madang.methods.composite_index.ensemble import Trial
from madang.methods.composite_index.sensitivity import REPLICATES, of_ranks, settle, sobol
from madang.methods.composite_index.tests.synthetic_cities import data, recipe
from madang.methods.composite_index.tree import Floats

XYZ = ("x", "y", "z")
EACH = (slice(0, 1), slice(1, 2), slice(2, 3))


def linear(points: Floats) -> Floats:
    """Return 3x + 2y + z: each explains the square of its factor, of 14."""
    return np.asarray(points @ np.array([[3.0], [2.0], [1.0]]))


def ishigami(points: Floats) -> Floats:
    """Return Ishigami's function with a = 7, b = 0.1."""
    x, y, z = (np.pi * (2 * points - 1)).T
    return np.asarray((np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x))[:, None])


def test_a_linear_function_by_formula() -> None:
    found = sobol(linear, XYZ, EACH, 512)
    shares = np.array([9, 4, 1]) / 14
    assert found.first[:, 0] == pytest.approx(shares, abs=0.01)
    assert found.total[:, 0] == pytest.approx(shares, abs=0.01)
    assert found.variance[0] == pytest.approx(14 / 12, rel=0.01)
    assert (found.names, found.points, found.runs) == (XYZ, 512, REPLICATES * 512 * 5)


def test_ishigami_by_formula() -> None:
    a, b, pi = 7.0, 0.1, np.pi
    one, two, both = 0.5 * (1 + b * pi**4 / 5) ** 2, a**2 / 8, b**2 * pi**8 * (1 / 18 - 1 / 50)
    variance = one + two + both
    found = sobol(ishigami, XYZ, EACH, 2048)
    assert found.variance[0] == pytest.approx(variance, rel=0.01)
    assert found.first[:, 0] == pytest.approx(np.array([one, two, 0.0]) / variance, abs=0.02)
    assert found.total[:, 0] == pytest.approx(np.array([one + both, two, both]) / variance, abs=0.02)
    for error in (found.first_error, found.total_error):
        assert (error > 0).all()
        assert error.max() < 0.05


def test_groups_of_dimensions_are_taken_together() -> None:
    found = sobol(linear, ("xy", "z"), (slice(0, 2), slice(2, 3)), 512)
    assert found.first[:, 0] == pytest.approx([13 / 14, 1 / 14], abs=0.01)


def test_a_great_mean_does_not_drown_the_estimate() -> None:
    near, far = (sobol(lambda p, add=add: linear(p) + add, XYZ, EACH, 256) for add in (0.0, 1e6))  # type: ignore[misc]
    assert far.first == pytest.approx(near.first, abs=1e-6)


def test_what_never_moves_has_zeros_and_no_errors() -> None:
    found = sobol(lambda points: np.ones((len(points), 1)), XYZ, EACH, 64)
    for part in (found.first, found.total, found.first_error, found.total_error):
        assert part.tolist() == [[0.0]] * 3


@given(st.lists(st.floats(-5, 5), min_size=4, max_size=4), st.integers(0, 50))
@settings(max_examples=20, deadline=None)
def test_first_is_at_most_total_within_error(factors: list[float], seed: int) -> None:
    def evaluate(points: Floats) -> Floats:
        x, y, z = points.T
        a, b, c, d = factors
        return np.asarray((a * x + b * y**2 + c * z + d * x * z)[:, None])

    found = sobol(evaluate, XYZ, EACH, 128, seed=seed)
    assert (found.first - found.total <= 2 * (found.first_error + found.total_error) + 0.02).all()


def test_seeds_are_kept_to() -> None:
    one, again, other = (sobol(ishigami, XYZ, EACH, 64, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.first, again.first)
    assert not np.array_equal(one.first, other.first)


def test_points_double_until_the_errors_are_small() -> None:
    rough, fine = (settle(ishigami, XYZ, EACH, error=error) for error in (0.5, 0.02))
    assert rough.settled
    assert fine.settled
    assert rough.points < fine.points
    assert max(fine.first_error.max(), fine.total_error.max()) <= 0.02
    before = sobol(ishigami, XYZ, EACH, fine.points // 2)
    assert max(before.first_error.max(), before.total_error.max()) > 0.02


def test_it_stops_at_the_most_points_and_says_so() -> None:
    found = settle(ishigami, XYZ, EACH, error=1e-9, points_max=128)
    assert (found.points, found.settled) == (128, False)


def test_only_watched_outputs_hold_it_up() -> None:
    def evaluate(points: Floats) -> Floats:
        return np.column_stack([linear(points), ishigami(points)])

    assert settle(evaluate, XYZ, EACH, error=0.03, watched=[0]).points < settle(evaluate, XYZ, EACH, error=0.03).points


@pytest.mark.parametrize("points", [0, 1, 100, -4])
def test_points_that_are_no_power_of_two_are_refused(points: int) -> None:
    with pytest.raises(DataError) as caught:
        settle(linear, XYZ, EACH, points_max=points)
    assert (caught.value.what, caught.value.todo) == (f"{points} is no power of two", "give 64, 128, 256 and so on")


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    settle(linear, XYZ, EACH, error=1e-9, points_max=128, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_ranks_of_an_index_have_an_output_for_their_shift_and_one_for_each_city() -> None:
    rows = np.random.default_rng(2).uniform(1, 100, (5, 3)).tolist()
    method = recipe("a", "b", "c")
    assumed = (Alternatives("normalisation", ("min_max", "rank")), WeightSpread(0.5))
    trial = Trial(data(rows), Design(method, assumed, 8))
    found = of_ranks(trial, build(data(rows), method), points_max=128)
    assert found.names == ("normalisation", "weights")
    assert found.first.shape == (2, 6)
    moving = found.variance > 0
    assert moving[0]
    assert (found.total[:, moving].sum(axis=0) > 0.9).all()
    assert (found.total[:, ~moving] == 0).all()
