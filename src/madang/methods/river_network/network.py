"""The reaches of a river and what flows into what: any tree, or a braided river whose reaches part and meet again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError, NetworkError, UnknownName
from madang.methods.river_network.kernels import downstream_order

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHARES_CLOSE = 1e-9


@dataclass(frozen=True, eq=False)
class RiverNetwork:
    """Reaches by name, with links as compressed rows in both directions; made by ``tree`` or ``braided``.

    down_start, down_reach, down_share: what flows out of each reach; up_start, up_reach, up_share: what flows in.
    order: reaches so that each comes after all that flow into it.
    """

    names: tuple[str, ...]
    down_start: Ints
    down_reach: Ints
    down_share: Floats
    up_start: Ints
    up_reach: Ints
    up_share: Floats
    order: Ints

    def __len__(self) -> int:
        """Return the number of reaches."""
        return len(self.names)

    @cached_property
    def place(self) -> dict[str, int]:
        """Row of each reach by its name."""
        return {name: row for row, name in enumerate(self.names)}

    @cached_property
    def is_tree(self) -> bool:
        """Whether every reach flows into at most one other."""
        return bool(np.all(np.diff(self.down_start) <= 1))

    @cached_property
    def mouths(self) -> Ints:
        """Reaches that flow into no other."""
        return np.flatnonzero(np.diff(self.down_start) == 0)

    @cached_property
    def in_rows(self) -> tuple[RiverNetwork, Ints]:
        """The same river with its reaches in the order of its water, and the row of each of them here.

        A sweep over reaches that lie scattered in memory waits for each of them. Rows that run down or up the river
        already stay.
        """
        steps, here = np.diff(self.order), np.arange(len(self))
        if bool(np.all(steps == 1)) or bool(np.all(steps == -1)):
            return self, here
        place, source = self.place_in_rows, np.repeat(here, np.diff(self.down_start))
        names = tuple(self.names[row] for row in self.order)
        return linked(names, place[source], place[self.down_reach], self.down_share), self.order

    @cached_property
    def place_in_rows(self) -> Ints:
        """Where each reach stands in the order of the water."""
        place = np.empty_like(self.order)
        place[self.order] = np.arange(len(self))
        return place

    def rows(self, names: Iterable[str]) -> Ints:
        """Return the rows of reaches by name.

        Raises:
            UnknownName: a name is no reach's.
        """
        found = []
        for name in names:
            if name not in self.place:
                raise UnknownName(Both("하천 구간", "reach"), name, self.names)
            found.append(self.place[name])
        return np.array(found, dtype=np.int64)

    def values(self, given: object, what: Both, width: int | None = None) -> Floats:
        """Return ``given`` spread over reaches (x ``width`` substances) as floats of their own rows.

        Raises:
            BoundsError: a value is negative or not a number, or the shape does not fit; names the first such reach.
        """
        return np.ascontiguousarray(self.view(given, what, width))

    def view(self, given: object, what: Both, width: int | None = None) -> Floats:
        """Return what ``values`` returns without copying: a value given once stands in every row of the view.

        Raises:
            BoundsError: as ``values`` says.
        """
        shape = (len(self),) if width is None else (len(self), width)
        array = np.asarray(given, dtype=np.float64)
        if width is not None and array.ndim == 1 and array.shape[0] == len(self) != width:
            array = array[:, None]
        try:
            spread = np.broadcast_to(array, shape)
        except ValueError as error:
            raise BoundsError(
                Both(
                    f"모양이 {array.shape}입니다. {shape}여야 합니다: {what.ko}",
                    f"{what.en} has shape {array.shape}, not {shape}",
                ),
                todo=Both("값 하나를 주거나 구간마다 하나씩 주십시오", "give one value, or one a reach"),
            ) from error
        # Least and greatest of what was given, before it is spread; a NaN among them compares as false.
        if spread.size and not (array.min() >= 0 and array.max() < np.inf):
            at = np.unravel_index(int(np.argmax(~(spread >= 0) | np.isinf(spread))), shape)
            raise BoundsError(
                Both(f"0 이상의 수여야 합니다: {what.ko}", f"{what.en} must be a number from 0"),
                Both(
                    f"하천 구간 {self.names[int(at[0])]}, 값 {float(spread[at])!r}",
                    f"reach {self.names[int(at[0])]}, value {float(spread[at])!r}",
                ),
                Both("그 구간을 빼거나 아는 값을 주십시오", "leave the reach out or give a known value"),
            )
        return spread


def tree(names: Sequence[str], downstream: Sequence[str | None]) -> RiverNetwork:
    """Return the river whose reaches each flow into one other, or into none (None).

    Raises:
        NetworkError: a name comes twice, or the water runs in circles. UnknownName: a downstream name is no reach's.
    """
    if len(names) != len(downstream):
        raise NetworkError(
            Both(
                f"하천 구간은 {len(names):,}개인데 하류 이름은 {len(downstream):,}개입니다",
                f"{len(names):,} reaches have {len(downstream):,} downstream names",
            ),
            todo=Both("구간마다 하나씩 주십시오. 하구는 None입니다", "give one each; None for a mouth"),
        )
    return braided(names, [(a, b, 1.0) for a, b in zip(names, downstream, strict=True) if b is not None])


def braided(names: Sequence[str], links: Iterable[tuple[str, str, float]]) -> RiverNetwork:
    """Return a river whose reaches may part: links of (from, to, share of the flow); shares of each reach sum to 1.

    Raises:
        NetworkError: a name comes twice, shares do not sum to 1, or the water runs in circles.
        UnknownName: a link names no reach.
    """
    place = {name: row for row, name in enumerate(names)}
    if len(place) != len(names):
        twice = next(name for row, name in enumerate(names) if place[name] != row)
        raise NetworkError(
            Both("두 하천 구간이 같은 이름을 씁니다", "two reaches have one name"),
            Both(f"하천 구간 {twice}", f"reach {twice}"),
            Both("구간마다 다른 이름을 쓰십시오", "give each reach a name of its own"),
        )
    ends = []
    for a, b, share in links:
        for name in (a, b):
            if name not in place:
                raise UnknownName(Both("하천 구간", "reach"), name, names)
        ends.append((place[a], place[b], share))
    source = np.array([e[0] for e in ends], dtype=np.int64)
    target = np.array([e[1] for e in ends], dtype=np.int64)
    return linked(tuple(names), source, target, np.array([e[2] for e in ends], dtype=np.float64))


def linked(names: tuple[str, ...], source: Ints, target: Ints, share: Floats) -> RiverNetwork:
    """Return the river of rows already known: link arrays of one length.

    Raises:
        NetworkError: shares do not sum to 1, or the water runs in circles.
    """
    count = len(names)
    given = np.bincount(source, weights=share, minlength=count)
    wrong = (np.bincount(source, minlength=count) > 0) & ~(np.abs(given - 1.0) <= SHARES_CLOSE)
    wrong[source[~(share > 0)]] = True
    if wrong.any():
        row = int(np.argmax(wrong))
        raise NetworkError(
            Both(
                f"한 구간에서 나가는 몫은 0보다 크고 더하면 1이어야 합니다: {given[row]:g}",
                f"the shares that leave a reach must be above 0 and sum to 1, not {given[row]:g}",
            ),
            Both(f"하천 구간 {names[row]}", f"reach {names[row]}"),
            Both("갈래마다 유량의 몫을 주십시오", "give every branch its share of the flow"),
        )
    down_start, down_order = _rows_of(source, count)
    up_start, up_order = _rows_of(target, count)
    order = _downstream(source, target, down_start, target[down_order], count)
    if order.size < count:
        stuck = np.setdiff1d(np.arange(count), order)
        shown = ", ".join(names[row] for row in stuck[:5]) + (" ..." if stuck.size > 5 else "")
        raise NetworkError(
            Both("강물이 돌고 돌아 제자리로 옵니다", "the river runs in a circle"),
            Both(f"하천 구간 {shown}", f"reaches {shown}"),
            Both("물이 떠난 구간으로 되돌아오지 않게 하십시오", "no water may come back to its own reach"),
        )
    return RiverNetwork(
        names,
        down_start,
        target[down_order],
        share[down_order],
        up_start,
        source[up_order],
        share[up_order],
        order,
    )


def _downstream(source: Ints, target: Ints, down_start: Ints, down_reach: Ints, count: int) -> Ints:
    """Return the rows in downstream order; fewer than ``count`` where the river runs in a circle.

    Rows that already run downstream, or upstream, are left so: memory read in a row is read fastest.
    """
    rows = np.arange(count, dtype=np.int64)
    if bool(np.all(target > source)):
        return rows
    if bool(np.all(target < source)):
        return rows[::-1].copy()
    waiting = np.bincount(target, minlength=count).astype(np.int64)
    return np.asarray(downstream_order(down_start, down_reach, waiting))


def _rows_of(row: Ints, count: int) -> tuple[Ints, Ints]:
    """Return row starts and the order that sorts links by ``row``, first come first."""
    start = np.zeros(count + 1, dtype=np.int64)
    np.cumsum(np.bincount(row, minlength=count), out=start[1:])
    return start, np.argsort(row, kind="stable")
