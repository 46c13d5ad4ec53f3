"""Every way of spending, in its two phases: held, then delivered, cancelled, or given back when its time is over."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction
from django.test.utils import CaptureQueriesContext

from madang.core.errors import LedgerError, Overdrawn, UsageError
from madang.web.desks.eco_mileage.models import Item, Member, Redemption, Trail
from madang.web.desks.eco_mileage.services import books, redeeming
from madang.web.ledger import holding
from madang.web.ledger.checking import check_book, liability
from madang.web.ledger.models import Account, Hold, Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.writing_all import NotTogether

DAY = dt.date(2024, 7, 1)
NOON = dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC)
LATE = NOON + dt.timedelta(hours=redeeming.HOURS)
EACH_WAY = pytest.mark.parametrize(("way", "stock"), [(way, stock) for way in Item.Way.values for stock in (None, 9)])


@pytest.fixture
def member(joined):
    """Return a member with 50,000 points."""
    move(books.sink("city"), joined[1].account, 50_000, key="gift", kind="half_year 2024-01", event_day=DAY)
    return joined[1]


def put_up(way, stock, **more):
    return redeeming.put_up(
        way, way=way, title=(way, way), unit_points=5_000, units_min=2, stock=stock, valid_from=DAY, by="lee", **more
    )


def left(member, item):
    """Return the member's points and the pieces on the shelf."""
    return Account.objects.get(pk=member.account_id).balance, Item.objects.get(pk=item.pk).stock


def delivered(way):
    """Return how many points have reached what a way stands for."""
    return sum(Transfer.objects.filter(taker=books.sink(way)).values_list("amount", flat=True))


@EACH_WAY
def test_what_is_ordered_is_held_and_reaches_its_sink_only_on_delivery(member, way, stock):
    item = put_up(way, stock)
    made = redeeming.redeem(member, item, 3, key="k", at=NOON)
    assert left(member, item) == (35_000, stock and 6)
    assert (liability(books.points()).held, delivered(way)) == (15_000, 0)
    redeeming.deliver(made, actor="lee", at=NOON)
    assert (liability(books.points()).held, delivered(way)) == (0, 15_000)
    with pytest.raises(LedgerError, match="the hold can't become void: it is posted already"):
        redeeming.cancel(made, actor="lee", at=NOON)
    assert check_book(books.points()).outstanding == 35_000


@EACH_WAY
def test_what_is_cancelled_comes_back_whole(member, way, stock):
    item = put_up(way, stock)
    made = redeeming.redeem(member, item, 2, key="k", at=NOON)
    for _ in range(2):
        redeeming.cancel(made, actor="lee", at=NOON)
    assert (left(member, item), delivered(way)) == ((50_000, stock), 0)
    with pytest.raises(LedgerError, match="the hold can't become posted: it is void already"):
        redeeming.deliver(made, actor="lee", at=NOON)


@EACH_WAY
def test_what_nobody_delivers_in_time_comes_back_by_the_clock(member, way, stock):
    item = put_up(way, stock)
    made = redeeming.redeem(member, item, 2, key="k", at=NOON)
    assert redeeming.give_back_late(at=LATE - dt.timedelta(seconds=1)) == 0
    with pytest.raises(LedgerError, match="the hold can't become posted: its time is over"):
        redeeming.deliver(made, actor="lee", at=LATE)
    assert (redeeming.give_back_late(at=LATE), redeeming.give_back_late(at=LATE)) == (1, 0)
    assert (left(member, item), delivered(way)) == ((50_000, stock), 0)
    assert Hold.objects.get(pk=made.hold_id).state == Hold.State.TIMED_OUT
    assert check_book(books.points()).outstanding == 50_000


def test_a_late_order_goes_back_whole_and_is_written_down_once_though_cut_off_between(member, monkeypatch):
    item = put_up("voucher", 10)
    made = redeeming.redeem(member, item, 2, key="k", at=NOON)
    whole = holding.time_out_one

    def cut_off_at_the_stock(kept, *, at):
        if kept.pk == made.stock_hold_id:
            raise OSError("killed")
        return whole(kept, at=at)

    monkeypatch.setattr(holding, "time_out_one", cut_off_at_the_stock)
    with pytest.raises(OSError, match="killed"):
        redeeming.give_back_late(at=LATE)
    assert Hold.objects.get(pk=made.hold_id).state == Hold.State.PENDING
    monkeypatch.setattr(holding, "time_out_one", whole)
    assert (redeeming.give_back_late(at=LATE), redeeming.give_back_late(at=LATE)) == (1, 0)
    assert left(member, item) == (50_000, 10)
    told = Trail.objects.filter(act="timed out").values_list("about", "detail")
    assert list(told) == [(f"{member.number}/{made.pk}", {"item": item.code, "units": 2})]


