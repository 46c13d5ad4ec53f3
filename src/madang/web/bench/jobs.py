"""The queue: what is quick is done at once, the rest waits in the site's database and outlives a restart.

django-tasks-db keeps the queue: the reference backend of Django's own tasks, on the same database, no server beside it.
"""

from __future__ import annotations

import logging
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db.models import Avg
from django.utils.timezone import localdate, now
from django_tasks import task

from madang.core.contract import Run as Performed
from madang.core.errors import Both, Cancelled, MadangError
from madang.core.language import text
from madang.core.progress import Progress, part_of
from madang.plan.bundle import write_bundle
from madang.web import refusals
from madang.web.bench import queueing
from madang.web.bench.asking import Ask, ask_of, read_defaults
from madang.web.bench.keeping import keep
from madang.web.bench.models import Job, Run
from madang.web.bench.queueing import FAILURE, QUEUE, note, take
from madang.web.bench.sensitivity import sensitivity
from madang.web.bench.visitors import check_allowance

#: A run expected to take less is done while its asker waits.
QUICK_SECONDS = 2.0
#: A run that was expected to be quick is handed to the queue after this long.
PATIENCE_SECONDS = 4.0
_SAY_SECONDS = 0.5
_log = logging.getLogger(__name__)
WORDS = {
    "reading": text("읽는 중", "reading"),
    "drawing figures": text("그림을 그리는 중", "drawing figures"),
    "waiting": text("차례를 기다리는 중", "waiting its turn"),
    "done": text("마치는 중", "finishing"),
    # The methods' own words; a solution's stand on its card.
    "drawing fleets": text("차량 구성을 뽑는 중", "drawing fleets"),
    "drawing": text("가정을 바꾸어 뽑는 중", "drawing"),
    "asking which assumption matters": text("어느 가정이 중요한지 알아보는 중", "asking which assumption matters"),
    "finding the nearest facility": text("가장 가까운 시설을 찾는 중", "finding the nearest facility"),
    "nearest facilities found": text("가장 가까운 시설을 찾음", "nearest facilities found"),
    "searching the streets": text("길을 훑는 중", "searching the streets"),
    "preparing the compiled kernels (an installation's first run compiles them)": text(
        "계산기를 준비하는 중(설치한 뒤 처음 한 번)", "preparing the compiled kernels (once after installing)"
    ),
    "compiling kernels (once, about ten seconds)": text(
        "계산기를 준비하는 중(한 번, 10초쯤)", "compiling kernels (once, about ten seconds)"
    ),
}


class _TakesLonger(Exception):
    """A run that was expected to be quick is not."""


def submit(ask: Ask, visitor: str, kind: str = "result") -> tuple[Run, Job | None]:
    """Return the run asked for and the job that makes it; no job where it is there already.

    Raises:
        TooMuch: the visitor has asked for more than one may.
    """
    run = ask.record()
    if kind == "result" and run.done_at is not None:
        return run, None
    job = Job.objects.filter(run=run, kind=kind).first()
    if job is not None and (job.active or (job.state == Job.State.DONE and _is_there(run, kind))):
        return run, job
    check_allowance(visitor)
    if job is not None:
        job.delete()
    job = Job.objects.create(run=run, kind=kind, visitor=visitor)
    if kind == "result" and _is_quick(run):
        work(job, patience=PATIENCE_SECONDS)
    if job.state == Job.State.WAITING:
        work_on.enqueue(job.pk)
    run.refresh_from_db()
    return run, job


def cancel(job: Job) -> None:
    """Ask a job to stop: one that waits is cancelled at once, one that runs at its next word of progress."""
    changed = Job.objects.filter(pk=job.pk, state=Job.State.WAITING).update(state=Job.State.CANCELLED)
    if not changed:
        Job.objects.filter(pk=job.pk, state=Job.State.RUNNING).update(cancel_asked=True)


@task(queue_name=QUEUE, backend=QUEUE)
def work_on(number: int) -> None:
    """Do a waiting job."""
    job = Job.objects.filter(pk=number, state=Job.State.WAITING).first()
    if job is not None:
        work(job)


def work(job: Job, patience: float | None = None) -> None:
    """Do a job and note how it ended; with ``patience`` it goes back to waiting after so many seconds."""
    if not take(job):
        return
    try:
        _MAKERS[job.kind](job, _Report(job, patience))
    except _TakesLonger:
        _end(job, Job.State.WAITING)
    except Cancelled:
        _end(job, Job.State.CANCELLED)
    except MadangError as error:
        _end(job, Job.State.FAILED, said(error, job.run))
    except Exception:
        _log.exception("job %s of run %s failed", job.kind, job.run_id)
        _end(job, Job.State.FAILED, FAILURE)
    else:
        _end(job, Job.State.DONE)


