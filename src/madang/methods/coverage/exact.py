"""Exact answers for small questions by HiGHS, started from our own plan."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from madang.methods.coverage.arrays import Flags, Floats, Ints
from madang.methods.coverage.presolve import merge_demand
from madang.methods.coverage.search import Rules
from madang.methods.coverage.state import Net, net_of

# HiGHS refuses to run when its number of threads changes within a process, so it is never set here.

# What reduced costs leave of so small a question HiGHS solves two or three times faster as it stands.
UNPREPARED_PAIRS_MAX = 4_000


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
    seconds: float,
) -> Exact:  # fmt: skip
    """Solve the reduced question; ``cheapest`` seeks least cost for ``rules.target``, else most weight.

    ``start`` is a plan that keeps the rules; ``banned`` sites are known to be in no better plan,
    ``sure`` ones in every better plan;
    ``whole`` says that objectives are whole numbers, so that less than one apart is equal.
    ``looks`` plans the work: HiGHS is stopped when it has asked so often whether to go on, at places that do not depend
    on the clock, so that the same question gives the same answer. ``seconds`` is only the guard.
    """
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", max(0.1, seconds))
    highs.setOptionValue("mip_rel_gap", 1e-9)
    highs.setOptionValue("mip_abs_gap", 0.999 if whole else 1e-7)
    kept = np.flatnonzero(~banned)
    left, left_rules = net_of(net, kept), rules._replace(cost=rules.cost[kept], group=rules.group[kept])
    if not rules.floor.size:
        left = _merged(left)
    # Where every row must be covered, whether it is needs no variable of its own.
    everyone = cheapest and not rules.floor.size and rules.target >= float(net.weight.sum()) * (1.0 - 1e-12)
    model = _cover_model(left, left_rules) if everyone else _model(left, left_rules, cheapest)
    model.col_lower_ = np.concatenate((sure[kept].astype(np.float64), np.zeros(model.num_col_ - kept.size)))
    if left.site_rows.size <= UNPREPARED_PAIRS_MAX:
        highs.setOptionValue("presolve", "off")
    highs.passModel(model)
    _pass_start(highs, left, start[kept], 0 if everyone else left.weight.size)
    _stop_after(highs, looks)
    highs.run()
    return _answer(highs, kept, start.size)


def _merged(net: Net) -> Net:
    """Return the net with demand merged that these sites cannot tell apart, and without what none of them reaches."""
    sites = net.site_ptr.size - 1
    _, row_ptr, row_sites, weight = merge_demand((net.row_ptr, net.row_sites), sites, net.weight)
    by_site = sparse.csr_array(
        (np.ones(row_sites.size, np.int8), row_sites, row_ptr), shape=(weight.size, sites)
    ).tocsc()
    return Net(by_site.indptr.astype(np.int64), by_site.indices.astype(np.int32), row_ptr, row_sites, weight)


def _cover_model(net: Net, rules: Rules) -> highspy.HighsLp:
    """Return the model in which every row must be covered and only the sites are variables."""
    sites, rows = rules.cost.size, net.weight.size
    reach = sparse.csr_array((np.ones(net.row_sites.size), net.row_sites, net.row_ptr), shape=(rows, sites))
    lower, upper = np.ones(rows), np.full(rows, np.inf)
    if (rules.room < sites).any():
        one = sparse.csr_array((np.ones(sites), (rules.group, np.arange(sites))), shape=(rules.room.size, sites))
        reach = sparse.csr_array(sparse.vstack((reach, one)))
        lower = np.concatenate((lower, np.full(rules.room.size, -np.inf)))
        upper = np.concatenate((upper, rules.room.astype(np.float64)))
    lp = _filled(reach, lower, upper)
    lp.sense_ = highspy.ObjSense.kMinimize
    lp.col_cost_ = rules.cost
    lp.integrality_ = [highspy.HighsVarType.kInteger] * sites
    return lp


def _filled(matrix: sparse.csr_array, lower: Floats, upper: Floats) -> highspy.HighsLp:
    """Return a model with these rows and columns between 0 and 1."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = matrix.shape
    lp.col_lower_, lp.col_upper_ = np.zeros(lp.num_col_), np.ones(lp.num_col_)
    lp.row_lower_, lp.row_upper_ = lower, upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = matrix.data
    return lp


