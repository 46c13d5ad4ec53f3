"""Which importer reads a file: by its ending."""

from __future__ import annotations

from pathlib import Path

from madang.core.errors import Both, UsageError, Where
from madang.solutions.eco_mileage.readings import csv_file, green_button, photo
from madang.solutions.eco_mileage.readings.store import Form, ReadBlocks

FORMS: dict[str, tuple[Form, ReadBlocks]] = {
    ".csv": ("csv", csv_file.read_blocks),
    ".xml": ("green_button", green_button.read_blocks),
    ".jsonl": ("photo", photo.read_blocks),
}


def form_of(path: Path) -> tuple[Form, ReadBlocks]:
    """Return the form of a file and the function that reads it.

    Raises:
        UsageError: no importer reads such a file.
    """
    try:
        return FORMS[path.suffix.lower()]
    except KeyError as error:
        todo = Both(f"다음 가운데 하나여야 합니다: {', '.join(FORMS)}", f"give one of {', '.join(FORMS)}")
        raise UsageError(
            Both(
                f"끝이 {path.suffix!r}인 파일은 읽을 수 없습니다", f"no importer reads files ending in {path.suffix!r}"
            ),
            Where(path),
            todo,
        ) from error
