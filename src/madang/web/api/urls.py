"""The interface put together: its parts, its front page, and an answer to every other address below it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest
from ninja import Router

from madang.web.api import facts, library, promises, runs, solutions
from madang.web.api.answering import api
from madang.web.bench.records import catalogue

api.add_router("/solutions", solutions.router)
api.add_router("/runs", runs.router)
api.add_router("/promises", promises.router)
api.add_router("/facts", facts.router)
api.add_router("/library", library.router)


@api.get("/", tags=["about"], response=dict[str, Any])
def front(request: HttpRequest) -> dict[str, Any]:
    """Say what there is."""
    parts = ("solutions", "promises", "facts", "library")
    return {
        "name": "Madang",
        "openapi": "/api/openapi.json",
        "docs": "/api/docs",
        "catalogue": "/api/catalogue.jsonld",
        **{part: f"/api/{part}" for part in parts},
        "runs": "POST /api/runs",
    }


@api.get("/catalogue.jsonld", tags=["about"], response=dict[str, Any])
def datasets(request: HttpRequest) -> dict[str, Any]:
    """Return the solutions' data as a DCAT catalogue."""
    return catalogue()


rest = Router()


@rest.api_operation(["GET", "POST", "PUT", "PATCH", "DELETE"], "/{path:rest}", include_in_schema=False)
def elsewhere(request: HttpRequest, rest: str) -> None:
    """Answer an address that leads nowhere as every error is answered."""
    raise Http404(rest)


# Last, so that it hides no other.
api.add_router("", rest)
urls = api.urls
