"""The desk for programs: a project in, an answer out, and every step; signed in by name and password on each request.

What is asked or done twice under one ``Idempotency-Key`` is done once.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from ninja import Header, NinjaAPI, Path, Query, Schema
from ninja.errors import AuthenticationError
from ninja.security import HttpBasicAuth
from pydantic import Field

from madang.core.errors import Both, UsageError
from madang.web.accounts.roles import OFFICERS, roles_of
from madang.web.api.bodies import AsItReads, KeysOnce
from madang.web.api.refusing import refusal, say_errors_of
from madang.web.desks.pollution_cap import working
from madang.web.desks.pollution_cap.asking import ask, permit_of, permits, project_of
from madang.web.desks.pollution_cap.rules import city_here
from madang.web.desks.pollution_cap.telling import account_rows, as_json
from madang.web.desks.pollution_cap.views import status_of

LISTED_MAX = 500


class ByPassword(HttpBasicAuth):
    """Let officers in by name and password; too many failures hold a name up here as at every door."""

    def authenticate(self, request: HttpRequest, username: str, password: str) -> Any:
        """Return the officer, or None."""
        user = authenticate(request, username=username, password=password)
        return user if user is not None and roles_of(user) & OFFICERS else None


class Asked(Schema):
    """A project as the how-to describes it, and the sewage plant its sewer leads to."""

    project: dict[str, Any]
    plant: Annotated[str, Field(max_length=80)] = ""


class Done(Schema):
    """What stands in the trail; for a completion, the loads as built by substance (kg/d)."""

    note: Annotated[str, Field(max_length=2000)] = ""
    built_kg_per_d: dict[str, str] = {}
    held_days: Annotated[int, Field(ge=1, le=3650)] = working.HELD_DAYS


api = NinjaAPI(
    title="Madang: development loads",
    version="1",
    urls_namespace="permits",
    description="Ask for development load, consult, spend, complete, cancel. Officers sign in with every request.",
    auth=ByPassword(),
    parser=KeysOnce(),
    renderer=AsItReads(),
    docs_url=None,
)
Key = Path(..., pattern=r"^[0-9a-f]{24}$")
Once = Header(..., alias="Idempotency-Key", min_length=1, max_length=120)


@api.post("/", response=dict[str, Any])
def ask_for(request: HttpRequest, asked: Asked, once: str = Once) -> dict[str, Any]:
    """Answer a project from the account as it stands."""
    return as_json(ask(city_here(), project_of(asked.project), asked.plant, _who(request), once))


@api.get("/", response=list[dict[str, Any]])
def list_all(request: HttpRequest, state: str = Query("", max_length=20)) -> list[dict[str, Any]]:
    """List the permits, the newest first, at most 500."""
    return [as_json(one) for one in permits(city_here(), state)[:LISTED_MAX]]


@api.get("/account", response=list[dict[str, Any]])
def account(request: HttpRequest, district: str = "", unit: str = "", year: int | None = None) -> list[dict[str, Any]]:
    """Show the cells of the account, loads in kg/d."""
    return account_rows(city_here(), district, unit, year)


@api.get("/{key}", response=dict[str, Any])
def one(request: HttpRequest, key: str = Key) -> dict[str, Any]:
    """Show a permit with its answer and its trail."""
    return as_json(permit_of(city_here(), key))


@api.post("/{key}/{step}", response=dict[str, Any])
def act(
    request: HttpRequest, step: Literal["consult", "spend", "complete", "cancel"], done: Done, key: str = Key
) -> dict[str, Any]:
    """Take a step with a permit. A step that was taken already is answered with where the permit stands."""
    permit = permit_of(city_here(), key)
    if permit.state != _REACHED[step]:
        who = _who(request)
        if step == "complete":
            working.complete(permit, done.built_kg_per_d, who, done.note)
        elif step == "consult":
            working.consult(permit, who, done.note, done.held_days)
        else:
            {"spend": working.spend, "cancel": working.cancel}[step](permit, who, done.note)
    return as_json(permit)


_REACHED = {"consult": "consulted", "spend": "spent", "complete": "completed", "cancel": "cancelled"}


def _who(request: HttpRequest) -> str:
    """Return the officer's name."""
    return str(request.auth.get_username())  # type: ignore[attr-defined]


say_errors_of(api, "/api/desks/pollution-cap/openapi.json", status_of)
_OFFICERS_ONLY = UsageError(
    Both("담당자만 물을 수 있습니다", "only officers may ask here"),
    None,
    Both("이름과 비밀번호로 로그인하십시오(Basic)", "sign in by name and password (Basic)"),
)


@api.exception_handler(AuthenticationError)
def _nobody(request: HttpRequest, error: AuthenticationError) -> HttpResponse:
    """Ask for a name and a password."""
    response = refusal(api, request, 401, _OFFICERS_ONLY)
    response["WWW-Authenticate"] = 'Basic realm="Madang"'
    return response
