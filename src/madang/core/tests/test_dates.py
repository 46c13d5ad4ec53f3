"""Days, and the first and last day of a month or year."""

from __future__ import annotations

from contextlib import suppress
from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.dates import month_end, parse_day, year_share
from madang.core.errors import UsageError


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021-09-07", date(2021, 9, 7), date(2021, 9, 7)),
        ("2021-02", date(2021, 2, 1), date(2021, 2, 28)),
        ("2024-02", date(2024, 2, 1), date(2024, 2, 29)),
        ("2021", date(2021, 1, 1), date(2021, 12, 31)),
    ],
)
def test_a_day_a_month_or_a_year_is_read(text: str, first: date, last: date) -> None:
    assert parse_day(text) == first
    assert parse_day(text, end=True) == last


@pytest.mark.parametrize(
    "text",
    ["", "2021-13", "2021-02-29", "2021-00", "0000", "20210907", "2021-W36-2", "2021-9-7", "2021\n", "٢٠٢١", "today"],
)
def test_what_is_no_day_says_how_to_write_one(text: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_day(text)
    assert str(caught.value) == (
        f"{text!r} is not a day\n  to do: write YYYY-MM-DD, or YYYY-MM or YYYY for a month or a year"
    )


def test_a_day_that_is_one_already_stays_and_a_time_loses_its_hours() -> None:
    assert parse_day(date(2021, 9, 7)) == date(2021, 9, 7)
    assert type(parse_day(datetime(2021, 9, 7, 15, 30))) is date


@given(st.dates())
def test_a_written_day_is_read_back(day: date) -> None:
    assert parse_day(day.isoformat()) == day


@given(st.text(max_size=12))
def test_any_text_is_a_day_or_a_clear_error(text: str) -> None:
    with suppress(UsageError):
        assert isinstance(parse_day(text), date)


@given(st.integers(1, 9999), st.integers(1, 12))
def test_the_end_of_a_month_is_its_last_day(year: int, month: int) -> None:
    assert month_end(year, month) == parse_day(f"{year:04}-{month:02}", end=True)


@given(st.dates(), st.dates())
def test_shares_of_a_year_keep_the_order_of_days(one: date, other: date) -> None:
    assert (year_share(one) < year_share(other)) == (one < other)


def test_a_year_begins_whole_and_its_middle_is_half() -> None:
    assert year_share(date(2021, 1, 1)) == 2021.0
    assert year_share(date(2020, 7, 2)) == 2020.5
    assert 9999.99 < year_share(date(9999, 12, 31)) < 10000
