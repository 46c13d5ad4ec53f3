"""Numbers, days and sentences in Korean and English."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from madang.core.language import Text, say_count, say_day, say_large, say_number, text


def test_a_text_is_told_in_the_language_asked_for() -> None:
    said = text("마당", "yard")
    assert (said.to("ko"), said.to("en")) == ("마당", "yard")


@pytest.mark.parametrize("half", [{"ko": "", "en": "yard"}, {"ko": "마당", "en": "  "}, {"ko": "마당"}])
def test_a_text_with_an_empty_half_is_refused(half: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Text.model_validate(half)


def test_a_text_cannot_be_changed() -> None:
    with pytest.raises(ValidationError, match="frozen"):
        text("마당", "yard").ko = "집"  # type: ignore[misc]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "—"),
        (math.nan, "—"),
        (math.inf, "∞"),
        (-math.inf, "-∞"),
        (0, "0"),
        (-0.0, "0"),
        (269520, "269,520"),
        (269520.0, "269,520"),
        (2387000.4, "2,387,000"),
        (999.96, "1,000"),
        (3.7, "3.7"),
        (3.94413, "3.944"),
        (0.45941, "0.4594"),
        (0.0001234, "0.0001234"),
        (0.00001234, "1.23e-05"),
        (-12.5, "-12.5"),
    ],
)
def test_a_number_is_written_for_reading(value: float | None, said: str) -> None:
    assert say_number(value) == said


@pytest.mark.parametrize(("value", "digits", "said"), [(3.14159, 2, "3.14"), (1234.5, 0, "1,234"), (-0.3, 0, "0")])
def test_decimals_can_be_fixed(value: float, digits: int, said: str) -> None:
    assert say_number(value, digits) == said


@given(st.floats(min_value=1e-3, max_value=1e12))
def test_what_is_written_is_near_what_was_meant(value: float) -> None:
    assert float(say_number(value).replace(",", "")) == pytest.approx(value, rel=1e-3)


@pytest.mark.parametrize(
    ("value", "korean"),
    [
        (9_999, "9,999"),
        (10_000, "1만"),
        (200_000, "20만"),
        (269_520, "26만 9,520"),
        (2_387_000, "238만 7,000"),
        (99_999_999, "9,999만 9,999"),
        (99_999_999.9, "1억"),
        (361_630_000, "3억 6,163만"),
        (1_234_567_890, "12억 3,457만"),
        (999_999_999_999, "1조"),
        (15_000_000_000_000, "15조"),
        (47_250_000_000_000, "47조 2,500억"),
        (123_456_000_000_000_000, "123,456조"),
        (-361_630_000, "-3억 6,163만"),
        (3.7, "3.7"),
        (None, "—"),
    ],
)
def test_large_numbers_are_said_in_man_and_eok_in_korean(value: float | None, korean: str) -> None:
    assert say_large(value, "ko") == korean


@pytest.mark.parametrize(
    ("value", "english"),
    [
        (269_520, "269,520"),
        (999_999, "999,999"),
        (2_387_000, "2.387 million"),
        (361_630_000, "361.63 million"),
        (15_000_000_000, "15 billion"),
        (-2_000_000, "-2 million"),
        (None, "—"),
    ],
)
def test_large_numbers_are_said_in_millions_in_english(value: float | None, english: str) -> None:
    assert say_large(value, "en") == english


@given(st.integers(min_value=10_000, max_value=10**15))
def test_a_korean_number_read_back_is_within_a_part_in_ten_thousand(value: int) -> None:
    parts = {"조": 10**12, "억": 10**8, "만": 10**4}
    said = say_large(value, "ko").replace(",", "").split()
    read = sum(int(part[:-1]) * parts[part[-1]] if part[-1] in parts else int(part) for part in said)
    assert read == pytest.approx(value, rel=1e-4)


def test_a_day_is_written_as_people_read_it() -> None:
    assert say_day(date(2021, 9, 7), "ko") == "2021년 9월 7일"
    assert say_day(date(2021, 9, 7), "en") == "7 September 2021"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_a_day_that_is_unknown_is_a_dash(language: str) -> None:
    assert say_day(None, language) == "—"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("count", "words", "said"),
    [
        (1, ("site",), "1 site"),
        (0, ("site",), "0 sites"),
        (12_345, ("address", "addresses"), "12,345 addresses"),
        (1, ("edge has", "edges have"), "1 edge has"),
        (2, ("edge has", "edges have"), "2 edges have"),
    ],
)
def test_one_of_a_thing_is_said_in_the_singular(count, words, said):
    assert say_count(count, *words) == said
