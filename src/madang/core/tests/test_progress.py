"""Reporting progress: shares of a part are shares of the whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import Cancelled
from madang.core.progress import part_of, silent


def test_a_part_fills_its_span_of_the_whole() -> None:
    seen: list[tuple[float, str]] = []
    report = part_of(lambda share, what: seen.append((share, what)), 0.2, 0.6)
    for share in (0.0, 0.5, 1.0):
        report(share, "counting")
    assert seen == [(0.2, "counting"), (pytest.approx(0.4), "counting"), (pytest.approx(0.6), "counting")]


@given(st.floats(0, 1), st.floats(0, 1), st.floats(0, 1), st.floats(0, 1))
def test_a_part_of_a_part_stays_within_it(start: float, end: float, inner: float, share: float) -> None:
    start, end = sorted((start, end))
    seen: list[float] = []
    part_of(part_of(lambda found, _what: seen.append(found), start, end), 0.0, inner)(share, "")
    assert start - 1e-12 <= seen[0] <= end + 1e-12


def test_stopping_passes_through_the_parts() -> None:
    def stop(_share: float, _what: str) -> None:
        raise Cancelled("stopped; nothing was changed")

    with pytest.raises(Cancelled, match="stopped"):
        part_of(part_of(stop, 0, 0.5), 0, 1)(0.5, "counting")


def test_silence_says_nothing() -> None:
    silent(0.5, "counting")
