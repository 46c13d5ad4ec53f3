"""What is kept of an error, in the reader's language; what was raised in English alone is marked as such."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from madang.core.language import Language

#: Stands where an error has no Korean yet; the English follows it, marked as such.
UNSAID = "받을 수 없습니다. 까닭은 영어로만 적혀 있습니다"
_HANGUL = re.compile("[가-힣]")


def told(error: Mapping[str, Any], code: Language) -> dict[str, str | None]:
    """Return an error's three parts in a language, as ``bench.jobs.said`` kept them.

    ``english`` holds what a Korean reader can be told in English alone.
    """
    parts = {**error, **(error.get("ko") or {})} if code == "ko" else error
    what, where, todo = (parts.get(part) for part in ("what", "where", "todo"))
    unsaid = [part for part in (what, todo) if part and code == "ko" and not _HANGUL.search(part)]
    return {
        "what": UNSAID if what in unsaid else what,
        "where": where,
        "todo": None if todo in unsaid else todo,
        "english": "; ".join(unsaid) or None,
    }


def line(error: Mapping[str, Any], code: Language) -> str:
    """Return an error as one line: what, and what to do; English where there is no Korean."""
    parts = {**error, **(error.get("ko") or {})} if code == "ko" else error
    return ": ".join(parts[part] for part in ("what", "todo") if parts.get(part))
