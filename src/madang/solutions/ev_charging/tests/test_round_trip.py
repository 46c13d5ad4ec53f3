"""A plan that was exported comes back as the sites it was made of, in every form."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang import register
from madang.core.contract import Run, perform
from madang.plan.cities import open_city
from madang.plan.exporting import export_figure
from madang.plan.founding import found_city
from madang.plan.importing import import_file
from madang.solutions.ev_charging.tests.conftest import SIDE, corner
from madang.solutions.ev_charging.tests.test_importers import bring, csv, streets_file

TODAY = date(2026, 11, 22)
SITES = (
    "old,public,existing,3,4,0,12,Old post",
    "new,home,candidate,2,,,5,",
    "must,transit,forced,7,,,8,Gate",
    "never,public,forbidden,,,,,Park",
    "dear,home,candidate,5,,,,",
)


@pytest.fixture
def city(tmp_path: Path) -> Path:
    folder = tmp_path / "springs"
    found_city(folder, "springs", "샘골", "Springs", open_city("seoul"), ("ev_charging",))
    import_file("streets", streets_file(tmp_path), folder, {}, TODAY)
    rows = [
        f"{r}-{c},{corner(r, c)[0]},{corner(r, c)[1]},1,{'west' if c < 3 else 'east'}"
        for r in range(SIDE)
        for c in range(SIDE)
    ]
    import_file("demand", csv(tmp_path / "demand.csv", "id,lon,lat,weight,area", *rows), folder, {}, TODAY)
    places = [corner(row, row) for row in range(5)]
    sites = [f"{said},{lon},{lat}" for said, (lon, lat) in zip(SITES, places, strict=True)]
    header = "id,class,status,cost,fast_ports,slow_ports,ports_max,name,lon,lat"
    import_file("sites", csv(tmp_path / "sites.csv", header, *sites), folder, {}, TODAY)
    return folder


def asked(folder: Path) -> Run:
    changes = {"walk_minutes_max": 2.6, "budget": 9.0}
    return perform(register.load("ev_charging"), open_city(folder), TODAY, changes=changes, today=TODAY)


def exported(run: Run, form: str, folder: Path) -> Path:
    ending = {"geoparquet": "parquet"}.get(form, form)
    path = folder / f"plan.{ending}"
    path.write_bytes(export_figure(run, "plan_map", form))
    return path


def rows_of(frame: pl.DataFrame) -> list[dict[str, object]]:
    rounded = frame.with_columns(pl.col("lon", "lat").round(5)).sort("id")
    return rounded.select(
        "id", "class", "status", "cost", "fast_ports", "slow_ports", "ports_max", "name", "lon", "lat"
    ).to_dicts()


@pytest.mark.parametrize("form", ["csv", "geojson", "geoparquet"])
def test_a_plan_comes_back_as_the_sites_it_was_made_of(city, tmp_path, form):
    run = asked(city)
    given = pl.DataFrame(run.inputs.sites.frame)
    opened = run.figure("plan_map").frame["id"].to_list()
    assert {"old", "must", "never"} <= set(opened)
    back = bring("sites", exported(run, form, tmp_path)).tables["sites"]
    assert rows_of(back) == rows_of(given.filter(pl.col("id").is_in(opened)))


@pytest.mark.parametrize("form", ["csv", "geojson", "geoparquet"])
def test_a_city_with_the_plan_as_its_sites_is_covered_as_before(city, tmp_path, form):
    before = asked(city)
    import_file("sites", exported(before, form, tmp_path), city, {}, TODAY)
    after = asked(city)
    for name in ("covered_now_percent", "plan_covered_percent", "plan_sites", "budget_spent"):
        assert after.number(name).value == pytest.approx(before.number(name).value), name


@pytest.mark.parametrize(
    ("column", "words", "status"),
    [
        ("role", ("stands", "planned"), ("existing", "candidate")),
        ("role_ko", ("있음", "계획"), ("existing", "candidate")),
        ("상태", ("반드시", "안 됨"), ("forced", "forbidden")),
    ],
)
def test_a_status_may_be_said_in_either_language_or_as_a_role(tmp_path, column, words, status):
    path = csv(tmp_path / "s.csv", f"id,lon,lat,class_ko,{column}", *(f"{w},127.0,37.5,집,{w}" for w in words))
    frame = bring("sites", path).tables["sites"]
    assert tuple(frame["status"]) == status
    assert set(frame["class"]) == {"home"}
