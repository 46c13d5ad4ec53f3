"""Words in the cells of figures: one column a language beside the other, of which a reader is shown their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from madang.core.figures import FigureColumn
from madang.core.language import Text


def frame_of(rows: Sequence[Sequence[Any]], schema: Mapping[str, Any]) -> pl.DataFrame:
    """Return rows as a frame; a column whose type is Text becomes ``NAME_ko`` and ``NAME_en``, empty where unsaid."""
    columns: dict[str, pl.Series] = {}
    for place, (name, kind) in enumerate(schema.items()):
        cells = [row[place] for row in rows]
        if kind is Text:
            columns[f"{name}_ko"] = pl.Series([None if one is None else one.ko for one in cells], dtype=pl.String)
            columns[f"{name}_en"] = pl.Series([None if one is None else one.en for one in cells], dtype=pl.String)
        else:
            columns[name] = pl.Series(cells, dtype=kind)
    return pl.DataFrame(columns)


def worded(frame: pl.DataFrame, words: Mapping[str, Mapping[str, Text]]) -> pl.DataFrame:
    """Return the frame with codes put into words: each column named in ``words`` becomes one column a language.

    A code without words stands for itself.
    """
    told = []
    for name in frame.columns:
        if name in words:
            told += [
                pl.col(name).replace({key: said.to(lang) for key, said in words[name].items()}).alias(f"{name}_{lang}")
                for lang in ("ko", "en")
            ]
        else:
            told.append(pl.col(name))
    return frame.select(told)


def cards(columns: Sequence[FigureColumn], frame: pl.DataFrame) -> tuple[FigureColumn, ...]:
    """Return the cards of a frame whose worded columns stand in both languages."""
    return tuple(
        FigureColumn(name, card.title, card.unit, card.digits)
        for card in columns
        for name in ([card.name] if card.name in frame.columns else [f"{card.name}_ko", f"{card.name}_en"])
    )
