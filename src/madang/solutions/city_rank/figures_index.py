"""Figures of an index: ranks with their ranges, what makes up each score, profiles, and every cell that was changed."""

from __future__ import annotations

import numpy as np
import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, TableFigure
from madang.core.language import Text, say_count, text
from madang.methods.composite_index.tree import Floats
from madang.solutions.city_rank.choice_words import CHOICES
from madang.solutions.city_rank.indexing import IndexPart, Sure
from madang.solutions.city_rank.numbers import SAMPLED

#: Cities that a chart shows, from the top.
SHOWN = 40
CITY = FigureColumn("city", text("도시", "City"))
_RANK = FigureColumn("rank", text("순위", "Rank"), "rank", 0)
_LOW = FigureColumn("low", text("추출 5%", "Drawn, 5 %"), "rank", 0)
_HIGH = FigureColumn("high", text("추출 95%", "Drawn, 95 %"), "rank", 0)
_BEST = FigureColumn("best", text("보장: 높아야", "Guaranteed: at best"), "rank", 0)
_WORST = FigureColumn("worst", text("보장: 낮아야", "Guaranteed: at worst"), "rank", 0)


def index_figures(part: IndexPart) -> tuple[Figure, ...]:
    """Return the figures of an index that need no sampling."""
    made = (_ranking(part), _ranges(part), _contributions(part), _profiles(part), _changes(part))
    return tuple(figure for figure in made if figure is not None)


def marked(part: IndexPart, ko: str, en: str) -> Text:
    """Return a title; that of made-up data says so first."""
    return text(f"지어낸 도시들: {ko}", f"Made-up cities: {en}") if part.made_up else text(ko, en)


def note_of(part: IndexPart) -> tuple[Text, ...]:
    """Return the notes that go with every figure of an index: that data are made up, and what else is not shown."""
    notes = []
    if part.made_up:
        notes.append(
            text("지어낸 자료: 실제 도시를 말하지 않는다.", "Made-up data: they say nothing about any real city.")
        )
    count = len(part.shown.index.cities)
    if count > SHOWN:
        notes.append(text(f"{count}곳 가운데 위에서 {SHOWN}곳.", f"The first {SHOWN} of {count} cities."))
    return tuple(notes)


def order_of(sure: Sure) -> list[int]:
    """Return the rows of an index from the first rank down."""
    index = sure.index
    return sorted(range(len(index.cities)), key=lambda row: (int(index.ranks[row]), index.cities[row]))


def rests_of(part: IndexPart, *more: str) -> tuple[str, ...]:
    """Return what a figure of the index shown rests on."""
    return (*part.rests_on, "drop_criteria", *more)


def _ranking(part: IndexPart) -> Figure:
    """Every city's score and rank, with sampled and guaranteed ranges."""
    shown, index = part.shown, part.shown.index
    ends = shown.ensemble.rank_ends() if shown.ensemble is not None else None
    bounds = shown.guaranteed
    known = 100.0 * (1.0 - np.isnan(index.scored.scores).mean(axis=1))
    filled = dict.fromkeys(index.cities, 0)
    for change in (*index.scored.changes, *part.filled):
        if change.before is None and change.city in filled and change.indicator in index.tree.places:
            filled[change.city] += 1
    rows = [
        (
            int(index.ranks[row]), index.cities[row], float(index.scores[row]),
            *([int(end) for end in ends[row]] if ends is not None else [None] * 3),
            *([int(bounds.best[row]), int(bounds.worst[row])] if bounds is not None else [None] * 2),
            float(known[row]), filled[index.cities[row]],
        )
        for row in order_of(shown)
    ]  # fmt: skip
    schema = {
        "rank": pl.Int64, "city": pl.String, "score": pl.Float64, "low": pl.Int64, "middle": pl.Int64, "high": pl.Int64,
        "best": pl.Int64, "worst": pl.Int64, "scored_percent": pl.Float64, "filled": pl.Int64,
    }  # fmt: skip
    certain = int((bounds.best == bounds.worst).sum()) if bounds is not None else 0
    count = len(index.cities)
    return TableFigure(
        name="index_ranking",
        title=marked(
            part,
            f"{count}곳 가운데 자리가 확실한 도시는 {certain}곳",
            f"{certain} of {count} cities have a certain place",
        ),
        subtitle=part.method.title,
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            _RANK,
            CITY,
            FigureColumn("score", text("점수", "Score"), "score", 1),
            _LOW,
            FigureColumn("middle", text("추출 중앙값", "Drawn, median"), "rank", 0),
            _HIGH,
            _BEST,
            _WORST,
            FigureColumn("scored_percent", text("점수가 있는 지표", "Indicators scored"), "percent", 0),
            FigureColumn("filled", text("채운 칸", "Cells filled"), "1", 0),
        ),
        rests_on=rests_of(part, *SAMPLED),
        notes=note_of(part),
    )


