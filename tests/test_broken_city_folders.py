"""Broken city folders: each gives one clear message and its exit code, shows no traceback and changes nothing.

The ways to break one, and what each says, stand in the TOML file of the same name.
"""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from madang.cli.main import main
from madang.core.city import City
from madang.core.contract import Solution, perform
from madang.core.errors import MadangError
from madang.plan import cities

DAY, TODAY = date(2025, 1, 1), date(2026, 11, 22)
TABLE = "shade_trees/streets.csv"

Break = Callable[[Path], None]


def swap(file: str, old: str, new: str) -> Break:
    """Return a break that replaces one passage of a file."""

    def act(folder: Path) -> None:
        before = (folder / file).read_text("utf-8")
        assert old in before
        (folder / file).write_text(before.replace(old, new, 1), "utf-8")

    return act


def write(file: str, content: str, encoding: str = "utf-8") -> Break:
    """Return a break that writes a file anew."""
    return lambda folder: (folder / file).write_bytes(content.encode(encoding)) and None


def recode(file: str, encoding: str) -> Break:
    """Return a break that saves a file in another encoding."""
    return lambda folder: (folder / file).write_bytes((folder / file).read_text("utf-8").encode(encoding)) and None


def remove(file: str) -> Break:
    """Return a break that takes a file away."""
    return lambda folder: (folder / file).unlink()


def make_folder(file: str) -> Break:
    """Return a break that puts a folder in a file's place."""

    def act(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).mkdir()

    return act


def link(file: str, target: str) -> Break:
    """Return a break that puts a link in a file's place."""

    def act(folder: Path) -> None:
        (folder / file).unlink()
        (folder / file).symlink_to(target)

    return act


def circle() -> Break:
    """Return a break that lets two cities inherit from each other."""

    def act(folder: Path) -> None:
        other = folder.parent / "other"
        other.mkdir()
        card = 'id = "other"\nname = {ko = "다른시", en = "Other"}\ninherits = "trial"\n'
        (other / "city.toml").write_text(card, "utf-8")
        swap("city.toml", 'id = "trial"\n', 'id = "trial"\ninherits = "other"\n')(folder)

    return act


BREAKS = {make.__name__: make for make in (swap, write, recode, remove, make_folder, link, circle)}


class Broken(BaseModel):
    """How a folder is broken, the exit code, and the three parts of the message: what, in which file, what to do."""

    model_config = ConfigDict(extra="forbid")

    breaks: tuple[str, ...]
    exit_code: int
    what: str
    where: str
    todo: str = ""

    def act(self, folder: Path) -> None:
        """Break the folder."""
        kind, *words = self.breaks
        BREAKS[kind](*words)(folder)


BROKEN = {
    name: Broken.model_validate(told)
    for name, told in tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8")).items()
}


def state_of(folder: Path) -> str:
    """Return a hash over every name, link and byte below a folder."""
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        digest.update(str(path.relative_to(folder)).encode())
        if path.is_symlink():
            digest.update(str(path.readlink()).encode())
        elif path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()


def run_it(solution: Solution, folder: Path) -> None:
    """Run the throw-away solution for a city's folder."""
    perform(solution, City.open(folder, folder.parent), DAY, today=TODAY)


def test_the_folder_runs_before_it_is_broken(shade_trees: Solution, trial_city: Path) -> None:
    before = state_of(trial_city.parent)
    run_it(shade_trees, trial_city)
    assert state_of(trial_city.parent) == before


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_folder_gives_one_clear_message(name: str, shade_trees: Solution, trial_city: Path) -> None:
    broken = BROKEN[name]
    broken.act(trial_city)
    before = state_of(trial_city.parent)
    with pytest.raises(MadangError) as caught:
        run_it(shade_trees, trial_city)
    sha = hashlib.sha256((trial_city / TABLE).read_bytes()).hexdigest()[:12] if (trial_city / TABLE).is_file() else ""
    place = broken.where.format(dir=trial_city, cities=trial_city.parent, sha=sha)
    todo = [f"  to do: {broken.todo}"] if broken.todo else []
    assert str(caught.value).splitlines() == [broken.what, f"  where: file {place}", *todo]
    assert caught.value.exit_code == broken.exit_code
    assert state_of(trial_city.parent) == before


def test_a_folder_that_is_not_there_says_how_to_make_one(shade_trees: Solution, tmp_path: Path) -> None:
    with pytest.raises(MadangError) as caught:
        run_it(shade_trees, tmp_path / "nowhere")
    assert str(caught.value) == (
        f"there is no such city folder\n  where: file {tmp_path / 'nowhere'}\n"
        "  to do: name a folder, or make one: madang new-city DIR"
    )
    assert caught.value.exit_code == 3


@pytest.mark.parametrize("name", BROKEN)
def test_the_command_line_says_it_once_and_ends_with_its_code(
    name: str,
    shade_trees: Solution,
    trial_city: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    broken = BROKEN[name]
    broken.act(trial_city)
    monkeypatch.setattr(cities, "CITIES", trial_city.parent)
    before = state_of(trial_city.parent)
    with pytest.raises(SystemExit) as stopped:
        main(["run", shade_trees.name, "--city", str(trial_city), "--on", DAY.isoformat(), "--format", "json"])
    told = capsys.readouterr()
    assert stopped.value.code == broken.exit_code
    assert told.err.count(broken.what) == 1
    assert told.err.startswith("madang: ")
    assert "Traceback" not in told.err + told.out
    assert told.out == ""
    assert state_of(trial_city.parent) == before
