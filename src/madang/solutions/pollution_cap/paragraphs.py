"""The paragraphs an answer stands on, and the projects that must ask: dated, read strictly from paragraphs.toml."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.documents import read_document
from madang.core.errors import Both, FactError, Where
from madang.core.language import Text
from madang.core.sources import Day, Source

FILE = Path(__file__).with_name("paragraphs.toml")


class _Dated(BaseModel):
    """What both kinds of entry have: a key, the day from which it holds, a source and a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    key: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    since: Day = Field(alias="from")
    source: str
    says: Text


class Paragraph(_Dated):
    """A rule an answer stands on; ``verbatim`` tells whether the very text was seen."""

    verbatim: bool

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON-ready values, with its source in words."""
        return {
            "key": self.key,
            "since": self.since.isoformat(),
            "says": self.says.model_dump(),
            "source": rule_book().sources[self.source].cite(),
            "verbatim": self.verbatim,
        }


class Consulted(_Dated):
    """Projects that must ask: of a kind, or from a number of flats or an area of floor on."""

    status: Literal["gazetted", "draft", "unverified"]
    kind: str | None = None
    flats_min: int | None = Field(default=None, ge=1)
    floor_m2_min: float | None = Field(default=None, gt=0)

    def holds_for(self, kinds: tuple[str, ...], flats: int, floor_m2: float) -> bool:
        """Tell whether a project is one of these."""
        return (
            (self.kind is None or self.kind in kinds)
            and (self.flats_min is None or flats >= self.flats_min)
            and (self.floor_m2_min is None or floor_m2 >= self.floor_m2_min)
        )

    @model_validator(mode="after")
    def _asks_for_something(self) -> Consulted:
        """An entry without a condition would hold for everybody."""
        if self.kind is None and self.flats_min is None and self.floor_m2_min is None:
            raise ValueError(
                Both(
                    "항목에는 kind, flats_min, floor_m2_min 가운데 하나가 있어야 합니다",
                    "an entry needs a kind, flats_min or floor_m2_min",
                )
            )
        return self


class RuleBook(BaseModel):
    """The shape of paragraphs.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source]
    paragraph: tuple[Paragraph, ...] = Field(min_length=1)
    consulted: tuple[Consulted, ...] = ()

    @model_validator(mode="after")
    def _sources_have_cards(self) -> RuleBook:
        """Every entry names a source with a card."""
        for one in (*self.paragraph, *self.consulted):
            if one.source not in self.sources:
                raise ValueError(
                    Both(
                        f"{one.key}의 출처에 카드가 없습니다: {one.source!r}",
                        f"{one.key} names a source without a card: {one.source!r}",
                    )
                )
        return self


@cache
def rule_book() -> RuleBook:
    """Return the rules of paragraphs.toml."""
    return read_document(FILE, RuleBook)


def paragraph(key: str, on: str = "") -> Paragraph:
    """Return the paragraph in force on a day (YYYY-MM-DD); the latest where none is given.

    Raises:
        FactError: none held yet.
    """
    held = [one for one in rule_book().paragraph if one.key == key and _holds(one, on)]
    if not held:
        raise FactError(
            Both(f"아직 시행되지 않은 조항입니다: {key!r}", f"the paragraph {key!r} does not hold yet"),
            Where(FILE, day=on),
            Both("더 뒤의 날을 물으십시오", "ask for a later day"),
        )
    return max(held, key=lambda one: one.since)


def consulted_because(kinds: tuple[str, ...], flats: int, floor_m2: float, on: str = "") -> tuple[Text, ...]:
    """Return why a project is on the list of those that must ask on a day; empty where it need not."""
    in_force: dict[str, Consulted] = {}
    for one in sorted(rule_book().consulted, key=lambda one: one.since):
        if _holds(one, on):
            in_force[one.key] = one
    return tuple(one.says for one in in_force.values() if one.holds_for(kinds, flats, floor_m2))


def _holds(one: _Dated, on: str) -> bool:
    """Tell whether an entry holds on a day; every one does where no day is given."""
    return not on or one.since <= date.fromisoformat(on)


#: Kinds of projects that a form may offer, by the words of the latest rule.
KINDS: dict[str, Text] = {one.kind: one.says for one in rule_book().consulted if one.kind is not None}
