"""What the desk refuses, in both languages: logs and programs read the error's English, a page its reader's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from madang.core.errors import MadangError, Where
from madang.core.language import Text, text
from madang.web.wording import language

Refusal = TypeVar("Refusal", bound=MadangError)
_SAYS = "says_of_the_desk"


@dataclass(frozen=True)
class Told:
    """A refusal as a page shows it: what, where, what to do."""

    what: str
    where: str | None
    todo: str | None


def refused(kind: type[Refusal], what: Text, where: Where | str | None = None, todo: Text | None = None) -> Refusal:
    """Return an error of the family that can be told in both languages."""
    return worded(kind(what.en, where, todo.en if todo else None), what, todo)


def worded(error: Refusal, what: Text, todo: Text | None = None) -> Refusal:
    """Return an error with words in both languages; what to do stays as it is where none are given."""
    setattr(error, _SAYS, (what, todo))
    return error


def words_in(error: MadangError) -> tuple[Text, Text | None]:
    """Return what an error says and what to do in both languages; English stands for both where it alone was given."""
    what, todo = getattr(error, _SAYS, (text(error.what, error.what), None))
    return what, todo or (text(error.todo, error.todo) if error.todo else None)


def told(error: MadangError | None) -> Told | None:
    """Return an error in the page's language; what only English was given for stays English."""
    if error is None:
        return None
    what, todo = words_in(error)
    return Told(what.to(language()), _place(error), todo.to(language()) if todo else None)


def _place(error: MadangError) -> str | None:
    """Return where in a file an error lies; other refusals name their place themselves, in words a reader knows."""
    if error.where is None or (hasattr(error, _SAYS) and not error.where.startswith("file ")):
        return None
    if language() == "en":
        return error.where
    return reduce(lambda said, change: re.sub(*change, said), _IN_KOREAN, error.where)


#: The parts of a place, as core's errors write them, in Korean.
_IN_KOREAN = (
    (r"^file ", "파일 "),
    (r"\brow (\d+)", r"\1행"),
    (r"\bcolumn ([^,]+)", r"\1 열"),
    (r"\bvalue ", "값 "),
)
