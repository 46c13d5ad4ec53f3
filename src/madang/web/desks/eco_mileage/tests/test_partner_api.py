"""The partners' interface: tokens, idempotency keys, own orders only, one shape of error."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.test import Client

from madang.web.desks.eco_mileage.models import Look, Partner
from madang.web.desks.eco_mileage.partner_api import api, make_partner
from madang.web.desks.eco_mileage.services import books, redeeming
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
    return member, {"Authorization": f"Bearer {make_partner('card', 'A card firm')}"}


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
        ({"key": None}, 422, "Field required"),
        ({"key": "short"}, 422, "String should have at least 8 characters"),
        ({"units": 6}, 409, "the account holds 50,000 point, which is less than 60,000"),
        ({"units": 0}, 422, "Input should be greater than or equal to 1"),
        ({"item": "nothing"}, 404, "there is no such item"),
    ],
)
def test_an_order_that_can_not_be_says_what_and_takes_nothing(shop, change, status, what):
    member, headers = shop
    answer = order(headers, member, **change)
    assert (answer.status_code, answer.json()["what"]) == (status, what)
    assert set(answer.json()) == {"what", "where", "todo"}
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
