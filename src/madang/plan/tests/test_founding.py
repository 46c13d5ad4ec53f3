"""What a new city's folder says: every table and fact the city may give, with the value that stands in until then."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.core.columns import Column
from madang.core.errors import CityError, UsageError
from madang.core.language import text
from madang.core.tables import TableSpec
from madang.plan.founding import _table, found_city


def found(tea: Path, place: Path) -> tuple[Path, ...]:
    """Found a city that inherits from the tea town."""
    return found_city(place, "busan", "부산", "Busan", City.open(tea), ["tea_stalls"])


def test_a_city_is_founded_with_a_file_for_each_solution_and_empty_tables(tea: Path) -> None:
    folder = tea.parent / "deep" / "busan"
    names = [path.as_posix() for path in found(tea, folder)]
    assert names == ["city.toml", "tea_stalls/stalls.csv", "tea_stalls.toml"]
    assert (folder / "tea_stalls" / "stalls.csv").read_text("utf-8") == "market,stalls,visitors\n"
    assert [path.name for path in folder.parent.iterdir()] == ["busan"]


def test_a_founded_city_opens_and_takes_over_all_of_its_parent(tea: Path) -> None:
    found(tea, tea.parent / "busan")
    city = City.open(tea.parent / "busan", tea.parent)
    assert (city.id, city.name.ko, city.name.en) == ("busan", "부산", "Busan")
    assert [one.id for one in city.lineage()] == ["busan", "teatown"]


def test_a_fact_stands_there_with_its_last_value_and_whose_it_is(tea: Path) -> None:
    found(tea, tea.parent / "busan")
    body = (tea.parent / "busan" / "tea_stalls.toml").read_text("utf-8")
    assert (
        "# [facts.cups_per_day]             # default of the policy\n"
        '# says.ko = "찻집 하나가 하루에 파는 찻잔"\n'
        '# says.en = "Cups a stall sells in a day"\n'
        '# unit = "item"\n'
        '# source = "our_register"\n'
        "# values = [{ from = 2024-01-01, value = 41.5 }]\n"
    ) in body
    assert all(line.startswith("#") or not line for line in body.splitlines())


def test_a_fact_that_the_parent_gives_itself_stands_there_once_and_as_the_parents(tea: Path) -> None:
    own = (register.folder_of("tea_stalls") / "facts.toml").read_text("utf-8")
    file = tea / "tea_stalls.toml"
    cut = own.index("[facts.price]")
    file.write_text(file.read_text("utf-8") + own[:cut].replace("41.5", "60"), "utf-8")
    found(tea, tea.parent / "busan")
    body = (tea.parent / "busan" / "tea_stalls.toml").read_text("utf-8")
    assert body.count("[facts.cups_per_day]") == 1
    assert "# [facts.cups_per_day]             # default of teatown\n" in body
    assert "value = 60 }" in body


def test_what_any_solution_may_ask_of_a_city_stands_in_its_card(tea: Path) -> None:
    own = (register.folder_of("tea_stalls") / "facts.toml").read_text("utf-8")
    card = tea / "city.toml"
    card.write_text(card.read_text("utf-8") + own, "utf-8")
    found(tea, tea.parent / "busan")
    body = (tea.parent / "busan" / "city.toml").read_text("utf-8")
    assert "# [facts.price]             # default of teatown\n" in body
    assert "# values = [{ from = 2022-01-01, value = 1800 }]\n" in body


def test_a_table_says_what_each_column_holds() -> None:
    spec = TableSpec(
        says=text("나무", "Trees"), optional=True,
        columns={
            "street": Column(says=text("길", "Street"), kind="text"),
            "kind": Column(says=text("종류", "Kind"), kind="text", choices=("elm", "pine")),
            "length": Column(says=text("길이", "Length"), kind="number", unit="km", may_be_empty=True),
        },
    )  # fmt: skip
    assert list(_table("shade", "trees", spec)) == [
        "# Trees / 나무 (optional)",
        "#   street: text; Street",
        "#   kind: text; Kind; one of elm, pine",
        "#   length: number in km; Length (may be empty)",
        "# [tables.trees]",
        '# file = "shade/trees.csv"    # made with its header; fill in the rows',
        '# source = "our_register"',
        "# day = 2026-01-31             # the day the table describes",
        "",
    ]
    needed = spec.model_copy(update={"optional": False})
    assert next(iter(_table("shade", "trees", needed))) == "# Trees / 나무"


@pytest.mark.parametrize("identity", ["Busan", "9busan", "bu san", ""])
def test_a_short_name_that_no_file_may_give_is_refused_and_leaves_nothing(tea: Path, identity: str) -> None:
    with pytest.raises(UsageError) as caught:
        found_city(tea.parent / "new", identity, "부산", "Busan", City.open(tea), ["tea_stalls"])
    assert caught.value.what == f"{identity!r} cannot be a city's short name"
    assert not (tea.parent / "new").exists()


@pytest.mark.parametrize("name", ["", "  ", "a\nb", "\udcff"])
def test_a_name_that_is_no_text_is_refused(tea: Path, name: str) -> None:
    with pytest.raises(UsageError, match="cannot be a city's name"):
        found_city(tea.parent / "new", "busan", "부산", name, City.open(tea), ["tea_stalls"])


def test_a_city_that_cannot_be_opened_again_is_not_left_behind(tea: Path) -> None:
    away = City.open(tea)
    away.file = away.file.model_copy(update={"id": "nowhere"})
    away.id = "nowhere"
    with pytest.raises(CityError, match="the city inherits from 'nowhere', which is not there"):
        found_city(tea.parent / "busan", "busan", "부산", "Busan", away, ["tea_stalls"])
    assert [path.name for path in tea.parent.iterdir()] == ["teatown"]
