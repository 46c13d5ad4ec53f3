"""The scoreboard, and the folder for another city."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from madang.cli.plain import width
from madang.cli.promising import SHAPES
from madang.plan.verdicts import VERDICTS

Madang = Callable[..., Any]

PROMISES = """
[sources.page]
who = "The town"
title = "What we said"
read = 2026-11-01

[[promise]]
id = "stalls-30"
theme = {ko = "시장", en = "Markets"}
statement = {ko = "찻집 서른 곳이 있다", en = "There are thirty stalls"}
said_on = 2025-01-01
sources = ["page"]
solution = "tea_stalls"
slips = [{ko = "틀린 글자", en = "A slip of the pen"}]
claim = {says = {ko = "찻집", en = "Stalls"}, stated = 30, unit = "site", measure = "tea_stalls.stalls"}
further = [{says = {ko = "찻잔", en = "Cups"}, stated = 1e6, unit = "item", measure = "tea_stalls.cups"}]

[[promise]]
id = "cups-million"
theme = {ko = "시장", en = "Markets"}
statement = {ko = "백만 잔을 판다", en = "A million cups are sold"}
said_on = 2025-01-01
sources = ["page"]
solution = "tea_stalls"
claim = {says = {ko = "찻잔", en = "Cups"}, stated = 1e6, unit = "item", measure = "tea_stalls.cups"}

