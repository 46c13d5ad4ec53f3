"""Inputs of city rankings: published tables of the city, and an index of one's own as two files."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl

from madang.core.city import Reader
from madang.core.given_files import GivenFile
from madang.core.inputs import Inputs, given
from madang.core.tables import Table

_OWN, _SURE, _PUBLISHED, _SCALES = "own index", "how sure", "published", "scales"

#: Facts that a city may not have, by their unit.
_COUNTS = {
    "unicorns": "company", "unicorns_of_country": "company", "startup_first_missed": "rank", "startup_covered": "city",
    "startup_countries": "1",
}  # fmt: skip


class RankInputs(Inputs):
    """What was published about the city, and the two files of an index; without them the made-up example is shown."""

    data: GivenFile | None = given(
        "내 자료 (CSV 파일)",
        "Data of an index of one's own (a CSV file)",
        default=None,
        group=_OWN,
        help_ko="도시마다 한 줄, 지표마다 한 열. 방법 파일과 함께 준다.",
        help_en="One row a city, one column an indicator. Give it together with a method.",
    )
    method: GivenFile | None = given(
        "내 방법 (TOML 파일)",
        "Method of an index of one's own (a TOML file)",
        default=None,
        group=_OWN,
        help_ko="지표, 묶음, 규칙, 불확실한 것. 자료 파일과 함께 준다.",
        help_en="Indicators, groups, rules and what is uncertain. Give it together with data.",
    )
    focus: str = given(
        "눈여겨볼 도시",
        "City looked at",
        default="",
        group=_OWN,
        help_ko="비우면 자료의 첫 도시.",
        help_en="Left empty, the first city of the data.",
    )
    drop_criteria: bool = given(
        "기준 빼기",
        "Drop criteria",
        default=False,
        group=_OWN,
        help_ko="방법 파일의 drop에 적힌 기준을 뺀다.",
        help_en="Leave out the criteria that the method lists under drop.",
    )
    reach_rank: int = given("이르려는 순위", "Rank to reach", unit="rank", ge=1, le=1_000_000, default=3, group=_OWN)
    draws: int = given(
        "추출 횟수",
        "Draws",
        unit="1",
        ge=64,
        le=1_000_000,
        default=4096,
        group=_SURE,
        help_ko="선언한 가정을 함께 흔들어 보는 횟수.",
        help_en="How often all declared assumptions are moved together.",
    )
    seed: int = given("난수 씨앗", "Seed", unit="1", ge=0, le=1_000_000_000, default=0, group=_SURE)
    sobol_error: float = given(
        "민감도의 허용 오차",
        "Error allowed in the sensitivity",
        unit="1",
        ge=0.005,
        le=1,
        default=0.05,
        digits=3,
        group=_SURE,
        help_ko="모든 민감도 지수의 95% 구간 반폭이 이보다 작아질 때까지 점을 늘린다.",
        help_en="Points are added until every half width of the 95 % intervals is at most this.",
    )
    place: str = given("목록에 적힌 이름", "Name in the lists", facts=["place"], default="", group=_PUBLISHED)
    rankings: Table | None = given("순위표", "Rankings", facts=["rankings"], default=None, group=_PUBLISHED)
    ranks: Table | None = given("발표된 순위", "Published ranks", facts=["ranks"], default=None, group=_PUBLISHED)
    statements: Table | None = given(
        "글에 적힌 순위", "Ranks as stated", facts=["statements"], default=None, group=_PUBLISHED
    )
    valuations: Table | None = given(
        "생태계 가치", "Values of the ecosystem", facts=["valuations"], default=None, group=_PUBLISHED
    )
    factors: Table | None = given("요소별 점수", "Scores by factor", facts=["factors"], default=None, group=_PUBLISHED)
    categories: Table | None = given(
        "부문별 점수", "Scores by category", facts=["categories"], default=None, group=_PUBLISHED
    )
    populations: Table | None = given(
        "경계에 따른 인구", "People by boundary", facts=["populations"], default=None, group=_PUBLISHED
    )
    example: Table | None = given("지어낸 도시들", "Made-up cities", facts=["example"], default=None, group=_OWN)
    unicorns: float | None = given(
        "시의 유니콘 기업", "Unicorns in the city", unit="company", ge=0, facts=["unicorns"], default=None,
        group=_PUBLISHED,
    )  # fmt: skip
    unicorns_of_country: float | None = given(
        "나라의 유니콘 기업",
        "Unicorns of the country",
        unit="company",
        ge=1,
        facts=["unicorns_of_country"],
        default=None,
        group=_PUBLISHED,
    )
    startup_first_missed: float | None = given(
        "2019년에 들지 못한 앞자리",
        "First places missed in 2019",
        unit="rank",
        ge=1,
        facts=["startup_first_missed"],
        default=None,
        group=_PUBLISHED,
    )
    startup_covered: float | None = given(
        "2021년 보고서가 다룬 생태계", "Ecosystems covered in 2021", unit="city", ge=1, facts=["startup_covered"],
        default=None, group=_PUBLISHED,
    )  # fmt: skip
    startup_countries: float | None = given(
        "2021년 보고서가 다룬 나라", "Countries covered in 2021", unit="1", ge=1, facts=["startup_countries"],
        default=None, group=_PUBLISHED,
    )  # fmt: skip
    factors_announced: int = given(
        "요소의 수", "Factors announced", unit="1", ge=1, le=100, facts=["factors_announced"], group=_SCALES
    )
    factor_scale: tuple[float, ...] = given(
        "요소의 점수 범위", "Scale of factors", unit="score", ge=0, facts=["factor_scale"], group=_SCALES
    )
    category_scale: tuple[float, ...] = given(
        "부문의 점수 범위", "Scale of categories", unit="score", ge=0, facts=["category_scale"], group=_SCALES
    )
    large_city_people: float = given(
        "큰 도시의 인구", "People of a large city", unit="person", ge=1, facts=["large_city_people"], group=_SCALES
    )


def read(reader: Reader) -> RankInputs:
    """Return a city's inputs on a day: what had been published by then; without its tables nothing is audited."""
    until = {
        "ranks": "published", "statements": "stated_on", "valuations": "published", "factors": "published",
        "categories": "published",
    }  # fmt: skip
    tables = {name: _until(reader.table_if_given(name), column, reader.day) for name, column in until.items()}
    whole = {name: reader.table_if_given(name) for name in ("rankings", "populations", "example")}
    counts = {name: reader.by_day(name, unit) for name, unit in _COUNTS.items()}
    held = {name: _held(values, reader.day) for name, values in counts.items()}
    return reader.fill(RankInputs, **tables, **whole, **held)


def _held(values: dict[str, float], day: date) -> float | None:
    """Return the value that holds on a day, or None before the first."""
    known = [since for since in values if since <= day.isoformat()]
    return values[max(known)] if known else None


def _until(table: Table | None, column: str, day: date) -> Table | None:
    """Return the rows that had been published by a day, or None where there are none."""
    if table is None:
        return None
    frame = table.frame.filter(pl.col(column) <= day)
    return replace(table, frame=frame) if frame.height else None
