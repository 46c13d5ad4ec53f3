"""Who acts and why: the names and reasons that the trail keeps."""

from __future__ import annotations

from madang.core.errors import Both, UsageError


def named(by: str) -> str:
    """Return the name of somebody who acts, without blanks around it.

    Raises:
        UsageError: there is none.
    """
    if not by.strip():
        raise UsageError(
            Both("누가 하는지 이름이 없습니다", "the name of whoever does this is empty"),
            None,
            Both("이름을 적으십시오", "give a name"),
        )
    return by.strip()


def same(one: str, other: str) -> bool:
    """Tell whether two names are of one person, whatever their capitals and the blanks around them."""
    return one.strip().casefold() == other.strip().casefold()


def reason(why: str) -> str:
    """Return a reason, without blanks around it.

    Raises:
        UsageError: there is none.
    """
    if not why.strip():
        raise UsageError(Both("까닭이 필요합니다", "this needs a reason"), None, Both("까닭을 적으십시오", "write why"))
    return why.strip()
