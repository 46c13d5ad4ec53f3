"""A partner serves only members who allow it; the word is given and taken back on the member's own page."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from django.db import IntegrityError
from django.test import Client

from madang.web.desks.eco_mileage.consent_models import Consent
from madang.web.desks.eco_mileage.models import Look, Member, Partner, Redemption, Trail
from madang.web.desks.eco_mileage.partner_api import make_partner
from madang.web.desks.eco_mileage.services import books, consenting, people, redeeming
from madang.web.desks.eco_mileage.services.people import NotThere
from madang.web.ledger.moving import move

API, HOME = "/api/desks/eco-mileage", "/desks/eco-mileage/me/"
NO_LEAVE = "no member of this number allows this partner"


@pytest.fixture
def card(joined):
    """Return the member's browser, the member with points, and the headers of a partner nobody has allowed."""
    client, member = joined
    move(
        books.sink("city"), member.account, 50_000, key="gift", kind="half_year 2024-01", event_day=dt.date(2024, 7, 1)
    )
    redeeming.put_up(
        "onnuri", way="voucher", title=("온누리", "Onnuri"), unit_points=10_000, stock=9,
        valid_from=dt.date(2024, 1, 1), by="lee",
    )  # fmt: skip
    return client, member, {"Authorization": f"Bearer {make_partner('card', 'A card firm')}"}


def order(headers, member, key="order-0001"):
    said = json.dumps({"member": member.number, "item": "onnuri", "units": 1})
    more = {**headers, "Idempotency-Key": key}
    return Client().post(f"{API}/orders", said, content_type="application/json", headers=more)


def balance(headers, number):
    return Client().get(f"{API}/members/{number}", headers=headers)


def say(client, allow, partner="card", language="en"):
    return client.post(f"/{language}{HOME}partners/", {"partner": partner, "allow": allow})


def test_who_has_allowed_nobody_is_not_there_for_a_partner_whether_there_or_not(card):
    _, member, headers = card
    for answer in (order(headers, member), balance(headers, member.number), balance(headers, 12345)):
        told = answer.json()
        assert (answer.status_code, told["what"]) == (404, NO_LEAVE)
        assert told["todo"] == "ask the member to allow it under Partners on the page My points"
        assert told["ko"]["what"] == "이 번호로 이 제휴처를 허용한 회원이 없습니다"
        assert told["ko"]["todo"] == "회원에게 '내 마일리지'의 제휴처에서 허용해 달라고 하십시오"
    member.account.refresh_from_db()
    assert member.account.balance == 50_000
    assert not Redemption.objects.exists()
    assert not Look.objects.filter(what="balance").exists()


def test_a_member_allows_a_partner_on_the_page_and_takes_it_back(card):
    client, member, headers = card
    assert say(client, "yes").status_code == 303
    first = order(headers, member)
    assert (first.status_code, balance(headers, member.number).json()["points"]) == (201, 40_000)
    assert say(client, "no").status_code == 303
    assert order(headers, member, "order-0002").json()["what"] == balance(headers, member.number).json()["what"]
    again = order(headers, member)
    assert (again.status_code, again.json()) == (200, first.json())
    assert Client().post(f"{API}/orders/{first.json()['id']}/deliver", headers=headers).json()["state"] == "posted"
    acts = list(Trail.objects.filter(act__startswith="partner").order_by("id").values_list("act", "actor", "detail"))
    actor, detail = f"member {member.number}", {"partner": "card"}
    assert acts == [("partner allowed", actor, detail), ("partner ended", actor, detail)]


def test_one_partner_allowed_is_not_another(card):
    client, member, _ = card
    say(client, "yes")
    other = {"Authorization": f"Bearer {make_partner('other', 'Another')}"}
    assert order(other, member).status_code == 404


def test_saying_it_again_changes_nothing_and_the_database_holds_one_word(card):
    client, member, _ = card
    for allow in ("yes", "yes", "no", "no", "yes"):
        say(client, allow)
    assert [one.ended_at is None for one in member.consents.order_by("id")] == [False, True]
    assert Trail.objects.filter(act__startswith="partner").count() == 3
    with pytest.raises(IntegrityError):
        Consent.objects.create(member=member, partner=Partner.objects.get())


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("ko", ["제휴처", "허용하기", "허용함", "거두기", "허용한 제휴처만 잔액을 보고"]),
        ("en", ["Partners", "Allow", "allowed", "Take back", "Only partners you allow may see your balance"]),
    ],
)
def test_the_page_says_who_is_allowed_in_both_languages(card, language, words):
    client, _, _ = card
    before = client.get(f"/{language}{HOME}").content.decode()
    say(client, "yes", language=language)
    after = client.get(f"/{language}{HOME}").content.decode()
    head, do, allowed, end, explained = words
    assert head in before
    assert explained in before
    assert f">{do}<" in before
    assert f"<strong>{allowed}</strong>" in after
    assert f">{end}<" in after


def test_a_partner_that_is_none_or_serves_no_more_can_not_be_allowed(card):
    client, member, _ = card
    assert "there is no such partner" in say(client, "yes", "nobody").content.decode()
    Partner.objects.update(active=False)
    assert consenting.choices_of(member) == []
    with pytest.raises(NotThere, match="there is no such partner"):
        consenting.allow(member, "card", actor="x")
    assert not Consent.objects.exists()


def test_who_is_parted_from_an_account_meanwhile_allows_nothing(card):
    _, member, _ = card
    Member.objects.filter(pk=member.pk).update(user=None)
    for stale in (member, Member.objects.get(pk=member.pk)):
        with pytest.raises(NotThere, match="this account is the member's no more"):
            consenting.allow(stale, "card", actor="x")
    assert not Consent.objects.exists()


def test_only_a_member_allows_and_only_for_oneself(card):
    _, member, _ = card
    assert say(Client(), "yes").status_code == 302
    assert Client().get(f"/en{HOME}partners/").status_code in {302, 405}
    assert not member.consents.exists()


def test_consents_are_told_in_the_export_and_gone_with_the_member(card):
    client, member, _ = card
    say(client, "yes")
    (told,) = people.export(member, actor="x")["partners"]
    assert (told["partner__code"], told["ended_at"]) == ("card", None)
    people.leave(Member.objects.get(pk=member.pk), give_up=50_000, actor="x")
    assert not Consent.objects.exists()
