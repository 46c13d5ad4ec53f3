"""The interface: what it gives, how it refuses, and what it lets others read."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils.timezone import localdate

from madang import register
from madang.web.api import answering
from madang.web.bench.asking import Ask, check
from madang.web.bench.jobs import submit, work
from madang.web.bench.models import Run
from madang.web.scoreboard.models import Standing

pytestmark = pytest.mark.django_db
QUICK = "eco_mileage"
SHAPE, SEE = {"what", "where", "todo", "ko"}, "/api/openapi.json을 보십시오"


def get(client: Client, address: str, status: int = 200) -> Any:
    answer = client.get(address)
    assert answer.status_code == status, (address, answer.content[:300])
    assert answer.headers["Content-Type"].startswith("application/json")
    return json.loads(answer.content)


def post(client: Client, address: str, body: Any, **more: Any) -> Any:
    return client.post(address, json.dumps(body), content_type="application/json", **more)


@pytest.fixture
def finished(db: None) -> Run:
    run, job = submit(check(Ask(QUICK, "seoul", date(2026, 11, 22), "", {"kg_per_pine": 7})), "tests")
    assert job is not None
    work(job)
    run.refresh_from_db()
    return run


def test_the_description_is_openapi_3_1_and_names_every_part(visitor: Client) -> None:
    told = get(visitor, "/api/openapi.json")
    assert told["openapi"].startswith("3.1")
    for part in ("solutions", "runs", "promises", "facts", "library"):
        assert any(path.startswith(f"/api/{part}") for path in told["paths"])


def test_the_documentation_loads_nothing_from_elsewhere(visitor: Client) -> None:
    page = visitor.get("/api/docs").content.decode()
    assert "swagger-ui-bundle.js" in page
    assert "http://" not in page.replace("http://testserver", "")
    assert "https://" not in page


def test_every_registered_solution_is_told_with_its_inputs(visitor: Client) -> None:
    assert [one["name"] for one in get(visitor, "/api/solutions")] == list(register.NAMES)
    for name in register.NAMES:
        told = get(visitor, f"/api/solutions/{name}/inputs")
        assert [one["name"] for one in told["inputs"]] == [card.name for card in register.load(name).inputs.fields()]
        assert all(one["title"]["ko"] and one["title"]["en"] for one in told["inputs"])


def test_bounds_stand_in_the_schema_of_changes(visitor: Client) -> None:
    told = get(visitor, f"/api/solutions/{QUICK}/inputs")["changes_schema"]["properties"]["kg_per_pine"]
    assert (told["minimum"], told["maximum"], told["x-unit"]) == (0.1, 100.0, "kg/tree")


def test_a_run_is_asked_for_looked_at_and_walked_back(visitor: Client) -> None:
    body = {"solution": QUICK, "day": "2026-11-22", "changes": {"kg_per_pine": 7.5}}
    asked = post(visitor, "/api/runs", body)
    assert asked.status_code == 202
    told = asked.json()
    assert told["job"]["state"] == "waiting"
    work(Run.objects.get(key=told["run"]).jobs.get())
    done = get(visitor, asked.headers["Location"])
    assert done["state"] == "done"
    assert done["changed"][0]["now"] == 7.5
    road = get(visitor, f"/api/runs/{told['run']}/why/pines")
    assert any(step["input"] == "kg_per_pine" and step["changed"] for step in road["inputs"])


def test_a_run_that_is_there_already_is_answered_at_once(visitor: Client, finished: Run) -> None:
    body = {"solution": QUICK, "day": "2026-11-22", "changes": {"kg_per_pine": "7"}}
    again = post(visitor, "/api/runs", body)
    assert again.status_code == 200
    assert again.json()["run"] == finished.key


def test_a_run_can_be_cancelled_only_from_where_it_was_asked_for(visitor: Client) -> None:
    key = post(visitor, "/api/runs", {"solution": QUICK, "changes": {"kg_per_pine": 7.5}}).json()["run"]
    assert Client(REMOTE_ADDR="192.0.2.9").post(f"/api/runs/{key}/cancel").status_code == 403
    assert visitor.post(f"/api/runs/{key}/cancel").json()["state"] == "cancelled"


@pytest.mark.parametrize(
    ("body", "status", "what"),
    [
        ({"solution": "ev_flet"}, 404, "there is no solution called 'ev_flet'"),
        ({"solution": QUICK, "changes": {"kg_per_pine": -1}}, 400, "kg_per_pine = -1 is outside its bounds"),
        ({"solution": QUICK, "changes": {"kg_per_pin": 1}}, 404, "there is no input called 'kg_per_pin'"),
        ({"solution": QUICK, "scenario": "none_such"}, 404, "there is no scenario called 'none_such'"),
        ({"solution": QUICK, "city": "atlantis"}, 404, "there is no city called 'atlantis'"),
        ({"solution": QUICK, "day": "9999-12-31"}, 400, "9999-12-31 is too far away"),
        ({"solution": 7}, 422, "this is not text"),
    ],
)
def test_every_refusal_has_one_shape(visitor: Client, body: dict[str, Any], status: int, what: str) -> None:
    answer = post(visitor, "/api/runs", body)
    assert answer.status_code == status
    assert set(answer.json()) == SHAPE
    assert answer.json()["what"] == what


def test_an_address_that_leads_nowhere_answers_in_the_same_shape(visitor: Client) -> None:
    for address in ("/api/nothing", "/api/runs/xyz/why", "/api/promises/no-such", "/api/library/999999"):
        told = get(visitor, address, 404)
        assert set(told) == SHAPE


@pytest.mark.parametrize(
    ("body", "korean"),
    [
        (
            {},
            {"what": "있어야 할 열쇠가 없습니다", "where": "본문의 solution", "todo": f"더하십시오: 'solution'. {SEE}"},
        ),
        ({"solution": 7}, {"what": "글이 아닙니다", "where": "본문의 solution", "todo": SEE}),
        ("{bad", {"what": "본문이 JSON이 아닙니다", "where": "본문", "todo": SEE}),
    ],
)
def test_a_request_of_a_wrong_shape_is_told_in_korean_too(visitor: Client, body: object, korean: object) -> None:
    sent = body if isinstance(body, str) else json.dumps(body)
    answer = visitor.post("/api/runs", sent, content_type="application/json")
    assert answer.json()["ko"] == korean


def test_a_wrong_query_names_the_part_as_the_address_has_it(visitor: Client) -> None:
    told = get(visitor, "/api/facts?limit=many", 422)
    assert (told["what"], told["where"]) == ("this is not a whole number", "limit in the query")


def test_a_body_that_is_no_json_is_refused(visitor: Client) -> None:
    answer = visitor.post("/api/runs", "{bad", content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["what"] == "the body is not JSON"


def test_any_site_may_read_and_none_may_post_for_its_reader(visitor: Client) -> None:
    assert visitor.get("/api/solutions").headers["Access-Control-Allow-Origin"] == "*"
    headers = {"Origin": "https://elsewhere.example", "Sec-Fetch-Site": "cross-site"}
    assert post(visitor, "/api/runs", {"solution": QUICK}, headers=headers).status_code == 403


def test_too_many_requests_are_told_to_wait(visitor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    limits = answering.api.throttle
    monkeypatch.setattr(limits[0] if isinstance(limits, list) else limits, "num_requests", 2)
    cache.clear()
    answers = [visitor.get(f"/api/facts?limit={n + 1}") for n in range(4)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 429]
    assert answers[-1].json()["todo"].startswith("wait ")
    assert int(answers[-1].headers["Retry-After"]) > 0


def test_a_fact_is_told_as_of_a_day_with_its_source(visitor: Client) -> None:
    told = get(visitor, f"/api/facts/{QUICK}/kg_per_pine?on=2021-01-01")
    assert told["value"] == 6.6
    assert told["source"]["who"]
    early = get(visitor, f"/api/facts/{QUICK}/kg_per_pine?on=1950-01-01", 400)
    assert early["what"] == "the fact 'kg_per_pine' is known only from 2009-01-01"


def test_facts_are_counted_and_given_some_at_a_time(visitor: Client) -> None:
    told = get(visitor, f"/api/facts?solution={QUICK}&limit=3")
    assert len(told["facts"]) == 3
    assert told["count"] > 3
    assert all(fact["values"] for fact in told["facts"])


def test_promises_leave_their_evidence_to_their_own_address(visitor: Client) -> None:
    data = {"id": "p", "theme": {}, "checks": [], "main": {"evidence": {"a": 1}}}
    Standing.objects.create(
        promise="p", place=0, city="seoul", theme="t", verdict="on track", judged_on=localdate(), data=data
    )
    assert "main" not in get(visitor, "/api/promises?verdict=on-track")["promises"][0]
    assert get(visitor, "/api/promises/p")["main"]["evidence"] == {"a": 1}


def test_published_entries_are_listed_in_a_language_and_unpublished_ones_are_not(visitor: Client) -> None:
    told = get(visitor, "/api/library?language=en&limit=100")
    assert told["count"] == len(told["entries"]) or told["count"] > 100
    assert {entry["language"] for entry in told["entries"]} <= {"en"}
    if told["entries"]:
        assert get(visitor, f"/api/library/{told['entries'][0]['id']}")["record"]["@context"] == "https://schema.org"


def test_the_catalogue_is_dcat(visitor: Client) -> None:
    told = get(visitor, "/api/catalogue.jsonld")
    assert told["@type"] == "dcat:Catalog"
    assert all(one["dcat:distribution"] for one in told["dcat:dataset"])
