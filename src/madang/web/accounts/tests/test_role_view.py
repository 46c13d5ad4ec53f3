"""The table role x view, written out by hand in role_view.csv: each view of our own rooms is asked for in each role."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from django.urls import resolve

from madang.web.accounts.roles import ROLES
from madang.web.accounts.rules import rule_for, rules
from madang.web.accounts.tests.test_rules import every_view

pytestmark = pytest.mark.django_db
FILE = Path(__file__).parent / "role_view.csv"
ROWS = {row["view"]: row for row in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())}
#: What a view answers that was reached: found or not, wrongly asked, or asking for its own token.
REACHED = {200, 302, 400, 401, 404, 405, 409, 422, 503}


def allowed(view: str) -> set[str]:
    """Return the roles that the table lets in."""
    return {role for role in ROLES if ROWS[view][role] == "yes"}


def test_every_view_of_ours_has_a_row_and_every_row_a_view() -> None:
    """A new view fails here until somebody writes down who may open it."""
    ours = {name for name in every_view() if name in rules()}
    assert ours - set(ROWS) == set(), f"write who may open it into {FILE.name}"
    assert set(ROWS) - ours == set(), f"gone: take it out of {FILE.name}"


@pytest.mark.parametrize("view", ROWS)
def test_the_rule_of_a_view_says_what_the_table_says(view: str) -> None:
    """The rooms' own rules are held against the table, and so is the view that its address leads to."""
    assert rule_for(view) == allowed(view)
    assert rule_for(resolve(ROWS[view]["address"]).view_name) == allowed(view)


@pytest.mark.parametrize("role", ROLES)
def test_the_gate_stands_before_every_view(person: Callable[[str], Client], role: str) -> None:
    """Who is let in reaches the view; a visitor is sent to sign in and anybody else refused."""
    client, wrong = person(role), []
    for view, row in ROWS.items():
        if view == "sign-out":
            continue
        answer = client.get(row["address"])
        door = answer.status_code == 302 and "next=" in answer.headers["Location"]
        if role in allowed(view):
            fits = answer.status_code in REACHED and not door
        else:
            fits = door if role == "visitor" else answer.status_code == 403
        wrong += [] if fits else [(view, answer.status_code)]
    assert not wrong


def test_signing_out_ends_what_a_role_may(person: Callable[[str], Client]) -> None:
    """The one view whose visit changes who asks, by POST alone."""
    officer = person("officer")
    assert officer.get("/ko/account/sign-out/").status_code == 405
    assert officer.post("/ko/account/sign-out/").status_code == 302
    assert officer.get("/ko/desks/pollution-cap/").status_code == 302
