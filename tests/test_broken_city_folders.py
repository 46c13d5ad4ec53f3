"""Broken city folders: each gives one clear message and its exit code, shows no traceback and changes nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from madang.cli.main import main
from madang.core.city import City
from madang.core.contract import Solution, perform
from madang.core.errors import MadangError
from madang.plan import cities

DAY, TODAY = date(2025, 1, 1), date(2026, 11, 22)
FACTS, CARD, TABLE = "shade_trees.toml", "city.toml", "shade_trees/streets.csv"

Break = Callable[[Path], None]


def swap(file: str, old: str, new: str) -> Break:
    """Return a break that replaces one passage of a file."""

    def act(folder: Path) -> None:
        before = (folder / file).read_text("utf-8")
        assert old in before
        (folder / file).write_text(before.replace(old, new, 1), "utf-8")

    return act


def write(file: str, content: str | bytes) -> Break:
    """Return a break that writes a file anew."""
    raw = content.encode() if isinstance(content, str) else content
    return lambda folder: (folder / file).write_bytes(raw) and None


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


def circle(folder: Path) -> None:
    """Let two cities inherit from each other."""
    other = folder.parent / "other"
    other.mkdir()
    (other / "city.toml").write_text(
        'id = "other"\nname = {ko = "다른시", en = "Other"}\ninherits = "trial"\n', "utf-8"
    )
    swap(CARD, 'id = "trial"\n', 'id = "trial"\ninherits = "other"\n')(folder)


#: What breaks it, the exit code, and the three parts of the message: what, in which file, what to do.
BROKEN: dict[str, tuple[Break, int, str, str, str]] = {
    "no city.toml": (
        remove(CARD),
        3,
        "the folder has no city.toml",
        "{dir}",
        "add it: madang new-city DIR shows its shape",
    ),
    "city.toml is a folder": (
        make_folder(CARD),
        3,
        "the file cannot be read: Is a directory",
        "{dir}/city.toml",
        "",
    ),
    "city.toml is a link that leads nowhere": (
        link(CARD, "nowhere.toml"),
        3,
        "the file is missing",
        "{dir}/city.toml",
        "create it, or name the right folder",
    ),
    "the solution's file is a link that leads nowhere": (
        link(FACTS, "nowhere.toml"),
        3,
        "the file is missing",
        "{dir}/shade_trees.toml",
        "create it, or name the right folder",
    ),
    "a link in a circle": (
        link(FACTS, FACTS),
        3,
        "the file cannot be read: Too many levels of symbolic links",
        "{dir}/shade_trees.toml",
        "",
    ),
    "an empty city.toml": (
        write(CARD, ""),
        3,
        "a required key is missing",
        "{dir}/city.toml, column id",
        "add 'id'",
    ),
    "bad TOML": (
        swap(FACTS, 'unit = "tree"', "unit = tree"),
        3,
        "the file is not valid TOML: Invalid value (at line 9, column 8)",
        "{dir}/shade_trees.toml",
        "mend that line",
    ),
    "a key given twice": (
        swap(FACTS, 'unit = "tree"\n', 'unit = "tree"\nunit = "tree"\n'),
        3,
        "the file is not valid TOML: Cannot overwrite a value (at line 10, column 14)",
        "{dir}/shade_trees.toml",
        "mend that line",
    ),
    "saved as cp949": (
        recode(FACTS, "cp949"),
        3,
        "the file is not UTF-8 text",
        "{dir}/shade_trees.toml, row 7",
        "save it as UTF-8 (it may be cp949)",
    ),
    "saved as UTF-16": (
        recode(FACTS, "utf-16"),
        3,
        "the file is not UTF-8 text",
        "{dir}/shade_trees.toml, row 1",
        "save it as UTF-8 (it may be UTF-16)",
    ),
    "an unknown key": (
        swap(FACTS, 'unit = "tree"', 'units = "tree"\nunit = "tree"'),
        3,
        "there is a key nobody knows",
        "{dir}/shade_trees.toml, column facts.trees_now.units, value 'tree'",
        "remove 'units', or correct its spelling",
    ),
    "a misspelt fact": (
        swap(FACTS, "[facts.trees_now]", "[facts.tree_now]"),
        2,
        "there is no fact called 'tree_now'",
        "{dir}/shade_trees.toml",
        "did you mean trees_now?",
    ),
    "a misspelt table": (
        swap(FACTS, "[tables.streets]", "[tables.street]"),
        2,
        "there is no table called 'street'",
        "{dir}/shade_trees.toml",
        "did you mean streets?",
    ),
    "a name in one language only": (
        swap(CARD, 'name.en = "Trial City"\n', ""),
        3,
        "a required key is missing",
        "{dir}/city.toml, column name.en",
        "add 'en'",
    ),
    "an unknown unit": (
        swap(FACTS, 'unit = "tree"', 'unit = "tress"'),
        3,
        "there is no unit 'tress'",
        "{dir}/shade_trees.toml, column facts.trees_now.unit, value 'tress'",
        "",
    ),
    "a unit that means several things": (
        swap(FACTS, 'unit = "tree"', 'unit = "ton"'),
        3,
        "the unit 'ton' means several things",
        "{dir}/shade_trees.toml, column facts.trees_now.unit, value 'ton'",
        "",
    ),
    "a wrong unit": (
        swap(FACTS, 'unit = "tree"', 'unit = "kg"'),
        4,
        "the fact 'trees_now': kg cannot be turned into tree: they measure different things",
        "{dir}/shade_trees.toml",
        "check the unit beside the number, and which number was meant",
    ),
    "text in a number": (
        swap(FACTS, "value = 300000", 'value = "300000 trees"'),
        3,
        "'300000 trees' is text where a number in tree is due",
        "{dir}/shade_trees.toml, column facts.trees_now",
        "",
    ),
    "a number in quotes": (
        swap(FACTS, "value = 300000", 'value = "300000"'),
        3,
        "'300000' is text where a number in tree is due",
        "{dir}/shade_trees.toml, column facts.trees_now",
        "",
    ),
    "a list where one number is due": (
        swap(FACTS, "value = 300000", "value = [300000, 2]"),
        3,
        "the fact 'trees_now' is not a whole number",
        "{dir}/shade_trees.toml, value (300000, 2)",
        "correct the value",
    ),
    "a fraction of a tree": (
        swap(FACTS, "value = 300000", "value = 300000.5"),
        3,
        "the fact 'trees_now' is not a whole number",
        "{dir}/shade_trees.toml, value 300000.5",
        "correct the value",
    ),
    "yes in a number": (
        swap(FACTS, "value = 300000", "value = true"),
        3,
        "this is not a finite number",
        "{dir}/shade_trees.toml, column facts.trees_now.values.0.value, value True",
        "",
    ),
    "infinity": (
        swap(FACTS, "value = 300000", "value = inf"),
        3,
        "this is not a finite number",
        "{dir}/shade_trees.toml, column facts.trees_now.values.0.value, value inf",
        "",
    ),
    "not a number": (
        swap(FACTS, "value = 300000", "value = nan"),
        3,
        "this is not a finite number",
        "{dir}/shade_trees.toml, column facts.trees_now.values.0.value, value nan",
        "",
    ),
    "a negative stock": (
        swap(FACTS, "value = 300000", "value = -5"),
        5,
        "the fact 'trees_now': trees_now = -5 is outside its bounds",
        "{dir}/shade_trees.toml",
        "give a value from 0 to 10000000 tree",
    ),
    "a negative value in a series": (
        swap(FACTS, "value = 6000", "value = -6000"),
        5,
        "the fact 'planted': planted.2022 = -6000 is outside its bounds",
        "{dir}/shade_trees.toml",
        "give a value from 0 to 1000000 tree",
    ),
    "a range that does not hold the value": (
        swap(FACTS, "value = 300000", "value = 300000, low = 1, high = 2"),
        3,
        "the range 1.0 to 2.0 does not hold the value 300000",
        "{dir}/shade_trees.toml, column facts.trees_now.values.0",
        "",
    ),
    "two values from one day": (
        swap(FACTS, "from = 2022-01-01", "from = 2021-01-01"),
        3,
        "two values hold from 2021-01-01",
        "{dir}/shade_trees.toml, column facts.planted.values",
        "",
    ),
    "two values in one year": (
        swap(FACTS, "from = 2022-01-01", "from = 2021-07-01"),
        3,
        "the fact 'planted' has two values that begin in 2021",
        "{dir}/shade_trees.toml, day 2021-07-01",
        "keep one value a year",
    ),
    "values out of order": (
        swap(FACTS, "from = 2022-01-01", "from = 2020-01-01"),
        3,
        "the value from 2020-01-01 stands after the one from 2021-01-01",
        "{dir}/shade_trees.toml, column facts.planted.values",
        "",
    ),
    "no values": (
        swap(FACTS, "values = [{ from = 2020-01-01, value = 300000 }]", "values = []"),
        3,
        "the list is empty",
        "{dir}/shade_trees.toml, column facts.trees_now.values",
        "",
    ),
    "a year where a day is due": (
        swap(FACTS, "from = 2020-01-01", "from = 2020"),
        3,
        "this is not a day: write YYYY-MM-DD",
        "{dir}/shade_trees.toml, column facts.trees_now.values.0.from, value 2020",
        "",
    ),
    "asked before the first day": (
        swap(FACTS, "from = 2020-01-01", "from = 2025-06-01"),
        3,
        "the fact 'trees_now' is known only from 2025-06-01",
        "{dir}/shade_trees.toml, day 2025-01-01",
        "ask for a later day, or add the earlier value with its source",
    ),
    "a future fact": (
        swap(FACTS, "from = 2022-01-01", "from = 2031-01-01"),
        3,
        "the fact 'planted' is called known from a day after its source was read (2026-01-01)",
        "{dir}/shade_trees.toml, day 2031-01-01",
        'correct the day, or give the value status = "enacted", "announced" or "assumption"',
    ),
    "a source read on a day to come": (
        swap(FACTS, "read = 2026-01-01", "read = 2027-01-01"),
        3,
        "the source of 'trees_now' is said to have been read on a day to come",
        "{dir}/shade_trees.toml, day 2027-01-01",
        "correct the day it was read",
    ),
    "a source read before it was published": (
        swap(FACTS, "read = 2026-01-01", "read = 2026-01-01\npublished = 2026-02-01"),
        3,
        "the source of 'trees_now' was read before it was published",
        "{dir}/shade_trees.toml, day 2026-01-01",
        "correct one of the two days",
    ),
    "a fact without its source's card": (
        swap(FACTS, 'source = "count"', 'source = "cuont"'),
        3,
        "the fact 'trees_now' names a source without a card: 'cuont'",
        "{dir}/shade_trees.toml",
        "add [sources.cuont] with who, title, url and read",
    ),
    "a table without its source's card": (
        swap(FACTS, 'streets.csv"\nsource = "count"', 'streets.csv"\nsource = "map"'),
        3,
        "the table 'streets' names a source without a card: 'map'",
        "{dir}/shade_trees.toml",
        "add [sources.map] with who, title, url and read",
    ),
    "a source without the day it was read": (
        swap(FACTS, "read = 2026-01-01\n", ""),
        3,
        "a required key is missing",
        "{dir}/shade_trees.toml, column sources.count.read",
        "add 'read'",
    ),
    "no table": (
        swap(FACTS, '[tables.streets]\nfile = "shade_trees/streets.csv"\nsource = "count"\nday = 2025-12-31\n', ""),
        3,
        "the city gives no table 'streets' for shade_trees",
        "{dir}/shade_trees.toml",
        "add [tables.streets] with file and source; its columns: district, street_km",
    ),
    "the table's file is missing": (
        remove(TABLE),
        3,
        "the table is missing",
        "{dir}/shade_trees/streets.csv",
        "put the file there, or correct its name",
    ),
    "the table is a folder": (
        make_folder(TABLE),
        3,
        "the table is a folder, not a file",
        "{dir}/shade_trees/streets.csv",
        "name the file inside it",
    ),
    "the table lies outside the folder": (
        swap(FACTS, 'file = "shade_trees/streets.csv"', 'file = "../../streets.csv"'),
        3,
        "the table 'streets' lies outside the city's folder",
        "{dir}/shade_trees.toml, value '../../streets.csv'",
        "copy it into the folder",
    ),
    "the table leads outside the folder": (
        link(TABLE, "/etc/hostname"),
        3,
        "the table 'streets' lies outside the city's folder",
        "{dir}/shade_trees.toml, value 'shade_trees/streets.csv'",
        "copy it into the folder",
    ),
    "the table is not the one on its card": (
        swap(FACTS, "day = 2025-12-31", f'day = 2025-12-31\nsha256 = "{"0" * 64}"'),
        3,
        "the file is not the one its origin card describes",
        "{dir}/shade_trees/streets.csv, value '{sha}'",
        "its sha256 should begin with 000000000000; fetch it again, or correct the card",
    ),
    "the table is no known kind": (
        swap(FACTS, 'file = "shade_trees/streets.csv"', 'file = "shade_trees.toml"'),
        3,
        "no reader for '.toml' files",
        "{dir}/shade_trees.toml",
        "give CSV, Parquet or Excel",
    ),
    "an empty table": (
        write(TABLE, ""),
        3,
        "the file is empty",
        "{dir}/shade_trees/streets.csv",
        "give a header and at least one row",
    ),
    "a table with a header alone": (
        write(TABLE, "district,street_km\n"),
        3,
        "the table has no rows",
        "{dir}/shade_trees/streets.csv",
        "give at least one row below the header",
    ),
    "a missing column": (
        swap(TABLE, "street_km", "km"),
        3,
        "the column 'street_km' is missing",
        "{dir}/shade_trees/streets.csv",
        "columns found: district, km; add it or rename one of these",
    ),
    "a column twice": (
        write(TABLE, "district,street_km,street_km\nnorth,1,2\n"),
        3,
        "the column 'street_km' stands there twice",
        "{dir}/shade_trees/streets.csv, row 1",
        "remove one",
    ),
    "a duplicate key": (
        swap(TABLE, "south", "north"),
        3,
        "two rows have the same key",
        "{dir}/shade_trees/streets.csv, row 3, column district, value 'north'",
        "keep one of them",
    ),
    "text in a table's number": (
        swap(TABLE, "120.5", "about 120"),
        3,
        "a cell is not a number",
        "{dir}/shade_trees/streets.csv, row 2, column street_km, value 'about 120'",
        "write digits with a decimal point",
    ),
    "a decimal comma": (
        swap(TABLE, "120.5", '"120,5"'),
        3,
        "a cell is not a number",
        "{dir}/shade_trees/streets.csv, row 2, column street_km, value '120,5'",
        "write digits with a decimal point",
    ),
    "an empty cell": (
        swap(TABLE, "120.5", ""),
        3,
        "a cell is empty",
        "{dir}/shade_trees/streets.csv, row 2, column street_km",
        "fill it; an unknown is not zero",
    ),
    "a negative length": (
        swap(TABLE, "120.5", "-120.5"),
        3,
        "a cell is below 0 km",
        "{dir}/shade_trees/streets.csv, row 2, column street_km, value '-120.5'",
        "correct it",
    ),
    "infinity in a table": (
        swap(TABLE, "120.5", "inf"),
        3,
        "a cell is not a finite number",
        "{dir}/shade_trees/streets.csv, row 2, column street_km, value 'inf'",
        "give a number",
    ),
    "a row too long": (
        swap(TABLE, '"1,080"', "1,080"),
        3,
        "a row has 3 cells where the header has 2",
        "{dir}/shade_trees/streets.csv, row 3",
        "put text that holds a comma in quotes",
    ),
    "a table saved as cp949": (
        write(TABLE, "district,street_km\n북구,1\n".encode("cp949")),
        3,
        "the file is not utf-8 text",
        "{dir}/shade_trees/streets.csv, row 2",
        "save it as UTF-8 (it may be cp949)",
    ),
    "an unknown encoding": (
        swap(FACTS, "day = 2025-12-31", 'day = 2025-12-31\nencoding = "hangul"'),
        3,
        "there is no encoding 'hangul'",
        "{dir}/shade_trees/streets.csv",
        "write utf-8 or cp949",
    ),
    "an unknown parent": (
        swap(CARD, 'id = "trial"\n', 'id = "trial"\ninherits = "atlantis"\n'),
        3,
        "the city inherits from 'atlantis', which is not there",
        "{dir}/city.toml",
        "known: trial",
    ),
    "a parent by path": (
        swap(CARD, 'id = "trial"\n', 'id = "trial"\ninherits = "../other"\n'),
        3,
        "this is not written as such a key must be",
        "{dir}/city.toml, column inherits, value '../other'",
        "write it to match ^[a-z][a-z0-9_-]*$",
    ),
    "cities that inherit in a circle": (
        circle,
        3,
        "cities inherit in a circle: trial from other from trial",
        "{cities}/other/city.toml",
        "let one of them stand on its own: remove its inherits",
    ),
    "a city that inherits from itself": (
        swap(CARD, 'id = "trial"\n', 'id = "trial"\ninherits = "trial"\n'),
        3,
        "cities inherit in a circle: trial from trial",
        "{dir}/city.toml",
        "let one of them stand on its own: remove its inherits",
    ),
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
    act, code, what, where, todo = BROKEN[name]
    act(trial_city)
    before = state_of(trial_city.parent)
    with pytest.raises(MadangError) as caught:
        run_it(shade_trees, trial_city)
    sha = hashlib.sha256((trial_city / TABLE).read_bytes()).hexdigest()[:12] if (trial_city / TABLE).is_file() else ""
    place = where.format(dir=trial_city, cities=trial_city.parent, sha=sha)
    assert str(caught.value).splitlines() == [what, f"  where: file {place}", *([f"  to do: {todo}"] if todo else [])]
    assert caught.value.exit_code == code
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
    act, code, what, _where, _todo = BROKEN[name]
    act(trial_city)
    monkeypatch.setattr(cities, "CITIES", trial_city.parent)
    before = state_of(trial_city.parent)
    with pytest.raises(SystemExit) as stopped:
        main(["run", shade_trees.name, "--city", str(trial_city), "--on", DAY.isoformat(), "--format", "json"])
    told = capsys.readouterr()
    assert stopped.value.code == code
    assert told.err.count(what) == 1
    assert told.err.startswith("madang: ")
    assert "Traceback" not in told.err + told.out
    assert told.out == ""
    assert state_of(trial_city.parent) == before
