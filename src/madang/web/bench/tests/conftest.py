"""What the bench's tests share: a quick solution, the queue worked off on the spot, a city's folder as a zip."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from datetime import date

import pytest
from django_tasks_db.management.commands.db_worker import Worker
from django_tasks_db.models import DBTaskResult

from madang.web.bench.asking import Ask, check
from madang.web.bench.jobs import submit, work
from madang.web.bench.models import Run
from madang.web.bench.queueing import QUEUE

#: The quickest of the registered solutions, and inputs of its own that every test here changes.
QUICK = "eco_mileage"
DAY = date(2026, 11, 22)
CITY = b'id = "yard"\nname.ko = "\xeb\xa7\x88\xeb\x8b\xb9\xec\x8b\x9c"\nname.en = "Yard"\ninherits = "seoul"\n'
OWN_FACT = """
[sources.own]
who = "Yard"
title = "Register"
read = 2026-01-31

[facts.kg_per_pine]
says.ko = "소나무 한 그루의 흡수량"
says.en = "Uptake of a pine"
unit = "kg/tree"
source = "own"
values = [{ from = 2009-01-01, value = 8.0 }]
"""


@pytest.fixture
def work_off(db: None) -> Callable[[], None]:
    """Return a worker that does all that waits in the queue."""

    worker = Worker(
        queue_names=[QUEUE], interval=0, batch=True, backend_name=QUEUE, startup_delay=False, max_tasks=None,
        worker_id="of-the-tests", excluded_queue_names=[],
    )  # fmt: skip

    def work_all() -> None:
        # The worker's own loop opens its own transactions, which a test's would hide.
        while waiting := DBTaskResult.objects.ready().filter(queue_name=QUEUE).first():
            waiting.claim("of-the-tests")
            worker.run_task(waiting)

    return work_all


@pytest.fixture
def made(db: None) -> Callable[..., Run]:
    """Return a maker of finished runs."""

    def make(scenario: str = "", **changes: float) -> Run:
        run, job = submit(check(Ask(QUICK, "seoul", DAY, scenario, changes)), "tests")
        if job is not None and job.active:
            work(job)
        run.refresh_from_db()
        return run

    return make


@pytest.fixture
def zipped() -> Callable[..., io.BytesIO]:
    """Return a maker of zips from names and contents."""

    def make(files: Mapping[str, bytes | str] | None = None, **options: int) -> io.BytesIO:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in (files or {"city.toml": CITY, f"{QUICK}.toml": OWN_FACT}).items():
                archive.writestr(name, content)
        out.seek(0)
        out.name = "city.zip"
        return out

    return make
