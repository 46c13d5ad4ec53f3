"""A kept run in the page's language: numbers, roads, what was changed, figures and jobs as templates show them."""

from __future__ import annotations

from datetime import date
from typing import Any

from madang.core.figures import places_to_read
from madang.core.language import Language, in_language, say_day, say_number
from madang.core.units import say_unit
from madang.plan.report.amounts import say_amount, say_value
from madang.web.bench.cards import card_of
from madang.web.bench.jobs import WORDS
from madang.web.bench.keeping import frame_of
from madang.web.bench.models import Job, Run, RunFigure
from madang.web.bench.tornado import tornado_svg

HEADLINES = 6
ROWS_SHOWN = 40


def number_words(run: Run, name: str, code: Language) -> dict[str, Any]:
    """Return what a page says of a number."""
    card = (run.result or {})["numbers"][name]
    said = say_value(card["value"], code, card["digits"])
    known = card["value"] is not None
    return {
        "name": name,
        "title": card["title"][code],
        "exact": card["value"],
        "value": said,
        "unit": say_unit(card["unit"], code, said),
        "amount": say_amount(card["value"], card["unit"], code, card["digits"]),
        "range": _range(card, code),
        "day": say_day(date.fromisoformat(card["day"]), code) if card["day"] else "",
        "gap": card["gap"][code] if card["gap"] and not known else "",
        "caveats": [caveat[code] for caveat in card["caveats"]],
        "why": f"/{code}/bench/runs/{run.key}/why/{name}/",
    }


def numbers_of(run: Run, code: Language) -> list[dict[str, Any]]:
    """Return every number of a run, in the order the solution gives them."""
    return [number_words(run, name, code) for name in (run.result or {})["numbers"]]


