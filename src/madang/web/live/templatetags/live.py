"""Numbers and figures in the text: ``{{ stream|alive }}``, cards, and the list of what a page quotes."""

from __future__ import annotations

import json
import re
from datetime import date
from typing import Any

from django import template
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from madang.core.figures import places_to_read
from madang.core.language import Language, in_language, say_day, say_number
from madang.core.units import say_unit
from madang.web.live import bundle, quotes
from madang.web.live.quoting import quotations
from madang.web.live.tokens import TOKEN
from madang.web.wording import language

register = template.Library()
_HOME_NUMBERS = 3
_DAY = re.compile(r"^\d{4}(-\d{2}){1,2}$")


@register.filter
def alive(value: Any) -> SafeString:
    """Return rich text with each quoted number and figure in its place."""
    html, told = str(value), set[str]()
    return mark_safe(TOKEN.sub(lambda found: _inline(found[1], found[2], told), html))  # noqa: S308 - Wagtail's own HTML


@register.inclusion_tag("live/number_card.html")
def number_card(address: str, note: str = "") -> dict[str, Any]:
    """Show a number on a card."""
    return {**number_words(address), "note": note}


@register.inclusion_tag("live/figure.html")
def figure_card(address: str, note: str = "") -> dict[str, Any]:
    """Show a figure with its table twin and downloads."""
    return {**figure_words(address), "note": note}


@register.inclusion_tag("live/figure.html")
def kept_figure(card: dict[str, Any]) -> dict[str, Any]:
    """Show a figure from the card that was kept of it."""
    return {**card_words(card, language()), "csv": f"/figures/{card['address']}.csv"}


@register.simple_tag
def chart_script() -> SafeString:
    """Return the script that lets readers point at the marks of a page's charts; the page is whole without it."""
    words = {"ko": {"open": "짚어 보기"}, "en": {"open": "Explore the chart"}}[language()]
    return format_html(
        '<script defer src="{}" data-vega="{}" data-words="{}"></script>',
        static("madang/charts.js"), reverse("vega", args=[bundle.VERSION]), json.dumps(words, ensure_ascii=False),
    )  # fmt: skip


@register.inclusion_tag("live/quoted.html")
def quoted_numbers(page: Any) -> dict[str, Any]:
    """List every number a page quotes: value, day, what was stated, why."""
    names = dict.fromkeys(name for kind, name in quotations(page) if kind == "number")
    other = page.counterpart
    there = {name for _, name in quotations(other)} if other is not None and other.live else set(names)
    numbers = [{**number_words(name), "elsewhere": name in there} for name in names]
    return {"lang": language(), "numbers": numbers}


@register.inclusion_tag("live/headline.html")
def home_numbers() -> dict[str, Any]:
    """Show a number of each solution on the first page: the first that a promise is decided by and a run has given."""
    shown: dict[str, dict[str, Any]] = {}
    for measure in quotes.stated_by_measure():
        quoted = quotes.number(measure)
        if quoted.solution not in shown and quoted.card and quoted.card["value"] is not None:
            shown[quoted.solution] = number_words(measure)
    return {"lang": language(), "numbers": list(shown.values())[:_HOME_NUMBERS]}


def number_words(address: str) -> dict[str, Any]:
    """Return everything a template says about a number, in the page's language."""
    code, quoted = language(), quotes.number(address)
    stated = quoted.stated[0] if quoted.stated else None
    card = quoted.card
    return {
        "lang": code,
        "address": address,
        "known": card is not None,
        "title": quoted.title(code),
        "value": quoted.written(code),
        "exact": card["value"] if card else None,
        "unit": quoted.unit(code),
        "range": _range(card),
        "day": say_day(_day(card), code) if _day(card) else "",
        "gap": card["gap"][code] if card and card["gap"] else "",
        "caveats": [caveat[code] for caveat in card["caveats"]] if card else [],
        "why": f"/{code}/{quoted.address}",
        "stated": say_number(stated.value) if stated else "",
        "stated_unit": say_unit(stated.unit, code, say_number(stated.value)) if stated else "",
        "said_on": say_day(stated.said_on, code) if stated and stated.said_on else "",
    }


