"""A standing in the page's language: what cards, pages and rows say of a promise."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.safestring import SafeString

from madang.core.language import Language, say_number
from madang.core.units import COUNTED, say_unit
from madang.plan.report.amounts import say_amount, say_value
from madang.plan.verdicts import VERDICTS
from madang.web.scoreboard.axis import axis_svg
from madang.web.scoreboard.models import Standing

CSV_COLUMNS = (
    "id", "theme_ko", "theme_en", "statement_ko", "statement_en", "said_on", "due", "stated", "computed", "unit",
    "verdict", "reason_ko", "reason_en", "measure", "day", "judged_on", "caveats", "sources",
)  # fmt: skip


def slug_of(verdict: str) -> str:
    """Return a verdict as it stands in addresses and class names."""
    return verdict.replace(" ", "-")


def verdict_words(verdict: str, code: Language) -> str:
    """Return a verdict in words."""
    return VERDICTS[verdict].to(code)  # type: ignore[index]


@dataclass(frozen=True)
class Tile:
    """One verdict of the summary: how many promises came to it, and whether the list shows only these."""

    slug: str
    words: str
    count: int
    chosen: bool


def tiles(standings: list[Standing], chosen: str, code: Language) -> list[Tile]:
    """Return the summary: every verdict that occurs, in the order of the verdicts."""
    counts = Counter(one.verdict for one in standings)
    return [
        Tile(slug_of(verdict), words.to(code), counts[verdict], slug_of(verdict) == chosen)
        for verdict, words in VERDICTS.items()
        if counts[verdict]
    ]


def card(standing: Standing, code: Language) -> dict[str, Any]:
    """Return what a card says of a promise."""
    data = standing.data
    return {
        "id": standing.promise,
        "href": f"/{code}/promises/{standing.promise}/",
        "theme": data["theme"][code],
        "theme_slug": standing.theme,
        "statement": data["statement"][code],
        "said_on": standing.said_on,
        "due": standing.due,
        "judged_on": standing.judged_on,
        "source": data["said_in"][0] if data["said_in"] else None,
        **claim_words(data["main"], code),
    }


def claim_words(claim: dict[str, Any], code: Language) -> dict[str, Any]:
    """Return what is said of one claim: verdict, reason, the two values and their drawing."""
    day = claim["day"]
    return {
        "says": claim["says"][code],
        "verdict": verdict_words(claim["verdict"], code),
        "verdict_slug": slug_of(claim["verdict"]),
        "reason": claim["reason"][code],
        "stated": amount(claim["stated"], claim["unit"], code),
        "computed": amount(claim["computed"], claim["unit"], code),
        "day": date.fromisoformat(day) if day else None,
        "bound": claim["measured"],
        "caveats": [caveat[code] for caveat in claim["caveats"]],
        "measure": claim["measure"],
        "axis": _axis(claim, code),
        "evidence": claim.get("evidence"),
    }


def amount(value: float | None, unit: str, code: Language) -> str:
    """Return a value with its unit; a rank in English is a bare number; what is unknown is empty."""
    if value is None:
        return ""
    if unit == "rank":
        return say_number(value) + (say_unit("rank", code) if code == "ko" else "")
    said = say_value(value, code)
    word = say_unit(unit, code, said)
    # 3억 6,163만 그루, but 270,000대.
    spaced = code == "ko" and unit in COUNTED and said.endswith(("만", "억"))
    return f"{said} {word}" if spaced else say_amount(value, unit, code)


def _axis(claim: dict[str, Any], code: Language) -> SafeString | None:
    """Return the drawing of a claim whose two values are known."""
    stated, computed = claim["stated"], claim["computed"]
    if stated is None or computed is None:
        return None
    words = {"ko": ("발표", "계산"), "en": ("stated", "computed")}[code]
    said = f"{words[0]} {amount(stated, claim['unit'], code)}"
    made = f"{words[1]} {amount(computed, claim['unit'], code)}"
    return axis_svg(stated, computed, said, made, slug_of(claim["verdict"]), f"{said}, {made}")


def public(standing: Standing, *, evidence: bool = True) -> dict[str, Any]:
    """Return a promise as the JSON of its address and the API give it; a list leaves the evidence out."""
    data = {key: value for key, value in standing.data.items() if key not in {"chart", "map", "said_in"}}
    if not evidence:
        data = {key: value for key, value in data.items() if key != "main"}
        data["checks"] = [{key: part for key, part in claim.items() if key != "evidence"} for claim in data["checks"]]
    return {**data, "judged_on": standing.judged_on.isoformat()}


def row(standing: Standing) -> dict[str, Any]:
    """Return a promise as a row of the CSV."""
    data = standing.data
    return {
        "id": standing.promise,
        **{f"theme_{code}": data["theme"][code] for code in ("ko", "en")},
        **{f"statement_{code}": data["statement"][code] for code in ("ko", "en")},
        **{f"reason_{code}": data["reason"][code] for code in ("ko", "en")},
        **{key: data[key] for key in ("said_on", "due", "stated", "computed", "unit", "verdict", "measure", "day")},
        "judged_on": standing.judged_on.isoformat(),
        "caveats": " | ".join(caveat["en"] for caveat in data["caveats"]),
        "sources": " | ".join(_cite(source) for source in data["sources"]),
    }


def _cite(source: dict[str, Any]) -> str:
    """Return a source as one line."""
    parts = [source["who"], source["title"], source.get("published"), source.get("url")]
    return ", ".join(part for part in parts if part) + f" (read {source['read']})"
