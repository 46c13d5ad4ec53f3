"""Reach sets beside networkx, scipy and pandana in one run: same walks, CPU and wall time per source, memory.

``python benchmarks/reach_sets.py [--quick] [--large]``. Every node is a candidate and a demand point, within
400 m. Ours searches from all nodes, on all cores; peers search from a sample of them, on the one core they know. They
are compared per source: CPU time at the best of three tries and at the first, which pays for memory that is new, and
the time waited at the best. The last lines add up all networks, as if each peer had searched from every node.
``--large`` adds 2,000,000 nodes to the sizes measured without peers. Leaves with 1 where a walk differs.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from absent import peer, reference_folder
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from synthetic_streets import synthetic_streets

from madang.methods.walking_network import ReachSets, WalkingNetwork, build_network, reach_sets
from madang.methods.walking_network.importers.lines import read_lines
from madang.methods.walking_network.importers.tables import read_tables
from madang.methods.walking_network.store import save_network

nx, pandana, pd = (peer(name) for name in ("networkx", "pandana", "pandas"))
LIMIT_M = 400.0
TRIES = 3
# Joining edges into chains rounds to millimetres once a chain where peers' streets are rounded once an edge:
# a walk of 400 m over edges of 10 m may differ by a few, and a pair that near the limit may be in one set only.
TOLERANCE_M = 0.03
# scipy fills a dense row of all nodes per source: the larger the network, the more often the goal is met.
GOALS = {"networkx": 60.0, "scipy": 500.0}
CITIES = ("wuhan", "douala", "bucaramanga", "aleppo")
Walks = dict[int, dict[int, float]]
Make = Callable[[bool], WalkingNetwork]
#: CPU time at the best of some tries and at the first, and time waited at the best.
Times = np.ndarray
Sums = dict[str, list[Times]]


@dataclass(frozen=True)
class Run:
    """One engine on one network: seconds, and the walks of the sampled sources."""

    engine: str
    sources: int
    seconds: Times
    walks: Walks
    note: str = ""

    @property
    def microseconds(self) -> Times:
        """Microseconds per source."""
        return 1e6 * self.seconds / self.sources


def timed(work: Callable[[], object], tries: int = TRIES) -> tuple[Times, object]:
    """Return the seconds of some tries, CPU time being that of all threads, and what the work returned."""
    cpu, wall = [], []
    for _ in range(tries):
        before, start = time.process_time(), time.perf_counter()
        result = work()
        cpu.append(time.process_time() - before)
        wall.append(time.perf_counter() - start)
    return np.array([min(cpu), cpu[0], min(wall)]), result


def ours(network: WalkingNetwork, sample: np.ndarray) -> Run:
    """Search from every node; keep the walks of the sample."""
    places = network.node_places()
    reach_sets(network, places.take(sample[:1]), places, LIMIT_M)
    seconds, reach = timed(lambda: reach_sets(network, places, places, LIMIT_M))
    assert isinstance(reach, ReachSets)
    walks: Walks = {}
    for source in sample.tolist():
        found, metres = reach.row(source)
        walks[source] = dict(zip(found.tolist(), metres.tolist(), strict=True))
    note = f"all {network.nodes:,} sources, {reach.pairs:,} pairs"
    return Run("madang", network.nodes, seconds, walks, note)


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
    seconds, walks = timed(
        lambda: {int(s): nx.single_source_dijkstra_path_length(graph, int(s), cutoff=LIMIT_M) for s in sample}
    )
    return Run("networkx", len(sample), seconds, walks)


def by_scipy(streets: csr_array, sample: np.ndarray, name: str) -> Run:
    """scipy's Dijkstra with a limit, and picking the pairs from the dense rows it returns.

    "scipy" is one call for all sampled sources, as its documentation has it; "scipy 1x1" is one call a source,
    which spares the large matrix.
    """

    def search() -> list[tuple[np.ndarray, np.ndarray]]:
        chunks = [sample] if name == "scipy" else [[source] for source in sample]
        rows = (row for chunk in chunks for row in dijkstra(streets, indices=chunk, limit=LIMIT_M))
        return [(found := np.flatnonzero(np.isfinite(row)), row[found]) for row in rows]

    seconds, pairs = timed(search)
    walks = {
        int(source): dict(zip(found.tolist(), metres.tolist(), strict=True))
        for source, (found, metres) in zip(sample, pairs, strict=True)
    }
    return Run(name, len(sample), seconds, walks)


def by_pandana(plain: WalkingNetwork, streets: csr_array, sample: np.ndarray) -> Run:
    """pandana's nodes_in_range; its building of contraction hierarchies is timed apart."""
    matrix = streets.tocoo()
    once = matrix.coords[0] < matrix.coords[1]
    x, y = plain.project(plain.node_lon, plain.node_lat)
    start, end = (pd.Series(one[once].astype(np.int64)) for one in matrix.coords)
    weights = pd.DataFrame({"metres": matrix.data[once]})
    (build_s, *_), engine = timed(lambda: pandana.Network(pd.Series(x), pd.Series(y), start, end, weights), tries=1)
    seconds, table = timed(lambda: engine.nodes_in_range(pd.Index(sample.astype(np.int64)), LIMIT_M))
    walks: Walks = {int(source): {} for source in sample}
    for source, node, metres in table[["source", "destination", "metres"]].itertuples(index=False):
        walks[int(source)][int(node)] = float(metres)
    return Run("pandana", len(sample), seconds, walks, f"and {build_s:.1f} CPU s to build")


def differing(one: Walks, other: Walks) -> int:
    """Return how many pairs of the sources in both are missing on one side or differ in metres."""
    count = 0
    for source in set(one) & set(other):
        for node in set(one[source]) | set(other[source]):
            a, b = one[source].get(node, LIMIT_M), other[source].get(node, LIMIT_M)
            count += abs(a - b) > TOLERANCE_M
    return count


