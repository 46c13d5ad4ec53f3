"""A composite index under its assumptions beside pandas and pymcdm: 10,000 draws x 200 cities x 50 indicators.

Made-up cities. Every draw takes one of two normalisations and one of two means, and every weight, of the indicators
in ten pillars and of the pillars, may be off by a quarter. Wanted: scores, ranks and quantiles of every city. The
draws' choices and factors are the same for all sides; everything after them each side works out by itself.

pandas goes through the draws in a loop, city by city (``apply`` on rows), and once more by whole columns; pymcdm gets
each draw's two levels multiplied out, since it knows one level. The three are measured on a few draws and scaled.
Times are CPU seconds of the whole process. Then 5,000 cities x 200 indicators x 100,000 draws in bounded memory:
a part by default, all with ``--whole``.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
from fleet_cohorts import best_of, peak_mb

from madang.core.progress import Progress, silent
from madang.methods.composite_index import Alternatives, Data, Ensemble, Group, Indicator, Recipe, Tree, WeightSpread
from madang.methods.composite_index import sample as draw_all

DRAWS, CITIES, INDICATORS, PILLARS = 10_000, 200, 50, 10
LARGE_DRAWS, LARGE_CITIES, LARGE_INDICATORS, LARGE_PILLARS = 100_000, 5_000, 200, 20
#: Draws of the large index by default; both are too many to keep every score, so they go the way of the whole.
LARGE_PARTS = (5_000, 10_000)
PEER_DRAWS = 32
LOW, HIGH, SPREAD = 1.0, 100.0, 0.25
NORMALISATIONS, POWERS = ("min_max", "z"), (1.0, 0.0)
QUANTILES = (0.05, 0.5, 0.95)
RATIO_WANTED, MEMORY_WANTED_MIB, DIFFERENCE_ALLOWED = 1_000.0, 2048.0, 1e-12
#: By how much twice the draws of the large index may raise the peak: what differs by chance from run to run.
GROWTH_ALLOWED_MIB = 128.0


class Problem(NamedTuple):
    """What all sides are given: values (cities x indicators), directions (1 or -1), indicators' and pillars' weights.

    The indicators of a pillar stand side by side, as many in each.
    """

    values: np.ndarray
    directions: np.ndarray
    within: np.ndarray
    between: np.ndarray


class Draws(NamedTuple):
    """What each draw takes: normalisation, power, and the weights of indicators and pillars (draws x each)."""

    normalisations: list[str]
    powers: list[float]
    within: np.ndarray
    between: np.ndarray


class Answers(NamedTuple):
    """Scores and ranks (draws x cities), and quantiles of the scores (cities x 3)."""

    scores: np.ndarray
    ranks: np.ndarray
    quantiles: np.ndarray


def problem(cities: int, indicators: int, pillars: int) -> Problem:
    """Return made-up cities; of every third indicator less is better."""
    chance = np.random.default_rng(7)
    values = chance.triangular(10.0, 40.0, 90.0, (cities, indicators))
    directions = np.where(np.arange(indicators) % 3 == 2, -1, 1)
    return Problem(values, directions, chance.uniform(1, 3, indicators), chance.uniform(1, 3, pillars))


def recipe_of(given: Problem) -> Recipe:
    """Return the problem as a recipe."""
    names = tuple(f"i{place}" for place in range(len(given.within)))
    size = len(names) // len(given.between)
    groups = [
        Group(f"p{one}", names[one * size : (one + 1) * size], tuple(given.within[one * size : (one + 1) * size]))
        for one in range(len(given.between))
    ]
    tree = Tree(names, (*groups, Group("index", tuple(group.name for group in groups), tuple(given.between))))
    listed = tuple(Indicator(name, bool(way > 0)) for name, way in zip(names, given.directions, strict=True))
    return Recipe(tree=tree, indicators=listed, scale=(LOW, HIGH))


def ensemble(given: Problem, draws: int, progress: Progress = silent) -> Ensemble:
    """Return the index under its assumptions."""
    assumptions = (Alternatives("normalisation", NORMALISATIONS), Alternatives("power", POWERS), WeightSpread(SPREAD))
    data = Data(tuple(f"city{row}" for row in range(len(given.values))), given.values)
    return draw_all(data, recipe_of(given), assumptions, draws, progress=progress)


def draws_of(made: Ensemble, given: Problem) -> Draws:
    """Return the draws in words and weights: what the peers are given."""
    points = made.design.matrix()
    words = made.design.decoded(points)
    weights = made.design.recipe.tree.weights * made.design.factors(points).T
    count = len(given.within)
    return Draws(
        list(words["normalisation"]), list(words["power"]), weights[:, :count].copy(), weights[:, count:].copy()
    )


def _normalised(frame: Any, kind: str) -> Any:
    """Return a pandas table of scores; directions are in the signs already."""
    if kind == "min_max":
        shares = (frame - frame.min()) / (frame.max() - frame.min())
    else:
        shares = 0.5 + 0.1 * (frame - frame.mean()) / frame.std()
    return LOW + (HIGH - LOW) * shares


def _mean(values: Any, weights: np.ndarray, power: float) -> float:
    """Return one weighted mean of a city's scores."""
    if power == 0.0:
        return float(np.exp((np.log(values) * weights).sum() / weights.sum()))
    return float((values * weights).sum() / weights.sum())


