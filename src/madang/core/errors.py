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
from dataclasses import dataclass, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Literal, NamedTuple, Protocol

_VALUE_MAX = 200


class InBoth(Protocol):
    """Words in both languages, as ``Both`` here and ``core.language.Text`` hold them."""

    @property
    def ko(self) -> str:
        """The words in Korean."""
        ...

    @property
    def en(self) -> str:
        """The words in English."""
        ...


#: What a message is made of: words in both languages, or in English alone where no reader of a page meets them.
Words = str | InBoth


class Both(NamedTuple):
    """A message's words in both languages; light, where ``core.language.Text`` would bring pydantic along."""

    ko: str
    en: str

    def __str__(self) -> str:
        """Return the English words, which logs and programs read."""
        return self.en


def in_both(words: Words) -> Both:
    """Return words as a pair, to be part of others; those of one language stand for both."""
    return Both(words, words) if isinstance(words, str) else Both(words.ko, words.en)


class Parts(NamedTuple):
    """A message as a face lays it out: what, where, what to do."""

    what: str
    where: str | None
    todo: str | None


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

    def to(self, language: Literal["ko", "en"]) -> str:
        """Return the parts present as a reader of the language names them."""
        if language == "en":
            return str(self)
        parts = [
            f"파일 {self.file}" if self.file is not None else "",
            f"{self.row}행" if self.row is not None else "",
            f"열 {self.column}" if self.column is not None else "",
            f"값 {_cut(repr(self.value))}" if self.value is not None else "",
            f"날짜 {self.day}" if self.day is not None else "",
        ]
        return ", ".join(part for part in parts if part)


def _said(words: Words, language: Literal["ko", "en"]) -> str:
    """Return words in a language; those given in one alone as they are."""
    pair = in_both(words)
    return pair.ko if language == "ko" else pair.en


def _cut(said: str) -> str:
    """Return a value's text, its middle left out where it would fill the screen."""
    return said if len(said) <= _VALUE_MAX else f"{said[:80]} ... {said[-20:]} ({len(said):,} characters)"


class MadangError(Exception):
    """Base of every error that a user's action or file can cause."""

    exit_code = 1

    def __init__(self, what: Words, where: Where | Words | None = None, todo: Words | None = None) -> None:
        """Keep the parts as ``said``, so that a face can lay them out in its own way; ``what`` ... are English."""
        self.said = (what, where, todo)
        self.what, self.where, self.todo = self.parts("en")
        super().__init__(str(self))

    def beside(self, folder: Path) -> None:
        """Name a file of the folder as its owner does; where the system keeps it is nobody's matter."""
        what, where, todo = self.said
        if isinstance(where, Where) and where.file is not None:
            where = replace(where, file=str(where.file).replace(f"{folder}/", ""))
        self.said = (what, where, todo)
        self.where = self.parts("en").where

    def parts(self, language: Literal["ko", "en"]) -> Parts:
        """Return what, where and what to do in a language; a part that has only English stays English."""
        what, where, todo = self.said
        place = where.to(language) if isinstance(where, Where) else None if where is None else _said(where, language)
        return Parts(_said(what, language), place or None, None if todo is None else _said(todo, language))

    def to(self, language: Literal["ko", "en"]) -> str:
        """Return the message as text in a language: what, then where, then what to do."""
        what, where, todo = self.parts(language)
        at, do = ("어디", "할 일") if language == "ko" else ("where", "to do")
        lines = [what, f"  {at}: {where}" if where else "", f"  {do}: {todo}" if todo else ""]
        return "\n".join(line for line in lines if line)

    def __str__(self) -> str:
        """Return the message as text in English: what, then where, then what to do."""
        return self.to("en")


class UsageError(MadangError):
    """A wrong option, name or argument."""

    exit_code = 2


class UnknownName(UsageError):
    """A name that does not exist; the message lists the nearest that do."""

    def __init__(
        self,
        kind: Words,
        name: str,
        known: Iterable[str],
        where: Where | Words | None = None,
        todo: Words | None = None,
    ) -> None:
        """Suggest names close to ``name`` among ``known``, or list some of them, where ``todo`` says nothing better."""
        names = sorted(known)
        near = get_close_matches(name, names, n=3, cutoff=0.6)
        self.name, self.suggestions = name, tuple(near)
        korean = f"{name!r}라는 이름은 없습니다({_said(kind, 'ko')})"
        what = Both(korean, f"there is no {_said(kind, 'en')} called {name!r}")
        super().__init__(what, where, todo or _names_instead(near, names))


def _names_instead(near: list[str], names: list[str]) -> Both:
    """Return which name may have been meant, or which there are."""
    some = f"{', '.join(names[:12])}{' ...' if len(names) > 12 else ''}"
    if near:
        return Both(f"혹시 {' 또는 '.join(near)}?", f"did you mean {' or '.join(near)}?")
    if names:
        return Both(f"아는 이름: {some}", f"known: {some}")
    return Both("아는 이름이 하나도 없습니다", "there are none")


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
        what = Both(f"파일을 읽거나 쓸 수 없습니다: {said}", f"a file cannot be read or written: {said}")
        return cls(what, Where(error.filename), todo)


_REFUSED: dict[frozenset[int], Both] = {
    frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG}): Both(
        "자리를 비우거나 다른 디스크에 쓰십시오", "make room, or write to another disk"
    ),
    frozenset({errno.EROFS, errno.EACCES, errno.EPERM}): Both(
        "쓸 수 있는 곳을 고르십시오", "choose a place that you may write to"
    ),
    frozenset({errno.EEXIST, errno.ENOTDIR, errno.EISDIR}): Both(
        "다른 이름을 고르십시오. 같은 이름의 것이 이미 있습니다", "choose another name: something else bears this one"
    ),
    frozenset({errno.ENAMETOOLONG}): Both("더 짧은 이름을 고르십시오", "choose a shorter name"),
}


class LedgerError(MadangError):
    """A movement that the ledger refuses; nothing was moved."""

    exit_code = 10


class Overdrawn(LedgerError):
    """An account holds less than is asked of it."""


class Cancelled(MadangError):
    """The user stopped the work; nothing was changed."""

    exit_code = 130
