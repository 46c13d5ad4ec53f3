"""Spending points: held with the stock, then posted, made void, or given back when the time is over."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from django.db import connection, transaction
from django.db.models.base import ModelState
from django.utils.timezone import get_default_timezone, localdate, now

from madang.core.errors import Both, LedgerError, UsageError, Where
from madang.web.desks.eco_mileage.models import Item, Member, Redemption, Trail
from madang.web.desks.eco_mileage.services import books
from madang.web.ledger import holding
from madang.web.ledger.arrays import array
from madang.web.ledger.locks import BOOKS
from madang.web.ledger.models import Account, Book, Hold
from madang.web.ledger.moving import move
from madang.web.ledger.together import Together
from madang.web.ledger.writing import Draft, Moved
from madang.web.ledger.writing_all import NotTogether, call_at_once

#: How long a partner or an officer has to deliver before everything goes back.
HOURS = 72
#: The most units of one order.
UNITS_MAX = 1_000_000
_LASTING = dt.timedelta(hours=HOURS)
_ORDER_MANY = (
    "SELECT * FROM eco_order_all(%s, %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::varchar[],"
    " %s::varchar[], %s::bigint[], %s::bigint[], %s::bigint[], %s::varchar[], %s::varchar[], %s::timestamptz[],"
    " %s::date, %s::interval)"
)


def catalogue(day: dt.date | None = None) -> list[Item]:
    """Return what can be bought on a day, in the order of titles."""
    on = day or localdate()
    items = Item.objects.select_related("shelf").filter(valid_from__lte=on).exclude(valid_until__lt=on)
    return list(items.order_by("way", "code"))


def put_up(
    code: str, *, way: str, title: tuple[str, str], unit_points: int, units_min: int = 1, stock: int | None = None,
    at_once: bool = False, valid_from: dt.date, valid_until: dt.date | None = None, by: str, key: str = "",
) -> Item:  # fmt: skip
    """Put something into the catalogue, or change its wording, price and dates from now on; stock is added to.

    The same ``key`` adds to the stock once; without one every call adds.

    Raises:
        UsageError: the way is none, or a number that can't be.
    """
    if way not in Item.Way.values or unit_points < 1 or units_min < 1:
        raise UsageError(
            Both(
                "종류, 0보다 큰 포인트, 1개 이상의 단위가 필요합니다",
                "an item needs a way, points above zero and at least one unit",
            ),
            Where(value=code),
            Both("고치십시오", "correct it"),
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
            move(supply, shelf, stock, key=f"stock/{code}/{key or trail.pk}", kind="stock", event_day=localdate())
            shelf.refresh_from_db()
    return item


@lru_cache(maxsize=256)
def _day_of(quarter: dt.datetime) -> dt.date:
    """Return the day in the city of the quarter of an hour that begins at a moment: no day begins within one."""
    return localdate(quarter, get_default_timezone())


@dataclass(frozen=True)
class _Order:
    """What somebody asks for, with the moment that counts."""

    member: Member
    item: Item
    units: int
    key: str
    partner: str
    at: dt.datetime

    @cached_property
    def day(self) -> dt.date:
        """Return the day in the city."""
        return _day_of(self.at.replace(minute=self.at.minute // 15 * 15, second=0, microsecond=0))

    @property
    def until(self) -> dt.datetime:
        """Return until when it can be delivered."""
        return self.at + _LASTING

    @property
    def points(self) -> int:
        """Return the points it takes."""
        return self.units * self.item.unit_points

    @property
    def actor(self) -> str:
        """Return who stands in the trail."""
        return self.partner or f"member {self.member.number}"


def redeem(
    member: Member, item: Item, units: int, *, key: str, partner: str = "", at: dt.datetime | None = None
) -> Redemption:
    """Hold a member's points, and the stock, for something; the same key asks for nothing twice.

    Those who order at the same moment share one commit; each is answered after it.

    Raises:
        Overdrawn: too few points, or too little in stock.
        UsageError: not for sale on the day, or fewer than the smallest number of units.
        LedgerError: the key was used for something else.
    """
    order = _Order(member, item, units, key, partner, at or now())
    refused = _refusal(order)
    if refused is None:
        return _counter(order)
    before = _before(order)
    if before is None:
        raise refused
    return before


def _before(order: _Order) -> Redemption | None:
    """Return what the same key asked for earlier, if it did.

    Raises:
        LedgerError: it asked for something else.
    """
    made = Redemption.objects.filter(key=order.key).first()
    if made is None:
        return None
    if (made.member_id, made.item_id, made.units) != (order.member.pk, order.item.pk, order.units):
        raise LedgerError(
            Both("이 주문 열쇠는 다른 주문에 쓰였습니다", "this key has asked for something else"),
            Where(value=order.key),
            Both("새 열쇠를 쓰십시오", "take a new key"),
        )
    return made


def _redeem_alone(order: _Order) -> Redemption:
    """Serve one order, whatever its key did before."""
    before = _before(order)
    if before is not None:
        return before
    with transaction.atomic():
        kept = holding.hold(
            Account.objects.get(pk=order.member.account_id), books.sink("held"), books.sink(order.item.way),
            order.points, key=f"redeem/{order.key}", kind="redeem", event_day=order.day, until=order.until, at=order.at,
        )  # fmt: skip
        made, new = Redemption.objects.get_or_create(
            key=order.key,
            defaults={
                "member": order.member, "item": order.item, "units": order.units, "points": order.points, "hold": kept,
                "stock_hold": _hold_stock(order), "partner": order.partner, "made_at": order.at,
            },
        )  # fmt: skip
        if new:
            _ordered(order).save()
        if order.item.at_once:
            deliver(made, actor=order.actor, at=order.at)
    return made


def _redeem_all(orders: Sequence[_Order]) -> list[Redemption]:
    """Serve many new orders in one transaction of their own, in a few statements altogether.

    Raises:
        NotTogether: a key was used before, one of them can't be served, or midnight lies between them.
    """
    if len({order.key for order in orders}) < len(orders) or len({order.day for order in orders}) > 1:
        raise NotTogether
    at_once = [order for order in orders if order.item.at_once]
    if connection.vendor == "postgresql" and not at_once:
        return _redeem_in_one_call(orders)
    with transaction.atomic():
        return _redeem_step_by_step(orders)


def _redeem_in_one_call(orders: Sequence[_Order]) -> list[Redemption]:
    """Serve new orders in one round trip: ``schema.ORDER_MANY`` writes what ``_redeem_step_by_step`` does."""
    members, items = [order.member for order in orders], [order.item for order in orders]
    columns = (
        [one.id for one in members], [one.number for one in members], [one.account_id for one in members],
        [one.id for one in items], [one.code for one in items], [one.way for one in items],
        [one.shelf_id for one in items], [order.units for order in orders], [order.points for order in orders],
        [order.key for order in orders], [order.partner for order in orders], [order.at for order in orders],
    )  # fmt: skip
    said = [BOOKS, *map(array, columns), orders[0].day, _LASTING]
    numbers, holds, pieces = call_at_once(_ORDER_MANY, said)
    return [_written(*one) for one in zip(orders, numbers, holds, pieces, strict=True)]


def _written(order: _Order, pk: int, hold_id: int, stock_hold_id: int | None) -> Redemption:
    """Return an order as it stands in the database.

    Made as Django makes a model that was pickled: by its state. A call of the class sets attribute by attribute and
    tells two signals that nobody hears, for six times as long.
    """
    state = ModelState()
    state.db, state.adding = connection.alias, False
    state.fields_cache = {"member": order.member, "item": order.item}
    made = Redemption.__new__(Redemption)
    made.__dict__ = {
        "_state": state, "id": pk, "member_id": order.member.id, "item_id": order.item.id, "units": order.units,
        "points": order.points, "hold_id": hold_id, "stock_hold_id": stock_hold_id, "key": order.key,
        "partner": order.partner, "made_at": order.at,
    }  # fmt: skip
    return made


def _redeem_step_by_step(orders: Sequence[_Order]) -> list[Redemption]:
    """Serve new orders by a statement for each table."""
    if Redemption.objects.filter(key__in=[order.key for order in orders]).exists():
        raise NotTogether
    points, stock = books.points(), books.stock()
    to = {(one.book_id, one.kind): one for one in Account.objects.filter(book__in=(points, stock), guarded=False)}
    limited = [order for order in orders if order.item.shelf_id is not None]
    try:
        kept = holding.hold_all([_draft(order, points, order.member.account_id, order.points, to) for order in orders])
        pieces = holding.hold_all([_draft(order, stock, order.item.shelf_id, order.units, to) for order in limited])
    except KeyError as error:
        # The first order of its kind opens the account it needs, by itself.
        raise NotTogether from error
    on_shelf = dict(zip((order.key for order in limited), pieces, strict=True))
    made = Redemption.objects.bulk_create(
        [
            Redemption(
                key=order.key, member=order.member, item=order.item, units=order.units, points=order.points, hold=one,
                stock_hold=on_shelf.get(order.key), partner=order.partner, made_at=order.at,
            )
            for order, one in zip(orders, kept, strict=True)
        ]
    )  # fmt: skip
    notes = [_ordered(order) for order in orders]
    notes += _deliver_at_once([(order, one) for order, one in zip(orders, made, strict=True) if order.item.at_once], to)
    Trail.objects.bulk_create(notes)
    return made


def _draft(
    order: _Order, book: Book, giver_id: int | None, amount: int, to: dict[tuple[int, str], Account]
) -> holding.HoldDraft:
    """Return what is to be held of a member's points, or of a shelf's pieces."""
    of_points = book.code == books.POINTS
    giver = Account(pk=giver_id, book=book, guarded=True)
    key = f"redeem/{order.key}" if of_points else f"redeem/{order.key}/stock"
    move = Draft(
        giver=giver, taker=to[book.pk, "held"], amount=amount, key=key, kind="redeem", event_day=order.day,
        lot_day=order.day, at=order.at,
    )  # fmt: skip
    taker = to[book.pk, order.item.way if of_points else "delivered"]
    return holding.HoldDraft(move=move, taker=taker, until=order.until)


def _deliver_at_once(served: Sequence[tuple[_Order, Redemption]], to: dict[tuple[int, str], Account]) -> list[Trail]:
    """Post what can't be taken back, and return what the trail says of it."""
    accounts = {one.pk: one for one in to.values()}
    for of_stock in (False, True):
        holds = [made.stock_hold if of_stock else made.hold for _, made in served]
        kept = [one for one in holds if one is not None]
        for one in kept:
            one.held, one.taker = accounts[one.held_id], accounts[one.taker_id]
        if kept:
            holding.post_all(kept, event_day=served[0][0].day, at=max(order.at for order, _ in served))
    return [_noted(made, order.actor, "delivered") for order, made in served]


