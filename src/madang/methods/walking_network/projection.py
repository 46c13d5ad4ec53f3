"""Degrees to local metres and back, and the checks that catch swapped or misnamed coordinates."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from madang.core.errors import NetworkError, Where

Floats = NDArray[np.float64]
# WGS84 itself, ETRS89 and Korea 2000: geographic systems within a metre of it.
_SAME_AS_WGS84 = (4326, 4258, 4737)


@lru_cache(maxsize=32)
def _local(origin_lon: float, origin_lat: float) -> Transformer:
    """Return the transformer from WGS84 degrees to metres around an origin.

    A transverse Mercator with scale 1 at the network's own middle keeps lengths within 0.01 % up to
    90 km from it; the nearest UTM zone would be off by up to 0.1 % at its edge and 0.04 % in its middle.
    """
    local = f"+proj=tmerc +lat_0={origin_lat} +lon_0={origin_lon} +k=1 +datum=WGS84 +units=m +no_defs"
    return Transformer.from_crs("EPSG:4326", CRS.from_proj4(local), always_xy=True)


def to_local(lon: Floats, lat: Floats, origin: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return x and y (n,) in metres east and north of ``origin`` (lon, lat)."""
    x, y = _local(*origin).transform(lon, lat)
    return np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64)


def to_degrees(x: Floats, y: Floats, origin: tuple[float, float]) -> tuple[Floats, Floats]:
    """Return lon and lat (n,) of local metres around ``origin`` (lon, lat)."""
    lon, lat = _local(*origin).transform(x, y, direction="INVERSE")
    return np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)


def degrees_from(x: Floats, y: Floats, crs: Any, file: object) -> tuple[Floats, Floats]:
    """Return lon and lat (n,) of coordinates in any CRS (``None`` stands for WGS84 degrees).

    Raises NetworkError where pyproj does not know the CRS or the numbers cannot belong to it.
    """
    try:
        known = CRS.from_user_input(crs or "EPSG:4326")
    except CRSError as error:
        raise NetworkError(
            f"the coordinate reference system {crs!r} is not known",
            Where(file=str(file), column="crs", value=crs),
            "give an EPSG code such as EPSG:5179 or EPSG:32652",
        ) from error
    if known.is_geographic:
        check_degrees(x, y, file)
        if known.to_epsg() in _SAME_AS_WGS84:
            return x, y
    if known.is_projected and len(x) and max(np.abs(x).max(), np.abs(y).max()) <= 360:
        raise NetworkError(
            f"the coordinates look like degrees, but the file states the projected system {known.name!r}",
            Where(file=str(file), value=(float(x[0]), float(y[0]))),
            "state the right system, for degrees EPSG:4326",
        )
    lon, lat = Transformer.from_crs(known, "EPSG:4326", always_xy=True).transform(x, y)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    check_degrees(lon, lat, file)
    return lon, lat


def check_degrees(lon: Floats, lat: Floats, file: object) -> None:
    """Raise NetworkError where ``lon`` and ``lat`` cannot be degrees, naming the first bad row."""
    bad = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if not len(bad):
        return
    row = int(bad[0])
    here = Where(file=str(file), row=row + 1, value=(float(lon[row]), float(lat[row])))
    if not (np.isfinite(lon[row]) and np.isfinite(lat[row])):
        raise NetworkError(f"{len(bad):,} coordinates are missing or not finite", here, "fill or remove these rows")
    if np.all((np.abs(lat[bad]) <= 180) & (np.abs(lon[bad]) <= 90)):
        raise NetworkError(
            "longitude and latitude are swapped: a latitude beyond 90 degrees",
            here,
            "exchange the two columns",
        )
    raise NetworkError(
        "the coordinates are not degrees of longitude and latitude",
        here,
        "state the coordinate reference system of the file, such as EPSG:5179",
    )
