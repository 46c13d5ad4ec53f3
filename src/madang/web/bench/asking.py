"""What a run is asked for: solution, city, day, scenario and changes; its hash is the run's address for good."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.timezone import localdate, now

from madang import register
from madang.core.city import City, Use
from madang.core.contract import Run as Performed
from madang.core.contract import Solution, perform
from madang.core.errors import Both, UnknownName, UsageError
from madang.core.inputs import InputField, Inputs
from madang.core.progress import Progress, silent
from madang.plan.cities import CITIES, city_names, open_city
from madang.web.bench.models import Run, Upload
from madang.web.live.computing import fingerprint

UPLOADED = "up-"
#: How long a city that was brought, and a run that holds a file of its asker, are kept.
KEPT_DAYS = 7
#: Longest file that a run on the bench keeps.
FILE_BYTES_MAX = 1 << 20
_DEPTH_MAX, _PARTS_MAX, _TEXT_MAX, _SIZE_MAX = 3, 2000, 2000, 1e18


@dataclass(frozen=True)
class Ask:
    """A run that somebody asks for. ``city`` is a city's name, or ``up-`` and the key of an upload."""

    solution: str
    city: str
    day: date
    scenario: str = ""
    changes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Return the run's address: the hash of what is asked and of the model, facts and tables it is asked of."""
        upload = self.upload()
        parts = [
            self.solution, self.city, upload.sha256 if upload else "", self.day.isoformat(), self.scenario,
            {name: self.changes[name] for name in sorted(self.changes)}, _fingerprint(self.solution, self.home()),
        ]  # fmt: skip
        return hashlib.blake2b(json.dumps(parts, ensure_ascii=False).encode(), digest_size=12).hexdigest()

    def upload(self) -> Upload | None:
        """Return the upload whose city is asked for, where it is one."""
        if not self.city.startswith(UPLOADED):
            return None
        key = self.city.removeprefix(UPLOADED)
        found = Upload.objects.filter(key=key).first() if key.isalnum() and key.isascii() else None
        if found is None:
            raise _gone(self.city)
        return found

    def home(self) -> str:
        """Return the city that comes with Madang on which the run rests: itself, or the one it inherits from."""
        return self.city if not self.city.startswith(UPLOADED) else register.load(self.solution).card.home

    def open(self) -> City:
        """Open the city.

        Raises:
            UnknownName: no such city, or its upload is deleted.
        """
        if self.city.startswith(UPLOADED):
            self.upload()
            return City.open(upload_folder(self.city.removeprefix(UPLOADED)), CITIES)
        if self.city not in city_names():
            raise UnknownName(Both("도시", "city"), self.city, city_names())
        return open_city(self.city)

    def perform(self, progress: Progress = silent) -> Performed:
        """Run it."""
        return perform(
            register.load(self.solution), self.open(), self.day, scenario=self.scenario or None,
            changes=self.changes, today=localdate(), progress=progress,
        )  # fmt: skip

    def holds_file(self) -> bool:
        """Tell whether a file of the asker's own is among the changes."""
        fields = register.load(self.solution).inputs.fields()
        return any(card.kind == "file" and self.changes.get(card.name) for card in fields)

    def record(self) -> Run:
        """Return the kept run, made where nobody asked for it before; one with a file is kept some days from now."""
        upload = self.upload()
        delete_at = now() + timedelta(days=KEPT_DAYS) if self.holds_file() else None
        run, is_new = Run.objects.get_or_create(
            key=self.key,
            defaults={
                "solution": self.solution,
                "city": self.city,
                "upload": upload,
                "day": self.day,
                "scenario": self.scenario,
                "changes": dict(self.changes),
                "delete_at": delete_at,
            },
        )
        if delete_at is not None and not is_new:
            run.delete_at = delete_at
            run.save(update_fields=["delete_at"])
        return run


def _gone(city: str) -> UnknownName:
    """Return what is said of an upload that is not there."""
    todo = Both(
        "올린 폴더는 며칠 뒤 지워집니다. 다시 올리십시오", "uploads are deleted after some days; bring the folder again"
    )
    return UnknownName(Both("올린 도시", "uploaded city"), city, (), todo=todo)


def ask_of(run: Run) -> Ask:
    """Return what a kept run was asked for."""
    return Ask(run.solution, run.city, run.day, run.scenario, run.changes)


