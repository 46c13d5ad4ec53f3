"""Thirty-two writers at once on one cell: never overdrawn, nothing lost; without the guard the same writers overdraw.

Run on the database at hand: SQLite, or PostgreSQL where `tools/with_postgres.sh` has started one. What is written is
committed, for threads to see each other, so every test takes a city of its own.
"""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.db.models import Sum

from madang.core.errors import LedgerError, Overdrawn, UsageError
from madang.web.desks.pollution_cap.allotting import allot, take_back
from madang.web.desks.pollution_cap.cells import CONSULTED, PERMITTED, Cell, account_of, book_of, kg_of, standings
from madang.web.desks.pollution_cap.models import Permit
from madang.web.desks.pollution_cap.tests.desk_cases import DAY, a_city, a_permit, left, whole
from madang.web.desks.pollution_cap.working import cancel, complete, consult, spend
from madang.web.ledger.checking import verify_book
from madang.web.ledger.models import Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.opening import open_account

WRITERS = 32
BOD = Cell("강서구", "한강I", "bod", 2027)


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Let a test and its threads write for good in the tests' own database."""
    with django_db_blocker.unblock():
        yield


def all_at_once(work: Callable[[int], str]) -> list[str]:
    """Let every writer work at once, each on a connection of its own; return what each says."""
    start = threading.Barrier(WRITERS)

    def one(number: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WRITERS) as pool:
        return list(pool.map(one, range(WRITERS)))


def tried(act: Callable[[], object]) -> str:
    """Return "done", or why not."""
    try:
        act()
    except Overdrawn:
        return "too little"
    except (UsageError, LedgerError):
        return "refused"
    return "done"


@pytest.mark.usefixtures("committed")
def test_thirty_two_permits_on_one_cell_never_take_more_than_it_holds() -> None:
    city = a_city(bod="20.5", tp="100")
    permits = [a_permit(city, number) for number in range(WRITERS)]
    said = all_at_once(lambda number: tried(lambda: consult(permits[number], f"officer {number}")))
    assert (said.count("done"), said.count("too little")) == (10, 22)
    assert left(city) == {"bod": 5_000, "tp": 990_000}
    whole(city)


@pytest.mark.usefixtures("committed")
def test_one_permit_is_taken_on_by_one_of_thirty_two_officers() -> None:
    city = a_city(bod="100", tp="10")
    permit = a_permit(city)
    said = all_at_once(lambda number: tried(lambda: consult(Permit.objects.get(pk=permit.pk), f"officer {number}")))
    assert (said.count("done"), said.count("refused")) == (1, WRITERS - 1)
    assert left(city)["bod"] == 980_000
    assert permit.steps.count() == 1


@pytest.mark.usefixtures("committed")
@pytest.mark.parametrize("seed", [1, 2])
def test_any_mixture_of_steps_at_once_adds_up(seed: int) -> None:
    """Writers consult, spend, cancel and complete the same few permits while plans give and take back."""
    city = a_city(bod="9", tp="1")
    permits = [a_permit(city, number) for number in range(8)]

    def work(number: int) -> str:
        dice = random.Random(seed * 100 + number)
        for turn in range(6):
            permit = Permit.objects.get(pk=dice.choice(permits).pk)
            acts: list[Callable[[], object]] = [
                lambda permit=permit: consult(permit, "w"),
                lambda permit=permit: spend(permit, "w"),
                lambda permit=permit: cancel(permit, "w"),
                lambda permit=permit: complete(permit, {"bod": "1.2345", "tp": "0.1"}, "w"),
                lambda turn=turn: allot(city, BOD, "0.7", document=f"{number}-{turn}", day=DAY),
                lambda turn=turn: take_back(city, BOD, "0.9", document=f"{number}-{turn}", day=DAY),
            ]
            tried(dice.choice(acts))
        return "through"

    assert set(all_at_once(work)) == {"through"}
    whole(city)
    assert verify_book(book_of(city))


@pytest.mark.usefixtures("committed")
def test_without_the_guard_the_same_writers_overdraw_the_cell() -> None:
    """The negative control: look first, then write, on an account that the database does not guard."""
    city = a_city()
    book = book_of(city)
    issuer, unguarded = (open_account(book, kind, guarded=False) for kind in ("control-issuer", "control-cell"))
    taker = account_of(book, PERMITTED, "control")
    move(issuer, unguarded, 205_000, key=f"control/{city}", kind="allot", event_day=DAY)
    everybody_has_looked = threading.Barrier(WRITERS)

    def look_then_write(number: int) -> str:
        came = Transfer.objects.filter(taker=unguarded).aggregate(Sum("amount"))["amount__sum"] or 0
        went = Transfer.objects.filter(giver=unguarded).aggregate(Sum("amount"))["amount__sum"] or 0
        everybody_has_looked.wait(timeout=60)
        if came - went < 20_000:
            return "too little"
        move(unguarded, taker, 20_000, key=f"control/{city}/{number}", kind="consult", event_day=DAY)
        return "done"

    said = all_at_once(look_then_write)
    spent = Transfer.objects.filter(giver=unguarded).aggregate(Sum("amount"))["amount__sum"]
    assert said.count("done") > 10
    assert spent > 205_000, "the race that the guard prevents did not show"


@pytest.mark.usefixtures("committed")
def test_with_the_guard_looking_first_changes_nothing() -> None:
    """The same writers, the same barrier between look and write, on the guarded cell: no one gets what is not there."""
    city = a_city(bod="20.5", tp="100")
    permits = [a_permit(city, number) for number in range(WRITERS)]
    everybody_has_looked = threading.Barrier(WRITERS)

    def look_then_write(number: int) -> str:
        seen = left(city)["bod"]
        everybody_has_looked.wait(timeout=60)
        return tried(lambda: consult(permits[number], "w")) if seen >= 20_000 else "too little"

    said = all_at_once(look_then_write)
    assert said.count("done") == 10
    assert left(city)["bod"] == 5_000
    assert next(one for one in standings(city) if one.cell == BOD).consulted == 200_000
    assert kg_of(account_of(book_of(city), CONSULTED, BOD.owner).balance or 0) == 20
