"""A listing's rows, whatever its columns are called; nothing is judged here."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from madang.core.documents import say_encoding
from madang.core.errors import Both, DataError, Where

#: What a column may be called in an export.
NAMES = {
    "title": ("title", "제목", "subject"),
    "posted": ("posted", "day", "date", "게시일", "등록일", "작성일"),
    "document_day": ("doc_date", "document_day", "document date", "문서일자"),
    "author": ("author", "writer", "updater", "작성자", "등록자"),
    "body": ("body", "content", "text", "본문", "내용"),
    "attachments": ("attachments", "files", "첨부", "첨부파일"),
    "language": ("lang", "language", "언어"),
    "address": ("url", "address", "link", "주소"),
}


@dataclass(frozen=True)
class Row:
    """One row as it came, every part as text, with its place in the file."""

    place: int
    title: str
    posted: str
    document_day: str
    author: str
    body: str
    attachments: tuple[str, ...]
    language: str
    address: str


def read_listing(path: Path) -> list[Row]:
    """Return the rows of a CSV, JSON or JSON Lines file.

    Raises:
        DataError: the file is missing, of another kind, not UTF-8, or has no column of titles.
    """
    raw = _text(path)
    ending = path.suffix.lower()
    if ending == ".csv":
        cards: list[dict[str, Any]] = list(csv.DictReader(io.StringIO(raw)))
    elif ending in {".json", ".jsonl"}:
        cards = _json(raw, path, lines=ending == ".jsonl")
    else:
        raise DataError(
            Both(f"{ending!r} 목록은 읽지 못합니다", f"no reader for {ending!r} listings"),
            Where(path),
            Both("CSV, JSON, JSON Lines 가운데 하나로 주십시오", "give CSV, JSON or JSON Lines"),
        )
    found = {str(name).strip().lower() for card in cards for name in card}
    if cards and not found & set(NAMES["title"]):
        raise DataError(
            Both("목록에 제목 열이 없습니다", "the listing has no column of titles"),
            Where(path),
            Both(f"있는 열: {', '.join(sorted(found))}", f"columns found: {', '.join(sorted(found))}"),
        )
    return [_row(place, card) for place, card in enumerate(cards, start=2 if ending == ".csv" else 1)]


def _text(path: Path) -> str:
    """Return a file's text."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise DataError(
            Both(f"목록을 읽을 수 없습니다: {error.strerror}", f"the listing cannot be read: {error.strerror}"),
            Where(path),
            Both("파일을 지정하십시오", "name the file"),
        ) from error
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        row = raw[: error.start].count(b"\n") + 1
        raise DataError(
            Both("UTF-8로 쓴 목록이 아닙니다", "the listing is not UTF-8 text"), Where(path, row=row), say_encoding(raw)
        ) from error


def _json(raw: str, path: Path, *, lines: bool) -> list[dict[str, Any]]:
    """Return the objects of a JSON file, one a line or in a list."""
    try:
        made = [json.loads(line) for line in raw.splitlines() if line.strip()] if lines else json.loads(raw)
    except json.JSONDecodeError as error:
        raise DataError(
            Both(f"JSON 형식에 맞지 않습니다: {error.msg}", f"the listing is not valid JSON: {error.msg}"),
            Where(path, row=error.lineno),
        ) from error
    if not isinstance(made, list) or not all(isinstance(one, dict) for one in made):
        raise DataError(
            Both("항목의 목록이 아닙니다", "the listing is not a list of items"),
            Where(path),
            Both("객체의 목록을 주십시오", "give a list of objects"),
        )
    return made


def _row(place: int, card: dict[str, Any]) -> Row:
    """Return one row; where two columns bear one meaning, the first that says something counts."""
    lowered = {str(name).strip().lower(): value for name, value in card.items()}

    def part(name: str) -> str:
        values = (lowered.get(alias) for alias in NAMES[name])
        return next((str(value).strip() for value in values if value not in (None, "", [])), "")

    files = next((lowered[alias] for alias in NAMES["attachments"] if lowered.get(alias)), "")
    names = files if isinstance(files, list) else str(files).replace(";", "\n").splitlines()
    attached = tuple(str(name).strip() for name in names if str(name).strip())
    return Row(
        place, part("title"), part("posted"), part("document_day"), part("author"), part("body"), attached,
        part("language"), part("address"),
    )  # fmt: skip
