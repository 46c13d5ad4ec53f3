"""The operations from the command line: a half-year at ten thousand members, what is refused, what is labelled."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from madang.core.errors import DataError, UsageError
from madang.core.operations import Answer
from madang.core.progress import silent
from madang.solutions.eco_mileage.award_file import read_award_file
from madang.solutions.eco_mileage.operations import operations

Call = Callable[..., Answer]
TODAY = date(2026, 11, 25)


def call(name: str, **said: Any) -> Answer:
    """Call an operation as a face does."""
    operation = next(one for one in operations if one.name == name)
    if "today" in operation.wants.model_fields:
        said["today"] = TODAY
    return operation.run(operation.wants(**said), silent)


def values(answer: Answer) -> dict[str, Any]:
    return {line.what.en: line.value for line in answer.lines}


def pins(answer: Answer) -> dict[str, Any]:
    return {row[0].en: row[1] for row in answer.sheets[1].rows}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a made-up city of ten thousand, its readings taken in."""
    folder = tmp_path_factory.mktemp("work") / "city"
    made = call("generate", folder=folder, members=10_000, seed=7, first_month="2023-07")
    call("import-readings", folder=folder, files=tuple(made.files.values()))
    return folder


def test_ten_thousand_members_are_settled_twice_and_written_once(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "awards.parquet"
    answer = call("settle", folder=city, first_month="2023-07", out=out)
    file = read_award_file(out)
    assert (
        values(answer)["members"] == values(answer)["the same in the second settlement"] == file.rows.num_rows == 10_000
    )
    assert values(answer)["points"] == file.header.points > 0
    assert pins(answer)["run"] == file.header.run
    assert pins(answer)["award file"] == file.sha256
    assert file.header.synthetic
    assert file.header.what_if is None
    assert any("Synthetic" in note.en for note in answer.notes)
    again = call("settle", folder=city, first_month="2023-07", out=tmp_path / "again.parquet")
    assert pins(again) == pins(answer)


def test_a_what_if_says_so_in_the_file_and_to_the_reader(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "what_if.parquet"
    answer = call("settle", folder=city, first_month="2023-07", rules_of="2016-06-01", out=out)
    assert read_award_file(out).header.what_if == "rules of 2016-06-01"
    assert any(note.en == "What if: rules of 2016-06-01. Not to be paid." for note in answer.notes)


def test_a_spike_that_somebody_looked_at_counts_from_then_on(city: Path, tmp_path: Path) -> None:
    items = tmp_path / "items.csv"
    before = call("review", folder=city, first_month="2023-07", check="spike", out=items)
    item = pl.read_csv(items).item(0, "item")
    call("decide", folder=city, first_month="2023-07", item=item, decision="counts", by="kim", why="a party")
    after = call("review", folder=city, first_month="2023-07", check="spike")
    held = {name: {row[0]: row[3] for row in answer.sheets[0].rows} for name, answer in (("b", before), ("a", after))}
    assert held["a"]["spike"] == held["b"]["spike"] - 1
    call("decide", folder=city, first_month="2023-07", item=item, decision="held", by="lee", why="no party")
    again = call("review", folder=city, first_month="2023-07", check="spike")
    assert {row[0]: row[3] for row in again.sheets[0].rows} == held["b"]


def test_a_member_is_explained_and_the_weather_asked(city: Path) -> None:
    explained = call("explain", folder=city, first_month="2023-07", member=17)
    assert "Member 17" in explained.title.en
    asked = call("weather", folder=city, first_month="2023-07")
    assert 0 < values(asked)["share of the points that was weather"] < 100


def test_answers_are_json_in_both_languages(city: Path) -> None:
    told = json.loads(json.dumps(call("review", folder=city, first_month="2023-07").as_json()))
    assert told["title"] == {"ko": "검토할 사용량", "en": "Readings for review"}
    assert told["notes"][0]["ko"].startswith("가상의 도시")


def test_the_same_file_again_is_told(city: Path) -> None:
    answer = call("import-readings", folder=city, files=(city / "synthetic-gas.csv",))
    assert answer.sheets[0].rows[0][-1].en == "was there already"
    assert answer.title.en == "The file was there already; nothing was added"


def test_a_city_is_made_in_an_empty_folder_only(city: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the folder is not empty"):
        call("generate", folder=city)
    with pytest.raises(UsageError, match="0 members cannot be"):
        call("generate", folder=tmp_path / "none", members=0)


def test_a_folder_without_people_readings_or_windows_says_what_to_do(city: Path, tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the folder has no members"):
        call("settle", folder=tmp_path, first_month="2023-07")
    for name in ("members", "meters"):
        (tmp_path / f"{name}.parquet").write_bytes((city / f"{name}.parquet").read_bytes())
    with pytest.raises(DataError, match="the store has no readings"):
        call("settle", folder=tmp_path, first_month="2023-07")
    with pytest.raises(DataError, match="nobody's window begins in this round"):
        call("settle", folder=city, first_month="2001-01")


CAR = "1,{member},{power},5,yes,2015-01-01,{changed},2018-01-01,30000,2019-01-01,{end},,no"
HEAD = (
    "car_id,member_id,power,seats,private,registered_on,changed,"
    "start_on,start_km,end_on,end_km,two_years_km,awarded_before"
)


def cars(tmp_path: Path, *rows: str) -> Path:
    path = tmp_path / "cars.csv"
    path.write_text("\n".join([HEAD, *(row.replace("1", str(n), 1) for n, row in enumerate(rows, start=1))]) + "\n")
    return path


def test_cars_are_decided_and_an_odometer_that_went_back_goes_to_review(tmp_path: Path) -> None:
    plain = {"member": 1, "power": "petrol", "changed": "", "end": 36_000}
    path = cars(
        tmp_path, CAR.format(**plain), CAR.format(**{**plain, "end": 29_999}), CAR.format(**{**plain, "end": 39_995})
    )
    answer = call("cars", file=path, out=tmp_path / "decisions.csv")
    found = pl.read_csv(tmp_path / "decisions.csv")
    assert found["code"].to_list() == ["awarded", "under_review", "below_lowest_edge"]
    assert found["points"].to_list() == [70_000, None, 0]
    assert values(answer)["odometers for review"] == 1
    assert "went back from 30,000 to 29,999 km" in answer.sheets[1].rows[0][1].en
    assert answer.sheets[1].rows[0][1].ko == "주행거리가 30,000에서 29,999로 줄었다."
    assert {row[0].ko for row in answer.sheets[0].rows} == {
        "지급",
        "검토 중인 사용량이 있음",
        "가장 낮은 단계에 이르지 못함",
    }


def test_a_winter_of_cars_is_decided_by_its_distance(tmp_path: Path) -> None:
    path = tmp_path / "cars.csv"
    row = "1,1,petrol,5,yes,2015-01-01,,2023-12-01,30000,2024-03-31,31697,,no"
    path.write_text(f"{HEAD}\n{row}\n{row.replace('1,1', '2,1', 1).replace('31697', '31698')}\n")
    assert values(call("cars", file=path, season="2023-12"))["points"] == 10_000


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("2018-01-01", "2019-01-01"),
        ("2023-12-02", "2024-03-31"),
        ("2023-12-01", "2024-03-30"),
        ("2023-10-01", "2024-03-31"),
    ],
)
def test_a_winter_that_two_readings_do_not_tell_of_goes_to_review(tmp_path: Path, start: str, end: str) -> None:
    """A shorter while would be paid for what was not driven in it."""
    path = tmp_path / "cars.csv"
    path.write_text(f"{HEAD}\n1,1,petrol,5,yes,2015-01-01,,{start},30000,{end},30010,,no\n")
    answer = call("cars", file=path, season="2023-12")
    assert (values(answer)["points"], values(answer)["odometers for review"]) == (0, 1)
    assert answer.sheets[1].rows[0][1].en == "The two readings are not from before and after the winter."


def test_a_power_that_is_misspelt_is_refused_for_some_may_not_take_part(tmp_path: Path) -> None:
    path = cars(tmp_path, CAR.format(member=1, power="electirc", changed="", end=36_000))
    with pytest.raises(DataError, match="column power, value 'electirc'"):
        call("cars", file=path)


def test_the_table_of_cars_is_never_replaced(tmp_path: Path) -> None:
    path = cars(tmp_path, CAR.format(member=1, power="petrol", changed="", end=36_000))
    with pytest.raises(DataError, match="the decisions would replace the table"):
        call("cars", file=path, out=path)


def test_every_operation_speaks_both_languages_of_itself_and_of_what_it_wants() -> None:
    for operation in operations:
        assert operation.says.ko
        assert operation.says.en
        for name, info in operation.wants.model_fields.items():
            if name != "today":
                assert info.title, name
                assert info.json_schema_extra["title_ko"], name


@pytest.mark.parametrize(
    ("said", "what"),
    [
        ({"seed": -1}, "the seed -1 or the warming 0.0 cannot be"),
        ({"warmer": float("nan")}, "the seed 1 or the warming nan cannot be"),
        ({"warmer": 400.0}, "the seed 1 or the warming 400.0 cannot be"),
        ({"first_month": "1991-01"}, "no readings reach 1991-01"),
        ({"first_month": "2199-01"}, "no readings reach 2199-01"),
        ({"first_month": "2026-02"}, "the half-year from 2026-02 reads months to come, to 2026-12"),
    ],
)
def test_a_city_that_cannot_be_made_is_refused_before_anything_is_written(
    tmp_path: Path, said: dict[str, Any], what: str
) -> None:
    with pytest.raises(UsageError, match=what):
        call("generate", folder=tmp_path / "city", members=5, **said)
    assert not (tmp_path / "city").exists()


def test_a_check_nobody_knows_and_a_spike_that_is_none_are_refused(city: Path) -> None:
    with pytest.raises(UsageError, match="there is no check called 'spikes'\n  to do: did you mean spike"):
        call("review", folder=city, first_month="2023-07", check="spikes")
    with pytest.raises(UsageError, match="1 times the same months' is no spike\n  to do: give 2 or more"):
        call("settle", folder=city, first_month="2023-07", spike_times=1)


@pytest.mark.parametrize("said", [{"by": "", "why": "seen"}, {"by": "kim", "why": "  "}])
def test_a_decision_needs_a_name_and_a_reason(city: Path, said: dict[str, str]) -> None:
    before = (city / "decisions.jsonl").read_bytes() if (city / "decisions.jsonl").exists() else b""
    with pytest.raises(UsageError, match="a decision needs a name and a reason"):
        call("decide", folder=city, first_month="2023-07", item="spike:1", decision="counts", **said)
    assert ((city / "decisions.jsonl").read_bytes() if before else b"") == before


def test_somebody_who_takes_no_part_is_not_guessed_at(city: Path) -> None:
    with pytest.raises(UsageError, match="member 999999 takes no part in this settlement"):
        call("explain", folder=city, first_month="2023-07", member=999_999)


def test_what_to_do_next_asks_for_the_same_round_by_the_same_rules(city: Path, tmp_path: Path) -> None:
    out = tmp_path / "winter.parquet"
    answer = call("settle", folder=city, first_month="2023-12", kind="season", rules_of="2023-12-01", out=out)
    assert answer.next == (
        f"madang eco-mileage explain {city} --first-month 2023-12 --kind season --rules-of 2023-12-01 --member NUMBER",
    )
