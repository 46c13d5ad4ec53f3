"""Claiming a taken-over member's account with a code: once, by one person, in time, with few tries; races included."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import secrets
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.db import connection, models, transaction
from django.test import Client
from django.utils.timezone import now
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from madang.core.errors import UsageError
from madang.core.language import text
from madang.web.accounts.models import FailedSignIn
from madang.web.desks.eco_mileage import commands
from madang.web.desks.eco_mileage.claim_models import WRONG_MAX, ClaimCode, CodeList
from madang.web.desks.eco_mileage.models import Look, Member, Redemption, Trail
from madang.web.desks.eco_mileage.partner_api import make_partner
from madang.web.desks.eco_mileage.schema import KEEP_MEMBERS
from madang.web.desks.eco_mileage.services import (
    books,
    claiming,
    consenting,
    people,
    personal,
    redeeming,
    releasing,
    reporting,
    use,
)
from madang.web.ledger.checking import check_book
from madang.web.ledger.models import Hold
from madang.web.ledger.opening import open_account, open_book

HOME = "/en/desks/eco-mileage/"
PASSWORD = "rain-on-the-courtyard-71"
HERE = "192.0.2.1"


def a_user(name: str | None = None) -> Any:
    return get_user_model().objects.create_user(name or f"u-{secrets.token_hex(6)}")


def a_code(number: int, **more: Any) -> str:
    asked = {"by": "kim", "key": secrets.token_hex(6), **more}
    return claiming.hand_out(claiming.one(number), **asked)[0].code


@pytest.fixture
def number(registered: Any) -> int:
    """Return the number of a member who was taken over."""
    return Member.objects.order_by("number").first().number


def claims(number: int, code: str, user: Any = None, **more: Any) -> Member:
    return claiming.take(claiming.proven(number, code, **{"address": HERE, **more}), user or a_user())


def test_a_member_is_claimed_once_and_everything_is_written_down(number: int) -> None:
    code, user = a_code(number), a_user()
    member = claims(number, code.lower().replace("-", " "), user)
    assert (member.number, member.user) == (number, user)
    assert user.groups.filter(name="member").exists()
    assert Trail.objects.filter(act="codes made", actor="kim", about=str(number)).exists()
    assert Trail.objects.filter(act="claimed", actor=f"member {number}").exists()
    assert Look.objects.filter(number=number, what="claimed").exists()
    with pytest.raises(UsageError, match="an account has been claimed with this code"):
        claims(number, code)
    with pytest.raises(UsageError, match="no member without an account has this number"):
        a_code(number)


def test_a_code_is_kept_as_a_hash_that_the_database_alone_does_not_open(number: int, monkeypatch: Any) -> None:
    code = a_code(number)
    for model in (ClaimCode, CodeList, Trail):
        assert code not in str(list(model.objects.values()))
        assert claiming.read(code) not in str(list(model.objects.values()))
    assert len(ClaimCode.objects.get().mark) == 64
    from cryptography.fernet import Fernet

    monkeypatch.setenv("MADANG_PERSONAL_KEYS", Fernet.generate_key().decode())
    with pytest.raises(UsageError, match="number and code do not fit"):
        claims(number, code)


def test_wrong_tries_end_a_code_and_its_right_code_is_no_use_then(number: int) -> None:
    code = a_code(number)
    for turn in range(WRONG_MAX):
        FailedSignIn.objects.all().delete()
        with pytest.raises(UsageError, match="number and code do not fit"):
            claims(number, "0000-0000-0000", address=f"192.0.2.{turn}")
    FailedSignIn.objects.all().delete()
    with pytest.raises(UsageError, match="number and code do not fit"):
        claims(number, code)
    assert claiming.open_codes().count() == 0
    assert claims(number, a_code(number)).number == number


def test_five_wrong_tries_hold_a_number_up_and_twenty_an_address(number: int) -> None:
    code = a_code(number)
    for _ in range(5):
        with pytest.raises(UsageError, match="do not fit"):
            claims(number, "wrong")
    with pytest.raises(UsageError, match="too many tries failed"):
        claims(number, code)
    FailedSignIn.objects.update(at=now() - dt.timedelta(minutes=16))
    for absent in range(20):
        with pytest.raises(UsageError, match="do not fit"):
            claims(10**12 + absent, code)
    with pytest.raises(UsageError, match="too many tries failed"):
        claims(number, code)
    assert claims(number, code, address="192.0.2.2").number == number


def test_a_code_past_its_time_says_so_to_those_who_have_it_only(number: int) -> None:
    code = a_code(number, days=1)
    later = now() + dt.timedelta(days=1, minutes=1)
    with pytest.raises(UsageError, match="the time of this code is over"):
        claims(number, code, at=later)
    with pytest.raises(UsageError, match="do not fit"):
        claims(number, "wrong", at=later)
    assert Member.objects.get(number=number).user is None


def test_a_number_without_a_code_and_one_that_nobody_has_are_answered_alike(number: int) -> None:
    said = []
    for asked in (number, 10**12):
        with pytest.raises(UsageError) as found:
            claims(asked, "0000-0000-0000")
        said.append(found.value.parts("ko"))
    assert said[0] == said[1]


def test_a_new_code_ends_the_one_before_and_a_withdrawn_list_ends_its_codes(number: int) -> None:
    first, second = a_code(number), a_code(number)
    with pytest.raises(UsageError, match="do not fit"):
        claims(number, first)
    made = CodeList.objects.order_by("-pk").first()
    assert (claiming.withdraw(made, by="lee"), claiming.withdraw(made, by="lee")) == (1, 0)
    with pytest.raises(UsageError, match="do not fit"):
        claims(number, second)
    assert Trail.objects.get(act="codes withdrawn").actor == "lee"


def test_a_list_is_handed_out_once_to_those_without_account_or_open_code(number: int) -> None:
    everybody = claiming.unclaimed().count()
    claims(number, a_code(number))
    handed = claiming.hand_out(claiming.waiting(), by="kim", key="k")
    assert len(handed) == len({one.code for one in handed}) == everybody - 1
    with pytest.raises(UsageError, match="nobody waits for a code"):
        claiming.hand_out(claiming.waiting(), by="kim", key="k2")
    with pytest.raises(UsageError, match="this list was handed out already"):
        claiming.hand_out(claiming.one(handed[0].number), by="kim", key="k")
    assert claims(handed[0].number, handed[0].code).number == handed[0].number


def test_neither_a_member_nor_an_officer_claims_another(number: int, joined: Any) -> None:
    _, member = joined
    code, officer = a_code(number), a_user()
    officer.groups.add(Group.objects.get(name="officer"))
    with pytest.raises(UsageError, match="you are a member already"):
        claims(number, code, member.user)
    with pytest.raises(UsageError, match="an officer's account can't claim"):
        claims(number, code, officer)
    assert claims(number, code).number == number


def test_a_member_who_leaves_takes_the_code_along(number: int) -> None:
    member = claims(number, a_code(number))
    people.leave(member, give_up=member.account.balance, actor="x")
    assert not ClaimCode.objects.filter(member=member).exists()
    with pytest.raises(UsageError, match="no member without an account"):
        a_code(number)


@given(st.text(alphabet=claiming._LETTERS, min_size=12, max_size=12), st.randoms(use_true_random=False))
def test_a_code_is_read_as_it_was_meant(code: str, dice: Any) -> None:
    typed = "".join(dice.choice({"0": "0Oo", "1": "1IiLl"}.get(one, one + one.lower())) for one in code)
    typed = "".join(one + dice.choice(("", " ", "-")) for one in typed)
    assert claiming.read(typed) == code


# Pages.


def new_claim(number: int, code: str, name: str = "claimer") -> dict[str, str]:
    return {"number": str(number), "code": code, "username": name, "password": PASSWORD, "agreed": "on"}


def test_an_officer_exports_a_list_once_and_a_person_claims_and_sees_their_own(
    posted: Any, person: Callable[[str], Client]
) -> None:
    officer = person("officer")
    form = officer.get(f"{HOME}office/codes/").content.decode()
    asked = {"key": re.search(r'name="key" value="([^"]+)"', form)[1], "days": "30", "shape": "csv", "district": ""}
    answer = officer.post(f"{HOME}office/codes/", asked)
    assert (answer["Content-Type"], answer["Cache-Control"]) == ("text/csv; charset=utf-8", "no-store")
    rows = {int(row["member"]): row["code"] for row in csv.DictReader(answer.content.decode().splitlines())}
    assert len(rows) == Member.objects.count()
    again = officer.post(f"{HOME}office/codes/", asked)
    assert again.status_code == 400
    paid = Member.objects.filter(account__balance__gt=0).select_related("account").first()
    client = Client()
    assert client.post(f"{HOME}claim/", new_claim(paid.number, rows[paid.number])).status_code == 303
    page = client.get(f"{HOME}me/").content.decode()
    assert f"{paid.account.balance:,}" in page
    assert '<rect class="used"' in page
    assert client.get(f"{HOME}me/why/{posted.run}/").status_code == 200
    assert client.get(f"{HOME}claim/")["Location"] == f"{HOME}me/"
    told = client.get(f"{HOME}me/data.json").json()
    assert {one["utility"] for one in told["readings"]} == {one["utility"] for one in told["meters"]}
    assert [one["points"] for one in told["awards"]] == [paid.account.balance]


def test_a_claimed_member_reports_a_meter_that_was_taken_over_with_them(number: int) -> None:
    member = claims(number, a_code(number))
    picture = io.BytesIO()
    Image.new("RGB", (60, 40), (120, 90, 60)).save(picture, "PNG")
    meter = use.meter_now(member, "electricity")
    reported = reporting.report(member, "electricity", dt.date(2024, 9, 1), Decimal("120.5"), "kWh", picture.getvalue())
    assert (reported.meter_id, member.meters.count()) == (meter, 0)


@pytest.mark.parametrize("wrong", [{"code": "wrong"}, {"number": "x"}, {"agreed": ""}, {"password": "short"}])
def test_a_form_with_something_wrong_claims_nobody_and_makes_no_account(number: int, wrong: dict[str, str]) -> None:
    before = get_user_model().objects.count()
    answer = Client().post(f"{HOME}claim/", {**new_claim(number, a_code(number)), **wrong})
    assert answer.status_code == 400
    assert get_user_model().objects.count() == before
    assert Member.objects.get(number=number).user is None


def test_a_person_with_an_account_claims_with_it_in_both_languages(
    number: int, person: Callable[[str], Client]
) -> None:
    client, code = person("member"), a_code(number)
    assert "계정 연결" in client.get("/ko/desks/eco-mileage/claim/").content.decode()
    assert client.post(f"{HOME}claim/", {"number": number, "code": code, "agreed": "on"}).status_code == 303
    assert Member.objects.get(number=number).user.username == "test-member"


def test_an_officer_prints_one_letter_at_the_counter(number: int, person: Callable[[str], Client]) -> None:
    officer = person("officer")
    looked = officer.post(f"{HOME}office/person/", {"number": str(number), "why": "at the counter"}).content.decode()
    assert f"office/codes/?number={number}" in looked
    form = officer.get(f"{HOME}office/codes/?number={number}").content.decode()
    key = re.search(r'name="key" value="([^"]+)"', form)[1]
    asked = {"key": key, "days": "30", "shape": "letters", "number": str(number)}
    letter = officer.post(f"{HOME}office/codes/", asked)
    code = re.search(r"<code>([^<]+)</code>", letter.content.decode())[1]
    assert letter["Cache-Control"] == "no-store"
    assert officer.post(f"{HOME}claim/", {"number": number, "code": code, "agreed": "on"}).status_code == 400
    assert claims(number, code).number == number
    made = CodeList.objects.get()
    assert officer.post(f"{HOME}office/codes/", {"withdraw": str(made.pk)}).status_code == 303
    assert CodeList.objects.get().withdrawn_by == "test-officer"
    assert "made codes" in officer.get(f"{HOME}office/trail/").content.decode()


def test_the_command_writes_a_list_that_only_its_owner_reads(
    registered: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(commands, "_ready", lambda: None)
    path = tmp_path / "codes.csv"
    commands.codes(path, by="kim")
    assert path.stat().st_mode & 0o777 == 0o600
    assert len(path.read_text().splitlines()) == 1 + Member.objects.count()
    with pytest.raises(FileExistsError):
        commands.codes(path, by="kim")
    with pytest.raises(UsageError, match="nobody waits for a code"):
        commands.codes(tmp_path / "more.csv", by="kim")
    assert not (tmp_path / "more.csv").exists()


# Races: on the database at hand, committed, so that threads see each other.

AT_ONCE = 8


def take_away(member: Member) -> None:
    """Delete a member below the guard that keeps them, so that no later test finds one."""
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER eco_member_kept")
        cursor.execute("DELETE FROM eco_mileage_member WHERE id = %s", [member.pk])
        if connection.vendor == "sqlite":
            cursor.execute(KEEP_MEMBERS["sqlite"])


@pytest.fixture
def alone(django_db_setup: None, django_db_blocker: Any) -> Iterator[Member]:
    """Return a member without an account, written for good for a test's threads; taken away again afterwards."""
    with django_db_blocker.unblock():
        number, last = 10**15 + secrets.randbelow(10**12), ClaimCode.objects.aggregate(last=models.Max("pk"))["last"]
        # In a book of its own: the accounts of a book are never deleted.
        book = open_book(f"claim-race-{number}", unit="point", says=text("시험", "test"))
        member = Member.objects.create(
            number=number,
            account=open_account(book, "member", str(number), guarded=True),
            joined_on=dt.date(2024, 1, 1),
        )
        yield member
        users = get_user_model().objects.filter(username__startswith=f"race-{number}")
        ClaimCode.objects.filter(pk__gt=last or 0).delete()
        CodeList.objects.filter(codes=None).delete()
        take_away(member)
        users.delete()
        FailedSignIn.objects.filter(name__startswith="claim/").delete()
        for kept in (Trail.objects.filter(about=str(number)), Look.objects.filter(number=number)):
            kept.delete()


