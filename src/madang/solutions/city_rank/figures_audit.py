"""Figures of what was published: claims, rank shifts, factors, list distances, totals from parts, large cities."""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl

from madang.core.figures import ChartFigure, Figure, FigureColumn, Rule, TableFigure
from madang.core.language import Text, text
from madang.solutions.city_rank.audit import claims_frame, rows_of
from madang.solutions.city_rank.model import RankResult

#: A line of ranks has at least so many editions; a chart at most so many lines.
_EDITIONS_MIN, _LINES = 3, 7


def audit_figures(result: RankResult) -> tuple[Figure, ...]:
    """Return the figures of the audit; each only where its tables are there."""
    made = (_claims(result), _shift(result), *_factors(result), _distances(result), _parts(result), _people(result))
    return tuple(figure for figure in made if figure is not None)


def _titles(result: RankResult) -> dict[str, Text]:
    """Return the rankings' names."""
    return {row["ranking"]: text(row["title_ko"], row["title_en"]) for row in rows_of(result.inputs.rankings)}


def _named(frame: pl.DataFrame, titles: dict[str, Text]) -> pl.DataFrame:
    """Return the frame with the ranking's name in both languages in place of its key."""
    ko = [titles[key].ko if key in titles else key for key in frame["ranking"]]
    en = [titles[key].en if key in titles else key for key in frame["ranking"]]
    named = frame.with_columns(pl.Series("ranking_ko", ko, pl.String), pl.Series("ranking_en", en, pl.String))
    return named.select("ranking_ko", "ranking_en", *[name for name in frame.columns if name != "ranking"])


_RANKING = (
    FigureColumn("ranking_ko", text("순위표", "Ranking (Korean)")),
    FigureColumn("ranking_en", text("순위표(영어)", "Ranking")),
)
_EDITION = FigureColumn("edition", text("판", "Edition"), "year", 0)
_PLACE = (
    FigureColumn("place_ko", text("곳", "Place (Korean)")),
    FigureColumn("place_en", text("곳(영어)", "Place")),
)


def _claims(result: RankResult) -> Figure | None:
    """Every rank that the city stated, beside the published list."""
    claims = result.audit.claims
    if not claims:
        return None
    held = sum(one.verdict == "reproduced" for one in claims)
    return TableFigure(
        name="claims",
        title=text(
            f"글에 적힌 순위 {len(claims)}개 가운데 {held}개가 발표된 목록에서 재현된다",
            f"{held} of {len(claims)} stated ranks are reproduced by the published lists",
        ),
        frame=_named(claims_frame(result.audit), _titles(result)),
        columns=(
            *_RANKING,
            _EDITION,
            *_PLACE,
            FigureColumn("stated", text("글의 순위", "Stated"), "rank", 0),
            FigureColumn("found", text("목록의 순위", "Published"), "rank", 0),
            FigureColumn("verdict_ko", text("판정", "Verdict (Korean)")),
            FigureColumn("verdict_en", text("판정(영어)", "Verdict")),
            FigureColumn("note_ko", text("비고", "Note (Korean)")),
            FigureColumn("note_en", text("비고(영어)", "Note")),
        ),
        rests_on=("statements", "ranks", "rankings"),
    )


def _shift(result: RankResult) -> Figure | None:
    """Ranks of the city's ranking with most editions, over the editions."""
    rows = rows_of(result.inputs.ranks)
    own = [row for row in rows if row["place"] == result.inputs.place]
    if len(own) < 2:
        return None
    ranking = max({row["ranking"] for row in own}, key=lambda one: (sum(row["ranking"] == one for row in own), one))
    mine = [row for row in rows if row["ranking"] == ranking]
    by_place: dict[str, list[tuple[int, int]]] = {}
    for row in mine:
        by_place.setdefault(row["place"], []).append((row["edition"], row["rank"]))
    known = [one for one in by_place.items() if len(one[1]) >= _EDITIONS_MIN]
    known.sort(key=lambda one: (one[0] != result.inputs.place, min(rank for _, rank in one[1])))
    shown = dict(known[:_LINES])
    cells = [(place, edition, rank) for place, line in shown.items() for edition, rank in sorted(line)]
    names = {row["place"]: text(row["place_ko"], row["place"]) for row in mine}
    title = _titles(result).get(ranking, text(ranking, ranking))
    ranks = {row["edition"]: row["rank"] for row in own if row["ranking"] == ranking}
    first, last = min(ranks), max(ranks)
    return ChartFigure(
        name="rank_shift",
        title=text(
            f"{names[result.inputs.place].ko}: {first}년 {ranks[first]}위에서 {last}년 {ranks[last]}위로",
            f"{result.inputs.place}: from rank {ranks[first]} in {first} to {ranks[last]} in {last}",
        ),
        subtitle=text(f"{title.ko}, 세 판 이상에 순위가 알려진 곳", f"{title.en}, places with three known ranks"),
        frame=pl.DataFrame(cells, schema={"place": pl.String, "edition": pl.Int64, "rank": pl.Int64}, orient="row"),
        columns=(
            FigureColumn("place", text("곳", "Place")),
            _EDITION,
            FigureColumn("rank", text("순위", "Rank"), "rank", 0),
        ),
        rests_on=("ranks", "rankings", "place"),
        mark="line",
        x="edition",
        y="rank",
        series="place",
        series_titles={place: names[place] for place in shown},
        best_first=True,
        notes=(text("순위가 알려지지 않은 해는 점이 없다.", "A year without a known rank has no point."),),
    )


