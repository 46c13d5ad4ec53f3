"""The commands: what they print, in which form, and with which exit code."""

from __future__ import annotations

import csv
import io
import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from madang import register

Madang = Callable[..., Any]


def _strict(text: str) -> Any:
    return json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} in JSON"))


def test_help_lists_every_command_with_a_line(madang: Madang) -> None:
    answer = madang("--help")
    assert answer.code == 0
    for name in ("list", "show", "run", "compare", "why", "promises", "check", "new-city", "verify", "serve", "desk"):
        assert f"\n  {name} " in answer.out
    assert "--install-completion" in answer.out


def test_no_words_at_all_show_the_help(madang: Madang) -> None:
    assert "Usage: madang" in madang().out + madang().err


@pytest.mark.parametrize("name", ["show", "run", "compare", "why", "promises", "check", "new-city", "verify", "list"])
def test_every_command_has_help_of_its_own(madang: Madang, name: str) -> None:
    answer = madang(name, "--help")
    assert answer.code == 0
    assert f"madang {name}" in answer.out


def test_the_version_is_that_of_the_package(madang: Madang) -> None:
    assert madang("--version").out.startswith("madang 0.")


def test_list_names_solutions_in_either_language(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    assert madang("list").out.startswith("tea_stalls  Markets  Tea stalls\n")
    assert "찻집" in madang("list", "--lang", "ko").out
    monkeypatch.setenv("MADANG_LANG", "ko")
    assert "찻집" in madang("list").out


def test_list_as_json_tells_the_scenarios(madang: Madang) -> None:
    told = _strict(madang("list", "--format", "json").out)
    assert [(one["name"], one["scenarios"]) for one in told] == [("tea_stalls", ["busy"])]


def test_a_wrong_form_of_the_list_is_a_usage_error(madang: Madang) -> None:
    answer = madang("list", "--format", "xml")
    assert answer.code == 2
    assert "'xml'" in answer.err


def test_an_empty_register_says_what_belongs_there(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "NAMES", ())
    assert "Add one: a folder in solutions/ and a line in register.py" in madang("list").out


def test_show_tells_inputs_with_units_and_bounds(madang: Madang) -> None:
    out = madang("show", "tea_stalls").out
    assert "Tea stalls" in out
    assert any(
        line.split() == ["cups_per_day", "Cups", "a", "day", "items", "0", "…", "500"] for line in out.splitlines()
    )
    assert "A busy year" in out
    assert "market, stalls (site), visitors (person)" in out
    assert "assumption" in out


def test_show_as_json_is_enough_to_draw_a_form(madang: Madang) -> None:
    told = _strict(madang("show", "tea_stalls", "--format", "json").out)
    field = next(one for one in told["inputs"] if one["name"] == "cups_per_day")
    assert (field["unit"], field["low"], field["high"], field["kind"]) == ("item", 0, 500, "number")


def test_run_prints_numbers_with_units_and_what_they_rest_on(madang: Madang, tea: Path) -> None:
    answer = madang("run", "tea_stalls", "--city", tea)
    assert answer.code == 0
    assert "389,685 items †" in answer.out
    assert "Share who liked it — nobody has asked" in answer.out
    assert "\nshare_liked" in answer.out
    assert "Assumption: Cups a stall sells in a day" in answer.out
    assert "madang why tea_stalls.cups" in answer.out
    assert "\x1b[" not in answer.out
    assert answer.err == ""


def test_run_in_korean_writes_korean_numbers(madang: Madang, tea: Path) -> None:
    out = madang("run", "tea_stalls", "--city", tea, "--lang", "ko").out
    assert "7억 143만 원 †" in out
    assert "가정: 찻집 하나가 하루에 파는 찻잔" in out


def test_run_as_json_is_strict_and_says_the_day_and_city(madang: Madang, tea: Path) -> None:
    told = _strict(madang("run", "tea_stalls", "--city", tea, "--format", "json", "--on", "2023").out)
    assert (told["city"], told["day"], told["scenario"]) == ("teatown", "2023-12-31", None)
    assert told["numbers"]["cups"]["value"] == 30 * 40 * 313
    assert told["numbers"]["share_liked"]["gap"]["en"] == "nobody has asked"


def test_run_as_csv_has_one_row_per_number(madang: Madang, tea: Path) -> None:
    rows = list(csv.DictReader(io.StringIO(madang("run", "tea_stalls", "--city", tea, "--format", "csv").out)))
    assert [row["name"] for row in rows] == ["cups", "income", "stalls", "share_liked"]
    assert rows[0]["asked_on"] == "2026-11-22"


def test_run_changes_inputs_by_scenario_and_by_hand(madang: Madang, tea: Path) -> None:
    words = ("run", "tea_stalls", "--city", tea, "--format", "json", "--scenario", "busy")
    assert _strict(madang(*words).out)["numbers"]["cups"]["value"] == 751200.0
    told = _strict(madang(*words, "--set", "open_on_sundays=yes", "--set", "price.2022=2,000").out)
    assert told["numbers"]["cups"]["value"] == 30 * 80 * 365
    assert told["numbers"]["income"]["value"] == 30 * 80 * 365 * 2000
    assert told["changed"] == {"cups_per_day": 80, "open_on_sundays": "yes", "price.2022": "2,000"}


@pytest.mark.parametrize(
    ("given", "code", "says", "todo"),
    [
        ("cups_per_dy=3", 2, "there is no input called 'cups_per_dy'", "did you mean cups_per_day?"),
        ("cups_per_day=900", 5, "cups_per_day = 900 is outside its bounds", "give a value from 0 to 500 item"),
        ("cups_per_day=nan", 5, "cups_per_day = nan is outside its bounds", "give a value from 0 to 500 item"),
        ("cups_per_day=many", 2, "cups_per_day = 'many' is not a number", "give a value from 0 to 500 item"),
        ("price.2022=-1", 5, "price.2022 = -1 is outside its bounds", "give a value of at least 0 won"),
        ("stalls=3", 2, "'stalls' is a table and cannot be set as a value", "give it in a city folder"),
        ("open_on_sundays=maybe", 2, "open_on_sundays = 'maybe' is neither yes nor no", "write yes or no"),
        ("cups_per_day", 2, "--set 'cups_per_day' changes nothing", "write --set NAME=VALUE"),
        ("=3", 2, "--set '=3' changes nothing", "write --set NAME=VALUE"),
    ],
)
def test_a_wrong_set_says_what_and_what_to_do(
    madang: Madang, tea: Path, given: str, code: int, says: str, todo: str
) -> None:
    answer = madang("run", "tea_stalls", "--city", tea, "--set", given)
    assert (answer.code, answer.out) == (code, "")
    assert answer.err == f"madang: {says}\n  to do: {todo}\n"


def test_one_input_set_twice_is_refused(madang: Madang, tea: Path) -> None:
    answer = madang("run", "tea_stalls", "--city", tea, "--set", "seed=1", "--set", "seed=2")
    assert (answer.code, answer.err) == (2, "madang: --set names 'seed' twice\n  to do: give it once\n")


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", "tea_stall"), "there is no solution called 'tea_stall'\n  to do: did you mean tea_stalls?"),
        (("show", "tea_stall"), "did you mean tea_stalls?"),
        (("why", "tea_stall.cups"), "did you mean tea_stalls?"),
        (("check", "tea_stall"), "did you mean tea_stalls?"),
        (("compare", "tea_stall"), "did you mean tea_stalls?"),
        (("rnu",), "there is no command called 'rnu'\n  to do: did you mean run?"),
        (("run", "tea_stalls", "--city", "seol"), "there is no city called 'seol'\n  to do: did you mean seoul?"),
        (("run", "tea_stalls", "--city", "seoul", "--on", "soon"), "'soon' is not a day"),
    ],
)
def test_a_wrong_name_suggests_the_right_one(madang: Madang, words: tuple[str, ...], says: str) -> None:
    answer = madang(*words)
    assert answer.code == 2
    assert says in answer.err


