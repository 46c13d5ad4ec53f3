"""What is wrong with a listing's rows: said row by row, in both languages."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import unescape
from typing import Literal

from django.utils.html import strip_tags

from madang.core.language import Language, Text, text
from madang.web.library.listing.reading import Row

Weight = Literal["refused", "noted"]
_DAY = re.compile(r"^(\d{4})[-./년]\s?(\d{1,2})[-./월]\s?(\d{1,2})일?\.?(?:[ T].*)?$")
_SCRIPTS = {
    "ko": re.compile("[가-힣]"),
    "ar": re.compile("[\u0600-\u06ff]"),
    "zh": re.compile("[\u4e00-\u9fff]"),
    "latin": re.compile("[A-Za-z]"),
}
_LETTERS = {
    "ko": text("한글", "Korean"), "ar": text("아랍 글자", "Arabic"), "zh": text("한자", "Chinese"),
    "latin": text("로마자", "Latin"),
}  # fmt: skip
_TAKEN = {"ko": "ko", "en": "latin"}
_FILES = (".pdf", ".hwp", ".hwpx", ".odt", ".doc", ".docx", ".xls", ".xlsx", ".ppt", ".pptx", ".zip", ".jpg", ".png")


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong: in which row, how grave, in words."""

    place: int
    title: str
    kind: str
    weight: Weight
    says: Text


@dataclass(frozen=True)
class Taken:
    """A row that can become a page."""

    row: Row
    language: str
    posted: date | None
    document_day: date | None
    body: str


def judge(rows: Sequence[Row]) -> tuple[list[Taken], list[Finding]]:
    """Return the rows that can be taken, and all that is wrong with any."""
    taken: list[Taken] = []
    findings: list[Finding] = []
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        wrong = list(_wrong(row))
        again = seen.setdefault((row.title, row.posted), row.place)
        if row.title and again != row.place:
            wrong.append(
                _refused(
                    row, "twice", f"{again}번째 줄과 제목·날짜가 같습니다.", f"the same title and day as in row {again}"
                )
            )
        findings += wrong
        if not any(one.weight == "refused" for one in wrong):
            document = as_day(row.document_day)
            posted = as_day(row.posted)
            later = document is not None and posted is not None and document > posted
            taken.append(Taken(row, _language(row), posted, None if later else document, words_of(row.body)))
    return taken, findings


_WEIGHTS: dict[Weight, Text] = {"refused": text("받지 않음", "refused"), "noted": text("알림", "noted")}


def told(findings: Sequence[Finding], code: Language) -> list[str]:
    """Return a line for each finding: in which row, how grave, what, and of which title."""
    row = text("{}번째 줄", "row {}").to(code)
    return [
        f"{row.format(one.place)}: {_WEIGHTS[one.weight].to(code)}: {one.says.to(code)} [{one.title[:60]}]"
        for one in findings
    ]


def _wrong(row: Row) -> list[Finding]:
    """Return what is wrong with one row by itself."""
    found = []
    if not row.title:
        found.append(_refused(row, "no title", "제목이 비어 있습니다.", "the title is empty"))
    if not words_of(row.body):
        found.append(_refused(row, "empty", "본문이 비어 있습니다.", "the body is empty"))
    language = _language(row)
    if language not in _TAKEN:
        found.append(
            _refused(
                row, "language", f"{language}로 된 서가가 없습니다.", f"there is no shelf in the language {language}"
            )
        )
    return [*found, *_wrong_days(row), *_wrong_scripts(row), *_wrong_files(row)]


def _wrong_days(row: Row) -> list[Finding]:
    """Return what is wrong with a row's days."""
    found = []
    for name, value in (("게시일|day posted", row.posted), ("문서의 날짜|day of the document", row.document_day)):
        ko, _, en = name.partition("|")
        if value and as_day(value) is None:
            found.append(_noted(row, "day", f"{ko}을 읽을 수 없습니다: {value}", f"the {en} cannot be read: {value}"))
    posted, document = as_day(row.posted), as_day(row.document_day)
    if not row.posted:
        found.append(_noted(row, "no day", "게시일이 없습니다.", "there is no day of posting"))
    if posted and document and posted != document:
        found.append(
            _noted(row, "two days", f"두 날짜가 다릅니다: 게시 {posted}, 문서 {document}",
                   f"two days: posted {posted}, document {document}")
        )  # fmt: skip
        if document > posted:
            found.append(
                _noted(row, "later", "문서가 게시보다 늦어 그 날짜는 쓰지 않습니다.",
                       "the document is dated after it was posted; that day is left out")
            )  # fmt: skip
    return found


def _wrong_scripts(row: Row) -> list[Finding]:
    """Return where title, body and the language named do not fit each other."""
    found = []
    title, body = script_of(row.title), script_of(words_of(row.body))
    if title and body and title != body:
        found.append(
            _noted(
                row,
                "mixed",
                f"제목은 {_LETTERS[title].ko}, 본문은 {_LETTERS[body].ko}입니다.",
                f"the title is in {_LETTERS[title].en} letters, the body in {_LETTERS[body].en}",
            )
        )
    wanted = _TAKEN.get(row.language)
    if wanted and body and body != wanted:
        found.append(
            _noted(row, "other language", f"언어가 {row.language}인데 본문은 {_LETTERS[body].ko}입니다.",
                   f"the language is said to be {row.language}, but the body is in {_LETTERS[body].en} letters")
        )  # fmt: skip
    if "\ufffd" in row.title + row.body:
        found.append(_noted(row, "broken", "깨진 글자가 있습니다.", "some letters are broken"))
    return found


def _wrong_files(row: Row) -> list[Finding]:
    """Return what is wrong with a row's attachments: they are named, and not fetched."""
    return [
        _noted(row, "file", f"모르는 종류의 첨부입니다: {name}", f"an attachment of an unknown kind: {name}")
        for name in row.attachments
        if not name.lower().endswith(_FILES)
    ]


def as_day(value: str) -> date | None:
    """Return a day written 2021-09-07, 2021.9.7, 2021/09/07 or 2021년 9월 7일; None for anything else."""
    found = _DAY.match(value.strip())
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def script_of(words: str) -> str:
    """Return in which letters most of a text is written; nothing where it has too few to tell."""
    counts = {name: len(pattern.findall(words)) for name, pattern in _SCRIPTS.items()}
    # A Hangul syllable says as much as two or three Latin letters.
    counts["latin"] //= 3
    best = max(counts, key=lambda name: counts[name])
    return best if counts[best] >= 2 else ""


def words_of(body: str) -> str:
    """Return a body's words, a paragraph a line; its markup is dropped."""
    broken = re.sub(r"(?i)</(p|div|li|h\d|tr)>|<br\s*/?>", "\n", body)
    bare = re.sub(r"(?is)<(script|style)\b.*?</\1\s*>", " ", broken)
    lines = (" ".join(line.split()) for line in unescape(strip_tags(bare)).split("\n"))
    return "\n".join(line for line in lines if line)


def _language(row: Row) -> str:
    """Return a row's language: as named, else by the letters of its body."""
    return row.language or {"ko": "ko", "latin": "en"}.get(script_of(words_of(row.body) or row.title), "?")


def _refused(row: Row, kind: str, ko: str, en: str) -> Finding:
    """Return a finding that keeps a row out."""
    return Finding(row.place, row.title, kind, "refused", text(ko, en))


def _noted(row: Row, kind: str, ko: str, en: str) -> Finding:
    """Return a finding that goes with a row that is taken."""
    return Finding(row.place, row.title, kind, "noted", text(ko, en))
