"""Plans that cannot be: the constraint is named as the form names it, in both languages."""

from __future__ import annotations

import pytest

from madang.core.errors import InfeasibleError
from madang.core.language import text
from madang.solutions.ev_charging.refusing import COVER, ENERGY, named_here


def refused(names, *words):
    with pytest.raises(InfeasibleError) as caught, named_here(names):
        raise InfeasibleError(*words)
    return caught.value


def test_constraints_are_named_as_the_form_names_them():
    error = refused(
        COVER,
        text(
            "class_limits, share: 함께 지키는 계획이 없습니다(증명됨)",
            "no plan keeps class_limits and share together (proved)",
        ),
        "class_limits, share",
        text("class_limits, share 가운데 하나를 늦추십시오", "loosen one of class_limits, share"),
    )
    limit, share = "the most new rapid sites (fast_sites_max)", "the share to cover (share_wanted_percent)"
    assert str(error) == (
        f"no plan keeps {limit} and {share} together (proved)\n"
        f"  where: {limit}, {share}\n"
        f"  to do: loosen one of {limit}, {share}"
    )
    assert error.parts("ko")[2] == (
        "새 급속 자리의 한도(fast_sites_max), 채우려는 비율(share_wanted_percent) 가운데 하나를 늦추십시오"
    )


def test_numbers_in_a_refusal_stay_as_they_are():
    words = text("예산 3이 모자랍니다", "the forced sites cost 9, more than the budget of 3")
    error = refused(COVER, words, "budget, forced", text("늘리십시오", "raise the budget"))
    assert error.what == "the forced sites cost 9, more than the budget of 3"
    assert error.parts("ko")[:2] == ("예산 3이 모자랍니다", "예산(budget), 반드시 열 자리(status=forced)")


def test_a_refusal_over_something_else_passes_unchanged():
    error = refused(ENERGY, "no", "3 demand rows that no allowed site reaches", "add some")
    assert (error.what, error.where, error.todo) == ("no", "3 demand rows that no allowed site reaches", "add some")


def test_nothing_is_done_where_nothing_is_refused():
    with named_here(COVER):
        kept = 1
    assert kept == 1


def test_a_limit_of_rapid_sites_that_forbids_the_share_is_named_to_a_reader_of_the_form(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(fast_sites_max=0, share_wanted_percent=100.0, walk_minutes_max=0.5)
    assert "fast_sites_max" in str(caught.value)
    assert "class_limits" not in str(caught.value)
    assert "새 급속 자리의 한도" in caught.value.to("ko")


def test_a_floor_the_budget_cannot_pay_is_said_in_korean(answer):
    with pytest.raises(InfeasibleError) as caught:
        answer(budget=1.0, floor_percent=95.0)
    assert "구역마다 채울 최소 비율(floor_percent)" in caught.value.to("ko")
