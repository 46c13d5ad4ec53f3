"""Readings reported by photo: strict lines, and the photo's hash kept."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from madang.core.errors import TableError
from madang.solutions.eco_mileage.readings.photo import read_blocks
from madang.solutions.eco_mileage.readings.rows import DOUBTS, QUALITIES

ENTRY = {
    "utility": "electricity",
    "meter_id": 5,
    "month": "2024-01",
    "quantity": "301.5",
    "unit": "kWh",
    "photo_sha256": "ab" * 32,
    "reported_on": "2024-02-03",
}


def written(tmp_path: Path, *entries: object) -> Path:
    path = tmp_path / "photos.jsonl"
    path.write_text("\n".join(entry if isinstance(entry, str) else json.dumps(entry) for entry in entries))
    return path


def test_a_reported_reading_is_kept_with_the_beginning_of_its_photos_hash(tmp_path: Path) -> None:
    (block,) = read_blocks(written(tmp_path, ENTRY))
    (row,) = block.rows.to_pylist()
    assert (row["quantity"], QUALITIES[row["quality"]], row["row"]) == (302, "reported", 1)
    assert row["photo"] == int("ab" * 8, 16) % 2**63


def test_a_reported_correction_and_a_unit_that_does_not_fit_are_marked(tmp_path: Path) -> None:
    (block,) = read_blocks(written(tmp_path, {**ENTRY, "corrects": True}, {**ENTRY, "unit": "m3"}))
    first, second = block.rows.to_pylist()
    assert (first["revision"], DOUBTS[second["doubt"]]) == (1, "unit")


@pytest.mark.parametrize(
    ("change", "column"),
    [
        ({"kilowatts": 3}, "kilowatts"),
        ({"quantity": "-3"}, "quantity"),
        ({"month": "2024-1"}, "month"),
        ({"month": "0000-01"}, "month"),
        ({"meter_id": "five"}, "meter_id"),
        ({"photo_sha256": "short"}, "photo_sha256"),
        ({"reported_on": "soon"}, "reported_on"),
    ],
)
def test_a_line_that_is_not_a_reading_names_row_and_key(tmp_path: Path, change: dict[str, object], column: str) -> None:
    with pytest.raises(TableError, match=rf"row 2, column {column}, value "):
        list(read_blocks(written(tmp_path, ENTRY, {**ENTRY, **change})))


def test_a_line_that_is_not_json_is_named(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"this line is not JSON\n  where: file .*, row 2, value '{nope'"):
        list(read_blocks(written(tmp_path, ENTRY, "{nope")))


def test_bytes_that_are_no_text_are_named(tmp_path: Path) -> None:
    path = written(tmp_path, ENTRY)
    path.write_bytes(path.read_bytes() + b"\n\xff")
    with pytest.raises(TableError, match=r"the file is not UTF-8 text\n  where: file .*, row 2"):
        list(read_blocks(path))


def test_a_line_of_nothing_but_brackets_is_no_json_either(tmp_path: Path) -> None:
    with pytest.raises(TableError, match=r"this line is not JSON\n  where: file .*, row 2"):
        list(read_blocks(written(tmp_path, ENTRY, "[" * 100_000)))


def test_a_key_that_stands_twice_in_a_line_is_named(tmp_path: Path) -> None:
    twice = json.dumps(ENTRY)[:-1] + ', "meter_id": 6}'
    with pytest.raises(TableError, match=r"a key stands twice in this line\n  where: file .*, row 2, column meter_id"):
        list(read_blocks(written(tmp_path, ENTRY, twice)))
