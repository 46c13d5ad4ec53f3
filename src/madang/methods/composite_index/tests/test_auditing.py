"""Totals from rounded parts, and the part that was not printed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index import Interval, Printed, missing_part, quotient, total_of

#: Adelaide in the liveability index of 2019, as published: categories, their weights, and the total 96.6.
PARTS = {
    "stability": Printed(95.0),
    "healthcare": Printed(100.0),
    "culture": Printed(94.2, 1),
    "education": Printed(100.0),
    "infrastructure": Printed(96.4, 1),
}
WEIGHTS = {"stability": 25.0, "healthcare": 20.0, "culture": 25.0, "education": 10.0, "infrastructure": 20.0}
SCALE = (0.0, 100.0)


def test_a_printed_value_lies_within_half_its_last_place() -> None:
    assert Printed(16.0).ends == (15.5, 16.5)
    assert Printed(47.2, 1).ends == pytest.approx((47.15, 47.25))


def test_the_total_of_rounded_parts_is_an_interval_that_holds_the_published_one() -> None:
    found = total_of(PARTS, WEIGHTS, SCALE)
    low = (25 * 94.5 + 20 * 99.5 + 25 * 94.15 + 10 * 99.5 + 20 * 96.35) / 100
    high = (25 * 95.5 + 20 * 100 + 25 * 94.25 + 10 * 100 + 20 * 96.45) / 100
    assert (found.low, found.high) == pytest.approx((low, high))
    assert found.holds(96.58)
    assert found.meets(Interval(*Printed(96.6, 1).ends))


def test_a_part_that_was_not_printed_may_be_anything_on_the_scale() -> None:
    found = total_of({"a": Printed(50.0, 1), "b": None}, {"a": 1.0, "b": 1.0}, SCALE)
    assert (found.low, found.high) == pytest.approx((24.975, 75.025))


def test_the_missing_part_comes_back_as_an_interval() -> None:
    found = missing_part("culture", PARTS | {"culture": None}, WEIGHTS, Printed(96.6, 1), SCALE)
    known_low = 25 * 94.5 + 20 * 99.5 + 10 * 99.5 + 20 * 96.35
    known_high = 25 * 95.5 + 20 * 100 + 10 * 100 + 20 * 96.45
    assert (found.low, found.high) == pytest.approx(((9655 - known_high) / 25, (9665 - known_low) / 25))
    assert found.holds(94.2)
    assert found.high > found.low


def test_without_a_total_the_missing_part_is_the_whole_scale() -> None:
    assert missing_part("culture", PARTS, WEIGHTS, None, SCALE) == Interval(0.0, 100.0)


def test_numbers_that_contradict_each_other_leave_an_empty_interval() -> None:
    found = missing_part("b", {"a": Printed(10.0), "b": None}, {"a": 1.0, "b": 1.0}, Printed(90.0), SCALE)
    assert found.empty
    assert not Interval(1.0, 2.0).empty


def test_the_rate_that_two_printed_sums_imply() -> None:
    found = quotient(Printed(54e12, -12), Printed(47.2e9, -8))
    assert (found.low, found.high) == pytest.approx((53.5e12 / 47.25e9, 54.5e12 / 47.15e9))
    assert found.holds(54e12 / 47.2e9)


def _refused(build: object) -> str:
    with pytest.raises((DataError, UnknownName)) as caught:
        build()  # type: ignore[operator]
    return str(caught.value)


def test_what_an_audit_refuses() -> None:
    some = {"a": Printed(10.0), "b": None, "c": None}
    ones = {"a": 1.0, "b": 1.0, "c": 1.0}
    assert _refused(lambda: missing_part("z", some, ones, None, SCALE)) == (
        "there is no part called 'z'\n  to do: known: a, b, c"
    )
    assert _refused(lambda: missing_part("b", some, ones, Printed(9.0), SCALE)) == (
        "besides 'b', c is missing too\n  to do: give all parts but one"
    )
    assert _refused(lambda: total_of(some, {"a": 1.0, "b": 1.0}, SCALE)) == (
        "there is no weight called 'c'\n  to do: known: a, b"
    )
    assert _refused(lambda: total_of({"a": Printed(1.0)}, {"a": 0.0}, SCALE)) == (
        "the weights add to nothing\n  to do: give at least one part weight"
    )
    assert (
        _refused(lambda: missing_part("b", {"a": Printed(1.0), "b": None}, {"a": 1.0, "b": 0.0}, Printed(1.0), SCALE))
        == "'b' weighs nothing, so the total says nothing about it\n  to do: give its weight"
    )
    assert _refused(lambda: total_of({"a": Printed(120.0)}, {"a": 1.0}, SCALE)) == (
        "'a' is printed as 120, beyond the scale of 0 to 100\n  to do: correct the value, or the scale"
    )
    assert _refused(lambda: quotient(Printed(1.0), Printed(0.0))) == (
        "a ratio needs a divisor above zero\n  to do: give it with more decimals"
    )


@given(
    st.lists(st.tuples(st.floats(0, 100), st.floats(0.1, 5), st.integers(0, 2)), min_size=2, max_size=6),
    st.integers(0, 2),
)
def test_the_truth_is_always_in_the_interval(parts: list[tuple[float, float, int]], decimals: int) -> None:
    weights = {str(place): weight for place, (_, weight, _) in enumerate(parts)}
    total = sum(value * weight for value, weight, _ in parts) / sum(weights.values())
    printed = {str(place): Printed(round(value, d), d) for place, (value, _, d) in enumerate(parts)}
    assert total_of(printed, weights, SCALE).holds(total)
    found = missing_part("0", printed, weights, Printed(round(total, decimals), decimals), SCALE)
    assert found.holds(parts[0][0])
