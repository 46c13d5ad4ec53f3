"""How a page stands to the one it was translated from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from madang.core.language import Text, text

if TYPE_CHECKING:
    from madang.web.library.models.entries import EntryPage

State = Literal["original", "current", "behind", "unchecked"]
STATES: dict[State, Text] = {
    "original": text("원문", "Original text"),
    "current": text("번역: 원문과 맞음", "Translation, matches the original"),
    "behind": text("번역: 원문이 그 뒤에 바뀜", "Translation; the original has changed since"),
    "unchecked": text("번역: 대조하지 않음", "Translation, not checked against the original"),
}


@dataclass(frozen=True)
class TranslationState:
    """The state of one page, and whether it exists in the other language at all."""

    state: State
    has_counterpart: bool

    @property
    def words(self) -> Text:
        """Return the state in words."""
        return STATES[self.state]


def state_of(page: EntryPage) -> TranslationState:
    """Return how a page stands: original, matching, behind, or not checked."""
    return state_beside(page, page.counterpart)


def state_beside(page: EntryPage, other: EntryPage | None) -> TranslationState:
    """Return how a page stands to its other language, where that is known already."""
    there = other is not None and other.live
    if page.locale.language_code == page.original_language or other is None:
        return TranslationState("original", there)
    if page.follows_revision is None:
        return TranslationState("unchecked", there)
    same = page.follows_revision == (other.live_revision_id or other.latest_revision_id)
    return TranslationState("current" if same else "behind", there)