def test_a_wrong_scenario_suggests_the_right_one(madang: Madang, tea: Path) -> None:
    answer = madang("run", "tea_stalls", "--city", tea, "--scenario", "bussy")
    assert answer.code == 2
    assert "did you mean busy?" in answer.err


def test_a_wrong_number_suggests_the_right_one(madang: Madang, tea: Path) -> None:
    answer = madang("why", "tea_stalls.cupz", "--city", tea)
    assert (answer.code, "did you mean cups?" in answer.err) == (2, True)
    assert "ask why of tea_stalls.NUMBER" in madang("why", "tea_stalls").err


def test_why_walks_to_facts_days_status_and_sources(madang: Madang, tea: Path) -> None:
    out = madang("why", "tea_stalls.income", "--city", tea).out
    for said in ("Income a year: 701,433,000 won", "formula: cups x price", "since 2024-01-01 · assumption",
                 "Office of markets, The tea book, https://example.org/tea (read 2026-11-01)", "2 rows"):  # fmt: skip
        assert said in out


def test_why_tells_a_change_by_hand_and_a_setting_of_the_model(madang: Madang, tea: Path) -> None:
    out = madang("why", "tea_stalls.cups", "--city", tea, "--set", "cups_per_day=50").out
    assert "Cups a day = 50 items [changed by hand]" in out
    assert "[a setting of the model]" in out
    assert "tea book" not in out


