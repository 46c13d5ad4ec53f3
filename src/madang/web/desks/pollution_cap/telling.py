"""A permit and the account as text and as JSON: for the command line and for machines."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from madang.core.language import Language, Text, text
from madang.solutions.pollution_cap.loads import SHEET_DECIMALS
from madang.solutions.pollution_cap.permit import VERDICTS
from madang.web.desks.pollution_cap.allotting import is_made_up
from madang.web.desks.pollution_cap.cells import Cell, Standing, kg_of, standings
from madang.web.desks.pollution_cap.models import Permit, words_of_state
from madang.web.desks.pollution_cap.naming import cell_says, named, substance
from madang.web.desks.pollution_cap.rules import LAND
from madang.web.desks.pollution_cap.statement import Line, trail

MADE_UP = text(
    "지어낸 할당량: 자치구별 할당량은 공개된 것을 찾지 못해 연습용으로 지어낸 숫자이며 허가의 근거가 아니다.",
    "made-up allocation: none by district was found in public; these numbers are invented and no ground for a permit.",
)
MADE_UP_PLANT = text(
    "하수처리시설의 값 가운데 지어낸 것이 있어, 검토서의 하수 행도 그만큼만 믿을 수 있다.",
    "some numbers of the sewage plant are made up, and so is what the sheet says of sewage.",
)
ITEMS: Mapping[str, Text] = {
    "residents, urban": text("거주 인구, 시가화", "residents, urban"),
    "residents, rural": text("거주 인구, 비시가화", "residents, rural"),
    "business": text("영업 인구", "business"),
}
SAYS: Mapping[str, Text] = {
    "conditions": text("조건", "conditions"),
    "paragraphs": text("근거", "paragraphs"),
    "asked": text("협의 대상", "must ask because"),
    "sheet": text("총량검토서, kg/일", "sheet, kg/d"),
    "before": text("전", "before"),
    "after": text("후", "after"),
    "net": text("순증", "net"),
    "left_after": text("쓴 뒤 잔여", "left afterwards"),
    "left_now": text("지금 잔여", "left now"),
    "unknown": text("할당된 적 없음", "never allotted"),
    "smaller": text("통과하는 크기", "what would pass"),
    "none_smaller": text("작게 지어도 통과하지 못한다", "no smaller size would"),
    "not_verbatim": text("조문 그대로는 아님", "not the very text"),
    "state": text("상태", "state"),
    "by": text("처리", "by"),
    "people": text("인구", "people"),
    "flats": text("세대", "flats"),
    "sewage_m3_per_day": text("오수 ㎥/일", "sewage m3/d"),
}
#: The heads of the account, in the order of its columns.
_COLUMNS = (
    text("배정", "allotted"), text("협의 중", "consulted"), text("사용", "spent"), text("잔여", "left"),
)  # fmt: skip
_DAILY = text("kg/일", "kg/d")


def as_json(permit: Permit) -> dict[str, Any]:
    """Return a permit with its answer, where it stands and its trail."""
    return {
        "key": permit.key,
        "title": permit.title,
        "city": permit.city,
        "district": permit.district,
        "unit": permit.unit,
        "year": permit.year,
        "state": permit.state,
        "made_up": is_made_up(permit.city),
        "needs_kg_per_d": {name: str(kg_of(parts)) for name, parts in sorted(permit.loads.items())},
        **permit.answer,
        "project": permit.project,
        "trail": [{**step, "says": str(step["says"]), "at": step["at"].isoformat()} for step in trail(permit)],
    }


def as_text(permit: Permit, lang: Language) -> str:
    """Return a permit as lines to read."""
    answer = permit.answer
    where = f"{named(permit.district, lang)}, {named(permit.unit, lang)}, {permit.year}"
    lines = [f"{permit.title} ({where}): {answer['verdict_says'][lang]}"]
    if is_made_up(permit.city):
        lines.append(f"! {MADE_UP.to(lang)}")
    if answer["made_up_plant"]:
        lines.append(f"! {MADE_UP_PLANT.to(lang)}")
    lines += [f"  {one[lang]}" for one in answer["reasons"]]
    for name in ("conditions", "consulted_because"):
        if answer[name]:
            lines.append(f"{SAYS['asked' if name == 'consulted_because' else name].to(lang)}:")
            lines += [f"  {one[lang]}" for one in answer[name]]
    if permit.verdict == "refused":
        lines.append(f"{SAYS['smaller'].to(lang)}: {_smaller(answer, lang)}")
    lines += [*_sheet(answer, lang), _left(permit, lang), f"{SAYS['paragraphs'].to(lang)}:"]
    for one in answer["paragraphs"]:
        mark = "" if one["verbatim"] else f"; {SAYS['not_verbatim'].to(lang)}"
        lines.append(f"  {one['says'][lang]} ({one['source']}{mark})")
    return "\n".join([*lines, f"{SAYS['state'].to(lang)}: {words_of_state(permit.state).to(lang)}, {permit.key[:8]}"])


def _smaller(answer: Mapping[str, Any], lang: Language) -> str:
    """Return the greatest part of the project that would pass."""
    smaller = answer["smaller"]
    if not smaller:
        return SAYS["none_smaller"].to(lang)
    parts = [
        f"{SAYS[name].to(lang)} {smaller[name]:g}" for name in ("people", "flats", "sewage_m3_per_day") if smaller[name]
    ]
    return ", ".join([f"{answer['smaller_share']:.1%}", *parts])


def _sheet(answer: Mapping[str, Any], lang: Language) -> list[str]:
    """Return the sheet as aligned lines."""
    sheet = answer["sheet"]
    heads = "".join(f"{padded(substance(name, lang), -10)}" for name in SHEET_DECIMALS)
    lines = [f"{padded(SAYS['sheet'].to(lang) + ':', 42)}{heads}"]
    for row in sheet["rows"]:
        what = f"{padded(SAYS[row['when']].to(lang), 8)}{item_says(row['item'], lang)} {row['amount']:g}"
        lines.append(f"  {padded(what, 40)}{_loads(row['kg_per_d'])}")
    lines += [f"  {padded(SAYS[name].to(lang), 40)}{_loads(sheet[name])}" for name in ("before", "after", "net")]
    return lines


def item_says(item: str, lang: Language) -> str:
    """Return a source of the sheet in words; one that nobody gave words for stands by its own name."""
    said = LAND.get(item) or ITEMS.get(item)
    return said.to(lang) if said is not None else item


def padded(words: str, room: int) -> str:
    """Return words filled up to so many columns, at the left where below zero; Hangul takes two columns of a screen."""
    taken = sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in words)
    blank = " " * (abs(room) - taken)
    return blank + words if room < 0 else words + blank


def _loads(loads: Mapping[str, float]) -> str:
    """Return the loads of a row as the sheet writes them."""
    return "".join(f"{loads[name]:>10.{digits}f}" for name, digits in SHEET_DECIMALS.items())


def _left(permit: Permit, lang: Language) -> str:
    """Return what is left, before or after the project as its answer says."""
    word = SAYS["left_now" if permit.verdict == "refused" else "left_after"].to(lang)
    unknown = SAYS["unknown"].to(lang)
    told = [
        f"{substance(name, lang)} {unknown if kg is None else f'{kg:.{SHEET_DECIMALS[name]}f}'}"
        for name, kg in permit.answer["remains_kg_per_d"].items()
    ]
    return f"{word}, {_DAILY.to(lang)}: {', '.join(told)}"


def account_rows(city: str, district: str = "", unit: str = "", year: int | None = None) -> list[dict[str, Any]]:
    """Return the cells of the account for programs, loads in kg/d as text with four decimals."""
    return [
        {
            "district": one.cell.district,
            "unit": one.cell.unit,
            "substance": one.cell.substance,
            "year": one.cell.year,
            "allotted_kg_per_d": str(kg_of(one.allotted)),
            "consulted_kg_per_d": str(kg_of(one.consulted)),
            "spent_kg_per_d": str(kg_of(one.spent)),
            "left_kg_per_d": str(kg_of(one.left)),
        }
        for one in standings(city, district, unit, year)
    ]


def account_text(cells: Iterable[Standing], lang: Language, *, made_up: bool) -> str:
    """Return the cells as aligned lines."""
    lines = [f"! {MADE_UP.to(lang)}"] if made_up else []
    lines.append(padded(_DAILY.to(lang), 40) + "".join(padded(head.to(lang), -12) for head in _COLUMNS))
    for one in cells:
        parts = (one.allotted, one.consulted, one.spent, one.left)
        lines.append(padded(cell_says(one.cell, lang), 40) + "".join(f"{kg_of(part):>12}" for part in parts))
    return "\n".join(lines)


def statement_text(cell: Cell, lines: Iterable[Line], lang: Language) -> str:
    """Return a cell's statement as aligned lines."""
    told = [
        f"{padded(line.words.to(lang), 28)}{padded(line.about[:16], 18)}{kg_of(line.parts):>12}{kg_of(line.left):>12}"
        for line in lines
    ]
    return "\n".join([f"{cell_says(cell, lang)}, {_DAILY.to(lang)}", *told])


def trail_text(permit: Permit, lang: Language) -> str:
    """Return what was done with a permit as aligned lines."""
    lines = []
    for step in trail(permit):
        loads = ", ".join(f"{substance(name, lang)} {kg}" for name, kg in step["kg_per_d"].items())
        note = f": {step['note']}" if step["note"] else ""
        said = padded(words_of_state(step["step"]).to(lang), 11)
        lines.append(f"{said}{loads} {_DAILY.to(lang)}, {SAYS['by'].to(lang)} {step['by']}{note}")
    return "\n".join(lines)


def permit_line(permit: Permit, lang: Language) -> str:
    """Return a permit as one line of a list."""
    verdict = VERDICTS[permit.verdict].to(lang)
    where = f"{named(permit.district, lang)}, {named(permit.unit, lang)}, {permit.year}"
    state = padded(words_of_state(permit.state).to(lang), 10)
    return f"{permit.key[:8]}  {state} {padded(verdict, 24)} {where}  {permit.title}"
