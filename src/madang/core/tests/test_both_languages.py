"""What holds the two halves of a refusal together, shown to fail where they part."""

from __future__ import annotations

import pytest

from madang.core.errors import Both, DataError, UnknownName, Where
from madang.core.tests.both_languages import unlike

GONE = Both("없습니다", "it is gone")


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (DataError(Both("'가' 열이 3개 있습니다", "there are 3 columns '가'"), Where("x.csv", row=2), GONE), []),
        (DataError(Both("자치구의 열", "the city's row, the district's")), []),
        (UnknownName(Both("표", "table"), "sits", ["sites"]), []),
        (DataError("it is gone"), ["no Korean for: it is gone"]),
        (DataError(GONE, "row 3"), ["no Korean for: row 3"]),
        (DataError(GONE, None, Both("keep one", "keep one")), ["no Korean for: keep one"]),
        (
            DataError(Both("열이 2개 있습니다", "there are 3 columns 'a'")),
            ["3, 'a' of \"there are 3 columns 'a'\" is not in '열이 2개 있습니다'"],
        ),
    ],
)
def test_parts_that_say_less_in_korean_are_found(error: DataError, said: list[str]) -> None:
    assert list(unlike(error)) == said
