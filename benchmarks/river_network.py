"""Loads down a river of 100,000 reaches, 10 substances, beside scipy's triangular solve and a plain Python loop.

All three solve the same steady state from the same shares and transmissions: x = out of the upstream reaches, passed
through each reach. scipy gets one lower triangular matrix a substance (each has a rate of its own) in downstream
order, so that it need only substitute; the matrices are built before the clock starts. The Python loop runs over
reaches and substances with plain lists. Rows in no order are measured too. Seconds are CPU seconds, best of repeats.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import spsolve_triangular

from madang.methods.river_network import RiverNetwork, Routed, delivery, flows, linked, route
from madang.methods.river_network.routing import swept

Answer = TypeVar("Answer")

REACHES, SUBSTANCES, STATIONS = 100_000, 10, 82
SEED = 11
REPEATS = 15
SCIPY_WANTED, PYTHON_WANTED = 10.0, 30.0
DIFFERENCE_ALLOWED = 1e-12


def river(reaches: int, rng: np.random.Generator, shuffled: bool) -> RiverNetwork:
    """Return a random tree: each reach flows into one of the next few rows, the last into none; rows in any order."""
    rows = np.arange(reaches - 1)
    down = np.minimum(rows + 1 + rng.integers(0, 40, reaches - 1), reaches - 1)
    place = rng.permutation(reaches) if shuffled else np.arange(reaches)
    return linked(tuple(f"r{r}" for r in range(reaches)), place[rows], place[down], np.ones(reaches - 1))


def problem(reaches: int, shuffled: bool = False) -> tuple[Routed, Callable[[], Routed]]:
    """Return the routed river once and the work that routes it anew."""
    rng = np.random.default_rng(SEED)
    network = river(reaches, rng, shuffled)
    flow = flows(network, rng.uniform(0.01, 0.1, reaches), 0.0, 0.0)
    travel = rng.uniform(0.001, 0.05, reaches)
    loss = np.tile(rng.uniform(0.05, 3.0, SUBSTANCES), (reaches, 1))
    names = tuple(f"s{k}" for k in range(SUBSTANCES))
    point = rng.uniform(0.1, 10.0, (reaches, SUBSTANCES))

    def work() -> Routed:
        return route(flow, names, travel, loss, point)

    return work(), work


def best_of(work: Callable[[], Answer], repeats: int = REPEATS) -> tuple[float, Answer]:
    """Return the least CPU seconds of some repeats, and the answer."""
    seconds = []
    for _ in range(repeats):
        start = time.process_time()
        answer = work()
        seconds.append(time.process_time() - start)
    return min(seconds), answer


def triangular(routed: Routed) -> Callable[[], np.ndarray]:
    """Return the work of scipy: loads at the heads, one matrix a substance.

    Where rows lie in no order, loads are put in downstream order for it and its answer back, as its user would have to.
    """
    network = routed.network
    place = np.empty(len(network), dtype=np.int64)
    place[network.order] = np.arange(len(network))
    source = np.repeat(np.arange(len(network)), np.diff(network.down_start))
    target = network.down_reach
    matrices = []
    for k in range(SUBSTANCES):
        weight = network.down_share * routed.left[source] * routed.passed[source, k]
        links = sparse.csr_array((-weight, (place[target], place[source])), shape=(len(network),) * 2)
        matrices.append((sparse.eye_array(len(network), format="csr") + links).tocsr())
    scattered = network.in_rows[0] is not network

    def work() -> np.ndarray:
        point = routed.point_kg_per_d[network.order] if scattered else routed.point_kg_per_d
        solved = [spsolve_triangular(matrix, point[:, k], lower=True) for k, matrix in enumerate(matrices)]
        heads = np.stack(solved, axis=1)
        return heads[place] if scattered else heads

    return work


def plain(routed: Routed) -> Callable[[], list[list[float]]]:
    """Return the work of a plain Python loop: loads at the heads by reach."""
    network = routed.network
    order = network.order.tolist()
    start, up, share = network.up_start.tolist(), network.up_reach.tolist(), network.up_share.tolist()
    passed = (routed.left[:, None] * routed.passed).tolist()
    point = routed.point_kg_per_d.tolist()

    def work() -> list[list[float]]:
        head = [[]] * len(order)
        for r in order:
            row = point[r].copy()
            for e in range(start[r], start[r + 1]):
                u, part = up[e], share[e]
                for k in range(SUBSTANCES):
                    row[k] += part * head[u][k] * passed[u][k]
            head[r] = row
        return head

    return work


def main() -> int:
    """Print the table; exit code 1 when numbers differ or a ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="10,000 reaches")
    reaches = 10_000 if parser.parse_args().quick else REACHES
    print(f"{reaches:,} reaches x {SUBSTANCES} substances, CPU seconds")
    print(
        "the whole call is what a user calls: it checks the inputs and works out the transmissions, which scipy and the"
    )
    print("loop are given")
    fine = compared(reaches, "rows in downstream order", shuffled=False)
    fine &= compared(reaches, "rows in no order", shuffled=True)
    return 0 if fine else 1


