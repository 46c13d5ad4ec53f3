"""Where a run's numbers are collected, and which inputs each kind of sum rests on."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from madang.core.contract import Number
from madang.core.language import Text

FACTORS = ("electricity_g_per_kwh", "gas_g_per_m3", "water_g_per_m3")
#: All that moves a net or gross sum of tonnes on the day.
SUM = ("on", "as_of", "change_by", "co2_by", "heat_by", *FACTORS, "months", "by_month")
STATEMENT_SUM = ("compare_on", "as_of", "change_by", "co2_by", "heat_by", *FACTORS, "months", "by_month")
WITHOUT_HEAT = tuple(name for name in SUM if name != "heat_by")
CITY_SUM = ("on", "as_of", "heat_by", "months", "by_month")
MEMBER_SUM = ("on", "as_of", "change_by", "co2_by", "heat_by", *FACTORS, "months", "by_year")


@dataclass
class Sheet:
    """Collects numbers; an unknown value carries its reason."""

    made: dict[str, Number] = field(default_factory=dict)

    def add(
        self,
        name: str,
        title: Text,
        value: float | None,
        unit: str,
        rests_on: tuple[str, ...],
        formula: Text,
        *,
        day: date | None = None,
        gap: Text | None = None,
        digits: int | None = 0,
    ) -> None:
        """Add one number."""
        self.made[name] = Number(
            name=name,
            title=title,
            value=value,
            unit=unit,
            rests_on=rests_on,
            formula=formula,
            day=day,
            gap=gap if value is None else None,
            digits=digits,
        )
