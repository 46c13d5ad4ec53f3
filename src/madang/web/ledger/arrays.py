"""Columns of values as PostgreSQL reads them, since the driver's own way takes ten times as long for each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

Plain = int | str | dt.date | None


def array(values: Sequence[Plain]) -> str:
    """Return values as the text of an array; the statement says of which type. A text may hold any characters."""
    return "{" + ",".join([str(one) if type(one) is int else _quoted(one) for one in values]) + "}"


def _quoted(value: Plain) -> str:
    """Return a text or a time between quotes, and a missing value as PostgreSQL's."""
    if value is None:
        return "NULL"
    return '"' + str(value).replace("\\", "\\\\").replace('"', '\\"') + '"'
