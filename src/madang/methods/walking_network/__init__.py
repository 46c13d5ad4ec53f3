"""Walking networks: import streets, place points on them, and measure who reaches what on foot.

Three steps: ``import_streets`` (or its kin) to a ``WalkingNetwork``; ``snap`` points to ``Places``; then
``nearest`` for the walk to the nearest facility or ``reach_sets`` for every pair within a limit.

Names are imported on first use: a search of a kept network holds no reader of files in memory.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from madang.methods.walking_network.build import build_network as build_network
    from madang.methods.walking_network.elevation import ElevationPoints as ElevationPoints
    from madang.methods.walking_network.importing import ImportOptions as ImportOptions
    from madang.methods.walking_network.importing import import_graphml as import_graphml
    from madang.methods.walking_network.importing import import_lines as import_lines
    from madang.methods.walking_network.importing import import_oa21208 as import_oa21208
    from madang.methods.walking_network.importing import import_osm as import_osm
    from madang.methods.walking_network.importing import import_streets as import_streets
    from madang.methods.walking_network.importing import import_tables as import_tables
    from madang.methods.walking_network.nearest_of_many import Nearest as Nearest
    from madang.methods.walking_network.nearest_of_many import nearest as nearest
    from madang.methods.walking_network.nearest_of_many import node_nearest as node_nearest
    from madang.methods.walking_network.network import Places as Places
    from madang.methods.walking_network.network import WalkingNetwork as WalkingNetwork
    from madang.methods.walking_network.quality import DataQuality as DataQuality
    from madang.methods.walking_network.reach import ReachSets as ReachSets
    from madang.methods.walking_network.reach import limit_metres as limit_metres
    from madang.methods.walking_network.reach import reach_sets as reach_sets
    from madang.methods.walking_network.snapping import SnapReport as SnapReport
    from madang.methods.walking_network.snapping import snap as snap
    from madang.methods.walking_network.streets import Streets as Streets

# No module may bear the name of something in it: the import of one would hide the other.
_HOMES = {
    "DataQuality": "quality",
    "ElevationPoints": "elevation",
    "ImportOptions": "importing",
    "Nearest": "nearest_of_many",
    "Places": "network",
    "ReachSets": "reach",
    "SnapReport": "snapping",
    "Streets": "streets",
    "WalkingNetwork": "network",
    "build_network": "build",
    "import_graphml": "importing",
    "import_lines": "importing",
    "import_oa21208": "importing",
    "import_osm": "importing",
    "import_streets": "importing",
    "import_tables": "importing",
    "limit_metres": "reach",
    "nearest": "nearest_of_many",
    "node_nearest": "nearest_of_many",
    "reach_sets": "reach",
    "snap": "snapping",
}

__all__ = [*_HOMES]  # noqa: PLE0604 - the keys are names


def __getattr__(name: str) -> Any:
    """Return a public name, importing its home on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no public name {name!r}")
    return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
