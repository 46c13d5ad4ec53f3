"""What a file really is and where it breaks, for messages: the libraries that read it say so in English alone."""

from __future__ import annotations

import re
import struct
from pathlib import Path
from xml.etree import ElementTree as ET
from xml.parsers.expat import errors as expat

from madang.core.errors import Both, InBoth, NetworkError, Where

_UNPACK = Both("먼저 푸십시오", "unpack it first")
_KINDS: tuple[tuple[bytes, Both, Both | None], ...] = (
    (b"PK\x03\x04", Both("zip 묶음", "a zip archive"), _UNPACK),
    (b"\x1f\x8b", Both("gzip 묶음", "a gzip archive"), _UNPACK),
    (b"BZh", Both("bzip2 묶음", "a bzip2 archive"), _UNPACK),
    (
        b"SQLite format 3",
        Both("GeoPackage나 SQLite", "a GeoPackage or SQLite"),
        Both("이름을 .gpkg로 하십시오", "name it .gpkg"),
    ),
    (b"PAR1", Both("Parquet", "Parquet"), Both("이름을 .parquet로 하십시오", "name it .parquet")),
    (b"%PDF", Both("PDF 문서", "a PDF"), None),
)
_HTML = Both("웹 페이지(HTML)", "a web page (HTML)")
_AGAIN = Both("다시 내려받으십시오", "download it again")
_PBF_MARK = b"OSMHeader"
_NOT_OSM = Both("오픈스트리트맵 자료로 읽을 수 없는 파일입니다", "the file is not readable OpenStreetMap data")
_OSM_TODO = Both(
    ".osm.pbf나 .osm 파일을 주십시오. 예: Geofabrik에서 받은 도시의 추출 파일",
    "give an .osm.pbf or .osm file, such as an extract of your city from Geofabrik",
)
_GRAPHML_TODO = Both(
    "osmnx.save_graphml이나 networkx.write_graphml로 저장하십시오",
    "save the graph with osmnx.save_graphml or networkx.write_graphml",
)
#: A header of a block longer than this is none (the format's own limit).
_HEADER_MAX = 64 * 1024
_XML_SAYS = {
    expat.codes[expat.XML_ERROR_NO_ELEMENTS]: Both("파일이 중간에서 끊겼습니다", "the file breaks off"),
    expat.codes[expat.XML_ERROR_TAG_MISMATCH]: Both("여는 태그와 닫는 태그가 다릅니다", "a tag is closed by another"),
    expat.codes[expat.XML_ERROR_UNCLOSED_TOKEN]: Both("파일이 중간에서 끊겼습니다", "the file breaks off"),
    expat.codes[expat.XML_ERROR_UNDEFINED_ENTITY]: Both("없는 개체를 부릅니다", "an entity is not defined"),
}
_NOT_XML = Both("XML이 깨졌습니다", "its XML is broken")
_XML_PLACE = re.compile(r"line (\d+), column (\d+)")


def other_kind(path: Path) -> tuple[Both, Both] | None:
    """Return what a file is instead of what was asked, by its first bytes, and what to do; None where nobody knows."""
    with path.open("rb") as file:
        head = file.read(512)
    for mark, kind, todo in _KINDS:
        if head.startswith(mark):
            return kind, todo or Both("자료 파일을 주십시오", "give a file of data")
    if head.lstrip().lower().startswith((b"<!doctype html", b"<html")):
        return _HTML, _AGAIN
    return None


def not_that(path: Path, what: InBoth, todo: InBoth) -> NetworkError:
    """Return the error of a file that cannot be read, with what it is instead where that is known."""
    kind = other_kind(path)
    if kind is None:
        return NetworkError(what, Where(file=path.name), todo)
    return NetworkError(_but_is(what, kind[0]), Where(file=path.name), kind[1])