def test_why_as_json_is_the_whole_road(madang: Madang, tea: Path) -> None:
    told = _strict(madang("why", "tea_stalls.cups", "--city", tea, "--format", "json").out)
    assert told["number"] == "tea_stalls.cups"
    assert told["inputs"][1]["facts"][0]["source"]["title"] == "The tea book"


def test_compare_sets_scenarios_side_by_side_with_the_difference(madang: Madang, tea: Path) -> None:
    out = madang("compare", "tea_stalls", "--city", tea, "--scenario", "busy").out
    line = next(line for line in out.splitlines() if line.startswith("Cups a year"))
    assert line.split()[-3:] == ["389,685", "751,200", "+361,515"]


def test_compare_leaves_out_what_is_the_same_and_says_so(madang: Madang, tea: Path) -> None:
    out = madang("compare", "tea_stalls", "--city", tea).out
    assert "Stalls" not in out.partition("†")[0].replace("Tea stalls", "")
    assert "2 numbers are the same in all: madang compare tea_stalls --format csv" in out


def test_compare_sets_cities_side_by_side(madang: Madang, tea: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "city.toml").write_text('id = "other"\nname.ko = "다른"\nname.en = "Other"\n', encoding="utf-8")
    toml = (tea / "tea_stalls.toml").read_text(encoding="utf-8")
    (other / "tea_stalls.toml").write_text(toml.replace("tea_stalls/stalls", "stalls"), encoding="utf-8")
    (other / "stalls.csv").write_text("market,stalls,visitors\nA,3,1\n", encoding="utf-8")
    rows = list(
        csv.DictReader(
            io.StringIO(madang("compare", "tea_stalls", "--city", tea, "--city", other, "--format", "csv").out)
        )
    )
    stalls = next(row for row in rows if row["name"] == "stalls")
    assert (stalls["teatown"], stalls["other"]) == ("30", "3")
    assert "Default" in next(row for row in rows if row["name"] == "cups")["caveats"]


def test_compare_as_json_has_a_run_under_each_name(madang: Madang, tea: Path) -> None:
    told = _strict(madang("compare", "tea_stalls", "--city", tea, "--format", "json").out)
    assert list(told) == ["base", "busy"]