def all_at_once(work: Callable[[int], object]) -> list[str]:
    """Let workers begin together, each on a connection of its own; return "done" or the refusal of each."""
    start = threading.Barrier(AT_ONCE)

    def one(place: int) -> str:
        try:
            connection.ensure_connection()
            start.wait(timeout=60)
            work(place)
        except UsageError as error:
            return error.parts("en").what
        finally:
            connection.close()
        return "done"

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return list(pool.map(one, range(AT_ONCE)))


def test_of_people_with_one_code_at_once_one_gets_the_account(alone: Member) -> None:
    code = a_code(alone.number)
    users = [a_user(f"race-{alone.number}-{place}") for place in range(AT_ONCE)]
    said = all_at_once(lambda place: claims(alone.number, code, users[place]))
    assert sorted(said) == sorted(["done"] + ["an account has been claimed with this code"] * (AT_ONCE - 1))
    winner = users[said.index("done")]
    assert Member.objects.get(pk=alone.pk).user == winner
    assert [user.groups.exists() for user in users].count(True) == 1
    assert Trail.objects.filter(act="claimed", about=str(alone.number)).count() == 1


def test_wrong_tries_at_once_do_not_get_past_the_limit(alone: Member) -> None:
    a_code(alone.number)
    ClaimCode.objects.filter(member=alone).update(wrong=WRONG_MAX - 2)
    said = all_at_once(lambda place: claims(alone.number, f"{place}", address=f"192.0.2.{place}"))
    assert "done" not in said
    assert ClaimCode.objects.get(member=alone).wrong == WRONG_MAX


