"""Smaller equal questions: merged demand, dominated sites and rows, fixed sites; every step can be undone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from madang.core.kernels import kernel
from madang.methods.coverage.arrays import Flags, Floats, Ints, Links
from madang.methods.coverage.instance import Instance, reached
from madang.methods.coverage.patterns import items_kept, lists_kept, turned
from madang.methods.coverage.state import Net

# Looking for what is dominated may take about a tenth of a short time limit, and some seconds of a long one.
LOOKS_A_SECOND, LOOKING_SECONDS_MAX = 15_000_000, 10.0
# Going along a list costs less than jumping to it: so many entries count as one look.
ENTRIES_A_LOOK = 8


@dataclass(frozen=True)
class Reduced:
    """What is left to decide.

    net: merged rows and useful sites; index: each one's candidate in the instance; fixed: candidates opened already
    (existing, forced, free of charge or without alternative); base: weight those cover; fixed_cost: what they cost;
    floor: weight still missing by district; uncoverable: rows that no allowed site reaches.
    """

    net: Net
    cost: Floats
    group: Links
    room: Ints
    district: Links
    floor: Floats
    index: Ints
    fixed: Flags
    base: float
    fixed_cost: float
    uncoverable: Ints

    def lifted(self, open_: Flags) -> Flags:
        """Return the whole plan over the instance's candidates."""
        whole = self.fixed.copy()
        whole[self.index[open_]] = True
        return whole


@kernel(nogil=True)
def _hashes(row_ptr, row_sites, salt, label):  # type: ignore[no-untyped-def]
    """Return a 64-bit sum of the salts of each row's sites and of its label."""
    out = np.zeros(row_ptr.size - 1, np.uint64)
    for i in range(out.size):
        total = np.uint64(label[i]) * np.uint64(0x9E3779B97F4A7C15)
        for e in range(row_ptr[i], row_ptr[i + 1]):
            total += salt[row_sites[e]]
        out[i] = total
    return out


@kernel(nogil=True)
def _same(i, h, row_ptr, row_sites, label):  # type: ignore[no-untyped-def]
    """Say whether rows ``i`` and ``h`` have the same label and the same sites."""
    width = row_ptr[i + 1] - row_ptr[i]
    if label[i] != label[h] or row_ptr[h + 1] - row_ptr[h] != width:
        return False
    return np.array_equal(row_sites[row_ptr[i] : row_ptr[i + 1]], row_sites[row_ptr[h] : row_ptr[h + 1]])


@kernel(nogil=True)
def _leaders(order, hashes, row_ptr, row_sites, label):  # type: ignore[no-untyped-def]
    """Return for each row the first row equal to it, verified entry by entry (hashes only bring them together)."""
    leader = np.empty(order.size, np.int64)
    start = 0
    for k in range(order.size):
        i = order[k]
        if k > 0 and hashes[order[k - 1]] != hashes[i]:
            start = k
        leader[i] = i
        for s in range(start, k):
            h = order[s]
            if leader[h] == h and _same(i, h, row_ptr, row_sites, label):
                leader[i] = h
                break
    return leader


def _equal_rows(row_ptr: Ints, row_sites: Links, sites: int, label: Links) -> tuple[Ints, Ints]:
    """Return (first row of each set of equal ones, which of these sets each row is in)."""
    hashes = _hashes(row_ptr, row_sites, _salt(sites + 1), label)
    leader = _leaders(np.argsort(hashes, kind="stable"), hashes, row_ptr, row_sites, label)
    first = leader == np.arange(leader.size)
    return np.flatnonzero(first), (np.cumsum(first) - 1)[leader]


@lru_cache(maxsize=4)
def _salt(size: int) -> NDArray[np.uint64]:
    """Return the same ``size`` random numbers every time."""
    return np.random.default_rng(20_240_229).integers(1, 2**63, size, dtype=np.uint64)


@kernel(nogil=True)
def _signatures(ptr, items):  # type: ignore[no-untyped-def]
    """Return one bit set a list: a list inside another never has a bit the other lacks."""
    out = np.zeros(ptr.size - 1, np.uint64)
    for k in range(out.size):
        for e in range(ptr[k], ptr[k + 1]):
            mixed = (np.uint64(items[e]) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58)
            out[k] |= np.uint64(1) << mixed
    return out


@kernel(nogil=True)
def _inside(a, b, ptr, items, looks):  # type: ignore[no-untyped-def]
    """Say whether list ``a`` lies inside list ``b`` (both ascending); long lists count down ``looks`` (int64[1])."""
    f, end, inside = ptr[b], ptr[b + 1], True
    for e in range(ptr[a], ptr[a + 1]):
        while f < end and items[f] < items[e]:
            f += 1
        if f == end or items[f] != items[e]:
            inside = False
            break
    looks[0] -= (f - ptr[b]) // ENTRIES_A_LOOK
    return inside


