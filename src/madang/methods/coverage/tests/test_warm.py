"""The kernels are compiled before the clock starts, however slow the compiler is, and sums are what they should be."""

from __future__ import annotations

import itertools
import time
from types import SimpleNamespace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from madang.core.progress import silent
from madang.methods.coverage import bounds, solve, warm, watch
from madang.methods.coverage.dual import gathered


def test_a_slow_compiler_leaves_no_kernel_for_the_timed_solve(monkeypatch):
    """Every look at the clock is a minute after the last one, as where many share a machine."""
    ran = set()

    def told(module, name):
        kernel = getattr(module, name)
        monkeypatch.setattr(module, name, lambda *given: (ran.add(name), kernel(*given))[1])

    for module, name in (
        (bounds, "ascend"),
        (bounds, "ascend_cut"),
        (solve, "explore"),
        (solve, "anneal"),
        (warm, "grow"),
    ):
        told(module, name)
    minutes = itertools.count(time.perf_counter(), 60)
    monkeypatch.setattr(watch, "time", SimpleNamespace(perf_counter=lambda: next(minutes)))
    monkeypatch.setitem(warm._WARM, "done", False)
    warm.warm_up(silent)
    assert ran == {"ascend", "ascend_cut", "explore", "anneal", "grow"}


@given(st.lists(st.integers(0, 9), max_size=23))
def test_a_sum_in_four_counts_every_index_as_often_as_it_stands(at):
    amount = 4.0 ** np.arange(10)
    assert gathered(amount, np.array(at, np.int32)) == sum(4.0**k for k in at)
