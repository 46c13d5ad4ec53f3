"""What was published about a city, checked: ranks as stated, implied rates, totals from parts, lists against lists."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import combinations
from typing import Any, Literal

import polars as pl

from madang.core.errors import Both, BoundsError
from madang.core.language import Text, text
from madang.core.tables import Table
from madang.methods.composite_index import (
    Interval,
    ListDistance,
    Printed,
    distance,
    missing_part,
    quotient,
    tie_faults,
    total_of,
)
from madang.solutions.city_rank.inputs import RankInputs

Verdict = Literal["reproduced", "contradicted", "cannot be checked"]
BILLION, TRILLION = 1e9, 1e12
#: Decimals with which scores are printed.
FACTOR_DECIMALS, CATEGORY_DECIMALS = 0, 1
#: Places that two lists must share to be compared.
_COMMON_MIN = 3


@dataclass(frozen=True)
class Found:
    """A value that the audit found, or why it is not one number; and what it rests on."""

    value: float | None
    rests_on: tuple[str, ...]
    low: float | None = None
    high: float | None = None
    gap: Text | None = None
    day: date | None = None


@dataclass(frozen=True)
class Claim:
    """One rank as the city stated it, and what the published list says."""

    ranking: str
    edition: int
    place: str
    place_ko: str
    stated: int
    found: int | None
    verdict: Verdict
    note: Text | None


@dataclass(frozen=True)
class Checked:
    """One printed total against its printed parts, and for each part where it must lie by the rest."""

    ranking: str
    edition: int
    place: str
    place_ko: str
    total: float
    computed: Interval
    exact: float
    holds: bool
    parts: dict[str, tuple[float, Interval]]
    titles: dict[str, Text]


@dataclass(frozen=True)
class Audit:
    """Everything the published tables allow to be checked."""

    numbers: dict[str, Found] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    checks: tuple[Checked, ...] = ()
    distances: tuple[tuple[str, str, ListDistance], ...] = ()


def rows_of(table: Table | None) -> list[dict[str, Any]]:
    """Return a table's rows; none where there is no table."""
    return [] if table is None else list(table.frame.iter_rows(named=True))


def audit(inputs: RankInputs) -> Audit:
    """Return what follows from the published tables.

    Raises:
        BoundsError: a scale that is not [low, high].
    """
    numbers: dict[str, Found] = {}
    claims = tuple(_claims(inputs))
    checks = tuple(_checks(inputs))
    distances = tuple(_distances(inputs))
    for part in (
        _ranks(inputs), _counts(claims), _values(inputs), _factors(inputs), _totals(checks), _people(inputs),
        _apart(distances), _unicorns(inputs), _told_of_the_report(inputs),
    ):  # fmt: skip
        numbers.update(part)
    return Audit(numbers, claims, checks, distances)


def published_list(inputs: RankInputs, ranking: str, edition: int) -> dict[str, int]:
    """Return the known part of a published list."""
    return {
        row["place"]: row["rank"]
        for row in rows_of(inputs.ranks)
        if (row["ranking"], row["edition"]) == (ranking, edition)
    }


def editions(inputs: RankInputs) -> list[tuple[str, int]]:
    """Return every ranking and edition of which ranks are known, in order."""
    return sorted({(row["ranking"], row["edition"]) for row in rows_of(inputs.ranks)})


