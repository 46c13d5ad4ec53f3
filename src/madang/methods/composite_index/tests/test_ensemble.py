"""Ensembles: each draw is the index built by itself, quantiles and counts agree, and what has no effect is refused."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import DataError, UnknownName
from madang.methods.composite_index import (
    Alternatives,
    Assumption,
    Data,
    Design,
    Group,
    LeaveOut,
    Recipe,
    Tree,
    Trial,
    WeightSpread,
    aggregate,
    build,
    ensemble,
    sample,
)
from madang.methods.composite_index.building import score, weighed
from madang.methods.composite_index.ranking import ranks
from madang.methods.composite_index.tests.synthetic_cities import NAN, data, recipe, recipe_of, two_levels

RNG = np.random.default_rng(11)
GAPPED = RNG.uniform(1, 100, (9, 5))
GAPPED[[0, 3, 5], [1, 4, 0]] = np.nan
TABLE = Data(tuple("ABCDEFGHI"), GAPPED)
BASE = recipe_of(two_levels(), scale=(1.0, 100.0))
ALL: tuple[Assumption, ...] = (
    WeightSpread(0.25),
    Alternatives("normalisation", ("min_max", "rank", "z")),
    Alternatives("missing", ("leave_out", "median")),
    Alternatives("power", (1.0, 0.0)),
    LeaveOut(),
)


def test_every_draw_is_the_index_built_by_itself_from_the_design_matrix() -> None:
    trial = Trial(TABLE, Design(BASE, ALL, 64, seed=3))
    points = trial.design.matrix()
    found, said = trial.scores(points), trial.design.decoded(points)
    for draw in range(64):
        made = replace(BASE, **{name: said[name][draw] for name in ("normalisation", "missing", "power")})
        scored = score(TABLE, made)
        tree = weighed(scored, made)
        weights = tree.weights * [said[f"weights: {part} in {group}"][draw] for group, part in tree.edges]
        assert found[draw].tolist() == pytest.approx(aggregate(tree, scored.scores, weights)["index"].tolist())
        gone = said["leave_out"][draw]
        if gone:
            assert weights[[part for _, part in tree.edges].index(gone)] == 0


def test_counts_and_quantiles_are_those_of_all_draws() -> None:
    found = sample(TABLE, BASE, ALL, 500, seed=2)
    scores = found.trial.scores(found.design.matrix())
    drawn = np.array([ranks(row) for row in scores])
    assert found.counts.sum(axis=1).tolist() == [500] * 9
    assert found.counts.tolist() == [[int((drawn[:, c] == r).sum()) for r in range(1, 10)] for c in range(9)]
    assert found.score_ends == pytest.approx(np.quantile(scores, (0.05, 0.5, 0.95), axis=0).T)
    assert found.score_step == 0.0
    assert found.rank_extremes().tolist() == np.stack([drawn.min(axis=0), drawn.max(axis=0)], axis=1).tolist()
    wanted = np.quantile(drawn, (0.05, 0.5, 0.95), axis=0, method="inverted_cdf").T
    assert found.rank_ends().tolist() == wanted.astype(int).tolist()
    assert found.mean_shift == pytest.approx(np.abs(drawn - found.base.ranks).mean())
    assert found.shares.sum(axis=1) == pytest.approx(np.ones(9))


def test_the_same_seed_gives_the_same_ensemble_and_another_another() -> None:
    one, same, other = (sample(TABLE, BASE, ALL, 256, seed=seed) for seed in (5, 5, 6))
    assert one.counts.tolist() == same.counts.tolist()
    assert one.counts.tolist() != other.counts.tolist()


def test_chunks_change_nothing_and_more_scores_than_are_kept_are_right_to_their_step(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = sample(TABLE, BASE, ALL, 1000, seed=1)
    monkeypatch.setattr(ensemble, "KEPT_VALUES", 10)
    monkeypatch.setattr(ensemble, "CHUNK_VALUES", 9 * 64)
    heard: list[float] = []
    parts = sample(TABLE, BASE, ALL, 1000, seed=1, progress=lambda share, _what: heard.append(share))
    assert parts.counts.tolist() == whole.counts.tolist()
    assert 0 < parts.score_step < 0.1
    assert np.abs(parts.score_ends - whole.score_ends).max() <= parts.score_step
    assert len(heard) >= 15
    assert heard == sorted(heard)
    assert heard[-1] == 1.0


def test_a_design_is_the_same_whatever_the_size_of_its_chunks() -> None:
    design = Design(BASE, ALL, 300, seed=9)
    assert np.concatenate(list(design.chunks(16))).tolist() == np.concatenate(list(design.chunks(256))).tolist()
    assert design.matrix().shape == (300, len(design.columns))
    assert len(design.columns) == 7 + 4
    assert design.columns[0] == "weights: a in g"


def test_points_of_a_design_are_spread_better_than_chance() -> None:
    column = Design(BASE, ALL, 256).matrix()[:, 0]
    assert np.histogram(column, 16, (0, 1))[0].tolist() == [16] * 16


def test_weights_stay_within_their_spread() -> None:
    design = Design(BASE, (WeightSpread(0.25),), 512)
    factors = design.factors(design.matrix())
    assert 0.75 <= factors.min() < 0.76
    assert 1.24 < factors.max() <= 1.25


def _refused(assumptions: tuple[Assumption, ...], made: Recipe = BASE, table: Data = TABLE, draws: int = 8) -> str:
    with pytest.raises((DataError, UnknownName)) as caught:
        sample(table, made, assumptions, draws)
    return str(caught.value)


@pytest.mark.parametrize(
    ("assumption", "says"),
    [
        (
            Alternatives("normalisation", ("min_max", "distance_max")),
            "the assumption 'normalisation' has no effect: min_max, distance_max give the same scores",
        ),
        (Alternatives("power", (1.0,)), "the assumption 'power' has no effect: 1.0 give the same scores"),
        (
            Alternatives("treatment", ("none", "winsorise")),
            "the assumption 'treatment' has no effect: none, winsorise give the same scores",
        ),
    ],
)
def test_alternatives_without_effect_are_refused(assumption: Assumption, says: str) -> None:
    assert _refused((assumption,)) == f"{says}\n  to do: declare only what makes a difference"


def test_weights_without_effect_are_refused() -> None:
    alike = data([[1.0, 1.0], [5.0, 5.0], [9.0, 9.0]])
    assert _refused((WeightSpread(0.2),), recipe("a", "b"), alike) == (
        "the assumption 'weights' has no effect: no score moves\n  to do: declare only what makes a difference"
    )
    assert _refused((LeaveOut(),), recipe("a", "b"), alike) == (
        "the assumption 'leave_out' has no effect: no score moves\n  to do: declare only what makes a difference"
    )


@pytest.mark.parametrize("share", [0.0, -0.1, 1.5])
def test_a_spread_that_cannot_be_is_refused(share: float) -> None:
    assert _refused((WeightSpread(share),)) == (
        f"weights may be off by {share:g} of themselves\n  to do: give a spread above zero and at most 1"
    )


def test_designs_that_cannot_be_are_refused() -> None:
    assert _refused(()) == ("no assumption is declared\n  to do: declare what might be otherwise, such as weights")
    assert _refused((WeightSpread(0.1), WeightSpread(0.2))) == (
        "the assumption 'weights' is declared twice\n  to do: keep one of them"
    )
    assert _refused((WeightSpread(0.1),), draws=0) == "an ensemble needs at least one draw\n  to do: give draws"
    assert _refused((Alternatives("weighing", ("given", "equal")),)) == (
        "there is no assumption called 'weighing'\n  to do: did you mean weighting?"
    )


def test_an_ensemble_needs_a_mean() -> None:
    says = (
        "an ensemble needs a mean; pairs and the benefit of the doubt have none\n"
        "  to do: aggregate by a mean, or declare no uncertainty"
    )
    full = data(RNG.uniform(1, 9, (4, 2)).tolist())
    assert _refused((WeightSpread(0.1),), recipe("a", "b", pairwise="copeland"), full) == says
    assert _refused((Alternatives("weighting", ("given", "benefit_of_doubt")),), recipe("a", "b"), full) == says


def test_a_city_that_hangs_on_one_indicator_cannot_lose_it() -> None:
    table = data([[1.0, NAN], [2.0, 5.0], [3.0, 1.0]])
    assert _refused((LeaveOut(),), recipe("a", "b"), table) == (
        "without 'a', 'A' has no value in anything that weighs\n"
        "  to do: ask for more coverage, fill its gaps, or leave no indicator out"
    )


def test_no_draw_of_any_ensemble_holds_a_gap() -> None:
    found = sample(TABLE, BASE, ALL, 512)
    assert np.isfinite(found.trial.scores(found.design.matrix())).all()
    assert np.isfinite(found.score_ends).all()


def test_means_of_several_kinds_are_drawn_too() -> None:
    tree = Tree(("a", "b", "c"), (Group("g", ("a", "b"), (1, 2), 0.0), Group("index", ("g", "c"), (2, 1))))
    table = data(RNG.uniform(1, 9, (6, 3)).tolist())
    made = recipe_of(tree, scale=(1.0, 100.0))
    trial = Trial(table, Design(made, (WeightSpread(0.3),), 32))
    points = trial.design.matrix()
    factors = trial.design.factors(points)
    index = build(table, made)
    for draw, row in enumerate(trial.scores(points)):
        wanted = aggregate(tree, index.scored.scores, tree.weights * factors[:, draw])["index"]
        assert row.tolist() == pytest.approx(wanted.tolist())
