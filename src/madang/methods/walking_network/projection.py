"""Degrees to local metres and back, and the checks that catch swapped or misnamed coordinates."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from madang.core.errors import NetworkError, Where
from madang.core.language import say_count, text

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


def degrees_from(
    x: Floats, y: Floats, crs: Any, file: object, rows: NDArray[np.int64] | None = None
) -> tuple[Floats, Floats]:
    """Return lon and lat (n,) of coordinates in any CRS (``None`` stands for WGS84 degrees).

    ``rows`` (n,) says in which row of the file each stands, for messages.

    Raises NetworkError where pyproj does not know the CRS or the numbers cannot belong to it.
    """
    try:
        known = CRS.from_user_input(crs or "EPSG:4326")
    except CRSError as error:
        raise NetworkError(
            text(f"좌표계 {crs!r}을 알 수 없습니다", f"the coordinate reference system {crs!r} is not known"),
            Where(file=str(file), column="crs", value=crs),
            text(
                "EPSG:5179나 EPSG:32652 같은 EPSG 번호를 주십시오", "give an EPSG code such as EPSG:5179 or EPSG:32652"
            ),
        ) from error
    if known.is_geographic:
        check_degrees(x, y, file, rows)
        if known.to_epsg() in _SAME_AS_WGS84:
            return x, y
    else:
        _check_filled(x, y, file, rows)
    if known.is_projected and len(x) and max(np.abs(x).max(), np.abs(y).max()) <= 360:
        raise NetworkError(
            text(
                f"좌표가 경위도로 보이는데 좌표계는 평면 좌표계 {known.name!r}로 되어 있습니다",
                f"the coordinates look like degrees, but the system stated is the projected {known.name!r}",
            ),
            Where(file=str(file), row=_row(rows, 0), value=(float(x[0]), float(y[0]))),
            text("맞는 좌표계를 주십시오. 경위도는 EPSG:4326입니다", "state the right system, for degrees EPSG:4326"),
        )
    lon, lat = Transformer.from_crs(known, "EPSG:4326", always_xy=True).transform(x, y)
    lon, lat = np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64)
    check_degrees(lon, lat, file, rows)
    return lon, lat


def _check_filled(x: Floats, y: Floats, file: object, rows: NDArray[np.int64] | None) -> None:
    """Raise NetworkError where a coordinate is empty; changing the system first would make something else of it."""
    empty = np.flatnonzero(np.isnan(x) | np.isnan(y))
    if len(empty):
        raise NetworkError(
            text(
                f"좌표 {len(empty):,}개가 비었습니다",
                f"{say_count(len(empty), 'coordinate is', 'coordinates are')} empty",
            ),
            Where(file=str(file), row=_row(rows, int(empty[0]))),
            text("그 행을 채우거나 빼십시오", "fill or remove these rows"),
        )


def check_degrees(lon: Floats, lat: Floats, file: object, rows: NDArray[np.int64] | None = None) -> None:
    """Raise NetworkError where ``lon`` and ``lat`` cannot be degrees, naming the first bad one and its row."""
    _check_filled(lon, lat, file, rows)
    bad = np.flatnonzero(~((np.abs(lon) <= 180) & (np.abs(lat) <= 90)))
    if not len(bad):
        return
    first = int(bad[0])
    here = Where(file=str(file), row=_row(rows, first), value=(float(lon[first]), float(lat[first])))
    if not (np.isfinite(lon[first]) and np.isfinite(lat[first])):
        raise NetworkError(
            text(
                f"좌표 {len(bad):,}개가 유한한 수가 아닙니다",
                f"{say_count(len(bad), 'coordinate is', 'coordinates are')} not finite",
            ),
            here,
            text("그 행을 고치거나 빼십시오", "correct or remove these rows"),
        )
    if np.all((np.abs(lat[bad]) <= 180) & (np.abs(lon[bad]) <= 90)):
        raise NetworkError(
            text(
                "경도와 위도가 뒤바뀌었습니다: 위도가 90도를 넘습니다",
                "longitude and latitude are swapped: a latitude beyond 90 degrees",
            ),
            here,
            text("두 열을 맞바꾸십시오", "exchange the two columns"),
        )
    raise NetworkError(
        text("좌표가 경도와 위도가 아닙니다", "the coordinates are not degrees of longitude and latitude"),
        here,
        text(
            "파일의 좌표계를 주십시오. 예: EPSG:5179",
            "state the coordinate reference system of the file, such as EPSG:5179",
        ),
    )


def _row(rows: NDArray[np.int64] | None, index: int) -> int | None:
    """Return the row of the file that a coordinate stands in, where that is known."""
    return None if rows is None else int(rows[index])
