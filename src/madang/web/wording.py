"""Words in both languages: side by side where they are used, chosen by the address's language."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import lazystr
from django.utils.translation import get_language

from madang.core.language import Language, Text


def language() -> Language:
    """Return the language in force; anything that is not Korean reads English."""
    return "ko" if (get_language() or "ko").startswith("ko") else "en"


class Label(Text):
    """A text that writes itself in the language in force: for labels that Django keeps until they are shown."""

    def __str__(self) -> str:
        """Return the text in the language in force."""
        return self.to(language())


def both(ko: str, en: str) -> Any:
    """Return a label that is Korean or English when it is shown."""
    return lazystr(Label(ko=ko, en=en))


def page_words(request: HttpRequest) -> dict[str, Any]:
    """Give every template the language and the address of the same page in the other one."""
    code = language()
    other = "en" if code == "ko" else "ko"
    path = request.path
    mirrored = f"/{other}{path[3:]}" if path.startswith(f"/{code}/") else f"/{other}/"
    query = request.META.get("QUERY_STRING", "")
    return {
        "lang": code,
        "other_lang": other,
        "other_address": mirrored + (f"?{query}" if query else ""),
        "here": path,
        # Machines that look for the other language want whole addresses.
        "whole_here": f"{settings.MADANG_ADDRESS}{path}" + (f"?{query}" if query else ""),
        "whole_other": f"{settings.MADANG_ADDRESS}{mirrored}" + (f"?{query}" if query else ""),
    }