def _ordered(order: _Order) -> Trail:
    """Return what the trail says of an order."""
    detail = {"item": order.item.code, "units": order.units, "points": order.points}
    return Trail(actor=order.actor, act="redeemed", about=str(order.member.number), detail=detail)


#: Where everybody orders: alone, or together with those who come at the same moment.
_counter = Together(_redeem_alone, _redeem_all)


def _refusal(order: _Order) -> UsageError | None:
    """Return why something can't be asked for, if it can't."""
    item = order.item
    if order.member.left_on is not None:
        return UsageError(
            Both("탈퇴한 회원입니다", "this member has left"),
            Where(value=order.member.number),
            Both("아무것도 살 수 없습니다", "nothing can be bought"),
        )
    if item.valid_from > order.day or (item.valid_until is not None and item.valid_until < order.day):
        return UsageError(
            Both("그날에는 쓸 수 없는 항목입니다", "this is not for sale on the day"),
            Where(value=item.code, day=order.day),
            Both("쓸 곳을 보십시오", "see the catalogue"),
        )
    if order.units < item.units_min:
        return UsageError(
            Both(f"최소 개수는 {item.units_min}입니다", f"the smallest number of units is {item.units_min}"),
            Where(value=order.units),
            Both("더 많이 고르십시오", "ask for more"),
        )
    if order.units > UNITS_MAX:
        return UsageError(
            Both(f"한 번에 {UNITS_MAX:,}개까지 살 수 있습니다", f"one order is of at most {UNITS_MAX:,} units"),
            Where(value=order.units),
            Both("더 적게 고르십시오", "ask for fewer"),
        )
    return None


