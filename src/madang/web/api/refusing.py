"""The one shape of an error, for every interface of the site: what, where, what to do, in English and in Korean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from madang.core.documents import say_fault, say_todo
from madang.core.errors import Both, MadangError, UsageError
from madang.web.bench.jobs import said

#: Where a part of a request stands, by the framework's name for it.
_PLACES = {
    "body": Both("본문", "the body"),
    "path": Both("주소", "the address"),
    "query": Both("주소의 물음표 뒤", "the query"),
    "header": Both("머리말", "the headers"),
}
_WHOLE_BODY = 2


def problem(error: MadangError) -> dict[str, Any]:
    """Return an error as every interface tells it: English parts, and Korean ones under ``ko``."""
    english = said(error)
    korean = english.pop("ko", None) or english
    return {**english, "ko": dict(korean)}


def refusal(api: NinjaAPI, request: HttpRequest, status: int, error: MadangError) -> HttpResponse:
    """Return an error in the shape they all have; it is never kept for the next visitor."""
    return _unkept(request, api.create_response(request, problem(error), status=status))


def is_below(request: HttpRequest) -> bool:
    """Say whether a request asks an interface rather than a page."""
    return request.path_info.startswith("/api/")


def bare_refusal(request: HttpRequest, status: int, error: MadangError) -> HttpResponse:
    """Return an error in the same shape where no interface has taken the request up."""
    return _unkept(request, JsonResponse(problem(error), status=status, json_dumps_params={"ensure_ascii": False}))


def nothing_there(request: HttpRequest) -> MadangError:
    """Return that an address below /api/ leads nowhere."""
    what = Both("여기에는 아무것도 없습니다", "there is no such thing")
    look = Both("무엇이 있는지 /api/을 보십시오", "see /api/ for what there is")
    return UsageError(what, Both(request.path, request.path), look)


def _unkept(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Return a refusal that nobody keeps and that stays at its address."""
    # Django would send a 404 without a language in its address on to the same address below /ko/.
    request.urlconf = "madang.web.api.languageless"  # type: ignore[attr-defined]
    response.headers.setdefault("Cache-Control", "no-store")
    return response


def say_errors_of(api: NinjaAPI, see: str, status_of: Callable[[MadangError], int]) -> None:
    """Let an interface say errors of the family, of a wrong shape and of the framework; ``see`` describes it."""

    @api.exception_handler(MadangError)
    def _of_the_family(request: HttpRequest, error: MadangError) -> HttpResponse:
        return refusal(api, request, status_of(error), error)

    @api.exception_handler(ValidationError)
    def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
        return refusal(api, request, 422, not_as_described(error, see))

    @api.exception_handler(HttpError)
    def _of_the_framework(request: HttpRequest, error: HttpError) -> HttpResponse:
        return refusal(api, request, error.status_code, _plain(error, see))


def not_as_described(error: ValidationError, see: str) -> MadangError:
    """Return what of a request isn't as the description has it, and where it stands in what was sent."""
    first = error.errors[0]
    look, do = _see(see), say_todo(first)
    todo = look if do is None else Both(". ".join((do.ko, look.ko)), "; ".join((do.en, look.en)))
    return UsageError(say_fault(first), _where(first["loc"]), todo)


def _where(parts: tuple[str | int, ...]) -> Both:
    """Return where a part of a request stands; the second of a body's is our own name for the whole."""
    place = _PLACES.get(str(parts[0]), Both(str(parts[0]), str(parts[0])))
    within = parts[_WHOLE_BODY:] if parts[0] == "body" else parts[1:]
    name = ".".join(str(part) for part in within)
    if not name:
        return place
    if parts[0] == "header":
        name = name.replace("_", "-").title()
    return Both(f"{place.ko}의 {name}", f"{name} in {place.en}")


def _plain(error: HttpError, see: str) -> MadangError:
    """Return an error that the framework found: a body that is no JSON, for one, or that says a thing twice."""
    if isinstance(error.__cause__, MadangError):
        return error.__cause__
    if error.status_code == 400:
        return UsageError(Both("본문이 JSON이 아닙니다", "the body is not JSON"), _PLACES["body"], _see(see))
    return UsageError(Both(f"받을 수 없는 요청입니다({error})", str(error)), None, _see(see))


def _see(see: str) -> Both:
    """Return where an interface is described."""
    return Both(f"{see}을 보십시오", f"see {see}")
