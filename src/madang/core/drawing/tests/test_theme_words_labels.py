"""Colours that can be read, words that fit, and labels that do not touch."""

from __future__ import annotations

import re
from itertools import pairwise

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.drawing import theme
from madang.core.drawing.frame import Sheet, _head
from madang.core.drawing.labels import add_end_labels
from madang.core.drawing.plot import Plot
from madang.core.drawing.words import column_title, subtitle, width_of, wrap
from madang.core.figures import ChartFigure, FigureColumn
from madang.core.language import text

_COLOURS = st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)


def _chart(values: list[float], mark: str = "line") -> ChartFigure:
    names = [f"s{index}" for index in range(len(values))]
    frame = pl.DataFrame({"year": [2025] * len(values), "who": names, "v": values})
    columns = (FigureColumn("year", text("해", "Year"), "year"), FigureColumn("who", text("누구", "Who")))
    return ChartFigure(
        name="c", title=text("제목", "Title"), frame=frame, columns=(*columns, FigureColumn("v", text("값", "V"), "t")),
        rests_on=(), mark=mark, x="year", y="v", series="who",
    )  # type: ignore[arg-type]  # fmt: skip


@given(_COLOURS)
def test_any_colour_made_readable_can_be_read_on_paper(colour: str) -> None:
    assert theme.contrast(theme.readable(colour), theme.PAPER) >= 4.5


@pytest.mark.parametrize("role", ["promised", "computed", "observed"])
def test_the_main_roles_can_be_read_as_they_are(role: str) -> None:
    assert theme.readable(theme.ROLE_COLOURS[role]) == theme.ROLE_COLOURS[role]


def test_black_on_white_is_twenty_one_to_one() -> None:
    assert theme.contrast("#000000", "#FFFFFF") == pytest.approx(21.0)


def test_series_take_the_colour_of_their_role_and_no_other_takes_it() -> None:
    colours = theme.series_colours(("computed", "mandates", "observed"))
    assert colours[0] == theme.RIVER
    assert colours[2] == theme.INK
    assert len(set(colours)) == 3


def test_the_steps_of_a_map_darken() -> None:
    shades = [theme.contrast(step, theme.INK) for step in theme.STEPS]
    assert all(lighter > darker * 1.2 for lighter, darker in pairwise(shades))


@given(st.text(alphabet="가나다라 abc", max_size=200), st.integers(40, 400))
def test_wrapped_lines_fit_and_lose_nothing(words: str, room: int) -> None:
    lines = wrap(words, 12, room)
    assert all(width_of(line, 12) <= room or len(line) == 1 for line in lines)
    assert "".join("".join(lines).split()) == "".join(words.split())


def test_hangul_counts_as_wider_than_latin() -> None:
    assert width_of("가나", 12) > width_of("ab", 12) * 1.5


@pytest.mark.parametrize(
    ("title", "unit", "said"),
    [
        ("등록 대수", "vehicle", "등록 대수 (대)"),
        ("값(대)", "vehicle", "값(대)"),
        ("비율", "1", "비율"),
        ("이름", None, "이름"),
    ],
)
def test_a_unit_is_said_once_as_a_word_of_its_own(title: str, unit: str | None, said: str) -> None:
    assert column_title(FigureColumn("n", text(title, title), unit), "ko") == said


def test_a_figures_own_subtitle_keeps_its_words_and_gains_the_unit() -> None:
    figure = _chart([1.0])
    assert subtitle(figure, "v", "en") == "V (t)"
    object.__setattr__(figure, "subtitle", text("해마다", "Each year"))
    assert subtitle(figure, "v", "en") == "Each year (t)"
    assert subtitle(figure, None, "ko") == "해마다"


@given(st.lists(st.floats(0, 1000), min_size=2, max_size=8))
def test_labels_at_the_ends_of_lines_never_touch_and_keep_their_order(values: list[float]) -> None:
    plot = Plot(_chart(values), "en")
    add_end_labels(plot)
    placed = sorted((row["_end_y"], row["v"]) for row in plot.rows)
    gap = 12 * (plot.bounds[1] - plot.bounds[0] or 1.0) / theme.PLOT_HEIGHT
    assert all(after[0] - before[0] >= gap * 0.99 for before, after in pairwise(placed))
    assert all(after[1] >= before[1] for before, after in pairwise(placed))


def test_labels_of_a_stack_stand_at_the_middle_of_their_part() -> None:
    plot = Plot(_chart([100.0, 300.0], "area"), "en")
    add_end_labels(plot)
    assert [row["_end_y"] for row in plot.rows] == [50.0, 250.0]


def test_a_series_that_ends_early_is_named_above_its_end() -> None:
    figure = _chart([1.0, 2.0])
    object.__setattr__(figure, "frame", figure.frame.with_columns(year=pl.Series([2020, 2025])))
    plot = Plot(figure, "en")
    add_end_labels(plot)
    assert [(row.get("_early"), row.get("_end")) for row in plot.rows] == [("s0", None), (None, ["s1"])]


def test_a_series_without_any_value_has_no_label_and_breaks_nothing() -> None:
    figure = _chart([1.0, 2.0])
    object.__setattr__(figure, "frame", figure.frame.with_columns(v=pl.Series([None, 2.0])))
    plot = Plot(figure, "en")
    add_end_labels(plot)
    assert "_end" not in plot.rows[0]


def test_a_bold_title_leaves_room_for_a_wider_font() -> None:
    """DejaVu Sans Bold, which stands in on many machines, needs about 0.56 of its size for a letter."""
    title = "What each further site covers, and the most that so many sites could"
    _, drawn = _head(Sheet(name="n", title=title, subtitle="", notes=(), describes=""), 620)
    lines = re.findall(r"<text[^>]*>(.*?)</text>", drawn)
    assert " ".join(lines) == title
    assert all(len(line) * 0.56 * theme.TITLE_SIZE <= 620 for line in lines)
