"""Readings from Green Button files: ESPI XML as utilities give it, read by a parser that takes no entities and no DTD.

Intervals of any length are added up by month of local standard time. Of two readings for one time, as files give at
the November clock change, the same value counts once; two that differ put the month in doubt. A month that is covered
in part is kept and held. An interval across a month's end is divided by seconds, and its months are estimated.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import ParseError

import pyarrow as pa
from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import fromstring

from madang.core.errors import Both, DataError, TableError, Where
from madang.solutions.eco_mileage.readings.csv_file import Block
from madang.solutions.eco_mileage.readings.rows import (
    DOUBTS,
    METER_ID_MAX,
    MILLIS_OF,
    QUALITIES,
    SCHEMA,
    UTILITIES,
    first_day,
    month_number,
    whole_units,
)

ATOM, ESPI = "{http://www.w3.org/2005/Atom}", "{http://naesb.org/espi}"
#: ServiceCategory/kind and uom as the ESPI schema numbers them.
SERVICES = {0: "electricity", 1: "gas", 2: "water"}
UOMS = {72: "Wh", 42: "m3", 134: "L"}
_ORDER = [QUALITIES.index(name) for name in ("valid", "edited", "estimated", "questionable")]
#: A file of one customer's years is some tens of megabytes; it is read whole, so one far larger is not read at all.
BYTES_MAX = 200_000_000
#: What each whole number may be, so that no file can ask for a power or a span without end.
_BOUNDS = {
    "ServiceCategory/kind": (0, 1_000), "uom": (-1, 100_000), "powerOfTenMultiplier": (-12, 12),
    "tzOffset": (-50_400, 50_400), "timePeriod/start": (0, 7_258_118_400), "timePeriod/duration": (1, 34_560_000),
    "value": (-(10**15), 10**15), "quality": (0, 1_000),
}  # fmt: skip
_QUANTITY_MAX = 10**12
#: ReadingQuality codes: 7 edited by hand; 8, 9 and 12 estimated or projected; 10 questionable, 13 mixed, 14 raw, 15
#: normalised for weather, 16 other. Every other code is a valid reading.
_QUALITY = dict.fromkeys((8, 9, 12), "estimated") | dict.fromkeys((10, 13, 14, 15, 16), "questionable") | {7: "edited"}


@dataclass
class _Month:
    """What is known of one month while a file is read."""

    amount: Fraction = Fraction(0)
    seconds: int = 0
    quality: int = 0
    differing: bool = False


@dataclass
class _Series:
    """One meter's intervals: its utility, unit, and months."""

    utility: int
    meter_id: int
    millis: int | None
    scale: Fraction
    months: dict[int, _Month] = field(default_factory=dict)
    seen: dict[tuple[int, int], Fraction] = field(default_factory=dict)


def read_blocks(path: Path, offset: int = 0, last_row: int = 1) -> Iterator[Block]:
    """Yield the monthly readings of a Green Button file as one block.

    Raises:
        DataError: not XML, or XML with entities or a DTD.
        TableError: a value that is not what its element holds; ``row`` counts the readings of the file.
    """
    size = path.stat().st_size
    if offset >= size:
        return
    feed = _parsed(path)
    links = _Links.of(feed, path)
    series: dict[tuple[int, int], _Series] = {}
    counted, zone = 0, _zone(feed, path)
    for entry in feed.iter(f"{ATOM}entry"):
        for block in entry.iter(f"{ESPI}IntervalBlock"):
            one = links.series_of(entry, path)
            known = series.setdefault((one.utility, one.meter_id), one)
            scale = _scale_in(one, known)
            for reading in block.iter(f"{ESPI}IntervalReading"):
                counted += 1
                _add(known, reading, scale, zone, path, counted)
    rows = [row for one in series.values() for row in _rows(one, path)]
    if not rows:
        raise DataError(
            Both("구간별 사용량이 없는 파일입니다", "the file has no interval readings"),
            Where(path),
            Both("사용량이 든 파일을 다시 받으십시오", "ask the utility for a file with usage"),
        )
    table = pa.Table.from_pylist([row | {"row": last_row + n} for n, row in enumerate(rows, start=1)], SCHEMA)
    yield Block(table, size, last_row + len(rows))


def _scale_in(one: _Series, known: _Series) -> Fraction:
    """Return what one of a block's values is in the unit of its meter's first block; none fits puts all in doubt."""
    if one.millis is None or known.millis is None:
        known.millis = None
        return one.scale
    return one.scale * Fraction(one.millis, known.millis)