@EACH_WAY
def test_fewer_than_the_smallest_units_and_more_than_there_is_take_nothing(member, way, stock):
    item = put_up(way, stock)
    with pytest.raises(UsageError, match="the smallest number of units is 2"):
        redeeming.redeem(member, item, 1, key="few", at=NOON)
    with pytest.raises(Overdrawn, match="which is less than"):
        redeeming.redeem(member, item, 11, key="many", at=NOON)
    assert (left(member, item), Redemption.objects.count()) == ((50_000, stock), 0)


@pytest.mark.parametrize("wrong", [{"way": "gold"}, {"unit_points": 0}, {"units_min": 0}])
def test_an_item_of_no_known_way_or_for_nothing_is_not_put_up(db, wrong):
    given = {"way": "tax", "title": ("세금", "tax"), "unit_points": 1, "units_min": 1, "valid_from": DAY, "by": "lee"}
    with pytest.raises(UsageError, match="an item needs a way, points above zero and at least one unit"):
        redeeming.put_up("odd", **{**given, **wrong})
    assert not Item.objects.filter(code="odd").exists()
    assert redeeming.put_up("odd", **given).unit_points == 1


def test_stock_put_up_again_is_added_once_for_a_key_and_each_time_without_one(member):
    for key in ("delivery 1", "delivery 1", "", ""):
        item = put_up("voucher", 9, key=key)
    assert left(member, item) == (50_000, 27)
    assert left(member, put_up("voucher", None)) == (50_000, 27)


def test_what_is_put_up_is_handed_back_with_the_stock_it_then_has(db):
    handed_back = [put_up("voucher", 9, key=key).stock for key in ("delivery 1", "delivery 1", "delivery 2")]
    assert handed_back == [9, 9, 18]
    assert [put_up("voucher", stock).stock for stock in (None, 0, 4)] == [18, 18, 22]


def test_an_item_is_for_sale_from_its_first_day_to_its_last(member):
    last = DAY + dt.timedelta(days=1)
    item = put_up("tree", None, valid_until=last)
    days = [DAY - dt.timedelta(days=1), DAY, last, last + dt.timedelta(days=1)]
    assert [item in redeeming.catalogue(day) for day in days] == [False, True, True, False]
    sold = []
    for day in days:
        try:
            redeeming.redeem(member, item, 2, key=str(day), at=dt.datetime.combine(day, NOON.time(), dt.UTC))
        except UsageError:
            continue
        sold.append(day)
    assert sold == [DAY, last]


def test_one_order_is_of_at_most_a_million_units(member):
    item = put_up("tree", None)
    with pytest.raises(UsageError, match="one order is of at most 1,000,000 units"):
        redeeming.redeem(member, item, 1_000_001, key="k", at=NOON)
    with pytest.raises(Overdrawn, match="less than 5,000,000,000"):
        redeeming.redeem(member, item, 1_000_000, key="k", at=NOON)


def test_who_has_left_orders_nothing_and_is_told_so(member):
    item = put_up("tree", None)
    made = redeeming.redeem(member, item, 2, key="before", at=NOON)
    Member.objects.filter(pk=member.pk).update(left_on=DAY)
    gone = Member.objects.get(pk=member.pk)
    with pytest.raises(UsageError, match="this member has left"):
        redeeming.redeem(gone, item, 2, key="after", at=NOON)
    assert redeeming.redeem(gone, item, 2, key="before", at=NOON) == made


@pytest.mark.parametrize(("end", "act"), [(redeeming.deliver, "delivered"), (redeeming.cancel, "cancelled")])
def test_the_end_of_an_order_stands_in_the_trail_once(member, end, act):
    made = redeeming.redeem(member, put_up("voucher", 9), 2, key="k", at=NOON)
    for _ in range(2):
        end(made, actor="lee", at=NOON)
    told = Trail.objects.filter(act=act).values_list("actor", "about", "detail")
    assert list(told) == [("lee", f"{member.number}/{made.pk}", {"item": "voucher", "units": 2})]


def test_many_orders_final_at_once_take_points_and_pieces_for_good(member):
    item = put_up("voucher", 9, at_once=True)
    redeeming.redeem(member, item, 2, key="first", at=NOON)
    orders = [redeeming._Order(member, item, 2, key, "", NOON) for key in ("a", "b")]
    made = redeeming._redeem_all(orders)
    states = Hold.objects.filter(book__in=(books.points(), books.stock())).values_list("state", flat=True)
    assert list(states) == ["posted"] * 6
    assert (left(member, item), delivered("voucher")) == ((20_000, 3), 30_000)
    assert (liability(books.stock()).held, liability(books.stock()).spent) == (0, 6)
    told = Trail.objects.filter(act="delivered", about__in=[f"{member.number}/{one.pk}" for one in made])
    assert told.count() == 2


def test_orders_of_two_days_are_not_served_together(member):
    item = put_up("tree", None)
    redeeming.redeem(member, item, 2, key="first", at=NOON)
    # Midnight in Seoul is 15:00 UTC.
    night = NOON.replace(hour=14, minute=59, second=59)
    days = [redeeming._Order(member, item, 2, key, "", at) for key, at in (("a", night), ("b", NOON.replace(hour=15)))]
    assert [order.day for order in days] == [DAY, DAY + dt.timedelta(days=1)]
    with pytest.raises(NotTogether), transaction.atomic():
        redeeming._redeem_all(days)


