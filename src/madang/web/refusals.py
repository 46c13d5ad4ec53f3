"""What is kept of an error, in the reader's language; what was raised in English alone is marked as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from madang.core.errors import MadangError
from madang.core.language import Language

#: Stands where an error has no Korean yet; the English follows it, marked as such.
UNSAID = "받을 수 없습니다. 까닭은 영어로만 적혀 있습니다"
_PARTS = ("what", "where", "todo")
_HANGUL = re.compile("[가-힣]")


def kept(error: MadangError) -> dict[str, Any]:
    """Return an error in its three parts, as it is kept: English ones, and Korean ones under "ko" where it has them."""
    english, korean = (dict(zip(_PARTS, error.parts(code), strict=True)) for code in ("en", "ko"))
    return english if english == korean else {**english, "ko": korean}


def told(error: Mapping[str, Any], code: Language) -> dict[str, str | None]:
    """Return an error's three parts in a language, as ``kept`` gave them.

    ``english`` holds what a Korean reader can be told in English alone.
    """
    what, where, todo = map(_in(error, code).get, _PARTS)
    unsaid = [part for part in (what, todo) if part and code == "ko" and not _HANGUL.search(part)]
    return {
        "what": UNSAID if what in unsaid else what,
        "where": where,
        "todo": None if todo in unsaid else todo,
        "english": "; ".join(unsaid) or None,
    }


def line(error: Mapping[str, Any], code: Language) -> str:
    """Return an error as one line: what, and what to do; English where there is no Korean."""
    parts = _in(error, code)
    return ": ".join(parts[part] for part in ("what", "todo") if parts.get(part))


def _in(error: Mapping[str, Any], code: Language) -> Mapping[str, Any]:
    """Return the parts a reader of the language gets: Korean ones where there are any."""
    return {**error, **(error.get("ko") or {})} if code == "ko" else error
