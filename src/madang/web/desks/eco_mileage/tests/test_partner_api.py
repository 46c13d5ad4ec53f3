"""The partners' interface: tokens, idempotency keys, own orders only, one shape of error."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from madang.core.errors import UsageError
from madang.web.desks.eco_mileage.models import Look, Partner, Trail
from madang.web.desks.eco_mileage.partner_api import api, make_partner
from madang.web.desks.eco_mileage.services import books, consenting, redeeming
from madang.web.ledger.moving import move

HOME = "/api/desks/eco-mileage"


@pytest.fixture
def shop(joined):
    _, member = joined
    move(
        books.sink("city"), member.account, 50_000, key="gift", kind="half_year 2024-01", event_day=dt.date(2024, 7, 1)
    )
    redeeming.put_up(
        "onnuri", way="voucher", title=("온누리", "Onnuri"), unit_points=10_000, stock=9,
        valid_from=dt.date(2024, 1, 1), by="lee",
    )  # fmt: skip
    headers = {"Authorization": f"Bearer {make_partner('card', 'A card firm')}"}
    consenting.allow(member, "card", actor="x")
    return member, headers


def order(headers, member, units=1, key="order-0001", item="onnuri"):
    said = json.dumps({"member": member.number, "item": item, "units": units})
    more = {"Idempotency-Key": key} if key else {}
    return Client().post(f"{HOME}/orders", said, content_type="application/json", headers={**headers, **more})


def test_without_a_token_nothing_is_told_and_only_its_hash_is_kept(shop):
    _, headers = shop
    assert Client().get(f"{HOME}/items").status_code == 401
    assert Client().get(f"{HOME}/items", headers={"Authorization": "Bearer wrong"}).status_code == 401
    assert Client().get(f"{HOME}/items", headers=headers).json()[0]["stock"] == 9
    assert headers["Authorization"].split()[1] not in str(Partner.objects.values().get())
    Partner.objects.update(active=False)
    assert Client().get(f"{HOME}/items", headers=headers).status_code == 401


def test_the_same_key_orders_once_and_says_so(shop):
    member, headers = shop
    first, again = order(headers, member), order(headers, member)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    assert Client().get(f"{HOME}/members/{member.number}", headers=headers).json()["points"] == 40_000
    assert order(headers, member, units=2).status_code == 409
    assert Look.objects.filter(actor="partner card", number=member.number).exists()


@pytest.mark.parametrize(
    ("change", "status", "what"),
    [
        ({"key": None}, 422, "a required key is missing"),
        ({"key": "short"}, 422, "this must be at least 8 letters long"),
        ({"units": 6}, 409, "points of the eco-mileage programme: the account holds 50,000, which is less than 60,000"),
        ({"units": 0}, 422, "this must be at least 1"),
        ({"item": "nothing"}, 404, "there is no such item"),
    ],
)
def test_an_order_that_can_not_be_says_what_and_takes_nothing(shop, change, status, what):
    member, headers = shop
    answer = order(headers, member, **change)
    assert (answer.status_code, answer.json()["what"]) == (status, what)
    assert set(answer.json()) == {"what", "where", "todo", "ko"}
    member.account.refresh_from_db()
    assert member.account.balance == 50_000


def test_an_order_is_delivered_or_cancelled_once_and_another_partners_is_not_there(shop):
    member, headers = shop
    one, two = order(headers, member).json()["id"], order(headers, member, key="order-0002").json()["id"]
    client = Client()
    for _ in range(2):
        assert client.post(f"{HOME}/orders/{one}/deliver", headers=headers).json()["state"] == "posted"
        assert client.post(f"{HOME}/orders/{two}/cancel", headers=headers).json()["state"] == "void"
    assert client.post(f"{HOME}/orders/{one}/cancel", headers=headers).status_code == 409
    other = {"Authorization": f"Bearer {make_partner('other', 'Another')}"}
    assert client.get(f"{HOME}/orders/{one}", headers=other).status_code == 404
    assert client.get(f"{HOME}/members/12345", headers=headers).status_code == 404


def test_the_description_is_openapi_and_names_the_key():
    said = api.get_openapi_schema()
    assert said["openapi"].startswith("3.1")
    parameters = said["paths"][f"{HOME}/orders"]["post"]["parameters"]
    assert [(one["in"], one["required"]) for one in parameters] == [("header", True)]
    assert Client().get(f"{HOME}/openapi.json").status_code == 200


@pytest.mark.parametrize(
    ("said", "where"),
    [
        ({"member": True}, "member in the body"),
        ({"member": "7"}, "member in the body"),
        ({"units": "1"}, "units in the body"),
        ({"units": 1.0}, "units in the body"),
        ({"bonus": 3}, "bonus in the body"),
        ({"item": None}, "item in the body"),
    ],
)
def test_an_order_is_read_strictly_for_points_are_at_stake(shop, said, where):
    member, headers = shop
    body = json.dumps({"member": member.number, "item": "onnuri", "units": 1, **said})
    more = {**headers, "Idempotency-Key": "order-0001"}
    answer = Client().post(f"{HOME}/orders", body, content_type="application/json", headers=more)
    assert (answer.status_code, answer.json()["where"]) == (422, where)
    assert answer.json()["ko"]["where"] == where.replace(" in the body", "").join(("본문의 ", ""))


def test_a_missing_key_of_an_order_is_named_as_its_header_is(shop):
    member, headers = shop
    told = order(headers, member, key=None).json()
    assert told["where"] == "Idempotency-Key in the headers"
    assert told["ko"]["what"] == "있어야 할 열쇠가 없습니다"


def test_who_has_no_token_is_told_what_to_send(shop):
    told = Client().get(f"{HOME}/items").json()
    assert told["todo"] == "send 'Authorization: Bearer TOKEN'"
    assert told["ko"]["what"] == "제휴처의 토큰이 없거나 쓸 수 없습니다"


@pytest.mark.parametrize("address", ["members/12345", "orders/99"])
def test_what_nobody_bears_is_not_there_whatever_the_message_says(shop, address):
    _, headers = shop
    assert Client().get(f"{HOME}/{address}", headers=headers).status_code == 404


@pytest.mark.parametrize("code", ["7", "a/b", "", "Card", "x" * 41])
def test_a_partners_code_can_not_stand_for_a_member_or_another_partner(shop, code):
    with pytest.raises(UsageError, match="this is no code of a partner"):
        make_partner(code, "A card firm")


def test_an_orders_end_stands_in_the_trail_once_and_the_trail_is_never_searched_for_it(
    shop, django_assert_max_num_queries
):
    """A trail of a million rows took 53 ms to search, more than the delivery itself."""
    member, headers = shop
    one = order(headers, member).json()["id"]
    for _ in range(2):
        with django_assert_max_num_queries(40) as asked:
            Client().post(f"{HOME}/orders/{one}/deliver", headers=headers)
        searched = [query["sql"] for query in asked if 'FROM "eco_mileage_trail"' in query["sql"]]
        assert searched == []
    assert Trail.objects.filter(act="delivered", about=f"{member.number}/{one}").count() == 1