def _parsed(path: Path) -> Any:
    """Return the feed."""
    if path.stat().st_size > BYTES_MAX:
        said = Both(f"파일이 {BYTES_MAX:,}바이트보다 큽니다", f"the file is larger than {BYTES_MAX:,} bytes")
        raise DataError(
            said, Where(path), Both("고객마다 따로 파일을 받으십시오", "ask for a file of each customer by itself")
        )
    try:
        return fromstring(path.read_bytes(), forbid_dtd=True)
    except ParseError as error:
        where = Where(path, row=error.position[0])
        raise DataError(
            Both(f"XML이 아닙니다: {error}", f"the file is not XML: {error}"),
            where,
            Both("파일을 다시 받으십시오", "ask the utility for the file again"),
        ) from error
    except DefusedXmlException as error:
        todo = Both(
            "그린버튼 파일에는 필요 없습니다. 다른 곳에서도 열지 마십시오",
            "a Green Button file needs neither; do not open it elsewhere",
        )
        raise DataError(
            Both("DTD나 엔티티가 든 파일은 읽지 않습니다", "the file has a DTD or entities, which are not read"),
            Where(path),
            todo,
        ) from error
    except (LookupError, ValueError) as error:
        raise DataError(
            Both("읽을 수 없는 글자 부호로 적힌 XML입니다", "the file names an encoding of letters that is not read"),
            Where(path, row=1),
            Both("UTF-8로 저장하십시오", "save it as UTF-8"),
        ) from error


@dataclass(frozen=True)
class _Links:
    """The feed's entries by their addresses: usage points, and which reading type a meter reading follows."""

    services: dict[str, tuple[int, str]]
    types: dict[str, tuple[int, int]]
    readings: dict[str, list[str]]

    @classmethod
    def of(cls, feed: Any, path: Path) -> _Links:
        """Return the links of a feed."""
        services, types, readings = {}, {}, {}
        for entry in feed.iter(f"{ATOM}entry"):
            own = _links(entry, "self")
            address = own[0] if own else _text(entry, f"{ATOM}id")
            point = entry.find(f".//{ESPI}UsagePoint")
            if point is not None:
                kind = _whole(_text(point, f".//{ESPI}kind") or "0", path, 0, "ServiceCategory/kind")
                services[address] = kind, _text(entry, f"{ATOM}title")
            kind_of_reading = entry.find(f".//{ESPI}ReadingType")
            if kind_of_reading is not None:
                unit = _whole(_text(kind_of_reading, f"{ESPI}uom") or "-1", path, 0, "uom")
                power = _text(kind_of_reading, f"{ESPI}powerOfTenMultiplier") or "0"
                types[address] = unit, _whole(power, path, 0, "powerOfTenMultiplier")
            if entry.find(f".//{ESPI}MeterReading") is not None:
                readings[address] = _links(entry, "related")
        return cls(services, types, readings)

    def series_of(self, entry: Any, path: Path) -> _Series:
        """Return the meter of an interval block by its links, or by being the only one of the file."""
        address = (_links(entry, "self") or _links(entry, "up") or [""])[0]
        point = _longest(self.services, address)
        reading = _longest(self.readings, address)
        if point is None:
            raise DataError(
                Both(
                    "어느 계량 지점의 것인지 알 수 없는 구간이 있습니다", "an interval block belongs to no usage point"
                ),
                Where(path, value=address),
                Both("연결 주소를 고치십시오", "mend the links"),
            )
        related = self.readings.get(reading, []) if reading is not None else []
        kind = next((name for name in related if name in self.types), None) or _only(self.types)
        if kind is None:
            raise DataError(
                Both("단위를 알 수 없는 구간이 있습니다", "an interval block has no reading type"),
                Where(path, value=address),
                Both("연결 주소를 고치십시오", "mend the links"),
            )
        service, title = self.services[point]
        if service not in SERVICES:
            where = Where(path, column="ServiceCategory/kind", value=service)
            raise TableError(
                Both("정산하지 않는 에너지입니다", "this service is none that is settled"),
                where,
                Both(f"다음 가운데 하나: {sorted(SERVICES)}", f"one of {sorted(SERVICES)}"),
            )
        uom, multiplier = self.types[kind]
        utility = SERVICES[service]
        millis = MILLIS_OF[utility].get(UOMS.get(uom, ""))
        scale = Fraction(10) ** multiplier
        return _Series(UTILITIES.index(utility), meter_number(title, point), millis, scale)


def meter_number(title: str, address: str) -> int:
    """Return a usage point's number: its title where that is one, else a stable one from its address."""
    if title.isascii() and title.isdigit() and int(title) < METER_ID_MAX:
        return int(title)
    return int(hashlib.sha256(address.encode()).hexdigest(), 16) % METER_ID_MAX


def _longest(known: dict[str, Any], address: str) -> str | None:
    """Return the known address under which another lies; the only one where none does."""
    found = [name for name in known if address == name or address.startswith(f"{name.rstrip('/')}/")]
    return max(found, key=len, default=None) or _only(known)


