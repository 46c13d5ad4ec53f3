"""Figures of how sure an index is: likely ranks, what matters, removals, dropped criteria, shifts, draws."""

from __future__ import annotations

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.methods.composite_index import CAUSES
from madang.solutions.city_rank.choice_words import ASSUMPTIONS
from madang.solutions.city_rank.figures_draws import draws_figure
from madang.solutions.city_rank.figures_index import CITY, SHOWN, marked, note_of, order_of, rests_of
from madang.solutions.city_rank.indexing import IndexPart, Sure
from madang.solutions.city_rank.numbers import SAMPLED

_CAUSES = {
    "data": text("자료", "Data"),
    "method": text("방법", "Method"),
    "newcomers": text("드나든 도시", "Newcomers"),
    "ties": text("동점 규칙", "Rule of ties"),
}
_ORDERS = {"first": text("혼자서", "Alone"), "total": text("다른 것과 함께", "With the others")}
#: Lines that a chart over years shows.
_LINES = 8


def sure_figures(part: IndexPart) -> tuple[Figure, ...]:
    """Return the figures of how sure an index is, and of what moves it."""
    made = (
        _likely(part), _sensitivity(part), _removals(part), _dropped(part), _dropped_shift(part), _years(part),
        _shift(part), draws_figure(part),
    )  # fmt: skip
    return tuple(figure for figure in made if figure is not None)


def _likely(part: IndexPart) -> Figure | None:
    """How likely each rank is for each city."""
    shown, index = part.shown, part.shown.index
    if shown.ensemble is None:
        return None
    shares = 100.0 * shown.ensemble.shares
    order = order_of(shown)[:SHOWN]
    rows = [
        (index.cities[row], rank + 1, float(shares[row, rank]))
        for row in order
        for rank in range(min(SHOWN, len(index.cities)))
    ]
    return ChartFigure(
        name="index_rank_probabilities",
        title=marked(part, "어느 순위가 얼마나 그럴듯한가", "How likely each rank is"),
        subtitle=text("추출 가운데 그 순위가 된 몫", "Share of the draws in which a city took the rank"),
        frame=pl.DataFrame(rows, schema={"city": pl.String, "rank": pl.Int64, "percent": pl.Float64}, orient="row"),
        columns=(
            CITY,
            FigureColumn("rank", text("순위", "Rank"), "rank", 0),
            FigureColumn("percent", text("추출의 몫", "Share of draws"), "percent", 0),
        ),
        rests_on=rests_of(part, *SAMPLED),
        mark="heat",
        x="rank",
        y="city",
        value="percent",
        notes=note_of(part),
    )


def _sensitivity(part: IndexPart) -> Figure | None:
    """Sobol' indices of the declared assumptions, with error bars."""
    found = part.sobol
    if found is None:
        return None
    rows = []
    for place, name in enumerate(found.names):
        for order, share, error in (
            ("first", found.first, found.first_error),
            ("total", found.total, found.total_error),
        ):
            value, half = 100.0 * float(share[place, 0]), 100.0 * float(error[place, 0])
            # A share of a variance is not below zero; an estimate of one may be, by less than its error.
            rows.append((name, order, *(max(0.0, end) for end in (value, value - half, value + half))))
    most = found.names[int(found.total[:, 0].argmax())]
    title = ASSUMPTIONS.get(most, text(most, most))
    names = ("percent", "low", "high")
    return ChartFigure(
        name="index_sensitivity",
        title=marked(
            part, f"순위를 가장 많이 옮기는 가정: {title.ko}", f"What moves the ranks most: {title.en.lower()}"
        ),
        subtitle=text(
            "순위가 움직인 평균의 분산 가운데 몫(소볼 지수)과 95% 구간",
            "Share of the variance of the mean rank move (Sobol' index), with 95 % intervals",
        ),
        frame=pl.DataFrame(
            rows, schema={"assumption": pl.String, "order": pl.String, **dict.fromkeys(names, pl.Float64)}, orient="row"
        ),
        columns=(
            FigureColumn("assumption", text("가정", "Assumption")),
            FigureColumn("order", text("어떻게", "How")),
            FigureColumn("percent", text("분산의 몫", "Share of variance"), "percent", 1),
            FigureColumn("low", text("적어도", "At least"), "percent", 1),
            FigureColumn("high", text("많아도", "At most"), "percent", 1),
        ),
        rests_on=rests_of(part, "seed", "sobol_error"),
        mark="bar",
        x="assumption",
        y="percent",
        series="order",
        series_titles={**ASSUMPTIONS, **_ORDERS},
        low="low",
        high="high",
        notes=note_of(part),
    )


