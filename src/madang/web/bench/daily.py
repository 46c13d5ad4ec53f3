"""What is done once a day: figures and verdicts of the new day, uploads whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import get_current_timezone, localdate, now
from django_tasks import task
from django_tasks_db.models import DBTaskResult

from madang.web.bench.uploads import sweep
from madang.web.live.computing import refresh
from madang.web.scoreboard.judging import judge

QUEUE = "bench"
#: Below every visitor's run.
_PRIORITY = -50
#: How long the queue remembers what it has done.
_KEPT = timedelta(days=7)


@task(queue_name=QUEUE, backend=QUEUE, priority=_PRIORITY)
def daily_round() -> str:
    """Make the round of the day, and come back tomorrow, whatever fails today."""
    try:
        return keep_current()
    finally:
        start_days()


def keep_current() -> str:
    """Delete old uploads, compute the day's figures and verdicts where they are not there; say what was done."""
    swept = sweep()
    DBTaskResult.objects.finished().filter(finished_at__lt=now() - _KEPT).delete()
    computed = refresh(localdate())
    figures = ", ".join(f"{name} {said}" for name, said in computed.items())
    return f"{swept} uploads and results with a file deleted; {figures}; {judge(localdate())}"


def start_days() -> None:
    """Queue tomorrow's round, shortly after midnight; one that waits from an earlier start is not doubled."""
    DBTaskResult.objects.filter(task_path=daily_round.module_path, status="READY").delete()
    day = localdate() + timedelta(days=1)
    at = datetime(day.year, day.month, day.day, 0, 10, tzinfo=get_current_timezone())
    daily_round.using(run_after=at).enqueue()