def said(error: MadangError, run: Run | None = None) -> dict[str, Any]:
    """Return an error in its three parts, Korean ones under "ko" where it has them; no folder of the server is told."""
    folders = [Path(settings.MADANG_HOME) / "uploads" / (run.upload_id or "-") if run else None]
    folders += [Path(__file__).parents[2] / "cities", Path(settings.MADANG_HOME)]

    def clean(words: str | None) -> str | None:
        for folder in folders:
            words = words.replace(f"{folder}/", "").replace(str(folder), "") if words and folder else words
        return words

    def cleaned(parts: dict[str, Any]) -> dict[str, Any]:
        return {part: cleaned(words) if part == "ko" else clean(words) for part, words in parts.items()}

    return cleaned(refusals.kept(error))


class _Report:
    """Progress that is written to the job now and then, and that stops it when asked."""

    def __init__(self, job: Job, patience: float | None) -> None:
        """Start the clocks."""
        self.job, self.patience = job, patience
        self.start = self.last = time.monotonic()

    def __call__(self, share: float, what: str) -> None:
        """Note how far it is; raise where it shall stop or shall go on elsewhere."""
        clock = time.monotonic()
        if self.patience is not None and clock - self.start > self.patience and share < 0.9:
            raise _TakesLonger
        if clock - self.last < _SAY_SECONDS:
            return
        self.last = clock
        if not note(self.job, share, what):
            return
        if Job.objects.filter(pk=self.job.pk, cancel_asked=True).exists():
            raise Cancelled(Both("그만두었습니다", "the run was cancelled"))


def _make_result(job: Job, report: _Report) -> None:
    """Run, and keep the result."""
    _perform(job.run, part_of(report, 0.0, 0.95))


def _perform(run: Run, progress: Progress) -> Performed:
    """Run what was asked, and keep the result where nobody has yet."""
    ask, clock = ask_of(run), time.monotonic()
    performed = ask.perform(progress)
    if run.result is None:
        defaults = read_defaults(ask.solution, ask.city, ask.day).inputs
        keep(run, performed, defaults, time.monotonic() - clock)
    return performed


def _make_sensitivity(job: Job, report: _Report) -> None:
    """Move each input of a run, and keep what came of it."""
    performed = _perform(job.run, part_of(report, 0.0, 0.1))
    found = sensitivity(performed, part_of(report, 0.1, 1.0))
    Run.objects.filter(pk=job.run_id).update(sensitivity=found)


def _make_bundle(job: Job, report: _Report) -> None:
    """Run again, which gives the same numbers, and write the bundle."""
    performed = _perform(job.run, part_of(report, 0.0, 0.5))
    write_bundle(performed, bundle_path(job.run), made_on=localdate(), progress=part_of(report, 0.5, 1.0))


_MAKERS = {"result": _make_result, "sensitivity": _make_sensitivity, "bundle": _make_bundle}


def bundle_path(run: Run) -> Path:
    """Return where a run's bundle lies once it is made."""
    return Path(settings.MADANG_HOME) / "bundles" / f"{run.key}.zip"


def _is_there(run: Run, kind: str) -> bool:
    """Tell whether what a job made is still there."""
    return {"result": run.done_at is not None, "sensitivity": run.sensitivity is not None}.get(
        kind, bundle_path(run).exists()
    )


def _is_quick(run: Run) -> bool:
    """Tell whether runs of the same solution and city took little time so far; a city somebody brought may be large."""
    if run.upload_id is not None:
        return False
    before = Run.objects.filter(solution=run.solution, city=run.city, seconds__isnull=False).order_by("-done_at")[:5]
    mean = before.aggregate(mean=Avg("seconds"))["mean"]
    return mean is not None and mean < QUICK_SECONDS


def _end(job: Job, state: str, error: dict[str, str | None] | None = None) -> None:
    """Note how a job ended."""
    job.state, job.error = state, error
    Job.objects.filter(pk=job.pk).update(
        state=state, error=error, seen_at=now(), **({"share": 1.0} if state == Job.State.DONE else {})
    )


def put_back(*, own: bool = False) -> int:
    """Queue anew the jobs whose worker is gone; return how many."""
    return queueing.put_back(Job, _end, work_on.enqueue, own=own)
