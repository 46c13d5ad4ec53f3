"""What goes in and out: a key given twice is refused by every interface and named, and letters stand for themselves."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.test import Client, RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import UsageError
from madang.web.api.bodies import AsItReads, KeysOnce
from madang.web.bench.models import Run
from madang.web.desks.eco_mileage.models import Redemption
from madang.web.desks.eco_mileage.partner_api import make_partner
from madang.web.desks.pollution_cap.models import Permit

_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


def _read(body: str) -> Any:
    return KeysOnce().parse_body(RequestFactory().post("/", body.encode(), content_type="application/json"))


@given(_JSON)
def test_any_other_json_is_read_as_python_reads_it(said: Any) -> None:
    assert _read(json.dumps(said)) == said


@pytest.mark.parametrize(
    ("body", "key"),
    [
        ('{"units": 1, "units": 2}', "units"),
        ('{"units": 1, "units": 1}', "units"),
        ('{"a": [{"b": {"c": 1, "d": 2, "c": 3}}]}', "c"),
        ('{"\\u0061": 1, "a": 2}', "a"),
        ('{"": 1, "": 2}', ""),
    ],
)
def test_a_key_twice_is_refused_at_any_depth_and_however_it_is_written(body: str, key: str) -> None:
    with pytest.raises(UsageError) as refused:
        _read(body)
    assert refused.value.parts("en") == (f"the key {key!r} is given twice", f"{key} in the body", "give it once")
    assert refused.value.parts("ko") == (f"열쇠를 두 번 적었습니다: {key!r}", f"본문의 {key}", "한 번만 적으십시오")


def _signed(interface: str) -> dict[str, str]:
    """Return the headers of somebody whom an interface lets in."""
    if interface == "eco-api":
        return {"Authorization": f"Bearer {make_partner('card', 'A card firm')}", "Idempotency-Key": "order-0001"}
    if interface == "permits":
        user = get_user_model().objects.create_user("kim", password="rain-on-the-courtyard-71")
        user.groups.add(Group.objects.get(name="officer"))
        token = base64.b64encode(b"kim:rain-on-the-courtyard-71").decode()
        return {"Authorization": f"Basic {token}", "Idempotency-Key": "k1"}
    return {}


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "body", "key", "interface"),
    [
        ("/api/runs", '{"solution": "ev_fleet", "solution": "eco_mileage"}', "solution", "api"),
        (
            "/api/desks/eco-mileage/orders",
            '{"member": 1, "item": "onnuri", "units": 1, "units": 5}',
            "units",
            "eco-api",
        ),
        ("/api/desks/pollution-cap/", '{"project": {"people": 1, "people": 2600}}', "people", "permits"),
    ],
)
def test_every_interface_refuses_a_key_given_twice(address: str, body: str, key: str, interface: str) -> None:
    answer = Client().post(address, body, content_type="application/json", headers=_signed(interface))
    told = answer.json()
    assert (answer.status_code, told["what"]) == (400, f"the key {key!r} is given twice")
    assert told["ko"] == {
        "what": f"열쇠를 두 번 적었습니다: {key!r}",
        "where": f"본문의 {key}",
        "todo": "한 번만 적으십시오",
    }
    assert not any(model.objects.exists() for model in (Run, Redemption, Permit))


def _written(said: Any) -> bytes:
    return AsItReads().render(RequestFactory().get("/"), said, response_status=200)


@given(_JSON)
def test_any_json_is_written_so_that_it_reads_as_it_was(said: Any) -> None:
    assert json.loads(_written(said)) == said


def test_korean_is_written_as_korean_and_half_a_letter_by_its_number() -> None:
    assert _written({"무엇": "없습니다"}).decode() == '{"무엇": "없습니다"}'
    assert _written(["\ud83d", "\\", "🌲"]) == '["\\ud83d", "\\\\", "🌲"]'.encode()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    ["/api/v1/runs/nothing", "/api/desks/eco-mileage/orders/1", "/api/desks/pollution-cap/0", "/api/nowhere"],
)
def test_every_interface_refuses_in_words_that_can_be_read_as_they_are_sent(address: str) -> None:
    answer = Client().get(address)
    assert answer.status_code in (401, 404, 422), answer.content
    told = json.loads(answer.content)["ko"]["what"]
    assert told.encode() in answer.content
    assert any("가" <= letter <= "힣" for letter in told)