def _in_pandas(given: Problem, drawn: Draws, index: Callable[[Any, int], Any]) -> Answers:
    """Return the answers of a loop over draws; ``index`` makes one draw's scores from the normalised table."""
    import pandas as pd

    frame = pd.DataFrame(given.values * given.directions)
    rows = [index(_normalised(frame, kind), draw) for draw, kind in enumerate(drawn.normalisations)]
    scores = pd.DataFrame(rows)
    ranks = scores.rank(axis=1, method="min", ascending=False).astype(int)
    return Answers(scores.to_numpy(), ranks.to_numpy(), scores.quantile(QUANTILES).to_numpy().T)


def pandas_rows(given: Problem, drawn: Draws) -> Answers:
    """Return the answers city by city, as it is written down first."""
    size = len(given.within) // len(given.between)

    def index(table: Any, draw: int) -> Any:
        power, within, between = drawn.powers[draw], drawn.within[draw], drawn.between[draw]

        def city(row: Any) -> float:
            parts = [slice(at, at + size) for at in range(0, len(within), size)]
            return _mean(np.array([_mean(row.iloc[part], within[part], power) for part in parts]), between, power)

        return table.apply(city, axis=1)

    return _in_pandas(given, drawn, index)


def pandas_columns(given: Problem, drawn: Draws) -> Answers:
    """Return the answers by whole columns, a pillar at a time."""
    import pandas as pd

    size = len(given.within) // len(given.between)

    def index(table: Any, draw: int) -> Any:
        geometric, within, between = drawn.powers[draw] == 0.0, drawn.within[draw], drawn.between[draw]
        known = np.log(table) if geometric else table
        parts = [slice(at, at + size) for at in range(0, len(within), size)]
        pillars = pd.DataFrame(
            {at: (known.iloc[:, p] * within[p]).sum(axis=1) / within[p].sum() for at, p in enumerate(parts)}
        )
        sums = (pillars * between).sum(axis=1) / between.sum()
        return np.exp(sums) if geometric else sums

    return _in_pandas(given, drawn, index)


def by_pymcdm(given: Problem, drawn: Draws) -> Answers:
    """Return the answers by WSM and WPM, which take one level of weights: the two levels multiplied out."""
    from pymcdm.helpers import rankdata
    from pymcdm.methods import WPM, WSM
    from pymcdm.normalizations import minmax_normalization

    def min_max(x: np.ndarray, cost: bool = False) -> np.ndarray:
        return LOW + (HIGH - LOW) * minmax_normalization(x, cost)

    def z(x: np.ndarray, cost: bool = False) -> np.ndarray:
        way = -1.0 if cost else 1.0
        return LOW + (HIGH - LOW) * (0.5 + 0.1 * way * (x - x.mean()) / x.std(ddof=1))

    ways, models = {"min_max": min_max, "z": z}, {1.0: WSM, 0.0: WPM}
    pillars = len(given.between)
    scores, ranks = [], []
    for draw, (kind, power) in enumerate(zip(drawn.normalisations, drawn.powers, strict=True)):
        within, between = drawn.within[draw].reshape(pillars, -1), drawn.between[draw]
        weights = (within / within.sum(axis=1, keepdims=True) * (between / between.sum())[:, None]).ravel()
        # Its validation wants weights that add to 1 to the last bit; drawn ones do to within 1e-15.
        found = models[power](ways[kind])(given.values, weights, given.directions, validation=False)
        scores.append(found)
        ranks.append(rankdata(found, reverse=True))
    return Answers(np.array(scores), np.array(ranks).astype(int), np.quantile(scores, QUANTILES, axis=0).T)


def differences(made: Ensemble, theirs: Answers) -> tuple[float, bool]:
    """Return the largest relative difference of scores and quantiles, and whether every city took the same ranks."""
    mine = made.trial.scores(made.design.matrix())
    apart = max(
        float(np.max(np.abs(mine / theirs.scores - 1.0))),
        float(np.max(np.abs(made.score_ends / theirs.quantiles - 1.0))),
    )
    places = np.arange(1, mine.shape[1] + 1)
    counts = (theirs.ranks[:, :, None] == places).sum(axis=0)
    return apart, bool(np.array_equal(counts, made.counts))


def _told(share: float, what: str) -> None:
    """Show on stderr how far the large index is."""
    print(f"\r{share:7.1%} {what}", end="\n" if share >= 1.0 else "", file=sys.stderr, flush=True)


