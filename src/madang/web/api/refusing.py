"""The one shape of an error, for every interface of the site: what, where, what to do."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.errors import ValidationError


def refusal(
    api: NinjaAPI, request: HttpRequest, status: int, what: str, where: str | None = None, todo: str | None = None
) -> HttpResponse:
    """Return an error in the shape they all have; it is never kept for the next visitor."""
    # Django would send a 404 without a language in its address on to the same address below /ko/.
    request.urlconf = "madang.web.api.languageless"  # type: ignore[attr-defined]
    response = api.create_response(request, {"what": what, "where": where, "todo": todo}, status=status)
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def first_fault(error: ValidationError) -> tuple[str, str]:
    """Return what isn't as the description has it, and where in what was sent."""
    first = error.errors[0]
    return str(first["msg"]), ".".join(str(part) for part in first["loc"])
