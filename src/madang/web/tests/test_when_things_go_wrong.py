"""What a reader sees where there is nothing, where one may not enter, and where the site itself fails."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from madang.web.live import views

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("/ko/nothing/", "여기에는 아무것도 없습니다"),
        ("/en/nothing/", "There is nothing here"),
        ("/en/promises/no-such/", "There is nothing here"),
        ("/ko/why/eco_mileage/no_such/", "여기에는 아무것도 없습니다"),
        ("/ko/정책/", "여기에는 아무것도 없습니다"),
    ],
)
def test_where_there_is_nothing_one_is_told_so_and_can_search(visitor: Client, address: str, words: str) -> None:
    answer = visitor.get(address)
    html = answer.content.decode()
    assert answer.status_code == 404
    assert words in html
    assert 'role="search"' in html
    assert "ETag" not in answer.headers


@pytest.mark.parametrize(("code", "words"), [("ko", "이 방에는 들어갈 수 없습니다"), ("en", "This room is not open")])
def test_where_one_may_not_enter_one_is_told_whom_to_ask(
    person: Callable[[str], Client], code: str, words: str
) -> None:
    answer = person("editor").get(f"/{code}/desks/pollution-cap/")
    assert (answer.status_code, words in answer.content.decode()) == (403, True)


def test_a_form_from_elsewhere_is_refused_in_words(db: None) -> None:
    answer = Client(enforce_csrf_checks=True).post("/en/account/sign-in/", {"username": "x", "password": "y"})
    assert (answer.status_code, "Open the form again" in answer.content.decode()) == (403, True)


def test_a_failure_of_ours_is_called_one_and_shows_nothing_of_its_inside(
    visitor: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Both languages on one page: at this point nothing else can be relied on."""

    def fails(*args: object) -> None:
        raise RuntimeError("the inside")

    monkeypatch.setattr(views.quotes, "number", fails)
    visitor.raise_request_exception = False
    answer = visitor.get("/en/why/eco_mileage/pines/")
    html = answer.content.decode()
    assert (answer.status_code, "Something broke" in html, "고장이 났습니다" in html) == (500, True, True)
    assert "the inside" not in html
    assert "Content-Security-Policy" in answer.headers


def test_an_address_that_no_site_has_is_refused(visitor: Client) -> None:
    """A host name that is not ours."""
    answer = visitor.get("/ko/", headers={"Host": "evil.example"})
    assert (answer.status_code, "Bad request" in answer.content.decode()) == (400, True)
