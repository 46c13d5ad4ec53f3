"""What figures with streets share: the streets under a map, points, and why a figure is empty."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import polars as pl
import shapely

from madang.core.figures import MapLayer
from madang.core.language import Text, text
from madang.solutions.ev_charging.access import Access
from madang.solutions.ev_charging.missing import to_bring
from madang.solutions.ev_charging.model import EvChargingResult

STREETS_MAX = 20_000


def why_empty(result: EvChargingResult) -> tuple[Text, ...]:
    """Return why a figure is empty, where it is."""
    return (to_bring(result.inputs),) if result.access is None else ()


def ground_of(access: Access | None) -> tuple[MapLayer, ...]:
    """Return the streets as the ground of a map; the first ones only of a large network."""
    if access is None:
        return ()
    network = access.network
    chains = min(network.chains, STREETS_MAX)
    end = int(network.chain_ptr[chains])
    owner = np.repeat(np.arange(chains), np.diff(network.chain_ptr[: chains + 1]))
    lon, lat = network.degrees(network.vertex_x[:end].astype(float), network.vertex_y[:end].astype(float))
    lines = shapely.linestrings(np.round(np.column_stack((lon, lat)), 6), indices=owner)
    geometry = [shapely.geometry.mapping(shapely.multilinestrings(lines))]
    return (MapLayer(name="streets", title=text("거리", "Streets"), geometry=geometry, role="ground"),)


def points_of(frame: pl.DataFrame) -> list[Mapping[str, Any]]:
    """Return the rows of a frame as GeoJSON points."""
    pairs = zip(frame["lon"].to_list(), frame["lat"].to_list(), strict=True)
    return [{"type": "Point", "coordinates": [round(lon, 6), round(lat, 6)]} for lon, lat in pairs]
