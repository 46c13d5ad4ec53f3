"""Operations: work on files that a solution brings beside its model. A face draws options and answers from this alone.

A solution that has any keeps them in ``operations.py`` of its folder as the tuple ``operations``; that the file is
there is all a face must know before it is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from madang.core.language import Text
from madang.core.progress import Progress

Cell = str | int | float | None


def asked(ko: str, en: str, *, default: Any = ..., argument: bool = False, metavar: str = "") -> Any:
    """Return a field of a ``Wants`` model: what it means in both languages, and whether its place names it.

    ``argument`` is given by its place on a command line; everything else is an option by its name.
    """
    extra: dict[str, Any] = {"title_ko": ko, "argument": argument, "metavar": metavar}
    return Field(default, title=en, json_schema_extra=extra)


class Wants(BaseModel):
    """Base of what an operation is told: frozen, strict about names; fields are made by ``asked``."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class Line:
    """One line of an answer: what, how much (None is unknown), in which unit."""

    what: Text
    value: Cell
    unit: str = ""


@dataclass(frozen=True)
class Sheet:
    """A small table of an answer: heads in both languages, rows of cells."""

    name: str
    heads: tuple[Text, ...]
    rows: tuple[tuple[Cell | Text, ...], ...]


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What an operation says when it is done: lines, sheets, notes a reader must bear in mind, files it wrote."""

    title: Text
    lines: Sequence[Line] = ()
    sheets: Sequence[Sheet] = ()
    notes: Sequence[Text] = ()
    files: Mapping[str, Path] = field(default_factory=dict)
    next: Sequence[str] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the answer as JSON-ready values, in both languages."""
        return {
            "title": self.title.model_dump(),
            "lines": [{"what": line.what.model_dump(), "value": line.value, "unit": line.unit} for line in self.lines],
            "sheets": {
                sheet.name: {
                    "heads": [head.model_dump() for head in sheet.heads],
                    "rows": [[cell.model_dump() if isinstance(cell, Text) else cell for cell in r] for r in sheet.rows],
                }
                for sheet in self.sheets
            },
            "notes": [note.model_dump() for note in self.notes],
            "files": {name: str(path) for name, path in self.files.items()},
        }


@dataclass(frozen=True, kw_only=True)
class Operation:
    """One piece of work: its name on a command line, one line of help, what it is told, and the function."""

    name: str
    says: Text
    wants: type[Wants]
    run: Callable[[Any, Progress], Answer]
