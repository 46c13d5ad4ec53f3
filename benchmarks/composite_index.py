"""An index under its assumptions: 10,000 draws x 200 cities x 50 indicators, beside a pandas loop and beside pymcdm.

Made-up values, seeded. Two normalisations (min-max, rank), two means (arithmetic, geometric), weights on two levels off
by up to 25 % each; scores, ranks and their 5th, 50th and 95th percentiles. madang draws all of them. The pandas loop,
written as analysts write it (a frame a draw, groups by name), and pymcdm (WSM, WPM; one level only, so it is handed the
effective weights) run a few of the same draws; their seconds are scaled to all draws, and their scores and ranks are
compared with madang's. Then 5,000 cities x 200 indicators in chunks. Seconds are CPU seconds of the process.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import TypeVar

import numpy as np

from madang.methods.composite_index import (
    Alternatives,
    Data,
    Ensemble,
    Group,
    Indicator,
    Recipe,
    Tree,
    WeightSpread,
    effective_weights,
    sample,
)

SEED = 7
ASSUMPTIONS = (
    WeightSpread(0.25),
    Alternatives("normalisation", ("min_max", "rank")),
    Alternatives("power", (1.0, 0.0)),
)
SAME = 1e-9
RATIO_MIN, PEAK_MIB = 1000.0, 2048.0
T = TypeVar("T")


def question(cities: int, indicators: int, group: int = 10) -> tuple[Data, Recipe]:
    """Return made-up values and a recipe of two levels, ``group`` indicators in each group, every third better low."""
    rng = np.random.default_rng(SEED)
    names = tuple(f"i{place}" for place in range(indicators))
    parts = [names[at : at + group] for at in range(0, indicators, group)]
    groups = [Group(f"g{at}", part, tuple(rng.uniform(1, 3, len(part)))) for at, part in enumerate(parts)]
    root = Group("index", tuple(one.name for one in groups), tuple(rng.uniform(1, 3, len(groups))))
    recipe = Recipe(
        tree=Tree(names, (*groups, root)),
        indicators=tuple(Indicator(name, place % 3 != 0) for place, name in enumerate(names)),
        scale=(1.0, 100.0),
    )
    values = rng.lognormal(3.0, 0.6, (cities, indicators))
    return Data(tuple(f"city {place}" for place in range(cities)), values), recipe


def timed(work: Callable[[], T]) -> tuple[T, float]:
    """Return what work gives and its CPU seconds."""
    start = time.process_time()
    made = work()
    return made, time.process_time() - start


def with_pandas(data: Data, drawn: Ensemble, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """The first draws as a loop over frames: normalise, weighted mean by group, weighted mean of groups, rank."""
    import pandas as pd

    recipe, points = drawn.design.recipe, next(drawn.design.chunks(1 << 14))[:draws]
    said, tree = drawn.design.decoded(points), recipe.tree
    frame = pd.DataFrame(data.values, index=list(data.cities), columns=list(tree.indicators))
    better = {one.name: one.higher_is_better for one in recipe.indicators}
    base = {(group.name, part): w for group in tree.groups for part, w in zip(group.parts, group.weights, strict=True)}
    scores, ranks = [], []
    for draw in range(draws):
        scored = pd.DataFrame(index=frame.index)
        for name in frame.columns:
            column = frame[name] if better[name] else -frame[name]
            if said["normalisation"][draw] == "min_max":
                share = (column - column.min()) / (column.max() - column.min())
            else:
                share = 1 - (column.rank(method="min", ascending=False) - 1) / (len(column) - 1)
            scored[name] = 1 + 99 * share
        weight = {part: base[group, part] * said[f"weights: {part} in {group}"][draw] for group, part in tree.edges}

        def mean(row, parts, weight=weight, power=said["power"][draw]):  # type: ignore[no-untyped-def]
            shares = pd.Series({part: weight[part] for part in parts})
            if power == 1.0:
                return (row[list(parts)] * shares).sum() / shares.sum()
            return np.exp((np.log(row[list(parts)]) * shares).sum() / shares.sum())

        for group in tree.order:
            scored[group.name] = scored.apply(mean, axis=1, parts=group.parts)
        scores.append(scored["index"].to_numpy())
        ranks.append(scored["index"].rank(method="min", ascending=False).to_numpy())
    made = pd.DataFrame(scores).quantile([0.05, 0.5, 0.95])
    assert made.shape[0] == 3
    return np.array(scores), np.array(ranks)


def with_pymcdm(data: Data, drawn: Ensemble, draws: int) -> tuple[np.ndarray, np.ndarray]:
    """The first draws by pymcdm's weighted sum and product; the effective weights of two levels are handed to it."""
    from pymcdm.helpers import rankdata
    from pymcdm.methods import WPM, WSM

    recipe, points = drawn.design.recipe, next(drawn.design.chunks(1 << 14))[:draws]
    said, factors = drawn.design.decoded(points), drawn.design.factors(points)
    every = np.ones(len(recipe.tree.indicators), bool)
    types = np.array([1 if one.higher_is_better else -1 for one in recipe.indicators])

    def min_max(x: np.ndarray, cost: bool = False) -> np.ndarray:
        turned = -x if cost else x
        return 1 + 99 * (turned - turned.min()) / (turned.max() - turned.min())

    def by_rank(x: np.ndarray, cost: bool = False) -> np.ndarray:
        return 1 + 99 * (1 - (rankdata(-x if cost else x, reverse=True) - 1) / (len(x) - 1))

    scores, ranks = [], []
    for draw in range(draws):
        weights = effective_weights(recipe.tree, recipe.tree.weights * factors[:, draw], every)[:, 0]
        body = (WSM if said["power"][draw] == 1.0 else WPM)(
            min_max if said["normalisation"][draw] == "min_max" else by_rank
        )
        preference = body(data.values, weights, types)
        scores.append(preference)
        ranks.append(rankdata(preference, reverse=True))
    np.quantile(scores, (0.05, 0.5, 0.95), axis=0)
    return np.array(scores), np.array(ranks)


