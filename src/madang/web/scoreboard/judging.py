"""Judging the city's promises anew and keeping what came out; a verdict that changed leaves a line in the history."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.text import slugify

import madang.plan
from madang import register
from madang.core.city import City
from madang.core.progress import Progress, part_of, silent
from madang.plan.cities import open_city
from madang.plan.promises import promises_file
from madang.plan.verdicts import Judged, JudgedClaim, judge_all
from madang.web import editions
from madang.web.live.computing import fingerprint, number_card, source_card
from madang.web.scoreboard.models import Judging, Standing, VerdictChange
from madang.web.scoreboard.way import places_there, way_there


def judge(today: date, *, anew: bool = False, progress: Progress = silent) -> str:
    """Judge every promise of the site's city as of ``today``, or none where it has made none; return what was done."""
    city = open_city(settings.MADANG_CITY)
    mark = _mark(city)
    if not anew and Judging.objects.filter(city=city.id, day=today, fingerprint=mark).exists():
        return "the verdicts are up to date"
    has_promised = promises_file(city).exists()
    judged = judge_all(city, today, part_of(progress, 0.0, 0.8), today=today) if has_promised else ()
    told = [_told(one, part_of(progress, 0.8, 1.0)) for one in judged]
    changed = keep(city, today, mark, judged, told)
    editions.renew()
    if not has_promised:
        return "the city has no promises"
    return f"judged {len(judged)} promises; {changed} verdicts changed"


@transaction.atomic
def keep(city: City, today: date, mark: str, judged: tuple[Judged, ...], told: list[dict[str, Any]]) -> int:
    """Keep the standings and the changes; return how many verdicts changed."""
    before = dict(Standing.objects.values_list("promise", "verdict"))
    Standing.objects.exclude(promise__in=[one.promise.id for one in judged]).delete()
    changed = 0
    for place, (one, data) in enumerate(zip(judged, told, strict=True)):
        _keep_one(city, today, place, one, data)
        if before.get(one.promise.id) != one.verdict:
            changed += one.promise.id in before
            VerdictChange.objects.create(
                promise=one.promise.id,
                statement=data["statement"],
                before=before.get(one.promise.id, ""),
                after=one.verdict,
                reason=data["reason"],
                judged_on=today,
            )
    Judging.objects.update_or_create(city=city.id, defaults={"day": today, "fingerprint": mark})
    return changed


def _keep_one(city: City, today: date, place: int, one: Judged, data: dict[str, Any]) -> None:
    """Keep one promise's standing."""
    Standing.objects.update_or_create(
        promise=one.promise.id,
        defaults={
            "place": place,
            "city": city.id,
            "theme": slugify(one.promise.theme.en),
            "verdict": one.verdict,
            "said_on": one.promise.said_on,
            "due": one.promise.claim.due,
            "judged_on": today,
            "data": data,
        },
    )


def _told(one: Judged, progress: Progress) -> dict[str, Any]:
    """Return a promise with its evidence and its chart, as JSON-ready values."""
    progress(0.0, one.promise.id)
    told = one.as_json()
    told["main"] = _claim(one.main)
    told["checks"] = [_claim(claim) for claim in one.further]
    told["said_in"] = [source_card(source) for source in one.said_in]
    told["chart"], told["map"] = way_there(one.main), places_there(one.main, one.promise.map)
    return told


def _claim(judged: JudgedClaim) -> dict[str, Any]:
    """Return a claim with the road of its deciding number."""
    told = judged.as_json()
    told["sense"] = judged.claim.sense
    told["evidence"] = number_card(judged.run, judged.number.name) if judged.run and judged.number else None
    return told


def _mark(city: City) -> str:
    """Return the hash of all that verdicts depend on besides the day: models, facts, promises, the judging itself."""
    digest = hashlib.blake2b(digest_size=16)
    for name in register.NAMES:
        digest.update(fingerprint(name, city).encode())
    for path in sorted(Path(madang.plan.__file__).parent.glob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()
