"""One registry of units: counted things never mix, and nothing but a unit passes for one."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pint
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from madang.core.errors import UnitError
from madang.core.units import COUNTED, LABELS, add, check_unit, convert, factor, read_registry, registry, say_unit

SCALES = [("kg", "t", "Mt", "g"), ("kWh", "MJ", "toe", "GWh"), ("m", "km"), ("minute", "hour", "day"), ("percent", "1")]


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_every_counted_thing_has_a_dimension_of_its_own(name: str) -> None:
    assert dict(registry().get_dimensionality(registry().parse_units(name))) == {f"[{name}]": 1}


@pytest.mark.parametrize("name", sorted(COUNTED))
def test_no_prefix_of_the_registry_turns_a_counted_thing_into_another(name: str) -> None:
    others = sorted(set(COUNTED) - {name})
    for other in others:
        with pytest.raises(UnitError):
            factor(name, other)


@pytest.mark.parametrize("unit", sorted(set(LABELS) | set(COUNTED)))
def test_every_unit_that_has_a_name_for_reading_is_known(unit: str) -> None:
    assert check_unit(unit) == unit


@pytest.mark.parametrize(
    "unit",
    [
        "1",
        "percent",
        "kg",
        "kWh/vehicle",
        "won/kWh",
        "mg/L",
        "m**3",
        "1/year",
        "person*minute",
        "kg/tree/year",
        "km**2",
    ],
)
def test_units_of_the_field_are_known(unit: str) -> None:
    assert check_unit(unit) == unit


@pytest.mark.parametrize(
    "unit",
    [
        "",
        " ",
        "kWh per",
        "kWh+kg",
        "3 kWh",
        "kWh*",
        "/",
        "(",
        "m**m",
        "대",
        "kwh",
        "m2",
        "dimensionless",
        "kg ",
        "nan",
        "2",
    ],
)
def test_what_is_no_unit_is_refused(unit: str) -> None:
    with pytest.raises(UnitError) as caught:
        check_unit(unit)
    assert str(caught.value) == (
        f"there is no unit {unit!r}\n"
        '  to do: use SI units, "1" for a pure number, "percent", or one of: ' + ", ".join(sorted(COUNTED))
    )


@pytest.mark.parametrize("unit", ["ton", "tons", "kton", "Mton", "kg/ton"])
def test_a_ton_is_refused_because_the_registry_means_the_american_one(unit: str) -> None:
    with pytest.raises(UnitError) as caught:
        check_unit(unit)
    assert str(caught.value) == f"the unit {unit!r} means several things\n  to do: write 't' for 1,000 kg"


@given(st.text(max_size=10))
def test_any_text_is_a_unit_or_a_clear_error(unit: str) -> None:
    with suppress(UnitError):
        assert check_unit(unit) == unit


def test_kilowatt_hours_and_kilograms_do_not_add() -> None:
    with pytest.raises(UnitError) as caught:
        add((1, "kWh"), (1, "kg"))
    assert str(caught.value) == (
        "kg cannot be turned into kWh: they measure different things\n"
        "  to do: check the unit beside the number, and which number was meant"
    )


def test_vehicles_and_chargers_do_not_add() -> None:
    with pytest.raises(UnitError, match="charger cannot be turned into vehicle"):
        add((1, "vehicle"), (1, "charger"))


def test_a_sum_is_in_the_unit_of_its_first_part() -> None:
    assert add((1, "t"), (500, "kg"), (0.5, "t")) == (2.0, "t")


def test_a_sum_of_nothing_has_no_unit() -> None:
    with pytest.raises(UnitError, match="a sum of nothing has no unit"):
        add()


@pytest.mark.parametrize(
    ("value", "have", "want", "found"),
    [
        (1, "t", "kg", 1000),
        (98, "percent", "1", 0.98),
        (1, "kWh", "MJ", 3.6),
        (1, "toe", "GJ", 41.868),
        (605.25, "km**2", "ha", 60525),
        (459.41, "g/kWh", "t/MWh", 0.45941),
        (25, "degC", "kelvin", 298.15),
    ],
)
def test_values_are_converted(value: float, have: str, want: str, found: float) -> None:
    assert convert(value, have, want) == pytest.approx(found, rel=1e-12)


def test_degrees_have_no_factor_because_their_zeros_differ() -> None:
    with pytest.raises(UnitError, match="degC is not a multiple of kelvin: their zeros differ"):
        factor("degC", "kelvin")
    assert factor("degC", "degC") == 1.0


@pytest.mark.parametrize("pair", [("tress", "kg"), ("kg", "tress"), ("tress", "tress"), ("ton", "kg")])
def test_a_value_in_what_is_no_unit_is_not_converted(pair: tuple[str, str]) -> None:
    with pytest.raises(UnitError, match=r"there is no unit 'tress'|the unit 'ton' means several things"):
        convert(1.0, *pair)


@pytest.mark.parametrize(
    ("value", "have", "want", "found"), [(25.0, "percent", "1", 0.25), (0.5, "1", "percent", 50.0)]
)
def test_a_pure_number_is_a_unit_like_any_other(value: float, have: str, want: str, found: float) -> None:
    assert convert(value, have, want) == pytest.approx(found)
    assert factor(have, want) == pytest.approx(found / value)


@pytest.mark.parametrize("pair", [("nothing", "kg"), ("kg", "nothing"), ("nothing", "nothing")])
def test_a_factor_between_what_is_no_unit_is_refused(pair: tuple[str, str]) -> None:
    with pytest.raises(UnitError, match="there is no unit 'nothing'"):
        factor(*pair)


@given(st.floats(-1e9, 1e9), st.sampled_from(SCALES), st.data())
def test_there_and_back_gives_the_same_value(value: float, scale: tuple[str, ...], data: st.DataObject) -> None:
    have, want = data.draw(st.sampled_from(scale)), data.draw(st.sampled_from(scale))
    assert convert(convert(value, have, want), want, have) == pytest.approx(value, rel=1e-12, abs=1e-12)


@given(st.lists(st.floats(0, 1e6), min_size=2, max_size=5), st.permutations(["kg", "t", "g"]))
def test_a_sum_does_not_depend_on_the_order_of_its_parts(values: list[float], units: list[str]) -> None:
    parts = [(value, units[place % 3]) for place, value in enumerate(values)]
    assume(sum(values) > 1e-6)
    forward, unit = add(*parts)
    backward, other = add(*reversed(parts))
    assert convert(backward, other, unit) == pytest.approx(forward, rel=1e-9)


@pytest.mark.parametrize(
    ("unit", "korean", "english"),
    [
        ("1", "", ""),
        ("vehicle", "대", "vehicles"),
        ("t", "톤", "t"),
        ("won/kWh", "원/kWh", "won/kWh"),
        ("kg/tree/year", "kg/그루/년", "kg/tree/year"),
        ("person*minute", "명·분", "person·minute"),
        ("km**2", "km²", "km²"),
        ("mg/L", "mg/L", "mg/L"),
        ("1/year", "1/년", "1/year"),
    ],
)
def test_a_unit_is_said_in_both_languages(unit: str, korean: str, english: str) -> None:
    assert (say_unit(unit, "ko"), say_unit(unit, "en")) == (korean, english)


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder in which the registry was kept."""
    folder = tmp_path_factory.mktemp("units")
    read_registry(folder)
    return folder


