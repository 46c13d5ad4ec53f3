"""Reading TOML into strict models: the place and the fault in plain words."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from madang.core.documents import is_there, load_toml, read_document, say_encoding, say_fault, validate
from madang.core.errors import Both, CityError, DataError


class Grove(BaseModel):
    """A model with values of several kinds, a pattern, a key inside a section, and a rule over the whole."""

    model_config = ConfigDict(extra="forbid")
    size: float | tuple[float, ...] = 1.0
    sizes: tuple[int, ...] | int = 1
    mark: str | bool = "a"
    code: str = Field(default="a", pattern="^[a-z]+$")
    oldest: Tree | None = None

    @model_validator(mode="after")
    def _has_room(self) -> Grove:
        if self.size == 0:
            raise ValueError("a grove needs room")
        return self


class Tree(BaseModel):
    model_config = ConfigDict(extra="forbid")
    kind: str
    height_m: float
    years: tuple[int, ...] = ()


def message_of(path: Path) -> str:
    """Return what reading a file as a tree complains of."""
    with pytest.raises(DataError) as caught:
        read_document(path, Tree)
    return str(caught.value).replace(str(path), "FILE")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "tree.toml"
    path.write_text('kind = "pine"\nheight_m = 12.5\nyears = [2020, 2021]\n', "utf-8")
    return path


def test_a_document_becomes_a_model(file: Path) -> None:
    assert read_document(file, Tree) == Tree(kind="pine", height_m=12.5, years=(2020, 2021))


def test_a_byte_order_mark_is_no_fault(file: Path) -> None:
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes())
    assert read_document(file, Tree).kind == "pine"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('kind = "pine"\n', "a required key is missing\n  where: file FILE, column height_m\n  to do: add 'height_m'"),
        (
            'kind = "pine"\nheight_m = 1\nheigth = 2\n',
            (
                "there is a key nobody knows\n  where: file FILE, column heigth, value 2\n"
                "  to do: remove 'heigth', or correct its spelling"
            ),
        ),
        ("kind = 3\nheight_m = 1\n", "this is not text\n  where: file FILE, column kind, value 3"),
        ('kind = "a"\nheight_m = [1]\n', "this is not a number\n  where: file FILE, column height_m"),
        ('kind = "a"\nheight_m = 1\nyears = 3\n', "this is not a list\n  where: file FILE, column years, value 3"),
        (
            'kind = "a"\nheight_m = 1\nyears = ["x"]\n',
            ("this is not a whole number\n  where: file FILE, column years.0, value 'x'"),
        ),
        (
            "kind = \n",
            (
                "the file is not valid TOML: Invalid value (at line 1, column 8)\n"
                "  where: file FILE\n  to do: mend that line"
            ),
        ),
        (
            'kind = "a"\nkind = "b"\n',
            (
                "the file is not valid TOML: Cannot overwrite a value (at line 2, column 11)\n"
                "  where: file FILE\n  to do: mend that line"
            ),
        ),
    ],
)
def test_a_fault_names_file_key_and_value(file: Path, content: str, message: str) -> None:
    file.write_text(content, "utf-8")
    assert message_of(file) == message


def test_a_missing_file_says_so(tmp_path: Path) -> None:
    assert message_of(tmp_path / "none.toml") == (
        "the file is missing\n  where: file FILE\n  to do: create it, or name the right folder"
    )


def test_a_folder_in_its_place_says_so(tmp_path: Path) -> None:
    assert message_of(tmp_path) == "the file cannot be read: Is a directory\n  where: file FILE"


@pytest.mark.parametrize(("encoding", "row"), [("cp949", 2), ("utf-16", 1)])
def test_another_encoding_names_the_row_and_the_likely_one(file: Path, encoding: str, row: int) -> None:
    file.write_bytes('height_m = 1\nkind = "소나무"\n'.encode(encoding))
    guess = "UTF-16" if encoding == "utf-16" else "cp949"
    assert message_of(file) == (
        f"the file is not UTF-8 text\n  where: file FILE, row {row}\n  to do: save it as UTF-8 (it may be {guess})"
    )


def test_the_kind_of_error_can_be_chosen(file: Path) -> None:
    with pytest.raises(CityError, match="a required key is missing"):
        validate(Tree, {}, file, CityError)


@pytest.mark.parametrize(
    ("raw", "guess"), [(b"\xff\xfea\x00", "UTF-16"), (b"\xfe\xff", "UTF-16"), (b"\xb0\xa1", "cp949")]
)
def test_an_encoding_is_guessed_from_the_first_bytes(raw: bytes, guess: str) -> None:
    assert say_encoding(raw).en == f"save it as UTF-8 (it may be {guess})"


def test_a_link_that_leads_nowhere_is_there_and_reading_it_says_why_not(tmp_path: Path) -> None:
    link = tmp_path / "link.toml"
    link.symlink_to("nowhere.toml")
    assert is_there(link)
    with pytest.raises(DataError, match="the file is missing"):
        load_toml(link)


def test_nothing_is_not_there(tmp_path: Path) -> None:
    assert not is_there(tmp_path / "none.toml")
    assert is_there(tmp_path)


def test_a_name_below_a_file_is_not_there(file: Path) -> None:
    assert not is_there(file / "below.toml")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ({"size": "x"}, "this is not a number\n  where: file g.toml, column size, value 'x'"),
        ({"sizes": {}}, "this is not a list\n  where: file g.toml, column sizes"),
        ({"sizes": [1, "x"]}, "this is not a whole number\n  where: file g.toml, column sizes.1, value 'x'"),
        ({"mark": []}, "this is not text\n  where: file g.toml, column mark"),
        ({"size": 0}, "a grove needs room\n  where: file g.toml"),
        (
            {"code": "A b"},
            (
                "this is not written as such a key must be\n  where: file g.toml, column code, value 'A b'\n"
                "  to do: write it to match ^[a-z]+$"
            ),
        ),
        (
            {"oldest": {"kind": "elm"}},
            "a required key is missing\n  where: file g.toml, column oldest.height_m\n  to do: add 'height_m'",
        ),
    ],
)
def test_the_place_of_a_fault_is_the_files_not_the_readers(content: dict[str, object], message: str) -> None:
    """A value that may be of several kinds is read by branches, of which the file knows nothing."""
    with pytest.raises(DataError) as caught:
        validate(Grove, content, Path("g.toml"))
    assert str(caught.value) == message


def test_a_name_too_long_for_the_disk_is_there_and_reading_it_says_why_not(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 300)
    assert is_there(path)
    with pytest.raises(DataError, match="the file cannot be read: File name too long"):
        load_toml(path)


class Pine(BaseModel):
    kind: Literal["pine"]


class Oak(BaseModel):
    kind: Literal["oak", "holm_oak"]


class Plot(BaseModel):
    """A model of values within bounds, of words to choose from, and of parts told apart by a key."""

    model_config = ConfigDict(extra="forbid", allow_inf_nan=False)
    light: Literal["sun", "shade", "both"] = "sun"
    sure: Literal["yes"] = "yes"
    rows: int = Field(default=1, ge=1, le=40)
    depth_m: float = Field(default=1, gt=0, lt=2.5)
    planted: date = date(2020, 1, 1)
    tree: Annotated[Pine | Oak, Field(discriminator="kind")] = Pine(kind="pine")


@pytest.mark.parametrize(
    ("line", "ko", "en"),
    [
        ('light = "dim"', "다음 가운데 하나여야 합니다: 'sun', 'shade', 'both'", "one of 'sun', 'shade', 'both'"),
        ('sure = "no"', "'yes'만 쓸 수 있습니다", "this must be 'yes'"),
        ("rows = 0", "1 이상이어야 합니다", "this must be at least 1"),
        ("rows = 41", "40 이하여야 합니다", "this must be at most 40"),
        ("depth_m = 0", "0보다 커야 합니다", "this must be above 0"),
        ("depth_m = 2.5", "2.5보다 작아야 합니다", "this must be below 2.5"),
        ("depth_m = inf", "유한한 수가 아닙니다", "this is not a finite number"),
        ('planted = "soon"', "날짜가 아닙니다", "this is not a day"),
    ],
)
def test_a_value_that_cannot_be_is_told_with_those_that_can_in_both_languages(
    tmp_path: Path, line: str, ko: str, en: str
) -> None:
    path = tmp_path / "plot.toml"
    path.write_text(line, "utf-8")
    with pytest.raises(DataError) as caught:
        read_document(path, Plot)
    key, _, value = line.replace('"', "'").partition(" = ")
    assert caught.value.to("ko") == f"{ko}\n  어디: 파일 {path}, 열 {key}, 값 {value}"
    assert en in caught.value.what
    assert caught.value.where == f"file {path}, column {key}, value {value}"


@pytest.mark.parametrize(
    ("tree", "ko", "en"),
    [
        (
            {"kind": "elm"},
            "'kind' 열쇠의 값이 'elm'입니다. 다음 가운데 하나여야 합니다: 'pine', 'oak', 'holm_oak'",
            "the key 'kind' is 'elm': this must be one of 'pine', 'oak', 'holm_oak'",
        ),
        ({}, "있어야 할 열쇠가 없습니다", "a required key is missing"),
    ],
)
def test_a_part_of_no_known_kind_is_told_with_the_kinds(tree: dict[str, str], ko: str, en: str) -> None:
    with pytest.raises(DataError) as caught:
        validate(Plot, {"tree": tree}, Path("plot.toml"))
    assert (caught.value.parts("ko").what, caught.value.what) == (ko, en)


def test_a_finding_that_has_no_words_yet_is_still_given_and_framed_in_korean() -> None:
    with pytest.raises(ValidationError) as caught:
        Plot.model_validate("a plot")
    first = caught.value.errors()[0] | {"type": "something_new", "msg": "Too blue"}
    assert say_fault(first) == Both("쓸 수 없는 값입니다: Too blue", "Too blue")
