"""Substances that turn into each other on the way: oxygen demand and oxygen, the chains of nitrogen and phosphorus.

Each reach is solved exactly: the rates form a small matrix, and what leaves is its exponential times what entered.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from madang.core.errors import Both, BoundsError, UnknownName, in_both
from madang.methods.river_network.hydraulics import (
    Flows,
    Hydraulics,
    at_temperature,
    oxygen_saturation_mg_per_l,
    reaeration_per_d,
)
from madang.methods.river_network.kernels import exponentials, sweep_chain, sweep_chain_back
from madang.methods.river_network.network import Floats, RiverNetwork
from madang.methods.river_network.routing import KG_PER_D, Carried

CHAIN = ("cbod", "org_n", "nh4_n", "no3_n", "org_p", "po4_p", "oxygen")
CBOD, ORG_N, NH4_N, NO3_N, ORG_P, PO4_P, OXYGEN = range(len(CHAIN))
OXYGEN_PER_NITROGEN = 4.57


@dataclass(frozen=True)
class Rates:
    """Rates at 20 C by reach or one for all, per day; settling in m/d; oxygen demand of the bed in g/m2/d.

    reaeration_per_d: None takes Covar's choice of formula from depth and velocity. The thetas are QUAL2K's defaults.
    """

    cbod_oxidation_per_d: ArrayLike = 0.0
    cbod_settling_m_per_d: ArrayLike = 0.0
    org_n_hydrolysis_per_d: ArrayLike = 0.0
    org_n_settling_m_per_d: ArrayLike = 0.0
    nitrification_per_d: ArrayLike = 0.0
    denitrification_per_d: ArrayLike = 0.0
    org_p_hydrolysis_per_d: ArrayLike = 0.0
    org_p_settling_m_per_d: ArrayLike = 0.0
    po4_settling_m_per_d: ArrayLike = 0.0
    bed_demand_g_per_m2_d: ArrayLike = 0.0
    reaeration_per_d: ArrayLike | None = None
    theta_cbod: float = 1.047
    theta_nitrogen: float = 1.07
    theta_phosphorus: float = 1.07
    theta_bed: float = 1.06
    theta_reaeration: float = 1.024


@dataclass(frozen=True, eq=False)
class Chained(Carried):
    """Loads of the substances of CHAIN, in its order, with the matrices that carried them.

    anoxic: reaches whose oxygen the demand would use up; there the linear chain no longer holds, and the oxygen shown
    (below zero) only says by how much it was overdrawn.
    """

    saturation_mg_per_l: Floats
    reaeration_per_d: Floats

    @property
    def anoxic(self) -> Floats:
        """Whether each reach ends without oxygen."""
        return np.asarray(self.end_kg_per_d[:, OXYGEN] < 0)


def route_chain(
    flow: Flows,
    hydraulics: Hydraulics,
    rates: Rates,
    point_kg_per_d: ArrayLike,
    diffuse_kg_per_d: ArrayLike = 0.0,
    temperature_c: ArrayLike = 20.0,
    elevation_m: ArrayLike = 0.0,
) -> Chained:
    """Carry the seven substances of CHAIN down the river; loads are reach x CHAIN, nitrogen and phosphorus as N and P.

    Oxidation uses 1 g of oxygen per g of ultimate CBOD, nitrification 4.57 g per g of N.

    Raises:
        BoundsError: a value is negative or unknown, or a reach has no water to carry the chain.
    """
    network, width = flow.network, len(CHAIN)
    dry = np.flatnonzero(~np.isfinite(hydraulics.travel_d))
    if dry.size:
        raise BoundsError(
            Both("산소와 영양염류를 계산하려면 물이 흘러야 합니다", "oxygen and nutrients need flowing water"),
            Both(f"하천 구간 {network.names[int(dry[0])]}, 유량 없음", f"reach {network.names[int(dry[0])]}, no flow"),
            Both("유입량을 주거나 그 구간을 빼십시오", "give it an inflow, or leave the reach out"),
        )
    point = network.values(point_kg_per_d, Both("점 부하량(kg/d)", "the point load (kg/d)"), width)
    diffuse = network.values(diffuse_kg_per_d, Both("비점 부하량(kg/d)", "the diffuse load (kg/d)"), width)
    temperature = network.values(temperature_c, Both("수온(C)", "the temperature (C)"))
    saturation = oxygen_saturation_mg_per_l(
        temperature, network.values(elevation_m, Both("표고(m)", "the elevation (m)"))
    )
    air = _reaeration(network, rates, hydraulics, temperature)
    matrix = rate_matrices(network, rates, hydraulics.depth_m, temperature, air)
    travel = hydraulics.travel_d
    passed = exponentials(matrix * travel[:, None, None])
    made = _oxygen_made(network, rates, flow, hydraulics, temperature, air, saturation)
    head, end = np.empty_like(point), np.empty_like(point)
    left = flow.left
    sweep_chain(
        network.order,
        network.up_start,
        network.up_reach,
        network.up_share,
        point,
        diffuse,
        left,
        passed,
        _spread(matrix, travel, diffuse),
        made,
        head,
        end,
    )
    return Chained(flow, left, passed, head, end, None, saturation, air)


def chain_delivery(chained: Chained, station: str, substance: str) -> Floats:
    """Return what 1 kg/d of each substance (reach x CHAIN) put in at a head adds to ``substance`` at the station's end.

    Of oxygen demand on oxygen it is negative. Loads spread along reaches aren't read here.

    Raises:
        UnknownName: the station is no reach, or the substance not of the chain.
    """
    if substance not in CHAIN:
        raise UnknownName(Both("물질", "substance"), substance, CHAIN)
    network = chained.network
    at_end = np.zeros((len(network), len(CHAIN)))
    at_end[network.rows([station])[0], CHAIN.index(substance)] = 1.0
    sweep_chain_back(
        network.order, network.down_start, network.down_reach, network.down_share, chained.left, chained.passed, at_end
    )
    return np.asarray(np.einsum("rkj,rk->rj", chained.passed, at_end) * chained.left[:, None])


def rate_matrices(network: RiverNetwork, rates: Rates, depth_m: Floats, temperature_c: Floats, air: Floats) -> Floats:
    """Return the matrices K (reach x CHAIN x CHAIN, per day) of d(concentrations)/dt = K concentrations + gains."""

    def at(name: str, theta: float) -> Floats:
        return at_temperature(network.values(getattr(rates, name), in_both(name)), theta, temperature_c)

    def settling(name: str) -> Floats:
        return network.values(getattr(rates, name), in_both(name)) / depth_m

    matrix = np.zeros((len(network), len(CHAIN), len(CHAIN)))
    oxidation = at("cbod_oxidation_per_d", rates.theta_cbod)
    nitrification = at("nitrification_per_d", rates.theta_nitrogen)
    matrix[:, CBOD, CBOD] = -oxidation - settling("cbod_settling_m_per_d")
    matrix[:, OXYGEN, CBOD] = -oxidation
    _step(matrix, ORG_N, NH4_N, at("org_n_hydrolysis_per_d", rates.theta_nitrogen), settling("org_n_settling_m_per_d"))
    _step(matrix, NH4_N, NO3_N, nitrification, 0.0)
    matrix[:, OXYGEN, NH4_N] = -OXYGEN_PER_NITROGEN * nitrification
    matrix[:, NO3_N, NO3_N] -= at("denitrification_per_d", rates.theta_nitrogen)
    _step(
        matrix, ORG_P, PO4_P, at("org_p_hydrolysis_per_d", rates.theta_phosphorus), settling("org_p_settling_m_per_d")
    )
    matrix[:, PO4_P, PO4_P] -= settling("po4_settling_m_per_d")
    matrix[:, OXYGEN, OXYGEN] = -air
    return matrix


def _step(matrix: Floats, before: int, after: int, rate: Floats, settling: Floats | float) -> None:
    """Let ``before`` turn into ``after`` at ``rate`` and settle besides."""
    matrix[:, before, before] -= rate + settling
    matrix[:, after, before] += rate


def _reaeration(network: RiverNetwork, rates: Rates, hydraulics: Hydraulics, temperature_c: Floats) -> Floats:
    """Return the reaeration rate at the water's temperature: the given one at 20 C, or by depth and velocity."""
    if rates.reaeration_per_d is None:
        return reaeration_per_d(hydraulics.velocity_m_per_s, hydraulics.depth_m, temperature_c)
    given = network.values(rates.reaeration_per_d, Both("재폭기(1/d)", "reaeration_per_d"))
    return at_temperature(given, rates.theta_reaeration, temperature_c)


