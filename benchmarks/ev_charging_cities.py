"""Charging plans for four real cities' street networks, walks checked beside networkx in the same run.

``python benchmarks/ev_charging_cities.py [--quick] [--sites 5000]``. Streets are those of the reference data (set
MADANG_SHARED to their folder); demand and sites are drawn from the network's nodes by a seed, for no register comes
with them. Leaves with 1 where a walk differs from networkx or a bound lies below its plan.
"""

from __future__ import annotations

import argparse
import resource
import sys
import time
from pathlib import Path

import numpy as np
import polars as pl
from absent import peer, reference_folder

from madang.core.progress import silent
from madang.core.tables import Table
from madang.methods.walking_network.importers.lines import read_lines
from madang.solutions.ev_charging import solution
from madang.solutions.ev_charging.inputs import EvChargingInputs
from madang.solutions.ev_charging.model import EvChargingResult, run
from madang.solutions.ev_charging.streets import tables_of

CITIES = ("wuhan", "douala", "bucaramanga", "aleppo")
nx = peer("networkx")
CHECKED_SITES = 5
# Shapes are rounded to millimetres; a pair this near the limit may be in one set only.
TOLERANCE_M = 0.5
POLICY = {
    "chargers_promised_fast": 0.0, "chargers_promised_slow": 0.0, "vehicles_claimed": 0.0, "walk_minutes_max": 5.0,
    "walk_m_per_min": 80.0, "fast_classes": "transit, public", "slow_classes": "home", "home_charging_percent": 50.0,
    "fast_charging_percent": 30.0, "km_per_day": 36.3, "km_per_kwh": 5.0, "fast_kw": 50.0, "slow_kw": 7.0,
    "busy_hours_per_day": 8.0, "fast_cost_won": 36e6, "slow_cost_won": 2.2e6,
}  # fmt: skip


def table(name: str, frame: pl.DataFrame) -> Table:
    """Return a frame as a table of the solution; columns it lacks are empty."""
    kinds = {"integer": pl.Int64, "number": pl.Float64, "text": pl.String, "geometry": pl.Binary}
    spec = solution.specs[name]
    columns = [
        (frame[column] if column in frame.columns else pl.Series(column, [None] * frame.height))
        .cast(kinds[card.kind])
        .alias(column)
        for column, card in spec.columns.items()
    ]
    return Table(name, spec, pl.DataFrame(columns))


def inputs_of(folder: Path, city: str, demands: int, sites: int, effort: float) -> EvChargingInputs:
    """Return the inputs of a city: its streets, and demand and sites at nodes drawn by a seed."""
    nodes, edges = tables_of(read_lines(folder / f"city_{city}_streets.parquet"))
    rng = np.random.default_rng(0)
    at_demand = np.sort(rng.choice(nodes.height, min(demands, nodes.height), replace=False))
    at_sites = np.sort(rng.choice(nodes.height, min(sites, nodes.height), replace=False))
    people = np.round(rng.lognormal(4.0, 0.8, len(at_demand)))
    demand = nodes[at_demand.tolist()].select(pl.col("node_id").alias("id"), "lon", "lat")
    place = nodes[at_sites.tolist()].select(pl.col("node_id").alias("id"), "lon", "lat")
    kinds = rng.choice(["public", "home", "transit"], len(at_sites), p=[0.4, 0.5, 0.1])
    stands = np.where(rng.random(len(at_sites)) < 0.03, "existing", "candidate")
    return EvChargingInputs.build(
        {
            **POLICY,
            "street_nodes": table("street_nodes", nodes),
            "street_edges": table("street_edges", edges),
            "demand": table("demand", demand.with_columns(pl.Series("weight", people), pl.lit("all").alias("area"))),
            "sites": table("sites", place.with_columns(pl.Series("class", kinds), pl.Series("status", stands))),
            "share_wanted_percent": 90.0,
            "effort": effort,
        }
    )


def walks_agree(result: EvChargingResult) -> bool:
    """Tell whether networkx, on the junctions and places of the plan's network, reaches the same demand."""
    access = result.access
    assert access is not None
    network = access.network
    graph = nx.Graph()
    links = network.adjacency_m().tocoo()
    graph.add_weighted_edges_from(zip(links.row.tolist(), links.col.tolist(), links.data.tolist(), strict=True))
    at_junction = np.flatnonzero((access.site_places.junction >= 0) & (access.site_places.access_mm == 0))
    place = access.demand_places
    known = np.flatnonzero((place.junction >= 0) & (place.access_mm == 0))
    for site in at_junction[:: max(1, len(at_junction) // CHECKED_SITES)][:CHECKED_SITES]:
        source = int(access.site_places.junction[site])
        far = nx.single_source_dijkstra_path_length(graph, source, cutoff=access.limit_m + TOLERANCE_M)
        start, end = access.cover.indptr[site], access.cover.indptr[site + 1]
        ours = set(access.cover.indices[start:end].tolist())
        for row in known:
            metres = far.get(int(place.junction[row]), np.inf)
            if abs(metres - access.limit_m) > TOLERANCE_M and (metres <= access.limit_m) != (int(row) in ours):
                print(f"demand {access.demand['id'][int(row)]}: {metres:.3f} m by networkx, ours {int(row) in ours}")
                return False
    return True


def report(city: str, result: EvChargingResult, read_s: float, run_s: float) -> bool:
    """Print one city's line and tell whether all of it holds."""
    access, plans = result.access, result.plans
    assert access is not None
    assert plans is not None
    agree = None if nx is None else walks_agree(result)
    said = "not compared" if agree is None else "yes" if agree else "NO"
    sound = plans.best.bound >= plans.best.covered - 1e-6 and plans.least.bound <= plans.least.cost + 1e-6
    value = {name: number.value for name, number in result.numbers.items()}
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(
        f"{city:12} {access.network.nodes:7,} {len(access.weight):7,} {len(access.siting.ids):6,} "
        f"{value['covered_now_percent']:6.1f} {value['covered_now_circles_percent']:8.1f} "
        f"{value['least_sites']:6,} {value['least_gap_percent']:7.2f} {value['plan_covered_percent']:7.1f} "
        f"{value['plan_gap_percent']:6.2f} {read_s:7.1f} {run_s:7.1f} {peak:7.0f}  {said}"
    )
    return agree is not False and sound


def main() -> int:
    """Run every city and return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--quick", action="store_true", help="one city, fewer sites, less search")
    parser.add_argument("--sites", type=int, default=5000)
    parser.add_argument("--demand", type=int, default=30_000)
    said = parser.parse_args()
    folder = reference_folder("network", "the streets of four cities, and with them the whole of this benchmark")
    if folder is None:
        return 0
    cities, sites, demand, effort = CITIES, said.sites, said.demand, 1.0
    if said.quick:
        cities, sites, demand, effort = CITIES[:1], 800, 8000, 0.2
    print(
        f"{'city':12} {'nodes':>7} {'demand':>7} {'sites':>6} {'now %':>6} {'circle %':>8} {'least':>6} {'gap %':>7} "
        f"{'plan %':>7} {'gap %':>6} {'read s':>7} {'CPU s':>7} {'MB':>7}  walks agree"
    )
    held = True
    for city in cities:
        start = time.process_time()
        inputs = inputs_of(folder, city, demand, sites, effort)
        read = time.process_time()
        result = run(inputs, silent)
        held &= report(city, result, read - start, time.process_time() - read)
    return 0 if held else 1


if __name__ == "__main__":
    sys.exit(main())
