"""A full disk, a folder that may not be written, names that are no text: one clear message, nothing half written."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

Madang = Callable[..., Any]
NO_TEXT = os.fsdecode(b"caf\xe9")
FULL = Path("/dev/full")


@contextmanager
def _files_no_larger_than(size: int) -> Iterator[None]:
    """Let the system itself refuse to write past a size, as a full disk does."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def _files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*"))


@pytest.mark.parametrize(
    "words",
    [
        ("run", "tea_stalls", "--out", "out"),
        ("run", "tea_stalls", "--bundle", "run.zip"),
        ("export", "tea_stalls", "by_market", "--format", "csv", "--out", "rows.csv"),
        ("new-city", "busan"),
    ],
)
def test_a_disk_that_fills_up_leaves_nothing_behind(
    madang: Madang, tea: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    monkeypatch.chdir(tmp_path)
    before = _files(tmp_path)
    city = () if words[0] == "new-city" else ("--city", tea)
    with _files_no_larger_than(20):
        answer = madang(*words, *city)
    named = f"  where: file {words[-1]}\n" if words[-1] in {"run.zip", "rows.csv"} else ""
    what, todo = "a file cannot be read or written: file too large", "make room, or write to another disk"
    assert (answer.code, answer.err) == (9, f"madang: {what}\n{named}  to do: {todo}\n")
    assert _files(tmp_path) == before


@pytest.mark.skipif(not FULL.exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("words", [["list"], ["list", "--format", "json"], ["show", "eco_mileage"]])
def test_output_that_cannot_be_written_is_no_bug_of_ours(words: list[str]) -> None:
    code = f"from madang.cli.main import main; main({words!r})"
    with FULL.open("w") as full:
        done = subprocess.run([sys.executable, "-c", code], stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 9
    assert done.stderr.startswith("madang: a file cannot be read or written: no space left on device\n")
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("option", ["--out", "--bundle"])
def test_a_file_where_a_folder_is_needed_is_named(madang: Madang, tea: Path, tmp_path: Path, option: str) -> None:
    (tmp_path / "afile").write_text("mine", encoding="utf-8")
    answer = madang("run", "tea_stalls", "--city", tea, option, tmp_path / "afile" / "x")
    assert answer.code == 9
    assert f"where: file {tmp_path / 'afile'}\n  to do: choose another name: something else bears" in answer.err
    assert (tmp_path / "afile").read_text(encoding="utf-8") == "mine"


def test_a_name_longer_than_the_system_allows_is_told(madang: Madang, tmp_path: Path) -> None:
    answer = madang("new-city", tmp_path / ("x" * 300), "--id", "x")
    assert answer.code == 9
    assert answer.err.endswith("to do: choose a shorter name\n")


def test_folders_whose_names_are_no_text_hold_a_city_a_report_and_a_bundle(
    madang: Madang, tea: Path, tmp_path: Path
) -> None:
    place = tmp_path / NO_TEXT / "한글 과 빈칸"
    place.parent.mkdir()
    tea.rename(place)
    answer = madang("run", "tea_stalls", "--city", place, "--out", place / "out", "--bundle", place / "b.zip")
    assert answer.code == 0, answer.err
    assert madang("verify", place / "b.zip").code == 0


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("run", NO_TEXT), "there is no solution called"),
        (("run", "tea_stalls", "--city", NO_TEXT), "there is no city called"),
        (("run", "tea_stalls", "--on", NO_TEXT), "is not a day"),
        (("run", "tea_stalls", "--set", f"price={NO_TEXT}"), "is not"),
        (("run", "tea_stalls", "--set", f"{NO_TEXT}=1"), "there is no input called"),
        (("run", "tea_stalls", "--scenario", NO_TEXT), "there is no scenario called"),
        (("why", f"tea_stalls.{NO_TEXT}"), "there is no number of tea_stalls called"),
        (("verify", NO_TEXT), "the bundle is missing"),
        (("check", NO_TEXT), "there is no solution called"),
    ],
)
def test_words_that_are_no_text_are_refused_like_any_wrong_word(
    madang: Madang, tea: Path, words: tuple[str, ...], says: str
) -> None:
    city = () if "--city" in words or words[0] in {"verify", "check"} else ("--city", tea)
    answer = madang(*words, *city)
    assert says in answer.err
    assert answer.code in {2, 3}


@pytest.mark.parametrize("key", ["²", "٣", "9" * 5000, "20 21"])
def test_a_year_that_is_no_plain_number_is_no_key_of_a_series(madang: Madang, tea: Path, key: str) -> None:
    """`"²".isdigit()` is true, and no number."""
    answer = madang("run", "tea_stalls", "--city", tea, "--set", f"price.{key}=3")
    assert (answer.code, "there is no key of price called" in answer.err) == (2, True)


def test_letters_that_a_terminal_lacks_are_escaped_and_nothing_breaks() -> None:
    code = "from madang.cli.main import main; main(['list', '--lang', 'ko'])"
    env = os.environ | {"PYTHONIOENCODING": "latin-1"}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert (done.returncode, "ev_fleet" in done.stdout, "27\\ub9cc \\ub300" in done.stdout) == (0, True, True), (
        done.stderr
    )
