"""Small random questions and one that can be solved by hand, for the tests beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from madang.methods.load_allocation import Allocation, Measure, Paths, cascade


def two_towns(**more: object) -> Allocation:
    """Upper town (cheap) and lower town (dear) above one gauge, one substance, two years; half of upper's load arrives.

    Loads 100 each; the cap of 120 against 150 asks for 30 less at the gauge.
    """
    paths = cascade(["gauge"], [None], [[1.0]], ["gauge", "gauge"], [[0.5], [1.0]])
    asked = Allocation(
        units=("upper", "lower"),
        substances=("bod",),
        years=(2021, 2022),
        paths=paths,
        load_kg_per_d=np.full((2, 1, 2), 100.0),
        cap_kg_per_d=np.full((1, 1, 2), 120.0),
        measures=(Measure("dose", [40.0, 100.0], 0.0, [30.0, 80.0], lasting=False),),
    )
    return replace(asked, **more)  # type: ignore[arg-type]


def random_question(seed: int, substances: int = 2) -> Allocation:
    """Return a question that least cost can meet: caps lie between the loads of no effort and of all."""
    rng = np.random.default_rng(seed)
    units, stations, years = int(rng.integers(2, 8)), int(rng.integers(1, 5)), int(rng.integers(1, 5))
    names = tuple(f"s{s}" for s in range(stations))
    below = [names[rng.integers(s + 1, stations)] if s + 1 < stations else None for s in range(stations)]
    home = [names[s] for s in rng.integers(0, stations, units)]
    paths = cascade(
        names, below, rng.uniform(0.5, 1, (stations, substances)), home, rng.uniform(0.3, 1, (units, substances))
    )
    load = rng.uniform(20, 200, (units, substances, years))
    measures = tuple(
        Measure(
            name,
            rng.uniform(0.1, 0.4, (units, substances)) * load.min(axis=2),
            rng.uniform(10, 900, (units, substances)) * lasting,
            rng.uniform(5, 300, (units, substances)),
            first_year=2021 if name == "ready" else 2021 + int(rng.integers(0, years)),
            lasting=lasting,
        )
        for name, lasting in (("ready", True), ("later", True), ("dose", False))
    )
    asked = Allocation(
        tuple(f"u{u}" for u in range(units)),
        tuple(f"p{p}" for p in range(substances)),
        tuple(range(2021, 2021 + years)),
        paths,
        load,
        np.full((stations, substances, years), np.nan),
        measures,
        margin=0.1,
        discount=0.05,
        effluent_m3_per_d=rng.uniform(1e3, 1e5, (units, years)),
    )
    return replace(asked, cap_kg_per_d=between(asked, rng))


def between(asked: Allocation, rng: np.random.Generator) -> np.ndarray:
    """Return caps between what all the ready measure can do and no effort, margin of safety included; some are free."""
    most = asked.spread(asked.measures[0].ceiling_kg_per_d, "ready")[:, :, None]
    caps = np.empty((len(asked.paths.stations), len(asked.substances), len(asked.years)))
    for p in range(len(asked.substances)):
        none = asked.paths.station_loads(p, asked.load_kg_per_d[:, p, :])
        all_ = asked.paths.station_loads(p, asked.load_kg_per_d[:, p, :] - most[:, p])
        caps[:, p, :] = (all_ + (none - all_) * rng.uniform(0.2, 0.9, none.shape)) / (1 - asked.margin)
    return np.where(rng.random(caps.shape) < 0.2, np.nan, caps)


def as_dense(paths: Paths) -> np.ndarray:
    """Return the delivery ratios (station x unit x substance) that a cascade stands for."""
    return np.stack(
        [
            np.linalg.solve(between_.toarray(), units.toarray())
            for between_, units in zip(paths.between, paths.from_units, strict=True)
        ],
        axis=2,
    )
