"""The catalogue's pages: what an officer changes while members order, and forms sent twice."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from madang.web.desks.eco_mileage.models import Item
from madang.web.desks.eco_mileage.services import books, redeeming
from madang.web.ledger.moving import move

HOME = "/en/desks/eco-mileage/"
ITEM = {"code": "onnuri", "way": "voucher", "title_ko": "온누리", "title_en": "Onnuri", "units_min": 1}
KEY = "0" * 24


@pytest.fixture
def rich(joined):
    """Return a member with points, the browser signed in."""
    client, member = joined
    move(books.sink("city"), member.account, 50_000, key="g", kind="half_year 2024-01", event_day=dt.date(2024, 7, 1))
    return client, member


def put_up(person, **more):
    return person("officer").post(f"{HOME}office/catalogue/", {**ITEM, "unit_points": 10_000, "key": KEY, **more})


def order(client, **more):
    sent = {"item": "onnuri", "units": "1", "key": "abc", "unit_points": "10000", **more}
    return client.post(f"{HOME}me/redeem/", sent)


def test_a_form_of_the_catalogue_sent_twice_adds_pieces_once(person, desk_home):
    for _ in range(2):
        assert put_up(person, stock=5).status_code == 303
    assert Item.objects.get().stock == 5
    assert put_up(person, stock=5, key="1" * 24).status_code == 303
    assert Item.objects.get().stock == 10
    assert put_up(person, stock=5, key="").status_code == 400


def test_who_saw_another_price_spends_nothing(person, rich):
    client, member = rich
    put_up(person)
    put_up(person, unit_points=20_000, key="1" * 24)
    answer = order(client)
    assert (answer.status_code, member.redemptions.count()) == (400, 0)
    assert "the points or the list have changed meanwhile" in answer.content.decode()
    assert order(client, unit_points="20000").status_code == 303
    assert member.redemptions.get().points == 20_000


def test_an_order_without_its_forms_key_is_no_order(person, rich):
    client, member = rich
    put_up(person)
    assert order(client, key="").status_code == 400
    assert member.redemptions.count() == 0


def test_what_is_gone_is_told_and_has_no_button(person, rich):
    client, _ = rich
    put_up(person, stock=1)
    assert 'max="1"' in client.get(f"{HOME}me/redeem/").content.decode()
    assert order(client).status_code == 303
    page = client.get(f"{HOME}me/redeem/").content.decode()
    assert "None is left now." in page
    assert 'name="units"' not in page


def test_an_officer_sees_codes_and_takes_something_off_by_its_last_day(person, rich):
    client, _ = rich
    put_up(person)
    assert "<code>onnuri</code>" in person("officer").get(f"{HOME}office/catalogue/").content.decode()
    assert [item.code for item in redeeming.catalogue()] == ["onnuri"]
    assert put_up(person, valid_until="2024-01-01").status_code == 303
    assert redeeming.catalogue() == []
    assert order(client).status_code == 400


def test_a_form_of_the_catalogue_bears_a_key_of_its_own(person, desk_home):
    pages = [person("officer").get(f"{HOME}office/catalogue/").content.decode() for _ in range(2)]
    keys = {re.search(r'name="key" value="([0-9a-f]{24})"', page).group(1) for page in pages}
    assert len(keys) == 2