def test_a_registry_that_was_kept_knows_what_one_read_anew_knows(kept: Path) -> None:
    anew, again = pint.UnitRegistry(), read_registry(kept)
    names = sorted(name for name in anew._units if name.isidentifier())
    assert len(names) > 900
    for name in names:
        (size, root), (same_size, same_root) = anew.get_root_units(name), again.get_root_units(name)
        assert (size, str(root)) == (same_size, str(same_root)), name
    for have, want in [("Mt", "g"), ("toe", "kWh"), ("day", "minute"), ("percent", ""), ("degC", "kelvin")]:
        assert again.Quantity(3.0, have).to(want).magnitude == anew.Quantity(3.0, have).to(want).magnitude


def test_half_a_kept_file_or_a_file_in_the_folders_place_is_no_obstacle(kept: Path, tmp_path: Path) -> None:
    files = sorted(kept.glob("*.pickle"))
    assert files
    broken = tmp_path / "broken"
    broken.mkdir()
    for file in files:
        (broken / file.name).write_bytes(file.read_bytes()[:-9])
    (tmp_path / "file").write_text("")
    for folder in (broken, tmp_path / "file"):
        assert read_registry(folder).Quantity(1.0, "km").to("m").magnitude == 1000.0


@pytest.mark.parametrize(
    ("unit", "said", "word"),
    [
        ("address", "1", "address"),
        ("address", "2", "addresses"),
        ("address", "1.0", "addresses"),
        ("person", "1", "person"),
        ("city", "-1", "city"),
        ("score", "1", "point"),
        ("mileage", "+1", "mileage point"),
        ("usd", "1", "US dollar"),
        ("rank", "1", ""),
        ("year", "1", "year"),
        ("t", "1", "t"),
        ("1", "1", ""),
        ("percent", "1", "%"),
        ("kWh", "1", "kWh"),
    ],
)
def test_the_unit_of_one_is_singular_in_english_and_korean_stays(unit: str, said: str, word: str) -> None:
    assert say_unit(unit, "en", said) == word
    assert say_unit(unit, "ko", said) == say_unit(unit, "ko")
