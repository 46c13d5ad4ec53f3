"""Tiles: one a place, none above another, near where the places lie and in the order in which they lie."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from madang.solutions.pollution_cap.tiles import tiles

PLACES = st.lists(
    st.tuples(st.floats(126.0, 128.0), st.floats(36.0, 38.0)), min_size=1, max_size=30
)  # fmt: skip


@given(PLACES)
@settings(max_examples=60, deadline=None)
def test_every_place_has_a_tile_of_its_own(middles: list[tuple[float, float]]) -> None:
    found = tiles(middles)
    assert len(found) == len(middles)
    for one, other in combinations(found, 2):
        apart = abs(one.lon - other.lon) / one.wide, abs(one.lat - other.lat) / one.tall
        assert max(apart) > 0.99


def test_places_on_a_grid_keep_their_order() -> None:
    middles = [(127.0 + 0.1 * x, 37.0 + 0.1 * y) for y in range(3) for x in range(4)]
    found = np.array([(tile.lon, tile.lat) for tile in tiles(middles)]).reshape(3, 4, 2)
    assert (np.diff(found[:, :, 0], axis=1) > 0).all()
    assert (np.diff(found[:, :, 1], axis=0) > 0).all()


def test_a_tile_parts_into_strips_and_a_band_for_its_name() -> None:
    tile = tiles([(127.0, 37.5)])[0]
    strips = [shape(tile.strip(at, 10)) for at in range(10)]
    band = shape(tile.name_band())
    whole = shape({"type": "Polygon", "coordinates": [[
        [tile.lon, tile.lat], [tile.lon + tile.wide, tile.lat], [tile.lon + tile.wide, tile.lat + tile.tall],
        [tile.lon, tile.lat + tile.tall], [tile.lon, tile.lat],
    ]]})  # fmt: skip
    assert all(whole.contains(part) for part in (*strips, band))
    assert sum(part.area for part in strips) == pytest.approx(0.88 * 0.64 * whole.area, rel=1e-2)
    assert all(one.intersection(other).area < 1e-9 * whole.area for one, other in combinations([*strips, band], 2))
    assert strips[0].centroid.x < strips[9].centroid.x


def test_no_places_have_no_tiles() -> None:
    assert tiles([]) == []
