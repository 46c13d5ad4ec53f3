"""GraphML as OSMnx and networkx write it: coordinates on nodes, WKT shapes and listed tags on edges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import shapely

from madang.core.errors import NetworkError, TableError, Where
from madang.core.language import say_count, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.contents import not_graphml
from madang.methods.walking_network.importers.ends import NodeTable, streets_from_links
from madang.methods.walking_network.importers.table_files import check_not_empty
from madang.methods.walking_network.importers.walkable import TAG_KEYS, why_not_walkable
from madang.methods.walking_network.projection import degrees_from
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

_X_NAMES = ("x", "lon", "longitude", "lng")
_Y_NAMES = ("y", "lat", "latitude")
_ELEVATION_NAMES = ("elevation", "elevation_m", "ele")
_LENGTH_NAMES = ("length", "length_m", "mm_len")


def read_graphml(path: Path, progress: Progress = silent, *, crs: str | None = None, all_ways: bool = False) -> Streets:
    """Return the walkable streets of a GraphML file; ``crs`` overrides the graph's own.

    Raises NetworkError where the file is not GraphML, a node has no coordinates or an id occurs twice.
    """
    progress(0.0, f"reading {path.name}")
    check_not_empty(path)
    graph = _Graph(path.name, all_ways=all_ways)
    try:
        for tag, element, named in _elements(path):
            graph.take(tag, element, named)
    except ET.ParseError as error:
        raise not_graphml(path, error) from error
    progress(0.7, f"joining {say_count(len(graph.start), 'edge')}")
    return graph.streets(crs)


def _elements(path: Path) -> Iterator[tuple[str, ET.Element, dict[str, str]]]:
    """Yield the graph, each node and each edge with their data under the names the keys give them."""
    names: dict[str, str] = {}
    # A file the user hands over himself; expat bounds the growth of entities since 2.4.1.
    for _, element in ET.iterparse(path, events=("end",)):  # noqa: S314
        tag = element.tag.rpartition("}")[2]
        if tag == "key":
            names[element.get("id", "")] = element.get("attr.name", element.get("id", ""))
        elif tag in ("node", "edge", "graph"):
            named = {
                names.get(data.get("key", ""), data.get("key", "")): (data.text or "").strip()
                for data in element
                if data.tag.rpartition("}")[2] == "data"
            }
            yield tag, element, named
            if tag != "graph":
                element.clear()


class _Graph:
    """Nodes and edges as read; numbers become arrays at the end."""

    def __init__(self, file: str, *, all_ways: bool) -> None:
        self.file, self.all_ways = file, all_ways
        self.crs: str | None = None
        self.ids: list[str] = []
        self.x: list[float] = []
        self.y: list[float] = []
        self.elevation: list[float] = []
        self.start: list[str] = []
        self.end: list[str] = []
        self.length: list[float] = []
        self.wkt: list[str | None] = []
        self.findings = Findings()

    def take(self, tag: str, element: ET.Element, named: dict[str, str]) -> None:
        """Keep one element."""
        if tag == "graph":
            self.crs = named.get("crs")
        elif tag == "node":
            self._take_node(element.get("id", ""), named)
        else:
            self._take_edge(element.get("source", ""), element.get("target", ""), named)

    def _take_node(self, name: str, named: dict[str, str]) -> None:
        """Keep a node; raise NetworkError where it has no place."""
        x, y = self._number(named, _X_NAMES, name), self._number(named, _Y_NAMES, name)
        if not (np.isfinite(x) and np.isfinite(y)):
            raise NetworkError(
                text("좌표가 없는 마디가 있습니다", "a node has no coordinates"),
                Where(file=self.file, column="x, y", value=name),
                text("모든 마디에 x와 y, 또는 lon과 lat을 주십시오", "give every node x and y, or lon and lat"),
            )
        self.ids.append(name)
        self.x.append(x)
        self.y.append(y)
        self.elevation.append(self._number(named, _ELEVATION_NAMES, name))

    def _take_edge(self, start: str, end: str, named: dict[str, str]) -> None:
        """Keep an edge if it can be walked by the tags it states; edges that state no class are taken."""
        if not self.all_ways and named.get("highway"):
            why = why_not_walkable({key: named[key] for key in TAG_KEYS if key in named})
            if why is not None:
                self.findings.drop(why)
                return
        self.start.append(start)
        self.end.append(end)
        self.length.append(self._number(named, _LENGTH_NAMES, f"{start} to {end}"))
        self.wkt.append(named.get("geometry") or None)

    def _number(self, named: dict[str, str], keys: tuple[str, ...], owner: str) -> float:
        """Return the first of ``keys`` that is stated, as a number; NaN where none is."""
        key = next((one for one in keys if named.get(one)), None)
        if key is None:
            return float("nan")
        try:
            return float(named[key])
        except ValueError as error:
            here = Where(file=self.file, column=key, value=named[key])
            what = text(f"{owner}의 값이 수가 아닙니다", f"a value of {owner} is not a number")
            raise TableError(what, here, text("고치십시오", "correct it")) from error

    def streets(self, crs: str | None) -> Streets:
        """Return everything kept as streets."""
        if not self.ids or not self.start:
            dropped = sum(self.findings.dropped.values())
            ko, en = (
                (
                    f". 태그 때문에 {dropped:,}개를 뺐습니다",
                    f"; {say_count(dropped, 'was dropped by its tags', 'were dropped by their tags')}",
                )
                if dropped
                else ("", "")
            )
            what = text(f"길이 하나도 없습니다{ko}", f"the network has no edges{en}")
            raise NetworkError(what, Where(file=self.file), text("거리의 그래프를 주십시오", "give a graph of streets"))
        stated = crs or self.crs
        lon, lat = degrees_from(np.array(self.x), np.array(self.y), stated, self.file)
        elevation = np.array(self.elevation)
        nodes = NodeTable(_whole(self.ids), lon, lat, elevation if np.isfinite(elevation).any() else None)
        return streets_from_links(
            self.file,
            nodes,
            _whole(self.start),
            _whole(self.end),
            np.array(self.length),
            self._shapes(stated),
            self.findings,
        )

    def _shapes(self, crs: str | None) -> Any:
        """Return the shapes (m,) in degrees, or None where no edge has one; edges without stay straight."""
        if not any(self.wkt):
            return None
        written = np.array(self.wkt, dtype=object)
        shapes = shapely.from_wkt(written, on_invalid="ignore")
        bad = np.flatnonzero(shapely.is_missing(shapes) & np.array([one is not None for one in self.wkt]))
        if len(bad):
            at = int(bad[0])
            edge = f"{self.start[at]} - {self.end[at]}"
            raise TableError(
                text(f"모양을 읽을 수 없습니다: 길 {edge}", f"a shape cannot be read: edge {edge}"),
                Where(file=self.file, column="geometry", value=self.wkt[at]),
                text(
                    "모양은 WKT로 적으십시오. 예: LINESTRING (127.0 37.5, 127.1 37.6)",
                    "write WKT, such as LINESTRING (127.0 37.5, 127.1 37.6)",
                ),
            )
        return shapely.transform(shapes, lambda xy: np.column_stack(degrees_from(xy[:, 0], xy[:, 1], crs, self.file)))


def _whole(names: list[str]) -> Any:
    """Return ids as whole numbers where all are, else as text."""
    try:
        return np.array(names, dtype=np.int64)
    except (ValueError, OverflowError):
        return np.array(names)
