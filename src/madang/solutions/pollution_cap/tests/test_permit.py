"""A development against its account: allowed, with conditions, refused, and what smaller project would pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError, FactError, UnknownName, UsageError
from madang.core.language import text
from madang.solutions.pollution_cap.loads import Plant, UnitLoads
from madang.solutions.pollution_cap.permit import Account, Project, answer, as_json, scaled, sheet_of
from madang.solutions.pollution_cap.rule_calls import permit, units_on

UNITS = units_on()
PLANT = Plant("works", {"bod": 5.0, "tn": 10.0, "tp": 0.2}, 4.0, {"bod": 2.0, "tn": 1.0, "tp": 3.0})
Make = Callable[..., Project]


@pytest.fixture
def project() -> Make:
    """Return a maker of housing projects on a hectare of forest."""

    def make(**changes: Any) -> Project:
        given: dict[str, Any] = {
            "name": "Housing", "district": "Jungnang", "unit": "han_i", "year": 2030, "land_before": {"forest": 10000},
            "land_after": {"building": 8000, "road": 2000}, "people": 900, "flats": 300,
        }  # fmt: skip
        return Project(**{**given, **changes})

    return make


def account(bod: float | None = 100.0, tp: float | None = 10.0, **changes: Any) -> Account:
    """Return a gazetted account of the projects' district, unit and year."""
    given: dict[str, Any] = {
        "district": "Jungnang", "unit": "han_i", "year": 2030, "remaining_kg_per_d": {"bod": bod, "tp": tp},
    }  # fmt: skip
    return Account(**{**given, **changes})


def test_a_project_within_what_is_left_is_allowed_and_spends_its_net(project: Make) -> None:
    found = answer(project(), account(), UNITS, PLANT)
    assert found.verdict == "allowed"
    assert found.spends_kg_per_d["bod"] == found.sheet.net["bod"] > 0
    assert found.remains_kg_per_d["bod"] == pytest.approx(100 - found.sheet.net["bod"], abs=1e-12)
    assert (found.smaller_share, found.smaller) == (1.0, None)
    assert [one.key for one in found.paragraphs] == ["account", "consultation"]


def test_what_is_left_to_the_last_gram_may_be_spent_and_a_gram_less_may_not(project: Make) -> None:
    net = sheet_of(project(), UNITS, PLANT).net["bod"]
    exact = answer(project(), account(bod=net), UNITS, PLANT)
    assert (exact.verdict, exact.remains_kg_per_d["bod"]) == ("allowed", 0.0)
    assert answer(project(), account(bod=net - 0.001), UNITS, PLANT).verdict == "refused"


def test_a_refusal_says_what_is_needed_what_is_left_and_leaves_the_account_alone(project: Make) -> None:
    found = answer(project(), account(bod=1.0), UNITS, PLANT)
    assert found.verdict == "refused"
    needed = f"{found.sheet.net['bod']:.3f}"
    assert [one.en for one in found.reasons] == [f"BOD: {needed} kg/d are needed and 1.000 kg/d are left."]
    assert found.remains_kg_per_d == {"bod": 1.0, "tp": 10.0}


def test_the_smaller_project_passes_and_a_per_mille_more_does_not(project: Make) -> None:
    found = answer(project(), account(bod=1.0), UNITS, PLANT)
    assert found.smaller is not None
    assert answer(found.smaller, account(bod=1.0), UNITS, PLANT).allowed
    more = scaled(project(), found.smaller_share + 0.001)
    assert not answer(more, account(bod=1.0), UNITS, PLANT).allowed


def test_a_district_that_missed_its_goal_is_refused_whatever_is_left(project: Make) -> None:
    found = answer(project(), account(restricted=True), UNITS, PLANT)
    assert (found.verdict, found.smaller_share, found.smaller) == ("refused", 0.0, None)
    assert [one.key for one in found.paragraphs] == ["restriction"]
    assert found.reasons[0].en == "Jungnang missed its goal, so development approvals are refused."


def test_a_substance_nobody_allocated_is_not_taken_for_plenty(project: Make) -> None:
    found = answer(project(), account(tp=None), UNITS, PLANT)
    assert found.verdict == "refused"
    assert found.reasons[0].en.startswith("T-P: nothing was ever allocated, so ")


