"""Rivers that are none, and loads that cannot be carried, are refused with what, where and what to do."""

from __future__ import annotations

import numpy as np
import pytest

from madang.core.errors import BoundsError, NetworkError, UnknownName, UsageError
from madang.methods.river_network import (
    CHAIN,
    Rates,
    Source,
    braided,
    causes,
    chain_delivery,
    delivery,
    flows,
    manning,
    route,
    route_chain,
    tree,
)


def said(error: pytest.ExceptionInfo[Exception]) -> str:
    return str(error.value)


def test_a_tree_knows_its_mouths_and_its_rows() -> None:
    network = tree(["a", "b", "c"], ["c", "c", None])
    assert network.is_tree
    assert network.mouths.tolist() == [2]
    assert network.rows(["c", "a"]).tolist() == [2, 0]
    assert not braided(["a", "b", "c"], [("a", "b", 0.3), ("a", "c", 0.7)]).is_tree


def test_water_that_runs_in_a_circle_is_no_river() -> None:
    with pytest.raises(NetworkError) as error:
        tree(["a", "b", "c", "d"], ["b", "c", "b", "c"])
    assert said(error) == (
        "the river runs in a circle\n  where: reaches b, c\n  to do: no water may come back to its own reach"
    )


def test_shares_that_lose_water_are_refused() -> None:
    with pytest.raises(NetworkError) as error:
        braided(["a", "b", "c"], [("a", "b", 0.3), ("a", "c", 0.6)])
    assert said(error) == (
        "the shares that leave a reach must be above 0 and sum to 1, not 0.9\n  where: reach a\n"
        "  to do: give every branch its share of the flow"
    )


def test_a_share_of_zero_is_refused() -> None:
    with pytest.raises(NetworkError, match="reach a"):
        braided(["a", "b", "c"], [("a", "b", 0.0), ("a", "c", 1.0)])


def test_two_reaches_of_one_name_are_refused() -> None:
    with pytest.raises(NetworkError) as error:
        tree(["a", "b", "a"], ["b", None, None])
    assert said(error) == ("two reaches have one name\n  where: reach a\n  to do: give each reach a name of its own")


def test_an_unknown_downstream_name_is_answered_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="did you mean jungnang-1"):
        tree(["jungnang-1", "han"], ["han", "jungnang-2"])


def test_as_many_downstream_names_as_reaches_are_needed() -> None:
    with pytest.raises(NetworkError, match="2 reaches have 1 downstream names"):
        tree(["a", "b"], ["b"])


def test_more_water_than_there_is_cannot_be_withdrawn() -> None:
    with pytest.raises(BoundsError) as error:
        flows(tree(["a", "b"], ["b", None]), [1.0, 0.5], 0.0, [0.0, 1.6])
    assert said(error) == (
        "more water is withdrawn than flows: 1.6 of 1.5 m3/s\n  where: reach b\n"
        "  to do: lower the withdrawal or add the inflow that feeds it"
    )


def test_all_water_may_be_withdrawn_and_takes_its_load_along() -> None:
    network = tree(["a", "b", "c"], ["b", "c", None])
    flow = flows(network, [0.1 + 0.2, 0.0, 1.0], 0.0, [0.0, 0.3, 0.0])
    routed = route(flow, ("x",), 0.1, 0.0, [[5.0], [0.0], [2.0]])
    assert routed.withdrawn_kg_per_d[:, 0].tolist() == pytest.approx([0.0, 5.0, 0.0])
    assert np.isnan(routed.end_mg_per_l[1, 0])
    assert routed.end_kg_per_d[:, 0].tolist() == pytest.approx([5.0, 0.0, 2.0])


def test_an_unknown_load_is_not_taken_for_zero() -> None:
    flow = flows(tree(["a", "b"], ["b", None]), 1.0)
    with pytest.raises(BoundsError) as error:
        route(flow, ("x",), 0.1, 0.0, [[1.0], [np.nan]])
    assert said(error) == (
        "the point load (kg/d) must be a number from 0\n  where: reach b, value nan\n"
        "  to do: leave the reach out or give a known value"
    )


def test_a_wrong_shape_is_named() -> None:
    with pytest.raises(BoundsError, match=r"the point inflow \(m3/s\) has shape \(3,\), not \(2,\)"):
        flows(tree(["a", "b"], ["b", None]), [1.0, 2.0, 3.0])


def test_an_unknown_mixing_is_refused() -> None:
    with pytest.raises(UsageError, match="take one of plug, mixed"):
        route(flows(tree(["a"], [None]), 1.0), ("x",), 0.1, 0.0, 1.0, mixing="stirred")


