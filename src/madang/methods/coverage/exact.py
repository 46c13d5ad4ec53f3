"""Exact answers for small questions by HiGHS, started from our own plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from madang.methods.coverage.arrays import Flags, Floats, Ints, Links
from madang.methods.coverage.highs import Lines, prepared, program, stop_after
from madang.methods.coverage.patterns import turned
from madang.methods.coverage.presolve import merge_demand
from madang.methods.coverage.search import Rules
from madang.methods.coverage.state import Net, net_of
from madang.methods.coverage.triples import triples_on

# What reduced costs leave of so small a question HiGHS solves two or three times faster as it stands, and so any with
# cuts on three rows.
UNPREPARED_PAIRS_MAX = 4_000
# Where objectives are no whole numbers, the largest of their parts is brought up to this.
FINE = 1_000.0


@dataclass(frozen=True)
class Exact:
    """What HiGHS found: the sites, the bound on the objective, and whether it finished or proved that nothing fits.

    ``clocked`` says that the clock ended the work, so that the next run may find something else.
    """

    open_: Flags | None
    bound: float
    finished: bool
    infeasible: bool
    clocked: bool


def solve(
    net: Net, rules: Rules, *, cheapest: bool, start: Flags, banned: Flags, sure: Flags, whole: bool, looks: int,
    seconds: float, cuts: Links,
) -> Exact:  # fmt: skip
    """Solve the reduced question; ``cheapest`` seeks least cost for ``rules.target``, else most weight.

    ``start`` is a plan that keeps the rules; ``banned`` sites are known to be in no better plan,
    ``sure`` ones in every better plan;
    ``whole`` says that objectives are whole numbers, so that less than one apart is equal.
    ``looks`` plans the work: HiGHS is stopped when it has asked so often whether to go on, at places that do not depend
    on the clock, so that the same question gives the same answer. ``seconds`` is only the guard.
    ``cuts``: rows (cuts x 3) of the cuts on three rows that HiGHS is told (``triples.py``); where every row must be
    covered, none.
    """
    highs = prepared(seconds, 0.999 if whole else 1e-7)
    kept = np.flatnonzero(~banned)
    left, left_rules = net_of(net, kept), rules._replace(cost=rules.cost[kept], group=rules.group[kept])
    if not rules.floor.size:
        row_of, left = _merged(left)
        cuts = _telling(row_of[cuts].astype(np.int32))
    # Where every row must be covered, whether it is needs no variable of its own.
    everyone = cheapest and not rules.floor.size and rules.target >= float(net.weight.sum()) * (1.0 - 1e-12)
    model = _cover_model(left, left_rules) if everyone else _model(left, left_rules, cheapest, cuts)
    unit = 1.0 if whole else _finer(np.asarray(model.col_cost_))
    model.col_cost_ = np.asarray(model.col_cost_) * unit
    model.col_lower_ = np.concatenate((sure[kept].astype(np.float64), np.zeros(model.num_col_ - kept.size)))
    if len(cuts) or left.site_rows.size <= UNPREPARED_PAIRS_MAX:
        highs.setOptionValue("presolve", "off")
    highs.passModel(model)
    _pass_start(highs, left, start[kept], 0 if everyone else left.weight.size)
    stop_after(highs, looks)
    highs.run()
    return _answer(highs, kept, start.size, unit)


def _finer(amounts: Floats) -> float:
    """Return the power of two that makes the largest of ``amounts`` a thousand at least.

    HiGHS takes plans less than a millionth apart for equal, whatever gap it is told.
    """
    most = float(amounts.max(initial=0.0))
    return float(2.0 ** max(0.0, np.ceil(np.log2(FINE / most)))) if most > 0.0 else 1.0


def _merged(net: Net) -> tuple[Ints, Net]:
    """Merge demand that these sites cannot tell apart, without what none of them reaches.

    Returns: (merged row of each row, -1 where none reaches it; the net of merged rows).
    """
    sites = net.site_ptr.size - 1
    row_of, row_ptr, row_sites, weight = merge_demand((net.row_ptr, net.row_sites), sites, net.weight)
    site_ptr, site_rows = turned(row_ptr, row_sites, sites)
    return row_of, Net(site_ptr, site_rows, row_ptr, row_sites, weight)


def _telling(cuts: Links) -> Links:
    """Return the cuts on three different rows that can be covered; of all others the model says as much itself."""
    first, second, third = np.sort(cuts, axis=1).T
    return np.asarray(cuts[(first >= 0) & (first < second) & (second < third)])


def _cover_model(net: Net, rules: Rules) -> highspy.HighsLp:
    """Return the model in which every row must be covered and only the sites are variables."""
    sites, rows = rules.cost.size, net.weight.size
    reach = Lines(net.row_ptr, net.row_sites, np.ones(net.row_sites.size), np.ones(rows), np.full(rows, np.inf))
    lp = program(reach.and_(_room_of(rules)), sites)
    lp.sense_ = highspy.ObjSense.kMinimize
    lp.col_cost_ = rules.cost
    lp.integrality_ = [highspy.HighsVarType.kInteger] * sites
    return lp


def _model(net: Net, rules: Rules, cheapest: bool, cuts: Links) -> highspy.HighsLp:
    """Return the model with a variable a site and one a row, whether it is covered, and with ``cuts`` on three rows."""
    sites, rows = rules.cost.size, net.weight.size
    lp = program(_constraints(net, rules).and_(_cut_lines(net, cuts)), sites + rows)
    lp.sense_ = highspy.ObjSense.kMinimize if cheapest else highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate(
        (rules.cost, np.zeros(rows)) if cheapest else (np.zeros(sites), np.asarray(net.weight))
    )
    integer, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [integer] * sites + [real] * rows
    return lp


def _constraints(net: Net, rules: Rules) -> Lines:
    """Return the rows of the model: reach, budget, target, room of each class, floor of each district."""
    sites, rows = rules.cost.size, net.weight.size
    covered = sites + np.arange(rows)
    start = net.row_ptr + np.arange(rows + 1)
    own = np.zeros(start[-1], np.bool_)
    own[start[1:] - 1] = True
    column, value = np.empty(own.size, np.int32), np.where(own, -1.0, 1.0)
    column[own], column[~own] = covered, net.row_sites
    more: list[tuple[Any, Any, float, float]] = []
    if np.isfinite(rules.budget):
        more.append((np.arange(sites), rules.cost, -np.inf, rules.budget))
    if np.isfinite(rules.target):
        more.append((covered, net.weight, rules.target, np.inf))
    more += _room_of(rules)
    for g, least in enumerate(rules.floor):
        within = rules.district == g
        more.append((covered[within], net.weight[within], least, np.inf))
    return Lines(start, column, value, np.zeros(rows), np.full(rows, np.inf)).and_(more)


def _cut_lines(net: Net, cuts: Links) -> list[tuple[Any, Any, float, float]]:
    """Return a row for each cut: what is covered of its three rows, less what its sites allow, is one at most."""
    on, sites, ones = triples_on(net, cuts), net.site_ptr.size - 1, np.ones(3)
    lines: list[tuple[Any, Any, float, float]] = []
    for t, rows in enumerate(on.rows):
        at = slice(on.ptr[t], on.ptr[t + 1])
        columns = np.concatenate((sites + rows, on.sites[at]))
        lines.append((columns, np.concatenate((ones, -on.coefficient[at].astype(np.float64))), -np.inf, 1.0))
    return lines


def _room_of(rules: Rules) -> list[tuple[Any, Any, float, float]]:
    """Return a row for each class that has less room than there are sites."""
    tight = [(np.flatnonzero(rules.group == g), most) for g, most in enumerate(rules.room) if most < rules.cost.size]
    return [(sites, np.ones(sites.size), -np.inf, float(most)) for sites, most in tight]


def _pass_start(highs: highspy.Highs, net: Net, start: Flags, rows: int) -> None:
    reached = np.zeros(rows, np.bool_)
    if rows:
        hits = np.concatenate(([0], np.cumsum(start[net.row_sites])))
        reached = hits[net.row_ptr[1:]] > hits[net.row_ptr[:-1]]
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate((start.astype(np.float64), reached.astype(np.float64))).tolist()
    highs.setSolution(solution)


def _answer(highs: highspy.Highs, kept: Ints, sites: int, unit: float) -> Exact:
    status, info = highs.getModelStatus(), highs.getInfo()
    if status == highspy.HighsModelStatus.kInfeasible:
        return Exact(None, np.nan, True, True, False)
    found = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    open_ = None
    if found:
        open_ = np.zeros(sites, np.bool_)
        open_[kept] = np.asarray(highs.getSolution().col_value[: kept.size]) > 0.5
    finished = status == highspy.HighsModelStatus.kOptimal
    clocked = status == highspy.HighsModelStatus.kTimeLimit
    return Exact(open_, float(info.mip_dual_bound) / unit, finished, False, clocked)
