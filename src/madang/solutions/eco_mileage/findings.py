"""What contradicts itself in the published table: rows that break its own identity, its factors, or have gaps."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from madang.core.language import Text, text

#: Half a unit: a mean of two whole numbers rounded to a whole one may be so far off, and no more.
IDENTITY_TOLERANCE = 0.5 + 1e-6
#: A row's CO2 is off its factor when it differs by more than a ten-thousandth and by more than a kilogram.
FACTOR_RELATIVE, FACTOR_KG = 1e-4, 1.0

KINDS: dict[str, Text] = {
    "identity": text(
        "변화량이 '올해 − 지난 두 해 평균'과 다름", "the change is not this year minus the mean of the two years before"
    ),
    "factor": text("CO2가 '변화량 × 그 날짜의 계수'와 다름", "the CO2 is not the change times the factor of its day"),
    "mixed_unit": text(
        "하나의 계수로 설명되지 않는 난방: 단위가 섞여 있음", "heat that no one factor explains: its units are mixed"
    ),
    "sign": text("사용량은 늘었는데 CO2는 줄었거나 그 반대", "use rose where its CO2 fell, or the other way round"),
    "empty": text("빈 칸이 있음", "a cell is empty"),
}


@dataclass(frozen=True)
class Report:
    """Every finding with its row in the file, and their counts by year and utility."""

    findings: pl.DataFrame
    summary: pl.DataFrame

    def count(self, kind: str, utility: str | None = None) -> int:
        """Return how many rows have a finding of a kind; of one utility, or of all."""
        found = self.findings.filter(pl.col("kind") == kind)
        return found.height if utility is None else found.filter(pl.col("utility") == utility).height


def report_on(cells: pl.DataFrame) -> Report:
    """Return the report on the table's cells (columns as ``published.cells_of`` makes them)."""
    judged = _judged(cells)
    return Report(_findings(judged), _summary(judged))


def _judged(cells: pl.DataFrame) -> pl.DataFrame:
    """Return the cells with a flag for each kind of finding."""
    numbers = ("this", "previous", "before_previous", "change", "co2_kg")
    off = (pl.col("co2_kg") - pl.col("change") * pl.col("factor_kg")).abs()
    size = (pl.col("change") * pl.col("factor_kg")).abs()
    counted = pl.col("change").is_not_null() & (pl.col("change") != 0)
    flags = {
        "identity": (pl.col("change") - pl.col("recomputed")).abs() > IDENTITY_TOLERANCE,
        "factor": (off > FACTOR_KG) & (off > FACTOR_RELATIVE * size),
        "mixed_unit": (pl.col("utility") == "heat") & counted,
        "sign": pl.col("change").sign() * pl.col("co2_kg").sign() < 0,
        "empty": pl.any_horizontal(pl.col(name).is_null() for name in numbers),
    }
    implied = pl.when(counted).then(pl.col("co2_kg") / pl.col("change"))
    return cells.with_columns(
        implied_factor_kg=implied, **{name: flag.fill_null(value=False) for name, flag in flags.items()}
    )


def _findings(judged: pl.DataFrame) -> pl.DataFrame:
    """Return one row for each finding: where it stands, what is published and what the rule expects."""
    expected = {
        "identity": ("change", "recomputed"),
        "factor": ("implied_factor_kg", "factor_kg"),
        "mixed_unit": ("implied_factor_kg", None),
        "sign": ("co2_kg", None),
        "empty": (None, None),
    }
    parts = []
    for kind, (published, wanted) in expected.items():
        unknown = pl.lit(None, dtype=pl.Float64)
        parts.append(
            judged.filter(pl.col(kind)).select(
                "row",
                "month",
                "member_type",
                "utility",
                pl.lit(kind).alias("kind"),
                (pl.col(published) if published else unknown).alias("published"),
                (pl.col(wanted) if wanted else unknown).alias("expected"),
            )
        )
    return pl.concat(parts).sort("row", "utility", "kind")


def _summary(judged: pl.DataFrame) -> pl.DataFrame:
    """Return by year and utility: rows, rows with each finding, what the breaks add up to, range of factors."""
    excess = (pl.col("change") - pl.col("recomputed")).filter(pl.col("identity"))
    return (
        judged.with_columns(year=pl.col("month").dt.year().cast(pl.Int64))
        .group_by("year", "utility")
        .agg(
            rows=pl.len().cast(pl.Int64),
            **{f"{kind}_rows": pl.col(kind).sum().cast(pl.Int64) for kind in KINDS},
            identity_excess=excess.sum().round(3),
            implied_factor_low=pl.col("implied_factor_kg").min().round(3),
            implied_factor_high=pl.col("implied_factor_kg").max().round(3),
        )
        .sort("year", "utility")
    )
