"""The promises by day: when they were made, when they fall due, and when a verdict changed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from madang.core.language import Language
from madang.web.scoreboard.models import Standing, VerdictChange
from madang.web.scoreboard.telling import slug_of, verdict_words

Kind = Literal["said", "due", "changed"]


@dataclass
class Day:
    """What happened, or falls due, on one day."""

    day: date
    said: list[dict[str, Any]] = field(default_factory=list)
    due: list[dict[str, Any]] = field(default_factory=list)
    changed: list[dict[str, Any]] = field(default_factory=list)
    today: bool = False


def timeline(
    standings: Iterable[Standing], changes: Iterable[VerdictChange], today: date | None, code: Language
) -> list[Day]:
    """Return the days in order; ``today`` (the day of the judging) stands among them as a mark of its own."""
    days: dict[date, Day] = {}

    def on(day: date) -> Day:
        return days.setdefault(day, Day(day))

    for one in standings:
        entry = _entry(one, code)
        if one.said_on:
            on(one.said_on).said.append(entry)
        if one.due:
            on(one.due).due.append(entry)
    for change in changes:
        if change.before:
            on(change.judged_on).changed.append(_change(change, code))
    if today:
        on(today).today = True
    return [days[day] for day in sorted(days)]


def _entry(standing: Standing, code: Language) -> dict[str, Any]:
    """Return a promise as the timeline names it."""
    return {
        "href": f"/{code}/promises/{standing.promise}/",
        "statement": standing.data["statement"][code],
        "verdict": verdict_words(standing.verdict, code),
        "verdict_slug": slug_of(standing.verdict),
    }


def _change(change: VerdictChange, code: Language) -> dict[str, Any]:
    """Return a change of verdict as the timeline names it."""
    return {
        "href": f"/{code}/promises/{change.promise}/",
        "statement": change.statement[code],
        "before": verdict_words(change.before, code),
        "before_slug": slug_of(change.before),
        "after": verdict_words(change.after, code),
        "after_slug": slug_of(change.after),
    }
