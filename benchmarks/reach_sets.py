"""Reach sets beside networkx, scipy and pandana in one run: same walks, CPU seconds per source, memory.

``python benchmarks/reach_sets.py [--quick] [--large]``. Every node is a candidate and a demand point, within
400 m. Ours does all nodes; peers do a sample of sources and are compared per source. ``--large`` adds 500,000
and 2,000,000 nodes without peers. Leaves with 1 where a walk differs.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from synthetic_streets import synthetic_streets

from madang.methods.walking_network import ReachSets, WalkingNetwork, build_network, reach_sets
from madang.methods.walking_network.importers.lines import read_lines
from madang.methods.walking_network.importers.tables import read_tables
from madang.methods.walking_network.store import load_network, save_network

LIMIT_M = 400.0
# Joining edges into chains rounds each edge's millimetres once less than peers do; a walk of 400 m over
# edges of 10 m may differ by a few, and a pair that close to the limit may be in one set only.
TOLERANCE_M = 0.03
# scipy's cost grows with the network, for it writes a dense row of all nodes per source: its goal is for 200,000.
GOALS = {"networkx": 60.0, "scipy": 500.0}
CITIES = ("wuhan", "douala", "bucaramanga", "aleppo")
Walks = dict[int, dict[int, float]]


@dataclass(frozen=True)
class Run:
    """One engine on one network: CPU per source, and the walks of the sampled sources."""

    engine: str
    sources: int
    cpu_s: float
    walks: Walks
    note: str = ""

    @property
    def microseconds(self) -> float:
        """CPU microseconds per source."""
        return 1e6 * self.cpu_s / self.sources


def timed(work: Callable[[], object]) -> tuple[float, object]:
    """Return the CPU seconds of all threads and what the work returned."""
    before = time.process_time()
    result = work()
    return time.process_time() - before, result


def ours(network: WalkingNetwork, sample: np.ndarray) -> Run:
    """Search from every node; keep the walks of the sample."""
    places = network.node_places()
    reach_sets(network, places.take(sample[:1]), places, LIMIT_M)
    cpu_s, reach = min(
        (timed(lambda: reach_sets(network, places, places, LIMIT_M)) for _ in range(3)), key=lambda one: one[0]
    )
    assert isinstance(reach, ReachSets)
    walks = {
        int(source): dict(zip(*(part.tolist() for part in reach.row(int(source))), strict=True)) for source in sample
    }
    return Run("madang", network.nodes, cpu_s, walks, f"all {network.nodes:,} sources, {reach.pairs:,} pairs")


def least_of_parallel(plain: WalkingNetwork) -> csr_array:
    """Return the streets between nodes in metres, the shortest of parallel ones only, as all peers want them."""
    streets = plain.adjacency_m().tocoo()
    row, column = streets.coords
    order = np.lexsort((streets.data, column, row))
    row, column, metres = row[order], column[order], streets.data[order]
    first = np.ones(len(row), dtype=bool)
    first[1:] = (np.diff(row) != 0) | (np.diff(column) != 0)
    return csr_array((metres[first], (row[first], column[first])), shape=streets.shape)


def by_networkx(streets: csr_array, sample: np.ndarray) -> Run:
    """networkx's Dijkstra with a cutoff, on a graph of Python dicts."""
    graph = nx.from_scipy_sparse_array(streets)
    cpu_s, walks = timed(
        lambda: {int(s): nx.single_source_dijkstra_path_length(graph, int(s), cutoff=LIMIT_M) for s in sample}
    )
    return Run("networkx", len(sample), cpu_s, walks)


def by_scipy(matrix: csr_array, sample: np.ndarray) -> Run:
    """scipy's Dijkstra with a limit: a dense row of all nodes for each source."""
    cpu_s, rows = timed(lambda: [dijkstra(matrix, indices=int(source), limit=LIMIT_M) for source in sample])
    walks = {
        int(source): {int(node): float(row[node]) for node in np.flatnonzero(np.isfinite(row))}
        for source, row in zip(sample, rows, strict=True)
    }
    return Run("scipy", len(sample), cpu_s, walks)


def by_pandana(plain: WalkingNetwork, streets: csr_array, sample: np.ndarray) -> Run:
    """pandana's nodes_in_range; its building of contraction hierarchies is timed apart."""
    import pandana

    matrix = streets.tocoo()
    once = matrix.coords[0] < matrix.coords[1]
    x, y = plain.project(plain.node_lon, plain.node_lat)
    start, end = (pd.Series(one[once].astype(np.int64)) for one in matrix.coords)
    weights = pd.DataFrame({"metres": matrix.data[once]})
    build_s, engine = timed(lambda: pandana.Network(pd.Series(x), pd.Series(y), start, end, weights, twoway=True))
    cpu_s, table = timed(lambda: engine.nodes_in_range(pd.Index(sample.astype(np.int64)), LIMIT_M))
    walks: Walks = {int(source): {} for source in sample}
    for source, node, metres in table[["source", "destination", "metres"]].itertuples(index=False):
        walks[int(source)][int(node)] = float(metres)
    return Run("pandana", len(sample), cpu_s, walks, f"and {build_s:.1f} CPU s to build")


