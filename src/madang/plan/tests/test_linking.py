from __future__ import annotations

from datetime import date

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Solution
from madang.core.errors import UnitError, UnknownName, UsageError
from madang.core.inputs import Inputs, given
from madang.plan.linking import perform_linked
from madang.plan.why import explain

DAY = date(2024, 1, 1)


class OtherInputs(Inputs):
    """A policy whose one input is free of facts."""

    lamps: int = given("가로등", "Lamps", unit="item", ge=0, default=1)


class WeightInputs(Inputs):
    """A policy whose one input measures something else."""

    lamps: float = given("무게", "Weight", unit="kg", ge=0, default=1.0)


@pytest.fixture
def two(city: City, monkeypatch: pytest.MonkeyPatch) -> City:
    """Register two more policies that could take the lamps of the first."""
    lamps = register.load("lamps")
    made = {"lamps": lamps}
    for name, inputs in (("posts", OtherInputs), ("weights", WeightInputs)):
        made[name] = Solution(
            name=name, folder=lamps.folder, inputs=inputs, read=lambda reader, kind=inputs: reader.fill(kind),
            run=lamps.run, figures=lamps.figures,
        )  # fmt: skip
    monkeypatch.setattr(register, "NAMES", tuple(made))
    monkeypatch.setattr(register, "load", made.__getitem__)
    return city


def test_a_number_of_another_solution_becomes_an_input_with_its_facts(two: City) -> None:
    run = perform_linked("posts", two, DAY, changes={"lamps": "@lamps.lamps"})
    assert run.number("lamps").value == 150
    assert [use.name for use in run.uses_of(("lamps",))] == ["lamps"]
    assert [source.who for source in run.sources_of(("lamps",))] == ["Roads office"]


def test_why_names_the_number_an_input_was_taken_from(two: City) -> None:
    run = perform_linked("posts", two, DAY, changes={"lamps": "@lamps.lamps"})
    (step,) = explain(run, "lamps").as_json()["inputs"]
    assert (step["linked"], step["value"]) == ("lamps.lamps", 150)


def test_a_number_of_another_kind_is_refused(two: City) -> None:
    with pytest.raises(UnitError, match="item cannot be turned into kg: they measure different things"):
        perform_linked("weights", two, DAY, changes={"lamps": "@lamps.lamps"})


def test_an_unknown_number_is_refused_with_its_reason(two: City) -> None:
    with pytest.raises(UsageError) as caught:
        perform_linked("posts", two, DAY, changes={"lamps": "@lamps.dark"})
    assert caught.value.what == "lamps: lamps.dark is not known (nobody has counted them)"


def test_a_wrong_name_suggests_the_right_one(two: City) -> None:
    with pytest.raises(UnknownName, match=r"did you mean lamps\?"):
        perform_linked("posts", two, DAY, changes={"lamps": "@lamps.lamp"})


def test_a_solution_cannot_rest_on_itself(two: City) -> None:
    with pytest.raises(UsageError, match=r"@lamps\.lamps would rest on itself"):
        perform_linked("lamps", two, DAY, changes={"lamps": "@lamps.lamps"})


@pytest.mark.parametrize("half", ["@lamps", "@lamps.", "@"])
def test_half_a_name_is_refused(two: City, half: str) -> None:
    with pytest.raises(UsageError, match=f"{half} names no number\n  to do: write @solution.number"):
        perform_linked("posts", two, DAY, changes={"lamps": half})


def test_without_a_link_it_is_a_plain_run(two: City) -> None:
    assert perform_linked("posts", two, DAY, changes={"lamps": "7"}).number("lamps").value == 7
