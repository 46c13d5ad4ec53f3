"""Inputs: titles, units and bounds; changes by name, with the right name suggested."""

from __future__ import annotations

import json
from typing import Any, Literal

import polars as pl
import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from madang.core.errors import BoundsError, UnitError, UnknownName, UsageError
from madang.core.inputs import Inputs, check_bounds, given, say_bounds
from madang.core.tables import Table, TableSpec

SPEC = TableSpec.model_validate(
    {"says": {"ko": "표", "en": "t"}, "columns": {"n": {"says": {"ko": "수", "en": "n"}, "kind": "integer"}}}
)
STREETS = Table("streets", SPEC, pl.DataFrame({"n": [1, 2]}), sha256="0" * 64)


class Trees(Inputs):
    trees: int = given("가로수", "Trees", unit="tree", facts=["trees"], ge=0, le=1_000_000)
    uptake: float = given("흡수량", "Uptake", unit="kg/tree", ge=0, help_ko="그루당", help_en="a tree")
    planted: dict[int, float] = given("식재", "Planted", unit="tree", ge=0, le=5000, facts=["planted"])
    shares: dict[str, dict[int, float]] = given("비율", "Shares", ge=0, le=1)
    heights: tuple[float, ...] = given("높이", "Heights", unit="m", ge=0, le=50)
    kind: Literal["elm", "pine"] = given("수종", "Kind", default="elm")
    watered: bool = given("물주기", "Watered", default=True)
    streets: Table = given("가로", "Streets", facts=["streets"])
    budget: float | None = given("예산", "Budget", unit="won", default=None, digits=1, group="money")
    label: str = given("이름", "Label", default="a")


@pytest.fixture
def trees() -> Trees:
    return Trees.build(
        {
            "trees": 300,
            "uptake": 6.6,
            "planted": {2020: 10.0, 2021: 20.0},
            "shares": {"elm": {2020: 0.25}, "pine": {2020: 0.75}},
            "heights": (4.0, 5.5),
            "streets": STREETS,
        }
    )


def test_every_field_describes_itself_in_order() -> None:
    kinds = {field.name: field.kind for field in Trees.fields()}
    assert list(kinds.items()) == [
        ("trees", "integer"), ("uptake", "number"), ("planted", "series"), ("shares", "series"), ("heights", "list"),
        ("kind", "choice"), ("watered", "switch"), ("streets", "table"), ("budget", "number"), ("label", "text"),
    ]  # fmt: skip


def test_a_field_has_title_unit_bounds_facts_and_help() -> None:
    field = Trees.field("trees")
    assert (field.title.ko, field.title.en, field.unit, field.low, field.high) == ("가로수", "Trees", "tree", 0, 1e6)
    assert (field.facts, field.required, field.help) == (("trees",), True, None)
    help_text = Trees.field("uptake").help
    assert help_text is not None
    assert help_text.en == "a tree"
    assert (Trees.field("budget").digits, Trees.field("budget").group) == (1, "money")


def test_a_choice_lists_its_words() -> None:
    assert Trees.field("kind").choices == ("elm", "pine")


def test_a_wrong_name_suggests_the_right_one(trees: Trees) -> None:
    with pytest.raises(UnknownName) as caught:
        trees.with_set({"uptakes": 5})
    assert str(caught.value) == "there is no input called 'uptakes'\n  to do: did you mean uptake?"


@pytest.mark.parametrize(
    ("name", "said", "value"),
    [
        ("trees", "1,200", 1200),
        ("trees", 7, 7),
        ("uptake", " 7.5 ", 7.5),
        ("kind", "pine", "pine"),
        ("watered", "no", False),
        ("watered", "ON", True),
        ("planted", '{"2022": 5}', {2022: 5}),
        ("heights", "[1, 2]", (1.0, 2.0)),
        ("label", "b", "b"),
        ("budget", "100", 100.0),
    ],
)
def test_a_value_may_be_given_as_text(trees: Trees, name: str, said: Any, value: Any) -> None:
    assert getattr(trees.with_set({name: said}), name) == value


def test_one_value_of_a_series_may_be_changed_and_a_year_added(trees: Trees) -> None:
    changed = trees.with_set({"planted.2021": "25", "planted.2022": 30})
    assert changed.planted == {2020: 10, 2021: 25, 2022: 30}
    assert trees.planted == {2020: 10, 2021: 20}


def test_a_series_of_series_takes_a_path(trees: Trees) -> None:
    assert trees.with_set({"shares.elm.2020": 0.5}).shares == {"elm": {2020: 0.5}, "pine": {2020: 0.75}}


