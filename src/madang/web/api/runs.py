"""Runs: asked for, looked at, walked back, cancelled."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.timezone import localdate
from ninja import Path, Router, Status

from madang.core.errors import Both, UsageError
from madang.plan.report.data import plain
from madang.web.api.refusing import problem
from madang.web.api.shapes import JobOut, Problem, RunIn, RunOut
from madang.web.bench import telling
from madang.web.bench.answers import run_or_404
from madang.web.bench.asking import Ask, check
from madang.web.bench.cards import card_of
from madang.web.bench.jobs import cancel, submit
from madang.web.bench.keeping import frame_of
from madang.web.bench.models import Job, Run, RunFigure
from madang.web.bench.results import public
from madang.web.bench.visitors import is_from_here, visitor_of

router = Router(tags=["runs"])
Key = Path(..., pattern=r"^[0-9a-f]{24}$", description="the run's key")
Named = Path(..., pattern=r"^[a-z0-9_]{1,120}$")
_FROM_ELSEWHERE = UsageError(
    Both("다른 사이트에서 보낸 요청입니다", "sent from another site"),
    None,
    Both("프로그램이나 이 사이트에서 청하십시오", "ask from a program, or from this site"),
)
_ANOTHERS = UsageError(
    Both("다른 사람이 청한 실행입니다", "somebody else asked for this run"),
    None,
    Both("청한 곳에서 멈추십시오", "stop it from where it was asked for"),
)
_PROBLEMS = {400: Problem, 403: Problem, 404: Problem, 422: Problem, 429: Problem}


@router.post("", response={200: RunOut, 202: RunOut, **_PROBLEMS})
def ask(request: HttpRequest, response: HttpResponse, asked: RunIn) -> Status[Any]:
    """Ask for a run. 200 where it is done, 202 where it waits or runs: look again at its address."""
    if not is_from_here(request):
        return Status(403, problem(_FROM_ELSEWHERE))
    day = asked.day or localdate()
    if not 1900 <= day.year <= 2200:
        raise UsageError(
            Both(f"너무 먼 날입니다: {day}", f"{day} is too far away"),
            todo=Both("1900년에서 2200년 사이의 날을 주십시오", "give a day from 1900 to 2200"),
        )
    wanted = Ask(asked.solution, asked.city or card_of(asked.solution).home, day, asked.scenario or "", asked.changes)
    run, job = submit(check(wanted), visitor_of(request))
    response["Location"] = f"/api/runs/{run.key}"
    return Status(200 if run.done_at else 202, _told(run, job))


@router.get("/{key}", response={200: RunOut, **_PROBLEMS})
def run(request: HttpRequest, response: HttpResponse, key: str = Key) -> dict[str, Any]:
    """Return a run: where it stands, and its numbers, inputs, caveats and sources once it is done."""
    found = run_or_404(key)
    _keep(response, found)
    return _told(found, found.jobs.filter(kind="result").first())


@router.get("/{key}/why/{name}", response={200: dict[str, Any], **_PROBLEMS})
def why(request: HttpRequest, response: HttpResponse, key: str = Key, name: str = Named) -> dict[str, Any]:
    """Walk a number of a run back: formula, inputs, facts, days, sources."""
    found = run_or_404(key)
    if found.result is None or name not in found.result["numbers"]:
        raise Http404(name)
    _keep(response, found)
    return telling.road_of(found, name)


@router.get("/{key}/figures/{name}", response={200: dict[str, Any], **_PROBLEMS})
def figure(request: HttpRequest, response: HttpResponse, key: str = Key, name: str = Named) -> dict[str, Any]:
    """Return a figure of a run as data: columns with titles and units, and all rows."""
    kept = get_object_or_404(RunFigure.objects.select_related("run"), run_id=key, name=name)
    _keep(response, kept.run)
    card = kept.card["figure"]
    told = {part: card[part] for part in ("name", "title", "subtitle", "columns", "notes")}
    return told | {"rows": plain([list(row) for row in frame_of(kept).rows()]), "sources": kept.card["sources"]}


@router.post("/{key}/cancel", response={200: JobOut, **_PROBLEMS})
def stop(request: HttpRequest, key: str = Key) -> Status[Any]:
    """Cancel a run that waits or runs; only from where it was asked for."""
    job = get_object_or_404(Job, run_id=key, kind="result")
    if job.visitor != visitor_of(request):
        return Status(403, problem(_ANOTHERS))
    cancel(job)
    job.refresh_from_db()
    return Status(200, job.told())


def _keep(response: HttpResponse, found: Run) -> None:
    """Keep only what stays: not a run under way, nor one of a city that will be deleted."""
    if found.done_at is None or found.upload_id is not None or found.delete_at is not None:
        response["Cache-Control"] = "private, no-store"


def _told(found: Run, job: Job | None) -> dict[str, Any]:
    """Return a run with its job and its addresses."""
    links = {"self": f"/api/runs/{found.key}", "page": f"/en/bench/runs/{found.key}/"}
    return {**public(found), "job": job.told() if job else None, "links": links}
