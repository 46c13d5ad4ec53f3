"""What all work on the queue shares: who does it, how far it is, and what becomes of it when it is broken off.

An app whose work waits in the queue names in its ``AppConfig`` what puts that back: ``puts_back = "module.function"``.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, Protocol

from django.apps import apps
from django.db import OperationalError
from django.utils.module_loading import import_string
from django.utils.timezone import now

from madang.core.errors import Both, MadangError
from madang.web import refusals

QUEUE = "bench"
TRIES_MAX = 3
#: What is said of work that failed for no reason its asker could mend.
FAILURE = refusals.kept(
    MadangError(
        Both(
            "사이트가 이 일을 하다가 실패했습니다. 까닭은 사이트의 기록에 있습니다",
            "the site failed while it worked on this; the failure is in its log",
        ),
        todo=Both("사이트를 운영하는 이에게 알려 주십시오", "tell those who run the site"),
    )
)
_SILENT = timedelta(minutes=3)
#: Notes how some work ended: the row, its state, its error.
End = Callable[[Any, str, dict[str, Any] | None], None]


class Working(Protocol):
    """Work that some process does, or did until it was stopped: a row of the database."""

    pk: Any
    state: str
    worker: str
    tries: int
    seen_at: datetime | None


def take(work: Working) -> bool:
    """Take waiting work on; False where another process was quicker."""
    taken = _rows(work).filter(state="waiting").update(
        state="running", worker=worker_mark(), seen_at=now(), tries=work.tries + 1
    )  # fmt: skip
    return bool(taken)


def note(work: Working, share: float, what: str) -> bool:
    """Write down how far work is; False where somebody else writes just now: a word of progress is not worth a run."""
    try:
        _rows(work).update(share=min(max(share, 0.0), 1.0), doing=what[:200], seen_at=now())
    except OperationalError:
        return False
    return True


def put_back_all(*, own: bool = False) -> int:
    """Queue anew whatever any app's stopped worker left; return how many. ``own`` is as in ``put_back``."""
    named = [found for config in apps.get_app_configs() if (found := getattr(config, "puts_back", None))]
    return sum(import_string(name)(own=own) for name in named)


def _broken_off(tries: int) -> dict[str, Any]:
    """Return what is kept of work that never came to its end, in both languages."""
    what = Both(
        f"{tries}번 시작했으나 그때마다 끊겼습니다", f"the work was begun {tries} times and broken off each time"
    )
    return refusals.kept(MadangError(what, todo=Both("한 번에 더 적게 청하십시오", "ask for less at once")))


def put_back(
    kind: Any,
    end: Callable[[Any, str, dict[str, Any] | None], None],
    enqueue: Callable[[int], Any],
    *,
    own: bool,
) -> int:
    """Queue anew the work of a kind whose worker is gone; one begun too often fails. Return how many were queued.

    ``own`` also puts back what this very process left lying when its work was broken off.
    """
    queued = 0
    for work in kind.objects.filter(state="running"):
        if is_alive(work) and not (own and work.worker == worker_mark()):
            continue
        if work.tries >= TRIES_MAX:
            end(work, "failed", _broken_off(work.tries))
            continue
        end(work, "waiting", None)
        enqueue(work.pk)
        queued += 1
    return queued


def worker_mark() -> str:
    """Return which process works: host and number."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_alive(work: Working) -> bool:
    """Tell whether the process that works on something is still there."""
    host, _, number = work.worker.rpartition(":")
    if host == socket.gethostname() and number.isdigit():
        try:
            os.kill(int(number), 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True
    return work.seen_at is not None and now() - work.seen_at < _SILENT


def _rows(work: Working) -> Any:
    """Return the row of some work as it stands in the database."""
    return type(work).objects.filter(pk=work.pk)  # type: ignore[attr-defined]
