"""What a solution's numbers.toml says of its numbers: title, formula, unit; and a number made from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, RootModel

from madang.core.contract import Number
from madang.core.documents import read_document
from madang.core.language import Text


class Saying(BaseModel):
    """What numbers.toml says of one number."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    formula: Text
    unit: str
    digits: int | None = None

    def number(
        self,
        name: str,
        value: float | None,
        rests_on: Iterable[str],
        missing: Text,
        day: date | None = None,
        unit: str | None = None,
    ) -> Number:
        """Return the number; ``missing`` says why where it is unknown, ``unit`` stands in for the saying's own."""
        return Number(
            name=name,
            title=self.title,
            value=value,
            unit=self.unit if unit is None else unit,
            rests_on=tuple(dict.fromkeys(rests_on)),
            formula=self.formula,
            day=day,
            digits=self.digits,
            gap=missing if value is None else None,
        )


class Sayings(RootModel[dict[str, Saying]]):
    """The shape of numbers.toml."""


@cache
def sayings_in(folder: Path) -> Mapping[str, Saying]:
    """Return what is said of every number of a solution's folder, by name."""
    return read_document(folder / "numbers.toml", Sayings).root