def test_an_allocation_that_is_not_gazetted_makes_the_answer_conditional(project: Make) -> None:
    found = answer(project(), account(status="draft"), UNITS, PLANT)
    assert found.verdict == "allowed with conditions"
    assert found.conditions[0].en == "The allocation is not gazetted: judge again once it is."


def test_a_private_plant_or_a_septic_tank_is_allowed_under_conditions(project: Make) -> None:
    own = answer(project(way="private_plant"), account(), UNITS)
    tank = answer(project(way="septic_tank", people=9, flats=3), account(), UNITS)
    assert own.conditions[0].en == "Keep the effluent standard of the private plant and report it every year."
    assert tank.conditions[0].en == "Connect to the public sewer as soon as it reaches the site."


def test_a_park_instead_of_houses_adds_nothing_and_needs_nothing(project: Make) -> None:
    park = project(land_before={"building": 10000}, land_after={"park": 10000}, people=0, flats=0)
    found = answer(park, account(bod=0.0, tp=0.0), UNITS)
    assert (found.verdict, found.spends_kg_per_d) == ("allowed", {"bod": 0.0, "tp": 0.0})
    assert found.reasons[0].en == "The project adds no load."


@pytest.mark.parametrize(
    ("changes", "reasons"),
    [
        ({"flats": 29, "people": 60}, []),
        ({"flats": 30, "people": 60}, ["housing of 30 flats or more"]),
        ({"flats": 0, "kind": ("article_30",)}, ["a plan consulted under article 30 of the planning act"]),
        ({"flats": 0, "kind": ("lodging_or_food",), "floor_m2": 399.0}, []),
        (
            {"flats": 0, "kind": ("lodging_or_food",), "floor_m2": 400.0},
            ["lodging or food of 400 m2 or more in a special area"],
        ),
        (
            {"flats": 0, "kind": ("sewage_building",), "floor_m2": 800.0},
            ["another building with sewage of 800 m2 or more"],
        ),
    ],
)
def test_who_must_ask_is_said(project: Make, changes: dict[str, Any], reasons: list[str]) -> None:
    found = answer(project(**changes), account(), UNITS, PLANT)
    assert [one.en for one in found.consulted_because] == reasons


def test_the_threshold_of_flats_is_that_of_the_day_asked(project: Make) -> None:
    early, late = (answer(project(flats=25), account(), UNITS, PLANT, on=day) for day in ("2015-01-01", "2022-01-01"))
    assert [one.en for one in early.consulted_because] == ["housing of 20 flats or more"]
    assert late.consulted_because == ()


def test_before_the_cap_there_is_no_paragraph_to_stand_on(project: Make) -> None:
    with pytest.raises(FactError, match="the paragraph 'account' does not hold yet"):
        answer(project(), account(), UNITS, PLANT, on="2010-01-01")


def test_every_paragraph_tells_where_it_was_read_and_that_it_is_not_verbatim(project: Make) -> None:
    said = as_json(answer(project(), account(), UNITS, PLANT))["paragraphs"]
    assert [one["verbatim"] for one in said] == [False, False]
    assert all("http" in one["source"] for one in said)


def test_another_years_account_cannot_answer(project: Make) -> None:
    with pytest.raises(UsageError) as caught:
        answer(project(year=2029), account(), UNITS, PLANT)
    assert str(caught.value) == (
        "the account of Jungnang, han_i, 2030 cannot answer for Jungnang, han_i, 2029\n"
        "  to do: give the account of the project's own district, unit and year"
    )


def test_a_land_category_nobody_knows_suggests_the_nearest(project: Make) -> None:
    with pytest.raises(UnknownName) as caught:
        answer(project(land_after={"buildings": 1}), account(), UNITS, PLANT)
    assert str(caught.value) == "there is no land category called 'buildings'\n  to do: did you mean building?"


def test_a_negative_area_or_number_of_people_is_refused(project: Make) -> None:
    with pytest.raises(BoundsError, match=r"Housing: road = -1 m2"):
        answer(project(land_after={"road": -1}), account(), UNITS, PLANT)
    with pytest.raises(BoundsError, match=r"Housing: people = -5"):
        answer(project(people=-5), account(), UNITS, PLANT)


