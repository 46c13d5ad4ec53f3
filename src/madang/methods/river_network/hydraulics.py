"""Water in the reaches: flows by balance, depth and velocity by Manning, and what temperature does to a rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError
from madang.methods.river_network.kernels import ROUNDING, normal_depths, sweep_flows
from madang.methods.river_network.network import Floats, RiverNetwork

SECONDS_PER_DAY = 86_400.0
REFERENCE_C = 20.0
REAERATION_THETA = 1.024


@dataclass(frozen=True, eq=False)
class Flows:
    """Water by reach, m3/s: what enters, what leaves. A source or a withdrawal on a boundary belongs downstream.

    head: after all inflows at the reach's head, before the withdrawal there; end: at the reach's end, with what came in
    along it.
    """

    network: RiverNetwork
    point_m3_per_s: Floats
    diffuse_m3_per_s: Floats
    withdrawn_m3_per_s: Floats
    head_m3_per_s: Floats
    end_m3_per_s: Floats

    @cached_property
    def left(self) -> Floats:
        """Share of the water at the head that is not withdrawn; 1 where there is none."""
        dry = self.head_m3_per_s <= 0
        left = 1.0 - self.withdrawn_m3_per_s / np.where(dry, 1.0, self.head_m3_per_s)
        return np.where(dry, 1.0, np.where(left > ROUNDING, left, 0.0))

    @property
    def balance_m3_per_s(self) -> float:
        """Inflows minus withdrawals minus what leaves at the mouths: zero but for rounding."""
        out = float(self.end_m3_per_s[self.network.mouths].sum() + self.withdrawn_m3_per_s.sum())
        return float(self.point_m3_per_s.sum() + self.diffuse_m3_per_s.sum()) - out


def flows(
    network: RiverNetwork,
    point_m3_per_s: ArrayLike,
    diffuse_m3_per_s: ArrayLike = 0.0,
    withdrawn_m3_per_s: ArrayLike = 0.0,
) -> Flows:
    """Return the flow of every reach: headwaters and point inflows enter at heads, diffuse inflow along the reach.

    Raises:
        BoundsError: a value is negative or unknown, or more is withdrawn than there is; names the reach.
    """
    point = network.values(point_m3_per_s, Both("점 유입량(m3/s)", "the point inflow (m3/s)"))
    diffuse = network.values(diffuse_m3_per_s, Both("비점 유입량(m3/s)", "the diffuse inflow (m3/s)"))
    withdrawn = network.values(withdrawn_m3_per_s, Both("취수량(m3/s)", "the withdrawal (m3/s)"))
    head, end = np.zeros(len(network)), np.zeros(len(network))
    short = sweep_flows(
        network.order, network.up_start, network.up_reach, network.up_share, point, diffuse, withdrawn, head, end
    )
    if short >= 0:
        raise BoundsError(
            Both(
                f"흐르는 물보다 취수량이 많습니다: 유량 {head[short]:g} m3/s, 취수 {withdrawn[short]:g} m3/s",
                f"more water is withdrawn than flows: {withdrawn[short]:g} of {head[short]:g} m3/s",
            ),
            Both(f"하천 구간 {network.names[short]}", f"reach {network.names[short]}"),
            Both(
                "취수량을 줄이거나 그만큼의 유입량을 더하십시오", "lower the withdrawal or add the inflow that feeds it"
            ),
        )
    return Flows(network, point, diffuse, withdrawn, head, end)


@dataclass(frozen=True, eq=False)
class Hydraulics:
    """Depth (m), velocity (m/s) and time of travel (d) of every reach; a dry reach has no end to its travel."""

    depth_m: Floats
    velocity_m_per_s: Floats
    travel_d: Floats


def manning(
    flow: Flows,
    length_m: ArrayLike,
    width_m: ArrayLike,
    slope: ArrayLike,
    roughness: ArrayLike,
    side_slope: ArrayLike = 0.0,
) -> Hydraulics:
    """Return normal depth, velocity and travel time by Manning's formula in a trapezoid (side_slope 0: a rectangle).

    The flow at the reach's end is taken for the whole reach, as QUAL2K takes an element's outflow.

    Raises:
        BoundsError: a slope, roughness or length is not above 0, or the bed has neither width nor sides.
    """
    network, q = flow.network, flow.end_m3_per_s
    length = _above_zero(network, length_m, Both("길이(m)", "the length (m)"))
    slopes = _above_zero(network, slope, Both("하상 경사(m/m)", "the slope of the bed (m per m)"))
    rough = _above_zero(network, roughness, Both("매닝 조도계수", "Manning's n"))
    width = network.values(width_m, Both("하상 폭(m)", "the width of the bed (m)"))
    side = network.values(side_slope, Both("측면 경사(m/m)", "the side slope (m per m)"))
    _above_zero(network, width + side, Both("하상 폭(m)이나 측면 경사", "the width of the bed (m) or its side slope"))
    depth = np.zeros(len(network))
    normal_depths(q, width, side, slopes, rough, depth)
    area = (width + side * depth) * depth
    velocity = np.divide(q, area, out=np.zeros_like(q), where=area > 0)
    return Hydraulics(depth, velocity, travel_days(length, velocity))


def rated(
    flow: Flows,
    length_m: ArrayLike,
    velocity_factor: ArrayLike,
    velocity_exponent: ArrayLike,
    depth_factor: ArrayLike,
    depth_exponent: ArrayLike,
) -> Hydraulics:
    """Return velocity a Q^b and depth c Q^d from measured rating curves, and travel time."""
    network, q = flow.network, flow.end_m3_per_s
    a, b, c, d = (
        network.values(value, name)
        for value, name in (
            (velocity_factor, Both("유속 계수", "the velocity factor")),
            (velocity_exponent, Both("유속 지수", "the velocity exponent")),
            (depth_factor, Both("수심 계수", "the depth factor")),
            (depth_exponent, Both("수심 지수", "the depth exponent")),
        )
    )
    length = _above_zero(network, length_m, Both("길이(m)", "the length (m)"))
    velocity = np.where(q > 0, a * q**b, 0.0)
    return Hydraulics(np.where(q > 0, c * q**d, 0.0), velocity, travel_days(length, velocity))


def travel_days(length_m: Floats, velocity_m_per_s: Floats) -> Floats:
    """Return the days that water takes along each reach; infinite where nothing flows."""
    still = velocity_m_per_s <= 0
    return np.where(still, np.inf, length_m / np.where(still, 1.0, velocity_m_per_s) / SECONDS_PER_DAY)


def at_temperature(rate_at_20_per_d: ArrayLike, theta: ArrayLike, temperature_c: ArrayLike) -> Floats:
    """Return a rate at the water's temperature: k20 x theta^(T - 20)."""
    return np.asarray(rate_at_20_per_d, float) * np.asarray(theta, float) ** (
        np.asarray(temperature_c, float) - REFERENCE_C
    )


