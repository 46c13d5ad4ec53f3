"""The text of a table's file: the one refusal of an unknown encoding and of an empty file."""

from __future__ import annotations

from pathlib import Path

import pytest

from madang.core.errors import TableError
from madang.core.table_files import text_of

_CELLS = "district,trees\n북구,1\n"


@pytest.mark.parametrize("written", ["utf-8", "utf-8-sig"])
def test_a_mark_of_utf_8_is_no_letter_of_the_header(written: str) -> None:
    assert text_of(_CELLS.encode(written), Path("t.csv"), "utf-8") == _CELLS


def test_another_encoding_is_left_to_who_asked() -> None:
    assert text_of(_CELLS.encode("cp949"), Path("t.csv"), "cp949") == _CELLS
    with pytest.raises(UnicodeDecodeError):
        text_of(_CELLS.encode("cp949"), Path("t.csv"), "utf-8")


@pytest.mark.parametrize("encoding", ["hangul", "hex", ""])
def test_an_encoding_nobody_knows_is_named_with_those_to_write(encoding: str) -> None:
    with pytest.raises(TableError) as refused:
        text_of(_CELLS.encode(), Path("t.csv"), encoding)
    said = (f"there is no encoding {encoding!r}", "file t.csv", "write utf-8 or cp949")
    assert refused.value.parts("en") == said
    assert refused.value.parts("ko")[::2] == (f"없는 인코딩입니다: {encoding!r}", "utf-8이나 cp949로 적으십시오")


@pytest.mark.parametrize("raw", [b"", b" \n\r\n", b"\xef\xbb\xbf\n"])
def test_a_file_in_which_nothing_stands_is_empty(raw: bytes) -> None:
    with pytest.raises(TableError) as refused:
        text_of(raw, Path("t.csv"), "utf-8")
    assert refused.value.parts("en") == ("the file is empty", "file t.csv", "give a header and at least one row")
    assert refused.value.parts("ko")[::2] == ("빈 파일입니다", "머리글과 적어도 한 행을 주십시오")