def alone(cities: int, indicators: int, draws: int) -> None:
    """Draw one ensemble in this process; print CPU s, wall s, peak MiB and the step of the percentiles."""
    data, recipe = question(cities, indicators)
    sample(*question(20, 20), ASSUMPTIONS, 64)
    heard: list[float] = []
    wall = time.perf_counter()
    drawn, cpu = timed(
        lambda: sample(data, recipe, ASSUMPTIONS, draws, progress=lambda done, _what: heard.append(done))
    )
    wall = time.perf_counter() - wall
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{cpu}|{wall}|{peak}|{drawn.score_step}|{len(heard)}")


def in_own_process(*size: int) -> list[float]:
    """Draw one ensemble in a process of its own, so that its peak memory is its own."""
    command = [sys.executable, __file__, "--size", ",".join(str(one) for one in size)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return [float(part) for part in done.stdout.strip().splitlines()[-1].split("|")]


def agree(drawn: Ensemble, found: tuple[np.ndarray, np.ndarray]) -> bool:
    """Tell whether scores and ranks of the first draws are madang's."""
    draws = len(found[0])
    mine = drawn.trial.scores(next(drawn.design.chunks(1 << 14))[:draws])
    order = (mine[:, :, None] < mine[:, None, :] - 1e-9).sum(axis=2) + 1
    return bool(np.allclose(found[0], mine, rtol=SAME, atol=0) and np.array_equal(found[1], order))


def main() -> int:
    """Print the tables; exit code 1 where answers differ, the ratio is missed, or the memory exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="2 draws of the pandas loop, and no large index")
    parser.add_argument("--large-draws", type=int, default=100_000)
    parser.add_argument("--size")
    options = parser.parse_args()
    if options.size:
        alone(*(int(one) for one in options.size.split(",")))
        return 0
    draws, few, some = 10_000, 2 if options.quick else 8, 200
    data, recipe = question(200, 50)
    sample(*question(20, 20), ASSUMPTIONS, 64)  # compiling and first calls are not timed on any side
    drawn, mine = timed(lambda: sample(data, recipe, ASSUMPTIONS, draws))
    rows = [("madang", draws, mine, True)]
    for name, peer, count in (("pandas loop", with_pandas, few), ("pymcdm", with_pymcdm, some)):
        peer(data, drawn, 1)
        found, seconds = timed(lambda peer=peer, count=count: peer(data, drawn, count))
        rows.append((name, count, seconds, agree(drawn, found)))
    print(f"{draws:,} draws x 200 cities x 50 indicators on two levels: scores, ranks, percentiles")
    print(f"{'':12}{'draws run':>10}{'CPU s':>9}{'ms/draw':>10}{'s for all':>11}{'ratio':>10}  scores and ranks agree")
    for name, count, seconds, same in rows:
        whole = seconds * draws / count
        note = "" if count == draws else " (scaled)"
        each = f"{1000 * seconds / count:>10.3f}{whole:>11.2f}{whole / mine:>10,.0f}"
        print(f"{name:12}{count:>10,}{seconds:>9.2f}{each}  {same}{note}")
    ratio = rows[1][2] * draws / rows[1][1] / mine
    peak = in_own_process(200, 50, draws)[2]
    print(f"peak memory of the process: {peak:,.0f} MiB (wanted below {PEAK_MIB:,.0f}); ratio wanted {RATIO_MIN:,.0f}")
    fine = all(row[3] for row in rows) and ratio >= RATIO_MIN and peak < PEAK_MIB
    if not options.quick:
        cpu, wall, most, step, chunks = in_own_process(5000, 200, options.large_draws)
        print(
            f"5,000 cities x 200 indicators x {options.large_draws:,} draws: {cpu:.1f} s CPU, {wall:.1f} s wall,"
            f" {most:,.0f} MiB at most, {chunks:,.0f} chunks told, percentiles to within {step:.3f} points"
        )
        fine &= most < PEAK_MIB
    return 0 if fine else 1


if __name__ == "__main__":
    sys.exit(main())
