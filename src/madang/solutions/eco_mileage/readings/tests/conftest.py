"""Small files of readings."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

HEADER = "utility,meter_id,month,quantity,unit,quality,corrects"
Write = Callable[..., Path]


@pytest.fixture
def csv(tmp_path: Path) -> Write:
    """Return a function that writes a file of readings from its rows."""

    def write(*rows: str, name: str = "readings.csv", header: str = HEADER) -> Path:
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
        return path

    return write
