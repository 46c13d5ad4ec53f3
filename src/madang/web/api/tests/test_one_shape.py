"""Below /api/ nothing says no with a page: a wrong method, an address that leads nowhere, a letter nobody takes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import HttpResponse, HttpResponseNotFound
from django.test import Client, RequestFactory

from madang.web.api.middleware import InOneShape
from madang.web.middleware import NoNul

pytestmark = pytest.mark.django_db
ECO, PERMITS = "/api/desks/eco-mileage", "/api/desks/pollution-cap"
PERMIT = f"{PERMITS}/0123456789abcdef01234567"


def refused(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content[:200]
    assert answer.headers["Content-Type"].startswith("application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    told: dict[str, Any] = json.loads(answer.content)
    assert set(told) == {"what", "where", "todo", "ko"}
    return told


@pytest.mark.parametrize(
    ("method", "address", "allow"),
    [
        ("DELETE", "/api/solutions", "GET"),
        ("PUT", "/api/runs", "POST"),
        ("GET", f"{ECO}/orders", "POST"),
        ("PUT", f"{PERMITS}/", "GET, POST"),
        ("DELETE", PERMIT, "GET"),
        ("FOO", "/api/solutions", "GET"),
        ("OPTIONS", "/api/solutions", "GET"),
        ("POST", "/api/openapi.json", "GET"),
        ("DELETE", "/api/docs", "GET"),
        ("FOO", f"{ECO}/openapi.json", "GET"),
        ("PUT", f"{ECO}/docs", "GET"),
        ("POST", f"{PERMITS}/docs", "GET"),
    ],
)
def test_a_wrong_method_is_told_with_those_that_are_right(method: str, address: str, allow: str) -> None:
    answer = Client(enforce_csrf_checks=True).generic(method, address)
    told = refused(answer, 405)
    assert answer.headers["Allow"] == allow
    english = f"this address takes no {method}", address, f"send {allow.replace(', ', ' or ')}"
    assert (told["what"], told["where"], told["todo"]) == english
    korean = f"이 주소는 {method} 요청을 받지 않습니다", address, f"다음 방식으로 보내십시오: {allow}"
    assert tuple(told["ko"].values()) == korean


@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "OPTIONS", "FOO"])
@pytest.mark.parametrize(
    "address",
    ["/api/nothing", "/api/a%0Ab", "/api/a%00b", "/api/solutions/", "/api/desks/nothing", ECO, PERMITS, f"{ECO}/",
     f"{PERMITS}/a/b/c", "/api/promises/"],
)  # fmt: skip
def test_an_address_that_leads_nowhere_is_told_in_the_shape(method: str, address: str) -> None:
    told = refused(Client(enforce_csrf_checks=True).generic(method, address), 404)
    assert (told["what"], told["todo"]) == ("there is no such thing", "see /api/ for what there is")
    assert told["ko"]["what"] == "여기에는 아무것도 없습니다"


def test_an_interface_without_a_front_page_says_so_too() -> None:
    assert refused(Client().get(f"{ECO}/"), 404)["where"] == f"{ECO}/"


def test_a_refusal_has_no_body_where_only_its_head_is_asked_for(visitor: Client) -> None:
    answer = visitor.head("/api/nothing")
    assert (answer.status_code, answer.content) == (404, b"")


def test_pages_elsewhere_say_no_as_pages_do(visitor: Client) -> None:
    answer = visitor.get("/ko/api/nothing/")
    assert (answer.status_code, answer.headers["Content-Type"][:9]) == (404, "text/html")


def test_what_an_interface_itself_says_is_left_as_it_is() -> None:
    said = HttpResponseNotFound("{}", content_type="application/json")
    assert InOneShape(lambda _: said)(RequestFactory().get("/api/x")) is said
    page = HttpResponse("docs")
    assert InOneShape(lambda _: page)(RequestFactory().get("/api/docs")) is page


def test_a_nul_in_a_body_is_told_in_the_shape() -> None:
    guard = NoNul(lambda _: HttpResponse())
    fault = ValueError("A string literal cannot contain NUL (0x00) characters.")
    answer = guard.process_exception(RequestFactory().post("/api/runs"), fault)
    told = refused(answer, 400)
    assert (told["what"], told["ko"]["what"]) == ("a text in the body holds a NUL", "본문의 글에 NUL이 들어 있습니다")
