"""What work costs in CPU time, the database server's processes with it; the benchmarks of the ledger share it."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

from django.db import connection


def cpu_seconds() -> float:
    """Return the CPU time of this process and, on PostgreSQL, of the server and all its processes, ended ones too."""
    mine = time.process_time()
    if connection.vendor != "postgresql":
        return mine
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        server = _stat(cursor.fetchone()[0])[1]
    ticks = sum(_stat(server)[11:15])
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            stat = _stat(int(folder.name))
            ticks += sum(stat[11:13]) if stat[1] == server else 0
    return mine + ticks / os.sysconf("SC_CLK_TCK")


def _stat(number: int) -> list[int]:
    """Return the numbers of a process's stat file from its state on; the state itself as 0."""
    said = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return [0, *map(int, said[1:])]
