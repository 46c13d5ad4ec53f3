"""Markdown as blocks: text, and figures that stand alone on a line."""

from __future__ import annotations

import json
import re
import uuid
from typing import Any

from markdown_it import MarkdownIt

_FIGURE = re.compile(r"^\{\{\s*figure:([a-z0-9_]+\.[a-z0-9_]+)\s*\}\}$", re.MULTILINE)
#: A block's id comes from its place and its words, so that the same text always gives the same page.
_IDS = uuid.UUID("6b8f6a51-38a2-4d1c-9a53-6f5b4c0d7a11")


def blocks_of(markdown: str) -> str:
    """Return Markdown as the JSON of a stream of blocks; quotations must name their solution."""
    made: list[dict[str, Any]] = []
    pieces = _FIGURE.split(markdown)
    for place, piece in enumerate(pieces):
        if place % 2:
            made.append({"type": "figure", "value": {"figure": piece, "note": ""}})
        elif piece.strip():
            made.append({"type": "paragraph", "value": html_of(piece)})
    return _numbered(made)


def paragraphs_of(html: str) -> str:
    """Return HTML as the JSON of a stream of one block of text."""
    return _numbered([{"type": "paragraph", "value": html}])


def _numbered(made: list[dict[str, Any]]) -> str:
    """Return blocks as JSON, each with its id."""
    for place, block in enumerate(made):
        block["id"] = str(uuid.uuid5(_IDS, f"{place} {block['value']}"))
    return json.dumps(made, ensure_ascii=False)


def html_of(markdown: str) -> str:
    """Return Markdown as HTML: no raw HTML and no pictures from elsewhere."""
    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable("image")
    return str(reader.render(markdown.strip()))
