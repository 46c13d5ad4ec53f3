"""Fleet cohorts beside flodym: 8 classes x 6 powertrains x 41 years, 10,000 draws of uncertain lifetimes.

Both get the same problem: a stock per class and year, purchases split over powertrains, Weibull survival with
vehicles bought in mid-year. flodym solves it as its documentation shows (StockDrivenDSM by class, then
InflowDrivenDSM by class and powertrain); it is measured on fewer draws and scaled, and the table says so.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

Answer = TypeVar("Answer")

CLASSES, POWERTRAINS, YEARS = 8, 6, 41
SEED = 7
REPEATS = 3
RATIO_WANTED = 200.0
DIFFERENCE_ALLOWED = 1e-9


def problem() -> tuple[np.ndarray, np.ndarray, np.ndarray, float]:
    """Totals class x year, shares class x powertrain x year, Weibull scales by class, shape."""
    rng = np.random.default_rng(SEED)
    total = 1e5 * (1 + np.cumsum(rng.uniform(0.02, 0.05, (CLASSES, YEARS)), axis=1))
    split = rng.uniform(0.1, 1.0, (CLASSES, POWERTRAINS, YEARS))
    return total, split / split.sum(axis=1, keepdims=True), np.linspace(9.0, 18.0, CLASSES), 3.0


def factors(draws: int) -> np.ndarray:
    """Lifetime factors draw x class, the same for both programs."""
    return np.random.default_rng(SEED + 1).uniform(0.8, 1.2, (draws, CLASSES))


def best_of(work: Callable[[], Answer]) -> tuple[float, float, Answer]:
    """Return the least CPU s and wall s of three repeats, and the answer: other programs disturb both sides."""
    cpus, walls = [], []
    for _ in range(REPEATS):
        cpu, wall = time.process_time(), time.perf_counter()
        answer = work()
        cpus.append(time.process_time() - cpu)
        walls.append(time.perf_counter() - wall)
    return min(cpus), min(walls), answer


def ours(draws: int, compare: int, threads: int | None = 1) -> tuple[float, float, np.ndarray, str]:
    """Return CPU s and wall s of the draws, the first stocks (draw x class x powertrain x year), band text."""
    from madang.methods.stock_flow import Aggregate, Draws, Fleet, Flow, Weibull, run, run_draws

    total, split, scale, shape = problem()
    names = tuple(f"class{c}" for c in range(CLASSES)), tuple(f"powertrain{p}" for p in range(POWERTRAINS))
    wide = np.repeat(scale[:, None], POWERTRAINS, axis=1)

    def fleet_of(years: np.ndarray) -> Fleet:
        return Fleet(*names, 2010, total, split, Weibull(years, shape))

    def sampler(rng: np.random.Generator, count: int) -> Draws:
        return Draws(scale_years=wide * rng.uniform(0.8, 1.2, (count, CLASSES, 1)))

    aggregates = [Aggregate(f"{p} {c}", Flow.STOCK, (c,), (p,)) for c in names[0] for p in names[1][:1]]
    aggregates += [Aggregate(f"bought {p}", Flow.PURCHASES, names[0], (p,)) for p in names[1]]
    fleet = fleet_of(wide)
    run(fleet)
    run_draws(fleet, sampler, aggregates, draws=1, threads=1)  # compiled before the clock starts, as flodym is
    cpu, wall, bands = best_of(lambda: run_draws(fleet, sampler, aggregates, draws=draws, threads=threads))
    first = np.array([run(fleet_of(wide * f[:, None])).stock for f in factors(compare)])
    low, mid, high = bands.quantiles("powertrain0 class0")[:, -1]
    return cpu, wall, first, f"{low:,.0f} / {mid:,.0f} / {high:,.0f}"


def flodym_stocks(lifetime_factors: np.ndarray) -> np.ndarray:
    """Run one draw of flodym; stock class x powertrain x year."""
    import flodym as fd

    total, split, scale, shape = problem()
    t = fd.Dimension(name="Time", letter="t", items=list(range(2010, 2010 + YEARS)), dtype=int)
    c = fd.Dimension(name="Class", letter="c", items=list(range(CLASSES)), dtype=int)
    p = fd.Dimension(name="Powertrain", letter="p", items=list(range(POWERTRAINS)), dtype=int)
    by_class = fd.DimensionSet(dim_list=[t, c])
    whole = fd.DimensionSet(dim_list=[t, c, p])
    life = scale * lifetime_factors
    driven = fd.StockDrivenDSM(
        dims=by_class,
        lifetime_model=fd.WeibullLifetime(
            dims=by_class, weibull_shape=shape, weibull_scale=np.broadcast_to(life, (YEARS, CLASSES)).copy()
        ),
        stock=fd.StockArray(dims=by_class, values=total.T.copy()),
    )
    driven.compute()
    inflow = driven.inflow.values[:, :, None] * split.transpose(2, 0, 1)
    scales = np.broadcast_to(life[None, :, None], (YEARS, CLASSES, POWERTRAINS)).copy()
    split_up = fd.InflowDrivenDSM(
        dims=whole,
        lifetime_model=fd.WeibullLifetime(dims=whole, weibull_shape=shape, weibull_scale=scales),
        inflow=fd.StockArray(dims=whole, values=inflow),
    )
    split_up.compute()
    return np.asarray(split_up.stock.values.transpose(1, 2, 0))


def peer(draws: int) -> tuple[float, float, np.ndarray]:
    """Return CPU s and wall s of the draws and all their stocks."""
    lives = factors(draws)
    flodym_stocks(lives[0])
    return best_of(lambda: np.array([flodym_stocks(life) for life in lives]))


def peak_mb() -> float:
    """Peak resident memory of this process in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def in_own_process(part: str, arguments: list[str]) -> list[str]:
    """Run one side in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--part", part, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, env=os.environ)
    return done.stdout.strip().splitlines()[-1].split("|")


def compare() -> float:
    """Largest relative difference between the two programs' stocks over three draws."""
    _, _, mine, _ = ours(1, 3)
    theirs = np.array([flodym_stocks(life) for life in factors(3)])
    return float(np.max(np.abs(mine - theirs) / np.maximum(np.abs(theirs), 1.0)))