def oxygen_saturation_mg_per_l(temperature_c: ArrayLike, elevation_m: ArrayLike = 0.0) -> Floats:
    """Return dissolved oxygen in balance with air, in fresh water (APHA; thinned with height as in QUAL2K)."""
    kelvin = np.asarray(temperature_c, float) + 273.15
    log = -139.34411 + 1.575701e5 / kelvin - 6.642308e7 / kelvin**2 + 1.2438e10 / kelvin**3 - 8.621949e11 / kelvin**4
    return np.asarray(np.exp(log) * (1.0 - 1.148e-4 * np.asarray(elevation_m, float)))


def reaeration_per_d(velocity_m_per_s: ArrayLike, depth_m: ArrayLike, temperature_c: ArrayLike = REFERENCE_C) -> Floats:
    """Return the reaeration rate: O'Connor-Dobbins, Churchill or Owens-Gibbs as Covar (1976) divides depth and speed.

    Below 0.61 m: Owens-Gibbs 5.32 U^0.67 H^-1.85; deeper than 3.45 U^2.5: O'Connor-Dobbins 3.93 U^0.5 H^-1.5; else
    Churchill 5.026 U H^-1.67 (all per day at 20 C), then 1.024^(T - 20). No water has no rate: 0.
    """
    u, h = np.broadcast_arrays(np.asarray(velocity_m_per_s, float), np.asarray(depth_m, float))
    wet = (u > 0) & (h > 0)
    u, h = np.where(wet, u, 1.0), np.where(wet, h, 1.0)
    rate = np.where(
        h < 0.61,
        5.32 * u**0.67 * h**-1.85,
        np.where(h > 3.45 * u**2.5, 3.93 * u**0.5 * h**-1.5, 5.026 * u * h**-1.67),
    )
    return at_temperature(np.where(wet, rate, 0.0), REAERATION_THETA, temperature_c)


def _above_zero(network: RiverNetwork, given: ArrayLike, what: Both) -> Floats:
    """Return the values by reach.

    Raises:
        BoundsError: one is not above 0.
    """
    values = network.values(given, what)
    if not (values > 0).all():
        row = int(np.argmin(values))
        raise BoundsError(
            Both(f"0보다 커야 합니다: {what.ko}", f"{what.en} must be above 0"),
            Both(
                f"하천 구간 {network.names[row]}, 값 {float(values[row])!r}",
                f"reach {network.names[row]}, value {float(values[row])!r}",
            ),
        )
    return values
