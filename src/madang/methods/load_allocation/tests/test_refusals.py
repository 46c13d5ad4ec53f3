"""What cannot be met says which target, where and by how much; what cannot be asked says why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError, InfeasibleError, NetworkError, UnknownName, UsageError
from madang.methods.load_allocation import (
    EQUAL_PERCENT,
    Locked,
    Measure,
    UnmetTargets,
    cascade,
    compare,
    equal_effluent,
    equal_percent,
    least_cost,
)
from madang.methods.load_allocation.tests.allocation_cases import random_question, two_towns


def test_an_impossible_target_is_named_with_place_year_and_what_is_missing() -> None:
    with pytest.raises(UnmetTargets) as error:
        least_cost(two_towns(cap_kg_per_d=np.array([[[120.0, 20.0]]])))
    assert str(error.value) == (
        "no plan meets the targets\n"
        "  where: bod at gauge in 2022: at least 30 kg/d against a cap of 20, 10 kg/d too much\n"
        "  to do: raise a ceiling, bring a measure forward, release a locked plan, or relax the target"
    )
    assert error.value.exit_code == 6


def test_every_impossible_target_is_listed_the_worst_first() -> None:
    with pytest.raises(UnmetTargets, match=r"\(and 1 more target\)") as error:
        least_cost(two_towns(cap_kg_per_d=np.array([[[25.0, 10.0]]])))
    assert [(short.year, short.kg_per_d) for short in error.value.shortfalls] == [(2022, 20.0), (2021, 5.0)]


def test_a_locked_plan_can_make_a_target_impossible() -> None:
    locked = (Locked("dose", "lower", "bod", 2021, 0.0),)
    with pytest.raises(UnmetTargets, match="bod at gauge in 2021: at least 130 kg/d against a cap of 120, 10 kg/d"):
        least_cost(two_towns(locked=locked))


@settings(max_examples=40)
@given(st.integers(0, 2**32 - 1))
def test_what_is_missing_is_exactly_what_makes_the_plan_possible(seed: int) -> None:
    asked = random_question(seed)
    tight = replace(asked, cap_kg_per_d=asked.cap_kg_per_d * 0.5)
    try:
        least_cost(tight)
    except UnmetTargets as error:
        found = error.shortfalls
    else:
        return
    for slack, possible in ((1.0 + 1e-6, True), (1.0 - 1e-3, False)):
        caps = tight.cap_kg_per_d.copy()
        for short in found:
            at = (
                tight.paths.stations.index(short.station),
                tight.substances.index(short.substance),
                tight.years.index(short.year),
            )
            caps[at] = (short.cap_kg_per_d + short.kg_per_d * slack) / (1 - tight.margin)
        again = replace(tight, cap_kg_per_d=caps)
        if possible:
            least_cost(again)
        else:
            with pytest.raises(UnmetTargets):
                least_cost(again)


def test_equal_percent_says_which_unit_cannot_follow() -> None:
    weak = (Measure("dose", [10.0, 100.0], 0.0, 1.0, lasting=False),)
    with pytest.raises(InfeasibleError) as error:
        equal_percent(two_towns(measures=weak))
    assert str(error.value) == (
        "equal percent asks more than a unit can remove\n"
        "  where: unit upper, bod in 2021: 20 kg/d of at most 10, 10 kg/d too much\n"
        "  to do: raise its ceilings, or let the rule of least cost share the work"
    )


def test_comparing_goes_on_where_one_rule_has_no_plan() -> None:
    answers = compare(two_towns(measures=(Measure("dose", [10.0, 100.0], 0.0, 1.0, lasting=False),)))
    assert isinstance(answers[EQUAL_PERCENT], InfeasibleError)
    assert set(answers) == {"least cost", "equal percent"}


def test_equal_effluent_needs_volumes_and_reaches_only_who_has_some() -> None:
    with pytest.raises(UsageError, match="volume of each unit's effluent"):
        equal_effluent(two_towns())
    unreached = two_towns(
        effluent_m3_per_d=np.array([[1000.0] * 2, [0.0] * 2]),
        cap_kg_per_d=np.full((1, 1, 2), 90.0),
        measures=(Measure("dose", 100.0, 0.0, 1.0, lasting=False),),
    )
    with pytest.raises(UnmetTargets, match="bod at gauge in 2021: at least 100 kg/d against a cap of 90"):
        equal_effluent(unreached)


def test_locks_name_what_exists() -> None:
    for wrong in (
        Locked("dos", "lower", "bod", 2021, 1.0),
        Locked("dose", "lowr", "bod", 2021, 1.0),
        Locked("dose", "lower", "bob", 2021, 1.0),
        Locked("dose", "lower", "bod", 2031, 1.0),
    ):
        with pytest.raises(UnknownName, match="a locked plan"):
            least_cost(two_towns(locked=(wrong,)))


def test_a_lock_above_the_ceiling_is_refused() -> None:
    with pytest.raises(BoundsError) as error:
        least_cost(two_towns(locked=(Locked("dose", "upper", "bod", 2021, 41.0),)))
    assert str(error.value) == (
        "a locked plan lies outside what its measure can do: 41 of at most 40 kg/d\n"
        "  where: measure dose, unit upper, bod, 2021\n  to do: lock no more than the ceiling, in a year of effect"
    )


def test_locks_of_a_lasting_measure_may_not_shrink() -> None:
    locked = (Locked("plant", "upper", "bod", 2021, 30.0), Locked("plant", "upper", "bod", 2022, 20.0))
    with pytest.raises(BoundsError, match="locked plans let a lasting measure shrink"):
        least_cost(two_towns(measures=(Measure("plant", 100.0, 5.0),), locked=locked))


def test_a_lock_of_a_lasting_measure_holds_earlier_years_down() -> None:
    locked = (Locked("plant", "lower", "bod", 2022, 5.0),)
    plan = least_cost(
        two_towns(
            measures=(Measure("plant", 100.0, 5.0), Measure("dose", 100.0, 0.0, 90.0, lasting=False)), locked=locked
        )
    )
    assert plan.effort_kg_per_d[0, 1, 0, 0] <= 5.0 + 1e-9


@pytest.mark.parametrize(
    ("change", "text"),
    [
        ({"load_kg_per_d": np.full((2, 1, 2), np.nan)}, "the load must be a number from 0\n  where: upper, bod, 2021"),
        ({"load_kg_per_d": np.ones((2, 2))}, r"the load has shape \(2, 2\), not \(2, 1, 2\)"),
        ({"cap_kg_per_d": np.full((1, 1, 2), -1.0)}, "the cap must be a number from 0\n  where: gauge, bod, 2021"),
        ({"removable_kg_per_d": -np.ones((2, 1, 2))}, "the removable load must be a number from 0"),
        ({"effluent_m3_per_d": -np.ones((2, 2))}, "the effluent must be a number from 0\n  where: upper, 2021"),
        ({"margin": 1.0}, "margin of safety must be a share from 0 and below 1, not 1"),
        ({"years": (2021, 2023)}, "the years must follow each other"),
        ({"measures": (Measure("x", np.nan),)}, "ceiling_kg_per_d of measure x must be a number from 0"),
        (
            {"measures": (Measure("x", [1.0, 2.0, 3.0]),)},
            r"ceiling_kg_per_d of measure x has shape \(3,\), not \(2, 1\)",
        ),
    ],
)
def test_a_question_that_does_not_fit_is_refused(change: dict[str, object], text: str) -> None:
    with pytest.raises(BoundsError, match=text):
        two_towns(**change)


def test_stations_in_a_circle_are_refused() -> None:
    with pytest.raises(NetworkError) as error:
        cascade(["a", "b"], ["b", "a"], [[1.0], [1.0]], ["a"], [[1.0]])
    assert str(error.value) == (
        "stations run in a circle\n  where: station a\n  to do: let each hand on to one further down"
    )
    with pytest.raises(UnknownName, match="there is no station called 'c'"):
        cascade(["a"], ["c"], [[1.0]], ["a"], [[1.0]])


def test_a_question_without_measures_is_met_only_by_caps_that_hold_anyway() -> None:
    assert least_cost(two_towns(measures=(), cap_kg_per_d=np.full((1, 1, 2), 150.0))).cost == 0.0
    with pytest.raises(UnmetTargets):
        least_cost(two_towns(measures=()))


def test_an_impossible_target_is_told_in_korean_as_in_english() -> None:
    with pytest.raises(UnmetTargets) as error:
        least_cost(two_towns(cap_kg_per_d=np.array([[[25.0, 10.0]]])))
    assert error.value.to("ko") == (
        "목표를 지키는 계획이 없습니다(그 밖에 목표 1개)\n"
        "  어디: 2022년 gauge의 bod: 허용 10 kg/d, 줄여도 30 kg/d, 20 kg/d 초과\n"
        "  할 일: 상한을 높이거나, 삭감 수단을 앞당기거나, 고정한 계획을 풀거나, 목표를 늦추십시오"
    )


@pytest.mark.parametrize(
    ("change", "ko", "en"),
    [
        ({"margin": 1.0}, "안전부하량은 0 이상 1 미만의 몫이어야 합니다: 1", "a share from 0 and below 1, not 1"),
        ({"margin": -0.1}, "안전부하량은 0 이상 1 미만의 몫이어야 합니다: -0.1", "from 0 and below 1, not -0.1"),
        ({"years": (2021, 2023)}, "해가 이어지지 않습니다", "the years must follow each other"),
        (
            {"load_kg_per_d": np.full((2, 1, 2), -1.0)},
            "0 이상의 수여야 합니다: 부하량",
            "the load must be a number from 0",
        ),
        (
            {"cap_kg_per_d": np.full((1, 1, 3), 9.0)},
            "모양이 (1, 1, 3)입니다. (1, 1, 2)여야 합니다: 허용 부하량",
            "the cap has shape (1, 1, 3), not (1, 1, 2)",
        ),
    ],
)
def test_a_question_that_cannot_be_asked_is_told_in_both_languages(change: dict, ko: str, en: str) -> None:
    with pytest.raises(BoundsError) as error:
        two_towns(**change)
    assert error.value.parts("ko").what == ko
    assert en in error.value.what


def test_a_lock_in_a_year_of_no_plan_is_told_with_the_years_there_are() -> None:
    with pytest.raises(UnknownName) as error:
        least_cost(two_towns(locked=(Locked("dose", "lower", "bod", 2030, 0.0),)))
    assert error.value.to("ko") == (
        "'2030'라는 이름은 없습니다(계획의 해)\n  어디: 고정한 계획\n  할 일: 아는 이름: 2021, 2022"
    )
    assert "there is no year of the plan called '2030'" in error.value.what


def test_a_rule_that_asks_too_much_names_itself_in_both_languages() -> None:
    with pytest.raises(InfeasibleError) as error:
        equal_percent(two_towns(cap_kg_per_d=np.array([[[60.0, 120.0]]])))
    ko, en = error.value.parts("ko"), error.value.parts("en")
    assert ko.what == "균등 삭감 규칙이 할당 단위가 줄일 수 있는 것보다 많이 요구합니다"
    assert en.what == "equal percent asks more than a unit can remove"
    assert ko.where == "할당 단위 upper, 2021년 bod: 최대 40 kg/d인데 60 kg/d, 20 kg/d 초과"
    assert en.where == "unit upper, bod in 2021: 60 kg/d of at most 40, 20 kg/d too much"