def test_codes_made_at_once_for_one_member_leave_one_that_is_open(alone: Member) -> None:
    said = all_at_once(lambda place: a_code(alone.number))
    assert "done" in said
    assert set(said) <= {"done", "somebody made codes at the same moment"}
    assert ClaimCode.objects.filter(member=alone, used_at=None, void_at=None).count() == 1


def an_order(member: Member, *, delivered: bool) -> Redemption:
    """Order 100 points' worth for a member who holds enough."""
    item = redeeming.put_up(
        "voucher", way="voucher", title=("상품권", "voucher"), unit_points=100, stock=5, valid_from=dt.date(2024, 1, 1),
        by="lee",
    )  # fmt: skip
    made = redeeming.redeem(member, item, 1, key=secrets.token_hex(8))
    if delivered:
        redeeming.deliver(made, actor="shop")
    return made


def test_a_wrong_claim_is_undone_and_the_member_claims_with_a_new_code(posted: Any) -> None:
    paid = Member.objects.filter(account__balance__gt=300).select_related("account").first()
    held, stranger, own = paid.account.balance, a_user(), a_user()
    member = claims(paid.number, a_code(paid.number), stranger)
    Member.objects.filter(pk=member.pk).update(sealed=personal.seal({"address": "elsewhere"}), address_mark="x" * 64)
    an_order(member, delivered=True)
    waiting = an_order(member, delivered=False)
    assert claiming.counted().claimed == 1
    done = releasing.release(member, by="kim", why="the letter was stolen")
    assert done == releasing.Released(orders=1, points=100, delivered=100)
    after = Member.objects.select_related("account").get(pk=member.pk)
    assert (after.user, after.sealed, after.address_mark, after.account.balance) == (None, "", "", held - 100)
    assert Hold.objects.get(pk=waiting.hold_id).state == Hold.State.VOID
    assert not stranger.groups.exists()
    assert claiming.counted().claimed == 0
    noted = Trail.objects.get(act="released")
    assert (noted.actor, noted.about, noted.detail["why"]) == ("kim", str(member.number), "the letter was stolen")
    assert claims(member.number, a_code(member.number), own).user == own
    check_book(books.points())
    check_book(books.stock())


