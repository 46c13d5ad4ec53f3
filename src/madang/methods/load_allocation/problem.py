"""What an allocation is asked about: units that discharge, stations with caps, measures with costs, years and locks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse
from scipy.sparse.linalg import spsolve

from madang.core.errors import Both, BoundsError, NetworkError, UnknownName

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

DAYS_PER_YEAR = 365.0
HAIR = 1e-9


@dataclass(frozen=True)
class Measure:
    """A way to remove load: costs and ceilings for one, or by unit (x substance); years in which it has effect.

    build_cost: money for each kg/d of capacity; run_cost: money for each kg/d in effect and year; ceiling: most kg/d.
    lasting: what is built stays in effect to ``last_year``; otherwise each year's effort is chosen anew.
    """

    name: str
    ceiling_kg_per_d: ArrayLike
    build_cost_per_kg_d: ArrayLike = 0.0
    run_cost_per_kg_d_year: ArrayLike = 0.0
    first_year: int | None = None
    last_year: int | None = None
    lasting: bool = True


@dataclass(frozen=True)
class Locked:
    """A plan already decided: the effect (kg/d) of one measure in one unit, substance and year is this and no other."""

    measure: str
    unit: str
    substance: str
    year: int
    kg_per_d: float


@dataclass(frozen=True, eq=False)
class Paths:
    """How loads reach stations, as F x (station loads) = E x (unit loads); F is lower triangular in its own order.

    Made by ``cascade`` (each station hands on to the next) or ``dense`` (a delivery ratio of each unit to each).
    """

    stations: tuple[str, ...]
    between: tuple[sparse.csr_array, ...]
    from_units: tuple[sparse.csr_array, ...]

    def station_loads(self, substance: int, unit_loads: Floats) -> Floats:
        """Return the loads at stations (station x year) from what units discharge (unit x year)."""
        right = self.from_units[substance] @ unit_loads
        return np.asarray(spsolve(self.between[substance].tocsc(), right)).reshape(right.shape)


def cascade(
    stations: Sequence[str],
    downstream: Sequence[str | None],
    carried: ArrayLike,
    unit_station: Sequence[str | None],
    delivered: ArrayLike,
) -> Paths:
    """Return the paths of a tree of stations: each unit's load comes to one, each station hands on to the next.

    downstream: the next station of each, None for the last; carried: share handed on (station x substance);
    unit_station: the first station below each unit, None for none; delivered: share that reaches it (unit x substance).

    Raises:
        UnknownName: a station's name. NetworkError: stations run in a circle.
    """
    place = {name: row for row, name in enumerate(stations)}
    for name in (*downstream, *unit_station):
        if name is not None and name not in place:
            raise UnknownName(Both("지점", "station"), name, stations)
    _no_circle(stations, downstream)
    down = np.array([-1 if name is None else place[name] for name in downstream], dtype=np.int64)
    home = np.array([-1 if name is None else place[name] for name in unit_station], dtype=np.int64)
    share, reach = np.atleast_2d(np.asarray(carried, float)), np.atleast_2d(np.asarray(delivered, float))
    between, from_units = [], []
    some, named = np.flatnonzero(down >= 0), np.flatnonzero(home >= 0)
    for p in range(reach.shape[1]):
        handed = sparse.csr_array((share[some, p], (down[some], some)), shape=(len(place), len(place)))
        between.append((sparse.eye_array(len(place), format="csr") - handed).tocsr())
        from_units.append(
            sparse.csr_array((reach[named, p], (home[named], named)), shape=(len(place), len(unit_station)))
        )
    return Paths(tuple(stations), tuple(between), tuple(from_units))


def dense(stations: Sequence[str], ratios: ArrayLike) -> Paths:
    """Return the paths of any river, braided ones too: delivery ratios station x unit x substance."""
    array = np.asarray(ratios, float)
    between = sparse.eye_array(len(stations), format="csr")
    count = array.shape[2]
    return Paths(tuple(stations), (between,) * count, tuple(sparse.csr_array(array[:, :, p]) for p in range(count)))


def _no_circle(stations: Sequence[str], downstream: Sequence[str | None]) -> None:
    """Follow every station to the last.

    Raises:
        NetworkError: one comes back to itself.
    """
    after = dict(zip(stations, downstream, strict=True))
    done: set[str] = set()
    for name in stations:
        walked: list[str] = []
        at: str | None = name
        while at is not None and at not in done:
            if at in walked:
                raise NetworkError(
                    Both("지점이 돌고 돌아 제자리로 옵니다", "stations run in a circle"),
                    Both(f"지점 {at}", f"station {at}"),
                    Both("지점마다 더 아래에 있는 지점으로 이으십시오", "let each hand on to one further down"),
                )
            walked.append(at)
            at = after[at]
        done.update(walked)


@dataclass(frozen=True, eq=False)
class Allocation:
    """A whole question, loads in kg/d: unit x substance x year; caps station x substance x year, NaN for no cap.

    margin: share of every cap kept back as the margin of safety. removable_kg_per_d: most that can be removed of each
    load (None: all of it). discount: yearly rate at which later money counts less. effluent_m3_per_d: unit x year, for
    the rule of equal effluent only.
    """

    units: tuple[str, ...]
    substances: tuple[str, ...]
    years: tuple[int, ...]
    paths: Paths
    load_kg_per_d: Floats
    cap_kg_per_d: Floats
    measures: tuple[Measure, ...]
    margin: float = 0.0
    discount: float = 0.0
    removable_kg_per_d: Floats | None = None
    locked: tuple[Locked, ...] = field(default=())
    effluent_m3_per_d: Floats | None = None

    def __post_init__(self) -> None:
        """Hold shapes and bounds.

        Raises:
            BoundsError: a shape does not fit, or a load, cap, cost or ceiling is negative or unknown.
        """
        shape = (len(self.units), len(self.substances), len(self.years))
        _fits(self.load_kg_per_d, shape, Both("부하량", "the load"), (self.units, self.substances, self.years))
        stations = (len(self.paths.stations), *shape[1:])
        _fits(
            self.cap_kg_per_d,
            stations,
            Both("허용 부하량", "the cap"),
            (self.paths.stations, *self._axes()[1:]),
            unknown=True,
        )
        if self.removable_kg_per_d is not None:
            _fits(
                self.removable_kg_per_d,
                shape,
                Both("줄일 수 있는 부하량", "the removable load"),
                (self.units, self.substances, self.years),
            )
        if self.effluent_m3_per_d is not None:
            _fits(
                self.effluent_m3_per_d, (shape[0], shape[2]), Both("방류량", "the effluent"), (self.units, self.years)
            )
        if not 0 <= self.margin < 1:
            raise BoundsError(
                Both(
                    f"안전부하량은 0 이상 1 미만의 몫이어야 합니다: {self.margin:g}",
                    f"the margin of safety must be a share from 0 and below 1, not {self.margin:g}",
                )
            )
        if tuple(range(self.years[0], self.years[0] + len(self.years))) != self.years:
            raise BoundsError(
                Both("해가 이어지지 않습니다", "the years must follow each other"),
                Both(f"해 {self.years}", f"years {self.years}"),
                Both("계획의 모든 해를 주십시오", "give every year of the plan"),
            )
        for measure in self.measures:
            for name in ("ceiling_kg_per_d", "build_cost_per_kg_d", "run_cost_per_kg_d_year"):
                what = Both(f"삭감 수단 {measure.name}의 {name}", f"{name} of measure {measure.name}")
                _fits(self.spread(getattr(measure, name), what), shape[:2], what, (self.units, self.substances))

    def _axes(self) -> tuple[tuple[object, ...], ...]:
        """Names along unit, substance and year."""
        return (self.units, self.substances, self.years)

    def spread(self, given: ArrayLike, what: Both) -> Floats:
        """Return one value, one a unit, or unit x substance as unit x substance.

        Raises:
            BoundsError: the shape does not fit.
        """
        array = np.asarray(given, dtype=np.float64)
        shape = (len(self.units), len(self.substances))
        if array.ndim == 1 and array.shape[0] == shape[0]:
            array = array[:, None]
        try:
            return np.broadcast_to(array, shape)
        except ValueError as error:
            raise BoundsError(_misshapen(what, array.shape, shape)) from error

    @cached_property
    def removable(self) -> Floats:
        """Most that can be removed, never more than the load itself."""
        if self.removable_kg_per_d is None:
            return self.load_kg_per_d
        return np.minimum(self.load_kg_per_d, self.removable_kg_per_d)

    @cached_property
    def held_kg_per_d(self) -> Floats:
        """Caps after the margin of safety; NaN where there is none."""
        return self.cap_kg_per_d * (1.0 - self.margin)

    @cached_property
    def weight(self) -> Floats:
        """What a year's money counts: 1 in the first year, discounted after."""
        return np.asarray((1.0 + self.discount) ** -np.arange(len(self.years), dtype=np.float64))

    def window(self, measure: Measure) -> tuple[int, int]:
        """First and last place among the years in which a measure has effect; empty where the first is greater."""
        first = self.years[0] if measure.first_year is None else measure.first_year
        last = self.years[-1] if measure.last_year is None else measure.last_year
        return max(0, first - self.years[0]), min(len(self.years) - 1, last - self.years[0])


def _fits(
    values: Floats, shape: tuple[int, ...], what: Both, axes: tuple[Sequence[object], ...], unknown: bool = False
) -> None:
    """Hold an array to its shape and to known values from 0.

    Raises:
        BoundsError: it does not fit; names the first wrong cell.
    """
    if values.shape != shape:
        raise BoundsError(_misshapen(what, values.shape, shape))
    wrong = (values < 0) | np.isinf(values) | (np.isnan(values) & (not unknown))
    if wrong.any():
        at = np.unravel_index(int(np.argmax(wrong)), shape)
        where = ", ".join(str(names[int(i)]) for names, i in zip(axes, at, strict=True))
        raise BoundsError(
            Both(f"0 이상의 수여야 합니다: {what.ko}", f"{what.en} must be a number from 0"),
            Both(f"{where}, 값 {float(values[at])!r}", f"{where}, value {float(values[at])!r}"),
        )


def _misshapen(what: Both, found: tuple[int, ...], shape: tuple[int, ...]) -> Both:
    """Return that an array has another shape than its axes ask for."""
    return Both(f"모양이 {found}입니다. {shape}여야 합니다: {what.ko}", f"{what.en} has shape {found}, not {shape}")