def main() -> int:
    """Print the table; exit code 1 when stocks or bands differ or the ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="1,000 draws and 5 draws of flodym")
    parser.add_argument("--part", choices=("ours", "flodym"))
    parser.add_argument("--draws", type=int, default=None)
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    if options.part == "ours":
        cpu, wall, _, band = ours(options.draws, 0, options.threads)
        print(f"{cpu}|{wall}|{peak_mb()}|{band}")
        return 0
    if options.part == "flodym":
        cpu, wall, _ = peer(options.draws)
        print(f"{cpu}|{wall}|{peak_mb()}")
        return 0
    draws, peer_draws = (1_000, 5) if options.quick else (10_000, 40)
    mine = in_own_process("ours", ["--draws", str(draws)])
    spread = in_own_process("ours", ["--draws", str(draws), "--threads", str(os.cpu_count() or 1)])
    small = in_own_process("ours", ["--draws", "250"])
    theirs = in_own_process("flodym", ["--draws", str(peer_draws)])
    difference = compare()
    my_cpu, their_cpu = float(mine[0]) / draws, float(theirs[0]) / peer_draws
    ratio = their_cpu / my_cpu
    print(f"{CLASSES} classes x {POWERTRAINS} powertrains x {YEARS} years")
    print(f"{'':10}{'draws':>8}{'CPU s':>10}{'wall s':>10}{'us a draw':>12}{'for 10,000':>13}{'peak MB':>9}")
    for name, count, row in (("madang", draws, mine), ("flodym", peer_draws, theirs)):
        each = float(row[0]) / count
        print(
            f"{name:10}{count:>8,}{float(row[0]):>10.3f}{float(row[1]):>10.3f}{each * 1e6:>12,.0f}"
            f"{each * 10_000:>11,.1f} s{float(row[2]):>9.0f}"
        )
    same = spread[3] == mine[3]
    print(
        f"flodym is measured on {peer_draws} draws and scaled; best of {REPEATS}; first calls (imports, compiling) not"
        " counted"
    )
    print(f"with {os.cpu_count()} threads madang needs {float(spread[1]):.3f} s wall, the same bands: {same}")
    print(f"ratio of CPU seconds, one thread each: {ratio:,.0f} (wanted: at least {RATIO_WANTED:,.0f})")
    print(f"largest relative difference of stocks over 3 draws: {difference:.2e} (allowed: {DIFFERENCE_ALLOWED:.0e})")
    print(f"memory for {draws:,} draws less memory for 250: {float(mine[2]) - float(small[2]):.0f} MB")
    print(f"5 / 50 / 95 % of powertrain0 of class0 in the last year: {mine[3]}")
    return 0 if difference <= DIFFERENCE_ALLOWED and same and ratio >= RATIO_WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
