"""A site that shows another city than before: nobody reads the numbers and verdicts of the one as the other's."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from madang.core.errors import CityError
from madang.plan.cities import open_city
from madang.plan.founding import found_city
from madang.plan.promises import read_promises
from madang.plan.verdicts import Judge
from madang.web.bench import daily
from madang.web.live.models import Computed
from madang.web.opening.preparing import forget_other_cities
from madang.web.scoreboard import judging
from madang.web.scoreboard.models import Standing, VerdictChange

pytestmark = pytest.mark.django_db
DAY = date(2026, 11, 22)


@pytest.fixture
def of_seoul(nothing_judged: None) -> None:
    """Keep a number and a verdict of Seoul as a site of Seoul does."""
    Computed.objects.all().delete()
    Computed.objects.create(solution="ev_charging", city="seoul", day=DAY, fingerprint="mark")
    city = open_city("seoul")
    book = read_promises(city)
    one = Judge(city, DAY, date(2026, 11, 29)).judge(book.get("arisu-scope"), ())
    judging.keep(city, DAY, "mark", (one,), [judging._told(one, lambda share, what: None)])


def test_figures_and_verdicts_of_another_city_are_forgotten(
    of_seoul: None, monkeypatch: pytest.MonkeyPatch, visitor: Client
) -> None:
    monkeypatch.setenv("MADANG_CITY", "seoul")
    forget_other_cities()
    assert (Computed.objects.count(), Standing.objects.count()) == (1, 1)
    monkeypatch.setenv("MADANG_CITY", "helsinki")
    forget_other_cities()
    assert (Computed.objects.count(), Standing.objects.count()) == (0, 0)
    assert VerdictChange.objects.exists()
    assert "arisu-scope" not in visitor.get("/en/promises/changes.atom").content.decode()


def test_a_city_that_is_none_is_said_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("MADANG_CITY", str(tmp_path / "nowhere"))
    with pytest.raises(CityError):
        forget_other_cities()


def test_a_city_without_promises_shows_none(
    of_seoul: None, settings: Any, tmp_path: Path, visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    found_city(tmp_path / "springs", "springs", "샘골", "Springs", open_city("seoul"), ["ev_charging"])
    settings.MADANG_CITY = str(tmp_path / "springs")
    monkeypatch.setattr(judging, "fingerprint", lambda name, city: "mark")
    assert judging.judge(DAY) == "the city has no promises"
    assert not Standing.objects.exists()
    for address in ("/ko/promises/", "/en/promises/", "/en/promises/changes.atom", "/en/promises.json"):
        assert visitor.get(address).status_code == 200, address


def test_the_round_of_the_day_comes_back_whatever_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise CityError("no", "here", "mend")

    called: list[str] = []
    monkeypatch.setattr(daily, "keep_current", fail)
    monkeypatch.setattr(daily, "start_days", lambda: called.append("tomorrow"))
    with pytest.raises(CityError):
        daily.daily_round.func()
    assert called == ["tomorrow"]
