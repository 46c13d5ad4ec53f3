"""The words of a page without their markup: for the index, for checks, for records."""

from __future__ import annotations

import re
from html import unescape
from typing import Any

from django.utils.html import strip_tags

from madang.web.live.tokens import TOKEN

_BREAKS = re.compile(r"</(p|h\d|li|blockquote)>|<br\s*/?>")


def plain_text(stream: Any) -> str:
    """Return the words of a stream of blocks; a number that is quoted is left open."""
    return "\n".join(words for block in stream for words in [_words(block)] if words)


def plain_html(html: str) -> str:
    """Return the words of some HTML, a line a paragraph."""
    words = unescape(strip_tags(_BREAKS.sub("\n", TOKEN.sub("…", html))))
    return "\n".join(line for line in (" ".join(part.split()) for part in words.split("\n")) if line)


def _words(block: Any) -> str:
    """Return the words of one block."""
    if block.block_type == "paragraph":
        return plain_html(block.value.source)
    if block.block_type == "quote":
        return f"{block.value['words']} {block.value['who']}"
    if block.block_type == "picture":
        return " ".join(part for part in (block.value["alt"], block.value["caption"]) if part)
    if block.block_type in {"number", "figure"}:
        return str(block.value["note"] or "")
    return str(block.value) if block.block_type == "document" else ""
