"""Each step with a permit moves all its loads or none, once, and only from where it may."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.core.errors import LedgerError, MadangError, Overdrawn, UsageError
from madang.web.desks.pollution_cap.allotting import allot, take_back
from madang.web.desks.pollution_cap.cells import Cell, kg_of, parts_of, standings
from madang.web.desks.pollution_cap.models import Permit, Step
from madang.web.desks.pollution_cap.statement import statement, trail
from madang.web.desks.pollution_cap.tests.desk_cases import DAY, a_city, a_permit, left, whole
from madang.web.desks.pollution_cap.working import cancel, complete, consult, lapse, spend
from madang.web.ledger.checking import verify_book
from madang.web.ledger.holding import time_out_one
from madang.web.ledger.models import Book, Hold

pytestmark = pytest.mark.django_db
BOD = Cell("강서구", "한강I", "bod", 2027)


def test_a_permit_goes_from_consultation_to_completion_and_gives_back_what_it_did_not_need() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = consult(a_permit(city), "kim")
    assert left(city) == {"bod": 80_000, "tp": 4_000}
    spend(permit, "lee")
    complete(permit, {"bod": "1.5", "tp": "0.1"}, "park", "as built")
    assert left(city) == {"bod": 85_000, "tp": 4_000}
    one = next(one for one in standings(city) if one.cell == BOD)
    assert (one.allotted, one.consulted, one.spent) == (100_000, 0, 15_000)
    assert [(step["step"], step["by"]) for step in trail(permit)] == [
        ("consulted", "kim"),
        ("spent", "lee"),
        ("completed", "park"),
    ]
    whole(city)


def test_an_answer_alone_holds_nothing() -> None:
    city = a_city(bod="10", tp="0.5")
    a_permit(city)
    assert left(city) == {"bod": 100_000, "tp": 5_000}


def test_one_substance_too_few_holds_none_of_the_others() -> None:
    city = a_city(bod="10", tp="0.0999")
    permit = a_permit(city)
    with pytest.raises(Overdrawn) as error:
        consult(permit, "kim")
    assert str(error.value) == (
        "한강I has 0.0999 kg/d of T-P left for 강서구 in 2027, the project needs 0.1000\n"
        "  where: value '강서구|한강I|tp|2027'\n  to do: ask for a smaller project, or wait until load is given back"
    )
    permit.refresh_from_db()
    assert (permit.state, left(city)) == ("answered", {"bod": 100_000, "tp": 999})
    assert not permit.steps.exists()
    whole(city)


def test_what_was_never_allotted_cannot_be_held() -> None:
    with pytest.raises(Overdrawn, match=r"한강I has 0\.0000 kg/d of T-P left"):
        consult(a_permit(a_city(bod="10")), "kim")


def test_cancelling_gives_back_what_is_held_and_what_is_spent() -> None:
    city = a_city(bod="10", tp="0.5")
    held, used = consult(a_permit(city, 1), "kim"), spend(consult(a_permit(city, 2), "kim"), "kim")
    cancel(held, "kim")
    cancel(used, "kim")
    assert left(city) == {"bod": 100_000, "tp": 5_000}
    whole(city)


@pytest.mark.parametrize("again", [consult, spend, cancel])
def test_a_step_out_of_turn_is_refused_and_moves_nothing(again) -> None:
    city = a_city(bod="10", tp="0.5")
    permit = cancel(consult(a_permit(city), "kim"), "kim")
    with pytest.raises(UsageError, match="a permit that is cancelled cannot become"):
        again(permit, "lee")
    assert left(city) == {"bod": 100_000, "tp": 5_000}


def test_a_completed_permit_is_not_cancelled() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = complete(spend(consult(a_permit(city), "kim"), "kim"), {"bod": "2", "tp": "0.1"}, "kim")
    with pytest.raises(UsageError) as error:
        cancel(permit, "kim")
    assert str(error.value).splitlines()[0] == "a permit that is completed cannot become cancelled"
    whole(city)


def test_more_than_was_permitted_is_not_built() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = spend(consult(a_permit(city), "kim"), "kim")
    with pytest.raises(UsageError, match=r"more was built than was permitted: 2.0001 of 2.0000 kg/d of BOD"):
        complete(permit, {"bod": "2.0001", "tp": "0.1"}, "kim")
    with pytest.raises(UsageError, match="completion needs the load as built of every substance"):
        complete(permit, {"bod": "2"}, "kim")
    whole(city)


def test_a_refused_project_holds_nothing() -> None:
    with pytest.raises(UsageError, match="a refused project holds no load"):
        consult(a_permit(a_city(bod="10", tp="1"), verdict="refused"), "kim")


def test_a_project_that_adds_no_load_goes_all_the_way_without_an_account() -> None:
    permit = a_permit(a_city(), loads={"bod": 0, "tp": 0})
    complete(spend(consult(permit, "kim"), "kim"), {"bod": "0", "tp": "0"}, "kim")
    assert permit.state == "completed"


def test_what_is_held_too_long_lapses_and_cannot_be_spent() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = consult(a_permit(city), "kim", held_days=30)
    soon, late = timezone.now() + dt.timedelta(days=29), timezone.now() + dt.timedelta(days=31)
    assert lapse(city, "clock", at=soon) == []
    assert [one.key for one in lapse(city, "clock", at=late)] == [permit.key]
    assert left(city) == {"bod": 100_000, "tp": 5_000}
    with pytest.raises(UsageError, match="a permit that is lapsed cannot become spent"):
        spend(permit, "kim")
    assert lapse(city, "clock", at=late) == []


def test_a_permit_whose_hold_the_ledger_timed_out_lapses_as_well() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = consult(a_permit(city), "kim", held_days=30)
    late = timezone.now() + dt.timedelta(days=31)
    for kept in Hold.objects.filter(book__code=f"pollution-cap-{city}"):
        assert time_out_one(kept, at=late)
    with pytest.raises(LedgerError):
        spend(permit, "kim")
    permit.refresh_from_db()
    assert permit.state == "consulted"
    assert [one.key for one in lapse(city, "clock", at=late)] == [permit.key]
    assert left(city) == {"bod": 100_000, "tp": 5_000}


def test_a_plan_gives_once_and_takes_back_no_more_than_is_left() -> None:
    city = a_city(bod="10", tp="0.5")
    assert not allot(city, BOD, "10", document="made up", day=DAY)
    with pytest.raises(LedgerError, match="this key has moved something else"):
        allot(city, BOD, "11", document="made up", day=DAY)
    consult(a_permit(city), "kim")
    with pytest.raises(Overdrawn):
        take_back(city, BOD, "8.0001", document="revision", day=DAY)
    assert take_back(city, BOD, "8", document="revision", day=DAY)
    assert next(one for one in standings(city) if one.cell == BOD).allotted == 20_000
    whole(city)


def test_the_statement_shows_every_movement_with_what_was_left() -> None:
    city = a_city(bod="10", tp="0.5")
    permit = consult(a_permit(city), "kim")
    cancel(permit, "kim")
    other = spend(consult(a_permit(city, 2), "kim"), "kim")
    complete(other, {"bod": "0.5", "tp": "0.1"}, "kim")
    lines = statement(city, BOD)
    assert [(line.kind, line.parts, line.left) for line in lines] == [
        ("allot", 100_000, 100_000),
        ("consult", -20_000, 80_000),
        ("hold_back", 20_000, 100_000),
        ("consult", -20_000, 80_000),
        ("complete", 15_000, 95_000),
    ]
    assert [line.about for line in lines] == ["made up", permit.key, permit.key, other.key, other.key]
    with pytest.raises(MadangError, match="there is no cell of the account called"):
        statement(city, Cell("강서구", "한강I", "bod", 2028))


def test_a_step_is_never_edited_not_even_by_the_database() -> None:
    permit = consult(a_permit(a_city(bod="10", tp="0.5")), "kim")
    step = permit.steps.get()
    step.by = "somebody else"
    with pytest.raises(LedgerError, match="a step that was taken stays as it is"):
        step.save()
    with pytest.raises(LedgerError):
        step.delete()
    for forced in (lambda: Step.objects.update(by="x"), lambda: Step.objects.all()._raw_delete("default")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            forced()


@pytest.mark.parametrize("wrong", ["-1", "0.00001", "nan", "many", "inf"])
def test_a_load_is_a_number_with_at_most_four_decimals(wrong: str) -> None:
    with pytest.raises(UsageError, match="a load is a number from 0 with at most four decimals"):
        parts_of(wrong)


@given(st.integers(0, 10**9))
def test_kilograms_come_back_as_they_went(parts: int) -> None:
    assert parts_of(kg_of(parts)) == parts
    assert kg_of(parts) * 10_000 == parts


ACTS = st.tuples(st.sampled_from(["consult", "spend", "cancel", "complete", "allot", "take_back", "lapse"]),
                 st.integers(1, 4), st.integers(0, 30_000))  # fmt: skip


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(ACTS, min_size=5, max_size=25))
def test_no_order_of_steps_overdraws_or_loses_a_gram(acts) -> None:
    """Whatever is tried, in any order: refused or done, the cells add up, and a plain sum agrees."""
    city = a_city(bod="5", tp="0.3")
    permits = {number: a_permit(city, number) for number in range(1, 5)}
    given_ = 50_000
    for turn, (act, number, amount) in enumerate(acts):
        permit = Permit.objects.get(pk=permits[number].pk)
        built = {"bod": str(kg_of(min(amount, 20_000))), "tp": "0.05"}
        try:
            if act == "allot":
                allot(city, BOD, kg_of(amount + 1), document=f"d{turn}", day=DAY)
                given_ += amount + 1
            elif act == "take_back":
                take_back(city, BOD, kg_of(amount + 1), document=f"d{turn}", day=DAY)
                given_ -= amount + 1
            elif act == "complete":
                complete(permit, built, "h")
            elif act == "lapse":
                lapse(city, "h", at=timezone.now() + dt.timedelta(days=400))
            else:
                {"consult": consult, "spend": spend, "cancel": cancel}[act](permit, "h")
        except (UsageError, LedgerError):
            pass
        if turn % 4 == 0:
            whole(city)
    whole(city)
    assert next(one for one in standings(city) if one.cell == BOD).allotted == given_
    assert verify_book(Book.objects.get(code=f"pollution-cap-{city}"))
