"""What the bench's views share: finding a run, refusing a form sent from elsewhere, saying what went wrong."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.shortcuts import get_object_or_404, render
from django.views.decorators.csrf import csrf_exempt

from madang.core.errors import MadangError, UnknownName
from madang.web.bench.jobs import said
from madang.web.bench.models import Run
from madang.web.bench.visitors import TooMuch, is_from_here
from madang.web.wording import language

View = Callable[..., HttpResponse]
_ELSEWHERE = {"ko": "다른 사이트에서 보낸 양식입니다.", "en": "sent from another site"}


def sent_from_here(view: View) -> View:
    """Take a form only from this site: by what the browser says of its origin, so that no cookie is needed.

    Nothing behind these forms belongs to an account, so that a token would protect nobody; pages stay the same for
    every visitor and can be kept.
    """

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method == "POST" and not is_from_here(request):
            return HttpResponseForbidden(_ELSEWHERE[language()], content_type="text/plain; charset=utf-8")
        return view(request, *args, **kwargs)

    return csrf_exempt(guarded)


def problem(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Return the page of an error."""
    response = render(request, "bench/problem.html", {"error": said(error)}, status=status_of(error))
    return unkept(response)


def says_errors(view: View, page: Callable[[HttpRequest, MadangError], HttpResponse] = problem) -> View:
    """Answer an error of the family with a page that says what, where and what to do: the bench's, or a room's own."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except MadangError as error:
            return page(request, error)

    return answered


def status_of(error: MadangError) -> int:
    """Return the HTTP status that fits an error."""
    if isinstance(error, TooMuch):
        return 429
    return 404 if isinstance(error, UnknownName) else 400


def unkept(response: HttpResponse) -> HttpResponse:
    """Mark an answer that changes from one look to the next."""
    response["Cache-Control"] = "no-store"
    return response


def not_kept_if_brought(view: View) -> View:
    """Keep no answer that shows a visitor's own city or file: once that is deleted, nothing of it may be left."""

    @wraps(view)
    def answered(request: HttpRequest, key: str, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, key, *args, **kwargs)
        if Run.objects.filter(Q(upload__isnull=False) | Q(delete_at__isnull=False), key=key).exists():
            response["Cache-Control"] = "private, no-store"
        return response

    return answered


def run_or_404(key: str) -> Run:
    """Return a run."""
    return get_object_or_404(Run, key=key)


def open_to_all(response: HttpResponse) -> HttpResponse:
    """Let every site read the answer."""
    response["Access-Control-Allow-Origin"] = "*"
    return response
