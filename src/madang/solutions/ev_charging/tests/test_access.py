"""Walks and circles on a made town, where every distance can be told by hand."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from madang.core.errors import NetworkError, TableError, UsageError
from madang.solutions.ev_charging.access import access_of, allowed_classes
from madang.solutions.ev_charging.tests.conftest import corner, table, value


def test_without_streets_there_is_no_access(town):
    assert access_of(town(street_nodes=None)) is None
    assert access_of(town(demand=None)) is None


def test_a_walk_goes_along_the_streets_and_a_circle_does_not(town):
    access = access_of(town())
    by_id = dict(zip(access.demand["id"].to_list(), range(access.demand.height), strict=True))
    assert access.walk_m[by_id["1-1"]] == pytest.approx(200, abs=1)
    assert access.line_m[by_id["1-1"]] == pytest.approx(141, abs=1)


def test_only_what_lies_within_the_limit_is_covered(town):
    access = access_of(town())  # 2.6 minutes at 80 m are 208 m: two blocks
    covered = set(access.demand.filter(pl.Series(access.is_covered_now))["id"].to_list())
    assert covered == {"0-0", "0-1", "0-2", "1-0", "1-1", "2-0"}
    assert set(access.demand.filter(pl.Series(access.is_in_circle))["id"].to_list()) == covered


def test_circles_mislead_where_the_block_is_cut_through(town):
    access = access_of(town(walk_minutes_max=1.9))  # 152 m: the far corner of a block lies in the circle only
    state = access.is_in_circle & ~access.is_covered_now
    assert access.demand.filter(pl.Series(state))["id"].to_list() == ["1-1"]


def test_coverage_grows_with_minutes_and_with_pace(answer):
    by_minutes = [value(answer(walk_minutes_max=minutes), "covered_now_percent") for minutes in (1, 2, 3, 5)]
    by_pace = [value(answer(walk_m_per_min=pace), "covered_now_percent") for pace in (40, 60, 80, 100)]
    assert by_minutes == sorted(by_minutes)
    assert by_pace == sorted(by_pace)


def test_with_no_charger_nobody_is_covered_and_the_walk_is_unknown(town, answer):
    sites = town().sites.frame.with_columns(pl.lit("candidate").alias("status"))
    result = answer(sites=table("sites", sites))
    assert value(result, "covered_now_percent") == 0
    assert value(result, "walk_minutes_median") is None
    assert (
        result.numbers["walk_minutes_median"].gap.en == "no charger that stands can be walked to from any demand point"
    )


def test_a_site_of_no_allowed_class_is_never_built(town):
    access = access_of(town())
    other = np.array(access.sites["class"].to_list()) == "other"
    assert access.siting.is_forbidden[other].all()
    assert not access.siting.is_forbidden[~other].any()


def test_rapid_and_slow_follow_the_classes(town):
    access = access_of(town())
    fast = {kind for kind, is_fast in zip(access.sites["class"], access.siting.is_fast, strict=True) if is_fast}
    assert fast == {"transit", "public", "culture"}


def test_an_unknown_class_is_named():
    with pytest.raises(UsageError) as caught:
        allowed_classes("transit, garden", "fast_classes")
    assert str(caught.value) == (
        "fast_classes names a class of place nobody knows: 'garden'\n"
        "  to do: use transit, public, sports, culture, home, office, resident_priority, other"
    )


def test_no_streets_at_all_is_a_clear_message(town):
    empty = table("street_edges", town().street_edges.frame.head(0))
    with pytest.raises(NetworkError, match="the network has no edges"):
        access_of(town(street_edges=empty))


def test_demand_far_from_every_street_is_a_clear_message(town):
    far = town().demand.frame.with_columns(pl.col("lat") + 1.0)
    with pytest.raises(NetworkError) as caught:
        access_of(town(demand=table("demand", far)))
    assert str(caught.value).startswith("none of the 49 demand points lies within 200 m of a street; the nearest is")


def test_swapped_coordinates_are_called_so(town):
    frame = town().demand.frame
    swapped = frame.with_columns(
        pl.Series("lon", frame["lat"]), pl.Series("lat", [0.5 + 37.0 for _ in range(frame.height)])
    )
    with pytest.raises(NetworkError, match="none of the 49 demand points lies within 200 m"):
        access_of(town(demand=table("demand", swapped)))


def test_a_demand_point_off_the_streets_counts_as_not_reached_and_is_told(town, answer):
    frame = town().demand.frame
    lost = frame.with_columns(
        pl.when(pl.col("id") == "6-6").then(pl.col("lat") + 0.05).otherwise(pl.col("lat")).alias("lat")
    )
    result = answer(demand=table("demand", lost))
    assert "1 demand point lies over 200 m from any street, counted as not reached" in [gap.en for gap in result.gaps]
    assert value(result, "demand_unreachable") >= 1


def test_small_islands_of_street_are_left_out(town):
    lon, lat = corner(0, 0)
    nodes = pl.concat(
        [
            town().street_nodes.frame,
            table(
                "street_nodes",
                pl.DataFrame({"node_id": ["i", "j"], "lon": [lon, lon + 0.0001], "lat": [lat + 0.0001] * 2}),
            ).frame,
        ]
    )
    edges = pl.concat([town().street_edges.frame, table("street_edges", pl.DataFrame({"u": ["i"], "v": ["j"]})).frame])
    access = access_of(
        town(street_nodes=table("street_nodes", nodes.head(51)), street_edges=table("street_edges", edges))
    )
    assert access.network.quality.components == (2 if 2 / 51 >= 0.02 else 1)
    more = pl.concat(
        [nodes]
        + [
            table(
                "street_nodes", pl.DataFrame({"node_id": [f"k{at}"], "lon": [lon + 0.02 + at * 1e-4], "lat": [lat]})
            ).frame
            for at in range(60)
        ]
    )
    path = table(
        "street_edges",
        pl.DataFrame({"u": ["6-6", *(f"k{at}" for at in range(59))], "v": [f"k{at}" for at in range(60)]}),
    ).frame
    joined = access_of(
        town(street_nodes=table("street_nodes", more), street_edges=table("street_edges", pl.concat([edges, path])))
    )
    assert joined.network.quality.components == 1
    assert joined.network.quality.defects["streets in small pieces apart from the others (left out)"] == 1


def test_a_walk_longer_than_is_measured_is_not_said_to_lead_nowhere(town, answer):
    result = answer(walk_minutes_max=0.5)
    assert value(result, "walk_minutes_p90") is None
    assert np.isfinite(result.access.walk_m).any()
    assert "within the 2 minutes to which walks are measured" in result.numbers["walk_minutes_p90"].gap.en
    none = table("sites", town().sites.frame.filter(pl.col("status") != "existing"))
    assert "no charger that stands" in answer(sites=none).numbers["walk_minutes_p90"].gap.en


def with_costs(town, costs):
    sites = town().sites.frame
    return town(sites=table("sites", sites.with_columns(cost=pl.Series(costs(sites), dtype=pl.Float64))))


def test_a_site_without_a_cost_among_others_with_one_is_refused_and_not_all_but_free(town):
    inputs = with_costs(town, lambda sites: [None if at == 3 else 25_000_000.0 for at in range(sites.height)])
    with pytest.raises(TableError) as caught:
        access_of(inputs)
    assert caught.value.what == "1 site that may open has no cost, and others have one"
    assert "column cost, value 's3'" in str(caught.value)


def test_a_site_that_stands_needs_no_cost_and_gives_the_others_none(town):
    stands = with_costs(town, lambda sites: [None if at == 0 else 2.0 for at in range(sites.height)])
    assert access_of(stands).siting.is_costed
    alone = with_costs(town, lambda sites: [9e6 if at == 0 else None for at in range(sites.height)])
    siting = access_of(alone).siting
    assert not siting.is_costed
    assert set(siting.cost[~siting.is_existing]) == {1.0}
