"""A small solution and two small cities, written to a folder for one test."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core.city import City, Reader
from madang.core.contract import Number, Result, Solution, gap
from madang.core.figures import FigureColumn, TableFigure
from madang.core.inputs import Inputs, given
from madang.core.language import text
from madang.core.progress import Progress
from madang.core.tables import Table

CARD = """
title = {ko = "그늘", en = "Shade"}
summary = {ko = "나무 그늘", en = "The shade of trees"}
theme = {ko = "시험", en = "Test"}
office = {ko = "시험과", en = "Office of tests"}
home = "oakham"
since = 2020-01-01
checked_on = 2026-01-01
next_review = 2099-01-01
[scenarios.twice]
title = {ko = "두 배", en = "Twice"}
says = {ko = "두 배로 심는다", en = "Plant twice as many"}
set = {trees = 600}
"""
SOURCE = """
[sources.count]
who = "City of Oakham"
title = "Street trees"
read = 2026-01-01
[sources.plan]
who = "City of Oakham"
title = "Plan of planting"
read = 2026-01-01
"""
POLICY = """
[facts.uptake]
says = {ko = "흡수량", en = "Uptake of a tree"}
unit = "kg/tree"
source = "count"
status = "assumption"
values = [{from = 2000-01-01, value = 6.6, low = 5, high = 8}]
"""
TABLES = """
[tables.streets]
says = {ko = "가로", en = "Streets"}
key = ["street"]
[tables.streets.columns]
street = {says = {ko = "이름", en = "Name"}, kind = "text"}
length = {says = {ko = "길이", en = "Length"}, kind = "number", unit = "km", min = 0}
[tables.parks]
says = {ko = "공원", en = "Parks"}
optional = true
[tables.parks.columns]
park = {says = {ko = "이름", en = "Name"}, kind = "text"}
"""
TOWN = """
[facts.trees]
says = {ko = "가로수", en = "Street trees"}
unit = "tree"
source = "count"
values = [{from = 2020-01-01, value = 300}]
[facts.planted]
says = {ko = "식재", en = "Trees planted"}
unit = "tree"
source = "count"
values = [
  {from = 2021-01-01, value = 10},
  {from = 2022-01-01, value = 20},
  {from = 2030-01-01, value = 40, source = "plan", status = "announced"},
]
[tables.streets]
file = "shade/streets.csv"
source = "count"
day = 2025-12-31
"""
CASES = """
[[case]]
says = {ko = "삼백 그루", en = "Three hundred trees"}
source = "the rule itself"
expect = [{number = "co2", value = 1.98, unit = "t"}]
"""


class ShadeInputs(Inputs):
    trees: int = given("가로수", "Trees", unit="tree", facts=["trees"], ge=0)
    uptake: float = given("흡수량", "Uptake", unit="kg/tree", facts=["uptake"], ge=0)
    planted: dict[int, float] = given("식재", "Planted", unit="tree", facts=["planted"], ge=0)
    streets: Table = given("가로", "Streets", facts=["streets"])


@dataclass(frozen=True, kw_only=True)
class ShadeResult(Result):
    streets: pl.DataFrame


def calculate(inputs: ShadeInputs, progress: Progress) -> ShadeResult:
    """Multiply, so that tests can do the sum in their heads."""
    progress(0.5, "counting")
    co2 = Number(
        name="co2",
        title=text("흡수량", "Uptake"),
        value=inputs.trees * inputs.uptake,
        unit="kg",
        rests_on=("trees", "uptake"),
        formula=text("곱", "product"),
    )
    planted = Number(
        name="planted",
        title=text("식재", "Planted"),
        value=sum(inputs.planted.values()),
        unit="tree",
        rests_on=("planted",),
        formula=text("합", "sum"),
    )
    gaps = (gap("뿌리는 세지 않음", "Roots are not counted", "trees"), gap("그늘은 모름", "Shade is not known"))
    return ShadeResult(numbers={"co2": co2, "planted": planted}, gaps=gaps, streets=inputs.streets.frame)


def draw(result: ShadeResult) -> tuple[TableFigure, ...]:
    columns = (FigureColumn("street", text("이름", "Name")), FigureColumn("length", text("길이", "Length"), "km"))
    title = text("가로", "Streets")
    return (TableFigure(name="streets", title=title, frame=result.streets, columns=columns, rests_on=("streets",)),)


@pytest.fixture
def shade(tmp_path: Path) -> Solution:
    """Return a small solution whose home is Oakham."""
    folder = tmp_path / "solutions" / "shade"
    folder.mkdir(parents=True)
    files = {"card.toml": CARD, "facts.toml": SOURCE + POLICY, "tables.toml": TABLES, "cases.toml": CASES}
    for name, content in files.items():
        (folder / name).write_text(content, "utf-8")
    return Solution(
        name="shade",
        folder=folder,
        inputs=ShadeInputs,
        read=lambda reader: reader.fill(ShadeInputs),
        run=calculate,
        figures=draw,
        rules={"shade_of": lambda trees, crown: {"shade": trees * crown, "trees": trees}},
    )


@pytest.fixture
def cities(tmp_path: Path) -> Path:
    """Return a folder of two cities: Oakham has everything, Elmton takes over from it what it lacks."""
    oakham, elmton = tmp_path / "cities" / "oakham", tmp_path / "cities" / "elmton"
    (oakham / "shade").mkdir(parents=True)
    elmton.mkdir()
    (oakham / "city.toml").write_text('id = "oakham"\nname = {ko = "오컴", en = "Oakham"}\n', "utf-8")
    (oakham / "shade.toml").write_text(SOURCE + TOWN, "utf-8")
    (oakham / "shade" / "streets.csv").write_text("street,length\nHigh Street,1.5\nMill Lane,0.5\n", "utf-8")
    (elmton / "city.toml").write_text(
        'id = "elmton"\nname = {ko = "엘름턴", en = "Elmton"}\ninherits = "oakham"\n', "utf-8"
    )
    own = TOWN.split("[facts.planted]")[0].replace("300", "500")
    (elmton / "shade.toml").write_text(SOURCE + own, "utf-8")
    return oakham.parent


@pytest.fixture
def oakham(cities: Path) -> City:
    """Return the home city."""
    return City.open(cities / "oakham", cities)


@pytest.fixture
def elmton(cities: Path) -> City:
    """Return a city that inherits."""
    return City.open(cities / "elmton", cities)


@pytest.fixture
def reader(shade: Solution, oakham: City) -> Reader:
    """Return a reader of the home city on a day."""
    return shade.reader(oakham, date(2025, 1, 1))
