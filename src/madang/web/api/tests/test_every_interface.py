"""Every interface of the site, the desks' included, asked in any way its own description allows or forbids."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from django.test import override_settings
from django.urls import URLResolver, get_resolver
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from madang.web.api import answering
from madang.web.bench.asking import Ask, check
from madang.web.bench.jobs import submit, work
from madang.web.desks.eco_mileage.partner_api import make_partner
from madang.web.desks.eco_mileage.services import books, consenting, people, redeeming
from madang.web.ledger.moving import move

pytestmark = pytest.mark.django_db
#: How often each operation is asked as described, and how often in a way the description forbids.
_TRIES = 20
_PARTS = {"what", "where", "todo"}
_HANGUL = re.compile("[가-힣]")
#: Headers that a description cannot know, and real names by the field they may stand in.
Known = tuple[dict[str, str], dict[str, list[Any]]]


def the_site() -> Known:
    """Return a finished run and the names of what there is; nobody signs in."""
    run, job = submit(check(Ask("eco_mileage", "seoul", dt.date(2026, 11, 22), "", {"kg_per_pine": 7})), "tests")
    assert job is not None
    work(job)
    return {}, {"key": [run.key], "name": ["eco_mileage", "pines", "co2_saved_t"], "solution": ["eco_mileage"]}


def the_partners() -> Known:
    """Return a partner's token, and a member with points and something to buy."""
    user = get_user_model().objects.create(username="fuzzed")
    personal = {"name": "김하나", "address": "마포구 어느 길 1"}
    member = people.join(user, kind="household", district="마포구", personal_data=personal,
                         meters=[("electricity", 77)], today=dt.date(2024, 1, 5))  # fmt: skip
    day = dt.date(2024, 7, 1)
    move(books.sink("city"), member.account, 90_000, key="gift", kind="half_year 2024-01", event_day=day)
    redeeming.put_up("onnuri", way="voucher", title=("온누리", "Onnuri"), unit_points=10_000, stock=9,
                     valid_from=dt.date(2024, 1, 1), by="lee")  # fmt: skip
    headers = {"Authorization": f"Bearer {make_partner('card', 'A card firm')}"}
    consenting.allow(member, "card", actor="x")
    return headers, {"member": [member.number], "item": ["onnuri"], "number": [member.number, 1, 2], "units": [1]}


def the_permits() -> Known:
    """Return an officer's name and password, and a project that can be asked for."""
    user = get_user_model().objects.create(username="fuzzed")
    user.set_password("rain-on-the-courtyard-71")
    user.save()
    user.groups.add(Group.objects.get(name="officer"))
    token = base64.b64encode(b"fuzzed:rain-on-the-courtyard-71").decode()
    project = {"name": "Flats", "district": "Gangseo", "unit": "han_i", "year": 2027, "people": 2600}
    return {"Authorization": f"Basic {token}"}, {"project": [project], "plant": ["seonam"], "district": ["Gangseo"]}


INTERFACES: dict[str, tuple[str, Callable[[], Known]]] = {
    "api": ("/api/openapi.json", the_site),
    "eco-api": ("/api/desks/eco-mileage/openapi.json", the_partners),
    "permits": ("/api/desks/pollution-cap/openapi.json", the_permits),
}


def test_every_interface_is_fuzzed() -> None:
    """A new one fails here until it is."""
    below = {one.namespace: one.url_patterns for one in get_resolver().url_patterns if isinstance(one, URLResolver)}
    found = {
        space for space, views in below.items() if any(getattr(view, "name", "") == "openapi-json" for view in views)
    }
    assert found == set(INTERFACES)


@pytest.fixture
def one_connection() -> Iterator[None]:
    """Let requests made through WSGI keep the test's own connection and its transaction."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


@pytest.mark.parametrize("name", INTERFACES)
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_nothing_the_description_allows_or_forbids_makes_the_site_fail(
    one_connection: None, name: str, mode: GenerationMode, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """No answer of 500 and above; every refusal says what, where and what to do."""
    monkeypatch.setattr(answering.AnonRateThrottle, "allow_request", lambda self, request: True)
    quick = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    with override_settings(PASSWORD_HASHERS=quick):
        address, prepare = INTERFACES[name]
        headers, real = prepare()
        described = schemathesis.openapi.from_wsgi(address, get_wsgi_application())
        operations = [found.ok() for found in described.get_all_operations()]
        tried = {one.label: _try(one, mode, {"Host": "testserver", **headers}, real) for one in operations}
    assert len(tried) >= 5
    if mode is GenerationMode.POSITIVE:
        assert min(tried.values()) > 0, tried


def _try(operation: Any, mode: GenerationMode, headers: dict[str, str], real: dict[str, list[Any]]) -> int:
    """Ask an operation in many ways, half of them with real names; return how many answers came."""
    answers = 0

    @settings(max_examples=_TRIES, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(case=operation.as_strategy(generation_mode=mode), data=st.data())
    def ask(case: Any, data: st.DataObject) -> None:
        nonlocal answers
        if data.draw(st.booleans()):
            for part in (case.path_parameters, case.query, case.body):
                for name in set(real) & set(part if isinstance(part, dict) else ()):
                    part[name] = data.draw(st.sampled_from(real[name]))
        answer = case.call(headers=headers)
        answers += 1
        assert answer.status_code < 500, (operation.label, answer.status_code, answer.text[:300])
        if answer.status_code >= 400:
            told = json.loads(answer.text)
            assert set(told) == {*_PARTS, "ko"}, (operation.label, answer.text[:200])
            assert set(told["ko"]) == _PARTS
            assert _HANGUL.search(told["ko"]["what"]), (operation.label, answer.text[:200])

    with suppress(Unsatisfiable):
        # Where a description allows everything, nothing can be asked that it forbids.
        ask()
    return answers
