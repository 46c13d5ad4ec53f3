"""A seeded simulator: calls crash between any two statements, are retried, doubled, reordered, and clocks jump.

Everything runs over the real SQL. The same seed makes the same story.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from django.db import connection

from madang.core.errors import LedgerError
from madang.web.ledger import expiring, holding, posting, sealing
from madang.web.ledger.models import Hold, Transfer
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.tests.books import Points

DAY0 = dt.date(2015, 1, 1)
NOON = dt.datetime(2015, 1, 1, 12, tzinfo=dt.UTC)


class Crash(Exception):
    """The process is gone between two statements."""


@contextlib.contextmanager
def crashing_before(statement: int) -> Iterator[None]:
    """Crash before the n-th statement that is sent."""
    sent = 0

    def wrapper(execute, sql, params, many, context):
        nonlocal sent
        # What undoes a dead process's work is the database's own doing: it does not crash with it.
        if sql.startswith(("ROLLBACK", "RELEASE")):
            return execute(sql, params, many, context)
        sent += 1
        if sent >= statement:
            raise Crash
        return execute(sql, params, many, context)

    with connection.execute_wrapper(wrapper):
        yield


@dataclass
class Simulator:
    """Delivers calls at least once each, in any order, with crashes; keeps what each was told."""

    points: Points
    seed: int
    told: dict[str, str] = field(default_factory=dict)
    crashes: int = 0
    retries: int = 0

    def run(self, calls: int = 60) -> None:
        self.dice = random.Random(self.seed)
        waiting = [self._call(number) for number in range(calls)]
        while waiting:
            key, call = waiting.pop(0)
            outcome = self._deliver(call)
            if outcome == "crashed":
                self.retries += 1
                waiting.insert(self.dice.randrange(len(waiting) + 1), (key, call))
            else:
                self.told[key] = outcome
                if self.dice.random() < 0.3:
                    # A duplicate, perhaps much later.
                    waiting.insert(self.dice.randrange(len(waiting) + 1), (f"{key} again", call))

    def _deliver(self, call: Callable[[], object]) -> str:
        dies = self.dice.random()
        try:
            if dies < 0.4:
                with crashing_before(self.dice.randrange(1, 25)):
                    call()
            else:
                call()
        except Crash:
            self.crashes += 1
            return "crashed"
        except LedgerError as error:
            return f"refused: {error.what}"
        if dies > 0.9:
            # It was done, but the answer never arrived.
            self.crashes += 1
            return "crashed"
        return "done"

    def _call(self, number: int) -> tuple[str, Callable[[], object]]:
        dice, points = self.dice, self.points
        key = f"{points.book.code}/{number}"
        who = dice.choice((points.ann, points.ben))
        amount, day = dice.randrange(1, 20_000), DAY0 + dt.timedelta(days=dice.randrange(3_000))
        # Clocks jump: what is posted later may say that it is earlier.
        at = NOON + dt.timedelta(seconds=dice.randrange(-(10**8), 10**8))
        run = [("ann", amount), ("ben", amount + 1)]
        calls: dict[str, Callable[[], object]] = {
            "award": lambda: move(points.issuer, who, amount, key=key, kind="award", event_day=day, at=at),
            "spend": lambda: move(who, points.shop, amount // 2 + 1, key=key, kind="redeem", event_day=day, at=at),
            "give": lambda: move(points.ann, points.ben, 10, key=key, kind="gift", event_day=day, at=at),
            "run": lambda: posting.post_batch(points.book, key, points.issuer, run, kind="award", event_day=day, at=at),
            "hold": lambda: self._two_phases(key, who, amount // 3 + 1, day, at, number),
            "expire": lambda: expiring.expire(
                points.book, points.expired, earned_to=DAY0 + dt.timedelta(days=number * 10), event_day=day, at=at
            ),
            "seal": lambda: sealing.seal_journal(points.book, at=at),
            "correct": lambda: self._correct(key, who, day, at),
        }
        weights = {"award": 5, "spend": 5, "give": 1, "run": 2, "hold": 3, "expire": 1, "seal": 1, "correct": 2}
        kind = dice.choices(list(weights), list(weights.values()))[0]
        return f"{kind} {key}", calls[kind]

    def _two_phases(self, key: str, who, amount: int, day: dt.date, at: dt.datetime, number: int) -> None:
        kept = holding.hold(
            who, self.points.held, self.points.shop, amount, key=key, kind="redeem", event_day=day,
            until=at + dt.timedelta(hours=1), at=at,
        )  # fmt: skip
        if number % 3 == 0:
            holding.post(kept, event_day=day, at=at)
        elif number % 3 == 1:
            holding.void(kept, event_day=day, at=at)
        else:
            # Holds that a kill left pending go back with it.
            over = at + dt.timedelta(hours=2)
            for late in Hold.objects.filter(book=self.points.book, state=Hold.State.PENDING, until__lte=over):
                holding.time_out_one(late, at=over)

    def _correct(self, key: str, who, day: dt.date, at: dt.datetime) -> None:
        old = move(self.points.issuer, who, 500, key=f"{key}/old", kind="award", event_day=day, at=at)
        move(self.points.issuer, who, 700, key=f"{key}/new", kind="award", event_day=day, at=at)
        reverse(old.transfer_id, key=f"{key}/back", event_day=day, at=at)

    def done_keys(self) -> set[str]:
        """Return the keys of plain movements that were told to be done."""
        plain = ("award ", "spend ", "give ")
        return {name.split(" ")[1] for name, told in self.told.items() if told == "done" and name.startswith(plain)}

    def written_keys(self) -> list[str]:
        """Return every key in the book, as often as it was written."""
        return list(Transfer.objects.filter(book=self.points.book).values_list("key", flat=True))

    def pending(self) -> int:
        """Return how many holds are still pending."""
        return Hold.objects.filter(book=self.points.book, state="pending").count()
