"""Exact answers for small questions of levels by HiGHS, started from our own plan."""

from __future__ import annotations

from typing import Any, NamedTuple

import highspy
import numpy as np
from scipy import sparse

from madang.methods.coverage.arrays import Floats, Ints, Links
from madang.methods.coverage.capacity_question import Question
from madang.methods.coverage.highs import Lines, prepared, program, stop_after

#: So many pairs HiGHS settles, or at least bounds, in seconds.
PAIRS_MAX = 3_000
#: How often HiGHS may look around at effort 1, and so many times less for each thousand pairs.
LOOKS_LEAST, LOOKS_TIMES_PAIRS = 20, 2_000_000


class ExactLevels(NamedTuple):
    """What HiGHS found: a level by site (-1: closed), or None, and an upper bound on what any plan serves."""

    level: Links | None
    bound: float


class _Options(NamedTuple):
    """What may be chosen: a site and a level each, with its price."""

    site: Ints
    level: Ints
    price: Floats


def solve_levels(question: Question, budget: float, start: Links, *, effort: float, seconds: float) -> ExactLevels:
    """Serve the most demand within ``budget``, from the plan ``start`` on; ``seconds`` is only the guard.

    HiGHS is stopped when it has asked so often whether to go on as ``effort`` and the size allow, so that the same
    question gives the same answer.
    """
    ports = question.ports
    site, level = np.nonzero(np.isfinite(ports.cost))
    options = _Options(site, level, ports.cost[site, level])
    highs = prepared(seconds, 1e-7)
    highs.passModel(_model(question, options, budget))
    first = highspy.HighsSolution()
    picked = (start[options.site] == options.level).astype(np.float64)
    first.col_value = np.concatenate((picked, np.zeros(ports.site_rows.size))).tolist()
    highs.setSolution(first)
    looks = LOOKS_LEAST + int(effort * LOOKS_TIMES_PAIRS / max(1, ports.site_rows.size))
    stop_after(highs, looks)
    highs.run()
    return _answer(highs, question, options)


def _model(question: Question, options: _Options, budget: float) -> highspy.HighsLp:
    """Return the model: which level at which site, and how much of each row's demand each site serves."""
    ports = question.ports
    sites, rows, chosen, pairs = question.standing.size, ports.demand.size, options.site.size, ports.site_rows.size
    at, flow = np.arange(chosen), np.arange(pairs)
    stands = np.where(question.standing >= 0, ports.capacity[np.arange(sites), question.standing], 0.0)
    room = ports.capacity[options.site, options.level]
    one_each = sparse.csr_array((np.ones(chosen), (options.site, at)), shape=(sites, chosen))
    holds = sparse.csr_array((-room, (options.site, at)), shape=(sites, chosen))
    leaves = sparse.csr_array((np.ones(pairs), (ports.pair_site, flow)), shape=(sites, pairs))
    enters = sparse.csr_array((np.ones(pairs), (ports.site_rows, flow)), shape=(rows, pairs))
    # A row sends nothing to a site that stays closed: said pair by pair, this brings the relaxation near the whole.
    free = np.flatnonzero(question.standing[ports.pair_site] < 0)
    own = sparse.csr_array((np.ones(free.size), (np.arange(free.size), free)), shape=(free.size, pairs))
    at_most = np.minimum(room[None], ports.demand[ports.site_rows[free]][:, None])
    opens = (one_each[ports.pair_site[free]].multiply(-at_most)).tocsr()
    blocks: Any = [[one_each, None], [holds, leaves], [None, enters], [options.price[None], None], [opens, own]]
    matrix = sparse.block_array(blocks, format="csr")
    least = np.full(matrix.shape[0], -np.inf)
    least[:sites] = question.must >= 0
    most = np.concatenate((np.ones(sites), stands, ports.demand, [budget], np.zeros(free.size)))
    lp = program(Lines(matrix.indptr.astype(np.int64), matrix.indices, matrix.data, least, most), chosen + pairs)
    lp.sense_ = highspy.ObjSense.kMaximize
    lp.col_cost_ = np.concatenate((np.zeros(chosen), np.ones(pairs)))
    lp.col_upper_ = np.concatenate((np.ones(chosen), np.full(pairs, np.inf)))
    lp.integrality_ = [highspy.HighsVarType.kInteger] * chosen + [highspy.HighsVarType.kContinuous] * pairs
    return lp


def _answer(highs: highspy.Highs, question: Question, options: _Options) -> ExactLevels:
    info = highs.getInfo()
    bound = float(info.mip_dual_bound)
    level = None
    if info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible:
        picked = np.asarray(highs.getSolution().col_value[: options.site.size]) > 0.5
        level = question.standing.copy()
        level[options.site[picked]] = options.level[picked]
    return ExactLevels(level, bound if np.isfinite(bound) else np.inf)
