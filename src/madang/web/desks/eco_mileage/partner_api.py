"""The partners' interface: what can be bought, a member's balance, orders. Every order bears an idempotency key."""

from __future__ import annotations

import hashlib
import re
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, NinjaAPI, Schema, Status
from ninja.errors import AuthenticationError
from ninja.security import HttpBearer
from pydantic import ConfigDict

from madang.core.errors import Both, LedgerError, MadangError, UsageError, Where
from madang.web.api.bodies import AsItReads, KeysOnce
from madang.web.api.refusing import refusal, say_errors_of
from madang.web.api.shapes import Problem
from madang.web.desks.eco_mileage.models import Item, Look, Partner, Redemption
from madang.web.desks.eco_mileage.services import consenting, redeeming
from madang.web.desks.eco_mileage.services.people import NotThere

KEY_MAX = 60
_HOME = "/api/desks/eco-mileage"
_CODE = re.compile(r"[a-z][a-z0-9-]{0,39}")
_NO_TOKEN = UsageError(
    Both("제휴처의 토큰이 없거나 쓸 수 없습니다", "there is no token of a partner, or it is of no use"),
    Both("머리말의 Authorization", "Authorization in the headers"),
    Both("'Authorization: Bearer 토큰'을 보내십시오", "send 'Authorization: Bearer TOKEN'"),
)


class PartnerToken(HttpBearer):
    """A partner is known by the token it was given once; the desk keeps its hash."""

    def authenticate(self, request: HttpRequest, token: str) -> Partner | None:
        """Return the partner of a token."""
        return Partner.objects.filter(token_sha256=hash_of(token), active=True).first()


class PartnersOnly(NinjaAPI):
    """Mark every answer as one that nobody keeps: what a partner may see is for nobody else."""

    def create_response(self, request: HttpRequest, data: Any, **kwargs: Any) -> HttpResponse:
        """Answer with the header that forbids keeping."""
        response = super().create_response(request, data, **kwargs)
        response["Cache-Control"] = "private, no-store"
        return response


api = PartnersOnly(
    title="Madang: eco-mileage for partners",
    version="1",
    urls_namespace="eco-api",
    auth=PartnerToken(),
    parser=KeysOnce(),
    renderer=AsItReads(),
    description="Shops, card firms and offices redeem points here, for members who allow them on their page. POST "
    "/orders bears an Idempotency-Key: the same key and order again are answered with the first order, and take "
    "nothing twice.",
)


class ItemOut(Schema):
    """Something points buy. ``stock`` is null where nothing runs out."""

    code: str
    way: str
    title: dict[str, str]
    unit_points: int
    units_min: int
    stock: int | None


class Balance(Schema):
    """A member's points. ``synthetic`` says that the member is made up."""

    member: int
    points: int
    synthetic: bool


class Order(Schema):
    """What is asked for; a key nobody knows and a number in quotes are refused, for points are at stake."""

    model_config = ConfigDict(extra="forbid", strict=True)

    member: int = Field(ge=1, le=2**53)
    item: str = Field(min_length=1, max_length=60)
    units: int = Field(ge=1, le=redeeming.UNITS_MAX)


class OrderOut(Schema):
    """An order: its points are held until it is delivered, cancelled, or its time is over."""

    id: int
    member: int
    item: str
    units: int
    points: int
    state: str
    until: str


_ERRORS = {400: Problem, 401: Problem, 404: Problem, 409: Problem, 422: Problem}


def hash_of(token: str) -> str:
    """Return what the desk keeps of a token."""
    return hashlib.sha256(token.encode()).hexdigest()


def make_partner(code: str, name: str) -> str:
    """Make a partner, or give it a new token instead of the one it had; the token is returned this once.

    Raises:
        UsageError: the code is none; orders' keys begin with it, beside those that begin with a member's number.
    """
    if not _CODE.fullmatch(code):
        raise UsageError(
            Both("제휴처의 코드로 쓸 수 없습니다", "this is no code of a partner"),
            Where(value=code),
            Both(
                "소문자로 시작해 소문자와 숫자로 적으십시오",
                "write small letters and digits, a letter first",
            ),
        )
    token = secrets.token_urlsafe(32)
    Partner.objects.update_or_create(code=code, defaults={"name": name, "token_sha256": hash_of(token), "active": True})
    return token


