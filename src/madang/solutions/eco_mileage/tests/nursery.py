"""Work that is killed: a process that loads everything once and forks a child a round, so that a round starts at once.

``make test`` kills a dozen times; ``MADANG_KILL_ROUNDS=100`` kills a hundred times, each kind of work.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from types import TracebackType

ROUNDS = int(os.environ.get("MADANG_KILL_ROUNDS", "12"))
_LOOP = """
import json, os, signal, sys, time, traceback
print("ready", flush=True)
for line in sys.stdin:
    args, after = json.loads(line)
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*args)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    if after is not None:
        time.sleep(after)
        os.kill(child, signal.SIGKILL)
    status = os.waitpid(child, 0)[1]
    print(-os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status), flush=True)
"""


class Nursery:
    """Runs ``work(*args)`` of a script in child after child."""

    def __init__(self, script: str, env: Mapping[str, str] | None = None) -> None:
        """Start the process and wait until it has loaded what the script imports."""
        self._process = subprocess.Popen(
            [sys.executable, "-c", textwrap.dedent(script) + _LOOP],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env={**os.environ, **(env or {})},
        )  # fmt: skip
        said = self._answer()
        if said != "ready":
            raise AssertionError(f"the script did not start: {said}")

    def __enter__(self) -> Nursery:
        """Return it."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """End it."""
        self._process.kill()
        self._process.communicate()

    def run(self, *args: object, killed_after: float | None = None) -> bool:
        """Work once, killed with signal 9 after some seconds where they are given; tell whether it was cut short."""
        assert self._process.stdin is not None
        print(json.dumps([args, killed_after]), file=self._process.stdin, flush=True)
        code = int(self._answer())
        assert code in (0, -9), "the work failed: see above"
        return code == -9

    def _answer(self) -> str:
        assert self._process.stdout is not None
        return self._process.stdout.readline().strip()
