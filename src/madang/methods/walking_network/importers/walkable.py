"""Which ways a person may walk, by stated OpenStreetMap tags: one table, first matching rule decides."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Mapping
from functools import lru_cache

# The keys the rules read, in the order of the rules.
TAG_KEYS = ("highway", "area", "foot", "access", "motorroad", "tunnel", "layer")

# Not there to walk on, whatever else is stated: not built yet, not any more, or no way at all.
ABSENT_HIGHWAY = frozenset({"abandoned", "construction", "demolished", "disused", "no", "planned", "proposed", "razed"})
# A stated right of way for people on foot outranks the class of the way and a general closure.
FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "official", "public", "destination"})
# Closed to people on foot, or told to walk on a path drawn beside the road.
FOOT_FORBIDDEN = frozenset({"no", "private", "use_sidepath", "discouraged", "restricted"})
# Closed to the public in general.
ACCESS_FORBIDDEN = frozenset({"no", "private", "military", "emergency", "forestry", "agricultural"})
# Classes a person may walk unless something above forbids it.
WALKABLE_HIGHWAY = frozenset(
    {
        "footway", "pedestrian", "path", "steps", "corridor", "elevator", "crossing", "trail",
        "living_street", "residential", "service", "unclassified", "road", "track", "bridleway",
        "tertiary", "tertiary_link", "secondary", "secondary_link", "primary", "primary_link",
        "trunk", "trunk_link",
    }
)  # fmt: skip
# Roads for motor vehicles or bicycles only; walkable only where ``foot`` says so.
NOT_WALKABLE_HIGHWAY = frozenset(
    {
        "motorway", "motorway_link", "cycleway", "bus_guideway", "busway", "raceway", "escape",
        "platform", "rest_area", "services", "escalator", "via_ferrata",
    }
)  # fmt: skip


def why_not_walkable(tags: Mapping[str, str]) -> str | None:
    """Return the tag that keeps people off a way, or None for a walkable one.

    Rules in order: no class; a class that is not there; ``area=yes`` (a square's outline is no way);
    ``foot`` allowing; ``foot`` forbidding; ``access`` forbidding; ``motorroad=yes``; a service way underground
    (the aisle of a garage, under streets it does not meet); the class.
    """
    return _why_not(*(tags.get(key, "") for key in TAG_KEYS))


@lru_cache(maxsize=4096)
def _why_not(highway: str, area: str, foot: str, access: str, motorroad: str, tunnel: str, layer: str) -> str | None:
    """Apply the rules to plain values; merged ways ("['steps', 'footway']") must be walkable in every part."""
    parts = split_values(highway)
    if not parts:
        return "no highway tag"
    for part in parts:
        below = part == "service" and (tunnel not in ("", "no") or layer.startswith("-"))
        why = _why_not_one(part, area, split_values(foot), split_values(access), motorroad, below=below)
        if why is not None:
            return why
    return None


def _why_not_one(
    highway: str, area: str, foot: tuple[str, ...], access: tuple[str, ...], motorroad: str, *, below: bool
) -> str | None:
    """Apply the rules to one class of way."""
    closed_foot = next((value for value in foot if value in FOOT_FORBIDDEN), None)
    closed_access = next((value for value in access if value in ACCESS_FORBIDDEN), None)
    is_stated = bool(foot) and closed_foot is None and all(value in FOOT_ALLOWED for value in foot)
    rules: Iterable[tuple[bool, str | None]] = (
        (highway in ABSENT_HIGHWAY, f"highway={highway}"),
        (area == "yes", "area=yes"),
        (is_stated, None),
        (closed_foot is not None, f"foot={closed_foot}"),
        (closed_access is not None, f"access={closed_access}"),
        (motorroad == "yes", "motorroad=yes"),
        (below, "highway=service underground"),
        (highway in WALKABLE_HIGHWAY, None),
    )
    for holds, why in rules:
        if holds:
            return why
    return f"highway={highway}"


@lru_cache(maxsize=4096)
def split_values(text: str) -> tuple[str, ...]:
    """Return the values of a tag: OSMnx writes lists as their Python text, OSM itself uses semicolons."""
    text = text.strip()
    if text.startswith("["):
        try:
            return tuple(str(value) for value in ast.literal_eval(text))
        except (ValueError, SyntaxError):
            text = text.strip("[]")
    return tuple(part.strip().strip("'\"") for part in text.replace(",", ";").split(";") if part.strip())