def _oxygen_made(
    network: RiverNetwork,
    rates: Rates,
    flow: Flows,
    hydraulics: Hydraulics,
    temperature_c: Floats,
    air: Floats,
    saturation: Floats,
) -> Floats:
    """Return the load (kg/d) that air and bed add to each reach's oxygen: a constant gain, decaying as it travels."""
    bed = at_temperature(
        network.values(rates.bed_demand_g_per_m2_d, Both("하상의 산소요구량(g/m2/d)", "bed_demand_g_per_m2_d")),
        rates.theta_bed,
        temperature_c,
    )
    exponent = air * hydraulics.travel_d
    effective_d = np.where(
        exponent < 1e-9, hydraulics.travel_d, -np.expm1(-exponent) / np.where(exponent < 1e-9, 1.0, air)
    )
    made = np.zeros((len(network), len(CHAIN)))
    made[:, OXYGEN] = (air * saturation - bed / hydraulics.depth_m) * effective_d * flow.end_m3_per_s * KG_PER_D
    return made


def _spread(matrix: Floats, travel_d: Floats, diffuse: Floats) -> Floats:
    """Return the mean of exp(K s) over the travel time where a diffuse load enters, from a larger exponential."""
    count, width = matrix.shape[0], matrix.shape[1]
    spread = np.zeros_like(matrix)
    rows = np.flatnonzero(diffuse.any(axis=1))
    if rows.size:
        larger = np.zeros((rows.size, 2 * width, 2 * width))
        larger[:, :width, :width] = matrix[rows] * travel_d[rows, None, None]
        larger[:, :width, width:] = np.eye(width)
        spread[rows] = exponentials(larger)[:, :width, width:]
    return spread.reshape(count, width, width)