def figure_words(address: str) -> dict[str, Any]:
    """Return everything a template says about a figure, in the page's language."""
    code, card = language(), quotes.figure(address)
    if card is None:
        return {"lang": code, "address": address, "known": False}
    return {"address": address, **card_words(card, code), "csv": f"/figures/{address}.csv"}


def card_words(card: dict[str, Any], code: Language) -> dict[str, Any]:
    """Return a kept figure's card in a language."""
    drawing = (card["drawings"] or {}).get(code)
    places = places_to_read([column["name"] for column in card["columns"]], code)
    columns = [card["columns"][place] for place in places]
    words = {key: title[code] for key, title in card.get("words", {}).items()}
    return {
        "lang": code,
        "known": True,
        "title": card["title"][code],
        "subtitle": card["subtitle"][code] if card["subtitle"] else "",
        "drawing": drawing,
        "columns": [_column(column, code) for column in columns],
        "rows": [_cells([row[place] for place in places], columns, words) for row in card["rows"]],
        "row_count": card["row_count"],
        "cut": card["row_count"] > len(card["rows"]),
        "notes": [note[code] for note in card["notes"]],
        "sources": card["sources"],
    }


def _inline(kind: str, address: str, told: set[str]) -> str:
    """Return one quotation as HTML; a reason that was ``told`` in the text before is not told again."""
    if kind == "figure":
        return render_to_string("live/figure.html", figure_words(address))
    words = number_words(address)
    if not words["known"] or words["exact"] is None:
        gap = words["gap"] or words["title"]
        said = gap if gap not in told else "모름" if words["lang"] == "ko" else "unknown"
        told.add(gap)
        return format_html(
            '<span class="live live-gap">— <a href="{}" title="{}">({})</a></span>', words["why"], gap, said
        )
    return format_html(
        '<a class="live" href="{}" title="{}"><data value="{}">{}</data>{}</a>',
        words["why"], words["title"], words["exact"], words["value"], _unit_html(words["value"], words["unit"]),
    )  # fmt: skip


def _unit_html(value: str, unit: str) -> SafeString:
    """Return a unit after its value: Korean counters and % stand close, others after a space."""
    if not unit:
        return mark_safe("")
    close = unit == "%" or (is_korean(unit) and not value.endswith(("만", "억")))
    return format_html('{}<span class="unit">{}</span>', "" if close else "\u00a0", unit)


def is_korean(words: str) -> bool:
    """Tell whether words begin in Hangul."""
    return bool(words) and "가" <= words[0] <= "힣"


def _range(card: dict[str, Any] | None) -> str:
    """Return the range of a number that has one."""
    if not card or card["low"] is None:
        return ""
    return f"{say_number(card['low'])} – {say_number(card['high'])}"


def _day(card: dict[str, Any] | None) -> Any:
    """Return the day a number speaks of, or the day its run was asked for."""
    text = card and (card["day"] or card["asked_on"])
    return date.fromisoformat(text) if text else None


def _column(column: dict[str, Any], code: str) -> dict[str, Any]:
    """Return a column's heading and whether it holds numbers."""
    # A calendar year is a name: nobody reads 2021 as an amount of years.
    unit = say_unit(column["unit"], code) if column["unit"] not in {None, "year"} else ""  # type: ignore[arg-type]
    return {"title": column["title"][code], "unit": unit, "numeric": column["numeric"]}


def _cells(row: list[Any], columns: list[dict[str, Any]], words: dict[str, str]) -> list[dict[str, Any]]:
    """Return a row's cells as they are read: years bare, numbers grouped, keys by their titles, nothing as a dash."""
    made = []
    for value, column in zip(row, columns, strict=True):
        if value is None:
            shown = "—"
        elif isinstance(value, int | float) and not isinstance(value, bool) and column["unit"] != "year":
            shown = say_number(value, column["digits"])
        else:
            shown = words.get(str(value)) or in_language(str(value), language())
        made.append({"shown": shown, "numeric": column["numeric"], "short": bool(_DAY.match(shown))})
    return made
