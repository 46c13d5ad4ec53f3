"""How likely a place is to pass, and what its remaining samples must be."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.solutions.pollution_cap.decimals import exact, rounds_below
from madang.solutions.pollution_cap.evaluation import RATE_DECIMALS, Rules, Window

Floats = NDArray[np.float64]
#: True levels at which the chance of passing is shown, as multiples of the target.
LEVELS = tuple(round(0.70 + 0.05 * step, 2) for step in range(13))


@dataclass(frozen=True)
class Remaining:
    """What the samples still due must be for a window to pass by the transformed mean, if they are all alike.

    due: how many; low, high: mg/L between which all of them may lie (low is 0 where any lower level passes too: an
    outlier far below raises the variance and may fail); None where no level passes. attaining_due: how many of them
    must be at or below the target for the attainment rate; None where even all would not be enough.
    """

    due: int
    low_mg_per_l: float | None
    high_mg_per_l: float | None
    attaining_due: int | None

    @property
    def can_pass(self) -> bool:
        """Tell whether any level passes by the transformed mean."""
        return self.high_mg_per_l is not None


def due_samples(window: Window, rules: Rules) -> int:
    """Return how many values the window still lacks, year by year."""
    return sum(window.lacks(rules).values())


def remaining(values: Floats, due: int, target: float, rules: Rules, substance: str) -> Remaining:
    """Return what ``due`` further samples must be; ln of the evaluated value is a parabola in ln of their level.

    With S, Q the sum and the sum of squares of the k logs so far, N = k + m and u = ln c of the m to come:
    g(u) = (S + m u)/N + [Q + m u2 - (S + m u)2/N] / (2 (N - 1)) must stay below ln of the bound that still rounds
    to the target.
    """
    attaining = _attaining(values, due, target, rules)
    logs = np.log(values[values > 0])
    k, m = int(logs.size), due
    n = k + m
    if m == 0 or n < 2:
        return Remaining(due, None, None, attaining)
    total, squares = float(logs.sum()), float((logs**2).sum())
    bound = math.log(rounds_below(target, rules.decimals[substance]))
    a = (m - m * m / n) / (2 * (n - 1))
    b = m / n - m * total / n / (n - 1)
    c = total / n + (squares - total * total / n) / (2 * (n - 1)) - bound
    low, high = _between(a, b, c)
    if high is None:
        return Remaining(due, None, None, attaining)
    return Remaining(due, 0.0 if low is None else math.exp(low), math.exp(high), attaining)


def _between(a: float, b: float, c: float) -> tuple[float | None, float | None]:
    """Return where a u2 + b u + c < 0: both ends, (None, end) where it is a line, (None, None) where nowhere."""
    if a <= 1e-15:
        return None, -c / b
    root = b * b - 4 * a * c
    if root <= 0:
        return None, None
    return (-b - math.sqrt(root)) / (2 * a), (-b + math.sqrt(root)) / (2 * a)


def _attaining(values: Floats, due: int, target: float, rules: Rules) -> int | None:
    """Return the fewest of the samples due that must attain the target; None where all would not be enough."""
    n = int(values.size) + due
    if n == 0:
        return None
    # The rate is rounded half up to three decimals first, so half a step less is enough.
    least = exact(rules.attainment_percent) / 100 - exact(10.0**-RATE_DECIMALS) / 2
    needed = math.ceil(least * n) - int((values <= target).sum())
    return None if needed > due else max(0, needed)


def pass_chance(
    values: Floats, target: float, rules: Rules, substance: str, *, draws: int, seed: int, size: int | None = None
) -> dict[float, float]:
    """Return the chance of passing by the transformed mean at true levels that are multiples of the target.

    The spread of the values is kept and their level moved; ``size`` values (those of a whole window by default) are
    drawn with replacement ``draws`` times. The key 0.0 holds the chance at the level of the values themselves.
    """
    logs = np.log(values[values > 0])
    count = size or max(rules.samples_min, logs.size)
    taken = np.random.default_rng(seed).integers(0, logs.size, size=(draws, count))
    drawn = logs[taken]
    evaluated = drawn.mean(axis=1) + drawn.var(axis=1, ddof=1) / 2.0
    true = float(logs.mean() + logs.var(ddof=1) / 2.0)
    bound = math.log(rounds_below(target, rules.decimals[substance]))
    shifts = {0.0: 0.0, **{level: math.log(level * target) - true for level in LEVELS}}
    return {level: float((evaluated + shift < bound).mean()) for level, shift in shifts.items()}
