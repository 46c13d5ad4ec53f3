"""The doors in the header of every page. A room adds its own here; a door without its room does not open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from madang.core.language import Text, text
from madang.web.wording import language


@dataclass(frozen=True)
class Door:
    """A link of the header: below which address it leads, and its words."""

    path: str
    words: Text


DOORS = [
    Door("promises/", text("약속", "Promises")),
    Door("bench/", text("작업대", "Bench")),
    Door("desks/eco-mileage/", text("창구", "Desk")),
    Door("solutions/", text("정책", "Solutions")),
    Door("library/", text("자료실", "Library")),
    Door("search/", text("검색", "Search")),
]


def page_doors(request: HttpRequest) -> dict[str, Any]:
    """Give every template the doors, with the one marked behind which the page lies."""
    code = language()
    shown = []
    for door in DOORS:
        address = f"/{code}/{door.path}"
        shown.append({"address": address, "words": door.words.to(code), "current": request.path.startswith(address)})
    return {"doors": shown}
