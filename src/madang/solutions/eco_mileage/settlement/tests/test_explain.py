"""Every member can be told why: the readings used, the sums, the rule; and the plain rules agree."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import CheckError, UsageError
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.settlement.explain import SAID, counts, explain
from madang.solutions.eco_mileage.settlement.kernel import Outcome
from madang.solutions.eco_mileage.settlement.tests.conftest import Town


def somebody(town: Town, code: str) -> int:
    """Return the number of a member who got a decision."""
    spot = int(np.flatnonzero(town.settlement.outcome.code == CODES.index(code))[0])
    return int(town.settlement.cast.member_id[spot])


def test_every_member_of_a_town_can_be_explained(town: Town) -> None:
    for member in town.settlement.cast.member_id.tolist():
        answer = explain(town.settlement, town.laid.reviewed.cube, member)
        assert answer.title.ko.startswith(f"회원 {member}: ")


def test_an_award_is_explained_by_its_readings_sums_and_rule(town: Town) -> None:
    member = somebody(town, "awarded")
    answer = explain(town.settlement, town.laid.reviewed.cube, member)
    said = {line.what.en: line.value for line in answer.lines}
    spot = town.settlement.place_of(member)
    assert said["points"] == town.settlement.outcome.points[spot]
    assert said["saving"] == pytest.approx(100 * said["CO2 saved"] / said["baseline"])
    assert len(answer.sheets[0].rows) == 6
    assert "Rule R7" in answer.notes[0].en
    assert "규정 R7" in answer.notes[0].ko


def test_the_readings_shown_are_those_that_were_added_up(town: Town) -> None:
    member = somebody(town, "awarded")
    answer = explain(town.settlement, town.laid.reviewed.cube, member)
    spot = town.settlement.place_of(member)
    factors = [next(v for v in row if v) for row in town.settlement.cohorts[0].terms.factors.tolist() if any(row)]
    registered = [u for u in range(3) if (int(town.settlement.cast.registered[spot]) >> u) & 1]
    base = sum(
        factors[u] * (row[1 + 3 * place] + row[2 + 3 * place])
        for row in answer.sheets[0].rows
        for place, u in enumerate(registered)
    )
    assert base == town.settlement.outcome.baseline[spot]


@pytest.mark.parametrize("code", ["month_missing", "under_review", "not_representative", "address_taken"])
def test_who_is_not_evaluated_has_no_figures_and_a_reason(town: Town, code: str) -> None:
    answer = explain(town.settlement, town.laid.reviewed.cube, somebody(town, code))
    assert {line.what.en: line.value for line in answer.lines}["points"] is None
    assert SAID[code].en in answer.title.en


def test_a_member_who_takes_no_part_is_not_known(town: Town) -> None:
    with pytest.raises(UsageError, match="member 999999 takes no part in this settlement"):
        explain(town.settlement, town.laid.reviewed.cube, 999_999)


def test_a_settlement_that_the_plain_rules_contradict_is_told(town: Town) -> None:
    outcome = Outcome(*(values.copy() for values in vars(town.settlement.outcome).values()))
    member = somebody(town, "awarded")
    outcome.points[town.settlement.place_of(member)] += 10_000
    with pytest.raises(CheckError, match=r"the settlement decided .* the plain rules"):
        explain(replace(town.settlement, outcome=outcome), town.laid.reviewed.cube, member)


def test_decisions_are_counted(town: Town) -> None:
    rows = counts(town.settlement).rows
    assert sum(row[1] for row in rows) == 600
    assert sum(row[2] for row in rows) == town.settlement.outcome.points.sum()


def test_every_code_has_words() -> None:
    assert set(SAID) == set(CODES)
