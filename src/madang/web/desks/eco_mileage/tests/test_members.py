"""Members: joining, personal data sealed and every look written down, redeeming, expiry, leaving."""

from __future__ import annotations

import datetime as dt

import pytest
from cryptography.fernet import Fernet
from django.contrib.auth import get_user_model

from madang.core.errors import DataError, LedgerError, Overdrawn, UsageError
from madang.web.desks.eco_mileage.models import Item, Look, Member, Notice, Trail
from madang.web.desks.eco_mileage.services import books, expiring, people, personal, redeeming, use
from madang.web.ledger.checking import liability, verify_book
from madang.web.ledger.moving import move

DAY = dt.date(2024, 7, 1)
NOON = dt.datetime(2024, 7, 1, 3, tzinfo=dt.UTC)


@pytest.fixture
def rich(joined):
    client, member = joined
    move(books.sink("city"), member.account, 50_000, key="gift", kind="half_year 2024-01", event_day=DAY)
    return client, member


def put_up(code="onnuri", stock=3, **more):
    return redeeming.put_up(
        code, **{"way": "voucher", "title": ("온누리상품권", "Onnuri voucher"), "unit_points": 10_000, "stock": stock,
        "valid_from": dt.date(2024, 1, 1), "by": "lee", **more},
    )  # fmt: skip


def balance(member):
    return Member.objects.select_related("account").get(pk=member.pk).account.balance


def test_what_tells_who_somebody_is_lies_encrypted_and_every_look_is_written_down(joined):
    _, member = joined
    assert "김하나" not in member.sealed
    assert "어느 길" not in str(Member.objects.filter(pk=member.pk).values().get())
    assert personal.opened(member, actor="lee", what="looked up", why="a call")["name"] == "김하나"
    look = Look.objects.get(number=member.number)
    assert (look.actor, look.what, look.why) == ("lee", "looked up", "a call")


def test_a_new_key_opens_what_the_old_one_sealed_and_a_wrong_one_says_so(joined, monkeypatch, home_folder):
    _, member = joined
    old, new = (home_folder / "personal-key").read_text(), Fernet.generate_key().decode()
    monkeypatch.setenv("MADANG_PERSONAL_KEYS", f"{new},{old}")
    assert personal.opened(member, actor="lee", what="x")["name"] == "김하나"
    assert personal.mark_of("마포구 어느 길 1") == member.address_mark
    monkeypatch.setenv("MADANG_PERSONAL_KEYS", new)
    with pytest.raises(DataError, match="no key opens this member's personal data"):
        personal.opened(member, actor="lee", what="x")
    monkeypatch.setenv("MADANG_PERSONAL_KEYS", "not a key")
    with pytest.raises(UsageError, match="holds something that is no Fernet key"):
        personal.seal({"name": "x"})


def another(address, meters, representative=True):
    user = get_user_model().objects.create_user(f"other-{address[:5]}-{len(meters)}-{representative}")
    return people.join(
        user, kind="household", district="", personal_data={"name": "b", "address": address}, meters=meters,
        representative=representative,
    )  # fmt: skip


def test_a_household_has_one_paid_representative_however_its_address_is_spaced(joined):
    with pytest.raises(UsageError, match="the household has a paid representative already"):
        another("마포구  어느길, 1", [])
    assert another("마포구 어느 길 1", [], representative=False).representative is False


def test_a_meter_belongs_to_one_member_and_a_user_joins_once(joined):
    _, member = joined
    with pytest.raises(UsageError, match="another member has this meter"):
        another("다른 곳", [("electricity", 77)])
    assert Member.objects.count() == 1
    with pytest.raises(UsageError, match="you are a member already"):
        people.join(member.user, kind="household", district="", personal_data={}, meters=[])


def test_an_order_holds_points_and_stock_and_the_same_key_orders_once(rich):
    _, member = rich
    item = put_up()
    first = redeeming.redeem(member, item, 2, key="k1")
    assert redeeming.redeem(member, item, 2, key="k1").pk == first.pk
    assert (balance(member), Item.objects.get(pk=item.pk).stock) == (30_000, 1)
    with pytest.raises(LedgerError, match="this key has asked for something else"):
        redeeming.redeem(member, item, 1, key="k1")
    redeeming.deliver(first, actor="lee")
    redeeming.deliver(first, actor="lee")
    owed = liability(books.points())
    assert (owed.spent, owed.held, owed.outstanding) == (20_000, 0, 30_000)
    with pytest.raises(LedgerError, match="it is posted already"):
        redeeming.cancel(first, actor="lee")


def test_what_is_out_of_stock_takes_no_points_and_too_few_points_take_no_stock(rich):
    _, member = rich
    item = put_up(stock=1)
    with pytest.raises(Overdrawn, match="stock of what points buy: the account holds 1, which is less than 2"):
        redeeming.redeem(member, item, 2, key="a")
    assert balance(member) == 50_000
    dear = put_up("tax", stock=5, way="tax", unit_points=60_000)
    with pytest.raises(
        Overdrawn, match="points of the eco-mileage programme: the account holds 50,000, which is less than 60,000"
    ):
        redeeming.redeem(member, dear, 1, key="b")
    assert Item.objects.get(pk=dear.pk).stock == 5
    verify_book(books.points())
    verify_book(books.stock())