def check(ask: Ask) -> Ask:
    """Return the ask with its changes in the form the model reads them; refuse what it would refuse.

    Raises:
        MadangError: an unknown solution, city, scenario or input, or a value out of bounds.
    """
    solution = register.load(ask.solution)
    for name, value in ask.changes.items():
        if name in solution.inputs.model_fields and solution.inputs.field(name).kind == "file":
            _check_file(name, value)
        else:
            _check_sane(name, value)
    if ask.scenario:
        solution.scenario(ask.scenario)
    ask.open()
    defaults = read_defaults(ask.solution, ask.city, ask.day).inputs
    base = defaults.with_set(solution.scenario(ask.scenario).set) if ask.scenario else defaults
    base.with_set(ask.changes)
    kept = {
        name: _canonical(solution.inputs.field(name.partition(".")[0]), value) for name, value in ask.changes.items()
    }
    return Ask(ask.solution, ask.city, ask.day, ask.scenario, kept)


def _check_file(name: str, value: Any) -> None:
    """Refuse a file that is larger than the bench keeps.

    Raises:
        UsageError: naming the input.
    """
    if isinstance(value, Mapping) and len(str(value.get("text", "")).encode()) > FILE_BYTES_MAX:
        raise UsageError(
            Both(
                f"{FILE_BYTES_MAX >> 20} MiB보다 큰 파일입니다: {name}",
                f"the file {name} is larger than {FILE_BYTES_MAX >> 20} MiB",
            ),
            todo=Both("madang run으로 돌리십시오", "run it with madang run"),
        )


def _check_sane(name: str, value: Any, depth: int = 0) -> None:
    """Refuse what no input is: numbers beyond measure, control characters, texts and nests without end.

    Raises:
        UsageError: naming the input.
    """
    if isinstance(value, Mapping | list | tuple):
        parts = [*value, *value.values()] if isinstance(value, Mapping) else value
        if depth > _DEPTH_MAX or len(parts) > _PARTS_MAX:
            raise UsageError(
                Both(f"값이 너무 큽니다: {name[:80]!r}", f"the value of {name[:80]!r} is too large"),
                todo=Both("다른 것만 주십시오", "give only what differs"),
            )
        for part in parts:
            _check_sane(name, part, depth + 1)
    elif isinstance(value, str) and (len(value) > _TEXT_MAX or not value.isprintable()):
        raise UsageError(
            Both(f"글로 쓸 수 없는 값입니다: {name[:80]!r}", f"the value of {name[:80]!r} is not plain text"),
            todo=Both("수나 낱말을 주십시오", "give a number or a word"),
        )
    elif isinstance(value, int | float) and not -_SIZE_MAX < value < _SIZE_MAX:
        raise UsageError(
            Both(f"잴 수 없이 큰 값입니다: {name[:80]!r}", f"the value of {name[:80]!r} is beyond measure"),
            todo=Both("끝이 있는 수를 주십시오", "give a finite number"),
        )
    if not name.isprintable() or len(name) > _TEXT_MAX:
        raise UsageError(
            Both("입력의 이름으로 쓸 수 없는 글자입니다", "the name of an input is not plain text"),
            todo=Both("이름은 /api/solutions에서 볼 수 있습니다", "see the names under /api/solutions"),
        )


def _canonical(card: InputField, value: Any) -> Any:
    """Return a change in one form, so that 5, "5" and 5.0 are one run."""
    if card.kind in {"number", "integer", "series"} and isinstance(value, str):
        try:
            value = float(value.replace(",", ""))
        except ValueError:
            return value
    return int(value) if isinstance(value, float) and value.is_integer() and abs(value) < 1e15 else value


@dataclass(frozen=True)
class Defaults:
    """A city's own inputs for a solution on a day, and what they were read from."""

    solution: Solution
    city: City
    inputs: Inputs
    uses: Mapping[str, Use]


@lru_cache(maxsize=32)
def read_defaults(solution: str, city: str, day: date) -> Defaults:
    """Return a city's inputs as they stand; kept, since forms, checks and comparisons ask again and again."""
    made, opened = register.load(solution), Ask(solution, city, day).open()
    reader = made.reader(opened, day, localdate())
    return Defaults(made, opened, made.read(reader), reader.uses)


@lru_cache(maxsize=64)
def _fingerprint(solution: str, city: str) -> str:
    """Return the hash of a solution's model and facts and a city's files; they do not change while the site runs."""
    return fingerprint(solution, open_city(city))


def upload_folder(key: str) -> Path:
    """Return the folder in which an upload lies."""
    return Path(settings.MADANG_HOME) / "uploads" / key