def test_only_a_claimed_account_is_parted_once_and_with_a_reason(number: int) -> None:
    with pytest.raises(UsageError, match="was not claimed with a code"):
        releasing.release(people.find(number), by="kim", why="lost")
    member = claims(number, a_code(number))
    make_partner("card", "A card firm")
    consenting.allow(member, "card", actor="x")
    with pytest.raises(UsageError, match="needs a reason"):
        releasing.release(member, by="kim", why=" ")
    releasing.release(member, by="kim", why="lost")
    with pytest.raises(UsageError, match="was not claimed with a code"):
        releasing.release(member, by="kim", why="lost")
    assert Trail.objects.filter(act="released").count() == 1
    # Nor does a partner keep what whoever claimed the account allowed it.
    assert not member.consents.filter(ended_at=None).exists()


def test_an_officer_parts_an_account_on_the_member_page_in_both_languages(
    number: int, person: Callable[[str], Client]
) -> None:
    stranger, officer = person("member"), person("officer")
    claims(number, a_code(number), get_user_model().objects.get(username="test-member"))
    assert stranger.get(f"{HOME}me/").status_code == 200
    asked = {"number": str(number), "why": "at the counter"}
    assert 'name="release"' in officer.post(f"{HOME}office/person/", asked).content.decode()
    assert stranger.post(f"{HOME}office/person/", {**asked, "release": "yes"}).status_code == 403
    done = officer.post("/ko/desks/eco-mileage/office/person/", {**asked, "release": "yes"}).content.decode()
    assert "연결을 끊었습니다" in done
    assert f"회원 {number} · {number} · 계정 연결</li>" in done
    assert f"test-officer · {number} · 계정 연결 끊음 · at the counter</li>" in done
    assert f"office/codes/?number={number}" in done
    assert stranger.get(f"{HOME}me/").status_code in (302, 303, 403)
    assert "parted the account" in officer.get(f"{HOME}office/trail/").content.decode()
