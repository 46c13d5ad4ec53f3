"""Files as they come: other line ends, other commas, cut rows, numbers beyond any float; each is read or named."""

from __future__ import annotations

import math
import unicodedata
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.documents import load_toml
from madang.core.errors import DataError, FactError, TableError, UsageError, Where
from madang.core.facts import read_facts
from madang.core.inputs import Inputs
from madang.core.inputs import given as input_of
from madang.core.tables import TableSpec, read_table

SAYS = {"ko": "칸", "en": "A column"}
SPEC = TableSpec.model_validate(
    {
        "says": SAYS,
        "columns": {
            "구": {"says": SAYS, "kind": "text"},
            "use": {"says": SAYS, "kind": "number", "unit": "kWh"},
            "count": {"says": SAYS, "kind": "integer", "may_be_empty": True},
        },
    }
)
HEADER = "구,use,count\n"
FACT = """
[sources.s]
who = "Office"
title = "Page"
read = 2026-01-01
[facts.price]
says = {{ko = "값", en = "Price"}}
unit = "won"
source = "s"
values = [{{from = 2020-01-01, value = {value}{more}}}]
"""


class YearInputs(Inputs):
    """One series by year."""

    price: dict[int, float] = input_of("값", "Price", unit="won", ge=0)


def _read(tmp_path: Path, content: str | bytes) -> list[tuple[object, ...]]:
    path = tmp_path / "t.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(path, SPEC).frame.rows()


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_every_line_end_and_a_byte_order_mark_are_read(tmp_path: Path, ends: str, mark: str) -> None:
    content = mark + (HEADER + "중구,1.5,3\n").replace("\n", ends)
    assert _read(tmp_path, content) == [("중구", 1.5, 3)]


@pytest.mark.parametrize("header", [" 구 ,use , count", unicodedata.normalize("NFD", "구") + ",use,count"])
def test_a_header_with_spaces_or_with_a_macs_syllables_is_the_same_header(tmp_path: Path, header: str) -> None:
    assert _read(tmp_path, header + "\n중구,1,\n") == [("중구", 1.0, None)]


def test_two_headers_that_differ_in_spaces_alone_stand_there_twice(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="the column 'use' stands there twice"):
        _read(tmp_path, "구,use,use ,count\n중구,1,1,1\n")


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (HEADER + "중구,1,2\n강남구,1\n", "a row has 2 cells where the header has 3 row 3: add the commas"),
        (HEADER + "중구\n", "a row has 1 cell where the header has 3 row 2: add the commas"),
        (HEADER + "중구,1,2,3\n", "a row has 4 cells where the header has 3 row 2: put text that holds a comma"),
        (HEADER + '중"구,1,2\n', "a quotation mark stands alone row 2: write it twice inside quotes"),
        (HEADER.replace(",", ";") + "중구;1;2\n", "the columns are parted by ';', not by commas row 1: save it"),
        (HEADER.replace(",", "\t") + "중구\t1\t2\n", "the columns are parted by '\\t', not by commas row 1: save it"),
    ],
)
def test_a_row_that_is_cut_or_too_long_or_wrongly_parted_is_named(tmp_path: Path, content: str, says: str) -> None:
    """A row cut short would else pass for one with empty cells."""
    with pytest.raises(TableError) as caught:
        _read(tmp_path, content)
    row = str(caught.value.where).rpartition(", ")[2]
    assert f"{caught.value.what} {row}: {caught.value.todo}".startswith(says)


def test_a_row_of_empty_cells_with_all_its_commas_is_whole(tmp_path: Path) -> None:
    assert _read(tmp_path, HEADER + "중구,1,\n강남구,2,\n") == [("중구", 1.0, None), ("강남구", 2.0, None)]


def test_a_cell_longer_than_pythons_reader_takes_is_read(tmp_path: Path) -> None:
    ((name, _, _),) = _read(tmp_path, HEADER + "가" * 200_000 + ",1,\n")
    assert name == "가" * 200_000


@pytest.mark.parametrize("zero", ["-0", "-0.0", "-0e5", "0"])
def test_no_cell_is_minus_zero(tmp_path: Path, zero: str) -> None:
    ((_, use, _),) = _read(tmp_path, f"{HEADER}중구,{zero},0\n")
    assert math.copysign(1.0, float(str(use))) == 1.0


