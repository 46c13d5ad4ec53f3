"""The board of the made town: its marks, whom they reach, and that counting on it gives the model's own shares."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp

from madang.core.drawing import spec_of
from madang.methods.coverage import WhatIf
from madang.solutions.ev_charging import figures_board
from madang.solutions.ev_charging.figures_board import board
from madang.solutions.ev_charging.tests.conftest import value


def counted(reach) -> WhatIf:
    pairs = (np.ones(len(reach.rows)), reach.rows, reach.starts)
    cover = sp.csr_array(pairs, shape=(len(reach.is_open), len(reach.weight)))
    return WhatIf(cover, reach.weight, existing=np.flatnonzero(reach.is_open))


def test_without_streets_the_board_is_empty_and_says_why(answer):
    made = board(answer(street_nodes=None))
    assert (made.frame.height, made.reach) == (0, None)
    assert made.notes[0].en.startswith("there are no streets yet")


def test_what_stands_on_the_board_covers_what_the_plan_covers(answer):
    result = answer()
    live = counted(board(result).reach)
    assert 100 * live.covered_share == pytest.approx(value(result, "plan_covered_percent"))


def test_closing_all_that_is_planned_leaves_what_is_covered_now(answer):
    result = answer()
    made = board(result)
    live = counted(made.reach)
    for mark in np.flatnonzero(made.frame["role"].to_numpy() == "plan"):
        live.remove(int(mark))
    assert 100 * live.covered_share == pytest.approx(value(result, "covered_now_percent"))


def test_a_site_where_nobody_may_build_is_no_mark(answer):
    made = board(answer())
    assert "other" not in made.frame.filter(made.frame["role"] == "candidate")["class"].to_list()
    assert len(made.geometry) == made.frame.height > 3


def test_of_too_many_sites_those_in_use_and_the_worthiest_stay(answer, monkeypatch):
    result = answer()
    whole = board(result)
    monkeypatch.setattr(figures_board, "MARKS_MAX", 4)
    cut = board(result)
    assert cut.frame.height == 4
    assert "are on the board" in cut.notes[-1].en
    assert cut.frame["gain"].sum() == pytest.approx(
        whole.frame.sort("state", "gain", descending=[True, True]).head(4)["gain"].sum()
    )


def test_the_board_can_be_drawn(answer):
    assert spec_of(board(answer()), "ko")["$schema"]


def test_what_stands_is_the_darkest_mark(answer):
    frame = board(answer(budget=3.0)).frame
    assert [title.en for title in figures_board._STATES] == ["may be built", "planned", "stands"]
    assert dict(frame.select("role", "state").unique().iter_rows()) == {"candidate": 0, "plan": 1, "existing": 2}
