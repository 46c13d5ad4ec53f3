"""The interface put together: its parts and its front page."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

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


urls = api.urls
