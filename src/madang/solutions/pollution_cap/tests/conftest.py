"""Windows and units made for the tests."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pytest

from madang.solutions.pollution_cap.evaluation import Rules, Window
from madang.solutions.pollution_cap.loads import Plant, UnitLoads
from madang.solutions.pollution_cap.rule_calls import units_on


@pytest.fixture
def rules() -> Rules:
    """Return the rules as the facts have them."""
    return Rules(3, 30, 62.5, {"bod": 1, "toc": 1, "tp": 3})


@pytest.fixture
def window() -> Callable[..., Window]:
    """Return a maker of windows to 2020 whose values are spread evenly over three years."""

    def make(values: Sequence[float], substance: str = "bod", flow: Sequence[float] | None = None) -> Window:
        level = np.array(values, dtype=float)
        years = 2018 + np.arange(level.size) % 3
        flows = np.full(level.size, np.nan) if flow is None else np.array(flow, dtype=float)
        return Window("place", substance, 2020, level, years.astype(np.int64), flows)

    return make


@pytest.fixture
def units() -> UnitLoads:
    """Return the unit loads of the guideline."""
    return units_on()


@pytest.fixture
def plant() -> Plant:
    """Return a plant with small losses in its pipes."""
    return Plant("works", {"bod": 5.0, "tn": 10.0, "tp": 0.2}, 4.0, {"bod": 2.0, "tn": 1.0, "tp": 3.0})
