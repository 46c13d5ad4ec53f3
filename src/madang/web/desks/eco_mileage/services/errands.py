"""Work for a whole city, done by the site's queue: readings taken in, a round settled, a settlement posted.

What is quick is done at once, while the officer waits. Each kind may be begun again after a kill: an import is taken up
where it stopped, a settlement is made anew, a posting is one transaction.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from pathlib import Path
from typing import Any

from django.utils.timezone import localdate, now
from django_tasks import task

from madang.core.errors import MadangError
from madang.core.operations import Answer
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.web.bench import queueing
from madang.web.bench.jobs import said
from madang.web.bench.queueing import FAILURE, QUEUE, note, take
from madang.web.desks.eco_mileage.models import Errand, Member, Settlement, Trail
from madang.web.desks.eco_mileage.services import people, settling, what_if

#: A city of so many members, or a file of so many bytes, keeps nobody waiting.
QUICK_MEMBERS, QUICK_BYTES = 20_000, 20_000_000
_SAY_SECONDS, _NAME_MAX = 0.5, 60
_log = logging.getLogger(__name__)
State = Errand.State


def send(kind: str, asked: dict[str, Any], *, by: str, quick: bool) -> Errand:
    """Do an errand at once where it is quick, else leave it to the queue; the same errand on its way is not doubled."""
    errand = Errand.objects.filter(kind=kind, asked=asked, state__in=(State.WAITING, State.RUNNING)).first()
    if errand is None:
        errand = Errand.objects.create(kind=kind, asked=asked, by=by)
        if quick:
            work(errand)
        else:
            run_errand.enqueue(errand.pk)
    return errand


def is_quick() -> bool:
    """Tell whether the city is so small that settling it keeps nobody waiting."""
    return Member.objects.count() <= QUICK_MEMBERS


@task(queue_name=QUEUE, backend=QUEUE)
def run_errand(number: int) -> None:
    """Do a waiting errand."""
    errand = Errand.objects.filter(pk=number, state=State.WAITING).first()
    if errand is not None:
        work(errand)


def work(errand: Errand) -> None:
    """Do an errand and note how it ended; only one process does it."""
    if not take(errand):
        return
    try:
        errand.outcome = _MAKERS[errand.kind](errand, _Report(errand))
    except MadangError as error:
        _end(errand, State.FAILED, said(error))
    except Exception:
        _log.exception("errand %s failed", errand.pk)
        _end(errand, State.FAILED, FAILURE)
    else:
        _end(errand, State.DONE)


def put_back(*, own: bool = False) -> int:
    """Queue anew the errands whose worker is gone; return how many."""
    return queueing.put_back(Errand, _end, run_errand.enqueue, own=own)


def incoming(name: str) -> Path:
    """Return where a file that was sent waits to be taken in."""
    folder = people.desk_folder() / "incoming" / f"{time.time_ns():x}"
    folder.mkdir(parents=True)
    plain = Path(name)
    # A name may be longer than file systems take; its ending says which importer reads the file.
    ending = plain.suffix if len(plain.suffix) <= _NAME_MAX else ""
    return folder / f"{plain.name.removesuffix(ending)[: _NAME_MAX - len(ending)]}{ending}"


class _Report:
    """Progress that is written to the errand now and then."""

    def __init__(self, errand: Errand) -> None:
        """Start the clock."""
        self.errand, self.last = errand, 0.0

    def __call__(self, share: float, what: str) -> None:
        """Note how far it is."""
        clock = time.monotonic()
        if clock - self.last >= _SAY_SECONDS:
            self.last = clock
            note(self.errand, share, what)


def _import(errand: Errand, report: _Report) -> dict[str, Any]:
    """Take a file in; the copy that was sent is deleted either way."""
    path = Path(errand.asked["path"])
    try:
        day = dt.date.fromisoformat(errand.asked["today"])
        answer = import_readings(ImportReadings(folder=people.desk_folder(), files=(path,), today=day), report)
    except Exception:
        # Readings are personal; only a kill leaves them, for the import that takes them up.
        _forget(path)
        raise
    Trail.objects.create(actor=errand.by, act="imported", about=path.name)
    _forget(path)
    return _told(answer)


def _forget(path: Path) -> None:
    """Delete a file that was sent, with the folder it waited in."""
    path.unlink(missing_ok=True)
    path.parent.rmdir()


def _told(answer: Answer) -> dict[str, Any]:
    """Return an answer's title and lines as JSON keeps them."""
    lines = [{"what": {"ko": one.what.ko, "en": one.what.en}, "value": one.value} for one in answer.lines]
    return {"title": {"ko": answer.title.ko, "en": answer.title.en}, "lines": lines}


def _settle(errand: Errand, report: _Report) -> dict[str, Any]:
    """Settle a round and prepare it for approval."""
    asked = errand.asked
    made = settling.settle_here(asked["kind"], asked["first_month"], asked["windows"], by=errand.by, progress=report)
    return {"run": made.run}


def _post(errand: Errand, report: _Report) -> dict[str, Any]:
    """Post an approved settlement."""
    report(0.0, "posting")
    made, done = settling.post(errand.asked["run"], by=errand.by, today=localdate(errand.asked_at))
    return {"run": made.run, "added": done.added, "points": done.points}


def _what_if(errand: Errand, report: _Report) -> dict[str, Any]:
    """Settle a round by other rules beside its own; nothing is prepared."""
    return what_if.ask(errand.asked, report)


_MAKERS = {
    Errand.Kind.IMPORT: _import, Errand.Kind.SETTLE: _settle, Errand.Kind.POST: _post,
    Errand.Kind.WHAT_IF: _what_if,
}  # fmt: skip


def run_of(errand: Errand) -> str | None:
    """Return the settlement an errand is about, once there is one."""
    run = (errand.outcome or errand.asked).get("run")
    return run if run and Settlement.objects.filter(run=run).exists() else None


def _end(errand: Errand, state: str, error: dict[str, str | None] | None = None) -> None:
    """Note how an errand ended."""
    errand.state, errand.error, errand.seen_at = state, error, now()
    if state == State.DONE:
        errand.share = 1.0
    errand.save(update_fields=["state", "error", "seen_at", "share", "outcome"])