@kernel(nogil=True)
def dominated_sites(site_ptr, site_rows, row_ptr, row_sites, cost, group, looks):  # type: ignore[no-untyped-def]
    """Return the sites whose rows another site of the same class reaches at no greater cost.

    When ``looks`` (int64[1], counted down) is used up, the rest counts as not dominated.
    """
    sites = cost.size
    gone = np.zeros(sites, np.bool_)
    bits = _signatures(site_ptr, site_rows)
    for j in range(sites):
        size = site_ptr[j + 1] - site_ptr[j]
        if size == 0:
            gone[j] = True
            continue
        rare = site_rows[site_ptr[j]]
        for e in range(site_ptr[j], site_ptr[j + 1]):
            i = site_rows[e]
            if row_ptr[i + 1] - row_ptr[i] < row_ptr[rare + 1] - row_ptr[rare]:
                rare = i
        looks[0] -= row_ptr[rare + 1] - row_ptr[rare]
        if looks[0] < 0:
            break
        for e in range(row_ptr[rare], row_ptr[rare + 1]):
            k = row_sites[e]
            if k == j or gone[k] or cost[k] > cost[j] or group[k] != group[j]:
                continue
            if site_ptr[k + 1] - site_ptr[k] < size or bits[j] & ~bits[k] != 0:
                continue
            if _inside(j, k, site_ptr, site_rows, looks):
                gone[j] = True
                break
    return gone


@kernel(nogil=True)
def implied_rows(site_ptr, site_rows, row_ptr, row_sites, looks):  # type: ignore[no-untyped-def]
    """Return the rows that are covered whenever some other row is, because all the other's sites reach them.

    When ``looks`` (int64[1], counted down) is used up, the rest counts as not implied.
    """
    rows = row_ptr.size - 1
    gone = np.zeros(rows, np.bool_)
    bits = _signatures(row_ptr, row_sites)
    for k in range(rows):
        # Every row reached by all sites of k is found among the rows of k's smallest site.
        small = row_sites[row_ptr[k]]
        for e in range(row_ptr[k], row_ptr[k + 1]):
            j = row_sites[e]
            if site_ptr[j + 1] - site_ptr[j] < site_ptr[small + 1] - site_ptr[small]:
                small = j
        if gone[k]:
            continue
        looks[0] -= site_ptr[small + 1] - site_ptr[small] + row_ptr[k + 1] - row_ptr[k]
        if looks[0] < 0:
            break
        for e in range(site_ptr[small], site_ptr[small + 1]):
            i = site_rows[e]
            if i != k and not gone[i] and bits[k] & ~bits[i] == 0 and _inside(k, i, row_ptr, row_sites, looks):
                gone[i] = True
    return gone


@dataclass
class _Work:
    """The sites of each row, and the vectors of the rows and sites still in play."""

    row_ptr: Ints
    row_sites: Links
    weight: Floats
    district: Links
    cost: Floats
    group: Links
    index: Ints

    def sides(self) -> tuple[Ints, Links, Ints, Links]:
        """Return the pattern by site and by row, both ascending."""
        return *turned(self.row_ptr, self.row_sites, self.index.size), self.row_ptr, self.row_sites

    def keep_rows(self, kept: Flags) -> None:
        """Leave out the other rows."""
        if not kept.all():
            self._rows_at(np.flatnonzero(kept), self.weight[kept])

    def _rows_at(self, kept: Ints, weight: Floats) -> None:
        self.row_ptr, self.row_sites = lists_kept(self.row_ptr, self.row_sites, kept)
        self.weight, self.district = weight, self.district[kept]

    def keep_sites(self, kept: Flags) -> None:
        """Leave out the other sites."""
        if not kept.all():
            self.row_ptr, self.row_sites = items_kept(self.row_ptr, self.row_sites, kept)
            self.cost, self.group, self.index = self.cost[kept], self.group[kept], self.index[kept]

    def merge_rows(self) -> int:
        """Merge demand with identical sites and district; return how many rows went."""
        kept, place = _equal_rows(self.row_ptr, self.row_sites, self.index.size, self.district)
        gone = self.weight.size - kept.size
        if gone:
            self._rows_at(kept, np.bincount(place, self.weight, kept.size).astype(np.float64))
        return int(gone)


