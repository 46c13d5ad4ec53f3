"""A half-year of a whole city by the command line: generated, taken in, settled, approved, posted, checked.

Run as ``[tools/with_postgres.sh] .venv/bin/python benchmarks/city_half_year.py [--members N]``; without PostgreSQL the
desk is on SQLite. 2,225,000 members take some minutes to half an hour and about 6 GB of disk; the city is made up. Each
step is a process of its own, as an officer would start it; its wall-clock, CPU seconds and peak memory are the kernel's
account of it. The server's own CPU time on PostgreSQL is not in a step's figure.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

MADANG = str(Path(sys.executable).with_name("madang"))


class Step(NamedTuple):
    """What a command said and took."""

    said: str
    wall_s: float
    cpu_s: float
    peak_mb: float


def run(name: str, *args: str, env: dict[str, str], folder: Path) -> Step:
    """Run a command to its end and print what it took; stop where it fails."""
    began = time.perf_counter()
    with (folder / "said").open("w+b") as out:
        number = os.posix_spawn(
            MADANG,
            [MADANG, *args],
            env,
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, out.fileno(), 2)],
        )
        _, status, used = os.wait4(number, 0)
        out.seek(0)
        said = out.read().decode()
    if status:
        sys.exit(f"{name} failed:\n{said}")
    step = Step(said, time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
    print(f"  {name:<34}{step.wall_s:>10.1f}{step.cpu_s:>10.1f}{step.peak_mb:>12,.0f}", flush=True)
    return step


def number_in(said: str, pattern: str) -> int:
    """Return a number that a command printed; 0 where it did not."""
    found = re.search(pattern, said)
    return int(found.group(1).replace(",", "")) if found else 0


def main() -> int:
    """Print the table; 1 where what is posted is not what was settled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--members", type=int, default=2_225_000)
    parser.add_argument("--seed", type=int, default=7)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="madang-bench-") as home:
        folder, city = Path(home), Path(home) / "city"
        env = {**os.environ, "MADANG_HOME": str(folder / "home"), "MADANG_SECRET_KEY": "only-for-a-benchmark" * 3}
        where = "PostgreSQL" if env.get("DATABASE_URL") else "SQLite"
        print(f"a half-year of {options.members:,} made-up members, the desk on {where}, {os.cpu_count()} threads")
        print(f"  {'step':<34}{'wall s':>10}{'CPU s':>10}{'peak MB':>12}")

        def step(name: str, *args: str) -> Step:
            return run(name, *args, env=env, folder=folder)

        made = ("--members", str(options.members), "--seed", str(options.seed), "--first-month", "2023-07")
        steps = [step("generate", "eco-mileage", "generate", str(city), *made)]
        files = sorted(map(str, city.glob("synthetic-*.csv")))
        taken = step("import readings", "eco-mileage", "import-readings", str(city), *files)
        settled = step("settle", "eco-mileage", "settle", str(city), "--first-month", "2023-07")
        awards = str(city / "awards-half_year-2023-07.parquet")
        steps += [taken, settled]
        steps.append(step("make the desk's database", "desk", "eco-mileage", "check"))
        steps.append(step("register the members", "desk", "eco-mileage", "register", str(city)))
        prepared = step("prepare", "desk", "eco-mileage", "prepare", awards, "--by", "kim")
        steps += [prepared, step("approve", "desk", "eco-mileage", "approve", "--by", "lee")]
        posted = step("post", "desk", "eco-mileage", "post", "--by", "lee")
        checked = step("check the whole book", "desk", "eco-mileage", "check")
        steps += [posted, checked]
    readings = number_in(taken.said, r"readings in the store\s+([\d,]+)")
    print(f"  {'together':<34}{sum(s.wall_s for s in steps):>10.1f}{sum(s.cpu_s for s in steps):>10.1f}"
          f"{max(s.peak_mb for s in steps):>12,.0f}")  # fmt: skip
    print(f"  {readings:,} readings taken in: {60 * readings / taken.cpu_s:,.0f} a minute of CPU")
    wanted, given = number_in(prepared.said, r"([\d,]+) points"), number_in(posted.said, r"added, ([\d,]+) points")
    owed = number_in(checked.said, r"([\d,]+) points are owed")
    print(
        f"  settled {wanted:,} points, posted {given:,}, owed {owed:,}: {'equal' if wanted == given == owed else 'NO'}"
    )
    return 0 if wanted == given == owed > 0 else 1


if __name__ == "__main__":
    sys.exit(main())
