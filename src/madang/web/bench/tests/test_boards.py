"""Boards: what flips cover, what is refused, that the page, its data and the live count agree, and without a script."""

from __future__ import annotations

import io
import re
from html import unescape

import numpy as np
import polars as pl
import pytest
import scipy.sparse as sp
from django.test import Client
from django.utils.timezone import now
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import UsageError
from madang.core.figures import FigureColumn, MapFigure, Reach
from madang.core.language import text
from madang.web.bench.board_drawing import board_svg
from madang.web.bench.boards import Board, write_flips
from madang.web.bench.keeping import _PARTS, _packed, figure_of, reach_of
from madang.web.bench.models import Run, RunFigure

pytestmark = pytest.mark.django_db
KEY = "0123456789abcdef01234567"
#: Four places; the first two stand. The fifth demand point is out of everybody's reach.
COVER = np.array([[1, 1, 0, 0, 0], [0, 1, 0, 0, 0], [0, 0, 1, 1, 0], [1, 0, 0, 1, 0]])
WEIGHT = np.array([10.0, 20.0, 5.0, 40.0, 25.0])


def figure() -> MapFigure:
    pairs = sp.csr_array(COVER)
    names = ["Station", "Library", "Market", "School"]
    spots = [(127.0 + 0.001 * at, 37.5) for at in range(4)]
    return MapFigure(
        name="places",
        title=text("자리", "Places"),
        frame=pl.DataFrame({"name": names}),
        columns=(FigureColumn("name", text("이름", "Name")),),
        rests_on=(),
        geometry=[{"type": "Point", "coordinates": list(spot)} for spot in spots],
        value=None,
        reach=Reach(
            starts=pairs.indptr.astype(np.int64), rows=pairs.indices.astype(np.int64), weight=WEIGHT,
            lon=np.linspace(127, 127.004, 5), lat=np.full(5, 37.501), is_open=np.array([True, True, False, False]),
            unit="person",
        ),
    )  # fmt: skip


@pytest.fixture
def kept(db: None) -> RunFigure:
    """Return a kept map with a reach, of a finished run."""
    made = figure()
    run = Run.objects.create(
        key=KEY, solution="ev_charging", city="seoul", day="2026-11-22", done_at=now(), result={"numbers": {}}
    )
    card = {part: form.dump_python(getattr(made, part), mode="json") for part, form in _PARTS["map"].items()}
    out = io.BytesIO()
    made.frame.write_parquet(out)
    assert made.reach is not None
    return RunFigure.objects.create(
        run=run, place=0, name="places", kind="map", rows=4, parquet=out.getvalue(), reach=_packed(made.reach),
        card={"figure": card, "sources": [], "caveats": [], "numeric": [False], "drawn": True, "board": True},
    )  # fmt: skip


def board() -> Board:
    made = figure()
    assert made.reach is not None
    return Board(made, made.reach)


def test_a_kept_reach_comes_back_as_it_was_given(kept: RunFigure) -> None:
    again, given_ = reach_of(kept), figure().reach
    assert again is not None
    assert given_ is not None
    for name, part in vars(given_).items():
        assert np.array_equal(getattr(again, name), part), name
    assert figure_of(kept).name == "places"


@settings(max_examples=60, deadline=None)
@given(st.sets(st.integers(0, 3)))
def test_whatever_is_flipped_is_counted_as_by_hand_and_taken_back(flips: set[int]) -> None:
    live = board()
    now_ = live.count(flips)
    is_open = np.array([True, True, False, False]) ^ np.isin(np.arange(4), list(flips))
    reached = COVER[is_open].sum(axis=0) > 0 if is_open.any() else np.zeros(5, bool)
    assert now_.covered == pytest.approx(WEIGHT[reached].sum())
    assert now_.is_covered.tolist() == reached.tolist()
    for at in range(4):
        other = is_open.copy()
        other[at] = not other[at]
        changed = WEIGHT[COVER[other].sum(axis=0) > 0].sum() if other.any() else 0.0
        assert now_.worth[at] == pytest.approx(abs(changed - now_.covered))
    assert live.count(()).covered == 30.0


@pytest.mark.parametrize("said", ["4", "-1", "1,x", "99999999999", "1;2", ",".join(["1"] * 500)])
def test_flips_that_name_no_mark_are_refused(said: str) -> None:
    with pytest.raises(UsageError, match="names sites that are not on this board"):
        board().read_flips(said)


def test_flips_are_read_as_they_are_written() -> None:
    assert board().read_flips(write_flips({3, 1})) == (1, 3)
    assert board().read_flips("") == ()


def test_the_page_says_what_is_covered_before_and_after(kept: RunFigure, visitor: Client) -> None:
    page = unescape(visitor.get(f"/en/bench/runs/{KEY}/board/places/?flip=2").content.decode())
    assert '<p class="figure-number">75%</p>' in page or '<p class="figure-number">75.0%</p>' in page
    assert "+45 people" in page
    assert "open places 2 → 3" in page
    assert 'aria-label="School: closed, opening it adds 0 people"' in page


def test_a_button_of_the_table_leads_to_the_address_of_the_new_state(kept: RunFigure, visitor: Client) -> None:
    here = f"/ko/bench/runs/{KEY}/board/places/"
    assert visitor.get(f"{here}?flip=2&toggle=0").headers["Location"] == f"{here}?flip=0,2"
    assert visitor.get(f"{here}?flip=2&toggle=2").headers["Location"] == f"{here}?flip="
    assert visitor.get(f"{here}?flip=&from=0&to=3").headers["Location"] == f"{here}?flip=0,3"


def test_half_a_move_is_refused_in_the_readers_language(kept: RunFigure, visitor: Client) -> None:
    answer = visitor.get(f"/en/bench/runs/{KEY}/board/places/?from=1")
    assert answer.status_code == 400
    assert "choose both" in answer.content.decode()


def test_a_script_is_given_the_state_alone(kept: RunFigure, visitor: Client) -> None:
    answer = visitor.get(f"/ko/bench/runs/{KEY}/board/places/?flip=1", headers={"HX-Request": "true"})
    part = answer.content.decode()
    assert part.startswith('<div class="board-told" data-flips="1" data-open="0"')
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_data_hold_every_mark_with_its_worth(kept: RunFigure, visitor: Client) -> None:
    told = visitor.get(f"/en/bench/runs/{KEY}/board/places.json?flip=3").json()
    assert (told["covered"], told["covered_before"], told["total"], told["flip"]) == (70.0, 30.0, 100.0, [3])
    assert [row["open"] for row in told["sites"]] == [True, True, False, True]
    rows = visitor.get(f"/en/bench/runs/{KEY}/board/places.csv?flip=3").content.decode("utf-8-sig").splitlines()
    assert rows[0] == "name,open,worth"
    assert rows[3] == "Market,false,5.0"


def test_a_figure_without_marks_to_move_has_no_board(kept: RunFigure, visitor: Client) -> None:
    RunFigure.objects.filter(pk=kept.pk).update(reach=None)
    assert visitor.get(f"/ko/bench/runs/{KEY}/board/places/").status_code == 404
    assert visitor.get(f"/ko/bench/runs/{KEY}/board/other/").status_code == 404


def test_the_drawing_marks_what_is_open_and_what_is_out_of_reach() -> None:
    live = board()
    drawn = board_svg(live, live.count((2,)), ["a", "b", "<c>", "d"], "label")
    assert len(re.findall(r'<g class="mark open"', drawn)) == 3
    assert drawn.count('class="out"') == 1
    assert "&lt;c&gt;" in drawn
