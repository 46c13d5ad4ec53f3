"""One bundle of the throw-away policy, written once; each test gets a copy of its own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.plan.bundle import write_bundle
from madang.plan.bundle.archive import MANIFEST, manifest, pack, unpack

_WRITTEN: dict[str, bytes] = {}
Change = Callable[[dict[str, bytes]], None]


@pytest.fixture
def run(tea: Path) -> Run:
    return perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1))


@pytest.fixture
def bundle(run: Run, tmp_path: Path) -> Path:
    path = tmp_path / "tea.zip"
    if not _WRITTEN:
        write_bundle(run, path, made_on=date(2026, 11, 2))
        _WRITTEN["tea"] = path.read_bytes()
    path.write_bytes(_WRITTEN["tea"])
    return path


@pytest.fixture
def changed(bundle: Path) -> Callable[..., Path]:
    """Return a function that changes a bundle's files, with or without mending its manifest."""

    def change(alter: Change, *, mend: bool = False) -> Path:
        contents = unpack(bundle)
        alter(contents)
        if mend:
            contents[MANIFEST] = manifest({name: body for name, body in contents.items() if name != MANIFEST})
        bundle.write_bytes(pack(contents))
        return bundle

    return change
