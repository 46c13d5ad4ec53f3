"""The design matrix that a run returns: every draw, in words and factors, from which each rank can be had again."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from madang.core.figures import Figure
from madang.methods.composite_index import filling, normalising, treating, weighing
from madang.methods.composite_index.design import FIELDS
from madang.methods.composite_index.tree import MEANS
from madang.solutions.city_rank import figures_draws, solution
from madang.solutions.city_rank.choice_words import ASSUMPTIONS, CHOICES
from madang.solutions.city_rank.model import RankResult
from madang.solutions.city_rank.tests.conftest import Ranked

DATA = "city,a,b,c\nP,1,9,4\nQ,5,2,6\nR,9,1,8\nS,4,4,1\n"
METHOD = """\
title = "t"
edition = "1"
[rules]
scale = [1, 100]
[uncertainty]
weights_percent = 40
normalisation = ["min_max", "rank"]
aggregation = ["arithmetic", "geometric"]
leave_one_out = true
[indicators.a]
title = "First"
better = "high"
[indicators.b]
better = "high"
weight = 2
[indicators.c]
better = "low"
"""


def draws_of(result: RankResult) -> Figure:
    """Return the figure of the draws."""
    return next(figure for figure in solution.figures(result) if figure.name == "index_draws")


def test_every_draw_is_returned_with_what_it_took(ranked: Ranked) -> None:
    result = ranked(DATA, METHOD, draws=512)
    frame = draws_of(result).frame
    assert frame["draw"].to_list() == list(range(1, 513))
    assert frame.columns == [
        "draw", "rank", "normalisation_ko", "normalisation_en", "power_ko", "power_en", "leave_out_ko", "leave_out_en",
        "weights: a in index", "weights: b in index", "weights: c in index",
    ]  # fmt: skip
    assert draws_of(result).title.en == "What each of the 512 draws took"
    assert draws_of(result).title.ko == "추출 512번이 하나하나 고른 것"


def test_the_ranks_of_the_draws_are_those_that_the_shares_count(ranked: Ranked) -> None:
    result = ranked(DATA, METHOD, draws=512, focus="Q")
    assert result.part is not None
    ensemble = result.part.shown.ensemble
    assert ensemble is not None
    counted = np.bincount(draws_of(result).frame["rank"].to_numpy(), minlength=5)[1:]
    assert counted.tolist() == ensemble.counts[result.part.shown.index.row("Q")].tolist()


def test_a_rank_can_be_worked_out_again_from_its_row_alone(ranked: Ranked) -> None:
    frame = draws_of(ranked(DATA, METHOD, draws=64, focus="Q")).frame
    raw = np.array([[1, 9, -4], [5, 2, -6], [9, 1, -8], [4, 4, -1]], float)
    given = np.array([1.0, 2.0, 1.0])
    for row in frame.iter_rows(named=True):
        if row["normalisation_en"] == "min-max":
            shares = (raw - raw.min(axis=0)) / (raw.max(axis=0) - raw.min(axis=0))
        else:
            shares = 1 - (raw[:, None, :] < raw[None, :, :]).sum(axis=1) / 3
        scores = 1 + 99 * shares
        weights = given * [row[f"weights: {name} in index"] for name in "abc"]
        mean = scores @ weights if row["power_en"] == "arithmetic mean" else np.log(scores) @ weights
        assert row["rank"] == 1 + (mean > mean[1] + 1e-9).sum()
        gone = {"First": 0, "b": 1, "c": 2}.get(row["leave_out_en"] or "")
        assert [place for place, weight in enumerate(weights) if weight == 0] == ([] if gone is None else [gone])


def test_of_a_large_ensemble_the_first_draws_are_told(ranked: Ranked, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = draws_of(ranked(DATA, METHOD, draws=256)).frame
    monkeypatch.setattr(figures_draws, "DRAWS_TOLD", 100)
    monkeypatch.setattr(figures_draws, "_BLOCK", 64)
    part = draws_of(ranked(DATA, METHOD, draws=256))
    assert part.title.en == "The first 100 of 256 draws"
    assert part.title.ko == "추출 256번 가운데 처음 100번"
    assert part.frame.equals(whole.head(100))


def test_without_uncertainty_there_are_no_draws(ranked: Ranked) -> None:
    certain = METHOD[: METHOD.index("[uncertainty]")] + METHOD[METHOD.index("[indicators.a]") :]
    assert "index_draws" not in {figure.name for figure in solution.figures(ranked(DATA, certain))}


def test_every_assumption_and_every_choice_has_a_name_in_both_languages() -> None:
    assert {"weights", "leave_out", *FIELDS} == set(ASSUMPTIONS)
    known = {
        "normalisation": set(normalising.KINDS), "treatment": set(treating.NAMES), "missing": set(filling.NAMES),
        "weighting": set(weighing.NAMES) - {"benefit_of_doubt"}, "power": set(MEANS.values()),
    }  # fmt: skip
    assert {name: set(said) for name, said in CHOICES.items()} == known
    for said in CHOICES.values():
        assert len({one.ko for one in said.values()}) == len({one.en for one in said.values()}) == len(said)


def test_what_was_done_to_a_cell_is_told_in_the_readers_language(ranked: Ranked) -> None:
    rows = "".join(f"C{place},{value}\n" for place, value in enumerate([*([1] * 11), 2, 3, 4, 500]))
    method = 'title = "t"\nedition = "1"\n[rules]\ntreatment = "log_shifted"\n[indicators.a]\nbetter = "high"\n'
    result = ranked("city,a\n" + rows, method)
    changes = next(figure for figure in solution.figures(result) if figure.name == "index_changes").frame
    assert changes.select("why_ko", "why_en").unique().rows() == [("옮긴 로그", "shifted logarithm")]
    assert changes.height == 15
    assert isinstance(changes["after"][0], float)
    assert changes.schema["before"] == pl.Float64
