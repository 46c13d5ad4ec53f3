"""Clients who ask at the same moment are served in one transaction, and each is answered after it is committed.

While one group's commit is on its way to the disk the next group gathers, so that many clients share one commit. The
groups of a process form among its threads; processes stay apart, and the database keeps them from each other's way.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

from django.db import DatabaseError, connection, transaction

from madang.web.ledger.writing_all import NotTogether

GROUP_MAX = 128
#: How long a group waits at most for as many as the last one had: a small part of what a commit takes.
GATHER_SECONDS = 0.002
#: How many groups are on their way at once: while one waits for the disk, the next is written.
LANES = 2
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


class _Asked(Generic[Ask, Answer]):
    """A client's question, its answer or error, and the gate the client waits at."""

    def __init__(self, ask: Ask) -> None:
        """Close the gate."""
        self.ask, self.gate, self.leads = ask, threading.Lock(), False
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.gate.acquire()

    def told(self) -> Answer:
        """Return the answer, or raise the error that is this client's own."""
        if self.error is not None:
            raise self.error
        return cast("Answer", self.answer)


class Together(Generic[Ask, Answer]):
    """Serves each client alone by ``one``, and those who wait at the same moment by ``many`` in one transaction.

    ``many`` answers in the order asked once all of it is committed, or undoes all and raises ``NotTogether``: then each
    is served by ``one``, in a transaction of its own.
    """

    def __init__(self, one: Callable[[Ask], Answer], many: Callable[[Sequence[Ask]], list[Answer]]) -> None:
        """Begin with nobody waiting."""
        self._one, self._many = one, many
        self._guard, self._leaders = threading.Lock(), 0
        self._waiting: list[_Asked[Ask, Answer]] = []
        self._expected, self._gathered = 1, threading.Event()

    def __call__(self, ask: Ask) -> Answer:
        """Return the answer once what it says is committed.

        Inside a transaction of the caller's the client is served alone: only the caller knows when that ends.
        """
        if connection.in_atomic_block:
            return self._one(ask)
        asked = _Asked[Ask, Answer](ask)
        with self._guard:
            self._waiting.append(asked)
            asked.leads = self._leaders < LANES
            self._leaders += asked.leads
            if len(self._waiting) >= self._expected:
                self._gathered.set()
        if not asked.leads:
            # Opened with an answer, or by the leader before, who then leaves the lead to this client.
            asked.gate.acquire()
        if asked.leads:
            self._lead(asked)
        return asked.told()

    def _lead(self, asked: _Asked[Ask, Answer]) -> None:
        """Serve everybody who waits, this client among them, then hand the lead to the first who came meanwhile."""
        # Those of the last group who ask again are on their way: without them groups of one would alternate with full
        # ones. Where one client is alone, nobody waits.
        self._gathered.wait(GATHER_SECONDS)
        with self._guard:
            # Whoever leads another group is served in that one.
            group = [asked, *[one for one in self._waiting if not one.leads][: GROUP_MAX - 1]]
            self._waiting = [one for one in self._waiting if one not in group]
            self._expected = len(group)
            self._gathered.clear()
        try:
            self._serve(group)
        finally:
            self._hand_over()
            for one in group:
                if one is not asked:
                    one.gate.release()

    def _hand_over(self) -> None:
        """Let the first who waits lead the next group; with nobody there, one leads less."""
        with self._guard:
            heir = next((one for one in self._waiting if not one.leads), None)
            if heir is None:
                self._leaders -= 1
            else:
                heir.leads = True
                heir.gate.release()

    def _serve(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Answer a group; whatever happens, everybody of it gets an answer or an error."""
        try:
            self._serve_together(group)
        except (NotTogether, DatabaseError):
            self._serve_in_turn(group)
        except BaseException as error:
            for one in group:
                one.error = error
            raise

    def _serve_together(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Answer all by one piece of work."""
        answers = self._many([one.ask for one in group])
        for one, answer in zip(group, answers, strict=True):
            one.answer = answer

    def _serve_in_turn(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Answer one after the other, each in a transaction of its own.

        In one transaction they would take members' accounts in the order of their coming, and two groups could wait for
        each other in a ring: the hundred kills on PostgreSQL have shown that.
        """
        for one in group:
            self._serve_alone(one)

    def _serve_alone(self, one: _Asked[Ask, Answer]) -> None:
        """Answer one client; what is refused undoes no more than itself."""
        try:
            with transaction.atomic():
                one.answer = self._one(one.ask)
        except Exception as error:
            one.error = error
