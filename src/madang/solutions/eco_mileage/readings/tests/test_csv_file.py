"""The documented CSV shape, read in blocks; the first bad cell is named with file, row, column and value."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import TableError
from madang.solutions.eco_mileage.readings.csv_file import COLUMNS, read_blocks
from madang.solutions.eco_mileage.readings.rows import DOUBTS, QUALITIES, month_number, say_month, whole_units

GOOD = "electricity,17,2024-01,300,kWh,,"


def rows_of(path: Path) -> list[dict[str, object]]:
    return pa.concat_tables([block.rows for block in read_blocks(path)]).to_pylist()


def test_a_row_becomes_whole_units_of_a_counted_month(csv) -> None:
    assert rows_of(csv("gas,12,2024-03,31.5,m3,estimated,")) == [
        {
            "utility": 1,
            "meter_id": 12,
            "month": 2024 * 12 + 2,
            "quantity": 32,
            "quality": QUALITIES.index("estimated"),
            "doubt": 0,
            "revision": 0,
            "photo": 0,
            "row": 2,
        }
    ]


@pytest.mark.parametrize(
    ("quantity", "unit", "kwh"),
    [
        ("1.499", "kWh", 1),
        ("1.5", "kWh", 2),
        ("2499", "Wh", 2),
        ("2500", "Wh", 3),
        ("0.3", "MWh", 300),
        ("-4", "kWh", -4),
    ],
)
def test_other_units_of_a_utility_are_turned_into_its_own_rounded_half_up(
    csv, quantity: str, unit: str, kwh: int
) -> None:
    assert rows_of(csv(f"electricity,1,2024-01,{quantity},{unit},,"))[0]["quantity"] == kwh


def test_a_unit_of_another_utility_is_kept_as_written_and_marked(csv) -> None:
    found = rows_of(csv("gas,1,2024-01,300,kWh,,"))[0]
    assert (found["quantity"], DOUBTS[found["doubt"]]) == (300, "unit")


def test_a_correction_is_marked(csv) -> None:
    assert [row["revision"] for row in rows_of(csv(GOOD, "electricity,17,2024-01,290,kWh,,yes"))] == [0, 1]


@pytest.mark.parametrize(
    ("row", "column", "value"),
    [
        ("coal,1,2024-01,3,kWh,,", "utility", "coal"),
        ("gas,1x,2024-01,3,m3,,", "meter_id", "1x"),
        ("gas,1234567890123,2024-01,3,m3,,", "meter_id", "1234567890123"),
        ("gas,1,2024-13,3,m3,,", "month", "2024-13"),
        ("gas,1,0024-01,3,m3,,", "month", "0024-01"),
        ("gas,1,2024-01,three,m3,,", "quantity", "three"),
        ("gas,1,2024-01,1.2345,m3,,", "quantity", "1.2345"),
        ("gas,1,2024-01,,m3,,", "quantity", ""),
        ("gas,1,2024-01,3,furlong,,", "unit", "furlong"),
        ("gas,1,2024-01,3,m3,fine,", "quality", "fine"),
        ("gas,1,2024-01,3,m3,,maybe", "corrects", "maybe"),
    ],
)
def test_a_bad_cell_names_file_row_column_and_value(csv, row: str, column: str, value: str) -> None:
    path = csv(GOOD, GOOD.replace("01", "02"), row)
    with pytest.raises(TableError) as error:
        rows_of(path)
    assert error.value.where == f"file {path}, row 4, column {column}, value {value!r}"
    assert error.value.todo == "mend the cell; nothing of the file was taken in"


def test_the_first_bad_cell_of_several_is_named(csv) -> None:
    with pytest.raises(TableError, match=r"row 3, column month"):
        rows_of(csv(GOOD, "gas,1,nix,3,m3,,", "coal,1,2024-01,3,m3,,"))


def test_a_row_with_too_few_cells_is_named(csv) -> None:
    with pytest.raises(
        TableError, match=r"a row has 3 cells where the header has 7\n  where: file .*, row 3, value 'gas,1,2024-01'"
    ):
        rows_of(csv(GOOD, "gas,1,2024-01", GOOD))


def test_an_empty_line_is_no_reading(csv) -> None:
    with pytest.raises(TableError, match="row 3"):
        rows_of(csv(GOOD, "", GOOD))


def test_another_header_is_refused(csv) -> None:
    with pytest.raises(TableError, match="the header is not that of a file of readings"):
        rows_of(csv(GOOD, header="meter,month,kwh"))


def test_bytes_that_are_no_text_are_named(csv) -> None:
    path = csv(GOOD)
    path.write_bytes(path.read_bytes() + b"electricity,1,2024-01,\xff,kWh,,\n")
    with pytest.raises(TableError, match=r"the file is not UTF-8 text\n  where: file .*, row 3"):
        rows_of(path)


@settings(deadline=None, max_examples=30)
@given(count=st.integers(1, 60), size=st.integers(60, 400))
def test_blocks_of_any_size_give_the_same_rows(tmp_path_factory: pytest.TempPathFactory, count: int, size: int) -> None:
    path = tmp_path_factory.mktemp("blocks") / "readings.csv"
    lines = [f"electricity,{n},2024-{n % 12 + 1:02d},{n * 7},kWh,," for n in range(count)]
    path.write_text("\n".join([",".join(COLUMNS), *lines]), "utf-8")
    blocks = list(read_blocks(path, size=size))
    assert pa.concat_tables([block.rows for block in blocks]).to_pylist() == rows_of(path)
    middle = blocks[len(blocks) // 2]
    rest = [row for block in read_blocks(path, middle.offset, middle.last_row) for row in block.rows.to_pylist()]
    assert rest == rows_of(path)[middle.last_row - 1 :]


@given(st.integers(1990 * 12, 2199 * 12))
def test_a_counted_month_is_written_and_read_back(month: int) -> None:
    year, number = map(int, say_month(month).split("-"))
    assert year * 12 + number - 1 == month


@given(st.integers(-10_000_000, 10_000_000), st.sampled_from([1, 1000, 1_000_000]))
def test_rounding_is_half_up_and_never_off_by_more_than_a_half(quantity: int, millis: int) -> None:
    assert -1 < whole_units(quantity, millis) * 2 - quantity * millis / 500 <= 1


def test_the_month_of_a_day_is_counted_from_year_zero() -> None:
    from datetime import date

    assert month_number(date(2024, 1, 31)) == 24288


@pytest.mark.parametrize("empty", ["", ",,,,,,"])
def test_an_empty_row_is_named_as_one(csv, empty: str) -> None:
    with pytest.raises(TableError, match=r"the row is empty\n  where: file .*, row 3\n  to do: delete the row"):
        rows_of(csv(GOOD, empty, GOOD))


def test_a_header_in_another_encoding_is_told_as_such(tmp_path: Path) -> None:
    path = tmp_path / "readings.csv"
    path.write_bytes("에너지,고객번호,달,사용량,단위,품질,정정\n".encode("cp949"))
    with pytest.raises(TableError, match=r"not UTF-8 text\n  where: file .*, row 1\n  to do: save it as UTF-8"):
        rows_of(path)


def test_a_comma_within_a_quantity_is_told_as_one(csv) -> None:
    with pytest.raises(TableError, match="three decimals, without commas and blanks"):
        rows_of(csv('electricity,17,2024-01,"1,300",kWh,,'))
