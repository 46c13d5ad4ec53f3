"""What Django or an interface's framework would answer with a page of its own, below /api/ in the one shape of all."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, HttpResponseNotFound
from django.views.csrf import csrf_failure

from madang.core.errors import Both, MadangError, UsageError
from madang.web.api.refusing import bare_refusal, is_below, nothing_there


class InOneShape:
    """Say below /api/ as every refusal is said that an address leads nowhere, or isn't asked by this method."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep what answers next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and put a page that says no into the shape."""
        response = self.get_response(request)
        told = response.headers.get("Content-Type", "").startswith("application/json")
        if told or response.status_code not in {404, 405} or not is_below(request):
            return response
        if response.status_code == 404:
            return bare_refusal(request, 404, nothing_there(request))
        methods = sorted(response.headers.get("Allow", "GET").split(", "))
        refused = bare_refusal(request, 405, _not_asked_so(request, methods))
        refused.headers["Allow"] = ", ".join(methods)
        return refused


def without_token(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer what bears no token of a form: with a page, and below /api/ as if there were no tokens.

    None of the interfaces' own views asks for one. Those that the framework adds do, and all of them are only read: the
    description and its page, and where an interface has no front page of its own, one that leads nowhere.
    """
    if not is_below(request):
        return csrf_failure(request, reason=reason)
    leads_nowhere = request.resolver_match is None or request.resolver_match.url_name == "api-root"
    return HttpResponseNotFound() if leads_nowhere else HttpResponseNotAllowed(["GET"])


def _not_asked_so(request: HttpRequest, methods: list[str]) -> MadangError:
    """Return that an address isn't asked by this method, and by which it is."""
    what = Both(f"이 주소는 {request.method} 요청을 받지 않습니다", f"this address takes no {request.method}")
    todo = Both(f"다음 방식으로 보내십시오: {', '.join(methods)}", f"send {' or '.join(methods)}")
    return UsageError(what, Both(request.path, request.path), todo)
