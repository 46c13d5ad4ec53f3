from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from madang.core.errors import Both, BoundsError, Cancelled, UnknownName, UsageError
from madang.methods.stock_flow import (
    Aggregate,
    Draws,
    Fleet,
    Flow,
    Mandate,
    Scope,
    SurvivalTable,
    Weibull,
    run,
    run_draws,
)
from madang.methods.stock_flow.draws import BLOCK_DRAWS, Sampler

CLASSES, POWERTRAINS, YEARS = ("car", "bus"), ("fossil", "battery"), 8


def fleet() -> Fleet:
    split = np.stack((np.linspace(1, 0, YEARS), np.linspace(0, 1, YEARS)))
    return Fleet(
        CLASSES,
        POWERTRAINS,
        2020,
        np.full((2, YEARS), 100.0),
        np.stack((split, split)),
        Weibull(np.full((2, 2), 9.0), 3.0),
    )


def lives(rng: np.random.Generator, count: int) -> Draws:
    return Draws(scale_years=9.0 * rng.uniform(0.8, 1.2, (count, 2, 1)) * np.ones((1, 1, 2)))


def nothing(rng: np.random.Generator, count: int) -> Draws:
    return Draws()


ELECTRIC = Aggregate("electric", Flow.STOCK, CLASSES, ("battery",))
BOUGHT = Aggregate("bought", Flow.PURCHASES, ("bus",), POWERTRAINS, weight=2.0)


def test_draws_without_uncertainty_equal_the_single_run() -> None:
    bands, flows = run_draws(fleet(), nothing, [ELECTRIC, BOUGHT], draws=3), run(fleet())
    np.testing.assert_allclose(bands.of("electric"), np.tile(flows.stock[:, 1].sum(axis=0), (3, 1)))
    np.testing.assert_allclose(bands.of("bought")[0], 2 * flows.purchases[1].sum(axis=0))


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_the_number_of_threads_changes_nothing(threads: int) -> None:
    one = run_draws(fleet(), lives, [ELECTRIC], draws=1100, seed=3, threads=1)
    many = run_draws(fleet(), lives, [ELECTRIC], draws=1100, seed=3, threads=threads)
    np.testing.assert_array_equal(one.values, many.values)


def test_the_first_draws_stay_when_more_are_asked_for() -> None:
    few = run_draws(fleet(), lives, [ELECTRIC], draws=100, seed=3)
    more = run_draws(fleet(), lives, [ELECTRIC], draws=600, seed=3)
    np.testing.assert_array_equal(few.values, more.values[:100])


def test_another_seed_gives_other_draws() -> None:
    one = run_draws(fleet(), lives, [ELECTRIC], draws=10, seed=3)
    two = run_draws(fleet(), lives, [ELECTRIC], draws=10, seed=4)
    assert not np.array_equal(one.values, two.values)


def test_quantiles_are_those_of_the_draws() -> None:
    bands = run_draws(fleet(), lives, [ELECTRIC], draws=500)
    np.testing.assert_array_equal(bands.quantiles("electric", [0.5])[0], np.median(bands.of("electric"), axis=0))


def test_a_table_varies_by_its_stretch() -> None:
    given = Fleet(
        CLASSES, POWERTRAINS, 2020, fleet().total, fleet().split, SurvivalTable(np.array([1.0, 0.9, 0.5, 0.1, 0.0]))
    )
    bands = run_draws(given, lambda rng, n: Draws(scale_years=rng.uniform(0.5, 2, (n, 2, 2))), [BOUGHT], draws=50)
    assert np.ptp(bands.of("bought")[:, -1]) > 1


def test_totals_shares_and_first_stocks_can_be_drawn() -> None:
    def sampler(rng: np.random.Generator, count: int) -> Draws:
        share = rng.uniform(0, 1, (count, 2, 1, YEARS))
        return Draws(total=rng.uniform(50, 150, (count, 2, YEARS)), split=np.concatenate((1 - share, share), axis=2))

    bands = run_draws(fleet(), sampler, [Aggregate("all", Flow.STOCK, CLASSES, POWERTRAINS)], draws=20)
    expected = sampler(np.random.default_rng([2021, 0]), BLOCK_DRAWS).total
    assert expected is not None
    np.testing.assert_allclose(bands.of("all"), expected[:20].sum(axis=1))


def test_a_mandates_share_can_be_drawn() -> None:
    mandates = (
        Mandate("bus", ("battery",), Scope.ALL, 2020, 2020, 0.5),
        Mandate("car", ("battery",), Scope.NEW, 2020, 2020, 0.1),
    )
    shares = np.random.default_rng(1).uniform(0, 1, (BLOCK_DRAWS, 2))
    bus, car = (Aggregate(name, Flow.STOCK, (name,), ("battery",)) for name in ("bus", "car"))
    bands = run_draws(
        replace(fleet(), mandates=mandates), lambda rng, n: Draws(mandate_share=shares), [bus, car], draws=30
    )
    np.testing.assert_allclose(bands.of("bus")[:, 0], 100 * shares[:30, 0])
    np.testing.assert_allclose(bands.of("car")[:, 0], 100 * shares[:30, 1])


def test_memory_holds_only_the_aggregates() -> None:
    bands = run_draws(fleet(), lives, [ELECTRIC], draws=1000)
    assert bands.values.nbytes == 1000 * 1 * YEARS * 8


def test_progress_is_told_and_may_stop_the_work() -> None:
    told: list[float] = []

    def stop(share: float, what: str) -> None:
        told.append(share)
        if share > 0.4:
            raise Cancelled(Both("멈춤", "stopped"))

    with pytest.raises(Cancelled):
        run_draws(fleet(), lives, [ELECTRIC], draws=BLOCK_DRAWS * 4, threads=1, progress=stop)
    assert told == [0.25, 0.5]


@pytest.mark.parametrize(
    ("sampler", "error", "message"),
    [
        (lambda rng, n: Draws(total=np.full((n, 2, YEARS), -1.0)), BoundsError, "drawn total holds a missing or"),
        (lambda rng, n: Draws(split=np.full((n, 2, 2, YEARS), 0.4)), BoundsError, "drawn shares do not sum to 1"),
        (lambda rng, n: Draws(mandate_share=np.ones((n, 1))), UsageError, r"drawn mandate_share has the shape"),
        (lambda rng, n: Draws(total=np.ones((n, YEARS))), UsageError, r"drawn total has the shape \(250, 8\) where"),
        (lambda rng, n: Draws(scale_years=np.full((n, 2, 2), 0.05)), BoundsError, "leaves nothing at the end"),
    ],
)
def test_a_draw_out_of_bounds_is_refused(sampler: Sampler, error: type[Exception], message: str) -> None:
    with pytest.raises(error, match=message):
        run_draws(fleet(), sampler, [ELECTRIC], draws=2)


def test_no_draws_at_all_are_refused() -> None:
    with pytest.raises(BoundsError, match="0 draws were asked for"):
        run_draws(fleet(), nothing, [ELECTRIC], draws=0)


def test_a_wrong_name_suggests_the_right_one() -> None:
    with pytest.raises(UnknownName, match="did you mean battery"):
        run_draws(fleet(), nothing, [Aggregate("x", Flow.STOCK, CLASSES, ("batery",))], draws=1)
    with pytest.raises(UnknownName, match="did you mean electric"):
        run_draws(fleet(), nothing, [ELECTRIC], draws=1).of("electrc")
