"""The interface itself: one shape for every error, open to reading from any site, so many requests a minute."""

from __future__ import annotations

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import Throttled
from ninja.throttling import AnonRateThrottle

from madang.core.errors import Both, MadangError, UsageError
from madang.web.api.bodies import AsItReads, KeysOnce
from madang.web.api.refusing import nothing_there, refusal, say_errors_of
from madang.web.bench.answers import status_of

PER_MINUTE = 240
_FAILED = Both(
    "사이트가 답하다가 실패했습니다. 까닭은 사이트의 기록에 있습니다",
    "the site failed while it answered; the failure is in its log",
)
_TELL = Both("사이트를 맡은 사람에게 알리십시오", "tell those who run the site")
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
    parser=KeysOnce(),
    renderer=AsItReads(),
    throttle=[AnonRateThrottle(f"{PER_MINUTE}/m")],
    openapi_extra={"info": {"license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}}},
)


say_errors_of(api, "/api/openapi.json", status_of)


@api.exception_handler(Http404)
def _not_there(request: HttpRequest, error: Http404) -> HttpResponse:
    """Say that there is no such thing."""
    return refusal(api, request, 404, nothing_there(request))


@api.exception_handler(Throttled)
def _too_fast(request: HttpRequest, error: Throttled) -> HttpResponse:
    """Say how long to wait."""
    wait = error.wait or 60
    what = Both(f"1분에 {PER_MINUTE}번을 넘는 요청입니다", f"more than {PER_MINUTE} requests within a minute")
    response = refusal(api, request, 429, UsageError(what, None, Both(f"{wait}초 기다리십시오", f"wait {wait} s")))
    response["Retry-After"] = str(wait)
    return response


@api.exception_handler(Exception)
def _ours(request: HttpRequest, error: Exception) -> HttpResponse:
    """Say that the failure is ours, and keep it in the log."""
    _log.exception("the interface failed at %s", request.path, exc_info=error)
    return refusal(api, request, 500, MadangError(_FAILED, None, _TELL))
