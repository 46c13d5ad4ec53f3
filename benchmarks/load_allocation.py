"""Allotting loads for least cost beside the same linear program written in pulp and in linopy, all solved by HiGHS.

Synthetic units on a random tree of stations, seeded. Every program has the same variables, rows and bounds; the
objectives are compared first. pulp and linopy are asked as their documentation shows, and each is timed from the
arrays to the finished answer; building is their time before HiGHS starts. Then madang alone: 25 districts, and 1,000
districts x 40 stations x 10 years x 10 substances with its peak memory. Seconds are CPU seconds of the process and of
the solver it starts.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time

import numpy as np

from madang.methods.load_allocation import Allocation, Measure, cascade, least_cost
from madang.methods.load_allocation.effort import bounds
from madang.methods.load_allocation.model import Program, program, solve

SEED = 5
MEASURES = (
    ("reuse", 0.20, 900.0, 40.0, True),
    ("plant", 0.45, 2400.0, 15.0, True),
    ("dosing", 0.15, 0.0, 700.0, False),
)
SAME = 1e-6
LARGE_S, LARGE_MIB, SMALL_S = 60.0, 2048.0, 1.0


def problem(units: int, stations: int, substances: int, years: int) -> Allocation:
    """Return a synthetic question whose caps ask for 8 to 45 % less, more from year to year."""
    rng = np.random.default_rng(SEED)
    names = tuple(f"station {s}" for s in range(stations))
    below = [names[rng.integers(s + 1, min(s + 6, stations))] if s + 1 < stations else None for s in range(stations)]
    home = [names[s] for s in rng.integers(0, stations, units)]
    paths = cascade(
        names, below, rng.uniform(0.7, 1.0, (stations, substances)), home, rng.uniform(0.4, 1.0, (units, substances))
    )
    load = rng.uniform(20.0, 400.0, (units, substances, 1)) * (1.01 ** np.arange(years))
    at = np.stack([paths.station_loads(p, load[:, p, :]) for p in range(substances)], axis=1)
    cap = at * (1.0 - rng.uniform(0.08, 0.25, (stations, substances, 1)) - np.linspace(0.0, 0.2, years))
    spread = rng.uniform(0.6, 1.6, (units, substances))
    measures = tuple(
        Measure(name, share * load[:, :, 0], build * spread, run * spread, lasting=lasting)
        for name, share, build, run, lasting in MEASURES
    )
    return Allocation(
        tuple(f"district {u}" for u in range(units)),
        tuple(f"substance {p}" for p in range(substances)),
        tuple(range(2021, 2021 + years)),
        paths,
        load,
        cap,
        measures,
        discount=0.045,
    )


def cpu_s() -> float:
    """CPU seconds of this process and of the programs it started."""
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def ours(asked: Allocation) -> tuple[float, float, float]:
    """Return objective, CPU s to build and CPU s in all."""
    start, built, cost = cpu_s(), 0.0, 0.0
    for p in range(len(asked.substances)):
        before = cpu_s()
        made = program(asked, p, bounds(asked, p))
        built += cpu_s() - before
        cost += solve(asked, p, made).cost
    return cost, built, cpu_s() - start


def with_pulp(made: list[Program]) -> tuple[float, float, float]:
    """The same programs as pulp's users write them: variables, sums of products, HiGHS through its Python door."""
    import pulp

    start, built, cost = cpu_s(), 0.0, 0.0
    for one in made:
        before = cpu_s()
        model = pulp.LpProblem("allocation", pulp.LpMinimize)
        x = [
            pulp.LpVariable(f"x{i}", low, None if np.isinf(high) else high)
            for i, (low, high) in enumerate(zip(one.low.tolist(), one.high.tolist(), strict=True))
        ]
        model += pulp.LpAffineExpression(zip(x, one.cost.tolist(), strict=True))
        start_, place, value = one.rows.indptr.tolist(), one.rows.indices.tolist(), one.rows.data.tolist()
        for r, (low, high) in enumerate(zip(one.row_low.tolist(), one.row_high.tolist(), strict=True)):
            row = pulp.LpAffineExpression((x[place[e]], value[e]) for e in range(start_[r], start_[r + 1]))
            model += (row == low) if low == high else (row >= low)
        built += cpu_s() - before
        model.solve(pulp.HiGHS(msg=False))
        cost += pulp.value(model.objective)
    return cost, built, cpu_s() - start


