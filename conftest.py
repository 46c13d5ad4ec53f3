"""Fixtures that every test folder may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of reference data, or skip with the reason why it cannot be read."""
    folder = Path(os.environ.get("MADANG_SHARED", Path(__file__).parent.parent / "shared"))
    if not (folder / "data").is_dir():
        pytest.skip(f"the reference data are not at {folder}: set MADANG_SHARED to their folder")
    return folder
