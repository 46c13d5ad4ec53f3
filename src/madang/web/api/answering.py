"""The interface itself: one shape for every error, open to reading from any site, so many requests a minute."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.throttling import AnonRateThrottle

from madang.core.errors import MadangError
from madang.web.api.refusing import first_fault, refusal
from madang.web.bench.answers import status_of
from madang.web.bench.jobs import said

PER_MINUTE = 240
_log = logging.getLogger(__name__)


class OpenAPI(NinjaAPI):
    """Let pages of any site read what is answered; what is posted from them is refused by their browsers."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the header that allows reading."""
        response = super().create_response(request, data, **kwargs)
        response["Access-Control-Allow-Origin"] = "*"
        return response


api = OpenAPI(
    title="Madang",
    version="1",
    urls_namespace="api",
    description="A city's policies as models anyone can run, and its promises as statements anyone can check.",
    throttle=[AnonRateThrottle(f"{PER_MINUTE}/m")],
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)


def refuse(
    request: HttpRequest, status: int, what: str, where: str | None = None, todo: str | None = None
) -> HttpResponse:
    """Return an error of this interface."""
    return refusal(api, request, status, what, where, todo)


@api.exception_handler(MadangError)
def _of_the_family(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Say an error of the family."""
    parts = said(error)
    return refuse(request, status_of(error), parts["what"] or "", parts["where"], parts["todo"])


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which part of what was sent isn't as the description has it."""
    return refuse(request, 422, *first_fault(error), "see /api/openapi.json")


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is no such thing."""
    return refuse(request, 404, "there is no such thing", request.path, "see /api/ for what there is")


@api.exception_handler(Throttled)
def _too_fast(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Say how long to wait."""
    response = refuse(
        request, 429, f"more than {PER_MINUTE} requests within a minute", None, f"wait {error.wait or 60} s"
    )
    response["Retry-After"] = str(error.wait or 60)
    return response


@api.exception_handler(HttpError)
def _plain(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say an error that the framework found: a body that is no JSON, for one."""
    return refuse(request, error.status_code, str(error), None, "see /api/openapi.json")


@api.exception_handler(Exception)
def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that the failure is ours, and keep it in the log."""
    _log.exception("the interface failed at %s", request.path, exc_info=error)
    return refuse(request, 500, "the site failed while it answered; the failure is in its log")
