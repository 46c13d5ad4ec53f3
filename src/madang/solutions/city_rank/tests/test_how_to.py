"""The how-to on an index of one's own: its table of messages says what is really said."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import madang
from madang.solutions.city_rank.tests import test_editions, test_files_apart

PAGE = Path(madang.__file__).parents[2] / "docs" / "how-to" / "your-own-index.md"


@pytest.mark.skipif(not PAGE.exists(), reason="the documentation lies beside the source only")
def test_every_message_in_the_table_is_one_that_a_test_has_seen() -> None:
    table = PAGE.read_text("utf-8").split("| what is said |\n")[1]
    quoted = re.findall(r"^\| [^|]+ \| ([^|]+) \|$", table, re.MULTILINE)
    assert len(quoted) > 20
    seen = "".join(Path(one.__file__).read_text("utf-8") for one in (test_files_apart, test_editions))
    for says in quoted:
        assert says in seen, says
