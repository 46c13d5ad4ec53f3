"""Compiles the kernels on a toy question before the clock starts, and says so."""

from __future__ import annotations

import numpy as np

from madang.core.progress import Progress
from madang.methods.coverage.bounds import Seek
from madang.methods.coverage.branch import grow, planted
from madang.methods.coverage.instance import Given, checked
from madang.methods.coverage.presolve import reduce
from madang.methods.coverage.search import Rules
from madang.methods.coverage.solve import Solver
from madang.methods.coverage.watch import Watch

_WARM = {"done": False}


def warm_up(progress: Progress) -> None:
    """Load or compile every kernel once a process; an installation's first run takes about half a minute."""
    if _WARM["done"]:
        return
    progress(0.0, "preparing the compiled kernels (an installation's first run compiles them)")
    # A ring in which every site reaches three of ten rows: nothing is dominated, and budget, share and everyone all
    # leave a gap that no bound closes, so that no step is skipped as done.
    ring = (np.arange(10)[:, None] - np.arange(10)[None, :]) % 10 < 3
    instance = checked(ring, None, Given(np.full(10, 0.7), districts=np.zeros(10), floors=0.2))
    for seek, budget, target in ((Seek.MOST, 1.05, np.inf), (Seek.SHARE, np.inf, 4.0), (Seek.EVERYONE, np.inf, 10.0)):
        reduced = reduce(instance, budget=budget, everyone=seek is Seek.EVERYONE)
        rules = Rules(
            cost=reduced.cost, budget=budget, target=target, group=reduced.group, room=reduced.room,
            district=reduced.district, floor=reduced.floor,
        )  # fmt: skip
        # Without a limit: where compiling is slow, the clock would skip the last steps, and a solve compile them.
        solver = Solver(reduced.net, rules, seek, Watch(seconds=np.inf), seed=0, effort=0.001)
        solver.start()
        solver.tighten(0.5, 70)
        solver.cut(0.5, 1)
        solver.explore(0.5, 1e4)
        solver.search(0.5)
        # Branching is for questions without floors; its kernels see none.
        nothing = np.zeros(rules.cost.size, np.bool_)
        tree = planted(reduced.net, reduced.net.weight, rules.cost, 10.0, nothing, 0.0)
        grow(reduced.net, rules.cost, budget, False, tree, 1.0)
    _WARM["done"] = True
