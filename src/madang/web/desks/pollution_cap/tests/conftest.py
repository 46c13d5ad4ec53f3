"""The desk's tests keep one plant of their own: the city's are made up in part and may be made up anew."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.conf import settings
from django.utils.timezone import localdate

from madang.solutions.pollution_cap.loads import Plant
from madang.web.desks.pollution_cap import rules

PLANT = Plant("seonam", {"bod": 1.2, "tn": 11.881, "tp": 0.172}, 1.0, {"bod": 1.5, "tn": 1.5, "tp": 5.0})


@pytest.fixture(autouse=True)
def _one_plant(monkeypatch: pytest.MonkeyPatch) -> None:
    """Answer with the unit loads in force and this plant."""
    found = rules._rules(settings.MADANG_CITY, localdate())
    ours = replace(found, plants={"seonam": PLANT}, made_up=frozenset({"seonam"}))
    monkeypatch.setattr(rules, "_rules", lambda city, day: ours)
