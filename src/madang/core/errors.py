"""The one family of errors a user can meet; each has an exit code and says what, where and what to do.

MadangError                  1
├── UsageError               2   a wrong option, name or argument
│   └── UnknownName          2   a name that does not exist, with the nearest that do
├── DataError                3   a file that cannot be taken as it is
│   ├── TableError           3   a cell, column or row of a table
│   ├── FactError            3   a fact without unit, source or value for the day asked
│   ├── CityError            3   a city folder that is not one
│   └── NetworkError         3   streets, demand or sites that cannot be used
├── UnitError                4   a sum or conversion across dimensions
├── BoundsError              5   an input outside its bounds
├── InfeasibleError          6   no answer exists; says which constraint forbids it
├── VerifyError              7   a recomputation differs from the bundle
├── CheckError               8   a case, promise or house rule fails
├── StorageError             9   the system refuses a file: disk full, no permission, something in the way
├── LedgerError             10   a movement that the ledger refuses; nothing was moved
│   └── Overdrawn           10   an account holds less than is asked of it
└── Cancelled              130   stopped by the user; nothing was changed
"""

from __future__ import annotations

import errno
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path

_VALUE_MAX = 200


@dataclass(frozen=True)
class Where:
    """The place an error points to; every part may be absent."""

    file: str | Path | None = None
    row: int | None = None
    column: str | None = None
    value: object = None
    day: object = None

    def __str__(self) -> str:
        """Return the parts present, in the order file, row, column, value, day."""
        parts = [
            f"file {self.file}" if self.file is not None else "",
            f"row {self.row}" if self.row is not None else "",
            f"column {self.column}" if self.column is not None else "",
            f"value {_cut(repr(self.value))}" if self.value is not None else "",
            f"day {self.day}" if self.day is not None else "",
        ]
        return ", ".join(part for part in parts if part)


def _cut(said: str) -> str:
    """Return a value's text, its middle left out where it would fill the screen."""
    return said if len(said) <= _VALUE_MAX else f"{said[:80]} ... {said[-20:]} ({len(said):,} characters)"


class MadangError(Exception):
    """Base of every error that a user's action or file can cause."""

    exit_code = 1

    def __init__(self, what: str, where: Where | str | None = None, todo: str | None = None) -> None:
        """Keep the three parts apart, so that a face can lay them out in its own way."""
        self.what = what
        self.where = str(where) if where is not None and str(where) else None
        self.todo = todo
        super().__init__(str(self))

    def __str__(self) -> str:
        """Return the message as text: what, then where, then what to do."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.todo:
            lines.append(f"  to do: {self.todo}")
        return "\n".join(lines)


class UsageError(MadangError):
    """A wrong option, name or argument."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that does not exist; the message lists the nearest that do."""

    def __init__(self, kind: str, name: str, known: Iterable[str], where: Where | str | None = None) -> None:
        """Suggest names close to ``name`` among ``known``, or list some of them."""
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.6)
        self.name, self.suggestions = name, tuple(near)
        known_names = (
            f"known: {', '.join(names[:12])}{' ...' if len(names) > 12 else ''}" if names else "there are none"
        )
        todo = f"did you mean {' or '.join(near)}?" if near else known_names
        super().__init__(f"there is no {kind} called {name!r}", where, todo)


class DataError(MadangError):
    """A file that cannot be taken as it is."""

    exit_code = 3


class TableError(DataError):
    """A cell, column or row of a table that cannot be read."""


class FactError(DataError):
    """A fact without unit or source, or without a value for the day asked."""


class CityError(DataError):
    """A folder that is not a city's, or a city that lacks what a solution needs."""


class NetworkError(DataError):
    """Streets, demand points or sites that cannot be used together."""


class UnitError(MadangError):
    """A sum or conversion across dimensions, or a unit nobody has defined."""

    exit_code = 4


class BoundsError(MadangError):
    """An input outside its bounds."""

    exit_code = 5


class InfeasibleError(MadangError):
    """No answer exists; the message names the constraint that forbids it."""

    exit_code = 6


class VerifyError(MadangError):
    """A recomputation differs from what a bundle states."""

    exit_code = 7


class CheckError(MadangError):
    """A case, a promise or a rule of the house fails."""

    exit_code = 8


class StorageError(MadangError):
    """The system refuses to read or write a file: the disk is full, the folder locked, something in the way."""

    exit_code = 9

    @classmethod
    def of(cls, error: OSError) -> StorageError:
        """Return what the system said as one of the family: which file, and what can be done about it."""
        said = (error.strerror or str(error) or type(error).__name__).lower()
        todo = next((words for numbers, words in _REFUSED.items() if error.errno in numbers), None)
        return cls(f"a file cannot be read or written: {said}", Where(error.filename), todo)


_REFUSED: dict[frozenset[int], str] = {
    frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG}): "make room, or write to another disk",
    frozenset({errno.EROFS, errno.EACCES, errno.EPERM}): "choose a place that you may write to",
    frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR}): "choose another name: something else bears this one",
    frozenset({errno.ENAMETOOLONG}): "choose a shorter name",
}


class LedgerError(MadangError):
    """A movement that the ledger refuses; nothing was moved."""

    exit_code = 10


class Overdrawn(LedgerError):
    """An account holds less than is asked of it."""


class Cancelled(MadangError):
    """The user stopped the work; nothing was changed."""

    exit_code = 130
