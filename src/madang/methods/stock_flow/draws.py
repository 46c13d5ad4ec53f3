"""Many draws of a fleet with uncertain parameters: only yearly sums are kept, so memory stays bounded."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import Both, BoundsError, UnknownName, UsageError
from madang.core.progress import Progress, silent
from madang.methods.stock_flow.fleet import SHARE_SUM_TOLERANCE, Fleet, Floats, Weibull, check_weibull
from madang.methods.stock_flow.kernel import run_block
from madang.methods.stock_flow.run import Flow, Packed, by_year_first, pack, survival_parameters

# A block's draws share one random stream, so its size is part of the answer: changing it changes every draw.
BLOCK_DRAWS = 250


@dataclass(frozen=True)
class Draws:
    """Parameters of a block of draws, each with a leading draw axis; None keeps the fleet's own.

    ``scale_years`` (or a table's stretch) and ``shape`` draw x class x powertrain, ``total`` draw x class x year,
    ``split`` draw x class x powertrain x year, ``initial`` draw x class x powertrain x age, ``mandate_share`` draw x
    mandate in the fleet's order.
    """

    scale_years: Floats | None = None
    shape: Floats | None = None
    total: Floats | None = None
    split: Floats | None = None
    initial: Floats | None = None
    mandate_share: Floats | None = None


Sampler = Callable[[np.random.Generator, int], Draws]


@dataclass(frozen=True)
class Aggregate:
    """A yearly sum to keep: a flow over classes x powertrains, each with a weight (1 unless given)."""

    name: str
    flow: Flow
    classes: tuple[str, ...]
    powertrains: tuple[str, ...]
    weight: float = 1.0


@dataclass(frozen=True)
class Bands:
    """What was kept of the draws: draw x aggregate x year, in the aggregates' order."""

    names: tuple[str, ...]
    years: range
    values: Floats

    def of(self, name: str) -> Floats:
        """Return one aggregate, draw x year. Raises: UnknownName."""
        if name not in self.names:
            raise UnknownName(Both("집계", "aggregate"), name, self.names)
        found: Floats = self.values[:, self.names.index(name)]
        return found

    def quantiles(self, name: str, at: Sequence[float] = (0.05, 0.5, 0.95)) -> Floats:
        """Return exact quantiles of one aggregate, quantile x year."""
        result: Floats = np.quantile(self.of(name), at, axis=0)
        return result


def run_draws(
    fleet: Fleet,
    sampler: Sampler,
    aggregates: Sequence[Aggregate],
    *,
    draws: int = 10_000,
    seed: int = 2021,
    threads: int | None = None,
    progress: Progress = silent,
) -> Bands:
    """Run ``draws`` draws and keep the aggregates.

    Each block has its own stream made of seed and block number, so the result depends on neither the
    number of threads nor their order. Memory is draws x years x aggregates plus a block for each thread.

    Raises:
        BoundsError: for a parameter drawn out of bounds. UnknownName: for an aggregate's class or powertrain.
    """
    if draws < 1:
        raise BoundsError(
            Both(f"추출 횟수를 {draws}번으로 주었습니다", f"{draws} draws were asked for"),
            None,
            Both("적어도 1번을 주십시오", "ask for at least 1"),
        )
    values = np.empty((draws, len(aggregates), fleet.shape[2]))
    packed, entries = pack(fleet), _entries(fleet, aggregates)

    def block(number: int) -> int:
        start = number * BLOCK_DRAWS
        out = values[start : start + BLOCK_DRAWS]
        # The whole block is always drawn, so that the first draws do not depend on how many were asked for.
        drawn = sampler(np.random.default_rng([seed, number]), BLOCK_DRAWS)
        _run_one_block(fleet, packed, _filled(fleet, drawn), entries, out)
        return len(out)

    done = 0
    blocks = -(-draws // BLOCK_DRAWS)
    for finished in _in_threads(block, blocks, threads or os.cpu_count() or 1):
        done += finished
        progress(done / draws, "drawing fleets")
    return Bands(tuple(aggregate.name for aggregate in aggregates), fleet.years, values)


def _in_threads(work: Callable[[int], int], count: int, threads: int) -> Iterator[int]:
    # Blocks are handed out as threads fall free, so a cancelled run leaves at most one block a thread to finish.
    if threads == 1 or count == 1:
        yield from map(work, range(count))
        return
    numbers = iter(range(count))
    with ThreadPoolExecutor(threads) as pool:
        running: set[Future[int]] = {pool.submit(work, number) for number in islice(numbers, threads)}
        while running:
            finished, running = wait(running, return_when=FIRST_COMPLETED)
            running |= {pool.submit(work, number) for number in islice(numbers, len(finished))}
            yield from (future.result() for future in finished)


def _entries(fleet: Fleet, aggregates: Sequence[Aggregate]) -> tuple[NDArray[np.int64], Floats]:
    rows = [
        (place, int(aggregate.flow), fleet.class_index(one), fleet.powertrain_index(powertrain))
        for place, aggregate in enumerate(aggregates)
        for one in aggregate.classes
        for powertrain in aggregate.powertrains
    ]
    weights = [aggregates[row[0]].weight for row in rows]
    return np.array(rows, dtype=np.int64).reshape(-1, 4), np.array(weights, dtype=np.float64)


def _filled(fleet: Fleet, drawn: Draws) -> dict[str, Floats]:
    scale, shape = survival_parameters(fleet)
    own = {
        "scale_years": scale,
        "shape": shape,
        "total": np.asarray(fleet.total, np.float64),
        "split": np.asarray(fleet.split, np.float64),
        "initial": fleet.initial_by_age,
        "mandate_share": np.array([mandate.share for mandate in fleet.mandates]),
    }
    filled = {name: _block_of(name, getattr(drawn, name), kept) for name, kept in own.items()}
    _check_drawn(fleet, drawn, filled)
    if drawn.split is None:
        turned = by_year_first(own["split"])
        return filled | {"split": np.broadcast_to(turned, (BLOCK_DRAWS, *turned.shape))}
    return filled | {"split": by_year_first(filled["split"])}


def _block_of(name: str, drawn: Floats | None, kept: Floats) -> Floats:
    size = (BLOCK_DRAWS, *kept.shape)
    if drawn is None:
        return np.broadcast_to(kept, size)
    if np.shape(drawn) != size:
        raise UsageError(
            Both(
                f"추출한 {name}의 모양이 {np.shape(drawn)}인데 {size}여야 합니다",
                f"drawn {name} has the shape {np.shape(drawn)} where {size} is needed",
            )
        )
    return np.asarray(drawn, dtype=np.float64)


def _rules(packed: Packed, shares: Floats) -> Floats:
    rules = np.repeat(packed.rules[None], BLOCK_DRAWS, axis=0)
    rules[:, :, 3] = shares[:, list(packed.order)]
    return rules


def _check_drawn(fleet: Fleet, drawn: Draws, filled: dict[str, Floats]) -> None:
    for name, values in filled.items():
        if getattr(drawn, name) is not None and not (np.all(np.isfinite(values)) and np.all(values >= 0)):
            raise BoundsError(
                Both(f"추출한 {name}에 빠진 값이나 음수가 있습니다", f"drawn {name} holds a missing or negative value"),
                None,
                Both("흩어진 폭을 좁히십시오", "narrow the spread"),
            )
    if np.any(filled["mandate_share"] > 1.0):
        raise BoundsError(
            Both("추출한 의무의 몫이 1을 넘습니다", "a drawn mandate's share is above 1"),
            None,
            Both("흩어진 폭을 좁히십시오", "narrow the spread"),
        )
    if drawn.split is not None and np.any(np.abs(filled["split"].sum(axis=2) - 1) > SHARE_SUM_TOLERANCE):
        raise BoundsError(
            Both("추출한 몫을 더해도 1이 되지 않습니다", "drawn shares do not sum to 1"),
            None,
            Both("동력원에 걸쳐 더하면 1이 되게 하십시오", "normalise the shares over powertrains"),
        )
    if isinstance(fleet.survival, Weibull) and (drawn.scale_years is not None or drawn.shape is not None):
        check_weibull(filled["scale_years"], filled["shape"], fleet.bought_at)


def _run_one_block(
    fleet: Fleet,
    packed: Packed,
    filled: dict[str, Floats],
    entries: tuple[NDArray[np.int64], Floats],
    out: Floats,
) -> None:
    classes, powertrains, years = fleet.shape
    rules = _rules(packed, filled["mandate_share"])
    run_block(
        filled["initial"], packed.drive, filled["total"], filled["split"], packed.table, filled["scale_years"],
        filled["shape"], packed.ages, packed.log_ages, packed.rule_class, rules, packed.members, entries[0],
        entries[1], out, np.zeros((classes, years, 4, powertrains)), np.zeros((classes, 0, powertrains, 0)),
    )  # fmt: skip