def _removals(part: IndexPart) -> Figure | None:
    """By how many places cities move without each indicator or group."""
    if not part.removals:
        return None
    rows = [(one.name, one.mean_shift) for one in part.removals[:SHOWN]]
    return ChartFigure(
        name="index_removals",
        title=marked(part, "하나를 빼면 순위가 얼마나 움직이나", "How far ranks move when one part is left out"),
        frame=pl.DataFrame(rows, schema={"part": pl.String, "places": pl.Float64}, orient="row"),
        columns=(
            FigureColumn("part", text("뺀 부분", "Part left out")),
            FigureColumn("places", text("움직인 자리의 평균", "Mean places moved"), "place", 2),
        ),
        rests_on=rests_of(part),
        mark="bar",
        x="places",
        y="part",
        series_titles={one.name: part.method.title_of(one.name) for one in part.removals},
        notes=note_of(part),
    )


def _dropped(part: IndexPart) -> Figure | None:
    """Ranks and ranges of every city with all criteria and with some dropped."""
    if part.reduced is None or part.method.drop is None:
        return None
    rows = []
    for city in _in_both(part, part.reduced):
        cells: list[int | None] = []
        for sure in (part.whole, part.reduced):
            row, bounds = sure.index.row(city), sure.guaranteed
            ends = [int(end) for end in sure.ensemble.rank_ends()[row]] if sure.ensemble is not None else [None] * 3
            best = [int(bounds.best[row]), int(bounds.worst[row])] if bounds is not None else [None] * 2
            cells += [int(sure.index.ranks[row]), ends[0], ends[2], *best]
        rows.append((city, *cells))
    cards = [CITY]
    for side, ko, en in (("all", "모든 기준", "All criteria"), ("dropped", "뺀 뒤", "Dropped")):
        for name, one, other in (
            ("rank", "순위", "rank"), ("low", "추출 5%", "drawn, 5 %"), ("high", "추출 95%", "drawn, 95 %"),
            ("best", "높아야", "at best"), ("worst", "낮아야", "at worst"),
        ):  # fmt: skip
            cards.append(FigureColumn(f"{side}_{name}", text(f"{ko}: {one}", f"{en}: {other}"), "rank", 0))
    pairs = [one.guaranteed.pairs_percent if one.guaranteed else None for one in (part.whole, part.reduced)]
    ko, en = "기준을 빼기 앞뒤의 순위", "Ranks before and after criteria are dropped"
    if pairs[0] is not None and pairs[1] is not None:
        ko = f"기준을 빼면 앞뒤가 확실한 쌍이 {pairs[0]:.0f}%에서 {pairs[1]:.0f}%가 된다"
        en = f"With criteria dropped, pairs in a certain order go from {pairs[0]:.0f} % to {pairs[1]:.0f} %"
    return TableFigure(
        name="index_dropped",
        title=marked(part, ko, en),
        subtitle=part.method.drop.says,
        frame=pl.DataFrame(
            rows, schema={"city": pl.String, **{card.name: pl.Int64 for card in cards[1:]}}, orient="row"
        ),
        columns=tuple(cards),
        rests_on=(*part.rests_on, *SAMPLED),
        notes=note_of(part),
    )


def _dropped_shift(part: IndexPart) -> Figure | None:
    """Ranks of the cities that move most when criteria are dropped."""
    if part.reduced is None or part.method.drop is None:
        return None
    old, new = part.whole.index, part.reduced.index
    names = _in_both(part, part.reduced)
    moved = sorted(names, key=lambda city: (-abs(old.rank_of(city) - new.rank_of(city)), old.rank_of(city)))[:_LINES]
    rows = [
        (city, side, index.rank_of(city))
        for city in sorted(moved, key=old.rank_of)
        for side, index in (("all", old), ("dropped", new))
    ]
    return ChartFigure(
        name="index_dropped_shift",
        title=marked(part, "기준을 빼면 순위가 움직인다", "Dropping criteria moves ranks"),
        subtitle=text(f"가장 많이 움직인 {len(moved)}곳의 순위", f"Ranks of the {len(moved)} cities that move most"),
        frame=pl.DataFrame(rows, schema={"city": pl.String, "side": pl.String, "rank": pl.Int64}, orient="row"),
        columns=(
            CITY,
            FigureColumn("side", text("지수", "Index")),
            FigureColumn("rank", text("순위", "Rank"), "rank", 0),
        ),
        rests_on=part.rests_on,
        mark="line",
        x="side",
        y="rank",
        series="city",
        series_titles={"all": text("모든 기준", "All criteria"), "dropped": text("뺀 뒤", "Criteria dropped")},
        best_first=True,
        notes=note_of(part),
    )


