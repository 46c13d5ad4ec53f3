"""Two solutions on water that never import each other: the plan hands one's number to the other."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.plan.linking import perform_linked

CITIES = Path(register.__file__).parent / "cities"
DAY = date(2026, 11, 25)


def test_a_tighter_limit_at_the_centres_is_worth_something_down_the_river() -> None:
    seoul = City.open(CITIES / "seoul", CITIES)
    asked = {f"plant_{name}_avoided_kg_per_d": f"@effluent.{name}_avoided_kg_per_d" for name in ("bod", "tp")}
    made = perform_linked("pollution_cap", seoul, DAY, changes=asked)
    avoided = made.linked["plant_bod_avoided_kg_per_d"].run.number("bod_avoided_kg_per_d").value
    delivered = made.number("bod_avoided_delivered_kg_per_d").value
    assert avoided is not None
    assert delivered is not None
    assert 0 < delivered < avoided
    level, worth = made.number("bod_avoided_mg_per_l").value, made.number("bod_avoided_worth_won").value
    assert level is not None
    assert level > 0
    assert worth is not None
    assert worth > 0
    said = [caveat.en for caveat in made.caveats(made.number("bod_avoided_mg_per_l").rests_on)]
    assert "Assumption: Limit of BOD that is tried: half the law's, nobody's decision" in said


def test_without_a_tighter_limit_nothing_is_avoided() -> None:
    seoul = City.open(CITIES / "seoul", CITIES)
    made = perform_linked("pollution_cap", seoul, DAY)
    assert made.number("bod_avoided_mg_per_l").value == pytest.approx(0.0, abs=0)
