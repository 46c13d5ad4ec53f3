"""OpenStreetMap extracts (.osm.pbf, .osm): walkable ways by their tags, through pyosmium."""

from __future__ import annotations

from array import array
from pathlib import Path

import numpy as np
import osmium

from madang.core.errors import NetworkError, Where
from madang.core.language import say_count, text
from madang.core.progress import Progress, silent
from madang.methods.walking_network.importers.assemble import streets_from_ways
from madang.methods.walking_network.importers.contents import check_unbroken, not_osm
from madang.methods.walking_network.importers.table_files import check_not_empty
from madang.methods.walking_network.importers.walkable import TAG_KEYS, why_not_walkable
from madang.methods.walking_network.quality import Findings
from madang.methods.walking_network.streets import Streets

_EVERY = 20_000
_ONE_WAY = text("걸어서도 일방통행인 길(양쪽으로 걸음)", "ways one-way on foot (walked both ways)")
_OUTSIDE = text("추출 구역 밖에 있는 길의 점(거기서 끊음)", "way points outside the extract (way cut there)")


class _Ways:
    """Points of walkable ways, gathered one way after another."""

    def __init__(self) -> None:
        self.ref, self.lon, self.lat = array("q"), array("d"), array("d")
        self.ptr = array("q", [0])
        self.findings = Findings()

    def add(self, way: osmium.osm.Way) -> None:
        """Keep a way if it can be walked; cut it where the extract lacks a point's place."""
        tags = {key: way.tags[key] for key in TAG_KEYS if key in way.tags}
        why = why_not_walkable(tags)
        if why is not None:
            self.findings.drop(why)
            return
        if way.tags.get("oneway:foot", "no") not in ("no", ""):
            self.findings.defect(_ONE_WAY, 1, [way.id])
        for node in way.nodes:
            if node.location.valid():
                self.ref.append(node.ref)
                self.lon.append(node.lon)
                self.lat.append(node.lat)
            else:
                self.findings.defect(_OUTSIDE, 1, [node.ref])
                self.cut()
        self.cut()

    def cut(self) -> None:
        """End the current piece, unless it is empty."""
        if len(self.ref) > self.ptr[-1]:
            self.ptr.append(len(self.ref))


def read_osm_pbf(path: Path, progress: Progress = silent) -> Streets:
    """Return the walkable streets of an OpenStreetMap file.

    Raises NetworkError where the file cannot be read as one.
    """
    check_not_empty(path)
    check_unbroken(path)
    ways = _Ways()
    progress(0.0, f"reading {path.name}")
    try:
        stream = (
            osmium.FileProcessor(str(path))
            .with_locations()
            .with_filter(osmium.filter.EntityFilter(osmium.osm.WAY))
            .with_filter(osmium.filter.KeyFilter("highway"))
        )
        for number, way in enumerate(stream):
            if isinstance(way, osmium.osm.Way):
                ways.add(way)
            if number % _EVERY == 0:
                # The number of ways is not known beforehand: the share only ever nears the end.
                progress(1 - _EVERY / (number + _EVERY), f"reading {path.name}: {number:,} ways")
    except (RuntimeError, ValueError) as error:
        raise not_osm(path, error) from error
    if len(ways.ptr) < 2:
        dropped = sum(ways.findings.dropped.values())
        raise NetworkError(
            text(
                f"걸을 수 있는 길이 없습니다. 태그 때문에 {dropped:,}개를 뺐습니다",
                "the file holds no walkable way; "
                f"{say_count(dropped, 'way was dropped by its tags', 'ways were dropped by their tags')}",
            ),
            Where(file=path.name),
            text("추출 구역에 거리가 있는지 살펴보십시오", "check that the extract covers streets"),
        )
    return streets_from_ways(
        path.name,
        np.array(ways.ref, dtype=np.int64),
        np.array(ways.lon),
        np.array(ways.lat),
        np.array(ways.ptr, dtype=np.int64),
        ways.findings,
        ids_are_keys=True,
    )