def test_one_run_alone_is_nothing_to_compare(madang: Madang, tea: Path) -> None:
    answer = madang("compare", "tea_stalls", "--city", tea, "--scenario", "base")
    assert (answer.code, "there is nothing to compare" in answer.err) == (2, True)


def test_check_says_what_holds(madang: Madang, tea: Path) -> None:
    answer = madang("check", "--city", tea)
    assert answer.code == 0
    assert "case: Thirty stalls" in answer.out
    assert "7 of 7 checks hold" in answer.out


def test_check_fails_with_eight_where_a_case_is_not_met(madang: Madang, tea: Path) -> None:
    (tea / "tea_stalls" / "stalls.csv").write_text("market,stalls,visitors\nA,3,\n", encoding="utf-8")
    answer = madang("check", "tea_stalls", "--city", tea)
    assert answer.code == 8
    assert "✕ fails" in answer.out
    assert "expected 389685" in answer.out
    assert answer.err == "madang: 1 check fails of 7\n  where: tea_stalls\n"


def test_check_finds_a_review_that_is_overdue(madang: Madang, tea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_TODAY", "2030-01-01")
    answer = madang("check", "--city", tea, "--format", "json")
    failed = [one for one in _strict(answer.out) if not one["met"]]
    assert (answer.code, [one["what"] for one in failed]) == (8, ["review"])


def test_cases_are_asked_of_the_home_city_and_not_of_another(
    madang: Madang, tea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path / "other"
    shutil.copytree(tea, other)
    (other / "city.toml").write_text('id = "other"\nname.ko = "다른"\nname.en = "Other"\n', encoding="utf-8")
    (other / "tea_stalls" / "stalls.csv").write_text("market,stalls,visitors\nA,3,\n", encoding="utf-8")
    monkeypatch.setattr("madang.plan.cities.CITIES", tmp_path)
    answer = madang("check", "--city", other)
    assert answer.code == 0, answer.out
    assert "cases are those of teatown" in answer.out


def test_check_names_the_broken_folder_and_goes_on(madang: Madang, tea: Path) -> None:
    (tea / "tea_stalls.toml").unlink()
    answer = madang("check", "--city", tea)
    assert answer.code == 8
    assert "the city gives no table 'stalls'" in " ".join(answer.out.split())


def test_a_bundle_is_written_and_verified(madang: Madang, tea: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "tea.zip"
    answer = madang("run", "tea_stalls", "--city", tea, "--bundle", bundle, "--format", "json")
    assert (answer.code, answer.err) == (0, f"bundle: {bundle}\n")
    assert "same: 4 numbers and 4 figures recomputed" in madang("verify", bundle).out
    assert _strict(madang("verify", bundle, "--format", "json").out)["same"] is True


def test_a_tampered_bundle_fails_with_seven_and_names_what_differs(madang: Madang, tea: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "tea.zip"
    madang("run", "tea_stalls", "--city", tea, "--bundle", bundle)
    raw = bundle.read_bytes()
    bundle.write_bytes(raw.replace(b"figures/map.svg", b"figures/maq.svg"))
    answer = madang("verify", bundle)
    assert answer.code == 7
    assert "figures/map.svg" in answer.out
    assert "2 things differ from what the bundle states" in answer.err


def test_verify_of_something_else_is_a_data_error(madang: Madang, tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"no")
    assert madang("verify", tmp_path / "x.zip").code == 3
    assert madang("verify", tmp_path / "none.zip").code == 3


def test_a_report_is_written_where_asked(madang: Madang, tea: Path, tmp_path: Path) -> None:
    answer = madang("run", "tea_stalls", "--city", tea, "--out", tmp_path / "out", "--lang", "ko")
    assert answer.err == f"report: {tmp_path / 'out' / 'report.html'}\n"
    assert "찻집은 한 해에" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert (tmp_path / "out" / "figures" / "by_year.png").exists()
