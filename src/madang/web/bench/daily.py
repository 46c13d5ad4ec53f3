"""What is done once a day: figures and verdicts of the new day, uploads whose time is over."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.timezone import get_current_timezone, localdate
from django_tasks import task

from madang.web.bench.uploads import sweep
from madang.web.live.computing import refresh
from madang.web.scoreboard.judging import judge

QUEUE = "bench"
#: Below every visitor's run.
_PRIORITY = -50


@task(queue_name=QUEUE, backend=QUEUE, priority=_PRIORITY)
def keep_current() -> str:
    """Delete old uploads, compute the day's figures and verdicts, and come back tomorrow."""
    swept = sweep()
    computed = refresh(localdate())
    said = judge(localdate())
    _enqueue(days=1)
    return f"{swept} uploads deleted; {len(computed)} solutions looked at; {said}"


def start_days() -> None:
    """Queue today's round; one that still waits from an earlier start is not doubled."""
    from django_tasks_db.models import DBTaskResult  # noqa: PLC0415 - its models are ready only now

    DBTaskResult.objects.filter(task_path=keep_current.module_path, status="READY").delete()
    keep_current.enqueue()


def _enqueue(days: int) -> None:
    """Queue the round of a later day, shortly after midnight."""
    day = localdate() + timedelta(days=days)
    at = datetime(day.year, day.month, day.day, 0, 10, tzinfo=get_current_timezone())
    keep_current.using(run_after=at).enqueue()
