"""Who asks, without an account or a cookie: a mark of the address for a day, how much each may ask, and from where."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.crypto import salted_hmac
from django.utils.timezone import localdate, now

from madang.core.errors import Both, UsageError
from madang.web.accounts.signing import address_of
from madang.web.bench.models import Job

ACTIVE_MAX = 4
HOURLY_MAX = 120


class TooMuch(UsageError):
    """Somebody asks for more than one visitor may."""


def visitor_of(request: HttpRequest) -> str:
    """Return a mark of the address a request came from; tomorrow's is another, so that nobody is followed."""
    return salted_hmac("madang.bench.visitor", f"{localdate()} {address_of(request)}").hexdigest()[:32]


def check_allowance(visitor: str) -> None:
    """Refuse a visitor whose jobs wait or run already, or who asked too often within the hour.

    Raises:
        TooMuch: with what to do.
    """
    jobs = Job.objects.filter(visitor=visitor)
    if jobs.filter(state__in=Job.ACTIVE).count() >= ACTIVE_MAX:
        raise TooMuch(
            Both(
                f"기다리거나 돌고 있는 것이 {ACTIVE_MAX}개 있습니다",
                f"{ACTIVE_MAX} of your runs are waiting or running",
            ),
            todo=Both("하나가 끝나기를 기다리거나 하나를 그만두십시오", "wait for one to end, or cancel one"),
        )
    if jobs.filter(asked_at__gt=now() - timedelta(hours=1)).count() >= HOURLY_MAX:
        raise TooMuch(
            Both(f"한 시간에 {HOURLY_MAX}번 청했습니다", f"you asked for {HOURLY_MAX} runs within an hour"),
            todo=Both("나중에 다시 하거나, 마당을 직접 돌려 보십시오", "try again later, or run Madang yourself"),
        )


def is_from_here(request: HttpRequest) -> bool:
    """Tell whether a form was sent from this site (or by a program, which has no other site to be led astray by)."""
    fetched = request.headers.get("Sec-Fetch-Site")
    if fetched is not None:
        return fetched in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    return origin is None or urlsplit(origin).netloc == request.get_host()
