"""`import-readings`: files into the store."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from madang.core.language import Text, text
from madang.core.operations import Answer, Line, Sheet, Wants, asked
from madang.core.progress import Progress, part_of
from madang.solutions.eco_mileage.readings.forms import form_of
from madang.solutions.eco_mileage.readings.rows import say_month
from madang.solutions.eco_mileage.readings.store import Brought, bring
from madang.solutions.eco_mileage.work_folder import WorkFolder

_TAKEN_IN = text("사용량을 넣었다", "Readings were taken in")
_THERE = text("이미 들어와 있던 파일이다. 더한 것은 없다", "The file was there already; nothing was added")


class ImportReadings(Wants):
    """Which files to take in."""

    folder: Path = asked("도시의 작업 폴더", "The city's work folder.", argument=True)
    files: tuple[Path, ...] = asked(
        "사용량 파일: CSV, Green Button XML, 사진 보고 JSON Lines",
        "Files of readings: CSV, Green Button XML, photo reports as JSON Lines.",
        argument=True,
    )
    today: date


def import_readings(wants: ImportReadings, progress: Progress) -> Answer:
    """Take files into the store one after the other; a rejected file leaves the store as it was."""
    store = WorkFolder(wants.folder).store
    brought: list[Brought] = []
    for number, path in enumerate(wants.files):
        form, read = form_of(path)
        step = part_of(progress, number / len(wants.files), (number + 1) / len(wants.files))
        brought.append(bring(store, path, form, read, wants.today, step))
    return Answer(
        title=_THERE if all(one.already for one in brought) else _TAKEN_IN,
        lines=(
            Line(text("저장소의 파일", "files in the store"), len(store.parts())),
            Line(text("저장소의 사용량", "readings in the store"), store.rows()),
        ),
        sheets=(_sheet(brought),),
        files={"store": store.folder},
        next=(f"madang eco-mileage review {wants.folder} --first-month YYYY-MM",),
    )


def _sheet(brought: list[Brought]) -> Sheet:
    """Return what became of each file."""
    heads = (
        text("파일", "file"), text("사용량", "readings"), text("정정", "corrections"), text("첫 달", "first month"),
        text("마지막 달", "last month"), text("결과", "outcome"),
    )  # fmt: skip
    rows = tuple(
        (
            one.part.name, one.part.rows, one.part.corrections, say_month(one.part.first_month),
            say_month(one.part.last_month), _outcome(one),
        )
        for one in brought
    )  # fmt: skip
    return Sheet("files", heads, rows)


def _outcome(one: Brought) -> Text:
    """Return what became of a file in words."""
    if one.already:
        return text("이미 있었다", "was there already")
    if one.resumed_at_row:
        return text(f"{one.resumed_at_row}행부터 이어서", f"resumed at row {one.resumed_at_row:,}")
    return text("새로 넣음", "taken in")
