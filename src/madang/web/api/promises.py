"""Promises: as they were last judged, with evidence and history."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Path, Query, Router

from madang.web.api.shapes import Problem, PromisesOut
from madang.web.scoreboard.models import Standing, VerdictChange
from madang.web.scoreboard.telling import public, slug_of

router = Router(tags=["promises"])


@router.get("", response=PromisesOut)
def promises(
    request: HttpRequest, theme: str = Query("", max_length=80), verdict: str = Query("", max_length=20)
) -> dict[str, Any]:
    """List the promises with their verdicts; ``theme`` and ``verdict`` as the page's addresses write them."""
    found = [
        one
        for one in Standing.objects.all()
        if (not theme or one.theme == theme) and (not verdict or slug_of(one.verdict) == slug_of(verdict))
    ]
    return {
        "judged_on": found[0].judged_on if found else None,
        "promises": [public(one, evidence=False) for one in found],
    }


@router.get("/{name}", response={200: dict[str, Any], 404: Problem})
def promise(request: HttpRequest, name: str = Path(..., pattern=r"^[a-z0-9-]{1,80}$")) -> dict[str, Any]:
    """Return a promise with its evidence and the history of its verdict."""
    standing = get_object_or_404(Standing, promise=name)
    history = [
        {"before": one.before or None, "after": one.after, "reason": one.reason, "judged_on": one.judged_on}
        for one in VerdictChange.objects.filter(promise=name)
    ]
    return {**public(standing), "history": history}