def with_linopy(asked: Allocation) -> tuple[float, float, float]:
    """The same programs as linopy's users write them: labelled arrays of variables, HiGHS."""
    import linopy
    import pandas as pd
    import xarray as xr

    from madang.methods.load_allocation.model import effort_costs

    start, built, cost = cpu_s(), 0.0, 0.0
    units, years = pd.Index(asked.units, name="unit"), pd.Index(asked.years, name="year")
    stations = pd.Index(asked.paths.stations, name="station")
    names = pd.Index([m.name for m in asked.measures], name="measure")
    lasting = [m.name for m in asked.measures if m.lasting]
    for p in range(len(asked.substances)):
        before = cpu_s()
        bound, model = bounds(asked, p), linopy.Model()
        cells = [names, units, years]
        effort = model.add_variables(
            xr.DataArray(bound.low, cells), xr.DataArray(bound.high, cells), name="effort", coords=cells
        )
        removed = model.add_variables(0, xr.DataArray(asked.removable[:, p, :], [units, years]), name="removed")
        load = model.add_variables(0, xr.DataArray(asked.held_kg_per_d[:, p, :], [stations, years]), name="load")
        model.add_constraints(effort.sum("measure") - removed >= 0, name="effects")
        model.add_constraints(
            effort.sel(measure=lasting).isel(year=slice(1, None))
            - effort.sel(measure=lasting).shift(year=1).isel(year=slice(1, None))
            >= 0,
            name="rising",
        )
        between, share = asked.paths.between[p], asked.paths.from_units[p].tocsc()
        weight = xr.DataArray(share.data, [units])
        group = xr.DataArray([asked.paths.stations[s] for s in share.indices], [units], name="station")
        came = (removed * weight).groupby(group).sum()
        right = xr.DataArray(share @ asked.load_kg_per_d[:, p, :], [stations, years])
        matrix = xr.DataArray(between.toarray(), [stations, stations.rename("above")])
        lhs = (load.rename(station="above") * matrix).sum("above") + came.reindex(station=stations)
        model.add_constraints(lhs == right, name="stations")
        model.add_objective((effort * xr.DataArray(effort_costs(asked, p), cells)).sum())
        built += cpu_s() - before
        model.solve("highs", io_api="direct", output_flag=False, solver="simplex")
        cost += float(model.objective.value)
    return cost, built, cpu_s() - start


def large(units: int, stations: int, substances: int, years: int) -> None:
    """Solve one size in this process; print objective, wall s, CPU s and peak MiB."""
    asked = problem(units, stations, substances, years)
    wall, cpu = time.perf_counter(), cpu_s()
    plan = least_cost(asked)
    wall, cpu = time.perf_counter() - wall, cpu_s() - cpu
    print(f"{plan.cost}|{wall}|{cpu}|{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}")


def in_own_process(size: tuple[int, ...]) -> list[float]:
    """Solve one size in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--size", ",".join(str(n) for n in size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return [float(part) for part in done.stdout.strip().splitlines()[-1].split("|")]


def main() -> int:
    """Print the tables; exit code 1 when objectives differ, a peer is ahead, or a size misses its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="100 districts beside the peers, and no large size")
    parser.add_argument("--size")
    options = parser.parse_args()
    if options.size:
        large(*(int(n) for n in options.size.split(",")))
        return 0
    size = (100, 10, 2, 10) if options.quick else (300, 20, 3, 10)
    asked = problem(*size)
    least_cost(problem(5, 2, 1, 3))  # imports and first calls aren't timed on either side
    with_linopy(problem(5, 2, 1, 3))
    made = [program(asked, p, bounds(asked, p)) for p in range(size[2])]
    rows = {"madang": ours(asked), "pulp": with_pulp(made), "linopy": with_linopy(asked)}
    mine = rows["madang"]
    print(
        f"{size[0]} districts x {size[1]} stations x {size[2]} substances x {size[3]} years x {len(MEASURES)} measures"
    )
    print(f"{'':10}{'build s':>10}{'total s':>10}{'build ratio':>13}{'total ratio':>13}   objective")
    fine = True
    for name, (cost, build, total) in rows.items():
        print(f"{name:10}{build:>10.3f}{total:>10.3f}{build / mine[1]:>13.1f}{total / mine[2]:>13.1f}   {cost:,.4f}")
        same = abs(cost - mine[0]) <= SAME * abs(mine[0])
        fine &= same and (name == "madang" or (build > mine[1] and total > mine[2]))
    print(f"objectives agree to {SAME:.0e} of their size: {fine}")
    small = in_own_process((25, 4, 10, 10))
    print(f"25 districts x 4 stations x 10 substances x 10 years: {small[1]:.2f} s wall (wanted below {SMALL_S:.0f})")
    fine &= small[1] < SMALL_S
    if not options.quick:
        whole = in_own_process((1000, 40, 10, 10))
        print(
            f"1,000 districts x 40 stations x 10 substances x 10 years: {whole[1]:.1f} s wall, {whole[2]:.1f} s CPU,"
            f" {whole[3]:,.0f} MiB at most (wanted below {LARGE_S:.0f} s and {LARGE_MIB:,.0f} MiB)"
        )
        fine &= whole[1] < LARGE_S and whole[3] < LARGE_MIB
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
