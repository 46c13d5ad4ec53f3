"""Lines of files of samples: which column holds what, days however they are written, values below detection."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from madang.core.errors import Both, TableError, UsageError, Where
from madang.core.importing import ImportRequest
from madang.core.language import Text, text

SUBSTANCES = ("bod", "toc", "tp")
_SITE = ("site", "place", "station", "지점", "지점명", "측정소", "측정소명", "총량지점명", "조사지점명", "측정지점명")
_DAY = ("date", "day", "sampled_on", "채수일", "채수일자", "측정일", "측정일자", "조사일", "년월일", "일자", "날짜")
_YEAR, _MONTH, _DAY_OF_MONTH = ("year", "년", "연도", "년도"), ("month", "월"), ("day_of_month", "일")
_VALUES = {
    "bod": ("bod", "bod5", "생물화학적산소요구량", "생화학적산소요구량"),
    "toc": ("toc", "총유기탄소", "총유기탄소량"),
    "tp": ("tp", "t-p", "총인", "총인t-p", "총인tp"),
}
_FLOW = ("flow", "discharge", "유량")
_LIMIT = r"([0-9]*\.?[0-9]+)"
_BELOW = re.compile(rf"^[<≤≦]\s*{_LIMIT}$")
_BELOW_AFTER = re.compile(rf"^{_LIMIT}\s*(?:미만|이하)$")
_BELOW_WORD = re.compile(rf"^(?:nd|n\.d\.|불검출|정량한계미만)\s*[(<]\s*<?\s*{_LIMIT}\s*\)?$", re.IGNORECASE)
#: What a line of an export is called that sums up those above it: no sample.
_SUMMARIES = {
    "평균",
    "최대",
    "최소",
    "합계",
    "계",
    "중앙값",
    "average",
    "mean",
    "max",
    "min",
    "maximum",
    "minimum",
    "median",
}
_NOT_DETECTED = {"nd", "n.d.", "불검출", "검출안됨", "정량한계미만"}
_EMPTY = {"", "-", "–", "na", "n/a", "nan", "null", "결측", "미측정", "*", "."}
NON_DETECTS: dict[str, Text] = {
    "limit": text(
        "정량한계 미만은 그 한계로 센다: 물이 실제보다 깨끗해 보이지 않는다.",
        "What is below detection counts as the limit: the water never looks cleaner than it may be.",
    ),
    "half": text("정량한계 미만은 한계의 절반으로 센다.", "What is below detection counts as half the limit."),
    "zero": text(
        "정량한계 미만은 0으로 센다: 변환평균에서는 빠지고 달성률에서는 지킨 것으로 센다.",
        "What is below detection counts as zero: left out of the transformed mean, attained in the rate.",
    ),
}
_SHARE = {"limit": 1.0, "half": 0.5, "zero": 0.0}


@dataclass
class Found:
    """What was met on the way: counts and examples for the report."""

    blanks: list[str] = field(default_factory=list)
    below: list[str] = field(default_factory=list)
    text_days: int = 0
    repeated: list[str] = field(default_factory=list)
    same_day: list[str] = field(default_factory=list)
    summaries: list[str] = field(default_factory=list)


def is_header(cells: list[str]) -> bool:
    """Tell whether a line is the header: it names a day and a substance."""
    names = {_name(cell) for cell in cells}
    values = {name for known in _VALUES.values() for name in known}
    return bool(names & {*_DAY, *_YEAR}) and bool(names & values)


def _name(header: str) -> str:
    """Return a header without its unit, signs and spaces, in lower case: 'BOD(㎎/L)' and bod_mg_per_l are bod."""
    bare = re.sub(r"[(\[].*?[)\]]", "", unicodedata.normalize("NFKC", header).strip().lower())
    bare = re.sub(r"_?(mg_per_l|mg_l|mg/l|m3_per_s|m3/s|cms)$", "", bare)
    bare = re.sub(r"[\s_·]", "", bare)
    return "tp" if bare == "t-p" else bare


def columns_of(names: list[str], path: Path) -> dict[str, str | None]:
    """Return which column of the file holds what.

    Raises:
        UsageError: there is no column of days, or none of a substance.
    """
    by_name = {_name(name): name for name in reversed(names)}

    def first(known: tuple[str, ...]) -> str | None:
        return next((by_name[key] for key in known if key in by_name), None)

    found = {
        "site": first(_SITE),
        "day": first(_DAY),
        "year": first(_YEAR),
        "month": first(_MONTH),
        "day_of_month": first(_DAY_OF_MONTH),
        "flow": first(_FLOW),
        **{name: first(known) for name, known in _VALUES.items()},
    }
    shown = ", ".join(names[:20])
    if found["day"] is None and (found["year"] is None or found["month"] is None or found["day_of_month"] is None):
        raise UsageError(
            Both("파일에 날짜 열이 없습니다", "the file has no column of days"),
            Where(path),
            Both(
                f"열 하나의 이름을 date나 채수일로 하십시오. 있는 열: {shown}",
                f"name one date or 채수일; found: {shown}",
            ),
        )
    if not any(found[name] for name in SUBSTANCES):
        raise UsageError(
            Both("파일에 물질의 열이 없습니다", "the file has no column of a substance"),
            Where(path),
            Both(
                f"열 하나의 이름을 bod_mg_per_l로 하십시오. 있는 열: {shown}", f"name one bod_mg_per_l; found: {shown}"
            ),
        )
    return found


def row_of(
    cells: dict[str, Any],
    columns: dict[str, str | None],
    request: ImportRequest,
    number: int,
    found: Found,
) -> tuple[Any, ...] | None:
    """Return one sample, or None where it has no value at all."""
    rule = request.options["non_detects"]
    site = str(cells[columns["site"]] or "").strip() if columns["site"] else request.options["site"]
    if not site:
        raise TableError(
            Both("칸이 비어 있습니다", "a cell is empty"),
            Where(request.path, row=number, column=columns["site"] or "site"),
            Both(
                "행마다 지점을 적으십시오. 병합한 칸은 첫 행에만 값이 있습니다",
                "name the place in every row; merged cells hold it in their first row alone",
            ),
        )
    day = _day(cells, columns, request.path, number, found)
    values: dict[str, float | None] = {}
    below = []
    for name in SUBSTANCES:
        column = columns[name]
        values[name], is_below = _value(cells, column, request.path, number, rule)
        if is_below:
            below.append(name)
            found.below.append(f"{site} {day} {name}")
        if column is not None and values[name] is None:
            found.blanks.append(f"{site} {day} {name}")
    flow, _ = _value(cells, columns["flow"], request.path, number, rule)
    if all(value is None for value in values.values()):
        return None
    return (
        site,
        day,
        values["bod"],
        values["toc"],
        values["tp"],
        flow,
        " ".join(below) or None,
        request.options["origin"],
    )


def is_blank(cells: dict[str, Any]) -> bool:
    """Tell whether a line holds nothing."""
    return all(_bare(cell) in _EMPTY for cell in cells.values())


def is_summary(cells: dict[str, Any], columns: dict[str, str | None]) -> bool:
    """Tell whether a line sums up those above it: a mean, a total, an extreme."""
    named = (cells[column] for column in (columns["site"], columns["day"], columns["year"]) if column)
    return any(_bare(cell) in _SUMMARIES for cell in named)


def _value(cells: dict[str, Any], column: str | None, path: Path, number: int, rule: str) -> tuple[float | None, bool]:
    """Return a cell's value and whether it is below detection; None where it is empty.

    Raises:
        TableError: the cell is neither a number from 0, below a limit, nor one of the words for empty.
    """
    if column is None or _bare(cells[column]) in _EMPTY:
        return None, False
    said = _plain(cells[column])
    where = Where(path, row=number, column=column, value=said)
    below = _BELOW.match(said) or _BELOW_AFTER.match(said) or _BELOW_WORD.match(said)
    if below:
        return float(below[1]) * _SHARE[rule], True
    if _bare(said) in _NOT_DETECTED:
        if rule == "zero":
            return 0.0, True
        raise TableError(
            Both("불검출인데 정량한계가 적혀 있지 않습니다", "a value is not detected but its limit is not given"),
            where,
            Both(
                '"<0.005"처럼 적거나 --option non_detects=zero로 가져오십시오',
                'write "<0.005", or import with --option non_detects=zero',
            ),
        )
    try:
        value = float(re.sub(r"(?<=\d),(?=\d{3}(\D|$))", "", said))
    except ValueError:
        raise TableError(
            Both("칸의 값이 수가 아닙니다", "a cell is not a number"),
            where,
            Both(
                '숫자로, 정량한계 미만이면 "<0.005"처럼 적거나 빈칸으로 두십시오',
                'write digits, "<0.005" below detection, or leave it empty',
            ),
        ) from None
    if not 0 <= value < float("inf"):
        raise TableError(
            Both("칸의 값이 0 이상의 수가 아닙니다", "a cell is not a value from 0"),
            where,
            Both("고치십시오. 모르면 빈칸으로 두십시오", "correct it; leave it empty where it is unknown"),
        )
    return value, False


def _day(cells: dict[str, Any], columns: dict[str, str | None], path: Path, number: int, found: Found) -> date:
    """Return the day of a sample, from one column or from year, month and day.

    Raises:
        TableError: no day can be read.
    """
    if columns["day"] is None:
        parts = [str(cells[columns[name] or ""]).split(".")[0].strip() for name in ("year", "month", "day_of_month")]
        said: Any = "-".join(parts)
    else:
        said = cells[columns["day"]]
    if isinstance(said, datetime):
        return said.date()
    if isinstance(said, date):
        return said
    read = parse_written_day(str(said))
    if read is None:
        raise TableError(
            Both("칸의 값이 날짜가 아닙니다", "a cell is not a day"),
            Where(path, row=number, column=columns["day"] or columns["year"], value=str(said)),
            Both("YYYY-MM-DD로 적으십시오", "write YYYY-MM-DD"),
        )
    found.text_days += int(not re.fullmatch(r"\d{4}-\d{2}-\d{2}", str(said).strip()))
    return read


def parse_written_day(said: str) -> date | None:
    """Return a day written 2020-01-08, 2020.1.8., 2020/01/08, 20200108 or 2020년 1월 8일, a time behind it dropped."""
    bare = _plain(said)
    compact = re.fullmatch(r"(\d{4})(\d{2})(\d{2})(?:\.0)?", bare)
    spaced = re.match(
        r"(\d{4})\s*[-./년]\s*(\d{1,2})\s*[-./월]\s*(\d{1,2})\s*[일.]?(?:[T\s]\s*(?:오전|오후|AM|PM)?\s*\d{1,2}:\d{2}.*)?$",
        bare,
    )
    parts = compact or spaced
    if parts is None:
        return None
    try:
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        return None


def _plain(cell: object) -> str:
    """Return a cell's text with full-width signs as plain ones."""
    return unicodedata.normalize("NFKC", str(cell)).strip()


def _bare(cell: object) -> str:
    """Return a cell without spaces, in lower case."""
    return "" if cell is None else re.sub(r"\s", "", _plain(cell)).lower()