def _ranges(part: IndexPart) -> Figure | None:
    """Ranks with their sampled and guaranteed ranges, drawn."""
    shown, index = part.shown, part.shown.index
    if shown.ensemble is None or shown.guaranteed is None:
        return None
    ends, bounds = shown.ensemble.rank_ends(), shown.guaranteed
    rows = [
        (
            index.cities[row], int(index.ranks[row]), int(ends[row, 0]), int(ends[row, 2]), int(bounds.best[row]),
            int(bounds.worst[row]),
        )
        for row in order_of(shown)[:SHOWN]
    ]  # fmt: skip
    names = ("city", "rank", "low", "high", "best", "worst")
    return ChartFigure(
        name="index_rank_ranges",
        title=marked(part, "순위와 그 범위", "Ranks and how far they may move"),
        subtitle=text(
            "점: 순위. 굵은 띠: 추출의 90%. 가는 선: 선언한 모든 가정 아래 보장된 범위",
            "Dot: rank. Band: 90 % of the draws. Line: guaranteed under everything declared",
        ),
        frame=pl.DataFrame(rows, schema={"city": pl.String, **dict.fromkeys(names[1:], pl.Int64)}, orient="row"),
        columns=(
            CITY,
            _RANK,
            _LOW,
            _HIGH,
            _BEST,
            _WORST,
        ),
        rests_on=rests_of(part, *SAMPLED),
        mark="point",
        x="rank",
        y="city",
        low="low",
        high="high",
        outer_low="best",
        outer_high="worst",
        best_first=True,
        notes=note_of(part),
    )


def _contributions(part: IndexPart) -> Figure | None:
    """What each part below the top adds to each score."""
    if part.contributions is None:
        return None
    index = part.shown.index
    top = index.tree.order[-1].parts
    rows = []
    for row in order_of(part.shown)[:SHOWN]:
        for name in top:
            columns = [index.tree.places[leaf] for leaf in leaves(part, name)]
            rows.append((index.cities[row], name, float(part.contributions[row, columns].sum())))
    return ChartFigure(
        name="index_contributions",
        title=marked(part, "점수는 어디에서 오나", "Where the scores come from"),
        frame=pl.DataFrame(rows, schema={"city": pl.String, "part": pl.String, "points": pl.Float64}, orient="row"),
        columns=(
            CITY,
            FigureColumn("part", text("부분", "Part")),
            FigureColumn("points", text("더한 점수", "Points added"), "score", 1),
        ),
        rests_on=rests_of(part),
        mark="stacked_bar",
        x="points",
        y="city",
        series="part",
        series_titles={name: part.method.title_of(name) for name in top},
        notes=note_of(part),
    )


def leaves(part: IndexPart, name: str) -> list[str]:
    """Return the indicators below a part of the tree."""
    tree = part.shown.index.tree
    if name in tree.places:
        return [name]
    parts = next(group.parts for group in tree.groups if group.name == name)
    return [leaf for one in parts for leaf in leaves(part, one)]


def _profiles(part: IndexPart) -> Figure:
    """Every score of every city as a heat map: profiles that can be compared without a radar's areas."""
    index = part.shown.index
    scores: Floats = index.scored.scores
    rows = [
        (index.cities[row], name, None if np.isnan(scores[row, column]) else float(scores[row, column]))
        for row in order_of(part.shown)[:SHOWN]
        for column, name in enumerate(index.tree.indicators)
    ]
    return ChartFigure(
        name="index_profiles",
        title=marked(part, "도시마다 강한 곳과 약한 곳", "Where each city is strong and weak"),
        subtitle=text("지표별 점수; 회색은 자료 없음", "Score by indicator; grey is no data"),
        frame=pl.DataFrame(rows, schema={"city": pl.String, "indicator": pl.String, "score": pl.Float64}, orient="row"),
        columns=(
            CITY,
            FigureColumn("indicator", text("지표", "Indicator")),
            FigureColumn("score", text("점수", "Score"), "score", 0),
        ),
        rests_on=rests_of(part),
        mark="heat",
        x="indicator",
        y="city",
        value="score",
        series_titles={name: part.method.title_of(name) for name in index.tree.indicators},
        notes=note_of(part),
    )


def _changes(part: IndexPart) -> Figure:
    """Exactly which cells are not what the data gave."""
    index = part.shown.index
    rows = []
    for change in (*part.filled, *index.scored.changes):
        if change.indicator in index.tree.places and change.city in index.cities:
            title = part.method.title_of(change.indicator)
            said = {**CHOICES["missing"], **CHOICES["treatment"]}[change.why]
            before = None if change.before is None else float(change.before)
            rows.append((change.city, title.ko, title.en, said.ko, said.en, before, float(change.after)))
    schema = {
        "city": pl.String, "indicator_ko": pl.String, "indicator_en": pl.String, "why_ko": pl.String,
        "why_en": pl.String, "before": pl.Float64, "after": pl.Float64,
    }  # fmt: skip
    return TableFigure(
        name="index_changes",
        title=marked(
            part,
            f"자료와 다른 칸 {len(rows)}개",
            f"{say_count(len(rows), 'cell is', 'cells are')} not what the data gave",
        ),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            CITY,
            FigureColumn("indicator_ko", text("지표", "Indicator (Korean)")),
            FigureColumn("indicator_en", text("지표(영어)", "Indicator")),
            FigureColumn("why_ko", text("무엇을 했나", "What was done (Korean)")),
            FigureColumn("why_en", text("무엇을 했나(영어)", "What was done")),
            FigureColumn("before", text("앞의 값", "Before"), "1"),
            FigureColumn("after", text("뒤의 값", "After"), "1"),
        ),
        rests_on=rests_of(part),
        notes=note_of(part),
    )
