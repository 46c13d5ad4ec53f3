"""The whole road on a town nobody has seen: found a city, bring streets, demand and sites, run, export."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pyarrow.parquet as pa_parquet
import pyogrio
import pytest
import shapely

from madang import register
from madang.core.contract import perform
from madang.core.errors import NetworkError, UnknownName, UsageError
from madang.plan.bundle import write_bundle
from madang.plan.cities import open_city
from madang.plan.exporting import export_figure
from madang.plan.founding import found_city
from madang.plan.importing import import_file, way_for, ways

TODAY = date(2026, 11, 22)
NAMES = ("ev_charging",)


@pytest.fixture(scope="module")
def files(tmp_path_factory) -> dict[str, Path]:
    """Return files of a grid of streets, of people and of sites."""
    folder = tmp_path_factory.mktemp("files")
    rng = np.random.default_rng(7)
    lines = [shapely.linestrings([(24.0 + 0.002 * c, 60.0 + 0.001 * r) for c in range(9)]) for r in range(9)]
    lines += [shapely.linestrings([(24.0 + 0.002 * c, 60.0 + 0.001 * r) for r in range(9)]) for c in range(9)]
    kind = np.array(["residential"] * len(lines), dtype=object)
    streets = folder / "streets.gpkg"
    pyogrio.raw.write(streets, shapely.to_wkb(lines), [kind], ["highway"], geometry_type="LineString", crs="EPSG:4326")
    place = rng.uniform((24.0, 60.0), (24.016, 60.008), (80, 2))
    demand = folder / "demand.csv"
    pl.DataFrame(
        {
            "id": range(80),
            "lon": place[:, 0],
            "lat": place[:, 1],
            "weight": rng.integers(1, 90, 80),
            "area": ["n" if lat > 60.004 else "s" for lat in place[:, 1]],
        }
    ).write_csv(demand)
    place = rng.uniform((24.0, 60.0), (24.016, 60.008), (25, 2))
    sites = folder / "sites.parquet"
    pl.DataFrame(
        {
            "id": [f"p{at}" for at in range(25)],
            "lon": place[:, 0],
            "lat": place[:, 1],
            "class": ["public", "home"] * 12 + ["transit"],
            "status": ["existing"] * 2 + ["candidate"] * 23,
            "cost": rng.integers(1, 5, 25).astype(float),
        }
    ).write_parquet(sites)
    return {"streets": streets, "demand": demand, "sites": sites}


@pytest.fixture
def city(tmp_path) -> Path:
    folder = tmp_path / "springs"
    found_city(folder, "springs", "샘골", "Springs", open_city("seoul"), NAMES)
    return folder


@pytest.fixture
def ready(city, files) -> Path:
    for kind, path in files.items():
        import_file(kind, path, city, {}, TODAY)
    return city


def charged(folder: Path, **changes):
    return perform(register.load("ev_charging"), open_city(folder), TODAY, changes=changes, today=TODAY)


def test_a_city_nobody_has_seen_gets_a_plan_with_its_bound(ready):
    run = charged(ready)
    said = run.result.diagnostics
    assert run.number("demand_total").unit == "person"
    assert 0 <= run.number("covered_now_percent").value <= run.number("plan_covered_percent").value <= 100
    assert run.number("plan_bound_percent").value >= run.number("plan_covered_percent").value - 1e-9
    assert said["budget"]["sites"] == run.number("plan_sites").value
    assert said["network"]["nodes"] == 81
    assert said["budget"]["seconds"] >= 0


def test_each_import_says_what_it_found_and_where_it_put_it(city, files):
    way, written = import_file("streets", files["streets"], city, {}, TODAY)
    assert way.solution.name == "ev_charging"
    assert sorted(written.tables) == ["street_edges", "street_nodes"]
    assert json.loads((city / "ev_charging" / "streets.quality.json").read_text())["details"]["network"]["nodes"] == 81


def test_a_run_of_the_city_knows_where_its_streets_came_from(ready):
    uses = charged(ready).uses
    assert uses["street_edges"].source.title == "streets.gpkg"
    assert uses["street_edges"].origin == "city"


def test_what_fails_leaves_the_city_as_it_was(ready, tmp_path):
    before = (ready / "ev_charging.toml").read_text()
    bad = tmp_path / "bad.csv"
    bad.write_text("id,lon,lat,weight\na,99.0,10.0,1\n", encoding="utf-8")
    with pytest.raises(NetworkError, match="none of the 1 demand points lies within 200 m of a street"):
        import_file("demand", bad, ready, {}, TODAY)
    assert (ready / "ev_charging.toml").read_text() == before


def test_demand_given_before_the_streets_says_it_was_not_tried(city, files):
    _, written = import_file("demand", files["demand"], city, {"unit": "household"}, TODAY)
    states = {row.what.en: row.state for row in written.report.quality}
    assert states["not tried on streets: the city has none yet"] == "warning"


def test_a_city_that_comes_with_madang_is_not_written_to(files):
    with pytest.raises(UsageError) as caught:
        import_file("streets", files["streets"], "seoul", {}, TODAY)
    assert "seoul comes with Madang and is not changed" in str(caught.value)


def test_a_kind_nobody_knows_suggests_one(city, files):
    with pytest.raises(UnknownName, match="there is no kind of import called 'street'"):
        import_file("street", files["streets"], city, {}, TODAY)
    assert {"streets", "demand", "sites", "osm"} <= set(ways())
    assert way_for("osm").importer.takes == (".osm.pbf", ".pbf", ".osm")


def test_the_plan_goes_out_as_geojson_with_its_sources(ready):
    content = json.loads(export_figure(charged(ready), "plan_map", "geojson"))
    assert content["type"] == "FeatureCollection"
    assert {feature["properties"]["role_en"] for feature in content["features"]} <= {"stands", "planned"}
    assert content["madang"]["columns"]["gain"]["unit"] == "person"
    assert any("sites.parquet" in source for source in content["madang"]["sources"])


def test_the_plan_goes_out_as_geoparquet(ready):
    table = pa_parquet.read_table(io.BytesIO(export_figure(charged(ready), "plan_map", "geoparquet")))
    geo = json.loads(table.schema.metadata[b"geo"])
    assert (geo["version"], geo["columns"]["geometry"]["geometry_types"]) == ("1.1.0", ["Point"])
    assert shapely.from_wkb(table["geometry"][0].as_py()).x == pytest.approx(24.008, abs=0.01)


def test_the_plan_goes_out_as_csv_with_its_places(ready):
    frame = pl.read_csv(io.BytesIO(export_figure(charged(ready), "plan_map", "csv")))
    assert {"id", "lon", "lat", "phase"} <= set(frame.columns)


def test_a_figure_without_places_is_no_map(ready):
    run = charged(ready)
    assert export_figure(run, "phases", "csv").startswith(b"year,cost,added")
    with pytest.raises(UsageError) as caught:
        export_figure(run, "phases", "geojson")
    assert str(caught.value) == (
        "the figure 'phases' is no map and has no places\n  to do: maps: "
        "districts_map, coverage_map, plan_map, site_board; or give --format csv"
    )


def test_a_run_with_streets_goes_into_a_bundle(ready, tmp_path):
    made = tmp_path / "run.zip"
    write_bundle(charged(ready), made, made_on=TODAY)
    assert made.stat().st_size > 0
