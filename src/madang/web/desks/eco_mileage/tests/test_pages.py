"""The desk's pages: who sees what, in both languages; a form sent twice does its work once."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from madang.web.accounts.roles import ROLES
from madang.web.desks.eco_mileage.access import _OFFICE, _OWN
from madang.web.desks.eco_mileage.models import Look, Member, Settlement
from madang.web.desks.eco_mileage.services import books, people, redeeming
from madang.web.desks.eco_mileage.urls import urlpatterns
from madang.web.ledger.moving import move

HOME = "/en/desks/eco-mileage/"
OFFICE_PAGES = (
    "", "import/", "review/", "photos/", "settle/", "what-if/", "cars/", "organisations/", "catalogue/",
    "deliveries/", "expiry/", "person/", "codes/", "trail/",
)  # fmt: skip
OWN_PAGES = ("", "readings/", "redeem/", "report/", "car/", "move/", "data.json", "leave/")


@pytest.mark.parametrize("role", ROLES)
def test_the_office_opens_to_officers_and_own_pages_to_members_only(person, desk_home, role):
    client = person(role)
    for page in OFFICE_PAGES:
        status = client.get(f"{HOME}office/{page}").status_code
        assert status == (200 if role in {"officer", "admin"} else 302 if role == "visitor" else 403), page
    for page in OWN_PAGES:
        status = client.get(f"{HOME}me/{page}").status_code
        # A person with the role who has not joined yet is led to the page for joining.
        assert status == (302 if role in {"member", "admin", "visitor"} else 403), page
    for page in ("", "join/", "claim/"):
        # Those who work at the office are told that they can not claim a member's account.
        told = page == "claim/" and role in {"officer", "admin"}
        assert client.get(f"{HOME}{page}").status_code == (400 if told else 200)


def test_every_view_of_the_desk_stands_in_the_table():
    assert {one.name for one in urlpatterns} == {"desk", "join", "claim", *_OWN, *_OFFICE}


@pytest.mark.parametrize("code", ["ko", "en"])
def test_pages_say_that_a_city_is_made_up_in_both_languages(posted, person, code):
    said = {"ko": "지어낸 것입니다", "en": "made up"}[code]
    assert said in person("visitor").get(f"/{code}/desks/eco-mileage/").content.decode()
    assert said in person("officer").get(f"/{code}/desks/eco-mileage/office/").content.decode()


def form():
    return {
        "username": "new-member", "password": "rain-on-the-courtyard-71", "kind": "household", "name": "이둘",
        "address": "성동구 어느 길 2", "district": "Seongdong", "representative": "on", "electricity": "123",
        "agreed": "on",
    }  # fmt: skip


def test_joining_signs_in_and_joining_twice_does_nothing(desk_home, db):
    client = Client()
    assert client.post(f"{HOME}join/", form()).status_code == 303
    assert "My points" in client.get(f"{HOME}me/").content.decode()
    assert client.post(f"{HOME}join/", form()).status_code == 303
    assert Member.objects.count() == 1
    answer = Client().post(f"{HOME}join/", {**form(), "username": "second"})
    assert answer.status_code == 400
    assert (
        "another member has this meter" in answer.content.decode() or "paid representative" in answer.content.decode()
    )
    assert not get_user_model().objects.filter(username="second").exists()


@pytest.mark.parametrize(
    "wrong", [{"password": "short"}, {"electricity": "abc"}, {"agreed": ""}, {"name": ""}, {"district": "Atlantis"}]
)
def test_a_form_with_something_wrong_joins_nobody(desk_home, db, wrong):
    assert Client().post(f"{HOME}join/", {**form(), **wrong}).status_code == 400
    assert not Member.objects.exists()


def test_an_order_form_sent_twice_orders_once(joined):
    client, member = joined
    move(
        books.sink("city"), member.account, 50_000, key="gift", kind="half_year 2024-01", event_day=dt.date(2024, 7, 1)
    )
    redeeming.put_up(
        "onnuri",
        way="voucher",
        title=("온누리", "Onnuri"),
        unit_points=10_000,
        valid_from=dt.date(2024, 1, 1),
        by="lee",
    )
    page = client.get(f"{HOME}me/redeem/").content.decode()
    sent = dict(re.findall(r'<input type="hidden" name="(item|key|unit_points)" value="([^"]+)"', page))
    for _ in range(2):
        answer = client.post(f"{HOME}me/redeem/", {**sent, "units": "1"})
        assert answer.status_code == 303
    assert member.redemptions.count() == 1
    assert "waiting for delivery" in client.get(f"{HOME}me/").content.decode()
    too_many = client.post(f"{HOME}me/redeem/", {**sent, "units": "9", "key": "another"})
    assert too_many.status_code == 400
    assert "the account holds 40,000" in too_many.content.decode()


def test_a_member_sees_why_and_gets_and_gives_up_everything(posted, joined):
    client, member = joined
    assert client.get(f"{HOME}me/data.json").json()["personal"]["name"] == "김하나"
    assert client.get(f"{HOME}me/why/{posted.run}/").status_code == 400
    assert client.post(f"{HOME}me/leave/", {}).status_code == 303
    assert client.get(f"{HOME}me/").status_code == 302
    assert Member.objects.get(pk=member.pk).sealed == ""


def test_a_taken_over_member_sees_readings_chart_award_and_rule(posted, person):
    client = person("member")
    row = posted.totals["samples"][0]
    user = get_user_model().objects.get(username="test-member")
    Member.objects.filter(number=row["member_id"]).update(user=user)
    page = client.get(f"{HOME}me/").content.decode()
    assert '<rect class="used"' in page
    why = client.get(f"{HOME}me/why/{posted.run}/").content.decode()
    assert "kg CO₂" in why
    assert "The rule" in why or "No rule was applied" in why
    assert client.get(f"{HOME}me/readings/").content.decode().count("<svg") >= 2


def test_two_officers_settle_approve_post_and_take_back(registered, person):
    kim, lee = person("officer"), person("admin")
    answer = kim.post(f"{HOME}office/settle/", {"first_month": "2024-01", "kind": "half_year", "windows": "joined"})
    assert answer.status_code == 303, answer.content.decode()[:3000]
    made = Settlement.objects.get()
    address = f"{HOME}office/settlements/{made.run}/"
    assert "a second officer does" in kim.get(address).content.decode()
    assert kim.post(f"{address}approve/").status_code == 400
    assert lee.post(f"{address}approve/").status_code == 303
    assert kim.post(f"{address}post/").status_code == 303
    assert kim.post(f"{address}post/").status_code == 303
    assert "posted" in kim.get(address).content.decode()
    assert kim.post(f"{address}reverse/", {"why": ""}).status_code == 400
    assert kim.post(f"{address}reverse/", {"why": "a test"}).status_code == 303
    assert Settlement.objects.get().state == "reversed"
    assert "a test" in kim.get(f"{HOME}office/trail/").content.decode()


def test_the_review_shows_items_and_keeps_a_decision(registered, person):
    client = person("officer")
    query = "first_month=2024-01&kind=half_year&windows=joined"
    page = client.get(f"{HOME}office/review/?{query}").content.decode()
    assert "held" in page
    item = re.search(r'name="item" value="([^"]+)"', page)
    if item:
        answer = client.post(
            f"{HOME}office/review/?{query}", {"item": item.group(1), "decision": "counts", "why": "seen"}
        )
        assert answer.status_code == 200
        assert people.work_folder().decisions.accepted() == {item.group(1)}


@pytest.mark.parametrize(
    ("code", "said"), [("en", ("row 3", "column month", "2024-13")), ("ko", ("3행", "열 month", "2024-13"))]
)
def test_a_rejected_file_is_shown_with_its_place_and_leaves_nothing(desk_home, person, tmp_path, code, said):
    path = tmp_path / "bad.csv"
    path.write_text(
        "utility,meter_id,month,quantity,unit,quality,corrects\n"
        "electricity,1,2024-01,30,kWh,,\nelectricity,1,2024-13,30,kWh,,\n"
    )
    with path.open("rb") as file:
        answer = person("officer").post(f"/{code}/desks/eco-mileage/office/import/", {"readings": file})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert {"en": "Nothing of it was taken in", "ko": "아무것도 들어가지 않았습니다"}[code] in page
    assert [one for one in ("bad.csv", *said) if one not in page] == []
    assert people.work_folder().store.parts() == ()
    left = [one for one in desk_home.rglob("*") if one.is_file() and one.name != ".lock"]
    assert left == []


def test_looking_somebody_up_needs_a_reason_and_is_written_down(joined, person):
    _, member = joined
    client = person("officer")
    assert client.post(f"{HOME}office/person/", {"number": str(member.number), "why": " "}).status_code == 400
    page = client.post(f"{HOME}office/person/", {"number": str(member.number), "why": "a call"}).content.decode()
    assert "김하나" in page
    assert Look.objects.filter(number=member.number, actor="test-officer", why="a call").count() == 1
    assert client.post(f"{HOME}office/person/", {"number": "5", "why": "x"}).status_code == 400


def test_catalogue_and_deliveries_and_expiry_are_worked_by_forms(joined, person):
    _, member = joined
    client = person("officer")
    item = {"code": "tcard", "way": "transport", "title_ko": "교통카드", "title_en": "Transport card",
            "unit_points": "5000", "units_min": "1", "stock": "10", "key": "0" * 24}  # fmt: skip
    assert client.post(f"{HOME}office/catalogue/", item).status_code == 303
    assert "Transport card" in client.get(f"{HOME}office/catalogue/").content.decode()
    move(
        books.sink("city"), member.account, 50_000, key="gift", kind="half_year 2024-01", event_day=dt.date(2024, 7, 1)
    )
    orders = [redeeming.redeem(member, redeeming.catalogue()[0], 1, key=f"k{n}") for n in range(2)]
    for order, what in zip(orders, ("deliver", "cancel"), strict=True):
        assert client.post(f"{HOME}office/deliveries/", {"redemption": order.pk, "what": what}).status_code == 303
        order.hold.refresh_from_db()
    assert [order.hold.state for order in orders] == ["posted", "void"]
    for what in ("notify", "expire"):
        assert client.post(f"{HOME}office/expiry/", {"what": what}).status_code == 200