def test_an_item_is_never_deleted_so_that_an_order_need_not_look_at_it(member):
    item = put_up("tree", None)
    with pytest.raises(DatabaseError, match="eco_mileage_item is never deleted"), transaction.atomic():
        item.delete()
    assert Item.objects.filter(pk=item.pk).exists()


def test_a_member_is_never_deleted_so_that_an_order_need_not_look_at_them(member):
    with pytest.raises(DatabaseError, match="eco_mileage_member is never deleted"), transaction.atomic():
        member.delete()
    assert Member.objects.filter(pk=member.pk).exists()


def written(orders, serve):
    """Return all that serving orders writes, in the order asked, without numbers that count on; undo it."""
    with transaction.atomic():
        made = serve(orders)
        keys = [one.key for one in made]
        said = [
            [
                (one.key, one.member_id, one.item_id, one.units, one.points, one.partner, one.made_at),
                *(kept and (kept.key, kept.amount, kept.giver_id, kept.held_id, kept.taker_id, kept.until, kept.state)
                  for kept in (one.hold, one.stock_hold)),
                *(kept and list(Transfer.objects.filter(pk=kept.transfer_id).values_list(
                    "key", "giver_id", "taker_id", "amount", "kind", "event_day", "lot_day", "posted_at"))
                  for kept in (one.hold, one.stock_hold)),
            ]
            for one in Redemption.objects.filter(pk__in=[one.pk for one in made]).order_by("pk")
        ]  # fmt: skip
        notes = list(Trail.objects.filter(act="redeemed").order_by("pk").values("actor", "act", "about", "detail"))
        accounts = list(Account.objects.order_by("pk").values_list("pk", "balance", "debited"))
        transaction.set_rollback(True)
    return keys, said, notes, accounts


def test_many_orders_at_once_write_what_each_step_by_itself_would(member):
    plain, scarce = put_up("tree", None), put_up("voucher", 9)
    move(books.sink("city"), member.account, 50_000, key="more", kind="half_year 2024-02", event_day=DAY)
    # The first order of each kind opens the accounts it needs.
    for number, item in enumerate((plain, scarce)):
        redeeming.redeem(member, item, 2, key=f"first {number}", at=NOON)
    said = [("a", plain, ""), ("b", scarce, 'the "partner" \\ {x, y}'), ("c, {d}", plain, "p"), ('"e"', scarce, "")]
    orders = [
        redeeming._Order(member, item, 2 + (key == "b"), key, partner, NOON + dt.timedelta(seconds=place))
        for place, (key, item, partner) in enumerate(said)
    ]
    at_once, by_steps = written(orders, redeeming._redeem_all), written(orders, redeeming._redeem_step_by_step)
    assert at_once == by_steps
    assert at_once[0] == [key for key, *_ in said]
    assert [one[2] is not None for one in at_once[1]] == [False, True, False, True]


def test_an_order_is_handed_back_as_the_database_has_it(member):
    plain, scarce = put_up("tree", None), put_up("voucher", 9)
    for number, item in enumerate((plain, scarce)):
        redeeming.redeem(member, item, 2, key=f"first {number}", at=NOON)
    orders = [redeeming._Order(member, item, 2, item.code, "p", NOON) for item in (plain, scarce)]
    for made in redeeming._redeem_all(orders):
        kept = Redemption.objects.get(key=made.key)
        assert made == kept
        assert not made._state.adding
        names = [field.attname for field in Redemption._meta.concrete_fields]
        assert {name: made.__dict__[name] for name in names} == {name: getattr(kept, name) for name in names}
        with CaptureQueriesContext(connection) as asked:
            assert (made.member, made.item) == (member, kept.item)
        # The one that the comparison needs.
        assert len(asked) == 1


@pytest.mark.parametrize("why", ["points", "pieces", "key"])
def test_where_one_of_many_orders_cant_be_served_none_is(member, why):
    item = put_up("voucher", 9)
    redeeming.redeem(member, item, 2, key="first", at=NOON)
    before = left(member, item)
    units, key = {"points": (9, "b"), "pieces": (6, "b"), "key": (2, "first")}[why]
    orders = [redeeming._Order(member, item, count, one, "", NOON) for count, one in ((2, "a"), (units, key))]
    with pytest.raises(NotTogether), transaction.atomic():
        redeeming._redeem_all(orders)
    assert (left(member, item), Redemption.objects.count()) == (before, 1)


@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite writes one after the other")
def test_what_writes_many_orders_keeps_one_plan(db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT proconfig FROM pg_proc WHERE proname = 'eco_order_all'")
        assert set(cursor.fetchone()[0]) == {"enable_seqscan=off", "plan_cache_mode=force_generic_plan"}