@api.get("/items", response={200: list[ItemOut], **_ERRORS}, tags=["catalogue"])
def items(request: HttpRequest) -> list[Item]:
    """Return what points buy today."""
    return redeeming.catalogue()


@api.get("/members/{number}", response={200: Balance, **_ERRORS}, tags=["members"])
def balance(request: HttpRequest, number: int) -> dict[str, object]:
    """Return the points of a member who allows the partner; the look is written down."""
    partner = _partner(request)
    member = consenting.served(number, partner)
    Look.objects.create(actor=f"partner {partner.code}", number=number, what="balance")
    return {"member": number, "points": member.account.balance, "synthetic": member.synthetic}


@api.post("/orders", response={201: OrderOut, 200: OrderOut, **_ERRORS}, tags=["orders"])
def order(
    request: HttpRequest, asked: Order, idempotency_key: str = Header(..., min_length=8, max_length=KEY_MAX)
) -> Status:
    """Hold the points of a member who allows the partner: 201 where it is new, 200 where the key made it before."""
    partner = _partner(request)
    key = f"{partner.code}/{idempotency_key}"
    before = Redemption.objects.select_related("member__account").filter(key=key, member__number=asked.member).first()
    # What is sent again is answered though the member has taken the word back since.
    member = before.member if before else consenting.served(asked.member, partner)
    item = Item.objects.select_related("shelf").filter(code=asked.item).first()
    if item is None:
        raise NotThere(
            Both("그런 항목이 없습니다", "there is no such item"),
            Where(value=asked.item),
            Both(f"{_HOME}/items에서 고르십시오", f"choose one of {_HOME}/items"),
        )
    made = redeeming.redeem(member, item, asked.units, key=key, partner=f"partner {partner.code}")
    return Status(200 if before else 201, _told(made))


@api.get("/orders/{number}", response={200: OrderOut, **_ERRORS}, tags=["orders"])
def one(request: HttpRequest, number: int) -> dict[str, object]:
    """Return one of the partner's own orders."""
    return _told(_own(request, number))


@api.post("/orders/{number}/deliver", response={200: OrderOut, **_ERRORS}, tags=["orders"])
def deliver(request: HttpRequest, number: int) -> dict[str, object]:
    """Say that an order has reached the member; saying it again changes nothing."""
    made = _own(request, number)
    redeeming.deliver(made, actor=f"partner {_partner(request).code}")
    return _told(made)


@api.post("/orders/{number}/cancel", response={200: OrderOut, **_ERRORS}, tags=["orders"])
def cancel(request: HttpRequest, number: int) -> dict[str, object]:
    """Give points and stock back; saying it again changes nothing."""
    made = _own(request, number)
    redeeming.cancel(made, actor=f"partner {_partner(request).code}")
    return _told(made)


def _status_of(error: MadangError) -> int:
    """Return the HTTP status that fits an error: 409 where the ledger refuses, 404 where nothing is found, else 400."""
    return 409 if isinstance(error, LedgerError) else 404 if isinstance(error, NotThere) else 400


say_errors_of(api, f"{_HOME}/openapi.json", _status_of)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Ask for a token."""
    return refusal(api, request, 401, _NO_TOKEN)


def _partner(request: HttpRequest) -> Partner:
    """Return the partner who asks."""
    partner: Partner = request.auth  # type: ignore[attr-defined]
    return partner


def _own(request: HttpRequest, number: int) -> Redemption:
    """Return an order of the partner's own; another's is as if it were not there."""
    mine = Redemption.objects.select_related("member", "item", "hold", "stock_hold")
    made = mine.filter(pk=number, partner=f"partner {_partner(request).code}").first()
    if made is None:
        raise NotThere(
            Both("그런 주문이 없습니다", "you have no such order"),
            Where(value=number),
            Both("주문할 때 받은 번호를 적으십시오", "give the number that the order was answered with"),
        )
    return made


def _told(made: Redemption) -> dict[str, object]:
    """Return an order as the interface tells it."""
    made.hold.refresh_from_db()
    return {
        "id": made.pk,
        "member": made.member.number,
        "item": made.item.code,
        "units": made.units,
        "points": made.points,
        "state": made.hold.state,
        "until": made.hold.until.isoformat(),
    }
