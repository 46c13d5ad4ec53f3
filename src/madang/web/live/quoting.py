"""Which numbers and figures a page quotes, in the order in which it quotes them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from madang.web.live.tokens import tokens_in


def quotations(page: Any) -> Iterator[tuple[str, str]]:
    """Return (kind, solution.name) of each quotation in a page's text fields."""
    for name in page.text_fields:
        for block in getattr(page, name):
            yield from _in_block(block)


def _in_block(block: Any) -> Iterator[tuple[str, str]]:
    """Return the quotations in one block."""
    if block.block_type == "paragraph":
        for token in tokens_in(block.value.source):
            yield token.kind, token.name
    elif block.block_type in {"number", "figure"}:
        yield block.block_type, str(block.value[block.block_type])
