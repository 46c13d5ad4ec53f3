"""A file as an input: its name and text go with a run; only whoever owns the file opens it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st
from pydantic import ValidationError

from madang.core import given_files
from madang.core.errors import DataError, TableError, UsageError
from madang.core.given_files import GivenFile
from madang.core.inputs import Inputs, given
from madang.core.tables import TableSpec, empty_cells, header_of, table_of_text

SPEC = TableSpec.model_validate(
    {
        "says": {"ko": "표", "en": "t"},
        "columns": {
            "city": {"says": {"ko": "도시", "en": "City"}, "kind": "text"},
            "trees": {"says": {"ko": "나무", "en": "Trees"}, "kind": "integer", "may_be_empty": True},
        },
    }
)


class Ranking(Inputs):
    data: GivenFile | None = given("자료", "Data", default=None)


def test_a_file_is_read_whole_under_its_bare_name(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "cities.csv"
    path.parent.mkdir()
    path.write_text("city,trees\n서울,3\n", "utf-8")
    given_file = GivenFile.read(path)
    assert (given_file.name, given_file.text) == ("cities.csv", "city,trees\n서울,3\n")


def test_a_mark_of_byte_order_is_no_part_of_the_text(tmp_path: Path) -> None:
    path = tmp_path / "bom.csv"
    path.write_bytes(b"\xef\xbb\xbfcity,trees\nA,1\n")
    assert header_of(GivenFile.read(path)) == ["city", "trees"]


@pytest.mark.parametrize(("encoding", "guess"), [("cp949", "cp949"), ("utf-16", "UTF-16")])
def test_a_file_in_another_encoding_is_told_with_its_row(tmp_path: Path, encoding: str, guess: str) -> None:
    path = tmp_path / "cities.csv"
    path.write_bytes("city,trees\nA,1\n서울,3\n".encode(encoding))
    with pytest.raises(DataError) as caught:
        GivenFile.read(path)
    row = 3 if encoding == "cp949" else 1
    assert caught.value.what == "the file is not UTF-8 text"
    assert str(caught.value.where) == f"file {path}, row {row}"
    assert caught.value.todo == f"save it as UTF-8 (it may be {guess})"


def test_a_file_that_is_not_there_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the file is missing"):
        GivenFile.read(tmp_path / "none.csv")
    with pytest.raises(DataError, match="this is a folder, not a file"):
        GivenFile.read(tmp_path)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(tmp_path: Path) -> None:
    path = tmp_path / "locked.csv"
    path.write_text("x")
    path.chmod(0)
    with pytest.raises(DataError, match="the file cannot be read: Permission denied"):
        GivenFile.read(path)


def test_a_file_larger_than_is_taken_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(given_files, "BYTES_MAX", 1 << 20)
    path = tmp_path / "large.csv"
    path.write_bytes(b"x" * ((1 << 20) + 1))
    with pytest.raises(DataError, match="the file is larger than 1 MiB"):
        GivenFile.read(path)


@for_all(st.text(st.characters(exclude_categories=("Cs",)), max_size=80))
def test_the_hash_is_that_of_the_text_and_of_nothing_else(text: str) -> None:
    one, other = GivenFile(name="a.csv", text=text), GivenFile(name="b.csv", text=text)
    assert one.sha256 == other.sha256
    assert GivenFile(name="a.csv", text=text + "x").sha256 != one.sha256


def test_a_file_is_told_by_name_and_hash_without_its_text() -> None:
    given_file = GivenFile(name="a.csv", text="secret")
    assert given_file.told() == {"file": "a.csv", "sha256": given_file.sha256}
    assert str(given_file) == f"a.csv (sha256 {given_file.sha256[:12]})"
    assert "secret" not in str(given_file)


@pytest.mark.parametrize("name", ["", "x" * 256])
def test_a_file_has_a_name_of_one_to_255_letters(name: str) -> None:
    with pytest.raises(ValidationError):
        GivenFile(name=name, text="")


def test_a_file_is_a_kind_of_input_of_its_own() -> None:
    assert Ranking.field("data").kind == "file"


def test_a_model_never_opens_a_path(tmp_path: Path) -> None:
    path = tmp_path / "cities.csv"
    path.write_text("city\nA\n")
    with pytest.raises(UsageError) as caught:
        Ranking().with_set({"data": str(path)})
    assert caught.value.what == "data is a file, and only its name was given"
    assert caught.value.todo == "give its name and text: madang run --set data=FILE"


def test_a_given_file_is_taken_as_it_is() -> None:
    made = Ranking().with_set({"data": GivenFile(name="a.csv", text="city\nA\n")})
    assert made.data is not None
    assert made.data.text == "city\nA\n"


def test_a_text_is_read_as_a_checked_table() -> None:
    table = table_of_text(GivenFile(name="a.csv", text="city,trees\nA,3\nB,\n"), SPEC, name="data")
    assert table.frame.to_dict(as_series=False) == {"city": ["A", "B"], "trees": [3, None]}
    assert table.gaps == (empty_cells("trees", 1, 2),)
    assert table.path is None


def test_a_fault_in_a_text_names_the_file_as_it_was_called() -> None:
    with pytest.raises(TableError) as caught:
        table_of_text(GivenFile(name="a.csv", text="city,trees\nA,many\n"), SPEC, name="data")
    assert str(caught.value.where) == "file a.csv, row 2, column trees, value 'many'"


def test_a_name_that_stands_twice_in_a_header_is_refused() -> None:
    with pytest.raises(TableError, match="twice"):
        header_of(GivenFile(name="a.csv", text="city,city\nA,B\n"))