def _only(known: dict[str, Any]) -> str | None:
    """Return the only address there is, or None."""
    return next(iter(known)) if len(known) == 1 else None


def _links(entry: Any, rel: str) -> list[str]:
    """Return the addresses of an entry's links of one kind."""
    return [link.get("href", "") for link in entry.findall(f"{ATOM}link") if link.get("rel") == rel]


def _text(element: Any, name: str) -> str:
    """Return the text of an element below another, or nothing."""
    found = element.find(name)
    return (found.text or "").strip() if found is not None else ""


def _zone(feed: Any, path: Path) -> timedelta:
    """Return the file's local standard time; UTC where it does not say."""
    said = _text(feed, f".//{ESPI}tzOffset")
    return timedelta(seconds=_whole(said, path, 0, "tzOffset")) if said else timedelta(0)


def _whole(said: str, path: Path, row: int, column: str) -> int:
    """Return a whole number within the bounds of its element, or raise with where it stands."""
    where, todo = (
        Where(path, row=row or None, column=column, value=said),
        Both("파일에서 아무것도 들어가지 않았습니다", "nothing of the file was taken in"),
    )
    try:
        found = int(said)
    except ValueError as error:
        raise TableError(Both("정수가 아닙니다", "this is not a whole number"), where, todo) from error
    least, most = _BOUNDS[column]
    if found <= 0 and column == "timePeriod/duration":
        raise TableError(Both("길이가 없는 구간이 있습니다", "an interval has no length"), where, todo)
    if not least <= found <= most:
        raise TableError(
            Both(f"{least:,}부터 {most:,}까지의 수가 아닙니다", f"this is not a number from {least:,} to {most:,}"),
            where,
            todo,
        )
    return found


def _add(series: _Series, reading: Any, scale: Fraction, zone: timedelta, path: Path, number: int) -> None:
    """Add one interval reading to its months."""
    start = _whole(_text(reading, f"{ESPI}timePeriod/{ESPI}start"), path, number, "timePeriod/start")
    seconds = _whole(_text(reading, f"{ESPI}timePeriod/{ESPI}duration"), path, number, "timePeriod/duration")
    value = _whole(_text(reading, f"{ESPI}value"), path, number, "value")
    amount = value * scale
    earlier = series.seen.get((start, seconds))
    parts = list(_by_month(start, seconds, zone))
    if earlier is not None:
        for month, _ in parts:
            series.months[month].differing |= earlier != amount
        return
    series.seen[start, seconds] = amount
    code = _text(reading, f"{ESPI}ReadingQuality/{ESPI}quality")
    quality = _ORDER.index(QUALITIES.index(_QUALITY.get(_whole(code, path, number, "quality") if code else 0, "valid")))
    for month, share in parts:
        known = series.months.setdefault(month, _Month())
        known.amount += amount * share / seconds
        known.seconds += share
        divided = _ORDER.index(QUALITIES.index("estimated")) if len(parts) > 1 else 0
        known.quality = max(known.quality, quality, divided)


def _by_month(start: int, seconds: int, zone: timedelta) -> Iterator[tuple[int, int]]:
    """Yield the months of an interval and how many of its seconds lie in each."""
    begin = datetime.fromtimestamp(start, UTC).replace(tzinfo=None) + zone
    end = begin + timedelta(seconds=seconds)
    while begin < end:
        month = month_number(begin.date())
        after = min(end, datetime.combine(first_day(month + 1), datetime.min.time()))
        yield month, int((after - begin).total_seconds())
        begin = after


def _rows(series: _Series, path: Path) -> Iterator[dict[str, int]]:
    """Yield a row a month.

    Raises:
        TableError: a month with more than any meter counts.
    """
    for month, known in sorted(series.months.items()):
        whole = int((first_day(month + 1) - first_day(month)).total_seconds())
        doubt = "unit" if series.millis is None else "duplicate" if known.differing else ""
        doubt = doubt or ("partial" if known.seconds < whole else "")
        quantity = whole_units(known.amount, series.millis or 1000)
        if abs(quantity) > _QUANTITY_MAX:
            where = Where(path, column="value", value=quantity)
            raise TableError(
                Both("한 달의 합이 어떤 계량기로도 셀 수 없이 큽니다", "a month adds up to more than any meter counts"),
                where,
                Both("파일을 다시 받으십시오", "ask the utility for the file again"),
            )
        yield {
            "utility": series.utility,
            "meter_id": series.meter_id,
            "month": month,
            "quantity": quantity,
            "quality": _ORDER[known.quality],
            "doubt": DOUBTS.index(doubt),
            "revision": 0,
            "photo": 0,
        }
