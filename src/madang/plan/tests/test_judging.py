"""What decides a verdict: senses, tolerances, bounds and days, beside the rules in plain words."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.city import City
from madang.core.errors import CityError
from madang.core.language import text
from madang.plan.promises import Claim, read_promises
from madang.plan.tests.conftest import PROMISE
from madang.plan.verdicts import _judge_statement, _judge_target

DUE, BEFORE, AFTER, SAID = date(2025, 12, 31), date(2023, 12, 31), date(2026, 4, 30), date(2021, 12, 31)
SENSES, MEASURED = ("at_least", "at_most", "equals"), ("exact", "upper_bound", "lower_bound")
AMOUNTS = st.integers(0, 12).map(float)


def _claim(**parts: Any) -> Claim:
    return Claim(says=text("수", "Count"), measure="lamps.lamps", **{"unit": "item", "stated": 100.0, **parts})


@pytest.mark.parametrize(
    ("sense", "computed", "verdict"),
    [
        ("equals", 90.0, "reproduced"), ("equals", 110.0, "reproduced"),
        ("equals", 89.9, "contradicted"), ("equals", 110.1, "contradicted"),
        ("at_least", 90.0, "reproduced"), ("at_least", 1000.0, "reproduced"), ("at_least", 89.9, "contradicted"),
        ("at_most", 110.0, "reproduced"), ("at_most", -5.0, "reproduced"), ("at_most", 110.1, "contradicted"),
    ],
)  # fmt: skip
def test_a_statement_holds_up_to_its_tolerance_and_no_further(sense: str, computed: float, verdict: str) -> None:
    assert _judge_statement(_claim(sense=sense, tolerance=10.0), 100.0, computed)[0] == verdict


def test_the_wider_of_two_tolerances_counts_and_a_relative_one_is_of_the_size_stated() -> None:
    claim = _claim(sense="equals", tolerance=1.0, relative=0.1, stated=-100.0)
    assert _judge_statement(claim, -100.0, -110.0)[0] == "reproduced"
    assert _judge_statement(claim, -100.0, -110.5)[0] == "contradicted"


@pytest.mark.parametrize(
    ("stated", "computed", "said"),
    [
        (100.0, 104.2, "stated 100 items, computed 104.2 items (+4.2 %)"),
        (100.0, 95.8, "stated 100 items, computed 95.8 items (-4.2 %)"),
        (-100.0, -104.2, "stated -100 items, computed -104.2 items (-4.2 %)"),
        (100.0, 1000.0, "stated 100 items, computed 1,000 items (+900.0 %)"),
        (0.0, 3.0, "stated 0 items, computed 3 items"),
    ],
)
def test_a_statement_says_how_far_off_it_is_in_per_cent_of_its_size(stated: float, computed: float, said: str) -> None:
    assert _judge_statement(_claim(stated=stated), stated, computed)[1].en == said


def test_a_pure_number_is_said_without_a_unit() -> None:
    said = _judge_statement(_claim(unit="1"), 100.0, 100.0)[1]
    assert (said.ko, said.en) == ("발표 100, 계산 100(+0.0%)", "stated 100, computed 100 (+0.0 %)")


@given(st.sampled_from(SENSES), st.sampled_from(MEASURED), AMOUNTS, AMOUNTS)
def test_a_bound_settles_a_statement_only_where_every_value_behind_it_would(
    sense: str, measured: str, stated: float, computed: float
) -> None:
    """Behind an upper bound lies any value below it: the verdict must be that of all of them, or none."""
    found = _judge_statement(_claim(sense=sense, measured=measured, stated=stated), stated, computed)[0]
    behind = {"exact": (0.0,), "upper_bound": (0.0, -0.5, -50.0), "lower_bound": (0.0, 0.5, 50.0)}[measured]
    exact = _claim(sense=sense, stated=stated)
    possible = {_judge_statement(exact, stated, computed + off)[0] for off in behind}
    if found != "cannot be checked":
        assert possible == {found}
    elif sense != "equals":
        assert len(possible) == 2


@given(st.sampled_from(SENSES[:2]), AMOUNTS, AMOUNTS, AMOUNTS, st.sampled_from((BEFORE, DUE, AFTER)))
def test_a_target_is_judged_as_the_rules_say_in_plain_words(
    sense: str, stated: float, computed: float, start: float, seen: date
) -> None:
    found, reason = _judge_target(_claim(sense=sense, stated=stated, due=DUE), stated, computed, seen, (SAID, start))
    sign = 1 if sense == "at_least" else -1
    if sign * computed >= sign * stated:
        expected = "cannot be checked" if seen > DUE else "kept"
    elif seen >= DUE:
        expected = "missed"
    else:  # two of the four years from the promise to its day have gone
        needed = start + (stated - start) * 2 / 4
        expected = "on track" if sign * computed >= sign * needed else "behind"
        assert f"까지 필요했던 값 {needed:,.0f} 건" in reason.ko
    assert found == expected


@pytest.mark.parametrize(("sense", "start"), [("at_least", 40.0), ("at_most", 160.0)])
def test_exactly_on_the_straight_way_is_on_track_and_a_little_off_it_behind(sense: str, start: float) -> None:
    claim = _claim(sense=sense, due=DUE)
    half, off = (start + 100.0) / 2, -0.1 if sense == "at_least" else 0.1
    assert _judge_target(claim, 100.0, half, BEFORE, (SAID, start))[0] == "on track"
    assert _judge_target(claim, 100.0, half + off, BEFORE, (SAID, start))[0] == "behind"


@pytest.mark.parametrize(("sense", "measured"), [("at_least", "upper_bound"), ("at_most", "lower_bound")])
def test_a_bound_on_the_far_side_of_a_target_decides_nothing(sense: str, measured: str) -> None:
    claim = _claim(sense=sense, measured=measured, due=DUE)
    verdict, said = _judge_target(claim, 100.0, 100.0, DUE, None)
    side = "an upper" if measured == "upper_bound" else "a lower"
    assert (verdict, said.en) == (
        "cannot be checked", f"public data give only {side} bound, and the bound does not settle it",
    )  # fmt: skip


@pytest.mark.parametrize("start", [None, (BEFORE, 10.0), (AFTER, 10.0)])
def test_without_a_register_older_than_the_one_seen_the_way_is_unknown(start: Any) -> None:
    verdict, said = _judge_target(_claim(sense="at_least", due=DUE), 100.0, 40.0, BEFORE, start)
    assert (verdict, said.en) == (
        "cannot be checked", "there is no register after 31 December 2023, so the way there is unknown",
    )  # fmt: skip


def test_a_target_of_nothing_has_no_share() -> None:
    _, said = _judge_target(_claim(sense="at_most", stated=0.0, due=DUE), 0.0, 3.0, DUE, None)
    assert said.en == "3 items on 31 December 2025, promised 0 by 31 December 2025"


@pytest.mark.parametrize("key", ["on", "due", "said_on"])
@pytest.mark.parametrize("written", ["0", "86400", "2025-12-31T00:00:00", '"31 December 2025"'])
def test_a_day_of_a_promise_is_written_as_a_day(city: City, key: str, written: str) -> None:
    """A bare number would be read as seconds since 1970: a day, and a wrong one."""
    body = PROMISE + 'measure = "lamps.lamps"\nstated = 3\nsense = "at_least"\n'
    body = body.replace("2022-01-15", written) if key == "said_on" else body + f"{key} = {written}\n"
    (city.folder / "promises.toml").write_text(body, "utf-8")
    with pytest.raises(CityError, match="this is not a day: write YYYY-MM-DD"):
        read_promises(city)
