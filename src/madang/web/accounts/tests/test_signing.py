"""Signing in: the limit on failures, the audit log, accounts made from the command line."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.contrib.auth import authenticate
from django.test import Client
from wagtail.models import ModelLogEntry

from madang.core.errors import UnknownName, UsageError
from madang.web.accounts import commands, making
from madang.web.accounts.limits import FAILED_PER_ADDRESS_MAX, FAILED_PER_NAME_MAX
from madang.web.accounts.making import find_account, give_role, make_account
from madang.web.accounts.models import FailedSignIn
from madang.web.accounts.roles import roles_of

pytestmark = pytest.mark.django_db
GOOD = "rain-on-the-courtyard-71"


def _try(client: Client, password: str, name: str = "mina") -> str:
    """Try to sign in at the public door; return the page that answers."""
    answer = client.post("/en/account/sign-in/", {"username": name, "password": password}, follow=True)
    return answer.content.decode()


def test_five_failures_hold_a_name_up_even_with_the_right_password(visitor: Client) -> None:
    """The sixth try is refused before the password is looked at, and the page says how long to wait."""
    make_account("mina", "editor", GOOD)
    for _ in range(FAILED_PER_NAME_MAX):
        assert "Too many" not in _try(visitor, "wrong")
    page = _try(visitor, GOOD)
    assert "Too many tries failed. Try again in 15 minutes." in page
    assert authenticate(username="mina", password=GOOD) is None


def test_the_editors_door_is_held_up_by_the_same_failures(visitor: Client) -> None:
    """There is one limit, whichever door is tried."""
    make_account("mina", "editor", GOOD)
    for _ in range(FAILED_PER_NAME_MAX):
        visitor.post("/admin/login/", {"username": "mina", "password": "wrong"})
    answer = visitor.post("/admin/login/", {"username": "mina", "password": GOOD})
    assert answer.status_code == 200
    assert "15" in answer.content.decode()


def test_an_address_that_tries_many_names_is_held_up_too(visitor: Client) -> None:
    """Guessing one password for many names is no way around."""
    for number in range(FAILED_PER_ADDRESS_MAX):
        FailedSignIn.objects.create(name=f"name-{number}", address="127.0.0.1")
    make_account("mina", "editor", GOOD)
    assert "Too many" in _try(visitor, GOOD)


def test_a_success_forgets_the_failures_and_is_logged(visitor: Client) -> None:
    """The log names who, what and from where."""
    user = make_account("mina", "editor", GOOD)
    _try(visitor, "wrong")
    assert "mina" in _try(visitor, GOOD)
    assert not FailedSignIn.objects.filter(name="mina").exists()
    logged = list(ModelLogEntry.objects.filter(object_id=str(user.pk)).values_list("action", flat=True))
    assert {"madang.created", "madang.role", "madang.sign_in_failed", "madang.sign_in"} <= set(logged)


def test_an_account_gets_one_role_and_another_later() -> None:
    """A role replaces the one before it."""
    user = make_account("jun", "analyst", GOOD)
    assert roles_of(user) == {"visitor", "analyst"}
    give_role(user, "admin")
    assert roles_of(find_account("jun")) >= {"admin", "editor"}
    give_role(user, "officer")
    assert roles_of(find_account("jun")) == {"visitor", "officer"}


def test_a_weak_password_a_taken_name_and_a_wrong_role_are_refused() -> None:
    """The errors say what to do."""
    with pytest.raises(UsageError, match="choose another name or password"):
        make_account("mina", "editor", "12345")
    make_account("mina", "editor", GOOD)
    with pytest.raises(UsageError, match="there is an account called 'Mina' already"):
        make_account("Mina", "editor", GOOD)
    with pytest.raises(UnknownName, match=r"did you mean editor\?"):
        make_account("jun", "editr", GOOD)


def test_the_sign_in_page_is_not_kept_and_carries_a_token(visitor: Client) -> None:
    """A page with a token belongs to one reader."""
    answer = visitor.get("/ko/account/sign-in/")
    assert "ETag" not in answer.headers
    assert re.search(r'name="csrfmiddlewaretoken"', answer.content.decode())


def test_signing_out_is_logged(person: Callable[[str], Client]) -> None:
    """The log closes what it opened."""
    client = person("editor")
    client.post("/ko/account/sign-out/")
    assert ModelLogEntry.objects.filter(action="madang.sign_out").exists()
    assert client.get("/ko/account/").status_code == 302


@pytest.mark.parametrize("role", ["analyst", "officer", "editor", "admin"])
def test_whoever_gets_an_account_is_told_a_door_that_lets_them_in(
    role: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(commands, "_making", lambda: making)
    monkeypatch.setenv("MADANG_PASSWORD", GOOD)
    commands.create("somebody", role, "")
    door = capsys.readouterr().out.rpartition("sign in at ")[2].strip()
    client = Client()
    client.force_login(find_account("somebody"))
    assert client.get(door, follow=True).status_code == 200