def differing(one: Walks, other: Walks) -> int:
    """Return how many pairs of the sources in both are missing on one side or differ in metres."""
    count = 0
    for source in set(one) & set(other):
        for node in set(one[source]) | set(other[source]):
            a, b = one[source].get(node, LIMIT_M), other[source].get(node, LIMIT_M)
            count += abs(a - b) > TOLERANCE_M
    return count


def networks(quick: bool) -> Iterator[tuple[str, Callable[[bool], WalkingNetwork], bool]]:
    """Yield name, a function from whether to contract to the network, and whether its streets are real."""
    for nodes in (10_000,) if quick else (50_000, 200_000):
        yield f"grid {nodes:,}", lambda contract, n=nodes: build_network(synthetic_streets(n), contract=contract), False
    shared = Path(os.environ.get("MADANG_SHARED", Path(__file__).parents[2] / "shared")) / "data" / "network"
    if not shared.is_dir():
        print(f"real streets skipped: {shared} is not there; set MADANG_SHARED")
        return

    def dongdaemun(contract: bool) -> WalkingNetwork:
        edges, nodes = (shared / f"seoul_dongdaemun_walk_{kind}.parquet" for kind in ("edges", "nodes"))
        return build_network(read_tables(edges, nodes=nodes), contract=contract)

    yield "Dongdaemun", dongdaemun, True
    for city in () if quick else CITIES:
        path = shared / f"city_{city}_streets.parquet"
        yield (
            city.title(),
            lambda contract, p=path: build_network(read_lines(p, all_ways=True), contract=contract),
            True,
        )


def compare(name: str, make: Callable[[bool], WalkingNetwork], real: bool, quick: bool) -> int:
    """Print one network's table; return the pairs that differ from networkx or scipy."""
    network, plain = make(True), make(False)
    streets = least_of_parallel(plain)
    sample = np.random.default_rng(1).choice(network.nodes, 20 if quick else 200, replace=False)
    fewer = sample[: 20 if quick else max(10, min(200, 4_000_000 // network.nodes))]
    runs = [ours(network, sample), by_networkx(streets, sample), by_scipy(streets, fewer)]
    if real:
        runs.append(by_pandana(plain, streets, sample))
    print(f"\n{name}: {network.nodes:,} nodes, {network.chains:,} chains, every node within {LIMIT_M:g} m")
    wrong = 0
    for run in runs:
        ratio = run.microseconds / runs[0].microseconds
        apart = differing(runs[0].walks, run.walks)
        wrong += apart if run.engine in GOALS else 0
        pairs = sum(len(found) for found in run.walks.values())
        goal = GOALS.get(run.engine)
        verdict = "" if goal is None else f"  goal {goal:g}x {'met' if ratio >= goal else 'MISSED'}"
        print(
            f"  {run.engine:9} {run.microseconds:10.2f} us a source {ratio:9.1f}x   "
            f"{apart} of {pairs:,} pairs differ{verdict}  {run.note or f'{run.sources} sources sampled'}"
        )
    if not real:
        print("  pandana   not run on a grid: its contraction hierarchies took 83 CPU s at 50,000 nodes")
    return wrong


def measure(path: str) -> None:
    """In a process of its own: load a kept network, search from every node, print time and memory as JSON."""
    network = load_network(Path(path))
    assert network is not None
    places = network.node_places()
    reach_sets(network, places.take(np.arange(2)), places, LIMIT_M)
    before_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    wall = time.perf_counter()
    cpu_s, reach = timed(lambda: reach_sets(network, places, places, LIMIT_M))
    assert isinstance(reach, ReachSets)
    values = {
        "nodes": network.nodes,
        "pairs": reach.pairs,
        "cpu_s": cpu_s,
        "wall_s": time.perf_counter() - wall,
        "before_mb": before_mb,
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    Path(path).with_suffix(".json").write_text(json.dumps(values))


def memory(sizes: tuple[int, ...]) -> None:
    """Print CPU seconds and peak memory of whole processes that only load a network and search it."""
    print("\nEvery node as candidate, in a process of its own (kept network loaded, kernels from their cache)")
    for nodes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.npz"
            save_network(build_network(synthetic_streets(nodes)), path)
            child = multiprocessing.get_context("spawn").Process(target=measure, args=(str(path),))
            child.start()
            child.join()
            seen = json.loads(path.with_suffix(".json").read_text())
        print(
            f"  {seen['nodes']:>9,} nodes {seen['pairs']:>11,} pairs {seen['cpu_s']:6.2f} CPU s {seen['wall_s']:6.2f} s wall   "
            f"peak {seen['peak_mb']:7.0f} MB of the whole process, {seen['before_mb']:.0f} MB before the search"
        )


def main() -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small grid, Dongdaemun, few sources")
    parser.add_argument("--large", action="store_true", help="add 500,000 and 2,000,000 nodes without peers")
    chosen = parser.parse_args()
    wrong = sum(compare(name, make, real, chosen.quick) for name, make, real in networks(chosen.quick))
    memory((50_000,) if chosen.quick else (200_000, 500_000, 2_000_000) if chosen.large else (200_000, 500_000))
    print("\nall walks agree" if wrong == 0 else f"\n{wrong:,} walks DIFFER")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
