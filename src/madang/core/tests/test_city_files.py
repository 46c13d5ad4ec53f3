"""The cards of a city's files: where a raw file lies, and what may not be left open."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from madang.core.city_files import CityFile, FileCard, SolutionFile, TableCard
from madang.core.documents import validate
from madang.core.errors import CityError

SHA = "0" * 64


@pytest.mark.parametrize("place", [{"file": "a.pbf"}, {"package": "maps", "path": "data/a.pbf"}])
def test_a_raw_file_lies_in_the_folder_or_in_a_package(place: dict[str, str]) -> None:
    card = FileCard(source="map", **place)
    assert (card.file, card.package, card.path) == tuple(place.get(key) for key in ("file", "package", "path"))


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"package": "maps"},
        {"path": "data/a.pbf"},
        {"file": "a.pbf", "package": "maps"},
        {"file": "a.pbf", "path": "data/a.pbf"},
        {"file": "a.pbf", "package": "maps", "path": "data/a.pbf"},
    ],
)
def test_a_raw_file_that_lies_nowhere_or_in_two_places_is_refused(place: dict[str, str]) -> None:
    content = {"files": {"streets": {"source": "map", **place}}}
    with pytest.raises(CityError) as caught:
        validate(SolutionFile, content, Path("springs.toml"), CityError)
    assert caught.value.what == "a file needs either file, or package and path"
    assert caught.value.where == "file springs.toml, column files.streets"


@pytest.mark.parametrize(
    ("key", "value"),
    [("file", "a\0b"), ("file", ""), ("package", "not-a-name"), ("package", "9maps"), ("path", "a\0"), ("sha256", "0")],
)
def test_what_cannot_be_a_name_or_a_hash_is_refused(key: str, value: str) -> None:
    content = {"files": {"streets": {"source": "map", key: value}}}
    with pytest.raises(CityError, match="this is not written as such a key must be"):
        validate(SolutionFile, content, Path("springs.toml"), CityError)


@pytest.mark.parametrize("identity", ["seoul", "new-york_2", "a"])
def test_a_citys_short_name_begins_with_a_small_letter(identity: str) -> None:
    name = {"ko": "시", "en": "City"}
    assert CityFile.model_validate({"id": identity, "name": name}).id == identity
    for wrong in (identity.upper(), f"-{identity}", f"9{identity}", f"{identity} x", f"{identity}/x", ""):
        with pytest.raises(CityError, match="this is not written as such a key must be") as caught:
            validate(CityFile, {"id": wrong, "name": name}, Path("city.toml"), CityError)
        assert caught.value.todo == "write it to match ^[a-z][a-z0-9_-]*$"


@pytest.mark.parametrize(("model", "more"), [(TableCard, {"file": "t.csv"}), (FileCard, {"file": "t.pbf"})])
def test_a_hash_is_written_in_sixty_four_small_hex_digits(model: Any, more: dict[str, str]) -> None:
    assert model(source="map", sha256=SHA, **more).sha256 == SHA
    for wrong in (SHA[1:], SHA + "0", SHA.replace("0", "A"), SHA.replace("0", "g")):
        with pytest.raises(CityError, match="such a key must be"):
            validate(model, {"source": "map", "sha256": wrong, **more}, Path("springs.toml"), CityError)
