"""The unit and the container file in the how-to are ones that their programs accept."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[5] / "docs" / "how-to" / "serve-the-site.md"


def block(kind: str) -> str:
    """Return the page's first block of a kind."""
    found = re.search(rf"```{kind}\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    assert found is not None
    return found[1]


def test_systemd_finds_nothing_wrong_with_the_unit(tmp_path: Path) -> None:
    """Every directive is known and well formed; the program's own place is a city's affair."""
    program = shutil.which("systemd-analyze")
    if program is None:
        pytest.skip("no systemd-analyze here: apt install systemd")
    unit = tmp_path / "madang.service"
    unit.write_text(block("ini").replace("/opt/madang/bin/madang", sys.executable), encoding="utf-8")
    done = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    said = [line for line in done.stderr.splitlines() if "madang.service" in line]
    assert not said
    unit.write_text(unit.read_text(encoding="utf-8").replace("ProtectSystem=strict", "ProtectSystem=very"), "utf-8")
    again = subprocess.run([program, "verify", str(unit)], capture_output=True, text=True, check=False)
    assert "protect system" in again.stderr


def test_the_unit_keeps_the_sites_state_where_it_may_write() -> None:
    """With the system read-only, everything that is written has a folder that the unit makes."""
    unit = block("ini")
    assert "ProtectSystem=strict" in unit
    for name, folder in (("MADANG_HOME", "lib"), ("XDG_CACHE_HOME", "cache"), ("NUMBA_CACHE_DIR", "cache")):
        assert re.search(rf"{name}=/var/{folder}/madang", unit), name
    assert "StateDirectory=madang" in unit
    assert "CacheDirectory=madang" in unit


def test_the_container_runs_commands_that_there_are() -> None:
    """Made ready while it is built, served by a user without rights."""
    lines = block("dockerfile").splitlines()
    known = {"FROM", "COPY", "RUN", "USER", "ENV", "EXPOSE", "VOLUME", "CMD"}
    assert {line.split(" ", 1)[0] for line in lines} == known
    assert lines.index("USER madang") < lines.index("RUN madang site prepare")
    assert lines[-1] == 'CMD ["madang", "serve", "--host", "0.0.0.0", "--port", "8000"]'