@pytest.mark.parametrize(("slope", "width", "wrong"), [(0.0, 5.0, "slope of the bed"), (0.001, 0.0, "width")])
def test_a_bed_without_slope_or_width_is_refused(slope: float, width: float, wrong: str) -> None:
    with pytest.raises(BoundsError, match=f"{wrong}.* must be above 0\n  where: reach a, value 0.0"):
        manning(flows(tree(["a"], [None]), 1.0), 100.0, width, slope, 0.03)


def test_a_chain_needs_flowing_water() -> None:
    flow = flows(tree(["a", "b"], ["b", None]), 0.0)
    with pytest.raises(BoundsError) as error:
        route_chain(flow, manning(flow, 1.0, 1.0, 0.01, 0.03), Rates(), 0.0)
    assert said(error) == (
        "oxygen and nutrients need flowing water\n  where: reach a, no flow\n"
        "  to do: give it an inflow, or leave the reach out"
    )


def test_unknown_substances_and_stations_are_named() -> None:
    flow = flows(tree(["a"], [None]), 1.0)
    routed = route(flow, ("bod",), 0.1, 0.0, 1.0)
    chained = route_chain(flow, manning(flow, 1.0, 1.0, 0.01, 0.03), Rates(), np.zeros((1, len(CHAIN))))
    with pytest.raises(UnknownName, match="there is no substance called 'tp'"):
        delivery(routed, ["a"], "tp")
    with pytest.raises(UnknownName, match="there is no reach called 'z'"):
        delivery(routed, ["z"], "bod")
    with pytest.raises(UnknownName, match="there is no substance called 'bod'"):
        chain_delivery(chained, "a", "bod")


def test_who_caused_an_exceedance_is_ranked_and_sums_to_all_there_is() -> None:
    network = tree(["hill", "town", "plant", "gauge"], ["town", "plant", "gauge", None])
    flow = flows(network, [2.0, 0.5, 1.5, 0.0])
    routed = route(flow, ("bod",), 0.2, 0.5, [[100.0], [400.0], [900.0], [0.0]], [[0.0], [50.0], [0.0], [0.0]])
    named = [
        Source("forest", "hill", 100.0),
        Source("town drains", "town", 400.0),
        Source("works", "plant", 900.0),
        Source("streets", "town", 30.0, along=True),
    ]
    told = causes(routed, "gauge", "bod", named, 3.0)
    assert [cause.name for cause in told.ranked] == ["works", "town drains", "forest", "streets"]
    assert told.exceeded
    delivered = sum(cause.delivered_kg_per_d for cause in told.ranked)
    assert delivered + told.unnamed_kg_per_d == pytest.approx(told.load_kg_per_d)
    rest = delivery(routed, ["gauge"], "bod").along[0, network.place["town"]] * 20.0
    assert told.unnamed_kg_per_d == pytest.approx(rest)
    assert told.load_kg_per_d == pytest.approx(told.mg_per_l * 4.0 * 86.4)
    assert told.ranked[2].cut_alone is None


def test_the_cut_of_one_source_alone_meets_the_target_exactly() -> None:
    network = tree(["top", "gauge"], ["gauge", None])
    flow = flows(network, [1.0, 1.0])
    loads = np.array([[300.0], [800.0]])
    routed = route(flow, ("bod",), 0.3, 0.4, loads)
    sources = [Source("a", "top", 300.0), Source("b", "gauge", 800.0)]
    works = causes(routed, "gauge", "bod", sources, 5.0).ranked[0]
    assert works.name == "b"
    assert works.cut_alone is not None
    loads[1] *= 1.0 - works.cut_alone
    assert route(flow, ("bod",), 0.3, 0.4, loads).end_mg_per_l[1, 0] == pytest.approx(5.0)


def test_a_station_within_its_target_has_no_excess() -> None:
    routed = route(flows(tree(["a"], [None]), 1.0), ("bod",), 0.1, 0.0, 86.4)
    told = causes(routed, "a", "bod", [Source("s", "a", 86.4)], 2.0)
    assert (told.exceeded, told.excess_kg_per_d, told.ranked[0].cut_alone) == (False, 0.0, 0.0)


def test_a_dry_station_has_no_concentration_to_explain() -> None:
    routed = route(flows(tree(["a"], [None]), 0.0), ("bod",), np.inf, 0.1, 1.0)
    with pytest.raises(BoundsError, match="a concentration needs water"):
        causes(routed, "a", "bod", [], 2.0)
    assert routed.end_kg_per_d[0, 0] == 0.0
