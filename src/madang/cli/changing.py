"""What `--set` changes, as a model takes it: for an input that is a file, the text of the file that is named."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from madang.cli.options import changes_of
from madang.core.given_files import GivenFile
from madang.core.inputs import Inputs


def inputs_changed(given: list[str] | None, inputs: type[Inputs]) -> Mapping[str, Any]:
    """Return what `--set` changes, by name.

    Raises:
        UsageError: an entry without "=", or one name twice.
        DataError: a file that cannot be read.
    """
    changes: dict[str, Any] = dict(changes_of(given))
    for name, value in changes.items():
        if name in inputs.model_fields and inputs.field(name).kind == "file":
            changes[name] = GivenFile.read(Path(value))
    return changes
