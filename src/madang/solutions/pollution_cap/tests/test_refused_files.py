"""A file of samples that cannot be taken: what, where and what to do, word for word in both languages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from madang.core.errors import MadangError
from madang.core.importing import ImportRequest
from madang.core.language import LANGUAGES
from madang.core.progress import silent
from madang.solutions.pollution_cap.importers import IMPORTERS, import_samples

HEAD = "date,site,bod_mg_per_l\n"
#: Each fault: name of the file, its bytes, options of the import, and what is said.
FAULTS: dict[str, tuple[str, bytes, dict[str, str], str, str]] = {
    "no header": (
        "samples.csv",
        b"a,b\n1,2\n",
        {},
        (
            "열 이름이 적힌 행을 찾지 못했습니다 | 파일 samples.csv | 처음 몇 행 가운데 하나에 열 이름을 적으십시오:"
            " 채수일(또는 date), 지점명(또는 site), bod_mg_per_l, tp_mg_per_l"
        ),
        (
            "no header was found | file samples.csv | name the columns in one of the first rows:"
            " date (or 채수일), site (or 지점명), bod_mg_per_l, tp_mg_per_l"
        ),
    ),
    "an empty file": (
        "samples.csv",
        b"",
        {},
        "빈 파일입니다 | 파일 samples.csv | 머리글과 적어도 한 행을 주십시오",
        "the file is empty | file samples.csv | give a header and at least one row",
    ),
    "an encoding nobody knows": (
        "samples.csv",
        HEAD.encode(),
        {"encoding": "cp9490"},
        "없는 인코딩입니다: 'cp9490' | 파일 samples.csv | utf-8이나 cp949로 적으십시오",
        "there is no encoding 'cp9490' | file samples.csv | write utf-8 or cp949",
    ),
    "bytes of another encoding": (
        "samples.csv",
        b"\xff\xfe\x00\xd8",
        {},
        "파일의 글자를 읽을 수 없습니다 | 파일 samples.csv | UTF-8로 저장하십시오(UTF-16일 수 있습니다)",
        "the file's text cannot be read | file samples.csv | save it as UTF-8 (it may be UTF-16)",
    ),
    "no workbook": (
        "samples.xlsx",
        b"not a workbook",
        {},
        "엑셀 파일로 읽을 수 없습니다: ",
        "the file cannot be read as a workbook: ",
    ),
    "a cell too many": (
        "samples.csv",
        (HEAD + "2020-01-08,bridge,2.8,9\n").encode(),
        {},
        "열 이름은 3개인데 이 행의 칸은 4개입니다 | 파일 samples.csv, 2행 | 쉼표가 든 글은 따옴표로 묶으십시오",
        ("a row has 4 cells where the header has 3 | file samples.csv, row 2 | put text that holds a comma in quotes"),
    ),
    "no sample": (
        "samples.csv",
        HEAD.encode(),
        {},
        "파일에 표본이 없습니다 | 파일 samples.csv | 값이 있는 행을 적어도 하나 주십시오",
        "the file has no samples | file samples.csv | give at least one row with a value",
    ),
    "a year alone": (
        "samples.csv",
        b"year,site,bod_mg_per_l\n2020,bridge,2.8\n",
        {},
        (
            "파일에 날짜 열이 없습니다 | 파일 samples.csv"
            " | 열 하나의 이름을 date나 채수일로 하십시오. 있는 열: year, site, bod_mg_per_l"
        ),
        (
            "the file has no column of days | file samples.csv"
            " | name one date or 채수일; found: year, site, bod_mg_per_l"
        ),
    ),
    "no place": (
        "samples.csv",
        (HEAD + "2020-01-08,,2.8\n").encode(),
        {},
        (
            "칸이 비어 있습니다 | 파일 samples.csv, 2행, 열 site"
            " | 행마다 지점을 적으십시오. 병합한 칸은 첫 행에만 값이 있습니다"
        ),
        (
            "a cell is empty | file samples.csv, row 2, column site"
            " | name the place in every row; merged cells hold it in their first row alone"
        ),
    ),
    "not detected, and no limit": (
        "samples.csv",
        (HEAD + "2020-01-08,bridge,불검출\n").encode(),
        {},
        (
            "불검출인데 정량한계가 적혀 있지 않습니다 | 파일 samples.csv, 2행, 열 bod_mg_per_l, 값 '불검출'"
            ' | "<0.005"처럼 적거나 --option non_detects=zero로 가져오십시오'
        ),
        (
            "a value is not detected but its limit is not given"
            " | file samples.csv, row 2, column bod_mg_per_l, value '불검출'"
            ' | write "<0.005", or import with --option non_detects=zero'
        ),
    ),
    "words for a number": (
        "samples.csv",
        (HEAD + "2020-01-08,bridge,clean\n").encode(),
        {},
        (
            "칸의 값이 수가 아닙니다 | 파일 samples.csv, 2행, 열 bod_mg_per_l, 값 'clean'"
            ' | 숫자로, 정량한계 미만이면 "<0.005"처럼 적거나 빈칸으로 두십시오'
        ),
        (
            "a cell is not a number | file samples.csv, row 2, column bod_mg_per_l, value 'clean'"
            ' | write digits, "<0.005" below detection, or leave it empty'
        ),
    ),
    "a number below zero": (
        "samples.csv",
        (HEAD + "2020-01-08,bridge,-1\n").encode(),
        {},
        (
            "칸의 값이 0 이상의 수가 아닙니다 | 파일 samples.csv, 2행, 열 bod_mg_per_l, 값 '-1'"
            " | 고치십시오. 모르면 빈칸으로 두십시오"
        ),
        (
            "a cell is not a value from 0 | file samples.csv, row 2, column bod_mg_per_l, value '-1'"
            " | correct it; leave it empty where it is unknown"
        ),
    ),
    "no day": (
        "samples.csv",
        (HEAD + "soon,bridge,1\n").encode(),
        {},
        "칸의 값이 날짜가 아닙니다 | 파일 samples.csv, 2행, 열 date, 값 'soon' | YYYY-MM-DD로 적으십시오",
        "a cell is not a day | file samples.csv, row 2, column date, value 'soon' | write YYYY-MM-DD",
    ),
    "a target that is no number": (
        "samples.csv",
        (HEAD + "2020-01-08,bridge,2.8\n").encode(),
        {"bod_target": "low"},
        "bod_target=low: 수가 아닙니다 | mg/L 농도를 적으십시오",
        "bod_target=low is not a number | write a concentration in mg/L",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_file_that_cannot_be_taken_is_refused_in_both_languages(tmp_path: Path, fault: str) -> None:
    name, content, options, ko, en = FAULTS[fault]
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(MadangError) as caught:
        import_samples(ImportRequest(path, IMPORTERS[0].options_of(options), {}, date(2026, 11, 25)), silent)
    told = [" | ".join(part for part in caught.value.parts(of) if part) for of in LANGUAGES]
    told = [words.replace(f"{tmp_path}/", "") for words in told]
    if fault == "no workbook":  # the rest is what its reader says of the bytes
        told = [words[: len(start)] for words, start in zip(told, (ko, en), strict=True)]
    assert told == [ko, en]
