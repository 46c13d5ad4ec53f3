"""The desk for programs: officers only, once for a key, errors in one shape."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client

from madang.web.desks.pollution_cap.allotting import allot_file
from madang.web.desks.pollution_cap.models import Permit
from madang.web.desks.pollution_cap.rules import city_here
from madang.web.desks.pollution_cap.tests.desk_cases import left

pytestmark = pytest.mark.django_db
PASSWORD = "rain-on-the-courtyard-71"
PROJECT = {"name": "Flats", "district": "Gangseo", "unit": "han_i", "year": 2027, "people": 2600}
ALLOTTED = "district,unit,substance,year,kg_per_d\nGangseo,han_i,bod,2027,4\nGangseo,han_i,tp,2027,0.3\n"


@pytest.fixture(autouse=True)
def plan(db: None, tmp_path: Path) -> None:
    """Allot a made-up plan."""
    path = tmp_path / "plan.csv"
    path.write_text(ALLOTTED, "utf-8")
    allot_file(city_here(), path, document="plan", status="made_up", source="made up for a test", by="kim")


def call(method: str, address: str, body: Any = None, role: str | None = "officer", **headers: str) -> Any:
    """Call as a program does, without a session."""
    if role is not None:
        user, new = get_user_model().objects.get_or_create(username=f"program-{role}")
        if new:
            user.set_password(PASSWORD)
            user.save()
            user.groups.add(Group.objects.get(name=role))
        token = base64.b64encode(f"program-{role}:{PASSWORD}".encode()).decode()
        headers["authorization"] = f"Basic {token}"
    data = {} if body is None else {"data": json.dumps(body), "content_type": "application/json"}
    return getattr(Client(enforce_csrf_checks=True), method)(
        f"/api/desks/pollution-cap/{address}", **data, headers=headers
    )


def ask(key: str = "k1", **more: Any) -> Any:
    """Ask for the flats."""
    return call("post", "", {"project": PROJECT | more, "plant": "seonam"}, **{"idempotency-key": key})


def test_a_project_is_answered_consulted_spent_and_completed() -> None:
    told = ask().json()
    assert (told["verdict"], told["state"], told["made_up"]) == ("allowed with conditions", "answered", True)
    assert told["needs_kg_per_d"] == {"bod": "2.5760", "tp": "0.2471"}
    for step, state in (("consult", "consulted"), ("spend", "spent")):
        assert call("post", f"{told['key']}/{step}", {"note": "by program"}).json()["state"] == state
    built = {"built_kg_per_d": {"bod": "2", "tp": "0.2"}}
    done = call("post", f"{told['key']}/complete", built).json()
    assert [step["step"] for step in done["trail"]] == ["answered", "consulted", "spent", "completed"]
    assert {row["substance"]: row["left_kg_per_d"] for row in call("get", "account?year=2027").json()} == {
        "bod": "2.0000",
        "tp": "0.1000",
    }
    assert [one["key"] for one in call("get", "?state=completed").json()] == [told["key"]]


def test_what_is_sent_twice_is_done_once() -> None:
    first, again = ask().json(), ask().json()
    assert first["key"] == again["key"]
    for _ in range(2):
        assert call("post", f"{first['key']}/consult", {}).json()["state"] == "consulted"
    assert left(city_here()) == {"bod": 40_000 - 25_760, "tp": 3_000 - 2_471}
    other = ask(people=10)
    assert (other.status_code, other.json()["what"]) == (409, "this key has asked for another project")


@pytest.mark.parametrize("role", [None, "analyst", "editor"])
def test_only_officers_are_answered(role: str | None) -> None:
    key = ask().json()["key"]
    for method, address, body in (("get", "", None), ("get", f"{key}", None), ("get", "account", None),
                                  ("post", f"{key}/consult", {}),
                                  ("post", "", {"project": PROJECT, "plant": "seonam"})):  # fmt: skip
        answer = call(method, address, body, role, **{"idempotency-key": "x"})
        assert answer.status_code == 401, address
        assert answer.headers["WWW-Authenticate"] == 'Basic realm="Madang"'
    assert Permit.objects.count() == 1
    assert left(city_here())["bod"] == 40_000


def test_five_wrong_passwords_hold_a_name_up_here_too() -> None:
    ask()
    wrong = base64.b64encode(b"program-officer:wrong").decode()
    for _ in range(5):
        assert call("get", "", role=None, authorization=f"Basic {wrong}").status_code == 401
    assert call("get", "").status_code == 401


def test_errors_have_the_shape_of_all_errors() -> None:
    key = ask().json()["key"]
    call("post", f"{key}/consult", {})
    second = ask("k2", name="second", people=2000).json()
    cases = [
        (call("post", "", {"project": PROJECT, "plant": "seonam"}), 422),
        (ask("k3", way="river"), 404),
        (ask("k4", people=-1), 400),
        (call("get", "0" * 24), 404),
        (call("post", f"{second['key']}/consult", {}), 400),
        (call("post", f"{key}/complete", {"built_kg_per_d": {"bod": "1"}}), 400),
        (call("post", f"{key}/burn", {}), 422),
    ]
    for answer, status in cases:
        assert answer.status_code == status, answer.content
        assert set(answer.json()) == {"what", "where", "todo", "ko"}
        assert answer.headers["Cache-Control"] == "no-store"


def test_the_description_names_every_way_in() -> None:
    told = Client().get("/api/desks/pollution-cap/openapi.json").json()
    assert set(told["paths"]) == {
        "/api/desks/pollution-cap/",
        "/api/desks/pollution-cap/account",
        "/api/desks/pollution-cap/{key}",
        "/api/desks/pollution-cap/{key}/{step}",
    }
