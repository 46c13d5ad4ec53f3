"""GeoPackage, Shapefile, GeoJSON and FlatGeobuf to columns, shapes as WKB: what GDAL reads through pyogrio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyogrio
from numpy.typing import NDArray
from pyogrio.errors import DataLayerError, DataSourceError

from madang.core.errors import NetworkError, Where
from madang.core.language import Text, text
from madang.methods.walking_network.importers.columns import Columns
from madang.methods.walking_network.importers.contents import not_that
from madang.methods.walking_network.importers.table_files import check_not_empty


def read_layer(path: Path, layer: str | None) -> Columns:
    """Return a layer's columns; where none is named, those of the only layer with shapes, or of the only layer.

    Raises NetworkError where the file or its layer cannot be read, or several could be meant.
    """
    check_not_empty(path)
    try:
        layer = layer or _only_layer(path)
        meta, _, wkb, fields = pyogrio.raw.read(path, layer=layer, force_2d=True)
    except DataLayerError as error:
        if layer is None:
            what = text("열 수 있는 층이 없습니다", "it holds no layer that can be opened")
            raise not_that(path, what, _layers(path)) from error
        what = text(f"{layer!r} 층을 열 수 없습니다", f"the layer {layer!r} cannot be opened")
        raise NetworkError(what, Where(file=path.name), _layers(path)) from error
    except DataSourceError as error:
        kind = path.suffix.lower()
        what = text(f"{kind} 파일로 읽을 수 없습니다", f"the file cannot be read as {kind}")
        raise not_that(path, what, _layers(path)) from error
    columns: dict[str, Any] = {
        name: pa.array(_texts_or_numbers(values)) for name, values in zip(meta["fields"], fields, strict=True)
    }
    shapes = [] if wkb is None else list(wkb)
    if shapes or not columns:
        columns["geometry"] = pa.array(shapes)
    return Columns(path.name, pa.table(columns), meta["crs"])


def _only_layer(path: Path) -> str | None:
    """Return the layer that is meant where nobody names one; None leaves it to GDAL."""
    known = pyogrio.list_layers(path)
    shaped = [str(name) for name, kind in known if kind is not None]
    if len(shaped) > 1:
        raise NetworkError(
            text(
                f"층이 {len(shaped)}개여서 어느 것인지 알 수 없습니다", f"which of its {len(shaped)} layers is meant?"
            ),
            Where(file=path.name),
            text(
                f"하나를 고르십시오: --option layer={shaped[0]} (모양이 있는 층: {', '.join(shaped)})",
                f"choose one: --option layer={shaped[0]} (layers with shapes: {', '.join(shaped)})",
            ),
        )
    return shaped[0] if shaped else None


def _texts_or_numbers(values: NDArray[Any]) -> Sequence[Any] | NDArray[Any]:
    """Return values Arrow can take: text columns come as objects and may mix in other things."""
    if values.dtype == object:
        return [None if one is None else str(one) for one in values]
    return np.asarray(values)


def _layers(path: Path) -> Text:
    """Return what to do about a layer that cannot be read: the names of those that can."""
    try:
        names = ", ".join(str(name) for name in pyogrio.list_layers(path)[:, 0])
    except DataSourceError:
        return text(
            "GeoPackage, GeoParquet, Shapefile, GeoJSON 파일을 주십시오",
            "give a GeoPackage, GeoParquet, Shapefile or GeoJSON file",
        )
    return text(f"이 파일의 층: {names}", f"the file has the layers {names}")
