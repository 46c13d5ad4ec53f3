"""Published values against targets: which rounding a stated percent is."""

from __future__ import annotations

import pytest

from madang.solutions.pollution_cap.published import better


def test_the_published_32_percent_is_rounded_and_51_is_cut() -> None:
    assert better(2.8, 4.1, 1, 32).stated_is == "rounded"
    assert better(0.114, 0.236, 3, 51).stated_is == "cut"


def test_rounding_alone_could_give_51_only_from_a_value_above_0_11446() -> None:
    found = better(0.114, 0.236, 3, 51)
    assert found.low == pytest.approx(51.483, abs=0.001)  # 0.1145 is the most that is written 0.114
    assert found.low < 51.5 < found.percent


@pytest.mark.parametrize(
    ("stated", "origin"), [(None, None), (31, "cut"), (32, "rounded"), (33, "within"), (40, "neither")]
)
def test_each_stated_percent_is_told_apart(stated: float | None, origin: str | None) -> None:
    assert better(2.8, 4.1, 1, stated).stated_is == origin


def test_a_percent_that_is_whole_is_rounded_and_cut_alike() -> None:
    assert better(3.0, 4.0, 1, 25).stated_is == "both"


def test_a_value_above_its_target_is_worse_by_a_negative_percent() -> None:
    assert better(4.5, 4.1, 1, None).percent == pytest.approx(-9.756, abs=0.001)