@pytest.mark.parametrize("cell", ["nan", "NaN", "inf", "-inf", "Infinity", "1e999", "-1e999"])
def test_what_is_no_finite_number_is_no_cell(tmp_path: Path, cell: str) -> None:
    with pytest.raises(TableError) as caught:
        _read(tmp_path, f"{HEADER}중구,{cell},\n")
    assert caught.value.what == "a cell is not a finite number"
    assert str(caught.value.where).endswith(f"row 2, column use, value '{cell}'")


@pytest.mark.parametrize(
    "cell", ["1.234,5", "1 234", "1,5", "12,34", "1,2345", "5%", "０", "1_000", "0x10", "1e3.5", "--1"]
)
def test_a_number_in_another_writing_is_refused_and_never_guessed(tmp_path: Path, cell: str) -> None:
    with pytest.raises(TableError, match="a cell is not a number"):
        _read(tmp_path, f'{HEADER}중구,"{cell}",\n')


@given(st.integers(-(10**15), 10**15))
def test_thousands_grouped_by_commas_are_the_number_itself(tmp_path_factory: pytest.TempPathFactory, n: int) -> None:
    ((_, use, count),) = _read(tmp_path_factory.mktemp("t"), f'{HEADER}중구,"{n:,}","{n:,}"\n')
    assert (use, count) == (float(n), n)


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("nan", "this is not a finite number"),
        ("-inf", "this is not a finite number"),
        ("1e400", "this is not a finite number"),
        ("[1, nan]", "this is not a finite number"),
        ("true", "this is not a finite number"),
        ("9" * 400, "this number is too large"),
        ("-" + "9" * 400, "this number is too large"),
    ],
)
def test_a_fact_is_a_finite_number_that_a_float_can_hold(tmp_path: Path, value: str, says: str) -> None:
    (tmp_path / "f.toml").write_text(FACT.format(value=value, more=""), "utf-8")
    with pytest.raises(FactError) as caught:
        read_facts(tmp_path / "f.toml")
    assert caught.value.what == says


@pytest.mark.parametrize("edges", [("3", "5"), ("1", "3"), ("3", "3")])
def test_a_range_may_end_at_the_value_itself(tmp_path: Path, edges: tuple[str, str]) -> None:
    (tmp_path / "f.toml").write_text(FACT.format(value="3", more=f", low = {edges[0]}, high = {edges[1]}"), "utf-8")
    held = read_facts(tmp_path / "f.toml").at("price", date(2020, 1, 1))
    assert (held.low, held.high) == (float(edges[0]), float(edges[1]))


def test_a_value_known_from_the_very_day_its_source_was_read_is_known(tmp_path: Path) -> None:
    body = FACT.format(value="3", more="").replace("from = 2020-01-01", "from = 2026-01-01")
    (tmp_path / "f.toml").write_text(body, "utf-8")
    assert read_facts(tmp_path / "f.toml").at("price", date(2026, 1, 1)).value == 3
    (tmp_path / "f.toml").write_text(body.replace("from = 2026-01-01", "from = 2026-01-02"), "utf-8")
    with pytest.raises(FactError, match="is called known from a day after its source was read"):
        read_facts(tmp_path / "f.toml")


@pytest.mark.parametrize("body", ["x = " + "9" * 5000, "x = " + "[" * 5000 + "]" * 5000, "x = " + "{a=" * 3000 + "1"])
def test_toml_beyond_measure_is_no_bug_of_ours(tmp_path: Path, body: str) -> None:
    (tmp_path / "city.toml").write_text(body, "utf-8")
    with pytest.raises(DataError, match="the file is not valid TOML: ") as caught:
        load_toml(tmp_path / "city.toml")
    assert caught.value.todo == "mend that line"


def test_a_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        load_toml(tmp_path / "city.toml")
    assert (caught.value.what, caught.value.todo) == ("the file is missing", "create it, or name the right folder")


def test_a_value_that_would_fill_the_screen_is_cut() -> None:
    assert str(Where(value="x" * 198)) == f"value '{'x' * 198}'"
    assert str(Where(value="x" * 5000)) == f"value '{'x' * 79} ... {'x' * 19}' (5,002 characters)"


@pytest.mark.parametrize(
    ("given_", "says"),
    [
        ("{}", "price = {} holds no value\n  to do: give at least one"),
        ("[]", "price = [] holds no value\n  to do: give at least one"),
        ("[" * 100_000, f"price = '{'[' * 56}... is not JSON\n  to do: write price="),
        ("{", "price = '{' is not JSON\n  to do: write price="),
    ],
)
def test_a_series_without_a_value_or_without_an_end_is_refused(given_: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        YearInputs(price={2020: 1.0}).with_set({"price": given_})
    assert str(caught.value).startswith(says)
