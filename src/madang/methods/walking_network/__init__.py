"""Walking networks: import streets, place points on them, and measure who reaches what on foot.

Three steps: ``import_streets`` (or its kin) to a ``WalkingNetwork``; ``snap`` points to ``Places``; then
``nearest`` for the walk to the nearest facility or ``reach_sets`` for every pair within a limit.
"""

from __future__ import annotations

from madang.methods.walking_network.build import build_network
from madang.methods.walking_network.elevation import ElevationPoints
from madang.methods.walking_network.importing import (
    ImportOptions,
    import_graphml,
    import_lines,
    import_oa21208,
    import_osm,
    import_streets,
    import_tables,
)
from madang.methods.walking_network.nearest import Nearest, nearest, node_nearest
from madang.methods.walking_network.network import Places, WalkingNetwork
from madang.methods.walking_network.quality import DataQuality
from madang.methods.walking_network.reach import ReachSets, limit_metres, reach_sets
from madang.methods.walking_network.snapping import SnapReport, snap
from madang.methods.walking_network.streets import Streets

__all__ = [
    "DataQuality",
    "ElevationPoints",
    "ImportOptions",
    "Nearest",
    "Places",
    "ReachSets",
    "SnapReport",
    "Streets",
    "WalkingNetwork",
    "build_network",
    "import_graphml",
    "import_lines",
    "import_oa21208",
    "import_osm",
    "import_streets",
    "import_tables",
    "limit_metres",
    "nearest",
    "node_nearest",
    "reach_sets",
    "snap",
]
