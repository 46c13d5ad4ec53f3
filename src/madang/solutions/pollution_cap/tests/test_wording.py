"""Words in the cells of figures: each reader is shown one column, and nobody both languages in one cell."""

from __future__ import annotations

import polars as pl

from madang.core.figures import FigureColumn
from madang.core.language import Text, text
from madang.solutions.pollution_cap.wording import cards, frame_of, worded


def test_words_become_a_column_a_language_and_what_is_unsaid_stays_empty() -> None:
    frame = frame_of([(text("가", "a"), 1.0), (None, None)], {"site": Text, "value": pl.Float64})
    assert frame.rows() == [("가", "a", 1.0), (None, None, None)]
    assert frame.columns == ["site_ko", "site_en", "value"]


def test_a_code_without_words_stands_for_itself() -> None:
    frame = worded(pl.DataFrame({"kind": ["spend", "lend"], "kg": [1, 2]}), {"kind": {"spend": text("사용", "spend")}})
    assert frame.rows() == [("사용", "spend", 1), ("lend", "lend", 2)]


def test_the_cards_follow_the_frame() -> None:
    frame = frame_of([(text("가", "a"), 1.0)], {"site": Text, "value": pl.Float64})
    title = text("지점", "Place")
    made = cards((FigureColumn("site", title), FigureColumn("value", title, "mg/L", 1)), frame)
    assert [(one.name, one.unit) for one in made] == [("site_ko", None), ("site_en", None), ("value", "mg/L")]
