"""The contract: one way to run any solution, and what a run says of itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from madang.core.city import City
from madang.core.contract import Card, Number, Solution, perform
from madang.core.documents import load_toml
from madang.core.errors import BoundsError, Cancelled, UnitError, UnknownName
from madang.core.language import text
from madang.core.tables import empty_cells

DAY = date(2025, 1, 1)


def number(**more: Any) -> Number:
    """Return a number with what a test changes."""
    known = {"name": "co2", "title": text("흡수량", "Uptake"), "value": 1.0, "unit": "kg", "rests_on": ("trees",)}
    return Number(**{**known, "formula": text("합", "sum"), **more})


def test_a_run_reads_runs_and_draws(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY)
    assert run.number("co2").value == pytest.approx(1980)
    assert run.figure("streets").frame.height == 2
    assert set(run.uses) == {"trees", "uptake", "planted", "streets"}
    assert (run.day, run.scenario, run.changes) == (DAY, None, {})


def test_a_scenario_changes_inputs_and_a_change_by_hand_comes_after_it(shade: Solution, oakham: City) -> None:
    assert perform(shade, oakham, DAY, scenario="twice").inputs.plain()["trees"] == 600
    run = perform(shade, oakham, DAY, scenario="twice", changes={"trees": "700"})
    assert run.inputs.plain()["trees"] == 700
    assert run.changed("trees")
    assert not run.changed("uptake")


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda run: run.number("co3"), "there is no number of shade called 'co3'\n  to do: did you mean co2?"),
        (
            lambda run: run.figure("street"),
            "there is no figure of shade called 'street'\n  to do: did you mean streets?",
        ),
    ],
)
def test_a_wrong_name_of_a_run_suggests_the_right_one(ask: Any, message: str, shade: Solution, oakham: City) -> None:
    with pytest.raises(UnknownName) as caught:
        ask(perform(shade, oakham, DAY))
    assert str(caught.value) == message


def test_a_wrong_scenario_suggests_the_right_one(shade: Solution, oakham: City) -> None:
    with pytest.raises(UnknownName) as caught:
        perform(shade, oakham, DAY, scenario="twise")
    assert str(caught.value) == (
        f"there is no scenario called 'twise'\n  where: file {shade.folder / 'card.toml'}\n  to do: did you mean twice?"
    )


def test_a_change_out_of_bounds_stops_the_run(shade: Solution, oakham: City) -> None:
    with pytest.raises(BoundsError, match="trees = -1 is outside its bounds"):
        perform(shade, oakham, DAY, changes={"trees": -1})


def test_the_facts_behind_a_number_are_found_through_its_inputs(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY)
    assert [use.name for use in run.uses_of(("trees", "uptake", "trees"))] == ["trees", "uptake"]
    assert [source.title for source in run.sources_of(("trees", "uptake"))] == ["Street trees"]


def test_every_source_of_a_series_stands_behind_it(shade: Solution, oakham: City) -> None:
    titles = {source.title for source in perform(shade, oakham, DAY).sources_of(("planted",))}
    assert titles == {"Street trees", "Plan of planting"}


def test_an_input_changed_by_hand_no_longer_rests_on_its_facts(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY, changes={"trees": 5})
    assert [use.name for use in run.uses_of(("trees", "uptake"))] == ["uptake"]


def test_a_series_with_one_value_changed_still_rests_on_its_facts(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY, changes={"planted.2021": 11, "planted.2022": 12})
    assert run.changes == {"planted.2021": 11, "planted.2022": 12}
    assert run.changed("planted")
    assert [use.name for use in run.uses_of(("planted",))] == ["planted"]


def test_at_home_only_what_is_weak_and_what_is_missing_is_a_caveat(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY)
    assert run.defaults() == ()
    assert [caveat.en for caveat in run.caveats()] == [
        "Assumption: Uptake of a tree",
        "Announced only: Trees planted",
        "Roots are not counted",
        "Shade is not known",
    ]


def test_a_gap_goes_with_what_rests_on_an_input_it_touches(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY)
    assert [caveat.en for caveat in run.caveats(("trees",))] == ["Roots are not counted"]
    assert run.caveats(("streets",)) == ()


def test_empty_cells_of_a_table_go_with_what_rests_on_it(shade: Solution, oakham: City) -> None:
    run = perform(shade, oakham, DAY)
    holed = replace(run, uses={"streets": replace(run.uses["streets"], gaps=(empty_cells("trees", 1, 2),))})
    assert [caveat.ko for caveat in holed.caveats(("streets",))] == ["빈칸 — 가로: trees 2칸 가운데 1칸"]
    assert [caveat.en for caveat in holed.caveats(("streets",))] == [
        "Empty cells in “Streets”: trees: 1 of 2 cells empty"
    ]


def test_elsewhere_every_default_says_so_beside_the_number(shade: Solution, elmton: City) -> None:
    run = perform(shade, elmton, DAY)
    assert [use.name for use in run.defaults()] == ["uptake", "planted", "streets"]
    assert [caveat.en for caveat in run.caveats(("trees", "uptake"))] == [
        "Default: “Uptake of a tree” is the policy's value, not this city's own.",
        "Assumption: Uptake of a tree",
        "Roots are not counted",
    ]
    assert run.caveats(("streets",))[0].ko == "기본값: 이 도시의 값이 아니라 오컴의 값 — 가로"


def test_progress_runs_from_nothing_to_done(shade: Solution, oakham: City) -> None:
    seen: list[tuple[float, str]] = []
    perform(shade, oakham, DAY, progress=lambda share, what: seen.append((round(share, 3), what)))
    assert seen == [(0.0, "reading"), (0.475, "counting"), (0.9, "drawing figures"), (1.0, "done")]


def test_a_run_can_be_stopped(shade: Solution, oakham: City) -> None:
    def stop(share: float, _what: str) -> None:
        if share > 0.4:
            raise Cancelled("stopped by the user; nothing was changed")

    with pytest.raises(Cancelled):
        perform(shade, oakham, DAY, progress=stop)


def test_a_card_has_its_days_in_order(shade: Solution) -> None:
    content = load_toml(shade.folder / "card.toml")
    with pytest.raises(ValidationError, match="the days must stand in order: since, checked_on, next_review"):
        Card.model_validate({**content, "next_review": date(2025, 1, 1)})


def test_a_solution_without_tables_has_no_shapes(shade: Solution) -> None:
    (shade.folder / "tables.toml").unlink()
    assert shade.specs == {}


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"value": None}, "number co2: an unknown value needs a reason"),
        ({"value": float("nan")}, "number co2: the model returned NaN; unknown is None with a reason"),
        ({"value": float("inf")}, "number co2: the model returned infinity"),
        ({"low": 0.0}, "number co2: a range needs a low and a high"),
        ({"low": 2.0, "high": 1.0}, "number co2: the range 2.0 to 1.0 is upside down"),
    ],
)
def test_a_number_that_cannot_be_is_refused(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="number co2") as caught:
        number(**wrong)
    assert str(caught.value) == message


def test_a_number_in_an_unknown_unit_is_refused() -> None:
    with pytest.raises(UnitError, match="there is no unit 'tress'"):
        number(unit="tress")


def test_an_unknown_number_with_a_reason_is_not_zero() -> None:
    gap = text("자료 없음", "No data")
    assert number(value=None, gap=gap).value is None


def test_reading_changes_no_file(shade: Solution, elmton: City, cities: Path) -> None:
    before = {path: path.read_bytes() for path in cities.rglob("*") if path.is_file()}
    perform(shade, elmton, DAY)
    assert {path: path.read_bytes() for path in cities.rglob("*") if path.is_file()} == before