def test_a_cancelled_and_a_late_order_give_points_and_stock_back(rich):
    _, member = rich
    item = put_up()
    redeeming.cancel(redeeming.redeem(member, item, 1, key="a", at=NOON), actor="lee", at=NOON)
    redeeming.redeem(member, item, 1, key="b", at=NOON)
    assert redeeming.give_back_late(at=NOON + dt.timedelta(hours=71)) == 0
    assert redeeming.give_back_late(at=NOON + dt.timedelta(hours=72)) == 1
    assert (balance(member), Item.objects.get(pk=item.pk).stock) == (50_000, 3)


def test_a_donation_is_final_at_once(rich):
    _, member = rich
    item = put_up("desert", stock=None, way="tree", at_once=True)
    made = redeeming.redeem(member, item, 1, key="a")
    with pytest.raises(LedgerError, match="it is posted already"):
        redeeming.cancel(made, actor="lee")
    assert liability(books.points()).spent == 10_000


@pytest.mark.parametrize(
    ("more", "units", "said"),
    [
        ({"valid_from": dt.date(2024, 8, 1)}, 1, "this is not for sale on the day"),
        ({"valid_until": dt.date(2024, 6, 30)}, 1, "this is not for sale on the day"),
        ({"units_min": 2}, 1, "the smallest number of units is 2"),
    ],
)
def test_an_order_that_the_catalogue_forbids_is_refused(rich, more, units, said):
    _, member = rich
    with pytest.raises(UsageError, match=said):
        redeeming.redeem(member, put_up(**more), units, key="a", at=NOON)


@pytest.mark.parametrize(
    ("day", "earned_to"),
    [("2018-12-30", None), ("2018-12-31", "2013-12-31"), ("2021-02-28", "2016-02-29"), ("2029-07-01", "2024-07-01")],
)
def test_points_lapse_by_the_rule_of_five_years_first_at_the_end_of_2018(day, earned_to):
    found = expiring.earned_to(dt.date.fromisoformat(day))
    assert (found and found.isoformat()) == earned_to


def test_notices_come_90_and_30_days_ahead_once_and_then_the_points_expire(rich):
    _, member = rich
    ahead = dt.date(2029, 7, 1)
    assert expiring.notify(by="lee", today=ahead - dt.timedelta(days=91)) == {90: 0, 30: 0}
    assert expiring.notify(by="lee", today=ahead - dt.timedelta(days=90)) == {90: 1, 30: 0}
    assert expiring.notify(by="lee", today=ahead - dt.timedelta(days=90)) == {90: 0, 30: 0}
    move(books.sink("city"), member.account, 7_000, key="g2", kind="half_year 2024-02", event_day=dt.date(2024, 7, 5))
    move(member.account, books.sink("tax"), 20_000, key="t", kind="redeem", event_day=ahead - dt.timedelta(days=80))
    assert expiring.notify(by="lee", today=ahead - dt.timedelta(days=30)) == {90: 1, 30: 1}
    assert list(Notice.objects.order_by("id").values_list("days_ahead", "points")) == [
        (90, 50_000),
        (90, 7_000),
        (30, 30_000),
    ]
    run = expiring.expire(by="lee", today=ahead)
    assert (run.added, run.amount, balance(member)) == (1, 30_000, 7_000)
    assert expiring.expire(by="lee", today=ahead).added == 0


def test_an_expiry_stands_in_the_trail_once_however_often_it_is_run_and_so_does_one_that_found_nothing(rich):
    early, late = dt.date(2029, 6, 1), dt.date(2029, 7, 1)
    for day in (early, early, late, late):
        expiring.expire(by="lee", today=day)
    expiring.expire(by="kim", today=late)
    told = Trail.objects.filter(act="expired").order_by("id").values_list("actor", "about", "detail")
    assert list(told) == [
        ("lee", "2024-06-01", {"members": 0, "points": 0}),
        ("lee", "2024-07-01", {"members": 1, "points": 50_000}),
    ]


def test_leaving_deletes_who_it_was_and_keeps_the_ledger_true(rich):
    _, member = rich
    user = member.user
    with pytest.raises(UsageError, match="there are 50,000 points left"):
        people.leave(member, give_up=0, actor="x")
    held = redeeming.redeem(member, put_up(), 1, key="a")
    with pytest.raises(LedgerError, match="something you asked for is still on its way"):
        people.leave(member, give_up=40_000, actor="x")
    redeeming.cancel(held, actor="lee")
    people.leave(member, give_up=50_000, actor="x")
    gone = Member.objects.get(pk=member.pk)
    assert (gone.sealed, gone.address_mark, gone.user, gone.meters.count()) == ("", "", None, 0)
    user.refresh_from_db()
    assert (user.is_active, user.email, user.username.startswith("left-")) == (False, "", True)
    assert verify_book(books.points()).outstanding == 0
    with pytest.raises(LedgerError, match="the account is closed"):
        move(books.sink("city"), gone.account, 1, key="late", kind="award", event_day=DAY)


def test_members_get_all_that_is_known_of_them(rich):
    _, member = rich
    said = people.export(member, actor="member")
    assert said["personal"] == {"name": "김하나", "address": "마포구 어느 길 1"}
    assert (said["balance"], len(said["history"])) == (50_000, 1)
    assert use.known_of(member)["meters"] == [
        {"utility": "electricity", "meter_id": 77, "from": "2022-01", "until": None}
    ]
