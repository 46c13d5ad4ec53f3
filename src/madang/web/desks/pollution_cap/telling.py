"""A permit and the account as text and as JSON: for the command line and for machines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from madang.core.language import Language, Text, text
from madang.solutions.pollution_cap.loads import SHEET_DECIMALS
from madang.web.desks.pollution_cap.allotting import is_made_up
from madang.web.desks.pollution_cap.cells import kg_of, standings
from madang.web.desks.pollution_cap.models import Permit
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
}


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
    lines = [f"{permit.title} ({permit.district}, {permit.unit}, {permit.year}): {answer['verdict_says'][lang]}"]
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
    return "\n".join([*lines, f"{SAYS['state'].to(lang)}: {permit.state}, {permit.key[:8]}"])


def _smaller(answer: Mapping[str, Any], lang: Language) -> str:
    """Return the greatest part of the project that would pass."""
    smaller = answer["smaller"]
    if not smaller:
        return SAYS["none_smaller"].to(lang)
    parts = [f"{name} {smaller[name]:g}" for name in ("people", "flats", "sewage_m3_per_day") if smaller[name]]
    return ", ".join([f"{answer['smaller_share']:.1%}", *parts])


def _sheet(answer: Mapping[str, Any], lang: Language) -> list[str]:
    """Return the sheet as aligned lines."""
    sheet = answer["sheet"]
    lines = [f"{SAYS['sheet'].to(lang)}:{'BOD':>38}{'T-N':>10}{'T-P':>10}"]
    for row in sheet["rows"]:
        what = f"{SAYS[row['when']].to(lang):8}{item_says(row['item'], lang)} {row['amount']:g}"
        lines.append(f"  {what:<40}{_loads(row['kg_per_d'])}")
    lines += [f"  {SAYS[name].to(lang):<40}{_loads(sheet[name])}" for name in ("before", "after", "net")]
    return lines


def item_says(item: str, lang: Language) -> str:
    """Return a source of the sheet in words: Korean where a word is known; the rules' own name is English."""
    said = LAND.get(item) or ITEMS.get(item)
    return said.ko if lang == "ko" and said is not None else item


def _loads(loads: Mapping[str, float]) -> str:
    """Return the loads of a row as the sheet writes them."""
    return "".join(f"{loads[name]:>10.{digits}f}" for name, digits in SHEET_DECIMALS.items())


def _left(permit: Permit, lang: Language) -> str:
    """Return what is left, before or after the project as its answer says."""
    word = SAYS["left_now" if permit.verdict == "refused" else "left_after"].to(lang)
    unknown = SAYS["unknown"].to(lang)
    told = [
        f"{name} {unknown if kg is None else f'{kg:.{SHEET_DECIMALS[name]}f}'}"
        for name, kg in permit.answer["remains_kg_per_d"].items()
    ]
    return f"{word}, kg/d: {', '.join(told)}"


def account_rows(city: str, district: str = "", unit: str = "", year: int | None = None) -> list[dict[str, Any]]:
    """Return the cells of the account, loads in kg/d as text with four decimals."""
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


def account_text(rows: Iterable[Mapping[str, Any]], *, made_up: bool) -> str:
    """Return the cells as aligned lines."""
    names = ("allotted", "consulted", "spent", "left")
    lines = [f"! {MADE_UP.en}"] if made_up else []
    lines.append(f"{'kg/d':40}" + "".join(f"{name:>12}" for name in names))
    for row in rows:
        cell = f"{row['district']}, {row['unit']}, {row['substance']}, {row['year']}"
        lines.append(f"{cell:40}" + "".join(f"{row[f'{name}_kg_per_d']:>12}" for name in names))
    return "\n".join(lines)


def statement_text(lines: Iterable[Line], lang: Language) -> str:
    """Return a statement as aligned lines."""
    return "\n".join(
        f"{line.words.to(lang):28}{line.about[:16]:18}{kg_of(line.parts):>12}{kg_of(line.left):>12}" for line in lines
    )
