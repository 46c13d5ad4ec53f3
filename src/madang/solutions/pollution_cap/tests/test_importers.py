"""Samples from files of every shape people have, and what stops an import."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook

from madang.core.errors import TableError, UnknownName, UsageError
from madang.core.importing import ImportReport, ImportRequest
from madang.core.progress import silent
from madang.solutions.pollution_cap.importers import IMPORTERS, import_samples
from madang.solutions.pollution_cap.sample_rows import parse_written_day

TODAY = date(2026, 11, 25)
PLAIN = "date,site,bod_mg_per_l,tp_mg_per_l\n2020-01-08,Old bridge,2.8,0.114\n2020-01-16,Old bridge,3.1,<0.005\n"
MINISTRY = """물환경측정망 자료,,,,
조회기간: 2020년,,,,
지점명,채수일자,BOD(㎎/L),총인(T-P)(㎎/L),유량(㎥/s)
행주대교,2020.1.8.,2.8,"0.114","1,234.5"
행주대교,2020년 1월 16일,3.1,<0.005,880
행주대교,20200124,,불검출 ,
,,,,
"""


def read(path: Path, **options: str) -> ImportReport:
    """Return what the importer makes of a file."""
    said = IMPORTERS[0].options_of(options)
    return import_samples(ImportRequest(path, said, {}, TODAY), silent)


def csv(folder: Path, text: str, encoding: str = "utf-8") -> Path:
    """Write a CSV and return where it lies."""
    path = folder / "samples.csv"
    path.write_bytes(text.encode(encoding))
    return path


def counts(report: ImportReport) -> dict[str, int]:
    """Return the findings by their English words."""
    return {row.what.en: row.count for row in report.quality}


def test_a_plain_csv_is_read_as_it_stands(tmp_path: Path) -> None:
    samples = read(csv(tmp_path, PLAIN)).tables["samples"]
    assert samples["day"].to_list() == [date(2020, 1, 8), date(2020, 1, 16)]
    assert samples["bod_mg_per_l"].to_list() == [2.8, 3.1]
    assert samples["toc_mg_per_l"].to_list() == [None, None]
    assert samples["origin"].to_list() == ["measured", "measured"]


@pytest.mark.parametrize(("rule", "value"), [("limit", 0.005), ("half", 0.0025), ("zero", 0.0)])
def test_what_is_below_detection_counts_by_the_rule_asked_for(tmp_path: Path, rule: str, value: float) -> None:
    report = read(csv(tmp_path, PLAIN), non_detects=rule)
    assert report.tables["samples"]["tp_mg_per_l"].to_list() == [0.114, value]
    assert report.tables["samples"]["below_detection"].to_list() == [None, "tp"]
    assert report.facts["non_detects"].value == rule
    assert report.details["non_detects"] == rule


def test_the_rule_is_said_in_the_report_with_the_samples_it_touched(tmp_path: Path) -> None:
    row = next(row for row in read(csv(tmp_path, PLAIN)).quality if row.state == "mended")
    assert row.what.en == "What is below detection counts as the limit: the water never looks cleaner than it may be."
    assert (row.count, row.examples) == (1, ("Old bridge 2020-01-16 tp",))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_the_ministrys_export_is_read_with_titles_units_and_korean_excels_encoding(
    tmp_path: Path, encoding: str
) -> None:
    text = MINISTRY.replace("㎎/L", "mg/L").replace("㎥/s", "m3/s") if encoding == "cp949" else MINISTRY
    report = read(csv(tmp_path, text, encoding), non_detects="zero")
    samples = report.tables["samples"]
    assert samples["site"].unique().to_list() == ["행주대교"]
    assert samples["day"].to_list() == [date(2020, 1, 8), date(2020, 1, 16), date(2020, 1, 24)]
    assert samples["bod_mg_per_l"].to_list() == [2.8, 3.1, None]
    assert samples["tp_mg_per_l"].to_list() == [0.114, 0.0, 0.0]
    assert samples["flow_m3_per_s"].to_list() == [1234.5, 880.0, None]
    assert counts(report)["days read from text"] == 3
    assert counts(report)["empty cells: left unknown"] == 1


def test_the_mark_excel_sets_before_utf_8_is_no_letter_where_the_encoding_is_stated(tmp_path: Path) -> None:
    marked = read(csv(tmp_path, PLAIN, "utf-8-sig"), encoding="utf-8")
    assert marked.tables["samples"].equals(read(csv(tmp_path, PLAIN)).tables["samples"])


def test_a_workbook_is_read_with_days_as_days(tmp_path: Path) -> None:
    path = tmp_path / "samples.xlsx"
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    for row in (
        ("측정소명", "측정일", "BOD", "TOC"),
        ("A", datetime(2021, 3, 1), "1.2", 2.0),
        ("A", datetime(2021, 3, 9), "0.5 미만", None),
    ):
        sheet.append(row)
    book.save(path)
    samples = read(path).tables["samples"]
    assert samples["day"].to_list() == [date(2021, 3, 1), date(2021, 3, 9)]
    assert samples["bod_mg_per_l"].to_list() == [1.2, 0.5]
    assert samples["toc_mg_per_l"].to_list() == [2.0, None]


def test_year_month_and_day_may_stand_apart_and_a_line_of_units_below_the_header(tmp_path: Path) -> None:
    text = "지점,년,월,일,BOD\n,,,,mg/L\nA,2020,1,8,2.8\n"
    samples = read(csv(tmp_path, text)).tables["samples"]
    assert samples["day"].to_list() == [date(2020, 1, 8)]


def test_rows_that_repeat_are_dropped_and_others_of_the_same_day_are_kept(tmp_path: Path) -> None:
    row = "2020-01-08,A,2.8,0.1\n"
    report = read(csv(tmp_path, f"date,site,bod_mg_per_l,tp_mg_per_l\n{row}{row}2020-01-08,A,2.9,0.1\n"))
    assert report.tables["samples"]["bod_mg_per_l"].to_list() == [2.8, 2.9]
    assert counts(report)["rows that repeat another: one is kept"] == 1
    assert counts(report)["other samples of one place and day: all are counted"] == 1


def test_targets_given_with_the_import_are_written_beside_the_samples(tmp_path: Path) -> None:
    facts = read(csv(tmp_path, PLAIN), bod_target="3", tp_target="0.05").facts
    assert (facts["bod_target_mg_per_l"].value, facts["tp_target_mg_per_l"].value) == (3.0, 0.05)
    assert facts["sample_site"].value == "Old bridge"


def fault(folder: Path, text: str, **options: str) -> str:
    """Return the words with which an import fails, without the folder."""
    with pytest.raises((TableError, UsageError, UnknownName)) as caught:
        read(csv(folder, text), **options)
    return str(caught.value).replace(f"{folder}/", "")


def test_a_cell_that_is_no_number_names_row_column_and_value(tmp_path: Path) -> None:
    assert fault(tmp_path, "date,site,bod_mg_per_l\n2020-01-08,A,2.8\n2020-01-16,A,2.x\n") == (
        "a cell is not a number\n"
        "  where: file samples.csv, row 3, column bod_mg_per_l, value '2.x'\n"
        '  to do: write digits, "<0.005" below detection, or leave it empty'
    )


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("date,site,bod_mg_per_l\n2020-13-08,A,2.8\n", "a cell is not a day"),
        ("date,site,bod_mg_per_l\n2020-01-08,A,-1\n", "a cell is not a value from 0"),
        ("date,site,bod_mg_per_l\n2020-01-08,A,inf\n", "a cell is not a value from 0"),
        ("date,site,bod_mg_per_l\n2020-01-08,A,1,5\n", "a row has 4 cells where the header has 3"),
        ("date,site,bod_mg_per_l\n2020-01-08,A,불검출\n", "a value is not detected but its limit is not given"),
        ("date,site,bod_mg_per_l\n2020-01-08,,2.8\n", "a cell is empty"),
        ("date,site,bod_mg_per_l\n", "the file has no samples"),
        ("site,colour\nA,red\n", "no header was found"),
        ("", "the file is empty"),
    ],
)
def test_what_cannot_be_taken_says_why(tmp_path: Path, text: str, what: str) -> None:
    assert fault(tmp_path, text).splitlines()[0] == what


def test_a_file_without_a_column_of_places_needs_the_place_by_name(tmp_path: Path) -> None:
    text = "date,bod_mg_per_l\n2020-01-08,2.8\n"
    assert fault(tmp_path, text).splitlines()[0] == "a cell is empty"
    assert read(csv(tmp_path, text), site="Weir").tables["samples"]["site"].to_list() == ["Weir"]


def test_a_rule_nobody_knows_suggests_the_known_ones() -> None:
    with pytest.raises(UnknownName, match="there is no choice of non_detects called 'ignore'"):
        IMPORTERS[0].options_of({"non_detects": "ignore"})


@pytest.mark.parametrize(
    ("said", "day"),
    [
        ("2020-01-08", date(2020, 1, 8)),
        ("2020/1/8", date(2020, 1, 8)),
        ("2020.1.8.", date(2020, 1, 8)),
        ("20200108", date(2020, 1, 8)),
        ("2020년 1월 8일", date(2020, 1, 8)),
        ("2020-01-08 10:30", date(2020, 1, 8)),
        ("2020-02-30", None),
        ("8.1.2020", None),
        ("2020-01", None),
    ],
)
def test_days_are_read_as_people_write_them(said: str, day: Any) -> None:
    assert parse_written_day(said) == day


@pytest.mark.parametrize(
    ("cell", "limit"),
    [("<0.005", 0.005), ("＜０．００５", 0.005), ("≦0.005", 0.005), ("< .005", 0.005), ("0.005미만", 0.005),
     ("ND(0.005)", 0.005), ("불검출(<0.005)", 0.005), ("N.D. (0.005)", 0.005)],
)  # fmt: skip
def test_a_limit_of_detection_is_read_however_it_is_written(tmp_path: Path, cell: str, limit: float) -> None:
    samples = read(csv(tmp_path, f"date,site,bod_mg_per_l,tp_mg_per_l\n2020-01-08,A,2.8,{cell}\n")).tables["samples"]
    assert samples["tp_mg_per_l"].to_list() == [limit]
    assert samples["below_detection"].to_list() == ["tp"]


def test_full_width_signs_are_plain_ones(tmp_path: Path) -> None:
    samples = read(csv(tmp_path, "채수일,지점,ＢＯＤ\n２０２０．０１．０８,A,２．８\n")).tables["samples"]
    assert samples.row(0)[1:3] == (date(2020, 1, 8), 2.8)


MERGED = "지점명,채수일자,수질 측정값,,\n,,BOD(mg/L),총인(mg/L),비고\n행주대교,2018.01.02,2.8,0.114,\n"


def test_a_header_spread_over_two_merged_rows_is_read(tmp_path: Path) -> None:
    samples = read(csv(tmp_path, MERGED)).tables["samples"]
    assert samples.select("site", "bod_mg_per_l", "tp_mg_per_l").rows() == [("행주대교", 2.8, 0.114)]
    wrong = fault(tmp_path, MERGED + "행주대교,2018.01.10,2.x,0.1,\n")
    assert "row 4, column BOD(mg/L), value '2.x'" in wrong


def test_the_sheet_with_samples_is_found_behind_one_that_explains_it(tmp_path: Path) -> None:
    path = tmp_path / "samples.xlsx"
    book = Workbook()
    first = book.active
    assert first is not None
    first["A1"] = "이용 안내"
    sheet = book.create_sheet("자료")
    for row in (("지점명", "채수일자", "수질", ""), ("", "", "BOD", "T-P"), ("A", "2020.01.08", 2.8, "<0.01")):
        sheet.append(row)
    for merged in ("A1:A2", "B1:B2", "C1:D1"):
        sheet.merge_cells(merged)
    book.save(path)
    assert read(path).tables["samples"].select("day", "bod_mg_per_l", "tp_mg_per_l").rows() == [
        (date(2020, 1, 8), 2.8, 0.01)
    ]


def test_rows_of_means_and_totals_are_no_samples(tmp_path: Path) -> None:
    table = PLAIN + "평균,,2.95,0.06\n,최대,3.1,0.114\n,,,\n"
    report = read(csv(tmp_path, table))
    assert report.tables["samples"].height == 2
    assert counts(report)["rows of means or totals: no samples, left out"] == 2


def test_two_columns_of_one_substance_are_never_read_in_silence(tmp_path: Path) -> None:
    report = read(csv(tmp_path, "date,site,BOD,BOD\n2020-01-08,A,2.8,3.9\n"))
    assert report.tables["samples"]["bod_mg_per_l"].to_list() == [2.8]
    assert "There is more than one column BOD: the first is read." in [one.en for one in report.warnings]


def test_lines_that_end_by_a_carriage_return_alone_are_lines(tmp_path: Path) -> None:
    assert read(csv(tmp_path, PLAIN.replace("\n", "\r"))).tables["samples"].height == 2


def test_a_place_left_out_below_a_merged_cell_is_asked_for_and_not_guessed(tmp_path: Path) -> None:
    said = fault(tmp_path, PLAIN + "2020-01-24,,2.9,0.1\n")
    assert (
        said.splitlines()[-1] == "  to do: name the place in every row; merged cells hold it in their first row alone"
    )


@pytest.mark.parametrize("said", ["20.1.8", "43838", "8/1/2020", "2020-01-08 soon"])
def test_a_day_that_could_mean_another_is_not_guessed(said: str) -> None:
    assert parse_written_day(said) is None


@pytest.mark.parametrize("said", ["2020-01-08T10:30:00+09:00", "2020. 1. 8. 오전 10:30", "２０２０－０１－０８"])
def test_times_behind_a_day_are_dropped(said: str) -> None:
    assert parse_written_day(said) == date(2020, 1, 8)
