"""On which day a claim is asked, where the way to a target starts, and what a judged promise carries along."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from madang.core.city import City
from madang.plan.promises import read_promises
from madang.plan.tests.conftest import PROMISE
from madang.plan.verdicts import Judge, Judged, JudgedClaim, judge_all

Judging = Callable[..., JudgedClaim]
STATED = 'measure = "lamps.lamps"\nstated = 100\n'
TARGET = 'measure = "lamps.lamps"\nsense = "at_least"\ndue = 2025-12-31\n'
UNDATED = PROMISE.replace("said_on = 2022-01-15\n", "")
#: The city's own count: nobody knows of which day a count is that stands in no register.
OWN = """
[sources.count]
who = "Scouts"
title = "A count at night"
read = 2026-01-02

[facts.lamps]
says = { ko = "가로등", en = "Lamps" }
unit = "item"
source = "count"
status = "assumption"
values = [{ from = 2021-12-31, value = 90 }, { from = 2023-12-31, value = 150 }]
"""


def judged(city: City, content: str, day: date = date(2026, 6, 1)) -> Judged:
    """Return the small city's one promise, judged as of a day."""
    (city.folder / "promises.toml").write_text(content, "utf-8")
    return Judge(city, day).judge(read_promises(city).get("lamps"), ())


def count_alone(city: City) -> None:
    """Let the city count its lamps itself."""
    (city.folder / "lamps.toml").write_text(OWN, "utf-8")


def test_a_claim_that_names_its_day_is_asked_on_that_day(judge: Judging) -> None:
    assert judge(STATED + "on = 2024-06-01").computed == 150
    assert judge(STATED).computed == 100


def test_a_statement_without_a_day_is_asked_on_the_day_of_judging(city: City) -> None:
    assert judged(city, UNDATED + STATED, date(2024, 6, 1)).main.computed == 150


def test_a_target_of_an_undated_promise_has_no_way_to_be_measured_along(city: City) -> None:
    found = judged(city, UNDATED + TARGET + "stated = 190", date(2024, 6, 1)).main
    assert found.verdict == "cannot be checked"
    assert found.reason.en == "there is no register after 31 December 2023, so the way there is unknown"


def test_the_way_cannot_start_at_a_count_of_no_known_day(city: City, judge: Judging) -> None:
    count_alone(city)
    found = judge(TARGET + "stated = 190", today=date(2024, 6, 1))
    assert found.reason.ko == "2023년 12월 31일 이후의 기록이 없어 추이를 알 수 없습니다."


def test_a_count_of_no_known_day_is_judged_as_of_the_day_asked(city: City, judge: Judging) -> None:
    count_alone(city)
    found = judge(TARGET.replace("2025", "2021") + "stated = 100\non = 2022-03-01")
    assert found.number is not None
    assert found.number.day is None
    assert found.reason.en == "90 items (90 %) on 1 March 2022, promised 100 by 31 December 2021"
    assert found.as_json()["day"] is None


def test_only_a_missed_target_on_an_upper_bound_says_that_it_is_one(judge: Judging) -> None:
    plain = "180 items (90 %) on 31 December 2025, promised 200 by 31 December 2025"
    at_most = TARGET.replace("at_least", "at_most")
    assert judge(TARGET + "stated = 200").reason.en == plain
    assert judge(at_most + 'stated = 200\nmeasured = "upper_bound"').reason.en == plain
    missed = judge(at_most + 'stated = 150\nmeasured = "lower_bound"')
    assert (missed.verdict, missed.reason.ko) == (
        "missed", "2025년 12월 31일 180 건(120%), 약속 2025년 12월 31일까지 150 건",
    )  # fmt: skip


def test_what_a_computed_value_rests_on_goes_with_the_claim(city: City, judge: Judging) -> None:
    count_alone(city)
    found = judge(STATED)
    assert [caveat.en for caveat in found.caveats()] == ["Assumption: Lamps"]
    assert [source.who for source in found.sources()] == ["Scouts"]
    assert found.as_json()["caveats"] == [{"ko": "가정: 가로등", "en": "Assumption: Lamps"}]


def test_a_claim_that_was_not_computed_rests_on_nothing(judge: Judging) -> None:
    found = judge('cannot = { ko = "모른다", en = "nobody knows" }')
    assert (found.sources(), found.caveats()) == ((), ())


def test_further_claims_are_judged_beside_the_one_that_decides(city: City) -> None:
    further = '\n[[promise.further]]\nsays = { ko = "또", en = "Also" }\nunit = "item"\n'
    found = judged(city, PROMISE + STATED + further + STATED.replace("100", "90"))
    assert [claim.verdict for claim in (found.main, *found.further)] == ["reproduced", "contradicted"]
    assert found.verdict == "reproduced"
    assert [check["computed"] for check in found.as_json()["checks"]] == [100]


def test_an_undated_promise_is_told_without_a_day(city: City) -> None:
    (city.folder / "promises.toml").write_text(UNDATED + STATED, "utf-8")
    (found,) = judge_all(city, date(2022, 6, 1))
    assert (found.as_json()["said_on"], found.as_json()["verdict"]) == (None, "reproduced")
