"""Slopes slow walking as Tobler measured, and heights come from the nearest known points."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import NetworkError
from madang.methods.walking_network import ElevationPoints, Streets, build_network
from madang.methods.walking_network.elevation import with_elevation
from madang.methods.walking_network.projection import degrees_from, to_degrees, to_local
from madang.methods.walking_network.slope import edge_slopes, effort_factor

STEP = 100.0 / 111_320.0


def street(elevation_m=None):
    lat = 37.5 + np.arange(3) * STEP
    ends = np.array([0, 1], dtype=np.int32), np.array([1, 2], dtype=np.int32)
    return Streets.straight("hill", np.arange(3), np.full(3, 127.0), lat, *ends, np.full(2, 100.0), elevation_m)


def test_level_ground_costs_its_length():
    assert effort_factor(np.array([0.0]))[0] == 1.0


def test_toblers_speeds_are_reproduced():
    # 6 exp(-3.5 |s + 0.05|) km/h: 5.04 level, 6 at five per cent down, 3.55 at ten per cent up.
    speed = 6 * np.exp(-0.175) / effort_factor(np.array([0.0, -0.05, 0.10]))
    assert speed == pytest.approx([5.036, 6.0, 3.549], abs=0.001)


@given(st.floats(0.001, 0.5))
def test_going_up_and_down_again_is_never_quicker_than_level(slope):
    up, down = effort_factor(np.array([slope, -slope]))
    assert up > down
    assert up + down >= 2.0 - 1e-12


@given(st.floats(0.5, 100.0))
def test_cliffs_count_as_the_steepest_street(slope):
    assert effort_factor(np.array([slope]))[0] == effort_factor(np.array([0.5]))[0]


def test_an_edge_without_length_or_height_has_no_slope():
    slopes = edge_slopes(np.array([0.0, 0.0, np.nan]), np.array([5.0, 5.0, 1.0]), np.array([0.0, 100.0, 100.0]))
    assert np.isnan(slopes).tolist() == [True, False, True]


def test_cliffs_are_reported():
    quality = build_network(street(np.array([0.0, 90.0, 95.0]))).quality
    assert quality.defects == {"edges steeper than 50% (walked as 50%)": 1}


def test_heights_are_taken_from_points_near_and_left_open_elsewhere():
    points = ElevationPoints(np.array([127.0, 127.0]), np.array([37.5, 37.5 + STEP]), np.array([10.0, 20.0]))
    heights = with_elevation(street(), points).elevation_m
    assert heights[:2] == pytest.approx([10.0, 20.0])
    assert np.isnan(heights[2])


def test_between_two_points_the_nearer_weighs_more():
    points = ElevationPoints(np.array([127.0, 127.0]), 37.5 + np.array([-0.1, 0.3]) * STEP, np.array([10.0, 20.0]))
    assert with_elevation(street(), points).elevation_m[0] == pytest.approx(12.5, abs=0.01)


def test_heights_that_do_not_fit_their_points_are_refused():
    with pytest.raises(NetworkError, match="as many heights as longitudes"):
        ElevationPoints(np.array([127.0]), np.array([37.5]), np.array([1.0, 2.0]))


@given(st.floats(-0.5, 0.5), st.floats(-0.4, 0.4))
def test_local_metres_lead_back_to_the_same_degrees(east, north):
    lon, lat = np.array([127.0 + east]), np.array([37.5 + north])
    back = to_degrees(*to_local(lon, lat, (127.0, 37.5)), (127.0, 37.5))
    assert (back[0][0], back[1][0]) == pytest.approx((lon[0], lat[0]), abs=1e-9)


def test_an_old_datum_is_shifted_and_a_near_one_left_alone():
    lon, lat = np.array([127.0]), np.array([37.5])
    bessel = degrees_from(lon, lat, "EPSG:4162", "old.gpkg")
    assert 200 < np.hypot(*to_local(*bessel, (127.0, 37.5)))[0] < 500
    assert degrees_from(lon, lat, "EPSG:4737", "new.gpkg") == (lon, lat)