def grid(nodes: int, contract: bool) -> WalkingNetwork:
    """Return a synthetic network."""
    return build_network(synthetic_streets(nodes), contract=contract)


def city_streets(path: Path, contract: bool) -> WalkingNetwork:
    """Return a city's streets, all of them."""
    return build_network(read_lines(path, all_ways=True), contract=contract)


def district_streets(folder: Path, contract: bool) -> WalkingNetwork:
    """Return Dongdaemun's walking network."""
    edges, nodes = (folder / f"seoul_dongdaemun_walk_{kind}.parquet" for kind in ("edges", "nodes"))
    return build_network(read_tables(edges, nodes=nodes), contract=contract)


def networks(quick: bool) -> Iterator[tuple[str, Make, bool]]:
    """Yield name, a function from whether to contract to the network, and whether its streets are real."""
    for nodes in (10_000,) if quick else (50_000, 200_000, 500_000):
        yield f"grid {nodes:,}", partial(grid, nodes), False
    shared = reference_folder("network", "real streets")
    if shared is None:
        return
    yield "Dongdaemun", partial(district_streets, shared), True
    for city in () if quick else CITIES:
        yield city.title(), partial(city_streets, shared / f"city_{city}_streets.parquet"), True


def compare(name: str, make: Make, real: bool, quick: bool, whole: Sums) -> int:
    """Print one network's table; add each engine's seconds from every node to ``whole``; return the differing pairs."""
    network, plain = make(True), make(False)
    streets = least_of_parallel(plain)
    sample = np.random.default_rng(1).choice(network.nodes, 20 if quick else 200, replace=False)
    # A hundred dense rows of 200,000 nodes are 160 MB already.
    fewer = sample[: 20 if quick else 100]
    runs = [ours(network, sample)]
    if nx is not None:
        runs.append(by_networkx(streets, sample))
    runs += [by_scipy(streets, fewer, one) for one in ("scipy", "scipy 1x1")]
    if real and pandana is not None:
        runs.append(by_pandana(plain, streets, sample))
    print(f"\n{name}: {network.nodes:,} nodes, {network.chains:,} chains, every node within {LIMIT_M:g} m")
    wrong = 0
    for run in runs:
        apart = differing(runs[0].walks, run.walks)
        # pandana's ranges are known to hold a few pairs more than the exact ones: shown, not judged.
        wrong += apart if run.engine != "pandana" else 0
        pairs = sum(len(found) for found in run.walks.values())
        whole.setdefault(run.engine, []).append(run.microseconds * network.nodes / 1e6)
        ratio = ratios(run.engine, run.microseconds, runs[0].microseconds)
        print(
            f"  {run.engine:10} {run.microseconds[0]:10.2f} us a source {ratio}   "
            f"{apart} of {pairs:,} pairs differ, {run.note or f'{run.sources} sources sampled'}"
        )
    if not real:
        print("  pandana    not run on a grid: its contraction hierarchies took 83 CPU s at 50,000 nodes")
    return wrong


def ratios(engine: str, theirs: Times, own: Times) -> str:
    """Return the ratios, and which of them meet the goal beside a peer, if there is one."""
    best, first, wall = theirs / own
    said = f"{best:9.1f}x CPU, {first:.0f}x at the first try, {wall:.0f}x in waiting"
    goal = GOALS.get(engine)
    if goal is None:
        return said
    met = ["met" if ratio >= goal else "missed" for ratio in (best, first, wall)]
    return f"{said}; goal {goal:g}x: {met[0]}, {met[1]}, {met[2]}"


def together(whole: Sums) -> None:
    """Print the CPU seconds from every node of all networks of each engine that ran on all of them."""
    own = sum(whole["madang"])
    print(f"\nAll {len(whole['madang'])} networks together, every node as candidate:", end=" ")
    print(f"{own[0]:.2f} CPU s, {own[2]:.2f} s waited")
    for engine, seconds in whole.items():
        if len(seconds) == len(whole["madang"]) and engine != "madang":
            print(f"  {engine:10} {sum(seconds)[0]:10.1f} CPU s {ratios(engine, sum(seconds), own)}")


def memory(sizes: tuple[int, ...]) -> None:
    """Print CPU seconds and peak memory of whole processes that only load a network and search it."""
    print("\nEvery node as candidate, in a process of its own (kept network loaded, kernels from their cache)")
    for nodes in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.npz"
            save_network(build_network(synthetic_streets(nodes)), path)
            script = Path(__file__).with_name("reach_memory.py")
            done = subprocess.run([sys.executable, script, path], capture_output=True, text=True, check=True)
            seen = json.loads(done.stdout)
        print(
            f"  {seen['nodes']:>9,} nodes {seen['pairs']:>11,} pairs"
            f"  {seen['cpu_s']:6.2f} CPU s  {seen['wall_s']:6.2f} s wall"
            f"  peak {seen['peak_mb']:,.0f} MB of the whole process: {seen['imports_mb']:,.0f} MB imports,"
            f" {seen['before_mb']:,.0f} MB before the search"
        )


def main() -> int:
    """Run the comparison; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="one small grid, Dongdaemun, few sources")
    parser.add_argument("--large", action="store_true", help="measure 2,000,000 nodes too")
    chosen = parser.parse_args()
    whole: Sums = {}
    wrong = sum(compare(*network, chosen.quick, whole) for network in networks(chosen.quick))
    together(whole)
    large = (2_000_000,) if chosen.large else ()
    memory((50_000,) if chosen.quick else (200_000, 500_000, *large))
    print("\nall walks agree" if wrong == 0 else f"\n{wrong:,} walks DIFFER")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