def alone(part: str, draws: int) -> dict[str, float]:
    """Run one ensemble in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--part", part, "--draws", str(draws)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def run_part(part: str, draws: int) -> None:
    """Print CPU s, wall s and peak MiB of one ensemble; the first call (compiling, reading what is compiled) is not
    counted."""
    small = problem(CITIES, INDICATORS, PILLARS)
    ensemble(small, PEER_DRAWS)
    if part == "small":
        cpu, wall, made = best_of(lambda: ensemble(small, draws))
    else:
        given = problem(LARGE_CITIES, LARGE_INDICATORS, LARGE_PILLARS)
        cpu, wall = time.process_time(), time.perf_counter()
        made = ensemble(given, draws, _told)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    first = int(made.base.ranks.argmin())
    low, middle, high = made.rank_ends()[first].tolist()
    found = {"cpu": cpu, "wall": wall, "peak": peak_mb(), "step": made.score_step}
    print(json.dumps({**found, "low": low, "middle": middle, "high": high}))


def beside() -> bool:
    """Print the table of 10,000 draws and tell whether answers and goals are met."""
    given = problem(CITIES, INDICATORS, PILLARS)
    made = ensemble(given, PEER_DRAWS)
    drawn = draws_of(made, given)
    mine = alone("small", DRAWS)
    print(f"{DRAWS:,} draws x {CITIES} cities x {INDICATORS} indicators in {PILLARS} pillars; scores, ranks, quantiles")
    print(f"{'':34}{'draws':>8}{'CPU s':>10}{'for 10,000, s':>15}{'ratio':>10}{'apart by':>12}{'ranks':>8}")
    print(f"{'madang, ensemble':34}{DRAWS:>8,}{mine['cpu']:>10.3f}{mine['cpu']:>15.3f}{1:>10}")
    equal, ratios = True, []
    peers = {
        "pandas, loop, city by city": pandas_rows,
        "pandas, loop, by columns": pandas_columns,
        "pymcdm, loop, WSM and WPM": by_pymcdm,
    }
    for name, peer in peers.items():
        peer(given, Draws(*(part[:2] for part in drawn)))
        cpu, _, theirs = best_of(lambda peer=peer: peer(given, drawn))  # type: ignore[misc]
        apart, same = differences(made, theirs)
        equal &= same and apart <= DIFFERENCE_ALLOWED
        scaled = cpu * DRAWS / PEER_DRAWS
        ratios.append(scaled / mine["cpu"])
        says = "equal" if same else "DIFFER"
        print(f"{name:34}{PEER_DRAWS:>8,}{cpu:>10.3f}{scaled:>15,.1f}{ratios[-1]:>10,.0f}{apart:>12.1e}{says:>8}")
    print(
        f"the peers are measured on {PEER_DRAWS} draws and scaled; best of three; apart by at most "
        f"{DIFFERENCE_ALLOWED:g} is allowed"
    )
    print(
        f"{ratios[0]:,.0f} times the pandas loop (wanted {RATIO_WANTED:,.0f}), peak memory {mine['peak']:,.0f} MiB "
        f"(wanted under {MEMORY_WANTED_MIB:,.0f}), wall {mine['wall']:.3f} s"
    )
    return equal and ratios[0] >= RATIO_WANTED and mine["peak"] < MEMORY_WANTED_MIB


def large(parts: tuple[int, ...]) -> bool:
    """Print what the large index takes and tell whether its memory is bounded."""
    print(f"\n{LARGE_CITIES:,} cities x {LARGE_INDICATORS} indicators, {LARGE_DRAWS:,} draws wanted, in chunks")
    peaks = []
    for draws in parts:
        found = alone("large", draws)
        peaks.append(found["peak"])
        print(
            f"{draws:>8,} draws ({draws / LARGE_DRAWS:.0%} of them): CPU {found['cpu']:,.1f} s, wall "
            f"{found['wall']:,.1f} s, peak memory {found['peak']:,.0f} MiB; "
            f"ranks exact, scores to {found['step']:.3f}; "
            f"the first city's rank {found['low']} / {found['middle']} / {found['high']} (5, 50, 95 %)"
        )
    if len(peaks) > 1:
        grown = peaks[-1] - peaks[0]
        print(f"twice the draws take {grown:+,.0f} MiB (allowed: {GROWTH_ALLOWED_MIB:,.0f}); --whole draws all")
    return max(peaks) < MEMORY_WANTED_MIB and peaks[-1] - peaks[0] < GROWTH_ALLOWED_MIB


def main() -> int:
    """Print both tables; 1 where answers differ, or the ratio or the memory is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--whole", action="store_true", help="all draws of the large index, some minutes")
    parser.add_argument("--part", choices=("small", "large"))
    parser.add_argument("--draws", type=int, default=DRAWS)
    options = parser.parse_args()
    if options.part:
        run_part(options.part, options.draws)
        return 0
    met = beside()
    bounded = large((LARGE_DRAWS,) if options.whole else LARGE_PARTS)
    return 0 if met and bounded else 1


if __name__ == "__main__":
    sys.exit(main())
