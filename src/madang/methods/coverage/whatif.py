"""Live what-if: open or close one site and know at once the covered weight and what every other site is worth."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError
from madang.core.progress import Progress, silent
from madang.methods.coverage.arrays import Flags, Floats, Ints, Links, amounts, flags, numbers_of, pattern_of
from madang.methods.coverage.state import Net, State, add, opened, remove

# Sums of weights that are not whole numbers drift by rounding; they are taken afresh after so many changes.
FRESH_AFTER = 100_000


class WhatIf:
    """A plan one can drag: every change keeps counts a demand row and marginal values a candidate true.

    One change costs the pairs around the site, a few microseconds whatever the size of the city.
    """

    def __init__(
        self,
        cover: Any,
        weights: ArrayLike | None = None,
        *,
        existing: Sequence[int] | ArrayLike = (),
        progress: Progress = silent,
    ) -> None:
        """Take the cover (candidate x demand) and open the ``existing`` sites.

        Raises: DataError or BoundsError as ``plan_cover`` does.
        """
        self._sites, rows, by_site, by_row = pattern_of(cover)
        weight = amounts(weights, rows, "weights")
        start = flags(existing, self._sites, "existing")
        progress(0.0, "preparing the compiled kernels (an installation's first run compiles them)")
        self._net = Net(*by_site, *by_row, weight)
        self._state: State = opened(self._net, start)
        self._total = float(weight.sum())
        self._covered = float(weight[self._state.count > 0].sum())
        self._changes = 0
        # Compiled here, so that the first drag is as quick as the next.
        if self._sites:
            self.toggle(0)
            self.toggle(0)
        progress(1.0, "ready")

    @property
    def covered(self) -> float:
        """Weight of the demand that an open site reaches."""
        return self._covered

    @property
    def covered_share(self) -> float:
        """Share of all weight that an open site reaches."""
        return self._covered / self._total if self._total > 0 else 1.0

    @property
    def open_sites(self) -> Ints:
        """Indices of the open sites."""
        return np.flatnonzero(self._state.open_)

    @property
    def counts(self) -> Links:
        """Open sites that reach each demand row (a view; do not change it)."""
        return self._state.count

    @property
    def values(self) -> Floats:
        """Weight that opening each candidate would add; for an open one, that closing it would lose (a view)."""
        return self._state.gain

    @property
    def is_open(self) -> Flags:
        """Whether each candidate is open (a view; do not change it)."""
        return np.asarray(self._state.open_)

    def best(self, count: int = 1) -> Ints:
        """Return the closed candidates that would add most, best first."""
        worth = np.where(self._state.open_, -1.0, self._state.gain)
        count = min(count, self._sites - int(self._state.open_.sum()))
        if count <= 0:
            return np.zeros(0, np.int64)
        top = np.argpartition(-worth, count - 1)[:count]
        return np.asarray(top[np.lexsort((top, -worth[top]))], np.int64)

    def add(self, site: int) -> float:
        """Open ``site`` and return the covered weight; opening an open one changes nothing.

        Raises: BoundsError for a candidate that does not exist.
        """
        site = self._index(site)
        if not self._state.open_[site]:
            self._covered += float(self._state.gain[site])
            add(site, self._net, self._state)
            self._changed()
        return self._covered

    def remove(self, site: int) -> float:
        """Close ``site`` and return the covered weight; closing a closed one changes nothing.

        Raises: BoundsError for a candidate that does not exist.
        """
        site = self._index(site)
        if self._state.open_[site]:
            self._covered -= float(self._state.gain[site])
            remove(site, self._net, self._state)
            self._changed()
        return self._covered

    def toggle(self, site: int) -> float:
        """Open ``site`` if it is closed, else close it; return the covered weight."""
        site = self._index(site)
        return self.remove(site) if self._state.open_[site] else self.add(site)

    def move(self, site: int, to: int) -> float:
        """Close ``site``, open ``to`` and return the covered weight: one drag on the map."""
        to = self._index(to)
        self.remove(site)
        return self.add(to)

    def _index(self, site: Any) -> int:
        try:
            # A truth is a whole number to Python: opening candidate 1 for True would hide a slip.
            at = -1 if isinstance(site, bool) else index(site)
        except TypeError:
            at = -1
        if 0 <= at < self._sites:
            return at
        named = repr(site.item() if isinstance(site, np.generic) else site)
        raise BoundsError(
            Both(f"후보 {named}이(가) 없습니다", f"there is no candidate {named}"),
            "site",
            numbers_of(self._sites),
        )

    def _changed(self) -> None:
        self._changes += 1
        if self._changes % FRESH_AFTER == 0:
            self._state = opened(self._net, self._state.open_)
            self._covered = float(self._net.weight[self._state.count > 0].sum())