def check_unbroken(path: Path) -> None:
    """Refuse a PBF that ends within a block; the library takes one that ends in a block's first bytes for whole.

    Raises:
        NetworkError: naming the block and its first byte.
    """
    at = _broken_block(path) if _is_pbf(path) else None
    if at is not None:
        place = Both(
            f"파일 {path.name}, {at[0]:,}번째 블록, {at[1]:,}바이트부터",
            f"file {path.name}, block {at[0]:,}, from byte {at[1]:,}",
        )
        raise NetworkError(Both(f"{_NOT_OSM.ko}: 끊긴 파일입니다", f"{_NOT_OSM.en}: it breaks off"), place, _AGAIN)


def not_osm(path: Path, error: Exception) -> NetworkError:
    """Return the error of a whole file that is no OpenStreetMap data, or damaged."""
    what = _NOT_OSM
    if other_kind(path) is not None:
        return not_that(path, what, _OSM_TODO)
    if _is_pbf(path):
        return NetworkError(
            Both(f"{what.ko}: 블록 하나가 망가졌습니다 ({error})", f"{what.en}: a block is damaged ({error})"),
            Where(file=path.name),
            _AGAIN,
        )
    found = _XML_PLACE.search(str(error))
    if found:
        says = Both(f"{what.ko}: {_NOT_XML.ko}, {found[2]}번째 글자", f"{what.en}: {_NOT_XML.en}, character {found[2]}")
        return NetworkError(says, Where(file=path.name, row=int(found[1])), _OSM_TODO)
    says = Both(f"{what.ko}: 그 형식의 머리가 없습니다", f"{what.en}: it does not begin as such a file does ({error})")
    return NetworkError(says, Where(file=path.name), _OSM_TODO)


def not_graphml(path: Path, error: ET.ParseError) -> NetworkError:
    """Return the error of a file that is no GraphML, or not whole."""
    what = Both("GraphML로 읽을 수 없는 파일입니다", "the file is not readable GraphML")
    if other_kind(path) is not None:
        return not_that(path, what, _GRAPHML_TODO)
    line, column = error.position
    why = _XML_SAYS.get(error.code, _NOT_XML)
    says = Both(f"{what.ko}: {why.ko}, {column + 1}번째 글자", f"{what.en}: {why.en}, character {column + 1}")
    return NetworkError(says, Where(file=path.name, row=line), _GRAPHML_TODO)


def _but_is(what: InBoth, kind: Both) -> Both:
    """Return what cannot be read, with what it is instead."""
    return Both(f"{what.ko}: 내용은 {kind.ko}입니다", f"{what.en}: it is {kind.en}")


def _is_pbf(path: Path) -> bool:
    """Tell whether a file begins as OpenStreetMap's PBF does."""
    with path.open("rb") as file:
        return _PBF_MARK in file.read(32)


def _broken_block(path: Path) -> tuple[int, int] | None:
    """Return the first block of a PBF that is not whole, counted from 1, and its first byte; None where all are.

    A block is four bytes with the length of its header, the header, and the data whose length the header states:
    https://wiki.openstreetmap.org/wiki/PBF_Format.
    """
    size, at, block = path.stat().st_size, 0, 1
    with path.open("rb") as file:
        while at < size:
            file.seek(at)
            raw = file.read(4)
            length = struct.unpack(">I", raw)[0] if len(raw) == 4 else 0
            header = file.read(length) if 0 < length <= _HEADER_MAX else b""
            data = _data_size(header)
            if not length or len(header) < length or data is None or at + 4 + length + data > size:
                return block, at
            at, block = at + 4 + length + data, block + 1
    return None


def _data_size(header: bytes) -> int | None:
    """Return the field 3 (data size) of a block's header; None where it states none."""
    at = 0
    while at < len(header):
        key, at = _varint(header, at)
        value, at = _varint(header, at)
        if key == 3 << 3:
            return value
        if key & 7 == 2:  # text or bytes, of which the number was the length
            at += value
    return None


def _varint(raw: bytes, at: int) -> tuple[int, int]:
    """Return a whole number of protocol buffers and where the next begins; what breaks off is read as it stands."""
    value, shift = 0, 0
    while at < len(raw):
        byte = raw[at]
        value, at, shift = value | (byte & 0x7F) << shift, at + 1, shift + 7
        if byte < 0x80:
            break
    return value, at
