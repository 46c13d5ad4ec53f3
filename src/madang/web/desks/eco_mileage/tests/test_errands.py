"""Work for a whole city: left to the queue with word of how far it is, done once, taken up after a kill."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from django.db import OperationalError
from django_tasks_db.models import DBTaskResult

from madang.core.errors import DataError
from madang.web.bench.queueing import TRIES_MAX, put_back_all, worker_mark
from madang.web.desks.eco_mileage.models import Errand, Settlement
from madang.web.desks.eco_mileage.services import errands, people, settling

HOME = "/en/desks/eco-mileage/office/"
ROUND = {"first_month": "2024-01", "kind": "half_year", "windows": "joined"}


@pytest.fixture
def large(monkeypatch):
    """Let every city and every file count as large."""
    monkeypatch.setattr(errands, "QUICK_MEMBERS", 0)
    monkeypatch.setattr(errands, "QUICK_BYTES", 0)


def waiting():
    """Return how many errands wait in the site's queue."""
    return DBTaskResult.objects.ready().filter(task_path=errands.run_errand.module_path).count()


def test_a_large_city_is_settled_and_posted_by_the_queue(registered, person, large):
    kim, lee = person("officer"), person("admin")
    answer = kim.post(f"{HOME}settle/", ROUND)
    errand = Errand.objects.get()
    assert answer["Location"].endswith(f"/office/errands/{errand.pk}/")
    assert "waiting its turn" in kim.get(answer["Location"]).content.decode()
    assert 'hx-trigger="every 1s"' in kim.get(answer["Location"]).content.decode()
    assert (waiting(), Settlement.objects.count()) == (1, 0)
    kim.post(f"{HOME}settle/", ROUND)
    assert (waiting(), Errand.objects.count()) == (1, 1)
    errands.run_errand.call(errand.pk)
    made = Settlement.objects.get()
    assert f"settlements/{made.run}/" in kim.get(answer["Location"]).content.decode()
    settling.approve(made.run, by="lee")
    answer = lee.post(f"{HOME}settlements/{made.run}/post/")
    errands.run_errand.call(Errand.objects.latest("pk").pk)
    made.refresh_from_db()
    assert made.state == "posted"
    assert "done" in lee.get(answer["Location"]).content.decode()


def test_a_large_file_is_taken_in_by_the_queue_and_its_copy_deleted(desk_home, person, large, tmp_path):
    path = tmp_path / "use.csv"
    path.write_text("utility,meter_id,month,quantity,unit,quality,corrects\nelectricity,5,2024-01,10,kWh,,\n")
    with path.open("rb") as file:
        answer = person("officer").post(f"{HOME}import/", {"readings": file})
    errands.run_errand.call(Errand.objects.get().pk)
    assert "Readings were taken in" in person("officer").get(answer["Location"]).content.decode()
    assert [part.name for part in people.work_folder().store.parts()] == ["use.csv"]
    assert list((people.desk_folder() / "incoming").iterdir()) == []


def test_how_far_it_is_stands_on_its_page(registered, person, monkeypatch):
    errand = Errand.objects.create(kind="settle", asked=ROUND, by="kim")

    def settle_half(*args, progress, **more):
        progress(0.42, "cube: 000001")
        page = person("officer").get(f"{HOME}errands/{errand.pk}/").content.decode()
        assert 'value="42"' in page
        assert "cube: 000001" in page
        raise DataError("the store has no readings", None, "import some")

    monkeypatch.setattr(settling, "settle_here", settle_half)
    errands.work(errand)
    assert (errand.state, errand.error["what"]) == ("failed", "the store has no readings")
    assert "Nothing was changed" in person("officer").get(f"{HOME}errands/{errand.pk}/").content.decode()


def test_what_a_stopped_worker_left_is_begun_anew_and_at_last_given_up(registered):
    errand = Errand.objects.create(kind="settle", asked=ROUND, by="kim", state="running", worker="elsewhere:1")
    assert errands.put_back() == 1
    assert waiting() == 1
    errands.run_errand.call(errand.pk)
    errand.refresh_from_db()
    assert (errand.state, errand.percent) == ("done", 100)
    errands.run_errand.call(errand.pk)
    assert Settlement.objects.count() == 1
    Errand.objects.filter(pk=errand.pk).update(state="running", worker="elsewhere:1", tries=TRIES_MAX, seen_at=None)
    assert errands.put_back() == 0
    errand.refresh_from_db()
    assert errand.error["what"] == f"the work was begun {TRIES_MAX} times and broken off each time"


def test_the_sites_worker_puts_back_what_it_left_lying_itself(registered):
    """Its process lives, so that nobody else would; without ``own`` it is taken for being at work."""
    errand = Errand.objects.create(kind="settle", asked=ROUND, by="kim", state="running", worker=worker_mark())
    assert put_back_all() == 0
    assert put_back_all(own=True) == 1
    errand.refresh_from_db()
    assert errand.state == "waiting"


def test_a_word_of_progress_that_cannot_be_written_breaks_no_settlement_off(registered, monkeypatch):
    errand = Errand.objects.create(kind="settle", asked=ROUND, by="kim")
    report = errands._Report(errand)

    def locked(**given):
        raise OperationalError("database is locked")

    monkeypatch.setattr(Errand.objects, "filter", lambda **given: SimpleNamespace(update=locked))
    report(0.5, "cube")


def test_a_file_that_was_sent_is_deleted_however_its_import_fails(desk_home, registered, monkeypatch):
    path = errands.incoming("use.csv")
    path.write_text("personal", "utf-8")

    def broken(*given):
        raise ZeroDivisionError

    monkeypatch.setattr(errands, "import_readings", broken)
    asked = {"path": str(path), "today": "2025-01-10"}
    errand = errands.send("import", asked, by="kim", quick=True)
    assert (errand.state, errand.error["todo"]) == ("failed", "tell those who run the site")
    assert not path.parent.exists()
