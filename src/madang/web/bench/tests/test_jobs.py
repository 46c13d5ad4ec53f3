"""The queue: what is quick at once, what is long later; cancelled, limited, and put back after a restart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.core.management import call_command
from django.db import OperationalError
from django.test import Client
from django.utils.timezone import now
from django_tasks_db.models import DBTaskResult

from madang.core.errors import UsageError
from madang.core.language import text
from madang.web.bench import jobs
from madang.web.bench.asking import Ask, check
from madang.web.bench.daily import daily_round, start_days
from madang.web.bench.management.commands import work_jobs
from madang.web.bench.models import Job, Run
from madang.web.bench.queueing import worker_mark
from madang.web.bench.visitors import TooMuch

pytestmark = pytest.mark.django_db
QUICK, DAY = "eco_mileage", date(2026, 11, 22)


def asked(**changes: float) -> Ask:
    return check(Ask(QUICK, "seoul", DAY, "", changes))


def test_the_same_question_has_the_same_address_however_it_is_written() -> None:
    assert (
        asked(kg_per_pine=7).key
        == asked(kg_per_pine=7.0).key
        == check(Ask(QUICK, "seoul", DAY, "", {"kg_per_pine": "7"})).key
    )
    assert asked(kg_per_pine=7).key != asked(kg_per_pine=8).key


def test_a_run_nobody_knows_the_length_of_waits_in_the_database(work_off: Callable[[], None]) -> None:
    run, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    assert job.state == "waiting"
    assert DBTaskResult.objects.filter(queue_name="bench").count() == 1
    work_off()
    run.refresh_from_db()
    assert run.result is not None
    assert run.result["numbers"]["pines"]["value"] > 0


def test_a_run_known_to_be_quick_is_done_at_once(made: Callable[..., Run]) -> None:
    Run.objects.filter(key=made().key).update(seconds=0.1)
    run, _ = jobs.submit(asked(kg_per_pine=9), "a")
    assert run.done_at is not None
    assert not DBTaskResult.objects.filter(status="READY", task_path__contains="nothing").exists()


def test_a_quick_run_that_takes_longer_goes_to_the_queue(
    made: Callable[..., Run], monkeypatch: pytest.MonkeyPatch
) -> None:
    Run.objects.filter(key=made().key).update(seconds=0.1)
    monkeypatch.setattr(jobs, "PATIENCE_SECONDS", -1.0)
    _, job = jobs.submit(asked(kg_per_pine=9), "a")
    assert job is not None
    assert job.state == "waiting"


def test_a_run_that_is_there_is_not_made_again(made: Callable[..., Run]) -> None:
    made(kg_per_pine=7)
    assert jobs.submit(asked(kg_per_pine=7), "b")[1] is None


def test_a_job_that_waits_is_cancelled_at_once_and_nothing_is_run(work_off: Callable[[], None]) -> None:
    run, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    jobs.cancel(job)
    work_off()
    job.refresh_from_db()
    run.refresh_from_db()
    assert job.state == "cancelled"
    assert run.result is None


def test_a_job_that_runs_stops_at_its_next_word(monkeypatch: pytest.MonkeyPatch) -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    monkeypatch.setattr(jobs, "_SAY_SECONDS", 0.0)
    Job.objects.filter(pk=job.pk).update(cancel_asked=True)
    jobs.work(job)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_a_cancelled_job_can_be_asked_for_again(work_off: Callable[[], None]) -> None:
    run, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    jobs.cancel(job)
    jobs.submit(asked(kg_per_pine=7), "a")
    work_off()
    run.refresh_from_db()
    assert run.result is not None


def test_a_job_whose_worker_is_gone_is_put_back_and_done(work_off: Callable[[], None]) -> None:
    run, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    DBTaskResult.objects.all().delete()
    Job.objects.filter(pk=job.pk).update(state="running", worker=worker_mark().split(":")[0] + ":999999999")
    assert jobs.put_back() == 1
    work_off()
    run.refresh_from_db()
    assert run.result is not None


def test_a_job_whose_worker_lives_is_left_alone() -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="running", worker=worker_mark(), seen_at=now())
    assert jobs.put_back() == 0


def test_what_this_very_worker_left_lying_is_put_back_when_it_begins_again() -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="running", worker=worker_mark(), seen_at=now())
    assert jobs.put_back(own=True) == 1


def test_a_database_that_is_locked_for_a_while_stops_no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """The work is begun again, with what it left lying put back; the negative control is an error of another kind."""
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="running", worker=worker_mark(), seen_at=now())
    began = []

    def worker(*given: str, **options: object) -> None:
        began.append(given)
        if len(began) == 1:
            raise OperationalError("database is locked")

    monkeypatch.setattr(work_jobs, "call_command", worker)
    monkeypatch.setattr(work_jobs, "close_old_connections", lambda: None)
    monkeypatch.setattr(work_jobs, "_PAUSE_SECONDS", 0)
    call_command("work_jobs", "--batch")
    assert len(began) == 2
    job.refresh_from_db()
    assert job.state == "waiting"

    def broken(*given: str, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(work_jobs, "call_command", broken)
    with pytest.raises(ZeroDivisionError):
        call_command("work_jobs", "--batch")


def test_a_word_of_progress_that_cannot_be_written_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    report = jobs._Report(job, None)
    report.last -= 60

    def locked(**given: object) -> None:
        raise OperationalError("database is locked")

    monkeypatch.setattr(jobs.Job.objects, "filter", lambda **given: SimpleNamespace(update=locked))
    report(0.5, "counting")


def test_a_job_of_another_host_is_put_back_once_it_falls_silent() -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="running", worker="elsewhere:1", seen_at=now())
    assert jobs.put_back() == 0
    Job.objects.filter(pk=job.pk).update(seen_at=now() - timedelta(minutes=10))
    assert jobs.put_back() == 1


def test_a_job_that_breaks_its_worker_thrice_is_given_up() -> None:
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    Job.objects.filter(pk=job.pk).update(state="running", worker="elsewhere:1", tries=3)
    assert jobs.put_back() == 0
    job.refresh_from_db()
    assert job.state == "failed"


def test_one_visitor_may_have_only_so_many_runs_waiting() -> None:
    for pines in range(4):
        jobs.submit(asked(kg_per_pine=5 + pines), "greedy")
    with pytest.raises(TooMuch) as error:
        jobs.submit(asked(kg_per_pine=20), "greedy")
    assert error.value.what == "4 of your runs are waiting or running"
    assert jobs.submit(asked(kg_per_pine=20), "another")[1] is not None


def test_a_run_that_fails_says_what_where_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], None]
) -> None:
    def fail(*args: object) -> None:
        raise UsageError("no such thing", "here", "do that")

    monkeypatch.setitem(jobs._MAKERS, "result", fail)
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    work_off()
    job.refresh_from_db()
    assert (job.state, job.error) == ("failed", {"what": "no such thing", "where": "here", "todo": "do that"})


def test_a_run_that_fails_says_so_in_the_language_of_the_page(
    monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], None], client: Client
) -> None:
    def fail(*args: object) -> None:
        raise UsageError(text("그런 것은 없습니다", "no such thing"), None, text("저렇게 하십시오", "do that"))

    monkeypatch.setitem(jobs._MAKERS, "result", fail)
    run, _ = jobs.submit(asked(kg_per_pine=7), "a")
    work_off()
    korean = client.get(f"/ko/bench/runs/{run.key}/").content.decode()
    english = client.get(f"/en/bench/runs/{run.key}/").content.decode()
    assert "그런 것은 없습니다" in korean
    assert "no such thing" not in korean
    assert "no such thing" in english


def test_a_fault_of_ours_is_logged_and_shows_nothing_of_itself(
    monkeypatch: pytest.MonkeyPatch, work_off: Callable[[], None]
) -> None:
    monkeypatch.setitem(jobs._MAKERS, "result", lambda *args: 1 / 0)
    _, job = jobs.submit(asked(kg_per_pine=7), "a")
    assert job is not None
    work_off()
    job.refresh_from_db()
    assert job.state == "failed"
    assert job.error is not None
    assert "division" not in str(job.error)


@pytest.mark.parametrize(
    "value", [float("inf"), 10**400, "a\x00b", "x" * 3000, [[[[[1]]]]], {"k": {"k": {"k": {"k": {}}}}}]
)
def test_what_no_input_is_is_refused_before_any_model_sees_it(value: object) -> None:
    with pytest.raises(UsageError):
        check(Ask(QUICK, "seoul", DAY, "", {"kg_per_pine": value}))


def test_the_round_of_the_day_waits_for_tomorrow_and_is_not_doubled() -> None:
    start_days()
    start_days()
    waiting = DBTaskResult.objects.get(task_path=daily_round.module_path)
    assert waiting.run_after > now()
    assert waiting.priority < 0