def _model(net: Net, rules: Rules, cheapest: bool) -> highspy.HighsLp:
    """Return the model with a variable a site and one a row: whether it is covered."""
    sites, rows = rules.cost.size, net.weight.size
    lp = _filled(*_constraints(net, rules))
    lp.sense_ = highspy.ObjSense.kMinimize if cheapest else highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate(
        (rules.cost, np.zeros(rows)) if cheapest else (np.zeros(sites), np.asarray(net.weight))
    )
    integer, real = highspy.HighsVarType.kInteger, highspy.HighsVarType.kContinuous
    lp.integrality_ = [integer] * sites + [real] * rows
    return lp


def _constraints(net: Net, rules: Rules) -> tuple[sparse.csr_array, Floats, Floats]:
    """Return the rows of the model: reach, budget, target, room of each class, floor of each district."""
    sites, rows = rules.cost.size, net.weight.size
    reach = sparse.csr_array((np.ones(net.row_sites.size), net.row_sites, net.row_ptr), shape=(rows, sites))
    blocks = [[reach, -sparse.eye_array(rows)]]
    lower, upper = [np.zeros(rows)], [np.full(rows, np.inf)]

    def append(
        of_sites: sparse.csr_array | None, of_rows: sparse.csr_array | None, least: Floats, most: Floats
    ) -> None:
        count = least.size
        blocks.append(
            [
                of_sites if of_sites is not None else sparse.csr_array((count, sites)),
                of_rows if of_rows is not None else sparse.csr_array((count, rows)),
            ]
        )
        lower.append(least)
        upper.append(most)

    if np.isfinite(rules.budget):
        append(sparse.csr_array(rules.cost[None, :]), None, np.full(1, -np.inf), np.full(1, rules.budget))
    if np.isfinite(rules.target):
        append(None, sparse.csr_array(net.weight[None, :]), np.full(1, rules.target), np.full(1, np.inf))
    if (rules.room < sites).any():
        one = sparse.csr_array((np.ones(sites), (rules.group, np.arange(sites))), shape=(rules.room.size, sites))
        append(one, None, np.full(rules.room.size, -np.inf), rules.room.astype(np.float64))
    if rules.floor.size:
        held = sparse.csr_array((net.weight, (rules.district, np.arange(rows))), shape=(rules.floor.size, rows))
        append(None, held, np.asarray(rules.floor), np.full(rules.floor.size, np.inf))
    return sparse.csr_array(sparse.block_array(blocks)), np.concatenate(lower), np.concatenate(upper)


def _stop_after(highs: highspy.Highs, looks: int) -> None:
    """Let HiGHS ask ``looks`` times whether to go on, and then say no."""
    asked = count(1)

    def answer(event: Any) -> None:
        event.data_in.user_interrupt = next(asked) >= looks

    highs.cbMipInterrupt.subscribe(answer)


def _pass_start(highs: highspy.Highs, net: Net, start: Flags, rows: int) -> None:
    reached = np.zeros(rows, np.bool_)
    if rows:
        hits = np.concatenate(([0], np.cumsum(start[net.row_sites])))
        reached = hits[net.row_ptr[1:]] > hits[net.row_ptr[:-1]]
    solution = highspy.HighsSolution()
    solution.col_value = np.concatenate((start.astype(np.float64), reached.astype(np.float64))).tolist()
    highs.setSolution(solution)


def _answer(highs: highspy.Highs, kept: Ints, sites: int) -> Exact:
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
    return Exact(open_, float(info.mip_dual_bound), finished, False, clocked)
