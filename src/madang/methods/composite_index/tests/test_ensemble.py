"""Ensembles: each draw is the index one would build by hand; counts, chunks, seeds, and assumptions without effect."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.methods.composite_index import Recipe, build, ensemble
from madang.methods.composite_index.design import Alternatives, Assumption, Design, LeaveOut, WeightSpread
from madang.methods.composite_index.ensemble import Trial, sample
from madang.methods.composite_index.ranking import ranks
from madang.methods.composite_index.tests.synthetic_cities import NAN, data, recipe, recipe_of, two_levels

ROWS = np.random.default_rng(21).uniform(1, 100, (7, 5)).round(1).tolist()
METHOD = recipe_of(two_levels(), scale=(1.0, 100.0))
ASSUMED: tuple[Assumption, ...] = (
    Alternatives("normalisation", ("min_max", "rank")),
    Alternatives("power", (1.0, 0.0)),
    WeightSpread(0.25),
)


def one_by_one(rows: list[list[float]], recipe: Recipe, design: Design) -> np.ndarray:
    """Return the scores of every draw, each built by itself from the design in words."""
    points = design.matrix()
    words, made = design.decoded(points), []
    for draw in range(len(points)):
        chosen = {name: words[name][draw] for name in words if name in ("normalisation", "power", "missing")}
        factors = [float(words[f"weights: {part} in {group}"][draw]) for group, part in recipe.tree.edges]
        tree = recipe.tree.with_weights(recipe.tree.weights * np.array(factors))
        made.append(build(data(rows), replace(recipe, tree=tree, **chosen)).scores)
    return np.array(made)


@pytest.mark.parametrize("gap", [False, True])
def test_every_draw_is_the_index_built_by_itself(gap: bool) -> None:
    rows = [list(row) for row in ROWS]
    if gap:
        rows[0][1] = rows[3][4] = NAN
    assumed = (*ASSUMED, Alternatives("missing", ("leave_out", "mean"))) if gap else ASSUMED
    made = sample(data(rows), METHOD, assumed, 100, seed=3)
    expected = one_by_one(rows, METHOD, made.design)
    assert made.trial.scores(made.design.matrix()) == pytest.approx(expected)
    counts = np.zeros((7, 7), int)
    for row in expected:
        counts[np.arange(7), ranks(row) - 1] += 1
    assert made.counts.tolist() == counts.tolist()
    assert made.score_ends == pytest.approx(np.quantile(expected, (0.05, 0.5, 0.95), axis=0).T)
    assert made.score_step == 0.0


def test_leaving_out_is_the_index_built_without_the_indicator() -> None:
    made = sample(data(ROWS), METHOD, (LeaveOut(),), 64)
    points = made.design.matrix()
    found = made.trial.scores(points)
    for name, row in zip(made.design.decoded(points)["leave_out"], found, strict=True):
        kept = [place for place, one in enumerate(METHOD.tree.indicators) if one != name]
        alone = build(data(np.array(ROWS)[:, kept].tolist()), METHOD.without((name,) if name else ()))
        assert row == pytest.approx(alone.scores)


@pytest.mark.parametrize("values", [7, 7 * 16, 7 * 64, 1 << 22])
def test_the_answer_is_the_same_whatever_the_chunk(values: int, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = sample(data(ROWS), METHOD, ASSUMED, 200, seed=1)
    monkeypatch.setattr(ensemble, "CHUNK_VALUES", values)
    part = sample(data(ROWS), METHOD, ASSUMED, 200, seed=1)
    assert part.counts.tolist() == whole.counts.tolist()
    assert part.score_ends == pytest.approx(whole.score_ends, rel=1e-12)


def test_a_seed_gives_its_ensemble_and_another_gives_another() -> None:
    one, again, other = (sample(data(ROWS), METHOD, ASSUMED, 128, seed=seed) for seed in (1, 1, 2))
    assert np.array_equal(one.score_ends, again.score_ends)
    assert np.array_equal(one.counts, again.counts)
    assert not np.array_equal(one.score_ends, other.score_ends)


def test_scores_too_many_to_keep_are_right_to_within_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    exact = sample(data(ROWS), METHOD, ASSUMED, 1000)
    monkeypatch.setattr(ensemble, "KEPT_VALUES", 10)
    stepped = sample(data(ROWS), METHOD, ASSUMED, 1000)
    assert stepped.score_step == pytest.approx(99.0 / 4096)
    assert stepped.counts.tolist() == exact.counts.tolist()
    kept = exact.trial.scores(exact.design.matrix())
    for column, end in enumerate((0.05, 0.5, 0.95)):
        least = np.quantile(kept, end, axis=0, method="inverted_cdf")
        assert np.abs(stepped.score_ends[:, column] - least).max() <= stepped.score_step


@given(st.permutations(range(7)))
@settings(max_examples=10, deadline=None)
def test_permuting_cities_permutes_what_became_of_them(order: list[int]) -> None:
    one = sample(data(ROWS), METHOD, ASSUMED, 64)
    other = sample(data([ROWS[row] for row in order]), METHOD, ASSUMED, 64)
    assert other.counts.tolist() == one.counts[order].tolist()
    assert other.score_ends == pytest.approx(one.score_ends[order])


def test_rank_ends_extremes_and_shift_by_plain_counting() -> None:
    made = sample(data(ROWS), METHOD, ASSUMED, 200)
    drawn = np.array([ranks(row) for row in made.trial.scores(made.design.matrix())])
    extremes = np.stack([drawn.min(axis=0), drawn.max(axis=0)], axis=1)
    assert made.rank_extremes().tolist() == extremes.tolist()
    ends = np.quantile(drawn, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf").T
    assert made.rank_ends().tolist() == ends.tolist()
    assert made.mean_shift == pytest.approx(np.abs(drawn - made.base.ranks).mean())
    assert made.shares.sum(axis=1) == pytest.approx(np.ones(7))


def test_progress_rises_to_one() -> None:
    told: list[float] = []
    sample(data(ROWS), METHOD, ASSUMED, 100, progress=lambda share, _: told.append(share))
    assert told == sorted(told)
    assert told[-1] == 1.0


def refusal(rows: list[list[float]], method: Recipe, *assumed: Assumption) -> tuple[str, str | None]:
    """Return what is said against an ensemble."""
    with pytest.raises(DataError) as caught:
        sample(data(rows), method, assumed, 8)
    return caught.value.what, caught.value.todo


EFFECT = "declare only what makes a difference"


def test_options_that_give_the_same_scores_are_refused() -> None:
    says = "the assumption 'missing' has no effect: leave_out, mean give the same scores"
    assert refusal(ROWS, METHOD, Alternatives("missing", ("leave_out", "mean"))) == (says, EFFECT)


def test_an_option_alone_is_refused() -> None:
    says = "the assumption 'power' has no effect: 1.0 give the same scores"
    assert refusal(ROWS, METHOD, Alternatives("power", (1.0,))) == (says, EFFECT)


def test_weights_of_a_single_indicator_have_no_effect() -> None:
    says = "the assumption 'weights' has no effect: no score moves"
    assert refusal([[1.0], [2.0]], recipe("a"), WeightSpread(0.1)) == (says, EFFECT)


def test_leaving_out_one_of_two_that_are_alike_has_no_effect() -> None:
    says = "the assumption 'leave_out' has no effect: no score moves"
    assert refusal([[1.0, 1.0], [3.0, 3.0], [9.0, 9.0]], recipe("a", "b"), LeaveOut()) == (says, EFFECT)


@pytest.mark.parametrize(("share", "told"), [(0.0, "0"), (-0.5, "-0.5"), (1.5, "1.5")])
def test_a_spread_out_of_bounds_is_refused(share: float, told: str) -> None:
    says = f"weights may be off by {told} of themselves"
    assert refusal(ROWS, METHOD, WeightSpread(share)) == (says, "give a spread above zero and at most 1")


@pytest.mark.parametrize("more", [{"pairwise": "copeland"}, {"weighting": "benefit_of_doubt"}])
def test_what_has_no_mean_is_refused(more: dict[str, str]) -> None:
    says = "an ensemble needs a mean; pairs and the benefit of the doubt have none"
    assert refusal(ROWS, replace(METHOD, **more), WeightSpread(0.1)) == (  # type: ignore[arg-type]
        says,
        "aggregate by a mean, or declare no uncertainty",
    )


def test_a_city_that_hangs_on_one_indicator_cannot_have_it_left_out() -> None:
    rows = [[1.0, 5.0], [2.0, NAN], [3.0, 1.0]]
    says = "without 'a', 'B' has no value in anything that weighs"
    todo = "ask for more coverage, fill its gaps, or leave no indicator out"
    assert refusal(rows, recipe("a", "b"), LeaveOut()) == (says, todo)


def test_a_cell_is_worked_out_once() -> None:
    trial = Trial(data(ROWS), Design(METHOD, ASSUMED, 8))
    assert len(list(trial.every())) == 4
    assert trial.cell((0, 1)) is trial.cell((0, 1))
