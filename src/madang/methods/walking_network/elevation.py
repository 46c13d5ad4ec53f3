"""Heights for streets that come without: taken from scattered points of known elevation nearby."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from scipy.spatial import cKDTree

from madang.core.errors import NetworkError
from madang.core.language import text
from madang.methods.walking_network.projection import check_degrees, to_local
from madang.methods.walking_network.streets import Streets

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class ElevationPoints:
    """Points (n,) in degrees with their height above sea level; used up to ``distance_max_m`` away."""

    lon: Floats
    lat: Floats
    elevation_m: Floats
    distance_max_m: float = 60.0

    def __post_init__(self) -> None:
        """Refuse points that are none."""
        check_degrees(self.lon, self.lat, "elevation points")
        if not len(self.lon) == len(self.lat) == len(self.elevation_m) or len(self.lon) == 0:
            raise NetworkError(
                text(
                    "높이 지점은 경도, 위도, 높이의 수가 같고 하나 이상이어야 합니다",
                    "the elevation points need as many heights as longitudes and latitudes, and at least one",
                ),
                todo=text("길이가 같은 세 열을 주십시오", "give three columns of the same length"),
            )

    def key(self) -> str:
        """Return the sha256 of the points, for the cache."""
        together = np.stack((self.lon, self.lat, self.elevation_m)).tobytes()
        return hashlib.sha256(together + repr(self.distance_max_m).encode()).hexdigest()


def with_elevation(streets: Streets, points: ElevationPoints) -> Streets:
    """Return streets with a height (n,) at each node: the mean of up to four points near, weighted by 1/distance.

    A node without a point near stays unknown, and its edges are walked as level.
    """
    origin = (float(streets.lon.mean()), float(streets.lat.mean()))
    known = np.isfinite(points.elevation_m)
    tree = cKDTree(np.column_stack(to_local(points.lon[known], points.lat[known], origin)))
    here = np.column_stack(to_local(streets.lon, streets.lat, origin))
    near = min(4, int(known.sum()))
    distance, row = tree.query(here, k=[*range(1, near + 1)], distance_upper_bound=points.distance_max_m)
    weight = np.where(np.isfinite(distance), 1.0 / np.maximum(distance, 0.1), 0.0)
    height = points.elevation_m[known][np.minimum(row, int(known.sum()) - 1)]
    total = weight.sum(axis=1)
    mean = (weight * height).sum(axis=1) / np.where(total > 0, total, 1.0)
    return replace(streets, elevation_m=np.where(total > 0, mean, np.nan))
