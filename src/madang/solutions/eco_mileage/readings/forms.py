"""Which importer reads a file: by its ending."""

from __future__ import annotations

from pathlib import Path

from madang.core.errors import UsageError, Where
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
        todo = f"give one of {', '.join(FORMS)}"
        raise UsageError(f"no importer reads files ending in {path.suffix!r}", Where(path), todo) from error
