"""A true district: Dongdaemun's walking network, its census areas as demand, the stations of one operator standing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from madang.core.contract import Run, perform
from madang.plan.cities import open_city
from madang.plan.founding import found_city
from madang.plan.importing import import_file
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.access import access_of

pytestmark = pytest.mark.shared
TODAY = date(2026, 11, 22)


def district(data: Path) -> shapely.Geometry:
    """Return the district's outline."""
    for feature in json.loads((data / "boundaries/seoul_gu_25_from_dong.geojson").read_text())["features"]:
        if "동대문구" in feature["properties"].values():
            return shapely.geometry.shape(feature["geometry"])
    raise AssertionError("no such district")


@pytest.fixture(scope="module")
def data(shared: Path) -> Path:
    return shared / "data"


@pytest.fixture(scope="module")
def files(data: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Return streets, census areas with a share of the district's people, and stations with candidates beside."""
    folder, outline = tmp_path_factory.mktemp("dongdaemun"), district(data)
    areas = pl.read_parquet(data / "population/seoul_census_output_area_centroids_2016.parquet")
    inside = shapely.contains_xy(outline, areas["lon"].to_numpy(), areas["lat"].to_numpy())
    areas = areas.filter(pl.Series(inside))
    weight = pl.lit(358_603 / areas.height).alias("weight")
    dong = pl.col("adm_code_kostat7").cast(pl.String).alias("area")
    areas.select(pl.col("oa_code").cast(pl.String).alias("id"), "lon", "lat", weight, dong).write_csv(
        folder / "demand.csv"
    )
    stations = pl.read_csv(data / "ev/seoul_evc_stations_2026-05-12.csv").filter(pl.col("gu") == "동대문구")
    nodes = pl.read_parquet(data / "network/seoul_dongdaemun_walk_nodes.parquet").gather_every(12)
    existing = stations.select(
        pl.format("st{}", pl.int_range(pl.len())).alias("id"),
        "lon",
        "lat",
        pl.lit("public").alias("class"),
        pl.lit("existing").alias("status"),
        "fast",
        "slow",
    )
    could = nodes.select(
        pl.format("n{}", "osmid").alias("id"),
        "lon",
        "lat",
        pl.when(pl.int_range(pl.len()) % 3 == 0)
        .then(pl.lit("public"))
        .otherwise(pl.lit("resident_priority"))
        .alias("class"),
        pl.lit("candidate").alias("status"),
        pl.lit(None, dtype=pl.Int64).alias("fast"),
        pl.lit(None, dtype=pl.Int64).alias("slow"),
    )
    pl.concat([existing, could]).write_parquet(folder / "sites.parquet")
    return {"demand": folder / "demand.csv", "sites": folder / "sites.parquet"}


@pytest.fixture(scope="module")
def run(data: Path, files: dict[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Run:
    city = tmp_path_factory.mktemp("cities") / "dongdaemun"
    found_city(city, "dongdaemun", "동대문구", "Dongdaemun-gu", open_city("seoul"), ("ev_charging",))
    network = data / "network"
    nodes = {"nodes": str(network / "seoul_dongdaemun_walk_nodes.parquet"), "all_ways": "yes"}
    import_file("streets", network / "seoul_dongdaemun_walk_edges.parquet", city, nodes, TODAY)
    for kind, path in files.items():
        import_file(kind, path, city, {}, TODAY)
    return perform(solution, open_city(city), TODAY, changes={"effort": 0.3}, today=TODAY)


def test_the_whole_network_is_there(run):
    quality = run.result.access.network.quality
    assert (quality.nodes, quality.components) == (7695, 1)
    assert quality.street_km == pytest.approx(476, abs=6)


def test_every_census_area_finds_a_street(run):
    access = run.result.access
    assert access.demand_snap.snapped == len(access.weight)


def test_what_a_site_reaches_is_what_a_plain_search_reaches(run, data):
    """Sites and demand at nodes of the network: the same pairs within 400 m as scipy finds on the plain graph."""
    nodes = pl.read_parquet(data / "network/seoul_dongdaemun_walk_nodes.parquet")
    edges = pl.read_parquet(data / "network/seoul_dongdaemun_walk_edges.parquet")
    row_of = {osmid: row for row, osmid in enumerate(nodes["osmid"].to_list())}
    shortest = edges.group_by("u", "v").agg(pl.col("length_m").min())
    ends = [[row_of[one] for one in shortest[name].to_list()] for name in ("u", "v")]
    graph = coo_array((shortest["length_m"].to_numpy(), (ends[0], ends[1])), shape=(nodes.height, nodes.height)).tocsr()
    some = nodes.gather_every(7)
    inputs = run.inputs
    demand = some.select(
        pl.col("osmid").cast(pl.String).alias("id"),
        "lon",
        "lat",
        pl.lit(1.0).alias("weight"),
        pl.lit("a").alias("area"),
    ).cast(dict(inputs.demand.frame.schema))
    values = {name: getattr(inputs, name) for name in type(inputs).model_fields}
    access = access_of(type(inputs).build(values | {"demand": replace(inputs.demand, frame=demand)}))
    sites = [row for row, name in enumerate(access.sites["id"].to_list()) if name.startswith("n")][::40]
    starts = [row_of[int(access.sites["id"][row][1:])] for row in sites]
    metres = dijkstra(graph, directed=False, indices=starts)[:, [row_of[one] for one in some["osmid"].to_list()]]
    ours = access.cover[sites].toarray().astype(bool)
    # Stated lengths are kept to a centimetre; a pair at the very limit may fall on either side.
    sure = np.abs(metres - access.limit_m) > 2.0
    assert (ours == (metres <= access.limit_m))[sure].mean() > 0.999


def test_circles_say_more_than_the_streets(run):
    assert run.number("covered_now_circles_percent").value > run.number("covered_now_percent").value > 0


def test_a_circle_of_400_m_is_right_about_every_second_time(run):
    """Over pairs of nodes a circle's precision is 0.61; from doors and stations off the street it is less."""
    access = run.result.access
    both = access.weight[access.is_in_circle & access.is_covered_now].sum()
    assert 0.3 < both / access.weight[access.is_in_circle].sum() < 0.7


def test_the_plan_comes_with_a_small_proven_gap(run):
    assert run.number("plan_gap_percent").value <= 1.0
    assert run.number("least_gap_percent").value <= 5.0
    assert run.number("plan_covered_percent").value <= run.number("plan_bound_percent").value + 1e-9


def test_nothing_of_seoul_stands_beside_the_district(run):
    assert {use.owner for use in run.uses.values()} == {"dongdaemun", "policy"}
    assert run.number("chargers_installed").value is None