def _factors(result: RankResult) -> Iterator[Figure]:
    """Yield the city's scores by factor; one that was not given is a range, never a bar."""
    rows = [row for row in rows_of(result.inputs.factors) if row["place"] == result.inputs.place]
    if not rows:
        return
    low, high = result.inputs.factor_scale[0], result.inputs.factor_scale[-1]
    cells = [
        (
            row["factor"], row["score"], low if row["score"] is None else row["score"],
            high if row["score"] is None else row["score"], row["weight_percent"],
        )
        for row in rows
    ]  # fmt: skip
    lacking = [row for row in rows if row["score"] is None]
    yield ChartFigure(
        name="factors",
        title=text(
            f"평가 요소 {len(rows)}개 가운데 {len(rows) - len(lacking)}개만 밝혔다",
            f"{len(rows) - len(lacking)} of {len(rows)} factors were given",
        ),
        subtitle=text("등급; 밝히지 않은 요소는 범위 전체", "Tier; a factor not given may be anywhere on the scale"),
        frame=pl.DataFrame(
            cells,
            schema={
                "factor": pl.String,
                "score": pl.Float64,
                "low": pl.Float64,
                "high": pl.Float64,
                "weight": pl.Float64,
            },
            orient="row",
        ),
        columns=(
            FigureColumn("factor", text("요소", "Factor")),
            FigureColumn("score", text("점수", "Score"), "score", 0),
            FigureColumn("low", text("적어도", "At least"), "score", 0),
            FigureColumn("high", text("많아도", "At most"), "score", 0),
            FigureColumn("weight", text("가중치(뒤 판)", "Weight (later edition)"), "percent", 1),
        ),
        rests_on=("factors", "factor_scale", "place"),
        mark="bar",
        x="factor",
        y="score",
        low="low",
        high="high",
        series_titles={row["factor"]: text(row["factor_ko"], row["factor_en"]) for row in rows},
    )


def _distances(result: RankResult) -> Figure | None:
    """How far the lists lie apart."""
    found = result.audit.distances
    if not found:
        return None
    titles = _titles(result)
    rows = []
    for one, other, far in found:
        pair = [_list_name(titles, name) for name in (one, other)]
        rows.append(
            (*(words for name in pair for words in (name.ko, name.en)), far.common, far.kendall, 100.0 * far.share)
        )
    schema = {
        "one_ko": pl.String, "one_en": pl.String, "other_ko": pl.String, "other_en": pl.String, "common": pl.Int64,
        "kendall": pl.Float64, "fagin_percent": pl.Float64,
    }  # fmt: skip
    return TableFigure(
        name="list_distances",
        title=text("목록끼리 얼마나 다른가", "How far the lists lie apart"),
        frame=pl.DataFrame(rows, schema=schema, orient="row"),
        columns=(
            FigureColumn("one_ko", text("목록", "List (Korean)")),
            FigureColumn("one_en", text("목록(영어)", "List")),
            FigureColumn("other_ko", text("견준 목록", "Compared with (Korean)")),
            FigureColumn("other_en", text("견준 목록(영어)", "Compared with")),
            FigureColumn("common", text("공통", "In common"), "city", 0),
            FigureColumn("kendall", text("켄들 τ-b", "Kendall’s tau-b"), "1", 2),
            FigureColumn("fagin_percent", text("페이긴 K(1/2)", "Fagin’s K(1/2)"), "percent", 1),
        ),
        rests_on=("ranks", "rankings"),
        notes=(
            text(
                "페이긴 거리는 가능한 최대에 대한 몫이다. 일부만 알려진 목록은 공통의 곳만 견준다.",
                "Fagin's distance is a share of the most it could be. Partial lists are compared where they meet.",
            ),
        ),
    )


