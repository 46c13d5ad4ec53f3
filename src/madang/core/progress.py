"""How long work tells a face what it is doing, and how a face stops it. Drawing the bar is the face's affair."""

from __future__ import annotations

from typing import Protocol


class Progress(Protocol):
    """Called by long work; may raise ``Cancelled`` to stop it between two steps."""

    def __call__(self, share: float, what: str) -> None:
        """Report that ``share`` (0..1) of the whole is done and ``what`` is being done now."""


def silent(share: float, what: str) -> None:
    """Report nothing: the default where nobody watches."""


def part_of(progress: Progress, start: float, end: float) -> Progress:
    """Return a progress for a step that fills ``start``..``end`` of the whole."""

    def report(share: float, what: str) -> None:
        progress(start + (end - start) * share, what)

    return report
