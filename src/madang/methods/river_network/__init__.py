"""A river as a network of reaches in steady state: water, loads, oxygen and nutrients, forwards and backwards.

No policy, no city and no target lies here.
"""

from __future__ import annotations

from madang.methods.river_network.chain import CHAIN, Chained, Rates, chain_delivery, route_chain
from madang.methods.river_network.delivery import Cause, Causes, Delivery, Source, causes, delivery
from madang.methods.river_network.hydraulics import (
    Flows,
    Hydraulics,
    at_temperature,
    flows,
    manning,
    oxygen_saturation_mg_per_l,
    rated,
    reaeration_per_d,
)
from madang.methods.river_network.network import RiverNetwork, braided, linked, tree
from madang.methods.river_network.routing import Routed, concentration_mg_per_l, load_kg_per_d, route

__all__ = [
    "CHAIN",
    "Cause",
    "Causes",
    "Chained",
    "Delivery",
    "Flows",
    "Hydraulics",
    "Rates",
    "RiverNetwork",
    "Routed",
    "Source",
    "at_temperature",
    "braided",
    "causes",
    "chain_delivery",
    "concentration_mg_per_l",
    "delivery",
    "flows",
    "linked",
    "load_kg_per_d",
    "manning",
    "oxygen_saturation_mg_per_l",
    "rated",
    "reaeration_per_d",
    "route",
    "route_chain",
    "tree",
]
