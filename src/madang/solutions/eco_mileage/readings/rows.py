"""A reading as it is kept: which meter, which month, how much, of what quality. Whole numbers with a stated scale."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

import pyarrow as pa

#: The order of utilities in every array; a reading's ``utility`` is its place here.
UTILITIES = ("electricity", "gas", "water", "heat")
#: The unit in which a utility is settled, and what one of each other unit is in thousandths of it.
SETTLED_IN: Mapping[str, str] = {"electricity": "kWh", "gas": "m3", "water": "m3", "heat": "MJ"}
MILLIS_OF: Mapping[str, Mapping[str, int]] = {
    "electricity": {"kWh": 1_000, "Wh": 1, "MWh": 1_000_000},
    "gas": {"m3": 1_000, "L": 1},
    "water": {"m3": 1_000, "L": 1},
    "heat": {"MJ": 1_000, "GJ": 1_000_000},
}
UNITS = tuple(dict.fromkeys(unit for units in MILLIS_OF.values() for unit in units))
#: How a reading came about. ``reported``: a member's photo; ``edited``: changed by the utility.
QUALITIES = ("valid", "estimated", "edited", "questionable", "reported")
METER_ID_MAX = 10**12
#: The years in which a month can lie.
EARLIEST_YEAR, LATEST_YEAR = 1990, 2199
#: Why a reading cannot count as it came: its unit is none of its utility's; it covers a part of the month; the file
#: gives two differing values for one time.
DOUBTS = ("", "unit", "partial", "duplicate")

#: One reading. ``quantity`` is whole units of SETTLED_IN, rounded half up; it may be negative here, never in a cube.
#: ``month`` counts months from year 0 (year x 12 + month - 1). ``revision`` is 0 for a first reading and the number of
#: the part of the store for a correction: the highest counts. ``doubt`` is a place in DOUBTS: 0 for none, else why the
#: quantity cannot count until somebody looks at it. ``photo`` is the beginning of a photo's hash, 0 for none. ``row``
#: is the file's own row; the header is row 1.
SCHEMA = pa.schema(
    [
        pa.field("utility", pa.int8(), nullable=False),
        pa.field("meter_id", pa.int64(), nullable=False),
        pa.field("month", pa.int32(), nullable=False),
        pa.field("quantity", pa.int64(), nullable=False),
        pa.field("quality", pa.int8(), nullable=False),
        pa.field("doubt", pa.int8(), nullable=False),
        pa.field("revision", pa.int32(), nullable=False),
        pa.field("photo", pa.int64(), nullable=False),
        pa.field("row", pa.int64(), nullable=False),
    ]
)


def month_number(day: date) -> int:
    """Return the month of a day as a count of months from year 0."""
    return day.year * 12 + day.month - 1


def first_day(month: int) -> date:
    """Return the first day of a counted month."""
    return date(month // 12, month % 12 + 1, 1)


def say_month(month: int) -> str:
    """Write a counted month as YYYY-MM."""
    return f"{first_day(month):%Y-%m}"


def whole_units(quantity: Fraction | int, millis: int) -> int:
    """Return a quantity in whole units, rounded half up; ``millis`` is its unit in thousandths of the settled one."""
    thousandths = quantity * millis
    return int((2 * thousandths + 1000) // 2000)