def test_sewage_by_public_sewer_needs_its_plant(project: Make) -> None:
    with pytest.raises(UsageError, match="Housing: sewage by public sewer needs the plant it leads to"):
        answer(project(), account(), UNITS)


def test_the_rule_by_name_gives_what_a_face_prints(project: Make) -> None:
    plain = {key: value for key, value in vars(project()).items() if key != "kind"}
    plant = {"name": "works", "mg_per_l": PLANT.mg_per_l, "pipe_loss_flow_percent": 4.0,
             "pipe_loss_load_percent": PLANT.pipe_loss_load_percent}  # fmt: skip
    state: Mapping[str, Any] = vars(account())
    assert permit(plain, state, plant) == as_json(answer(project(), account(), UNITS, PLANT))


def test_the_sheet_names_the_row_of_every_load(project: Make) -> None:
    rows = sheet_of(project(), UNITS, PLANT).rows
    assert [(row.when, row.item) for row in rows] == [
        ("before", "forest"), ("after", "building"), ("after", "road"), ("after", "residents, urban"),
    ]  # fmt: skip
    assert all(row.trace for row in rows)


areas = st.dictionaries(st.sampled_from(["forest", "building", "road", "paddy"]), st.floats(0, 1e6), max_size=3)


@given(areas, areas, st.integers(0, 5000), st.floats(0, 200), st.floats(0, 20))
@settings(max_examples=60, deadline=None)
def test_no_answer_ever_overdraws_its_account(
    before: dict[str, float], after: dict[str, float], people: int, bod: float, tp: float
) -> None:
    asked = Project(
        name="Any", district="Jungnang", unit="han_i", year=2030, land_before=before, land_after=after, people=people
    )
    found = answer(asked, account(bod, tp), UNITS, PLANT)
    assert all(left is not None and left >= 0 for left in found.remains_kg_per_d.values())
    if found.smaller is not None:
        assert answer(found.smaller, account(bod, tp), UNITS, PLANT).allowed


def test_units_of_an_earlier_day_are_the_first_edition_known(units: UnitLoads) -> None:
    assert units_on("2020-01-01") == units


def test_a_part_of_a_project_builds_its_share_of_everything_and_leaves_the_rest_as_it_was(project: Make) -> None:
    whole = project(
        land_before={"forest": 10000.0}, land_after={"building": 8000.0, "forest": 2000.0}, people=900,
        people_before=100, flats=301, sewage_m3_per_day=60.0, floor_m2=1800.0,
    )  # fmt: skip
    part = scaled(whole, 0.25)
    assert part.land_after == {"building": 2000.0, "forest": 8000.0}
    assert part.land_before == whole.land_before
    assert (part.people, part.flats, part.sewage_m3_per_day, part.floor_m2) == (300.0, 75, 15.0, 450.0)


@given(st.floats(0.05, 0.95), st.floats(0.001, 5.0))
@settings(max_examples=25, deadline=None)
def test_what_would_pass_passes_and_a_per_mille_more_would_not(bod: float, tp: float) -> None:
    whole = Project(
        name="Estate", district="Jungnang", unit="han_i", year=2030, land_before={"forest": 90000},
        land_after={"factory": 90000}, people=900,
    )  # fmt: skip
    net = sheet_of(whole, UNITS, PLANT).net
    left = account(bod=round(net["bod"] * bod, 3), tp=round(net["tp"] * tp, 4))
    found = answer(whole, left, UNITS, PLANT)
    assert found.verdict == "refused"
    if found.smaller is None:
        assert found.smaller_share == 0.0
        return
    assert answer(found.smaller, left, UNITS, PLANT).allowed
    more = scaled(whole, round(found.smaller_share + 0.001, 3))
    assert not answer(more, left, UNITS, PLANT).allowed


def test_a_restricted_district_is_called_by_its_name(project: Make) -> None:
    named = account(restricted=True, district_says=text("중랑구", "Jungnang-gu"))
    reasons = answer(project(), named, UNITS, PLANT).reasons
    assert reasons[0].ko == "중랑구: 목표를 지키지 못해 개발 승인이 제한됩니다."
    assert reasons[0].en == "Jungnang-gu missed its goal, so development approvals are refused."
    assert answer(project(), account(restricted=True), UNITS, PLANT).reasons[0].en.startswith("Jungnang missed")