def _list_name(titles: dict[str, Text], name: str) -> Text:
    """Return a list's name and edition."""
    ranking, _, edition = name.partition(" ")
    title = titles.get(ranking, text(ranking, ranking))
    return text(f"{title.ko} {edition}", f"{title.en} {edition}")


def _parts(result: RankResult) -> Figure | None:
    """Every printed part beside where it must lie by the total and the other parts."""
    rows = []
    for one in result.audit.checks:
        for name, (score, inside) in one.parts.items():
            fits = not inside.empty and (score is None or inside.low - 0.05 <= score <= inside.high + 0.05)
            rows.append(
                (
                    one.ranking, one.edition, one.place_ko, one.place, one.titles[name].ko, one.titles[name].en, score,
                    None if inside.empty else inside.low, None if inside.empty else inside.high, one.total, one.exact,
                    "맞음" if fits else "어긋남", "fits" if fits else "contradicts",
                )
            )  # fmt: skip
    if not rows:
        return None
    wrong = [one for one in result.audit.checks if not one.holds]
    schema = {
        "ranking": pl.String, "edition": pl.Int64, "place_ko": pl.String, "place_en": pl.String,
        "category_ko": pl.String, "category_en": pl.String, "printed": pl.Float64, "low": pl.Float64,
        "high": pl.Float64, "total": pl.Float64, "computed": pl.Float64,
        "verdict_ko": pl.String, "verdict_en": pl.String,
    }  # fmt: skip
    return TableFigure(
        name="inverse_audit",
        title=text(
            f"총점 {len(result.audit.checks)}개 가운데 {len(wrong)}개가 부문별 점수와 어긋난다",
            f"{len(wrong)} of {len(result.audit.checks)} totals contradict their categories",
        ),
        frame=_named(pl.DataFrame(rows, schema=schema, orient="row"), _titles(result)),
        columns=(
            *_RANKING,
            _EDITION,
            *_PLACE,
            FigureColumn("category_ko", text("부문", "Category (Korean)")),
            FigureColumn("category_en", text("부문(영어)", "Category")),
            FigureColumn("printed", text("적힌 값", "Printed"), "score", 1),
            FigureColumn("low", text("나머지에서: 적어도", "From the rest: at least"), "score", 2),
            FigureColumn("high", text("나머지에서: 많아도", "From the rest: at most"), "score", 2),
            FigureColumn("total", text("적힌 총점", "Printed total"), "score", 1),
            FigureColumn("computed", text("계산한 총점", "Computed total"), "score", 2),
            FigureColumn("verdict_ko", text("판정", "Verdict (Korean)")),
            FigureColumn("verdict_en", text("판정(영어)", "Verdict")),
        ),
        rests_on=("categories", "category_scale", "rankings"),
    )


def _people(result: RankResult) -> Figure | None:
    """People of the named cities by boundary, with the bound of a large city."""
    rows = rows_of(result.inputs.populations)
    if not rows:
        return None
    names = {
        f"{row['place']}, {row['boundary_en']}, {row['counted_on'].year}": text(
            f"{row['place_ko']}, {row['boundary_ko']}, {row['counted_on'].year}",
            f"{row['place']}, {row['boundary_en']}, {row['counted_on'].year}",
        )
        for row in rows
    }
    frame = pl.DataFrame({"boundary": list(names), "people": [row["people"] for row in rows]})
    return ChartFigure(
        name="large_cities",
        title=text(
            "천만 도시인지는 경계와 날에 달려 있다", "Whether a city has ten million people depends on boundary and day"
        ),
        frame=frame,
        columns=(
            FigureColumn("boundary", text("경계와 해", "Boundary and year")),
            FigureColumn("people", text("사람", "People"), "person", 0),
        ),
        rests_on=("populations", "large_city_people"),
        mark="bar",
        x="boundary",
        y="people",
        series_titles=names,
        rules=(Rule(value=result.inputs.large_city_people, label=text("천만", "ten million"), role="reference"),),
    )
