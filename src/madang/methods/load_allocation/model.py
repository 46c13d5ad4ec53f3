"""One substance's linear program for HiGHS: efforts, removals and station loads as sparse columns."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np
from scipy import sparse

from madang.core.errors import Both, CheckError, in_both
from madang.methods.load_allocation.effort import Bounds
from madang.methods.load_allocation.problem import Allocation, Floats

LEAST = "least cost"


@dataclass(frozen=True, eq=False)
class Solved:
    """Answer for one substance: effort measure x unit x year, removed and price unit x year, relief station x year.

    price: what one more kg/d from a unit in a year costs; relief: what one more kg/d of cap at a station saves.
    """

    effort: Floats
    removed: Floats
    price: Floats
    relief: Floats
    cost: float


@dataclass(frozen=True, eq=False)
class Program:
    """min cost x variables, rows within row_low and row_high. Variables: efforts, removals, station loads."""

    cost: Floats
    low: Floats
    high: Floats
    rows: sparse.csr_array
    row_low: Floats
    row_high: Floats


def effort_costs(problem: Allocation, substance: int) -> Floats:
    """Return the cost of one kg/d in effect (measure x unit x year), in money of the first year.

    A lasting measure pays for what it builds when it rises: an effort bears the cost of its own year and spares the
    next year's; in the last year of effect there is no next.
    """
    shape = (len(problem.measures), len(problem.units), len(problem.years))
    costs = np.zeros(shape)
    for m, measure in enumerate(problem.measures):
        first, last = problem.window(measure)
        if first > last:
            continue
        build = problem.spread(measure.build_cost_per_kg_d, in_both(measure.name))[:, substance, None]
        run = problem.spread(measure.run_cost_per_kg_d_year, in_both(measure.name))[:, substance, None]
        weight = problem.weight[first : last + 1]
        once = weight - np.append(weight[1:], 0.0) if measure.lasting else weight
        costs[m, :, first : last + 1] = build * once + run * weight
    return costs


def program(problem: Allocation, substance: int, allowed: Bounds, required: Floats | None = None) -> Program:
    """Return the program; ``required`` (unit x year): removals each unit owes instead of the stations' caps."""
    measures, units, years = allowed.high.shape
    stations = len(problem.paths.stations)
    removable = problem.removable[:, substance, :]
    efforts, removals, loads = measures * units * years, units * years, stations * years
    cap = problem.held_kg_per_d[:, substance, :] if required is None else np.full((stations, years), np.nan)
    yearly = sparse.eye_array(years, format="csr")
    effects = sparse.csr_array(np.tile(np.eye(1), (1, measures)))
    effects = sparse.kron(effects, sparse.eye_array(removals), format="csr")
    at_units = sparse.kron(problem.paths.from_units[substance], yearly, format="csr")
    at_stations = sparse.kron(problem.paths.between[substance], yearly, format="csr")
    came = (problem.paths.from_units[substance] @ problem.load_kg_per_d[:, substance, :]).ravel()
    rising, total = _rising(problem, units, years), efforts + removals + loads
    rows = sparse.vstack(
        [
            sparse.hstack([effects, -sparse.eye_array(removals), sparse.csr_array((removals, loads))]),
            sparse.hstack([sparse.csr_array((loads, efforts)), at_units, at_stations]),
            sparse.hstack([rising, sparse.csr_array((rising.shape[0], total - efforts))]),
        ],
        format="csr",
    )
    owed = np.zeros((units, years)) if required is None else required
    return Program(
        np.concatenate((effort_costs(problem, substance).ravel(), np.zeros(removals + loads))),
        np.concatenate((allowed.low.ravel(), owed.ravel(), np.zeros(loads))),
        np.concatenate((allowed.high.ravel(), removable.ravel(), np.where(np.isnan(cap), np.inf, cap).ravel())),
        rows,
        np.concatenate((np.zeros(removals), came, np.zeros(rising.shape[0]))),
        np.concatenate((np.full(removals, np.inf), came, np.full(rising.shape[0], np.inf))),
    )


def _rising(problem: Allocation, units: int, years: int) -> sparse.csr_array:
    """Return a row for each year step of each lasting measure and unit: the later effort less the earlier."""
    starts = []
    for m, measure in enumerate(problem.measures):
        first, last = problem.window(measure)
        if measure.lasting and last > first:
            unit, year = np.meshgrid(np.arange(units), np.arange(first, last), indexing="ij")
            starts.append(((m * units + unit) * years + year).ravel())
    early = np.concatenate(starts) if starts else np.zeros(0, dtype=np.int64)
    row = np.arange(early.size)
    values = np.concatenate((np.ones(early.size), -np.ones(early.size)))
    places = (np.concatenate((row, row)), np.concatenate((early + 1, early)))
    return sparse.csr_array((values, places), shape=(early.size, len(problem.measures) * units * years))


def solve(problem: Allocation, substance: int, asked: Program) -> Solved:
    """Return the cheapest plan of one substance and its prices.

    Raises:
        CheckError: HiGHS does not reach an optimum; what is infeasible was found before.
    """
    highs: Any = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.silent()
    highs.setOptionValue("solver", "simplex")
    highs.passModel(_model(asked))
    highs.run()
    status = highs.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        raise CheckError(
            Both(
                f"할당의 최적해를 찾지 못했습니다: HiGHS의 답은 {highs.modelStatusToString(status)}",
                f"the allocation has no optimum: HiGHS says {highs.modelStatusToString(status)}",
            ),
            Both(f"물질 {problem.substances[substance]}", f"substance {problem.substances[substance]}"),
            Both(
                "자릿수가 열둘 넘게 차이 나는 부하량이나 비용이 있는지 살피십시오",
                "check for loads or costs that differ by more than twelve digits",
            ),
        )
    answer = highs.getSolution()
    units, years, stations = len(problem.units), len(problem.years), len(problem.paths.stations)
    cells = units * years
    values, duals = np.array(answer.col_value), np.array(answer.row_dual)
    efforts = len(problem.measures) * cells
    at_station = duals[cells : cells + stations * years].reshape(stations, years)
    saved = -np.array(answer.col_dual)[efforts + cells :].reshape(stations, years)
    return Solved(
        values[:efforts].reshape(len(problem.measures), units, years),
        values[efforts : efforts + cells].reshape(units, years),
        np.asarray(problem.paths.from_units[substance].T @ at_station),
        saved,
        float(asked.cost @ values),
    )


def _model(asked: Program) -> highspy.HighsLp:
    """Return the program in HiGHS's own form."""
    model = highspy.HighsLp()
    model.num_col_, model.num_row_ = asked.cost.size, asked.row_low.size
    model.col_cost_, model.col_lower_, model.col_upper_ = asked.cost, asked.low, asked.high
    model.row_lower_, model.row_upper_ = asked.row_low, asked.row_high
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = asked.rows.indptr
    model.a_matrix_.index_ = asked.rows.indices
    model.a_matrix_.value_ = asked.rows.data
    return model
