"""Bodies of requests and of answers, in JSON.

Of a request's, every key of an object stands once, for the last of two would count unseen. An answer's are written as
they read: Korean as Korean, not by numbers.
"""

from __future__ import annotations

import json
from typing import Any, cast

from django.http import HttpRequest
from ninja.parser import Parser
from ninja.renderers import JSONRenderer

from madang.core.errors import Both, UsageError


class KeysOnce(Parser):
    """Read a body as JSON, and refuse one that gives a key twice."""

    def parse_body(self, request: HttpRequest) -> dict[str, Any]:
        """Return what a body says.

        Raises:
            UsageError: an object in it has two entries under one key.
            ValueError: it is no JSON.
        """
        return cast("dict[str, Any]", json.loads(request.body, object_pairs_hook=_once))


class AsItReads(JSONRenderer):
    """Write an answer as JSON whose letters stand for themselves."""

    def render(self, request: HttpRequest, data: Any, *, response_status: int) -> bytes:
        """Return an answer's body in UTF-8."""
        # Half of a surrogate pair, which a request may have told by its number, is told back by its number.
        return json.dumps(data, cls=self.encoder_class, ensure_ascii=False).encode("utf-8", "backslashreplace")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return an object's entries by key."""
    said: dict[str, Any] = {}
    for key, value in pairs:
        if key in said:
            raise UsageError(
                Both(f"열쇠를 두 번 적었습니다: {key!r}", f"the key {key!r} is given twice"),
                Both(f"본문의 {key}", f"{key} in the body"),
                Both("한 번만 적으십시오", "give it once"),
            )
        said[key] = value
    return said
