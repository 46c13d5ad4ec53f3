"""Every way to normalise, by hand; what each refuses; and which changes of scale it does not see."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.methods.composite_index import Indicator, normalise
from madang.methods.composite_index.normalising import KINDS
from madang.methods.composite_index.tests.synthetic_cities import NAN

PLAIN = Indicator("x")
VALUES = np.array([2.0, 4.0, 4.0, 10.0])
HIGH = Indicator("x", goalposts=(3.0, 8.0), target=6.0)
LOW = Indicator("x", higher_is_better=False, goalposts=(3.0, 8.0), target=3.0)
DEVIATION = math.sqrt((9 + 1 + 1 + 25) / 3)

BY_HAND = {
    ("min_max", True): [0, 25, 25, 100],
    ("min_max", False): [100, 75, 75, 0],
    ("z", True): [50 + 10 * (v - 5) / DEVIATION for v in (2, 4, 4, 10)],
    ("z", False): [50 - 10 * (v - 5) / DEVIATION for v in (2, 4, 4, 10)],
    ("rank", True): [0, 100 * 2 / 3, 100 * 2 / 3, 100],
    ("rank", False): [100, 100 * 2 / 3, 100 * 2 / 3, 0],
    ("borda", True): [0, 50, 50, 100],
    ("borda", False): [100, 50, 50, 0],
    ("percentile", True): [12.5, 50, 50, 87.5],
    ("percentile", False): [87.5, 50, 50, 12.5],
    ("goalposts", True): [0, 20, 20, 100],
    ("goalposts", False): [100, 80, 80, 0],
    ("distance_max", True): [0, 25, 25, 100],
    ("distance_max", False): [100, 75, 75, 0],
    ("distance_reference", True): [0, 100, 100, 100],
    ("distance_reference", False): [100, 100, 100, 0],
    ("distance_target", True): [0, 50, 50, 100],
    ("distance_target", False): [100, 100 * 6 / 7, 100 * 6 / 7, 0],
    ("fraction_max", True): [20, 40, 40, 100],
    ("fraction_max", False): [100, 50, 50, 20],
}


def test_every_way_has_an_example_for_both_directions() -> None:
    assert {kind for kind, _ in BY_HAND} == set(KINDS)
    assert len(BY_HAND) == 2 * len(KINDS)


@pytest.mark.parametrize(("kind", "high"), BY_HAND)
def test_scores_by_hand(kind: str, high: bool) -> None:
    found = normalise(VALUES, HIGH if high else LOW, kind, (0.0, 100.0), reference=1)
    assert found.tolist() == pytest.approx(BY_HAND[kind, high])


@pytest.mark.parametrize(("kind", "high"), BY_HAND)
def test_a_gap_stays_a_gap_and_changes_nothing_else(kind: str, high: bool) -> None:
    gapped = np.insert(VALUES, 2, NAN)
    found = normalise(gapped, HIGH if high else LOW, kind, (0.0, 100.0), reference=1)
    assert math.isnan(found[2])
    assert np.delete(found, 2).tolist() == pytest.approx(BY_HAND[kind, high])


@pytest.mark.parametrize("kind", KINDS)
def test_the_scale_stretches_every_way_alike(kind: str) -> None:
    plain = normalise(VALUES, HIGH, kind, (0.0, 1.0), reference=1)
    assert normalise(VALUES, HIGH, kind, (10.0, 60.0), reference=1) == pytest.approx(10.0 + 50.0 * plain)


def _refused(values: list[float], kind: str, indicator: Indicator = PLAIN, **more: int) -> str:
    with pytest.raises(DataError) as caught:
        normalise(np.array(values), indicator, kind, (0.0, 100.0), **more)
    return str(caught.value)


@pytest.mark.parametrize("kind", ["min_max", "z", "distance_max"])
def test_a_column_that_is_alike_everywhere_is_refused_not_divided_by_zero(kind: str) -> None:
    assert _refused([3.0, 3.0, NAN], kind) == (
        "the indicator 'x' has one value for every city, so it ranks nothing\n  to do: leave it out"
    )


def test_what_a_way_needs_and_lacks_is_said() -> None:
    assert _refused([1.0, 2.0], "goalposts") == (
        "the indicator 'x' has no goalposts\n  to do: give goalposts = [low, high], or another normalisation"
    )
    assert _refused([1.0, 2.0], "goalposts", Indicator("x", goalposts=(4.0, 4.0))) == (
        "the indicator 'x' has goalposts that are one value, 4\n  to do: set them apart"
    )
    assert _refused([1.0, 2.0], "distance_target") == (
        "the indicator 'x' has no target\n  to do: give target = VALUE, or another normalisation"
    )
    assert _refused([1.0, 2.0], "distance_reference") == (
        "the indicator 'x' has no reference city\n  to do: name one: reference = CITY"
    )
    assert _refused([1.0, NAN], "distance_reference", reference=1) == (
        "the indicator 'x' has no value for the reference city\n"
        "  to do: take another reference, or another normalisation"
    )
    assert _refused([1.0, 2.0], "distance_reference", reference=0) == (
        "the indicator 'x' cannot be measured so: the reference city is the worst of all in it\n"
        "  to do: normalise otherwise"
    )
    assert _refused([5.0, 6.0], "distance_target", Indicator("x", target=5.0)) == (
        "the indicator 'x' cannot be measured so: every city is at its target or beyond\n  to do: normalise otherwise"
    )
    assert _refused([0.0, 6.0], "fraction_max") == (
        "the indicator 'x' has values that are not above zero, so a fraction says nothing\n  to do: normalise otherwise"
    )


columns = st.lists(st.integers(-1000, 1000).map(float), min_size=2, max_size=12)


@given(columns, st.sampled_from([0.25, 0.5, 2.0, 8.0]), st.integers(-100, 100), st.booleans())
def test_shift_and_scale_of_the_unit_are_not_seen(column: list[float], by: float, shift: int, high: bool) -> None:
    values = np.array(column)
    assume(np.ptp(values) > 0)
    for kind in ("min_max", "z", "rank", "borda", "percentile", "distance_max"):
        plain, moved = (
            normalise(one, Indicator("x", high), kind, (0.0, 100.0)) for one in (values, by * values + shift)
        )
        assert moved == pytest.approx(plain, abs=1e-8)


@given(columns, st.booleans())
def test_scores_keep_the_order_of_the_cities(column: list[float], high: bool) -> None:
    values = np.array(column)
    assume(np.ptp(values) > 0)
    assume(values.min() <= 500 and values.max() >= -500)
    indicator = Indicator("x", high, goalposts=(-500.0, 500.0))
    for kind in ("min_max", "z", "rank", "borda", "percentile", "distance_max", "goalposts"):
        scores = normalise(values, indicator, kind, (0.0, 100.0))
        better = values[:, None] > values[None, :] if high else values[:, None] < values[None, :]
        ahead = scores[:, None] >= scores[None, :]
        assert ahead[better].all()


@given(columns, st.randoms())
def test_permuted_cities_get_permuted_scores(column: list[float], random: object) -> None:
    values = np.array(column)
    assume(np.ptp(values) > 0)
    order = list(range(len(values)))
    random.shuffle(order)  # type: ignore[attr-defined]
    for kind in ("min_max", "rank", "borda", "percentile"):
        scores = normalise(values, Indicator("x"), kind, (0.0, 100.0))
        assert normalise(values[order], Indicator("x"), kind, (0.0, 100.0)).tolist() == scores[order].tolist()