[[promise]]
id = "later"
theme = {ko = "물", en = "Water"}
statement = {ko = "물이 맑다", en = "The water is clear"}
sources = ["page"]
solution = "water"
claim = {says = {ko = "물", en = "Water"}, cannot = {ko = "없음", en = "nothing"}}
"""


@pytest.fixture
def promising(tea: Path) -> Path:
    (tea / "promises.toml").write_text(PROMISES, encoding="utf-8")
    return tea


def test_every_verdict_has_a_shape_and_a_word() -> None:
    assert set(SHAPES) == set(VERDICTS)
    assert len({shape for shape, _ in SHAPES.values()}) == len(SHAPES)


def test_promises_are_a_table_with_a_sum(madang: Madang, promising: Path) -> None:
    answer = madang("promises", "--city", promising)
    assert answer.code == 0
    assert re.search(r"stalls-30 .*30 sites +30 sites.† += reproduced", answer.out)
    assert re.search(r"cups-million .*1,000,000 items +389,685 items.† +≠ contradicted", answer.out)
    assert "3 statements: reproduced 1 · contradicted 1 · cannot be checked 1" in answer.out
    assert "\x1b[" not in answer.out


def test_promises_in_korean(madang: Madang, promising: Path) -> None:
    out = madang("promises", "--city", promising, "--lang", "ko").out
    assert "3문장: 재현됨 1 · 어긋남 1 · 확인할 수 없음 1" in out


def test_promises_as_json_have_every_key_of_the_scoreboard(madang: Madang, promising: Path) -> None:
    told = json.loads(madang("promises", "--city", promising, "--format", "json").out)
    assert [one["id"] for one in told] == ["stalls-30", "cups-million", "later"]
    keys = {"id", "statement", "stated", "computed", "unit", "verdict", "reason", "sources", "checks"}
    assert all(keys <= set(one) for one in told)
    assert told[2]["computed"] is None


def test_promises_as_csv_have_a_row_each(madang: Madang, promising: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(madang("promises", "--city", promising, "--format", "csv").out)))
    assert [row["verdict"] for row in rows] == ["reproduced", "contradicted", "cannot be checked"]
    assert "Assumption" in rows[1]["caveats"]
    assert (rows[2]["stated"], rows[2]["computed"]) == ("", "")


def test_one_promise_is_told_with_reasons_checks_slips_and_sources(madang: Madang, promising: Path) -> None:
    out = madang("promises", "stalls-30", "--city", promising).out
    for said in ("= reproduced Stalls", "≠ contradicted Cups", "madang why tea_stalls.cups", "! A slip of the pen",
                 "– The town, What we said (read 2026-11-01)"):  # fmt: skip
        assert said in out


def test_a_wrong_promise_suggests_the_right_one(madang: Madang, promising: Path) -> None:
    answer = madang("promises", "stalls-3", "--city", promising)
    assert (answer.code, "did you mean stalls-30?" in answer.err) == (2, True)


def test_a_city_without_promises_says_what_to_add(madang: Madang, tea: Path) -> None:
    answer = madang("promises", "--city", tea)
    assert (answer.code, "the city has no promises" in answer.err) == (3, True)


def test_a_new_city_opens_and_says_that_everything_is_a_default(madang: Madang, tmp_path: Path) -> None:
    folder = tmp_path / "busan"
    answer = madang("new-city", folder, "--id", "busan", "--name-ko", "부산", "--name-en", "Busan")
    assert answer.code == 0
    card = tomllib.loads((folder / "city.toml").read_text(encoding="utf-8"))
    assert (card["id"], card["name"], card["inherits"]) == ("busan", {"ko": "부산", "en": "Busan"}, "seoul")
    assert (folder / "tea_stalls" / "stalls.csv").read_text(encoding="utf-8") == "market,stalls,visitors\n"
    assert tomllib.loads((folder / "tea_stalls.toml").read_text(encoding="utf-8")) == {}
    assert f"madang run tea_stalls --city {folder}" in answer.out


def test_a_new_citys_file_uncommented_is_one_that_runs(madang: Madang, tmp_path: Path) -> None:
    folder = tmp_path / "busan"
    madang("new-city", folder)
    path = folder / "tea_stalls.toml"
    lines = path.read_text(encoding="utf-8").splitlines()
    bare = [line[2:] for line in lines if re.match(r"# (\[|[a-z.]+ = )", line)]
    path.write_text("\n".join(bare), encoding="utf-8")
    (folder / "tea_stalls" / "stalls.csv").write_text("market,stalls,visitors\n자갈치,7,\n", encoding="utf-8")
    told = json.loads(madang("run", "tea_stalls", "--city", folder, "--format", "json").out)
    assert (told["city"], told["numbers"]["stalls"]["value"], told["defaults"]) == ("busan", 7, [])


def test_a_new_city_never_overwrites(madang: Madang, tmp_path: Path) -> None:
    (tmp_path / "busan").mkdir()
    (tmp_path / "busan" / "mine.txt").write_text("mine", encoding="utf-8")
    answer = madang("new-city", tmp_path / "busan", "--id", "busan")
    assert (answer.code, "there is something already" in answer.err) == (2, True)
    assert [path.name for path in (tmp_path / "busan").iterdir()] == ["mine.txt"]


def test_a_new_city_may_fill_an_empty_folder(madang: Madang, tmp_path: Path) -> None:
    (tmp_path / "busan").mkdir()
    assert madang("new-city", tmp_path / "busan").code == 0


@pytest.mark.parametrize("identity", ["Busan!", "9lives", "../x"])
def test_a_city_of_an_impossible_name_is_refused_and_nothing_stays(
    madang: Madang, tmp_path: Path, identity: str
) -> None:
    answer = madang("new-city", tmp_path / "x", "--id", identity)
    says = f"madang: {identity!r} cannot be a city's short name\n  to do: give one with --id: "
    assert (answer.code, answer.err) == (2, says + "lower-case letters, digits, - and _, a letter first\n")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["teatown"]


def test_a_city_whose_folder_has_a_hangul_name_is_asked_for_a_short_one(madang: Madang, tmp_path: Path) -> None:
    answer = madang("new-city", tmp_path / "부산")
    assert (answer.code, "'부산' cannot be a city's short name" in answer.err, "--id" in answer.err) == (2, True, True)
    assert madang("new-city", tmp_path / "부산", "--id", "busan").code == 0


@pytest.mark.parametrize("name", ["a\udcff", "a\nb", " "])
def test_a_citys_name_that_is_no_text_is_refused_and_nothing_stays(madang: Madang, tmp_path: Path, name: str) -> None:
    answer = madang("new-city", tmp_path / "x", "--name-en", name)
    says = f"madang: {name!r} cannot be a city's name\n  to do: give it in letters, as UTF-8 text\n"
    assert (answer.code, answer.err) == (2, says)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["teatown"]


def test_a_new_city_may_be_made_in_the_folder_one_stands_in(
    madang: Madang, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "busan").mkdir()
    monkeypatch.chdir(tmp_path / "busan")
    assert madang("new-city", ".").code == 0
    assert tomllib.loads((tmp_path / "busan" / "city.toml").read_text(encoding="utf-8"))["id"] == "busan"
    assert madang("check", "tea_stalls", "--city", ".").code in {0, 8}


@pytest.mark.parametrize("wide", [60, 80, 100, 160])
def test_tables_fit_the_terminal_they_are_printed_in(
    madang: Madang, promising: Path, monkeypatch: pytest.MonkeyPatch, wide: int
) -> None:
    monkeypatch.setattr("madang.cli.screen._PIPED_WIDTH", wide)
    for words in (("promises",), ("run", "tea_stalls"), ("compare", "tea_stalls"), ("check",)):
        out = madang(*words, "--city", promising, "--lang", "ko").out
        assert out, madang(*words, "--city", promising, "--lang", "ko").err
        tables = [line for line in out.splitlines() if "madang " not in line]
        assert max(width(line.rstrip()) for line in tables) <= wide
