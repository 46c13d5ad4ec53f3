"""Play the pages of the documentation: write the files they give, run their commands, and keep their output true.

A page is played from top to bottom in a fresh folder. A fence ```` ```toml file=busan/city.toml ```` is written to
that file; in a fence ```` ```console ```` each line that starts with `$ ` is run, and the lines below it are what it
printed. `lines=12` keeps the first twelve lines of each output, `exit=3` says with which code the command ends.
A comment at the top of a page may ask to be played in a copy of the repository, or for the reference data.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

ROOT = Path(__file__).parent.parent
FENCE = re.compile(r"^(?P<ticks>```+)(?P<info>[^\n`]*)\n(?P<body>.*?)^(?P=ticks)$", re.MULTILINE | re.DOTALL)
IN_A_COPY = "<!-- played in a copy of the repository -->"
WITH_REFERENCE_DATA = "<!-- played with the reference data -->"
PUBLISHED_TABLE = "energy/seoul_ecomileage_energy_summary_2009-2023.csv"
COPIED = ("src/madang", "tests", "conftest.py", "pyproject.toml")
LEFT_OUT = shutil.ignore_patterns("web", ".pytest_cache")
COLUMNS = 100


class PageFault(Exception):
    """A command of a page that did not end as the page says."""


@dataclass(frozen=True)
class Fence:
    """One fenced block: its language, its settings, and what stands in it."""

    language: str
    settings: dict[str, str]
    body: str

    @classmethod
    def of(cls, found: re.Match[str]) -> Fence:
        """Return the block of a match."""
        language, *words = found["info"].split() or [""]
        return cls(language, dict(word.partition("=")[::2] for word in words), found["body"])


def pages() -> list[Path]:
    """Return the pages that are played: the README, the tutorial and the how-to guides."""
    return [
        ROOT / "README.md",
        *sorted((ROOT / "docs").glob("tutorial/*.md")),
        *sorted((ROOT / "docs").glob("how-to/*.md")),
    ]


def fences(text: str) -> list[Fence]:
    """Return the fenced blocks of a page."""
    return [Fence.of(found) for found in FENCE.finditer(text)]


def played(text: str, folder: Path) -> str:
    """Return the page with the output of its commands as they were just now, run in ``folder``.

    Raises:
        PageFault: a command ended with another code than the page says.
    """

    def play(found: re.Match[str]) -> str:
        fence = Fence.of(found)
        if "file" in fence.settings:
            path = folder / fence.settings["file"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(fence.body, "utf-8")
        if fence.language != "console":
            return found[0]
        body = "".join(f"{line}\n" for command in commands(fence) for line in run(command, fence, folder))
        return f"{found['ticks']}{found['info']}\n{body}{found['ticks']}"

    return FENCE.sub(play, text)


def commands(fence: Fence) -> list[str]:
    """Return the commands of a console block."""
    return [line[2:] for line in fence.body.splitlines() if line.startswith("$ ")]


def run(command: str, fence: Fence, folder: Path) -> Iterator[str]:
    """Run one command and yield it with the lines it printed, as many as the block keeps."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MADANG_", "DJANGO_"))}
    environment |= {"COLUMNS": f"{COLUMNS}", "NO_COLOR": "1", "LC_ALL": "C.UTF-8", "TERM": "dumb"}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ.get('PATH', '')}"
    if (folder / "src").is_dir():
        environment["PYTHONPATH"] = str(folder / "src")
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
    )  # fmt: skip
    if done.returncode != int(fence.settings.get("exit", "0")):
        raise PageFault(f"$ {command}\nended with {done.returncode}:\n{done.stdout}")
    shown = done.stdout.replace(f"{folder}/", "").rstrip("\n").splitlines()
    keep = int(fence.settings.get("lines", len(shown)))
    yield f"$ {command}"
    yield from (line.rstrip() for line in shown[:keep])
    if len(shown) > keep:
        yield "…"


def laid_out(text: str, folder: Path, reference: Path | None) -> bool:
    """Lay out what a page asks for in ``folder``; tell whether it can be played here."""
    if IN_A_COPY in text:
        for part in COPIED:
            source = ROOT / part
            copy = shutil.copytree if source.is_dir() else shutil.copy2
            (folder / part).parent.mkdir(parents=True, exist_ok=True)
            copy(source, folder / part, **({"ignore": LEFT_OUT} if source.is_dir() else {}))
    if WITH_REFERENCE_DATA in text:
        if reference is None or not (reference / PUBLISHED_TABLE).exists():
            return False
        shutil.copyfile(reference / PUBLISHED_TABLE, folder / "published.csv")
    return True


def played_anew(page: Path, reference: Path | None) -> str | None:
    """Return a page as it reads when played now, or None where its data are absent."""
    text = page.read_text("utf-8")
    if not any(fence.language == "console" for fence in fences(text)):
        return text
    with tempfile.TemporaryDirectory(prefix="madang-page-") as made:
        folder = Path(made).resolve()
        return played(text, folder) if laid_out(text, folder, reference) else None


def reference_data() -> Path | None:
    """Return the folder of reference data where there is one."""
    folder = Path(os.environ.get("MADANG_SHARED", ROOT.parent / "shared")) / "data"
    return folder if folder.is_dir() else None


def main() -> int:
    """Play the pages named, or all; write them anew, or say how they differ."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("page", nargs="*", type=Path, help="pages to play; all by default")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    asked = parser.parse_args()
    stale = 0
    for page in [path.resolve() for path in asked.page] or pages():
        anew, text = played_anew(page, reference_data()), page.read_text("utf-8")
        if anew is None or anew == text:
            continue
        stale += 1
        sys.stdout.writelines(unified_diff(text.splitlines(True), anew.splitlines(True), str(page.name), "played now"))
        if not asked.check:
            page.write_text(anew, "utf-8")
    sys.stdout.write(f"{stale} pages changed\n")
    return 1 if asked.check and stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
