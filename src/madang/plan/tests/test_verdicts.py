from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest

from madang.core.city import City
from madang.plan.verdicts import VERDICTS, Judge, JudgedClaim, judge_all

Judging = Callable[..., JudgedClaim]
TARGET = 'measure = "lamps.lamps"\nsense = "at_least"\ndue = 2025-12-31\n'


def test_a_target_reached_on_its_day_is_kept(judge: Judging) -> None:
    found = judge(TARGET + "stated = 180")
    assert found.verdict == "kept"
    assert found.computed == 180
    assert found.reason.en == "180 items (100 %) on 31 December 2025, promised 180 by 31 December 2025"


def test_a_target_not_reached_on_its_day_is_missed(judge: Judging) -> None:
    found = judge(TARGET + "stated = 200")
    assert found.verdict == "missed"
    assert found.reason.ko == "2025년 12월 31일 180 건(90%), 약속 2025년 12월 31일까지 200 건"


def test_before_its_day_a_target_ahead_of_the_straight_way_is_on_track(judge: Judging) -> None:
    # 100 at the end of 2021 and 190 wanted at the end of 2025: 145 are needed half way, and 150 are there.
    found = judge(TARGET + "stated = 190", today=date(2024, 6, 1))
    assert found.verdict == "on track"
    assert "; 145 were needed by then" in found.reason.en


def test_before_its_day_a_target_below_the_straight_way_is_behind(judge: Judging) -> None:
    found = judge(TARGET + "stated = 220", today=date(2024, 6, 1))
    assert found.verdict == "behind"
    assert "; 160 were needed by then" in found.reason.en


def test_without_a_register_since_the_promise_the_way_is_unknown(judge: Judging) -> None:
    found = judge(TARGET + "stated = 190", today=date(2022, 6, 1))
    assert found.verdict == "cannot be checked"
    assert found.reason.en == "there is no register after 31 December 2021, so the way there is unknown"


def test_a_target_reached_only_on_a_later_day_is_not_called_kept(judge: Judging) -> None:
    found = judge(TARGET.replace("2025-12-31", "2024-12-31") + "stated = 170")
    assert found.verdict == "cannot be checked"
    assert found.reason.en == "reached by 31 December 2025, but there is no register of 31 December 2024 itself"


def test_an_upper_bound_below_the_target_refutes_it(judge: Judging) -> None:
    found = judge(TARGET + 'stated = 200\nmeasured = "upper_bound"')
    assert found.verdict == "missed"
    assert found.reason.en.endswith("(the computed value is an upper bound)")


def test_an_upper_bound_above_the_target_decides_nothing(judge: Judging) -> None:
    found = judge(TARGET + 'stated = 170\nmeasured = "upper_bound"')
    assert found.verdict == "cannot be checked"
    assert found.reason.en == "public data give only an upper bound, and the bound does not settle it"


def test_a_lower_bound_above_the_target_proves_it(judge: Judging) -> None:
    assert judge(TARGET + 'stated = 170\nmeasured = "lower_bound"').verdict == "kept"


@pytest.mark.parametrize(
    ("stated", "verdict"), [(100, "reproduced"), (102, "reproduced"), (103, "contradicted"), (97, "contradicted")]
)
def test_a_statement_is_reproduced_within_its_tolerance(judge: Judging, stated: int, verdict: str) -> None:
    found = judge(f'measure = "lamps.lamps"\nstated = {stated}\nrelative = 0.02')
    assert found.verdict == verdict
    assert f"stated {stated} items, computed 100 items" in found.reason.en


def test_a_statement_is_asked_on_the_day_it_was_made(judge: Judging) -> None:
    found = judge('measure = "lamps.lamps"\nstated = 100')
    assert found.number is not None
    assert found.number.day == date(2021, 12, 31)


def test_an_unknown_number_cannot_be_checked_and_says_why(judge: Judging) -> None:
    found = judge('measure = "lamps.dark"\nstated = 3')
    assert found.verdict == "cannot be checked"
    assert found.computed is None
    assert found.reason.en == "nobody has counted them"


def test_a_claim_without_a_measure_gives_its_own_reason(judge: Judging) -> None:
    found = judge('stated = 3\ncannot = { ko = "모른다", en = "nobody knows" }')
    assert (found.verdict, found.reason.en) == ("cannot be checked", "nobody knows")


def test_a_row_whose_solution_is_not_built_says_just_that(judge: Judging) -> None:
    found = judge('measure = "trams.stops"\nstated = 3')
    assert found.verdict == "cannot be checked"
    assert found.reason.en == "the solution that decides this (trams) is not built yet"


def test_a_promise_as_json_names_its_sources(judge: Judging, city: City) -> None:
    judge('measure = "lamps.lamps"\nstated = 100')
    (row,) = [judged.as_json() for judged in judge_all(city, date(2026, 6, 1))]
    assert (row["id"], row["stated"], row["computed"], row["unit"]) == ("lamps", 100, 100, "item")
    assert [source["who"] for source in row["sources"]] == ["Mayor", "Roads office"]


def test_judging_runs_a_solution_once_for_a_day(judge: Judging, city: City) -> None:
    judge('measure = "lamps.lamps"\nstated = 100')
    one = Judge(city, date(2026, 6, 1))
    assert one.run("lamps", date(2022, 1, 1), None) is one.run("lamps", date(2022, 1, 1), None)


def test_every_verdict_has_a_word_in_both_languages() -> None:
    assert all(words.ko and words.en for words in VERDICTS.values())


def test_the_json_of_a_promise_keeps_its_days_and_its_reason(judge: Judging, city: City) -> None:
    judge(TARGET + "stated = 200")
    (row,) = [judged.as_json() for judged in judge_all(city, date(2026, 6, 1))]
    assert (row["said_on"], row["due"], row["day"]) == ("2022-01-15", "2025-12-31", "2025-12-31")
    assert row["reason"]["en"] == "180 items (90 %) on 31 December 2025, promised 200 by 31 December 2025"
    judge('stated = 3\ncannot = { ko = "모른다", en = "nobody knows" }')
    (row,) = [judged.as_json() for judged in judge_all(city, date(2026, 6, 1))]
    assert (row["due"], row["day"], row["computed"], row["caveats"], len(row["sources"])) == (None, None, None, [], 1)


def test_judging_tells_how_far_it_is_and_ends_at_the_end(judge: Judging, city: City) -> None:
    judge('measure = "lamps.lamps"\nstated = 100')
    body = (city.folder / "promises.toml").read_text("utf-8")
    second = body[body.index("[[promise]]") :].replace('id = "lamps"', 'id = "more-lamps"')
    (city.folder / "promises.toml").write_text(body + "\n" + second, "utf-8")
    seen: list[tuple[float, str]] = []
    judge_all(city, date(2026, 6, 1), lambda share, what: seen.append((share, what)))
    assert seen == [(0.0, "lamps"), (0.5, "more-lamps"), (1.0, "done")]