@pytest.mark.parametrize(
    ("change", "kind", "message"),
    [
        (
            {"trees": -1},
            BoundsError,
            "trees = -1 is outside its bounds\n  to do: give a value from 0 to 1000000 tree",
        ),
        (
            {"trees": 1234567},
            BoundsError,
            "trees = 1234567 is outside its bounds\n  to do: give a value from 0 to 1000000 tree",
        ),
        (
            {"uptake": "-2"},
            BoundsError,
            "uptake = -2 is outside its bounds\n  to do: give a value of at least 0 kg/tree",
        ),
        (
            {"uptake": "nan"},
            BoundsError,
            "uptake = nan is outside its bounds\n  to do: give a value of at least 0 kg/tree",
        ),
        (
            {"uptake": "inf"},
            BoundsError,
            "uptake = inf is outside its bounds\n  to do: give a value of at least 0 kg/tree",
        ),
        (
            {"planted.2021": 5001},
            BoundsError,
            "planted.2021 = 5001 is outside its bounds\n  to do: give a value from 0 to 5000 tree",
        ),
        (
            {"shares.elm.2020": 2},
            BoundsError,
            "shares.elm.2020 = 2 is outside its bounds\n  to do: give a value from 0 to 1",
        ),
        (
            {"heights": [1, 60]},
            BoundsError,
            "heights.1 = 60 is outside its bounds\n  to do: give a value from 0 to 50 m",
        ),
        ({"trees": "many"}, UsageError, "trees = 'many' is not a number\n  to do: give a value from 0 to 1000000 tree"),
        ({"uptake": "1,5"}, UsageError, "uptake = '1,5' is not a number\n  to do: give a value of at least 0 kg/tree"),
        (
            {"trees": "1.5"},
            UsageError,
            (
                "the input 'trees' cannot be 1.5: this is not a whole number\n"
                "  to do: give a value from 0 to 1000000 tree"
            ),
        ),
        ({"watered": "maybe"}, UsageError, "watered = 'maybe' is neither yes nor no\n  to do: write yes or no"),
        ({"kind": "pin"}, UnknownName, "there is no choice of kind called 'pin'\n  to do: did you mean pine?"),
        (
            {"planted": "2022"},
            UsageError,
            "the input 'planted' cannot be 2022: this is not a series",
        ),
        (
            {"planted": "a lot"},
            UsageError,
            "planted = 'a lot' is not JSON\n  to do: write planted='{\"2025\": 1.5}', or one value as planted.2025=1.5",
        ),
        ({"trees.2020": 5}, UsageError, "'trees' is one value, not a series\n  to do: write trees=value without a key"),
        ({"shares.elm": 1}, UsageError, "shares.elm is a series, not one value\n  to do: write shares.elm.key=value"),
        ({"shares.elmm.2020": 1}, UnknownName, "there is no key of shares called 'elmm'\n  to do: did you mean elm?"),
        ({"planted.soon": 1}, UnknownName, "there is no key of planted called 'soon'\n  to do: known: 2020, 2021"),
        (
            {"streets": "x"},
            UsageError,
            "'streets' is a table and cannot be set as a value\n  to do: give it in a city folder",
        ),
    ],
)
def test_a_change_that_cannot_be_says_why(trees: Trees, change: dict[str, Any], kind: type, message: str) -> None:
    with pytest.raises(kind) as caught:
        trees.with_set(change)
    assert str(caught.value) == message


def test_a_missing_and_an_unknown_input_are_named() -> None:
    with pytest.raises(UsageError) as caught:
        Trees.build({"trees": 1})
    assert str(caught.value) == "the input 'uptake' is missing\n  to do: give a value of at least 0 kg/tree"
    with pytest.raises(UnknownName, match="there is no input called 'leaves'"):
        Trees.build(
            {"leaves": 3, "trees": 1, "uptake": 1, "planted": {}, "shares": {}, "heights": (), "streets": STREETS}
        )


def test_inputs_cannot_be_changed_in_place(trees: Trees) -> None:
    with pytest.raises(ValueError, match="frozen"):
        trees.trees = 5


def test_inputs_are_told_as_json(trees: Trees) -> None:
    plain = json.loads(json.dumps(trees.plain()))
    assert plain["planted"] == {"2020": 10.0, "2021": 20.0}
    assert plain["heights"] == [4.0, 5.5]
    assert plain["streets"] == {"table": "streets", "rows": 2, "sha256": "0" * 64, "columns": {"n": [1, 2]}}


def test_a_unit_nobody_knows_is_refused_when_the_field_is_made() -> None:
    with pytest.raises(UnitError, match="there is no unit 'tress'"):
        given("가로수", "Trees", unit="tress")


def test_help_in_one_language_is_refused() -> None:
    with pytest.raises(ValueError, match="the input 'Trees' has help in one language only"):
        given("가로수", "Trees", help_en="how many")


def test_a_field_made_without_given_is_refused() -> None:
    class Bare(Inputs):
        trees: int = 3

    with pytest.raises(TypeError, match=r"the input 'trees' is not declared with given\(...\)"):
        Bare.fields()


def test_a_type_no_face_can_show_is_refused() -> None:
    class Strange(Inputs):
        trees: complex = given("가로수", "Trees")

    with pytest.raises(TypeError, match="an input cannot be of type <class 'complex'>"):
        Strange.fields()


@pytest.mark.parametrize(
    ("ge", "le", "unit", "said"),
    [
        (0, 1, "1", "from 0 to 1"),
        (0, None, "tree", "of at least 0 tree"),
        (None, 10_000_000, "tree", "of at most 10000000 tree"),
        (None, None, "tree", "in tree"),
        (None, None, "1", "that is a number"),
    ],
)
def test_bounds_are_said_with_their_unit(ge: float | None, le: float | None, unit: str, said: str) -> None:
    class One(Inputs):
        value: float = given("값", "Value", unit=unit, ge=ge, le=le)

    assert say_bounds(One.field("value")).en == said


@for_all(st.floats(allow_nan=True, allow_infinity=True))
def test_a_number_passes_only_within_its_bounds(value: float) -> None:
    field = Trees.field("heights")
    if 0 <= value <= 50:
        check_bounds(field, (value,))
    else:
        with pytest.raises(BoundsError):
            check_bounds(field, (value,))
