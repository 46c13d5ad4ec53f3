"""Calling the command line as a person does: words in, exit code, output and messages out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from madang.cli.main import main


@dataclass(frozen=True)
class Answer:
    """What a call of the command line gave."""

    code: int
    out: str
    err: str


@pytest.fixture
def madang(tea: object, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Answer]:
    """Return a function that calls ``madang`` with words, on a fixed day, with the tea stalls registered."""
    monkeypatch.setenv("MADANG_TODAY", "2026-11-22")
    monkeypatch.delenv("MADANG_DEBUG", raising=False)
    monkeypatch.delenv("MADANG_LANG", raising=False)

    def call(*words: object) -> Answer:
        capsys.readouterr()
        try:
            main([str(word) for word in words])
            code: object = 0
        except SystemExit as stop:
            code = stop.code or 0
        out, err = capsys.readouterr()
        assert isinstance(code, int)
        return Answer(code, out, err)

    return call
