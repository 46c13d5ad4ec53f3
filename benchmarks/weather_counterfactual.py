"""What would have been used in this year's weather: our batched change-point fit beside eemeter on the same meters.

Truth is planted: the il-* meters of eemeter's own sample are simulated, and their cards say how much was saved. Both
programs fit the year before the blackout and predict the year after it; the error is that of the saving in points of
per cent. Each also fits noise-free meters of a known model, where the truth is known to the unit. Speed is CPU time per
meter and fit; ours is measured on many meters at once, eemeter one at a time, as its documentation shows.

Needs the reference data that lie beside the repository (see CONTRIBUTING.md); says so and ends with 2 where they are
absent.
"""

from __future__ import annotations

import argparse
import json
import logging
import sys
import time
import warnings
from pathlib import Path

import numpy as np
import polars as pl

from madang.methods.degree_days import DegreeDays, degree_days, expected, fit

ZONE = "America/Chicago"
METERS = (
    "il-electricity-cdd-hdd-daily",
    "il-electricity-cdd-only-daily",
    "il-gas-hdd-only-daily",
    "il-gas-intercept-only-daily",
)
GRID_C = np.arange(8.0, 24.0, 0.5)
MANY = 20_000
RATIO_WANTED = 1_000.0


def reference() -> Path | None:
    """Return the folder of reference data, or None."""
    for parent in Path(__file__).resolve().parents:
        for name in ("shared/data/energy", "../shared/data/energy"):
            if (parent / name).is_dir():
                return (parent / name).resolve()
    return None


def local_day(column: str = "start") -> pl.Expr:
    """Return the local day of a time stamp."""
    return pl.col(column).str.to_datetime(time_zone="UTC").dt.convert_time_zone(ZONE).dt.date()


def meter_days(folder: Path, name: str, card: dict[str, str]) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return a meter's daily use and mean temperature: the year before the blackout and the year after it."""
    rows = pl.read_parquet(folder / "eemeter_sample_meters_and_temperature.parquet")
    hours = rows.filter(pl.col("series") == "il-tempF").with_columns(local_day().alias("day"))
    weather = hours.group_by("day").agg(((pl.col("value") - 32) / 1.8).mean().alias("mean_c"), pl.len())
    use = rows.filter((pl.col("series") == name) & pl.col("value").is_not_nan()).with_columns(local_day().alias("day"))
    both = use.select("day", "value").join(weather.filter(pl.col("len") == 24), on="day").sort("day")
    begin, end = pl.lit(card["blackout_start_date"]).str.to_date(), pl.lit(card["blackout_end_date"]).str.to_date()
    return both.filter(pl.col("day") < begin).tail(365), both.filter(pl.col("day") >= end).head(365)


def by_day(rows: pl.DataFrame) -> DegreeDays:
    """Return the degree-days of single days."""
    return degree_days(rows["mean_c"].to_numpy(), np.arange(rows.height), rows.height, GRID_C, GRID_C)


def ours(before: pl.DataFrame, after: pl.DataFrame) -> float:
    """Return the saving in per cent of what would have been used."""
    would = expected(fit(before["value"].to_numpy()[:, None], by_day(before)), by_day(after)).sum()
    return float(100 * (1 - after["value"].sum() / would))


def ours_per_meter(before: pl.DataFrame) -> float:
    """Return CPU seconds a meter, fitted many at once: the one meter with noise of its own in each copy."""
    noise = np.random.default_rng(7).normal(1.0, 0.05, (before.height, MANY))
    use, weather = before["value"].to_numpy()[:, None] * noise, by_day(before)
    fit(use[:, :8], weather)
    start = time.process_time()
    fit(use, weather)
    return (time.process_time() - start) / MANY


def eemeter_frame(rows: pl.DataFrame) -> object:
    """Return rows as the pandas frame that eemeter reads: temperatures in degrees F."""
    import pandas as pd

    index = pd.DatetimeIndex(pd.to_datetime(rows["day"].to_list())).tz_localize(ZONE)
    return pd.DataFrame(
        {"temperature": rows["mean_c"].to_numpy() * 1.8 + 32, "observed": rows["value"].to_numpy()}, index=index
    )


