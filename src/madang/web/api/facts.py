"""Facts: the policies' own and the site's city's, with every dated value and its source."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.timezone import localdate
from ninja import Path, Query, Router

from madang import register
from madang.core.city import City, policy_book
from madang.core.errors import Both, UnknownName
from madang.core.facts import FactBook
from madang.plan.cities import open_city
from madang.web.api.shapes import FactOut, FactsOut, FactValueOut, Problem

router = Router(tags=["facts"])


@router.get("", response={200: FactsOut, 404: Problem})
def facts(
    request: HttpRequest,
    solution: str = Query("", pattern=r"^[a-z0-9_]{0,80}$"),
    offset: int = Query(0, ge=0, le=100_000),
    limit: int = Query(100, ge=1, le=500),
) -> dict[str, Any]:
    """List the facts that solutions read: the city's own, and the policies'."""
    if solution:
        register.folder_of(solution)
    names = (solution,) if solution else register.NAMES
    found = [fact for name in names for fact in _facts(name)]
    return {"count": len(found), "facts": found[offset : offset + limit]}


@router.get("/{solution}/{name}", response={200: FactValueOut, 400: Problem, 404: Problem})
def fact(
    request: HttpRequest,
    solution: str = Path(..., pattern=r"^[a-z0-9_]{1,80}$"),
    name: str = Path(..., pattern=r"^[a-z0-9_]{1,80}$"),
    on: dt.date | None = None,
) -> dict[str, Any]:
    """Return what a fact says on a day (today by default), and who says so."""
    books = [book for _, book in _books(solution)]
    book = next((book for book in books if name in book), None)
    if book is None:
        raise UnknownName(Both("사실", "fact"), name, {known for one in books for known in one.facts})
    value = book.at(name, on or localdate())
    return {**value.model_dump(mode="json"), "solution": solution}


def _facts(solution: str) -> Iterator[dict[str, Any]]:
    """Yield the facts of a solution, the city's own first; one that the city gives hides the policy's."""
    seen: set[str] = set()
    for owner, book in _books(solution):
        for name, one in book.facts.items():
            if name not in seen:
                seen.add(name)
                history = [value.model_dump(mode="json", exclude={"name", "says"}) for value in book.history(name)]
                yield FactOut(
                    solution=solution, name=name, owner=owner, says=one.says.model_dump(), unit=one.unit,
                    status=one.status, values=history,
                ).model_dump()  # fmt: skip


def _books(solution: str) -> list[tuple[str, FactBook]]:
    """Return whose facts a solution reads, nearest first."""
    folder = register.folder_of(solution)
    lineage: tuple[City, ...] = open_city(settings.MADANG_CITY).lineage()
    return [*((city.id, city.book_for(solution)) for city in lineage), ("policy", policy_book(folder))]
