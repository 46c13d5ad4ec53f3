"""Models written straight into HiGHS's arrays, and runs of HiGHS that the clock does not steer."""

from __future__ import annotations

from itertools import count
from typing import Any, NamedTuple

import highspy
import numpy as np

from madang.methods.coverage.arrays import Floats, Ints, Links

# HiGHS refuses to run when its number of threads changes within a process, so it is never set here.


class Lines(NamedTuple):
    """Rows of a model: where each starts, its columns, their coefficients, and what they sum to at least and most."""

    start: Ints
    column: Links
    value: Floats
    lower: Floats
    upper: Floats

    def and_(self, more: list[tuple[Any, Any, float, float]]) -> Lines:
        """Return these rows with ``more`` of (columns, coefficients, least, most) below."""
        width = np.array([len(columns) for columns, _, _, _ in more], np.int64)
        return Lines(
            np.concatenate((self.start, self.start[-1] + np.cumsum(width))),
            np.concatenate((self.column, *(columns for columns, _, _, _ in more))).astype(np.int32),
            np.concatenate((self.value, *(values for _, values, _, _ in more))),
            np.concatenate((self.lower, [least for _, _, least, _ in more])),
            np.concatenate((self.upper, [most for _, _, _, most in more])),
        )


def program(lines: Lines, columns: int) -> highspy.HighsLp:
    """Return a model with these rows and columns between 0 and 1."""
    lp = highspy.HighsLp()
    lp.num_row_, lp.num_col_ = lines.lower.size, columns
    lp.col_lower_, lp.col_upper_ = np.zeros(columns), np.ones(columns)
    lp.row_lower_, lp.row_upper_ = lines.lower, lines.upper
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = lines.start.astype(np.int32)
    lp.a_matrix_.index_ = lines.column
    lp.a_matrix_.value_ = lines.value
    return lp


def prepared(seconds: float, gap_abs: float) -> highspy.Highs:
    """Return a silent HiGHS that is done at an absolute gap; ``seconds`` is the guard."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("time_limit", max(0.1, seconds))
    highs.setOptionValue("mip_rel_gap", 1e-9)
    highs.setOptionValue("mip_abs_gap", gap_abs)
    return highs


def stop_after(highs: highspy.Highs, looks: int) -> None:
    """Let HiGHS ask ``looks`` times whether to go on, and then say no."""
    asked = count(1)

    def answer(event: Any) -> None:
        event.data_in.user_interrupt = next(asked) >= looks

    highs.cbMipInterrupt.subscribe(answer)
