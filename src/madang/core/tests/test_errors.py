"""The error family: what, where, what to do, and an exit code each."""

from __future__ import annotations

import errno
import os
import re
from pathlib import Path

import pytest

from madang.core import errors
from madang.core.errors import (
    Both,
    BoundsError,
    Cancelled,
    CheckError,
    CityError,
    DataError,
    FactError,
    InfeasibleError,
    MadangError,
    NetworkError,
    StorageError,
    TableError,
    UnitError,
    UnknownName,
    UsageError,
    VerifyError,
    Where,
    in_both,
)
from madang.core.language import text


def test_a_message_says_what_then_where_then_what_to_do() -> None:
    error = TableError("a cell is empty", Where("a.csv", 3, "trees"), "fill it")
    assert str(error) == "a cell is empty\n  where: file a.csv, row 3, column trees\n  to do: fill it"


def test_a_message_of_both_languages_is_english_until_it_is_asked_for_in_korean() -> None:
    error = TableError(
        text("빈칸이 있습니다", "a cell is empty"), Where("a.csv", 3, "trees", 0), text("채우십시오", "fill it")
    )
    assert str(error) == "a cell is empty\n  where: file a.csv, row 3, column trees, value 0\n  to do: fill it"
    assert error.to("ko") == "빈칸이 있습니다\n  어디: 파일 a.csv, 3행, 열 trees, 값 0\n  할 일: 채우십시오"


def test_a_part_without_korean_stays_english() -> None:
    error = NetworkError("no edges", text("길은 여기", "streets lie here"), None)
    assert error.parts("ko") == ("no edges", "길은 여기", None)
    assert error.parts("en") == ("no edges", "streets lie here", None)


def test_a_wrong_name_is_refused_in_both_languages() -> None:
    near = UnknownName(text("장소의 종류", "class"), "publik", ["public", "home"])
    assert near.to("ko") == "'publik'라는 이름은 없습니다(장소의 종류)\n  할 일: 혹시 public?"
    assert UnknownName("city", "x", ["seoul"]).parts("ko")[2] == "아는 이름: seoul"
    assert UnknownName("city", "x", []).parts("ko")[2] == "아는 이름이 하나도 없습니다"


def test_a_message_may_say_only_what() -> None:
    assert str(MadangError("it went wrong")) == "it went wrong"


def test_a_place_names_its_parts_in_one_order() -> None:
    where = Where(file=Path("a.csv"), row=1, column="c", value="x", day="2021")
    assert str(where) == "file a.csv, row 1, column c, value 'x', day 2021"


def test_a_place_without_parts_is_left_out_of_the_message() -> None:
    error = DataError("it cannot be taken", Where())
    assert error.where is None
    assert str(error) == "it cannot be taken"


def test_a_value_of_zero_is_still_shown() -> None:
    assert str(Where(value=0)) == "value 0"


def test_a_row_of_zero_is_still_shown() -> None:
    assert str(Where(row=0)) == "row 0"


def test_the_parts_stay_apart_for_a_face_to_lay_out() -> None:
    error = FactError("what", Where("f.toml"), "todo")
    assert (error.what, error.where, error.todo) == ("what", "file f.toml", "todo")


def test_a_wrong_name_suggests_the_nearest() -> None:
    error = UnknownName("solution", "ev_flete", ["ev_fleet", "eco_mileage"])
    assert str(error) == "there is no solution called 'ev_flete'\n  to do: did you mean ev_fleet?"
    assert error.suggestions == ("ev_fleet",)


def test_a_name_like_two_others_suggests_both() -> None:
    error = UnknownName("number", "co2_kg", ["co2_t", "co2_g", "trees"])
    assert error.todo == "did you mean co2_g or co2_t?"


def test_a_name_like_no_other_lists_what_is_known() -> None:
    error = UnknownName("city", "atlantis", ["seoul", "busan"])
    assert str(error) == "there is no city called 'atlantis'\n  to do: known: busan, seoul"


def test_a_long_list_of_known_names_is_cut_at_twelve() -> None:
    error = UnknownName("fact", "zzz", [f"a{number:02}" for number in range(20)])
    assert error.todo is not None
    assert error.todo.endswith("a11 ...")


def test_a_name_where_nothing_is_known_says_so() -> None:
    assert UnknownName("scenario", "fast", []).todo == "there are none"


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        (MadangError, 1),
        (UsageError, 2),
        (DataError, 3),
        (TableError, 3),
        (FactError, 3),
        (CityError, 3),
        (NetworkError, 3),
        (UnitError, 4),
        (BoundsError, 5),
        (InfeasibleError, 6),
        (VerifyError, 7),
        (CheckError, 8),
        (StorageError, 9),
        (Cancelled, 130),
    ],
)
def test_every_kind_has_its_exit_code(kind: type[MadangError], code: int) -> None:
    assert kind("x").exit_code == code


def test_the_tree_at_the_top_of_the_file_draws_every_kind_with_its_code() -> None:
    drawn = {name: int(code) for name, code in re.findall(r"^[│├└─ ]*(\w+) +(\d+)", errors.__doc__ or "", re.MULTILINE)}
    family = {
        name: kind.exit_code
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, MadangError)
    }
    assert drawn == family


@pytest.mark.parametrize(
    ("number", "todo"),
    [
        (errno.ENOSPC, "make room, or write to another disk"),
        (errno.EFBIG, "make room, or write to another disk"),
        (errno.EROFS, "choose a place that you may write to"),
        (errno.EACCES, "choose a place that you may write to"),
        (errno.EEXIST, "choose another name: something else bears this one"),
        (errno.ENOTDIR, "choose another name: something else bears this one"),
        (errno.ENAMETOOLONG, "choose a shorter name"),
        (errno.EIO, None),
    ],
)
def test_what_the_system_refuses_says_the_file_and_what_to_do(number: int, todo: str | None) -> None:
    error = StorageError.of(OSError(number, os.strerror(number), "out/a.csv"))
    said = f"a file cannot be read or written: {os.strerror(number).lower()}"
    assert (error.what, error.where, error.todo) == (said, "file out/a.csv", todo)


def test_what_the_system_refuses_without_a_word_is_told_by_its_kind() -> None:
    assert str(StorageError.of(TimeoutError())) == "a file cannot be read or written: timeouterror"
    assert str(StorageError.of(OSError("gone"))) == "a file cannot be read or written: gone"


def test_an_error_of_the_family_is_no_value_error_that_a_model_would_swallow() -> None:
    assert not issubclass(MadangError, ValueError)


def test_a_file_of_a_folder_is_named_as_its_owner_names_it() -> None:
    error = TableError(Both("빈칸입니다", "a cell is empty"), Where("/srv/kept/a.csv", 3))
    error.beside(Path("/srv/kept"))
    assert error.where == "file a.csv, row 3"
    assert error.parts("ko") == ("빈칸입니다", "파일 a.csv, 3행", None)
    assert error.parts("en").what == "a cell is empty"


def test_a_wrong_name_may_be_told_something_better_than_the_names_there_are() -> None:
    error = UnknownName(Both("올린 도시", "uploaded city"), "x", ["y"], todo=Both("다시 올리십시오", "bring it again"))
    assert error.parts("ko") == ("'x'라는 이름은 없습니다(올린 도시)", None, "다시 올리십시오")
    assert error.todo == "bring it again"


def test_a_pair_is_written_in_english_and_plain_words_stand_for_both() -> None:
    assert str(ValueError(Both("달이 아닙니다", "not a month"))) == "not a month"
    assert in_both("not a month") == ("not a month", "not a month")
    assert in_both(text("달", "month")) == Both("달", "month")
