"""Clients who ask at the same moment are served in one transaction, and each is answered after it is committed.

While one group's commit is on its way to the disk the next group gathers, so that many clients share one commit. The
groups of a process form among its threads; processes stay apart, and the database keeps them from each other's way.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Generic, TypeVar, cast

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, connections, transaction

from madang.web.ledger.writing_all import NotTogether

GROUP_MAX = 128
#: How long a group waits at most for its share of those around: half of what the last one took to write and commit,
#: but no less and no more than this. On a slow machine those answered last are as slow to come back.
GATHER_SECONDS = (0.001, 0.005)
#: How many groups are on their way at once: while one waits for the disk, the next is written.
LANES = 2
#: Up to how many one group serves alone: two of half as many would cost the server more than they take time off it.
WHOLE = 8
#: How long a lane without clients keeps its thread, its connection and the plans made there.
IDLE_SECONDS = 1.0
Ask = TypeVar("Ask")
Answer = TypeVar("Answer")


def patience(took: float) -> float:
    """Return how long a group waits at most for its share, in seconds, where the last one took so many."""
    at_least, at_most = GATHER_SECONDS
    return min(max(at_least, took / 2), at_most)


class _Asked(Generic[Ask, Answer]):
    """A client's question, its answer or error, the gate the client waits at, and who is let in after."""

    def __init__(self, ask: Ask) -> None:
        """Close the gate."""
        self.ask, self.gate, self.opened = ask, threading.Lock(), False
        self.behind: _Asked[Ask, Answer] | None = None
        self.answer: Answer | None = None
        self.error: BaseException | None = None
        self.gate.acquire()

    def open(self) -> None:
        """Let the client go with what it is told."""
        self.opened = True
        self.gate.release()

    def told(self) -> Answer:
        """Wait for the answer, let the one behind go, and return it, or raise the error that is this client's own."""
        try:
            self.gate.acquire()
        finally:
            if self.opened:
                self._open_behind()
            else:
                # Interrupted while it waited: somebody stays in its place, for those behind.
                threading.Thread(target=self._stay, name="together", daemon=True).start()
        if self.error is not None:
            raise self.error
        return cast("Answer", self.answer)

    def _stay(self) -> None:
        """Wait for nothing but to let the one behind go."""
        self.gate.acquire()
        self._open_behind()

    def _open_behind(self) -> None:
        """Let the one behind go, if there is one."""
        if self.behind is not None:
            self.behind.open()


class Together(Generic[Ask, Answer]):
    """Serves each client alone by ``one``, and those who wait at the same moment by ``many`` in one transaction.

    ``many`` answers in the order asked once all of it is committed, or undoes all and raises ``NotTogether``: then each
    is served by ``one``, in a transaction of its own. Both run in a lane: a thread that keeps its connection, because a
    new connection makes all plans anew, which costs as much as serving sixty clients.
    """

    def __init__(self, one: Callable[[Ask], Answer], many: Callable[[Sequence[Ask]], list[Answer]]) -> None:
        """Begin with nobody waiting and no lane open."""
        self._one, self._many = one, many
        self._begin()
        os.register_at_fork(after_in_child=self._begin)

    def _begin(self) -> None:
        """Stand as at first: the parent's lanes are not in a child, and what they held would stay locked there."""
        self._waiting: list[_Asked[Ask, Answer]] = []
        #: How many have asked and were not answered yet, and how many those lately were at most.
        self._inside, self._around = 0, 1
        self._expected, self._lanes = 1, list[threading.Thread]()
        #: How long the last group took, in seconds.
        self._took = 0.0
        #: Guards all of the above; told of whoever comes.
        self._came = threading.Condition()
        #: Held by the lane whose group gathers.
        self._turn = threading.Lock()

    def __call__(self, ask: Ask) -> Answer:
        """Return the answer once what it says is committed.

        Inside a transaction of the caller's the client is served alone: only the caller knows when that ends.
        """
        if connection.in_atomic_block:
            return self._one(ask)
        asked = _Asked[Ask, Answer](ask)
        with self._came:
            self._waiting.append(asked)
            self._inside += 1
            self._around = max(self._around, self._inside)
            if len(self._lanes) < LANES:
                self._open_lane()
            if len(self._waiting) in (1, self._expected):
                self._came.notify()
        return asked.told()

    def _open_lane(self) -> None:
        """Let one more thread serve; it closes by itself."""
        lane = threading.Thread(target=self._work, name="together", daemon=True)
        self._lanes.append(lane)
        lane.start()

    def _work(self) -> None:
        """Serve group after group, until nobody has come for a while."""
        try:
            while group := self._next_group():
                began = time.perf_counter()
                self._serve(group)
                self._took = time.perf_counter() - began
                self._let_go(group)
        finally:
            connections.close_all()

    def _let_go(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Open the first gate; each client opens the next, as soon as it runs.

        Opened all at once, every client would wake to wait a second time: for the interpreter, which one thread has.
        """
        with self._came:
            self._inside -= len(group)
        for one, behind in pairwise(group):
            one.behind = behind
        group[0].open()

    def _next_group(self) -> list[_Asked[Ask, Answer]]:
        """Return those who wait, once they are a lane's share of those around or the time for that is over.

        Those answered last ask again one after the other: without a wait for them groups of one would alternate with
        full ones, and with a wait for all of many one lane would stand idle. Where one client is alone, nobody waits.
        An empty group closes the lane.
        """
        with self._turn, self._came:
            if not self._came.wait_for(lambda: self._waiting, IDLE_SECONDS):
                self._lanes.remove(threading.current_thread())
                return []
            self._expected = max(min(self._around, WHOLE), -(-self._around // LANES))
            self._came.wait_for(lambda: len(self._waiting) >= self._expected, patience(self._took))
            self._around = max(self._inside, self._around - 1)
            group, self._waiting = self._waiting[:GROUP_MAX], self._waiting[GROUP_MAX:]
            return group

    def _serve(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Answer a group; whatever happens, everybody of it gets an answer or an error, and the lane goes on."""
        try:
            self._serve_together(group)
        except BaseException as error:
            for one in group:
                one.error = error

    def _serve_together(self, group: list[_Asked[Ask, Answer]]) -> None:
        """Answer all by one piece of work, or else one after the other."""
        try:
            answers = self._many([one.ask for one in group])
        except (NotTogether, DatabaseError, InterfaceError) as error:
            if not isinstance(error, NotTogether):
                # Where the server went away, a new connection may find it again.
                close_old_connections()
            self._serve_in_turn(group)
        else:
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
