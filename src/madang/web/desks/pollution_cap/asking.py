"""From what somebody typed or sent to a project, and from the project and its account to a kept answer."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, fields, replace
from decimal import Decimal
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.timezone import localdate

from madang.core.errors import Both, BoundsError, LedgerError, UnknownName, UsageError, Where, Words
from madang.solutions.pollution_cap.permit import CAPPED, Account, Project, answer, as_json, project_json
from madang.web.desks.pollution_cap.allotting import weakest_status
from madang.web.desks.pollution_cap.cells import Cell, kg_of, left, parts_of
from madang.web.desks.pollution_cap.models import Permit, Restriction, Step
from madang.web.desks.pollution_cap.plan_files import code_of
from madang.web.desks.pollution_cap.rules import rules_of

_FIELDS = {one.name: one for one in fields(Project)}
_TABLES = ("land_before", "land_after", "sewage_mg_per_l")
_WORDS = ("name", "district", "unit", "setting", "way")
_WHOLE = ("year", "flats")
_PROJECT = Both("사업", "the project")
_CHOICES = {"setting": ("urban", "rural"), "way": ("public_sewer", "private_plant", "septic_tank")}


def project_of(given: Mapping[str, Any], where: Words = _PROJECT) -> Project:
    """Return the project that a document or a form describes.

    Raises:
        UsageError: something is missing. UnknownName: a field or choice that does not exist.
        BoundsError: a value is not what its field holds.
    """
    for name in given:
        if name not in _FIELDS:
            raise UnknownName(Both("사업의 항목", "field of a project"), name, _FIELDS, where)
    for name, one in _FIELDS.items():
        if one.default is MISSING and one.default_factory is MISSING and given.get(name) in {None, ""}:
            raise UsageError(
                Both(f"사업에 있어야 할 항목입니다: {name}", f"a project needs its {name}"),
                where,
                Both(f"적으세요: {name}", f"give {name}"),
            )
    return Project(**{name: _value(name, value, where) for name, value in given.items()})


def _value(name: str, value: Any, where: Words) -> Any:
    """Return one field's value as the project holds it."""
    if name in _TABLES:
        if not isinstance(value, Mapping):
            raise BoundsError(
                Both(f"{name} 항목은 이름과 수의 표입니다.", f"{name} is a table of names and numbers"),
                Where(column=name, value=value),
            )
        return {str(key): _number(f"{name}.{key}", one) for key, one in value.items()}
    if name == "kind":
        return tuple(str(one) for one in ([value] if isinstance(value, str) else value))
    if name in _WORDS:
        if name in _CHOICES and value not in _CHOICES[name]:
            raise UnknownName(Both(f"{name} 항목에 쓸 수 있는 말", name), str(value), _CHOICES[name], where)
        return str(value).strip()
    number = _number(name, value)
    if name in _WHOLE and not number.is_integer():
        raise BoundsError(
            Both(f"{name} 항목은 정수입니다.", f"{name} is a whole number"), Where(column=name, value=value)
        )
    return int(number) if name in _WHOLE else number


def _number(name: str, value: Any) -> float:
    """Return a number from 0.

    Raises:
        BoundsError: it is none.
    """
    try:
        number = float(str(value).replace(",", "")) if not isinstance(value, bool) else float("nan")
    except ValueError:
        number = float("nan")
    if not 0 <= number < float("inf"):
        raise BoundsError(
            Both(f"{name} 항목은 0 이상의 수입니다.", f"{name} is a number from 0"),
            Where(column=name, value=value),
            Both("모르면 비워 두세요.", "leave it out if unknown"),
        )
    return number


def ask(city: str, project: Project, plant: str, by: str, nonce: str) -> Permit:
    """Answer a project from the account as it stands, and keep the answer; the same nonce is answered once.

    Raises:
        LedgerError: the nonce was used for another project. MadangError: as the rules say.
    """
    project = _meant(city, project)
    key = hashlib.blake2b(f"{city}|{by}|{nonce}".encode(), digest_size=12).hexdigest()
    asked = {**project_json(project), "plant": plant}
    before = Permit.objects.filter(pk=key).first()
    if before is None:
        rules = rules_of(city)
        found = answer(project, account_for(city, project), rules.units, rules.plant(plant), on=localdate().isoformat())
        told = as_json(found) | {"made_up_plant": plant in rules.made_up}
        loads = {name: parts_of(Decimal(str(kg))) for name, kg in found.spends_kg_per_d.items()}
        try:
            with transaction.atomic():
                permit = Permit.objects.create(
                    key=key, title=project.name, city=city, district=project.district, unit=project.unit,
                    year=project.year, project=asked, answer=told, verdict=found.verdict, loads=loads,
                    asked_by=by,
                )  # fmt: skip
                Step.objects.create(permit=permit, kind=Permit.State.ANSWERED, by=by, loads=loads)
            return permit
        except IntegrityError:
            before = Permit.objects.get(pk=key)
    if before.project != _as_kept(asked):
        raise LedgerError(
            Both("이 열쇠로 다른 사업을 이미 협의했습니다.", "this key has asked for another project"),
            Where(value=nonce),
            Both("새 열쇠를 쓰세요.", "take a new key"),
        )
    return before


def _meant(city: str, project: Project) -> Project:
    """Return the project with its district and unit by code, where they are called by name in either language.

    Raises:
        UnknownName: the city lists its districts or units, and has no such one.
    """
    rules = rules_of(city)
    return replace(
        project,
        district=code_of("district", project.district, rules.districts, rules.names),
        unit=code_of("unit", project.unit, rules.areas, rules.names),
    )


def account_for(city: str, project: Project) -> Account:
    """Return the account that a project draws on, as it stands now; what was never allotted is unknown, not zero."""
    remaining = left(city, project.district, project.unit, project.year)
    cells = [Cell(project.district, project.unit, name, project.year) for name in remaining]
    return Account(
        district=project.district,
        unit=project.unit,
        year=project.year,
        remaining_kg_per_d={name: float(kg_of(remaining[name])) if name in remaining else None for name in CAPPED},
        restricted=Restriction.objects.filter(city=city, district=project.district, lifted_at=None).exists(),
        status=weakest_status(city, cells),
        district_says=rules_of(city).names.get(project.district),
    )


def _as_kept(asked: dict[str, Any]) -> dict[str, Any]:
    """Return a project as the database gives it back: tuples have become lists."""
    return {name: list(value) if isinstance(value, tuple) else value for name, value in asked.items()}


def permits(city: str, state: str = "") -> QuerySet[Permit]:
    """Return a city's permits, the newest first, those of a state where asked.

    Raises:
        UnknownName: there is no such state.
    """
    if state and state not in Permit.State.values:
        raise UnknownName(Both("허가의 상태", "state of a permit"), state, Permit.State.values)
    found = Permit.objects.filter(city=city)
    return found.filter(state=state) if state else found


def permit_of(city: str, key: str) -> Permit:
    """Return a permit by its key, or by a beginning that no other has.

    Raises:
        UnknownName: none begins so, or several do.
    """
    found = list(Permit.objects.filter(city=city, key__startswith=key)[:2]) if key else []
    if len(found) != 1:
        raise UnknownName(Both("허가", "permit"), key, Permit.objects.filter(city=city).values_list("key", flat=True))
    return found[0]
