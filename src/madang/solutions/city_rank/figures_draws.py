"""The design matrix of an ensemble: what each draw took, and the rank that the city looked at got."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import polars as pl

from madang.core.figures import Figure, FigureColumn, TableFigure
from madang.core.language import text
from madang.methods.composite_index import Ensemble
from madang.methods.composite_index.tree import Floats
from madang.solutions.city_rank.choice_words import ASSUMPTIONS, CHOICES
from madang.solutions.city_rank.figures_index import marked, note_of, rests_of
from madang.solutions.city_rank.indexing import IndexPart
from madang.solutions.city_rank.numbers import SAMPLED

#: Draws that are told one by one: all of them but in the largest ensembles.
DRAWS_TOLD = 1 << 14
#: Draws whose scores are held at once.
_BLOCK = 1 << 10
#: Scores closer than this are equal.
_SAME = 1e-9


def draws_figure(part: IndexPart) -> Figure | None:
    """Return the points of the design in words and factors, a row a draw; None where nothing was drawn."""
    ensemble = part.shown.ensemble
    if ensemble is None:
        return None
    points, ranks = _told(ensemble, part.shown.index.row(part.focus))
    frame = pl.DataFrame({"draw": np.arange(1, len(points) + 1), "rank": ranks})
    cards = [
        FigureColumn("draw", text("추출", "Draw"), "1", 0),
        FigureColumn("rank", text(f"{part.focus}의 순위", f"Rank of {part.focus}"), "rank", 0),
    ]
    for name, values in ensemble.design.decoded(points).items():
        made, more = _factor(part, name, values) if ": " in name else _choice(part, name, values)
        frame, cards = frame.hstack(made), [*cards, *more]
    return TableFigure(
        name="index_draws",
        title=marked(part, *_title(len(points), ensemble.design.draws)),
        subtitle=text(
            "무엇을 골랐고 가중치에 무엇을 곱했나; 같은 씨앗이면 모두 다시 나온다",
            "What each took, and by what it multiplied each weight; the same seed gives all of them again",
        ),
        frame=frame,
        columns=tuple(cards),
        rests_on=rests_of(part, "focus", *SAMPLED),
        notes=note_of(part),
    )


def _told(ensemble: Ensemble, row: int) -> tuple[Floats, Sequence[int]]:
    """Return the points that are told, and the rank of one city at each."""
    points, ranks = [], []
    for some in ensemble.design.chunks(_BLOCK):
        scores = ensemble.trial.scores(some)
        points.append(some)
        ranks += (1 + (scores > scores[:, [row]] + _SAME).sum(axis=1)).tolist()
        if len(ranks) >= DRAWS_TOLD:
            break
    return np.concatenate(points)[:DRAWS_TOLD], ranks[:DRAWS_TOLD]


def _choice(part: IndexPart, name: str, values: Sequence[Any]) -> tuple[list[pl.Series], list[FigureColumn]]:
    """Return what each draw chose under one assumption, in both languages."""
    said = CHOICES.get(name, {})
    # What was left out is called by the indicator's title; nothing left out stays empty.
    words = [said[value] if name in CHOICES else (part.method.title_of(value) if value else None) for value in values]
    title = ASSUMPTIONS[name]
    columns = [
        pl.Series(f"{name}_ko", [word and word.ko for word in words], pl.String),
        pl.Series(f"{name}_en", [word and word.en for word in words], pl.String),
    ]
    cards = [
        FigureColumn(f"{name}_ko", text(title.ko, f"{title.en} (Korean)")),
        FigureColumn(f"{name}_en", text(f"{title.ko}(영어)", title.en)),
    ]
    return columns, cards


def _factor(part: IndexPart, name: str, values: Sequence[Any]) -> tuple[list[pl.Series], list[FigureColumn]]:
    """Return by what each draw multiplied one weight."""
    assumption, _, edge = name.partition(": ")
    title, leaf = ASSUMPTIONS[assumption], part.method.title_of(edge.partition(" in ")[0])
    card = FigureColumn(name, text(f"{title.ko}: {leaf.ko}", f"{title.en}: {leaf.en}"), "1", 3)
    return [pl.Series(name, values, pl.Float64)], [card]


def _title(told: int, draws: int) -> tuple[str, str]:
    """Return a title of the draws that are told one by one, in Korean and English."""
    if told == draws:
        return f"추출 {draws:,}번이 하나하나 고른 것", f"What each of the {draws:,} draws took"
    return f"추출 {draws:,}번 가운데 처음 {told:,}번", f"The first {told:,} of {draws:,} draws"
