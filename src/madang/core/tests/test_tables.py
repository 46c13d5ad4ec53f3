"""Checked tables from CSV, Parquet and Excel: the first bad cell is named by file, row, column and value."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import Workbook
from pydantic import ValidationError

from madang.core.columns import Column
from madang.core.errors import TableError
from madang.core.sources import sha256_of
from madang.core.tables import TableSpec, empty_cells, read_table

SAYS = {"ko": "칸", "en": "A column"}
SPEC = TableSpec.model_validate(
    {
        "says": SAYS,
        "key": ["district", "day"],
        "columns": {
            "district": {"says": SAYS, "kind": "text"},
            "day": {"says": SAYS, "kind": "day"},
            "trees": {"says": SAYS, "kind": "integer", "unit": "tree", "min": 0, "may_be_empty": True},
            "share": {"says": SAYS, "kind": "number", "unit": "percent", "min": 0, "max": 100, "aliases": ["rate"]},
        },
    }
)
ROWS = [("north", date(2021, 1, 1), 1200, 12.5), ("south", date(2021, 1, 1), None, 0.0)]
HEADER = "district,day,trees,share\n"


def write_csv(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    """Write rows as CSV."""
    path = path.with_suffix(".csv")
    pl.DataFrame(rows, schema=list(SPEC.columns), orient="row").write_csv(path)
    return path


def write_parquet(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    """Write rows as Parquet."""
    path = path.with_suffix(".parquet")
    pl.DataFrame(rows, schema=list(SPEC.columns), orient="row").write_parquet(path)
    return path


def write_excel(path: Path, rows: list[tuple[Any, ...]]) -> Path:
    """Write rows as an Excel workbook."""
    path, book = path.with_suffix(".xlsx"), Workbook()
    sheet = book.active
    assert sheet is not None
    for row in [tuple(SPEC.columns), *rows]:
        sheet.append(list(row))
    book.save(path)
    return path


WRITERS = [write_csv, write_parquet, write_excel]
Writer = Callable[[Path, list[tuple[Any, ...]]], Path]


def csv(tmp_path: Path, content: str | bytes) -> Path:
    """Write a CSV file as it stands."""
    path = tmp_path / "trees.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def message_of(path: Path, spec: TableSpec = SPEC, **more: Any) -> str:
    """Return what reading the table complains of."""
    with pytest.raises(TableError) as caught:
        read_table(path, spec, **more)
    return str(caught.value).replace(str(path), "FILE")


@pytest.mark.parametrize("write", WRITERS)
def test_a_table_reads_the_same_from_every_format(write: Writer, tmp_path: Path) -> None:
    path = write(tmp_path / "trees", ROWS)
    table = read_table(path, SPEC)
    assert table.frame.rows() == ROWS
    assert dict(table.frame.schema) == {
        "district": pl.String(), "day": pl.Date(), "trees": pl.Int64(), "share": pl.Float64(),
    }  # fmt: skip
    assert (table.name, table.path, table.sha256) == ("trees", path, sha256_of(path))
    assert table.gaps == (empty_cells("trees", 1, 2),)
    assert (table.unit("share"), table.unit("district")) == ("percent", None)


# Carriage returns and control characters are no part of a cell that people type.
WORDS = st.text(st.characters(categories=["L", "N"]), min_size=1, max_size=8)
CELLS = st.lists(
    st.tuples(
        WORDS, st.dates(date(1950, 1, 1), date(2100, 1, 1)), st.none() | st.integers(0, 10**9), st.floats(0, 100)
    ),
    min_size=1,
    max_size=6,
    unique_by=lambda row: row[:2],
)


@pytest.mark.parametrize("write", WRITERS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=CELLS)
def test_what_is_written_is_read_back(write: Writer, rows: list[tuple[Any, ...]], tmp_path: Path) -> None:
    found = read_table(write(tmp_path / "trees", rows), SPEC).frame.rows()
    assert [row[:3] for row in found] == [row[:3] for row in rows]
    assert [row[3] for row in found] == pytest.approx([row[3] for row in rows], rel=1e-12, abs=1e-300)


@pytest.mark.parametrize("settled", [True, False])
def test_an_empty_cell_whose_meaning_is_settled_is_no_gap(settled: bool, tmp_path: Path) -> None:
    column = {"says": SAYS, "kind": "integer", "may_be_empty": True, "empty_is_settled": settled}
    spec = TableSpec.model_validate(
        {"says": SAYS, "columns": {"trees": column, "felled": {**column, "aliases": ["f"]}}}
    )
    gaps = read_table(csv(tmp_path, "trees,f\n1,2\n,3\n"), spec).gaps
    assert gaps == (() if settled else (empty_cells("trees", 1, 2),))


def test_a_column_may_bear_another_name(tmp_path: Path) -> None:
    path = csv(tmp_path, "district,day,trees,rate\nnorth,2021-01-01,1,50\n")
    assert read_table(path, SPEC).frame["share"].to_list() == [50.0]


def test_other_columns_of_the_file_are_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, "note,district,day,trees,share\nx,north,2021-01-01,1,50\n")
    assert read_table(path, SPEC).frame.columns == list(SPEC.columns)


def test_space_around_cells_and_grouped_thousands_are_no_fault(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADER + ' north , 2021-01-01 ,"1,234,567", 50.5 \n')
    assert read_table(path, SPEC).frame.row(0) == ("north", date(2021, 1, 1), 1234567, 50.5)


def test_empty_rows_at_the_end_are_left_out(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADER + "north,2021-01-01,1,50\n,,,\n,,,\n")
    assert read_table(path, SPEC).frame.height == 1


def test_a_table_in_cp949_is_read_where_its_card_says_so(tmp_path: Path) -> None:
    path = csv(tmp_path, (HEADER + "북구,2021-01-01,1,50\n").encode("cp949"))
    assert read_table(path, SPEC, encoding="cp949").frame["district"].to_list() == ["북구"]


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("north,2021-01-01,many,5", "a cell is not a whole number|row 3, column trees, value 'many'|write digits only"),
        ("north,2021-01-01,1.5,5", "a cell is not a whole number|row 3, column trees, value '1.5'|write digits only"),
        ('north,2021-01-01,"1,5",5', "a cell is not a whole number|row 3, column trees, value '1,5'|write digits only"),
        ("north,2021-01-01,-1,5", "a cell is below 0 tree|row 3, column trees, value '-1'|correct it"),
        ("north,2021-01-01,1,100.1", "a cell is above 100 percent|row 3, column share, value '100.1'|correct it"),
        ("north,2021-01-01,1,", "a cell is empty|row 3, column share|fill it; an unknown is not zero"),
        ("north,2021-01-01,1,nan", "a cell is not a finite number|row 3, column share, value 'nan'|give a number"),
        ("north,2021-01-01,1,-inf", "a cell is not a finite number|row 3, column share, value '-inf'|give a number"),
        (
            'north,2021-01-01,1,"1,5"',
            "a cell is not a number|row 3, column share, value '1,5'|write digits with a decimal point",
        ),
        (
            "north,2021-01-01,1,5%",
            "a cell is not a number|row 3, column share, value '5%'|write digits with a decimal point",
        ),
        ("north,2021/01/01,1,5", "a cell is not a day|row 3, column day, value '2021/01/01'|write YYYY-MM-DD"),
        ("north,2021-1-1,1,5", "a cell is not a day|row 3, column day, value '2021-1-1'|write YYYY-MM-DD"),
        ("north,2021-02-30,1,5", "a cell is not a day|row 3, column day, value '2021-02-30'|write YYYY-MM-DD"),
        (",2021-01-01,1,5", "a cell is empty|row 3, column district|fill it; an unknown is not zero"),
    ],
)
def test_a_bad_cell_is_named(row: str, message: str, tmp_path: Path) -> None:
    path = csv(tmp_path, f"{HEADER}south,2021-01-01,1,5\n{row}\n")
    what, where, todo = message.split("|")
    assert message_of(path) == f"{what}\n  where: file FILE, {where}\n  to do: {todo}"


@pytest.mark.parametrize("word", ["NA", "n/a", "#N/A", "NaN", "null", "-", "..", "결측", "해당 없음"])
def test_a_word_for_a_gap_is_told_how_a_gap_is_written(word: str, tmp_path: Path) -> None:
    empty_allowed = message_of(csv(tmp_path, f"{HEADER}north,2021-01-01,{word},5\n"))
    assert empty_allowed.splitlines()[1:] == [
        f"  where: file FILE, row 2, column trees, value '{word}'",
        "  to do: leave the cell empty where nothing is known",
    ]


def test_where_no_cell_may_be_empty_a_word_for_a_gap_is_just_no_number(tmp_path: Path) -> None:
    said = message_of(csv(tmp_path, f"{HEADER}north,2021-01-01,1,NA\n"))
    assert said.splitlines()[-1] == "  to do: write digits with a decimal point"


def test_more_bad_cells_are_counted(tmp_path: Path) -> None:
    path = csv(tmp_path, HEADER + "a,2021-01-01,x,5\nb,2021-01-01,y,5\nc,2021-01-01,z,5\n")
    assert message_of(path).splitlines()[0] == "a cell is not a whole number (2 more such rows)"


@pytest.mark.parametrize("write", [write_parquet, write_excel])
@pytest.mark.parametrize(
    ("row", "message"),
    [
        (("north", 44197, 1, 5.0), "a cell is not a day"),
        (("north", datetime(2021, 1, 1, 12), 1, 5.0), "a cell is not a day"),
        (("north", date(2021, 1, 1), 1.5, 5.0), "a cell is not a whole number"),
        (("north", date(2021, 1, 1), True, 5.0), "a cell is not a whole number"),
        (("north", date(2021, 1, 1), date(2021, 1, 1), 5.0), "a cell is not a whole number"),
        (("north", date(2021, 1, 1), 1, "five"), "a cell is not a number"),
    ],
)
def test_a_cell_of_another_kind_is_refused_in_typed_files(
    write: Writer, row: tuple[Any, ...], message: str, tmp_path: Path
) -> None:
    assert message_of(write(tmp_path / "trees", [row])).splitlines()[0] == message


def test_text_far_down_a_workbook_is_not_lost(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [(f"d{n}", date(2021, 1, 1), n, 5.0) for n in range(300)]
    rows[250] = ("d250", date(2021, 1, 1), "many", 5.0)
    assert message_of(write_excel(tmp_path / "trees", rows)) == (
        "a cell is not a whole number\n"
        "  where: file FILE, row 252, column trees, value 'many'\n  to do: write digits only"
    )


def test_an_empty_row_of_a_workbook_keeps_its_place_in_the_count(tmp_path: Path) -> None:
    rows: list[tuple[Any, ...]] = [ROWS[0], (None, None, None, None), ("south", date(2021, 1, 1), -1, 5.0)]
    assert "row 3, column district" in message_of(write_excel(tmp_path / "trees", rows))


def test_fractional_decimals_are_no_whole_numbers(tmp_path: Path) -> None:
    spec = TableSpec.model_validate({"says": SAYS, "columns": {"n": {"says": SAYS, "kind": "integer"}}})
    path = tmp_path / "n.parquet"
    pl.DataFrame({"n": pl.Series(["1.00", "1.50"]).cast(pl.Decimal(10, 2))}).write_parquet(path)
    assert "a cell is not a whole number\n  where: file FILE, row 3, column n" in message_of(path, spec)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "the file is empty\n  where: file FILE\n  to do: give a header and at least one row"),
        (HEADER, "the table has no rows\n  where: file FILE\n  to do: give at least one row below the header"),
        (
            "district,day,share\nnorth,2021-01-01,5\n",
            (
                "the column 'trees' is missing\n  where: file FILE\n"
                "  to do: columns found: district, day, share; add it or rename one of these"
            ),
        ),
        (
            "district,day,trees,trees\nnorth,2021-01-01,1,1\n",
            "the column 'trees' stands there twice\n  where: file FILE, row 1\n  to do: remove one",
        ),
        (
            HEADER + "north,2021-01-01,1,5\nnorth,2021-01-01,2,6\n",
            (
                "two rows have the same key\n"
                "  where: file FILE, row 3, column district, day, value 'north, 2021-01-01'\n"
                "  to do: keep one of them"
            ),
        ),
        (
            HEADER + "north,2021-01-01,1,5\nsouth,2021-01-01,1,5,9\n",
            (
                "a row has 5 cells where the header has 4\n  where: file FILE, row 3\n"
                "  to do: put text that holds a comma in quotes"
            ),
        ),
        (
            (HEADER + "북구,2021-01-01,1,5\n").encode("cp949"),
            "the file is not utf-8 text\n  where: file FILE, row 2\n  to do: save it as UTF-8 (it may be cp949)",
        ),
        (
            (HEADER + "north,2021-01-01,1,5\n").encode("utf-16"),
            "the file is not utf-8 text\n  where: file FILE, row 1\n  to do: save it as UTF-8 (it may be UTF-16)",
        ),
    ],
)
def test_a_file_with_a_fault_says_which(content: str | bytes, message: str, tmp_path: Path) -> None:
    assert message_of(csv(tmp_path, content)) == message


def test_a_column_twice_in_a_workbook_is_refused(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["district", "day", "trees", "trees"])
    sheet.append(["north", date(2021, 1, 1), 1, 2])
    path = tmp_path / "trees.xlsx"
    book.save(path)
    assert message_of(path).splitlines()[0] == "the column 'trees' stands there twice"


def test_a_missing_file_and_a_folder_say_so(tmp_path: Path) -> None:
    assert message_of(tmp_path / "none.csv").splitlines()[0] == "the table is missing"
    assert message_of(tmp_path).splitlines()[0] == "the table is a folder, not a file"


@pytest.mark.parametrize("ending", ["parquet", "xlsx"])
def test_a_file_that_is_not_what_its_name_says_is_refused(ending: str, tmp_path: Path) -> None:
    path = tmp_path / f"trees.{ending}"
    path.write_text("not a table")
    assert message_of(path).startswith(f"the file cannot be read as {ending}: ")


def test_a_format_nobody_reads_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "trees.pdf"
    path.write_text("x")
    assert message_of(path) == "no reader for '.pdf' files\n  where: file FILE\n  to do: give CSV, Parquet or Excel"


def test_words_are_held_to_their_choices(tmp_path: Path) -> None:
    column = {"says": SAYS, "kind": "text", "choices": ["elm", "pine"]}
    spec = TableSpec.model_validate({"says": SAYS, "columns": {"kind": column}})
    assert message_of(csv(tmp_path, "kind\nelm\noak\n"), spec) == (
        "a cell is not one of the known words\n  where: file FILE, row 3, column kind, value 'oak'\n"
        "  to do: use one of: elm, pine"
    )


@pytest.mark.parametrize(
    ("card", "says"),
    [
        ({"kind": "text", "min": 0}, "a column of kind text has no min or max"),
        ({"kind": "integer", "choices": ["1"]}, "a column of kind integer has no choices"),
        ({"kind": "number", "unit": "tress"}, "there is no unit 'tress'"),
        ({"kind": "colour"}, "Input should be 'integer'"),
    ],
)
def test_a_columns_card_with_a_fault_is_refused(card: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Column.model_validate({"says": SAYS, **card})


def test_a_key_is_made_of_columns_that_are_there() -> None:
    with pytest.raises(ValidationError, match="the key names a column that is not there: 'year'"):
        TableSpec.model_validate({"says": SAYS, "key": ["year"], "columns": {"a": {"says": SAYS, "kind": "text"}}})


GEOMETRY = TableSpec.model_validate({"says": SAYS, "columns": {"shape": {"says": SAYS, "kind": "geometry"}}})


def test_shapes_are_read_from_hex_and_from_bytes(tmp_path: Path) -> None:
    path = tmp_path / "shapes.parquet"
    pl.DataFrame({"shape": [b"\x01\x02"]}).write_parquet(path)
    assert read_table(path, GEOMETRY).frame["shape"].to_list() == [b"\x01\x02"]
    assert read_table(csv(tmp_path, "shape\n0102\n"), GEOMETRY).frame["shape"].to_list() == [b"\x01\x02"]


def test_what_is_no_shape_is_refused(tmp_path: Path) -> None:
    assert message_of(csv(tmp_path, "shape\nround\n"), GEOMETRY) == (
        "a cell is not a shape\n  where: file FILE, row 2, column shape, value 'round'\n"
        "  to do: write well-known binary in longitude and latitude, in CSV as hex"
    )
