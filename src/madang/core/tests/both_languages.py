"""What the two halves of a refusal must share: a reader of either language learns the same names and numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from madang.core.errors import MadangError

#: A name in quotes, but no apostrophe; and a number.
_SAID = re.compile(r"(?<![A-Za-z])'[^']*'(?![A-Za-z])|\d+(?:[.,]\d+)*")
_HANGUL = re.compile("[가-힣]")


def unlike(error: MadangError) -> Iterator[str]:
    """Yield each part of an error whose Korean is no Korean, or lacks a name or number that its English gives."""
    for korean, english in zip(error.parts("ko"), error.parts("en"), strict=True):
        if english is None:
            continue
        if korean is None or not _HANGUL.search(korean):
            yield f"no Korean for: {english}"
            continue
        lacking = [said for said in _SAID.findall(english) if said not in korean]
        if lacking:
            yield f"{', '.join(lacking)} of {english!r} is not in {korean!r}"
