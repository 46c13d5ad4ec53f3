"""What a solution says of itself, read without its model."""

from __future__ import annotations

from functools import lru_cache

from madang import register
from madang.core.contract import Card
from madang.core.documents import read_document


@lru_cache(maxsize=64)
def card_of(name: str) -> Card:
    """Return a solution's card without importing its model; a file read once while the site runs."""
    return read_document(register.folder_of(name) / "card.toml", Card)
