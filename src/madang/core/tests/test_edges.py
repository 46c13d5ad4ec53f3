"""At the very edge: a bound is allowed, a step past it is not; a word means one thing; a series keeps its keys."""

from __future__ import annotations

import json
import math
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import BoundsError, UnknownName, UsageError
from madang.core.inputs import SWITCH_WORDS, Inputs
from madang.core.inputs import given as input_of


class EdgeInputs(Inputs):
    """One input of every kind."""

    share: float = input_of("비율", "Share", unit="percent", ge=0, le=100, default=50.0)
    count: int = input_of("수", "Count", ge=1, le=9, default=5)
    open: bool = input_of("엶", "Open", default=False)
    path: Literal["near", "far"] = input_of("길", "Path", default="near")
    by_year: dict[int, float] = input_of("해마다", "By year", unit="kg", ge=0, default={2020: 1.0, 2021: 2.0})
    by_name: dict[str, float] = input_of("이름마다", "By name", ge=0, default={"a": 1.0, "b": 2.0})
    hours: tuple[float, ...] = input_of("시간", "Hours", ge=0, le=1, default=(0.5,))


@given(st.floats(0, 100))
def test_a_value_within_its_bounds_is_kept_as_it_is_said(value: float) -> None:
    assert EdgeInputs().with_set({"share": repr(value)}).share == value


@pytest.mark.parametrize("value", [0.0, 100.0])
def test_a_bound_itself_is_within_the_bounds(value: float) -> None:
    assert EdgeInputs(share=value).share == value


@pytest.mark.parametrize(("value", "said"), [
    (math.nextafter(0, -1), "-4.94065645841e-324"), (math.nextafter(100, 101), "100"), (-1.0, "-1"),
])  # fmt: skip
def test_the_next_number_past_a_bound_is_outside(value: float, said: str) -> None:
    with pytest.raises(BoundsError) as caught:
        EdgeInputs(share=value)
    says = f"share = {said} is outside its bounds\n  to do: give a value from 0 to 100 percent"
    assert str(caught.value) == says


@pytest.mark.parametrize(("path", "value"), [("by_year.2020", "-1"), ("by_name.b", "-0.1"), ("hours", "[0.5, 1.5]")])
def test_every_value_of_a_series_or_list_is_held_to_its_bounds(path: str, value: str) -> None:
    name = path.replace("hours", "hours.1")
    with pytest.raises(BoundsError, match=rf"{name} = \S+ is outside its bounds"):
        EdgeInputs().with_set({path: value})


@pytest.mark.parametrize(
    ("word", "open_"),
    [("yes", True), ("true", True), ("on", True), ("1", True), ("YES", True),
     ("no", False), ("false", False), ("off", False), ("0", False), ("Off", False)],
)  # fmt: skip
def test_a_switch_is_told_in_the_words_people_use(word: str, open_: bool) -> None:
    assert EdgeInputs(open=not open_).with_set({"open": word}).open is open_
    assert SWITCH_WORDS[word.lower()] is open_


@pytest.mark.parametrize(("said", "count"), [("3", 3), ("3.0", 3), ("+3", 3), (" 3 ", 3)])
def test_a_whole_number_may_be_written_with_a_point(said: str, count: int) -> None:
    found = EdgeInputs().with_set({"count": said}).count
    assert (found, type(found)) == (count, int)


def test_a_whole_number_where_any_is_due_stays_a_float() -> None:
    assert type(EdgeInputs().with_set({"share": "3"}).share) is float


def test_half_a_thing_is_no_whole_number() -> None:
    with pytest.raises(UsageError, match=r"the input 'count' cannot be 1\.5: this is not a whole number"):
        EdgeInputs().with_set({"count": "1.5"})


@pytest.mark.parametrize("path", ["by_name.c", "by_name.2020"])
def test_of_words_only_those_a_series_has_may_be_named(path: str) -> None:
    with pytest.raises(UnknownName) as caught:
        EdgeInputs().with_set({path: "3"})
    assert caught.value.what == f"there is no key of by_name called '{path.partition('.')[2]}'"


def test_a_year_may_be_new_and_a_word_may_not_stand_among_years() -> None:
    assert EdgeInputs().with_set({"by_year.2022": "3"}).by_year == {2020: 1.0, 2021: 2.0, 2022: 3.0}
    assert EdgeInputs().by_year == {2020: 1.0, 2021: 2.0}
    with pytest.raises(UnknownName, match="there is no key of by_year called 'soon'"):
        EdgeInputs().with_set({"by_year.soon": "3"})


@given(st.dictionaries(st.integers(1900, 2100), st.floats(0, 1e12), min_size=1, max_size=5))
def test_a_series_written_as_json_is_read_back_with_its_years(series: dict[int, float]) -> None:
    assert EdgeInputs().with_set({"by_year": json.dumps(series)}).by_year == series


@pytest.mark.parametrize(("length", "cut"), [(58, False), (59, True)])
def test_a_long_wrong_value_is_cut_in_the_message(length: int, cut: bool) -> None:
    with pytest.raises(UsageError) as caught:
        EdgeInputs.build({"count": "x" * length})
    said = caught.value.what.removeprefix("the input 'count' cannot be ").partition(":")[0]
    assert (len(said), said.endswith("...")) == (60, cut)


def test_a_fault_of_several_inputs_names_the_first_of_them() -> None:
    with pytest.raises(UsageError, match="the input 'share' cannot be 'a'"):
        EdgeInputs.build({"share": "a", "count": "b"})


def test_help_in_one_language_alone_is_refused() -> None:
    with pytest.raises(ValueError, match="the input 'Share' has help in one language only"):
        input_of("비율", "Share", help_en="How much.")
    assert EdgeInputs.field("share").help is None