def compared(reaches: int, called: str, shuffled: bool) -> bool:
    """Print one river's table; return whether numbers agree and the same work is as far ahead as wanted."""
    routed, work = problem(reaches, shuffled)
    ours, routed = best_of(work)
    alone, _ = best_of(sweep_alone(routed))
    theirs, solved = best_of(triangular(routed), 4)
    looped, listed = best_of(plain(routed), 4)
    print(f"\n{called}")
    for name, seconds in (("madang, whole call", ours), ("madang, sweep", alone), ("scipy", theirs), ("loop", looped)):
        print(f"{name:20}{seconds:>10.4f}{seconds / alone:>10.1f} times the sweep{seconds / ours:>10.1f} the call")
    scipy, loop = theirs / alone, looped / alone
    print(f"the same work against scipy: {scipy:.0f} times (wanted {SCIPY_WANTED:.0f})", end="; ")
    print(f"against the loop: {loop:.0f} times (wanted {PYTHON_WANTED:.0f})")
    return agree(routed, solved, listed) and scipy >= SCIPY_WANTED and loop >= PYTHON_WANTED


def agree(routed: Routed, solved: np.ndarray, listed: list[list[float]]) -> bool:
    """Print the largest differences, between the peers, of the balance and between both sweeps; return if all fit."""
    head, network = routed.head_kg_per_d, routed.network
    names = [f"r{r}" for r in np.linspace(0, len(network) - 1, STATIONS).astype(int)]
    delivery(routed, names, "s0")
    back, ratios = best_of(lambda: delivery(routed, names, "s0"), 2)
    difference = max(
        float(np.max(np.abs(solved - head) / head)),
        float(np.max(np.abs(np.array(listed) - head) / head)),
    )
    arrived = ratios.head @ routed.point_kg_per_d[:, 0]
    stations = routed.end_kg_per_d[network.rows(names), 0]
    adjoint = float(np.max(np.abs(arrived - stations) / stations))
    balance = float(np.max(np.abs(routed.balance_kg_per_d) / routed.point_kg_per_d.sum(axis=0)))
    print(f"delivery ratios of all reaches to {STATIONS} stations, one substance: {back:.4f} s")
    print(f"largest relative difference: {difference:.1e} (allowed {DIFFERENCE_ALLOWED:.0e})")
    print(f"mass balance: {balance:.1e}; delivery x loads against the forward sweep: {adjoint:.1e}")
    return max(difference, balance, adjoint) <= DIFFERENCE_ALLOWED


def sweep_alone(routed: Routed) -> Callable[[], object]:
    """Return the same work as the peers do: the sweep from given transmissions."""
    return lambda: swept(routed.network, routed.point_kg_per_d, routed.left, routed.passed, None, None)


if __name__ == "__main__":
    sys.exit(main())