def peer(before: pl.DataFrame, after: pl.DataFrame, *, electricity: bool) -> tuple[float, float]:
    """Return eemeter's saving in per cent, and its CPU seconds for the fit."""
    from eemeter.eemeter import DailyBaselineData, DailyModel, DailyReportingData

    baseline = DailyBaselineData(eemeter_frame(before), is_electricity_data=electricity)
    start = time.process_time()
    model = DailyModel().fit(baseline, ignore_disqualification=True)
    cpu = time.process_time() - start
    reporting = DailyReportingData(eemeter_frame(after), is_electricity_data=electricity)
    found = model.predict(reporting, ignore_disqualification=True).dropna(subset=["predicted", "observed"])
    return float(100 * (1 - found["observed"].sum() / found["predicted"].sum())), cpu


def planted(days: pl.DataFrame, saving: float, *, seed: int) -> pl.DataFrame:
    """Return a meter of a known model on real days: base 5, heating 1.2 below 16 C, cooling 2 above 22 C, 6 % noise."""
    cold = np.maximum(0.0, 16.0 - days["mean_c"].to_numpy())
    hot = np.maximum(0.0, days["mean_c"].to_numpy() - 22.0)
    noise = np.random.default_rng(seed).normal(1.0, 0.06, days.height)
    return days.with_columns(pl.Series("value", (5 + 1.2 * cold + 2 * hot) * noise * (1 - saving)))


def cases(folder: Path, plants: int) -> list[tuple[str, pl.DataFrame, pl.DataFrame, float, bool]]:
    """Return (name, before, after, planted saving in per cent, electricity) of the sample's and of our own meters."""
    cards = json.loads((folder / "eemeter_sample_metadata.json").read_text("utf-8"))
    found = []
    for name in METERS:
        before, after = meter_days(folder, name, cards[name])
        loads = (cards[name]["annual_reporting_total_load"], cards[name]["annual_baseline_total_load"])
        found.append((name, before, after, 100 * (1 - loads[0] / loads[1]), "electricity" in name))
    before, after = found[0][1], found[0][2]
    for seed in range(plants):
        saving = 0.05 * (seed % 4)
        own = planted(before, 0.0, seed=2 * seed), planted(after, saving, seed=2 * seed + 1)
        found.append((f"planted-{seed}", *own, 100 * saving, True))
    return found


def main() -> int:
    """Print the table; 1 where our error is greater or the ratio is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="four planted meters instead of twelve")
    options = parser.parse_args()
    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    folder = reference()
    if folder is None:
        print("the reference data are not here")
        return 2
    rows = cases(folder, 4 if options.quick else 12)
    peer(rows[0][1], rows[0][2], electricity=True)  # compiled before the clock starts
    print(f"{'meter':34}{'planted %':>10}{'madang %':>10}{'eemeter %':>10}{'eemeter CPU s':>15}")
    mine, theirs, seconds = [], [], []
    for name, before, after, truth, electricity in rows:
        own = ours(before, after)
        other, cpu = peer(before, after, electricity=electricity)
        print(f"{name:34}{truth:>10.2f}{own:>10.2f}{other:>10.2f}{cpu:>15.2f}")
        mine.append(own - truth)
        theirs.append(other - truth)
        seconds.append(cpu)
    own_rmse, other_rmse = (float(np.sqrt(np.mean(np.square(errors)))) for errors in (mine, theirs))
    each = ours_per_meter(rows[0][1])
    ratio = float(np.median(seconds)) / each
    print(f"error of the saving (rms, points of %): madang {own_rmse:.2f}, eemeter {other_rmse:.2f} (wanted: no worse)")
    print(f"CPU per meter: madang {each * 1e6:,.0f} us over {MANY:,} meters, eemeter median {np.median(seconds):.2f} s")
    print(f"ratio of CPU seconds per meter: {ratio:,.0f} (wanted: at least {RATIO_WANTED:,.0f})")
    return 0 if own_rmse <= other_rmse and ratio >= RATIO_WANTED else 1


if __name__ == "__main__":
    sys.exit(main())
