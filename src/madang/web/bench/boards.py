"""A board: a kept map whose marks are opened, closed and moved; what is covered then, and what each mark is worth."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from madang.core.errors import Both, UsageError
from madang.core.figures import MapFigure, Reach
from madang.methods.coverage import WhatIf
from madang.web.bench.keeping import figure_of, reach_of
from madang.web.bench.models import RunFigure

#: As many marks as one address can name.
FLIPS_MAX = 400


@dataclass(frozen=True)
class Counted:
    """What stands after some marks were flipped: covered weight, which demand is covered, what each mark is worth."""

    covered: float
    is_covered: NDArray[np.bool_]
    is_open: NDArray[np.bool_]
    worth: NDArray[np.float64]
    best: tuple[int, ...]


class Board:
    """The marks of one kept map. Flips are made on one live count, read, and taken back: some microseconds each."""

    def __init__(self, figure: MapFigure, reach: Reach) -> None:
        """Open the marks that stand."""
        pairs = (np.ones(len(reach.rows), dtype=np.bool_), reach.rows, reach.starts)
        cover = sp.csr_array(pairs, shape=(len(reach.is_open), len(reach.weight)))
        self.figure, self.reach = figure, reach
        self.total = float(reach.weight.sum())
        self._live = WhatIf(cover, reach.weight, existing=np.flatnonzero(reach.is_open))
        self._one_at_a_time = threading.Lock()

    def count(self, flips: Iterable[int], best: int = 8) -> Counted:
        """Return what stands once each of ``flips`` is changed from open to closed or back."""
        changed = list(flips)
        with self._one_at_a_time:
            for mark in changed:
                self._live.toggle(mark)
            made = Counted(
                self._live.covered, self._live.counts > 0, self._live.is_open.copy(), self._live.values.copy(),
                tuple(self._live.best(best).tolist()),
            )  # fmt: skip
            for mark in changed:
                self._live.toggle(mark)
        return made

    def read_flips(self, said: str) -> tuple[int, ...]:
        """Return the marks that an address names, each once and in order.

        Raises:
            UsageError: what is no number of a mark, or more than an address may name.
        """
        words = [word for word in said.split(",") if word]
        marks = sorted({int(word) for word in words if word.isascii() and word.isdigit() and len(word) < 8})
        if len(words) > FLIPS_MAX or len(marks) < len(set(words)) or (marks and marks[-1] >= len(self.reach.is_open)):
            raise UsageError(
                Both("주소에 이 판에 없는 자리가 적혀 있습니다", "the address names sites that are not on this board"),
                todo=Both("결과에서 다시 시작하십시오", "begin again from the result"),
            )
        return tuple(marks)


def board_of(kept: RunFigure) -> Board | None:
    """Return a kept map's board, where its marks can be opened and closed."""
    return None if kept.reach is None else _board(kept.pk)


@lru_cache(maxsize=16)
def _board(number: int) -> Board | None:
    """Return a board by its figure's number; a figure never changes, and a board is asked again at each drag."""
    kept = RunFigure.objects.get(pk=number)
    reach, figure = reach_of(kept), figure_of(kept)
    return Board(figure, reach) if reach is not None and isinstance(figure, MapFigure) else None


def write_flips(flips: Iterable[int]) -> str:
    """Return flips as an address names them."""
    return ",".join(map(str, sorted(flips)))