def headlines(numbers: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the first numbers that are known: they stand large above the others."""
    known = [number for number in numbers if number["exact"] is not None]
    return (known or numbers)[:HEADLINES]


def road_of(run: Run, name: str) -> dict[str, Any]:
    """Return a number with the whole road behind it."""
    result = run.result or {}
    card = result["numbers"][name]
    return {**card, "solution": run.solution, "inputs": [result["steps"][step] for step in card["rests_on"]]}


def changed_words(run: Run, code: Language) -> list[dict[str, Any]]:
    """Return what differs from the city's own inputs."""
    card = card_of(run.solution)

    def said(value: Any, unit: str | None) -> str:
        return card.word(value, code) if isinstance(value, str) else _written(value, unit, code)

    return [
        {
            **change,
            "title": change["title"][code] + (f", {card.word(change['key'], code)}" if change["key"] else ""),
            "before": said(change["before"], change["unit"]),
            "now": said(change["now"], change["unit"]),
        }
        for change in (run.result or {})["changed"]
        # A scenario may set what the city has anyway.
        if change["before"] != change["now"] or change["before"] is None
    ]


def defaults_words(run: Run, code: Language) -> list[dict[str, Any]]:
    """Return what the run took over from another city or the policy itself."""
    return [
        {
            "says": use["says"][code],
            "value": _written(use["value"], use["unit"], code) if use["kind"] == "fact" else "",
            "owner": use["owner"],
            "source": use["source"],
        }
        for use in (run.result or {})["defaults"]
    ]


def figure_words(kept: RunFigure, code: Language) -> dict[str, Any]:
    """Return a figure as a page shows it: title, columns, its first rows, where it can be had as data."""
    figure, numeric = kept.card["figure"], kept.card["numeric"]
    places = places_to_read([column["name"] for column in figure["columns"]], code)
    columns = [
        {"title": column["title"][code], "unit": column["unit"], "digits": column["digits"], "numeric": numeric[place]}
        for place, column in ((place, figure["columns"][place]) for place in places)
    ]
    words = {key: title[code] for key, title in (figure.get("series_titles") or {}).items()}
    frame = frame_of(kept)[:, places].head(ROWS_SHOWN)
    rows = [list(zip((_worded(cell, words, code) for cell in row), columns, strict=True)) for row in frame.rows()]
    return {
        "name": kept.name,
        "title": figure["title"][code],
        "subtitle": figure["subtitle"][code] if figure["subtitle"] else "",
        "drawn": kept.card["drawn"],
        "base": f"/{code}/bench/runs/{kept.run_id}/figures/{kept.name}",
        "columns": columns,
        "rows": rows,
        "board": kept.card.get("board", False),
        "row_count": kept.rows,
        "cut": kept.rows > len(rows),
        "notes": [note[code] for note in figure["notes"]],
        "caveats": [caveat[code] for caveat in kept.card["caveats"]],
        "sources": kept.card["sources"],
    }


def _worded(cell: Any, words: dict[str, str], code: Language) -> Any:
    """Return a cell; words in the page's language, and a key as what the figure calls it."""
    return (words.get(cell) or in_language(cell, code)) if isinstance(cell, str) else cell


def job_words(job: Job, code: Language) -> dict[str, Any]:
    """Return a job as its progress is shown."""
    doing = "waiting" if job.state == Job.State.WAITING else job.doing
    known = WORDS.get(doing)
    return {
        "kind": job.kind,
        "state": job.state,
        "active": job.active,
        "percent": round(job.share * 100),
        "doing": known.to(code) if known else in_language(card_of(job.run.solution).word(doing, code), code),
        "error": job.error,
        "stopping": job.cancel_asked and job.active,
    }


def tornado_of(rows: list[dict[str, Any]], base: float, unit: str, code: Language) -> Any:
    """Return the drawing of the inputs that move a number furthest."""
    bars = [(row["title"][code], row["low"], row["high"]) for row in rows[:12]]
    return tornado_svg(bars, base, lambda value: say_amount(value, unit, code))


def moved_words(row: dict[str, Any], unit: str, code: Language) -> dict[str, Any]:
    """Return one row of the table beside the drawing."""
    ends = [row["from"], row["to"]]
    said = [say_amount(end, row["unit"], code) for end in ends] if ends[0] is not None else ["−10%", "+10%"]
    return {
        "title": row["title"][code],
        "ends": " – ".join(said),
        "stated": row["range"] == "stated",
        "low": say_amount(row["low"], unit, code),
        "high": say_amount(row["high"], unit, code),
        "span": say_amount(row["span"], unit, code),
    }


def signed(value: float, unit: str, code: Language, digits: int | None = None) -> str:
    """Return a difference with its sign; none where there is none."""
    if value == 0:
        return "="
    # A small difference keeps its digits, so that it is not written as nothing.
    shown = digits if digits is not None and round(value, digits) else None
    return ("+" if value > 0 else "") + say_amount(value, unit, code, shown)


def _range(card: dict[str, Any], code: Language) -> str:
    """Return the range a number is known within, or nothing."""
    if card["low"] is None:
        return ""
    return f"{say_value(card['low'], code, card['digits'])} – {say_value(card['high'], code, card['digits'])}"


def _written(value: Any, unit: str | None, code: Language) -> str:
    """Return a value with its unit, as far as it is one value."""
    if value is None:
        return "—"
    if isinstance(value, bool):
        return {"ko": ("아니요", "예"), "en": ("no", "yes")}[code][value]
    if isinstance(value, int | float):
        # A year is a name, not an amount.
        return str(int(value)) if unit == "year" and 1900 <= value <= 2200 else say_amount(value, unit or "1", code)
    if isinstance(value, list | dict):
        return f"{len(value)}{'개 값' if code == 'ko' else ' values'}"
    return str(value)


def difference(first: float | None, second: float | None) -> str:
    """Return by how many per cent the second differs from the first."""
    if first is None or second is None or not first:
        return ""
    percent = (second - first) / abs(first) * 100
    if percent == 0 or abs(percent) > 1000:
        return ""
    return f"{percent:+.1f}%" if abs(percent) >= 0.1 else f"{percent:+.1g}%"


def plain_number(value: float | None, digits: int | None) -> str:
    """Return a number without its unit."""
    return say_number(value, digits)
