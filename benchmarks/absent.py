"""What a benchmark cannot compare on this machine: a peer or the reference data that are not there, said once."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from types import ModuleType


def peer(name: str) -> ModuleType | None:
    """Return a peer's module, or None, saying so, where it is not installed or cannot be loaded."""
    try:
        return importlib.import_module(name)
    except (ImportError, OSError) as error:
        print(f"{name} left out: {error}; install the peers with `pip install -r requirements-bench.lock`")
        return None


def reference_folder(part: str, what: str) -> Path | None:
    """Return a part of the reference data, or None, saying what is left out, where it is absent."""
    folder = Path(os.environ.get("MADANG_SHARED", Path(__file__).parents[2] / "shared")) / "data" / part
    if folder.is_dir():
        return folder
    print(f"{what} left out: there is no {folder.name} in the reference data; set MADANG_SHARED to their folder")
    return None
