"""Spending points: held with the stock, then posted, made void, or given back when the time is over."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.timezone import localdate, now

from madang.core.errors import LedgerError, UsageError, Where
from madang.web.desks.eco_mileage.models import Item, Member, Redemption, Trail
from madang.web.desks.eco_mileage.services import books
from madang.web.ledger import holding
from madang.web.ledger.models import Account, Hold
from madang.web.ledger.moving import move

#: How long a partner or an officer has to deliver before everything goes back.
HOURS = 72


def catalogue(day: dt.date | None = None) -> list[Item]:
    """Return what can be bought on a day, in the order of titles."""
    on = day or localdate()
    items = Item.objects.select_related("shelf").filter(valid_from__lte=on).exclude(valid_until__lt=on)
    return list(items.order_by("way", "code"))


def put_up(
    code: str, *, way: str, title: tuple[str, str], unit_points: int, units_min: int = 1, stock: int | None = None,
    at_once: bool = False, valid_from: dt.date, valid_until: dt.date | None = None, by: str,
) -> Item:  # fmt: skip
    """Put something into the catalogue, or change its wording, price and dates from now on; stock is added to.

    Raises:
        UsageError: the way is none, or a number that can't be.
    """
    if way not in Item.Way.values or unit_points < 1 or units_min < 1:
        raise UsageError(
            "an item needs a way, points above zero and at least one unit", Where(value=code), "correct it"
        )
    with transaction.atomic():
        shelf = books.open_account(books.stock(), "shelf", code, guarded=True) if stock is not None else None
        item, _ = Item.objects.update_or_create(
            code=code,
            defaults={
                "way": way, "title_ko": title[0], "title_en": title[1], "unit_points": unit_points,
                "units_min": units_min, "at_once": at_once, "valid_from": valid_from, "valid_until": valid_until,
                **({"shelf": shelf} if shelf else {}),
            },
        )  # fmt: skip
        trail = Trail.objects.create(
            actor=by, act="catalogue", about=code, detail={"points": unit_points, "stock": stock}
        )
        if shelf is not None and stock:
            supply = books.sink("supply", books.stock())
            move(supply, shelf, stock, key=f"stock/{code}/{trail.pk}", kind="stock", event_day=localdate())
    return item


def redeem(
    member: Member, item: Item, units: int, *, key: str, partner: str = "", at: dt.datetime | None = None
) -> Redemption:
    """Hold a member's points, and the stock, for something; the same key asks for nothing twice.

    Raises:
        Overdrawn: too few points, or too little in stock.
        UsageError: not for sale on the day, or fewer than the smallest number of units.
        LedgerError: the key was used for something else.
    """
    moment = at or now()
    day = localdate(moment)
    before = Redemption.objects.filter(key=key).first()
    if before is not None:
        if (before.member_id, before.item_id, before.units) != (member.pk, item.pk, units):
            raise LedgerError("this key has asked for something else", Where(value=key), "take a new key")
        return before
    _check(item, units, day, member)
    points = units * item.unit_points
    with transaction.atomic():
        kept = holding.hold(
            Account.objects.get(pk=member.account_id), books.sink("held"), books.sink(item.way), points,
            key=f"redeem/{key}", kind="redeem", event_day=day, until=moment + dt.timedelta(hours=HOURS), at=moment,
        )  # fmt: skip
        made, new = Redemption.objects.get_or_create(
            key=key,
            defaults={
                "member": member, "item": item, "units": units, "points": points, "hold": kept,
                "stock_hold": _hold_stock(item, units, key, day, moment), "partner": partner, "made_at": moment,
            },
        )  # fmt: skip
        if new:
            Trail.objects.create(
                actor=partner or f"member {member.number}", act="redeemed", about=str(member.number),
                detail={"item": item.code, "units": units, "points": points},
            )  # fmt: skip
        if item.at_once:
            deliver(made, actor=partner or f"member {member.number}", at=moment)
    return made


def _check(item: Item, units: int, day: dt.date, member: Member) -> None:
    """Raise where something can't be asked for."""
    if member.left_on is not None:
        raise UsageError("this member has left", Where(value=member.number), "nothing can be bought")
    if item.valid_from > day or (item.valid_until is not None and item.valid_until < day):
        raise UsageError("this is not for sale on the day", Where(value=item.code, day=day), "see the catalogue")
    if units < item.units_min:
        raise UsageError(f"the smallest number of units is {item.units_min}", Where(value=units), "ask for more")


def _hold_stock(item: Item, units: int, key: str, day: dt.date, moment: dt.datetime) -> Hold | None:
    """Hold pieces on the shelf, for as long as the points; None where nothing runs out."""
    if item.shelf is None:
        return None
    book = books.stock()
    return holding.hold(
        item.shelf, books.sink("held", book), books.sink("delivered", book), units,
        key=f"redeem/{key}/stock", kind="redeem", event_day=day, until=moment + dt.timedelta(hours=HOURS), at=moment,
    )  # fmt: skip


def deliver(made: Redemption, *, actor: str, at: dt.datetime | None = None) -> None:
    """Post a redemption: what was asked for has reached the member. Again changes nothing."""
    moment = at or now()
    with transaction.atomic():
        for kept in filter(None, (made.hold, made.stock_hold)):
            holding.post(kept, event_day=localdate(moment), at=moment)
        _note(made, actor, "delivered")


def cancel(made: Redemption, *, actor: str, at: dt.datetime | None = None) -> None:
    """Make a redemption void: points and stock go back. Again changes nothing."""
    moment = at or now()
    with transaction.atomic():
        for kept in filter(None, (made.hold, made.stock_hold)):
            holding.void(kept, event_day=localdate(moment), at=moment)
        _note(made, actor, "cancelled")


def give_back_late(*, at: dt.datetime | None = None) -> int:
    """Give back points and stock of all redemptions whose time is over; return how many."""
    given = holding.time_out(at=at, book_id=books.points().pk)
    holding.time_out(at=at, book_id=books.stock().pk)
    for kept in given:
        Trail.objects.create(actor="clock", act="timed out", about=kept.giver.owner, detail={"points": kept.amount})
    return len(given)


def _note(made: Redemption, actor: str, act: str) -> None:
    """Write an act down once."""
    about = f"{made.member.number}/{made.pk}"
    if not Trail.objects.filter(act=act, about=about).exists():
        Trail.objects.create(actor=actor, act=act, about=about, detail={"item": made.item.code, "units": made.units})
