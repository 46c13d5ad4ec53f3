"""The partners' interface: what can be bought, a member's balance, orders. Every order bears an idempotency key."""

from __future__ import annotations

import hashlib
import secrets
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import Field, Header, NinjaAPI, Schema, Status
from ninja.errors import HttpError, ValidationError
from ninja.security import HttpBearer

from madang.core.errors import LedgerError, MadangError, Overdrawn
from madang.web.api.refusing import first_fault, refusal
from madang.web.desks.eco_mileage.models import Item, Look, Partner, Redemption
from madang.web.desks.eco_mileage.services import people, redeeming

KEY_MAX = 60


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
    description="Shops, card firms and offices redeem points here. POST /orders bears an Idempotency-Key: the same "
    "key and order again are answered with the first order, and take nothing twice.",
)


class Problem(Schema):
    """An error: what, where, what to do."""

    what: str
    where: str | None = None
    todo: str | None = None


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
    """What is asked for."""

    member: int = Field(ge=1, le=2**53)
    item: str = Field(min_length=1, max_length=60)
    units: int = Field(ge=1, le=1_000_000)


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
    """Make a partner, or give it a new token instead of the one it had; the token is returned this once."""
    token = secrets.token_urlsafe(32)
    Partner.objects.update_or_create(code=code, defaults={"name": name, "token_sha256": hash_of(token), "active": True})
    return token


@api.get("/items", response={200: list[ItemOut], **_ERRORS}, tags=["catalogue"])
def items(request: HttpRequest) -> list[Item]:
    """Return what points buy today."""
    return redeeming.catalogue()


@api.get("/members/{number}", response={200: Balance, **_ERRORS}, tags=["members"])
def balance(request: HttpRequest, number: int) -> dict[str, object]:
    """Return a member's points; the look is written down."""
    member = people.find(number)
    Look.objects.create(actor=f"partner {_partner(request).code}", number=number, what="balance")
    return {"member": number, "points": member.account.balance, "synthetic": member.synthetic}


@api.post("/orders", response={201: OrderOut, 200: OrderOut, **_ERRORS}, tags=["orders"])
def order(
    request: HttpRequest, asked: Order, idempotency_key: str = Header(..., min_length=8, max_length=KEY_MAX)
) -> Status:
    """Hold a member's points for an order: 201 where it is new, 200 where the key has made it before."""
    partner = _partner(request)
    member, item = people.find(asked.member), Item.objects.select_related("shelf").filter(code=asked.item).first()
    if item is None:
        raise HttpError(404, "there is no such item")
    key = f"{partner.code}/{idempotency_key}"
    before = Redemption.objects.filter(key=key).exists()
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


@api.exception_handler(MadangError)
def _of_the_family(request: HttpRequest, error: MadangError) -> HttpResponse:
    """Say an error of the family: 409 where the ledger refuses, 404 where nobody is found, else 400."""
    status = 409 if isinstance(error, (Overdrawn, LedgerError)) else 404 if "there is no member" in error.what else 400
    return refusal(api, request, status, error.what, error.where, error.todo)


@api.exception_handler(HttpError)
def _of_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    """Say an error of the interface."""
    return refusal(api, request, error.status_code, str(error))


@api.exception_handler(ValidationError)
def _not_as_described(request: HttpRequest, error: ValidationError) -> HttpResponse:
    """Say which part isn't as the description has it."""
    return refusal(api, request, 422, *first_fault(error), "see openapi.json")


def _partner(request: HttpRequest) -> Partner:
    """Return the partner who asks."""
    partner: Partner = request.auth  # type: ignore[attr-defined]
    return partner


def _own(request: HttpRequest, number: int) -> Redemption:
    """Return an order of the partner's own; another's is as if it were not there."""
    mine = Redemption.objects.select_related("member", "item", "hold", "stock_hold")
    made = mine.filter(pk=number, partner=f"partner {_partner(request).code}").first()
    if made is None:
        raise HttpError(404, "you have no such order")
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