def reduce(instance: Instance, *, budget: float, everyone: bool, seconds: float = 60.0) -> Reduced:
    """Return the smaller question; ``budget`` is what is left to spend, ``everyone`` that all demand must be covered.

    ``seconds`` is the time limit of the whole solve: the shorter it is, the fewer comparisons are made here.

    The best plans of the two have the same worth; ``Reduced.lifted`` brings a plan back.
    """
    unlimited = instance.limit[instance.group] >= instance.sites
    free = (instance.cost == 0) & ~instance.forbidden & unlimited
    fixed = instance.existing | instance.forced | free
    room = instance.limit - np.bincount(instance.group[instance.forced], minlength=instance.limit.size)
    uncoverable = np.flatnonzero(~instance.covered_by(~instance.forbidden))
    covered = instance.covered_by(fixed)
    work = _live(instance, fixed, covered, budget - instance.cost[instance.forced].sum(), room)
    _shrink(work, fixed, everyone and bool(unlimited.all()), instance, seconds)
    covered = instance.covered_by(fixed)
    net = Net(*work.sides(), work.weight)
    held = np.bincount(instance.district, instance.weight * covered, instance.floor.size)
    floor = instance.floor - held
    # A hair below the floor counts as met, because shares times weights are rounded.
    floor[floor <= 1e-9 * instance.floor] = 0.0
    return Reduced(
        net=net, cost=work.cost, group=work.group, room=room, district=work.district,
        floor=floor if floor.any() else np.zeros(0), index=work.index, fixed=fixed,
        base=float(instance.weight[covered].sum()),
        fixed_cost=float(instance.cost[fixed & ~instance.existing].sum()), uncoverable=uncoverable,
    )  # fmt: skip


def _live(instance: Instance, fixed: Flags, covered: Flags, left: float, room: Ints) -> _Work:
    work = _Work(
        *instance.by_row, instance.weight, instance.district, instance.cost, instance.group, np.arange(instance.sites)
    )
    work.keep_rows(~covered & (instance.weight > 0))
    affordable = instance.cost <= left + 1e-9 * max(1.0, abs(left)) if np.isfinite(left) else True
    work.keep_sites(~fixed & ~instance.forbidden & affordable & (room[instance.group] > 0))
    work.keep_rows(np.diff(work.row_ptr) > 0)
    return work


def _shrink(work: _Work, fixed: Flags, everyone: bool, instance: Instance, seconds: float) -> None:
    """Merge, drop what is dominated and, where all must be covered, open what has no alternative, repeatedly."""
    looks = np.array([int(LOOKS_A_SECOND * min(seconds, LOOKING_SECONDS_MAX))])
    district_matters = bool(instance.floor.any())
    if not district_matters:
        work.district = np.zeros(work.weight.size, np.int32)
    class_matters = bool((instance.limit < instance.sites).any())
    for _ in range(int(np.clip(1_000_000 * seconds / max(1, work.row_sites.size), 1, 8))):
        if work.weight.size == 0 or work.index.size == 0:
            break
        gone = work.merge_rows()
        sides = work.sides()
        if everyone:
            implied = implied_rows(*sides, looks)
            work.keep_rows(~implied)
            gone += int(implied.sum())
            sides = work.sides()
        group = work.group if class_matters else np.zeros(work.group.size, np.int32)
        worse = dominated_sites(*sides, work.cost, group, looks)
        work.keep_sites(~worse)
        gone += int(worse.sum())
        if everyone:
            gone += _open_singletons(work, fixed)
        # Merging rows leaves the same sites dominated; only sites or implied rows that went can bring more.
        if gone == 0 or not (everyone or worse.any()):
            break
    work.keep_sites(np.bincount(work.row_sites, minlength=work.index.size) > 0)


def _open_singletons(work: _Work, fixed: Flags) -> int:
    """Open the only site of a row that must be covered, and leave out all it covers; return how many opened."""
    alone = np.flatnonzero(np.diff(work.row_ptr) == 1)
    only = np.unique(work.row_sites[work.row_ptr[alone]])
    if only.size == 0:
        return 0
    fixed[work.index[only]] = True
    opened = np.zeros(work.index.size, np.bool_)
    opened[only] = True
    work.keep_rows(~reached(work.row_ptr, work.row_sites, opened))
    work.keep_sites(~opened)
    return int(only.size)


def merge_demand(by_row: tuple[Ints, Links], sites: int, weight: Floats) -> tuple[Ints, Ints, Links, Floats]:
    """Merge demand with identical sites; return (merged row of each row or -1, starts, sites, weight).

    Rows without weight or without a site are left out (-1).
    """
    starts, items = by_row
    kept = np.flatnonzero((np.diff(starts) > 0) & (weight > 0))
    ptr, of_kept = lists_kept(starts, items, kept)
    first, place = _equal_rows(ptr, of_kept, sites, np.zeros(kept.size, np.int32))
    row_of = np.full(weight.size, -1, np.int64)
    row_of[kept] = place
    merged = np.bincount(place, weight[kept], first.size).astype(np.float64)
    return row_of, *lists_kept(ptr, of_kept, first), merged
