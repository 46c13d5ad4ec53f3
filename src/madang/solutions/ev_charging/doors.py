"""Which doors of a map are one address: of one street and number, close together, said to lie in no two places."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import cos, hypot, radians

#: What tells two towns' streets of one name apart, where it is tagged at both.
TOWN_TAGS = ("addr:city", "addr:district", "addr:postcode")
#: Doors of one street and number farther apart than this are two addresses: wider than most campuses, and the next
#: village's street of the same name is seldom nearer.
APART_M = 500.0
_M_PER_DEGREE = 111_320.0


@dataclass(frozen=True, slots=True)
class Door:
    """An object with a house number: its key, its street and number, where it lies, and what it says of its town."""

    key: str
    name: str
    lon: float
    lat: float
    town: Mapping[str, str]


@dataclass(slots=True)
class Address:
    """Doors that are one address: the first of them in the file, and all that they say of the town."""

    order: int
    door: Door
    town: dict[str, str]


@dataclass(slots=True)
class _Alike:
    """Addresses of one street and number, found by where they lie."""

    made: list[Address] = field(default_factory=list)
    by_lat: list[tuple[float, float, int]] = field(default_factory=list)

    def put_in(self, order: int, door: Door) -> None:
        """Add a door to the nearest address that it may belong to, or make one of it."""
        near = self._nearest(door)
        if near is None:
            insort(self.by_lat, (door.lat, door.lon, len(self.made)))
            self.made.append(Address(order, door, dict(door.town)))
            return
        near.town = {**door.town, **near.town}
        if order < near.order:
            near.order, near.door = order, door

    def _nearest(self, door: Door) -> Address | None:
        """Return the nearest address close by that is said to lie in no other town."""
        span, east = APART_M / _M_PER_DEGREE, cos(radians(door.lat))
        best, away = None, APART_M
        for place in range(bisect_left(self.by_lat, (door.lat - span,)), len(self.by_lat)):
            lat, lon, at = self.by_lat[place]
            if lat > door.lat + span:
                break
            metres = hypot(lat - door.lat, (lon - door.lon) * east) * _M_PER_DEGREE
            if metres <= away and _agree(self.made[at].town, door.town):
                best, away = self.made[at], metres
        return best


def town_of(tags: Mapping[str, str]) -> dict[str, str]:
    """Return what an object's tags say of the town it lies in."""
    return {tag: tags[tag].strip() for tag in TOWN_TAGS if tags.get(tag, "").strip()}


def addresses_of(doors: Iterable[Door]) -> dict[str, Address]:
    """Return the addresses that doors make, by street and number; by the first door's key too where several share it.

    Doors that say most of their town come first, so that one that says nothing of it parts no two and joins no two.
    """
    of_name: dict[str, list[Door]] = {}
    for door in doors:
        of_name.setdefault(door.name, []).append(door)
    found: dict[str, Address] = {}
    for name, same in of_name.items():
        alike = _Alike()
        for order, door in sorted(enumerate(same), key=lambda one: -len(one[1].town)):
            alike.put_in(order, door)
        for one in alike.made:
            found[name if len(alike.made) == 1 else f"{name} ({one.door.key})"] = one
    return found


def _agree(one: Mapping[str, str], other: Mapping[str, str]) -> bool:
    """Say whether nothing that both say of their towns differs."""
    return all(one.get(tag, said).casefold() == said.casefold() for tag, said in other.items())