def _hold_stock(order: _Order) -> Hold | None:
    """Hold pieces on the shelf, for as long as the points; None where nothing runs out."""
    if order.item.shelf is None:
        return None
    book = books.stock()
    return holding.hold(
        order.item.shelf, books.sink("held", book), books.sink("delivered", book), order.units,
        key=f"redeem/{order.key}/stock", kind="redeem", event_day=order.day, until=order.until, at=order.at,
    )  # fmt: skip


def deliver(made: Redemption, *, actor: str, at: dt.datetime | None = None) -> None:
    """Post a redemption: what was asked for has reached the member. Again changes nothing."""
    moment = at or now()
    with transaction.atomic():
        done = [holding.post(kept, event_day=localdate(moment), at=moment) for kept in _holds(made)]
        _note(made, actor, "delivered", done)


def cancel(made: Redemption, *, actor: str, at: dt.datetime | None = None) -> None:
    """Make a redemption void: points and stock go back. Again changes nothing."""
    moment = at or now()
    with transaction.atomic():
        done = [holding.void(kept, event_day=localdate(moment), at=moment) for kept in _holds(made)]
        _note(made, actor, "cancelled", done)


def give_back_late(*, at: dt.datetime | None = None) -> int:
    """Give back points and stock of all redemptions whose time is over, each as a whole; return how many."""
    moment = at or now()
    late = Redemption.objects.filter(hold__state=Hold.State.PENDING, hold__until__lte=moment).order_by("hold__until")
    return sum(_give_back_one(made, moment) for made in late.select_related("member", "item", "hold", "stock_hold"))


def _give_back_one(made: Redemption, moment: dt.datetime) -> bool:
    """Give back what one redemption holds and write it down, all or nothing; return whether this call did."""
    with transaction.atomic():
        given = [holding.time_out_one(kept, at=moment) for kept in _holds(made)]
        if any(given):
            _noted(made, "clock", "timed out").save()
    return any(given)


def _holds(made: Redemption) -> list[Hold]:
    """Return what is held for an order: points, and pieces where there is a stock."""
    return [kept for kept in (made.hold, made.stock_hold) if kept is not None]


def _note(made: Redemption, actor: str, act: str, done: Sequence[Moved]) -> None:
    """Write an act down where it moved anything; what an earlier call had moved stands in the trail already."""
    if not all(one.replayed for one in done):
        _noted(made, actor, act).save()


def _noted(made: Redemption, actor: str, act: str) -> Trail:
    """Return what the trail says of an order's end."""
    detail = {"item": made.item.code, "units": made.units}
    return Trail(actor=actor, act=act, about=f"{made.member.number}/{made.pk}", detail=detail)
