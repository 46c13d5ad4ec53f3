"""The clock over a solve: a time limit as guard, progress reports, and a stop that keeps the best so far."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from madang.core.progress import Progress, silent


@dataclass
class Watch:
    """Says when to stop and why; work is planned by effort, so that the clock only cuts what would run too long.

    ``clocked`` remembers that the clock ended a part of the work, though the whole went on.
    """

    seconds: float = 60.0
    progress: Progress = silent
    stop: Callable[[], bool] | None = None
    started: float = field(default_factory=time.perf_counter)
    cut: str | None = None
    clocked: bool = False
    share: float = 0.0
    log: list[str] = field(default_factory=list)

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return time.perf_counter() - self.started

    @property
    def left(self) -> float:
        """Seconds until the limit, zero or more."""
        return max(0.0, self.seconds - self.elapsed)

    def over(self, share: float = 1.0) -> bool:
        """Say whether to stop: asked by the caller, or ``share`` of the time is used (the whole: remembered as cut)."""
        if self.cut is None and self.stop is not None and self.stop():
            self.cut = "stopped by the caller"
        if self.cut is None and self.elapsed >= self.seconds:
            self.cut = "time limit"
        return self.cut is not None or self.elapsed >= share * self.seconds

    def report(self, share: float, what: str) -> None:
        """Pass one line on to the face."""
        self.share = min(1.0, share)
        self.progress(self.share, what)

    def note(self, what: str) -> None:
        """Keep one line for the plan's log, and tell it at once."""
        self.progress(self.share, what)
        self.log.append(f"{self.elapsed:.2f} s  {what}")

    def portions(self, steps: int, chunk: int, until: float) -> Iterator[tuple[float, float, int]]:
        """Yield (from, to, steps) portions of one cooling; shares run 0..1, fewer steps where time is short.

        ``until`` is the share of the time limit at which the cooling should have ended.
        """
        done, end = 0.0, until * self.seconds
        rate, first = 0.0, True
        while done < 1.0 and not self.over(until):
            todo = steps * (1.0 - done)
            if not first and rate > 0 and todo / rate > end - self.elapsed:
                todo = max(1.0, rate * (end - self.elapsed))
            count = int(min(chunk, todo)) or 1
            ahead = min(1.0, done + (1.0 - done) * count / todo)
            begun = time.perf_counter()
            yield done, ahead if ahead < 1.0 - 1e-9 else 1.0, count
            rate, first = count / max(1e-9, time.perf_counter() - begun), False
            done = ahead if ahead < 1.0 - 1e-9 else 1.0