def _ranks(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield the city's rank in every edition, and by how many places it rose since the edition before."""
    rests = ("ranks", "place")
    before: tuple[str, int, int] | None = None
    for ranking, edition in editions(inputs):
        rows = [
            row for row in rows_of(inputs.ranks)
            if (row["ranking"], row["edition"], row["place"]) == (ranking, edition, inputs.place)
        ]  # fmt: skip
        yield f"{ranking}_places_known_{edition}", Found(len(published_list(inputs, ranking, edition)), ("ranks",))
        if not rows:
            continue
        rank, day = rows[0]["rank"], rows[0]["published"]
        yield f"{ranking}_rank_{edition}", Found(rank, rests, day=day)
        if before is not None and before[0] == ranking:
            yield f"{ranking}_places_gained_{edition}", Found(before[2] - rank, rests, day=day)
        before = (ranking, edition, rank)


def _claims(inputs: RankInputs) -> Iterator[Claim]:
    """Yield every stated rank with what the list says; a rank of another edition is told as such."""
    for row in rows_of(inputs.statements):
        ranking, edition, place, stated = row["ranking"], row["edition"], row["place"], row["rank"]
        found = published_list(inputs, ranking, edition).get(place)
        verdict: Verdict = "cannot be checked" if found is None else "reproduced"
        note = None
        if found is not None and found != stated:
            verdict = "contradicted"
            other = next(
                (
                    one
                    for name, one in editions(inputs)
                    if name == ranking and published_list(inputs, name, one).get(place) == stated
                ),
                None,
            )
            if other is not None:
                note = text(f"{stated}위는 {other}년 판의 순위다.", f"Rank {stated} is that of the edition of {other}.")
        elif found is None:
            note = text(
                "이 곳의 순위를 적은 다른 쪽을 찾지 못했다.", "No other page with the rank of this place was found."
            )
        yield Claim(ranking, edition, place, row["place_ko"], stated, found, verdict, note)


def _counts(claims: tuple[Claim, ...]) -> Iterator[tuple[str, Found]]:
    """Yield for each ranking how many stated ranks there are, and how they were judged."""
    rests = ("statements", "ranks")
    for ranking in dict.fromkeys(claim.ranking for claim in claims):
        own = [claim for claim in claims if claim.ranking == ranking]
        yield f"{ranking}_ranks_stated", Found(len(own), ("statements",))
        for verdict, name in (
            ("reproduced", "reproduced"), ("contradicted", "contradicted"), ("cannot be checked", "unchecked"),
        ):  # fmt: skip
            yield f"{ranking}_ranks_{name}", Found(sum(one.verdict == verdict for one in own), rests)


def _values(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield the value of the ecosystem by edition, one number where all agree, and the rate that two values imply."""
    rests = ("valuations",)
    rows = rows_of(inputs.valuations)
    for ranking, edition in dict.fromkeys((row["ranking"], row["edition"]) for row in rows):
        own = [row for row in rows if (row["ranking"], row["edition"]) == (ranking, edition)]
        dollars = sorted({row["usd"] for row in own})
        agreed = len(dollars) == 1
        apart = text(
            f"출처마다 다르다: {', '.join(f'{one:g}' for one in dollars)} (10억 달러)",
            f"pages disagree: {', '.join(f'{one:g}' for one in dollars)} billion dollars",
        )
        low, high = (None, None) if agreed else (dollars[0] * BILLION, dollars[-1] * BILLION)
        value, day = dollars[0] * BILLION if agreed else None, own[-1]["published"]
        yield f"{ranking}_value_{edition}_usd", Found(value, rests, low, high, None if agreed else apart, day)
        both = [row for row in own if row["won"] is not None and row["usd"] > 0]
        if len(both) == 1:
            row = both[0]
            yield f"{ranking}_value_{edition}_won", Found(row["won"] * TRILLION, rests, day=row["published"])
            yield f"{ranking}_won_per_usd_{edition}", _rate(row, rests)


def _rate(row: dict[str, Any], rests: tuple[str, ...]) -> Found:
    """Return the won a dollar that two printed values imply, with the ends that their rounding leaves."""
    value = row["won"] * TRILLION / (row["usd"] * BILLION)
    between = quotient(Printed(row["won"], row["won_decimals"] or 0), Printed(row["usd"], row["usd_decimals"]))
    times = TRILLION / BILLION
    return Found(value, rests, between.low * times, between.high * times, day=row["published"])


def _scale(given: tuple[float, ...], name: str) -> tuple[float, float]:
    """Return a scale's two ends."""
    if len(given) != 2 or not given[0] < given[1]:
        raise BoundsError(
            Both(f"{name} = {list(given)}: 점수 범위가 아닙니다", f"{name} = {list(given)} is no scale"),
            todo=Both(
                "[낮은 끝, 높은 끝]으로, 낮은 끝을 더 작게 주십시오", "give [low, high], the low end below the high one"
            ),
        )
    return given[0], given[1]


def _factors(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield the city's scores by factor; one that was not given is an interval, and so is what rests on it."""
    scale = _scale(inputs.factor_scale, "factor_scale")
    rests = ("factors", "factor_scale", "place")
    own = [row for row in rows_of(inputs.factors) if row["place"] == inputs.place]
    for ranking, edition in dict.fromkeys((row["ranking"], row["edition"]) for row in own):
        rows = [row for row in own if (row["ranking"], row["edition"]) == (ranking, edition)]
        parts = {row["factor"]: _printed(row["score"], FACTOR_DECIMALS) for row in rows}
        weights = {row["factor"]: row["weight_percent"] for row in rows}
        given = sum(part is not None for part in parts.values())
        day = rows[0]["published"]
        yield f"{ranking}_factors_announced_{edition}", Found(inputs.factors_announced, ("factors_announced",))
        yield f"{ranking}_factors_given_{edition}", Found(given, ("factors", "place"), day=day)
        for row in rows:
            name = f"{ranking}_{row['factor']}_score_{edition}"
            if row["score"] is not None:
                yield name, Found(row["score"], ("factors", "place"), day=day)
                continue
            inside = missing_part(row["factor"], parts, weights, None, scale)
            gap = text(
                f"밝히지 않았다. 총점도 없으므로 {inside.low:g}에서 {inside.high:g} 사이라는 것만 안다.",
                f"it was not given; without a total all that follows is a value from {inside.low:g} to {inside.high:g}",
            )
            yield name, Found(None, rests, inside.low, inside.high, gap, day)
        if sum(weights.values()) > 0:
            yield f"{ranking}_total_{edition}", _total(total_of(parts, weights, scale), rests, given == len(rows), day)


def _total(inside: Interval, rests: tuple[str, ...], whole: bool, day: date) -> Found:
    """Return a total as the interval it is known to lie in."""
    why = (
        text("등급이 반올림되었다.", "the tiers are rounded")
        if whole
        else text(
            "밝히지 않은 요소가 있고 등급이 반올림되었다. 가중치는 뒤 판의 것이다.",
            "a factor was not given and tiers are rounded; the weights are those of a later edition",
        )
    )
    return Found(None, rests, inside.low, inside.high, why, day)


def _printed(value: float | None, decimals: int) -> Printed | None:
    """Return a printed value, or None where there is none."""
    return None if value is None else Printed(value, decimals)


def _checks(inputs: RankInputs) -> Iterator[Checked]:
    """Yield every total against its parts, and where each part must lie by the total and the other parts."""
    scale = _scale(inputs.category_scale, "category_scale")
    rows = rows_of(inputs.categories)
    for key in dict.fromkeys((row["ranking"], row["edition"], row["place"]) for row in rows):
        own = [row for row in rows if (row["ranking"], row["edition"], row["place"]) == key]
        parts = {row["category"]: _printed(row["score"], CATEGORY_DECIMALS) for row in own}
        weights = {row["category"]: row["weight_percent"] for row in own}
        if sum(weights.values()) <= 0:
            continue
        total = Printed(own[0]["total"], CATEGORY_DECIMALS)
        computed = total_of(parts, weights, scale)
        exact = sum(weights[n] * p.value for n, p in parts.items() if p is not None) / sum(weights.values())
        lacking = [name for name, part in parts.items() if part is None]
        inside = {
            row["category"]: (row["score"], missing_part(row["category"], parts, weights, total, scale))
            for row in own
            if weights[row["category"]] > 0 and not [name for name in lacking if name != row["category"]]
        }
        titles = {row["category"]: text(row["category_ko"], row["category_en"]) for row in own}
        holds = computed.meets(Interval(*total.ends))
        yield Checked(*key, own[0]["place_ko"], own[0]["total"], computed, exact, holds, inside, titles)


def _totals(checks: tuple[Checked, ...]) -> Iterator[tuple[str, Found]]:
    """Yield how many printed totals follow from their parts, and the part that must be wrong where one does not."""
    rests = ("categories", "category_scale")
    for ranking in dict.fromkeys(one.ranking for one in checks):
        own = [one for one in checks if one.ranking == ranking]
        yield f"{ranking}_totals_checked", Found(len(own), ("categories",))
        yield f"{ranking}_totals_reproduced", Found(sum(one.holds for one in own), rests)
        yield f"{ranking}_totals_contradicted", Found(sum(not one.holds for one in own), rests)
        for one in own:
            slug = one.place.lower().replace(" ", "_")
            yield f"{ranking}_{slug}_computed", Found(one.exact, ("categories",))
            for name, (_, inside) in one.parts.items():
                if inside.empty:
                    gap = text("다른 점수와 총점에 맞는 값이 없다.", "no value fits the total and the other scores")
                    yield f"{ranking}_{slug}_{name}", Found(None, rests, gap=gap)
                    continue
                gap = text("반올림 때문에 구간으로만 안다.", "rounding leaves only an interval")
                yield f"{ranking}_{slug}_{name}", Found(None, rests, inside.low, inside.high, gap)


def _people(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield how many of the named cities are large: it depends on boundary and day, so it is a range."""
    rows = rows_of(inputs.populations)
    if not rows:
        return
    by_place: dict[str, list[bool]] = {}
    for row in rows:
        by_place.setdefault(row["place"], []).append(row["people"] > inputs.large_city_people)
    low, high = sum(all(one) for one in by_place.values()), sum(any(one) for one in by_place.values())
    rests = ("populations", "large_city_people")
    gap = text("어느 경계와 어느 날을 쓰느냐에 달려 있다.", "it depends on the boundary and the day taken")
    sure = low == high
    yield "large_cities", Found(low if sure else None, rests, low, high, None if sure else gap)


def _distances(inputs: RankInputs) -> Iterator[tuple[str, str, ListDistance]]:
    """Yield how far editions of one ranking lie apart, and lists of several rankings with places in common."""
    lists = {f"{ranking} {edition}": published_list(inputs, ranking, edition) for ranking, edition in editions(inputs)}
    for (one, first), (other, second) in combinations(lists.items(), 2):
        common = set(first) & set(second)
        if len(common) < _COMMON_MIN:
            continue
        whole = not (tie_faults(first) or tie_faults(second))
        # A list known only in part says nothing of places it does not name, so only what both name is compared.
        kept = [
            {place: rank for place, rank in listed.items() if whole or place in common} for listed in (first, second)
        ]
        yield one, other, distance(kept[0], kept[1])


def _apart(distances: tuple[tuple[str, str, ListDistance], ...]) -> Iterator[tuple[str, Found]]:
    """Yield the distances as numbers."""
    for one, other, found in distances:
        name = f"{one}_{other}".replace(" ", "_")
        yield f"{name}_in_common", Found(found.common, ("ranks",))
        yield f"{name}_distance_percent", Found(100.0 * found.share, ("ranks",))
        if found.kendall is not None:
            yield f"{name}_kendall", Found(found.kendall, ("ranks",))


def _unicorns(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield the city's share of its country's unicorns."""
    own, country = inputs.unicorns, inputs.unicorns_of_country
    if own is not None and country:
        yield "unicorns_percent", Found(100.0 * own / country, ("unicorns", "unicorns_of_country"))


def _told_of_the_report(inputs: RankInputs) -> Iterator[tuple[str, Found]]:
    """Yield what the startup report's publisher says without a rank: who is not among the first, and its scope."""
    missed = inputs.startup_first_missed
    if missed is not None:
        yield "startup_rank_at_least_2019", Found(missed + 1, ("startup_first_missed",))
    for name, value in (("startup_covered", inputs.startup_covered), ("startup_countries", inputs.startup_countries)):
        if value is not None:
            yield f"{name}_2021", Found(value, (name,))


def claims_frame(found: Audit) -> pl.DataFrame:
    """Return the claims as a frame: what was stated, what is found, and the verdict in both languages."""
    words = {
        "reproduced": ("재현됨", "reproduced"), "contradicted": ("어긋남", "contradicted"),
        "cannot be checked": ("확인할 수 없음", "cannot be checked"),
    }  # fmt: skip
    rows = [
        (
            one.ranking, one.edition, one.place_ko, one.place, one.stated, one.found, *words[one.verdict],
            one.note.ko if one.note else None, one.note.en if one.note else None,
        )
        for one in found.claims
    ]  # fmt: skip
    schema = {
        "ranking": pl.String, "edition": pl.Int64, "place_ko": pl.String, "place_en": pl.String, "stated": pl.Int64,
        "found": pl.Int64, "verdict_ko": pl.String, "verdict_en": pl.String, "note_ko": pl.String, "note_en": pl.String,
    }  # fmt: skip
    return pl.DataFrame(rows, schema=schema, orient="row")
