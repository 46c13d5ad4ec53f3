"""Origin cards: who, what, when read; and whether a raw file is the one described."""

from __future__ import annotations

import hashlib
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from madang.core.errors import DataError
from madang.core.sources import Source, check_raw, check_written_day, sha256_of


def card(**more: object) -> Source:
    """Return a card with the least it needs."""
    return Source.model_validate({"who": "City of Trees", "title": "Street trees", "read": date(2026, 1, 1), **more})


def test_a_source_is_cited_in_one_line() -> None:
    full = card(url="https://trees.example", published=date(2025, 12, 1))
    assert full.cite() == "City of Trees, Street trees, 2025-12-01, https://trees.example (read 2026-01-01)"
    assert card().cite() == "City of Trees, Street trees (read 2026-01-01)"


@pytest.mark.parametrize("wrong", [{"who": " "}, {"title": ""}, {"sha256": "abc"}, {"licence": None}, {"pages": 3}])
def test_a_card_with_a_fault_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        card(**wrong)


@pytest.mark.parametrize("day", [2026, 20260101, 0, "2026", "1 Jan 2026", "2026-1-1", datetime(2026, 1, 1), True])
def test_what_is_no_written_day_is_not_turned_into_one(day: object) -> None:
    with pytest.raises(ValidationError, match="this is not a day: write YYYY-MM-DD"):
        card(read=day)


def test_a_day_may_be_written_as_text() -> None:
    assert card(read="2026-01-01").read == date(2026, 1, 1)
    assert check_written_day(None) is None


def test_an_unstated_licence_says_so() -> None:
    assert card().licence == "not stated"


@given(raw=st.binary(max_size=3000))
def test_the_hash_is_the_sha256_of_the_bytes(raw: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    path = tmp_path_factory.getbasetemp() / "hashed"
    path.write_bytes(raw)
    assert sha256_of(path) == hashlib.sha256(raw).hexdigest()


def test_a_raw_file_that_was_changed_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "raw.csv"
    path.write_text("a,b\n")
    described = card(sha256=sha256_of(path))
    check_raw(path, described)
    path.write_text("a,b\n1,2\n")
    with pytest.raises(DataError) as caught:
        check_raw(path, described)
    assert described.sha256 is not None
    assert str(caught.value) == (
        "the file is not the one its origin card describes\n"
        f"  where: file {path}, value '{sha256_of(path)[:12]}'\n"
        f"  to do: its sha256 should begin with {described.sha256[:12]}; fetch it again, or correct the card"
    )


def test_a_card_without_a_hash_describes_any_file(tmp_path: Path) -> None:
    check_raw(tmp_path / "not_even_there.csv", card())
