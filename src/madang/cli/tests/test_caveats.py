"""What a number rests on is said wherever the number is shown: no face may drop a caveat, a gap or a source."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from madang.core.drawing.words import CAVEAT_WORD

Madang = Callable[..., Any]
WEAK = {"ko": "가정: 찻집 하나가 하루에 파는 찻잔", "en": "Assumption: Cups a stall sells in a day"}
SOURCE = "The tea book"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_text_marks_the_number_and_says_the_caveat_in_the_readers_language(
    madang: Madang, tea: Path, lang: str
) -> None:
    for words in (("run", "tea_stalls"), ("why", "tea_stalls.cups"), ("compare", "tea_stalls")):
        out = " ".join(madang(*words, "--city", tea, "--lang", lang).out.split())
        assert f"· {WEAK[lang]}" in out, words
        assert "†" in out, words


def test_a_number_that_rests_on_nothing_weak_bears_no_mark(madang: Madang, tea: Path) -> None:
    (tea / "tea_stalls" / "stalls.csv").write_text("market,stalls,visitors\n큰 시장,20,1200\n", "utf-8")
    lines = madang("run", "tea_stalls", "--city", tea).out.splitlines()
    marked = {line.split("  ")[0]: "†" in line for line in lines if "items" in line or "sites" in line}
    assert marked == {"Cups a year": True, "Stalls": False}


def test_json_says_the_caveat_and_the_sources_beside_each_number(madang: Madang, tea: Path) -> None:
    told = json.loads(madang("run", "tea_stalls", "--city", tea, "--format", "json").out)
    cups, stalls = told["numbers"]["cups"], told["numbers"]["stalls"]
    assert {"ko": WEAK["ko"], "en": WEAK["en"]} in cups["caveats"]
    assert all(caveat["en"] != WEAK["en"] for caveat in stalls["caveats"])
    assert SOURCE in json.dumps(cups) + json.dumps(told["sources"])
    assert WEAK["en"] in json.dumps(told["figures"])


def test_csv_says_the_caveat_and_the_source_in_the_row_of_each_number(madang: Madang, tea: Path) -> None:
    rows = csv.DictReader(io.StringIO(madang("run", "tea_stalls", "--city", tea, "--format", "csv").out))
    told = {row["name"]: row for row in rows}
    assert WEAK["en"] in told["cups"]["caveats"]
    assert SOURCE in told["cups"]["sources"]
    assert WEAK["en"] not in told["stalls"]["caveats"]
    assert told["share_liked"]["gap"] == "설문이 없습니다 / nobody has asked"
    side = csv.DictReader(io.StringIO(madang("compare", "tea_stalls", "--city", tea, "--format", "csv").out))
    assert WEAK["en"] in {row["name"]: row for row in side}["cups"]["caveats"]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_report_says_it_in_the_page_and_in_the_picture(
    madang: Madang, tea: Path, tmp_path: Path, lang: str
) -> None:
    assert madang("run", "tea_stalls", "--city", tea, "--out", tmp_path / "out", "--lang", lang).code == 0
    page = (tmp_path / "out" / "report.html").read_text("utf-8")
    head, _, end = page.partition('<section id="caveats">')
    assert WEAK[lang] in end
    assert WEAK[lang] in head
    assert '<p class="note">' in head
    assert '<sup><a href="#caveats">†</a></sup>' in head.partition("<article>")[0]
    figures = json.loads((tmp_path / "out" / "run.json").read_text("utf-8"))["figures"]
    weak = {one["name"] for one in figures if WEAK["en"] in [caveat["en"] for caveat in one["caveats"]]}
    drawn = {path.stem: path.read_text("utf-8") for path in (tmp_path / "out" / "figures").glob("*.svg")}
    assert drawn.keys() & weak
    for name in drawn.keys() & weak:
        assert f">{CAVEAT_WORD[lang]}: " in drawn[name]  # type: ignore[index]
    assert WEAK["en"] in (tmp_path / "out" / "numbers.csv").read_text("utf-8")


def test_the_bundle_says_it_beside_its_numbers_and_names_every_source(
    madang: Madang, tea: Path, tmp_path: Path
) -> None:
    assert madang("run", "tea_stalls", "--city", tea, "--bundle", tmp_path / "b.zip").code == 0
    with zipfile.ZipFile(tmp_path / "b.zip") as bundle:
        assert WEAK["en"] in bundle.read("numbers.csv").decode()
        facts = {fact["name"]: fact for fact in json.loads(bundle.read("facts.json"))}
    assert {name: fact["status"] for name, fact in facts.items()}["cups_per_day"] == "assumption"
    assert {fact["source"]["title"] for fact in facts.values()} == {"Count of stalls", SOURCE}


def test_a_map_for_other_programs_says_it_too(madang: Madang, tea: Path) -> None:
    told = json.loads(madang("export", "tea_stalls", "map", "--city", tea).out)["madang"]
    assert WEAK["en"] in [caveat["en"] for caveat in told["caveats"]]
    assert any(SOURCE in source for source in told["sources"])


def test_another_citys_default_is_said_to_be_one_on_every_face(madang: Madang, tea: Path, tmp_path: Path) -> None:
    """What a guest takes over from Tea Town stands first, by the town's name."""
    own = tmp_path / "own"
    own.mkdir()
    card = 'id = "own"\nname.ko = "우리"\nname.en = "Ours"\n'
    (own / "city.toml").write_text(card, "utf-8")
    (own / "tea_stalls").mkdir()
    for name in ("tea_stalls.toml", "tea_stalls/stalls.csv"):
        (own / name).write_bytes((tea / name).read_bytes())
    said = "is the policy's value, not this city's own."
    told = json.loads(madang("run", "tea_stalls", "--city", own, "--format", "json").out)
    assert any(said in caveat["en"] for caveat in told["numbers"]["cups"]["caveats"])
    assert [use["name"] for use in told["defaults"]]
    for words in (("run", "tea_stalls"), ("why", "tea_stalls.cups"), ("run", "tea_stalls", "--format", "csv")):
        assert said in " ".join(madang(*words, "--city", own).out.split()), words