def _in_both(part: IndexPart, reduced: Sure) -> list[str]:
    """Return the cities that are ranked with and without the criteria, from the first rank down."""
    cities = part.whole.index.cities
    return [cities[row] for row in order_of(part.whole) if cities[row] in reduced.index.cities]


def _years(part: IndexPart) -> Figure | None:
    """Scores over the years, comparable from year to year."""
    if len(part.years) < 2:
        return None
    last = part.years[max(part.years)]
    order = sorted(range(len(last.cities)), key=lambda row: (last.cities[row] != part.focus, int(last.ranks[row])))
    shown = [last.cities[row] for row in order[:_LINES]]
    rows = [
        (city, year, float(index.scores[index.row(city)]), index.rank_of(city), _edition(part, year))
        for city in shown
        for year, index in sorted(part.years.items())
        if city in index.cities
    ]
    return ChartFigure(
        name="index_over_years",
        title=marked(part, "해마다 점수", "Scores over the years"),
        subtitle=text(f"{part.focus}와 가장 높은 곳들", f"{part.focus} and the highest"),
        frame=pl.DataFrame(
            rows,
            schema={
                "city": pl.String,
                "year": pl.Int64,
                "score": pl.Float64,
                "rank": pl.Int64,
                "edition": pl.String,
            },
            orient="row",
        ),
        columns=(
            CITY,
            FigureColumn("year", text("연도", "Year"), "year", 0),
            FigureColumn("score", text("점수", "Score"), "score", 1),
            FigureColumn("rank", text("순위", "Rank"), "rank", 0),
            FigureColumn("edition", text("방법의 판", "Edition of the method")),
        ),
        rests_on=(*part.rests_on, "focus"),
        rules=_begun(part),
        mark="line",
        x="year",
        y="score",
        series="city",
        zero_based=False,
        notes=note_of(part),
    )


def _edition(part: IndexPart, year: int) -> str:
    """Return what the edition in force in a year is called."""
    return part.editions[max(since for since in part.editions if since <= year)]


def _begun(part: IndexPart) -> tuple[Rule, ...]:
    """Return a mark at each year in which a later edition begins: scores on both sides are made differently."""
    later = sorted(part.editions)[1:]
    return tuple(
        Rule(
            value=float(since),
            label=text(f"{part.editions[since]} 판부터", f"from edition {part.editions[since]}"),
            along="x",
            role="reference",
        )
        for since in later
    )


def _shift(part: IndexPart) -> Figure | None:
    """How ranks moved over the last year, shared among data, method, newcomers and ties."""
    found = part.shift
    if found is None:
        return None
    order = sorted(range(len(found.cities)), key=lambda row: (found.after[row], found.cities[row]))
    rows = [
        (
            found.cities[row], found.before[row], found.after[row], float(found.after[row] - found.before[row]),
            *(float(share) for share in found.shares[row]),
        )
        for row in order
    ]  # fmt: skip
    parts: dict[str, Text] = {cause: _CAUSES[cause] for cause in CAUSES}
    return TableFigure(
        name="index_shift",
        title=marked(part, "한 해 사이 순위가 움직인 까닭", "Why ranks moved over the year"),
        subtitle=text(
            "잃은 자리를 섀플리 몫으로 나눔; 더하면 전체", "Places lost, as Shapley shares that add up to the whole"
        ),
        frame=pl.DataFrame(
            rows,
            schema={
                "city": pl.String,
                "before": pl.Int64,
                "after": pl.Int64,
                "lost": pl.Float64,
                **dict.fromkeys(CAUSES, pl.Float64),
            },
            orient="row",
        ),
        columns=(
            CITY,
            FigureColumn("before", text("앞 해", "Year before"), "rank", 0),
            FigureColumn("after", text("이 해", "This year"), "rank", 0),
            FigureColumn("lost", text("잃은 자리", "Places lost"), "place", 0),
            *(FigureColumn(cause, title, "place", 2) for cause, title in parts.items()),
        ),
        rests_on=part.rests_on,
        notes=note_of(part),
    )
