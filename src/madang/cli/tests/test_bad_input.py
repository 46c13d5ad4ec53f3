"""Broken city folders: each gives one clear message, the exit code of its kind, and changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Madang = Callable[..., Any]
Break = Callable[[Path], object]


def _write(name: str, body: str | bytes) -> Break:
    return lambda city: (city / name).write_bytes(body if isinstance(body, bytes) else body.encode())


def _swap(name: str, old: str, new: str) -> Break:
    def swap(city: Path) -> None:
        body = (city / name).read_text(encoding="utf-8")
        assert old in body
        (city / name).write_text(body.replace(old, new), encoding="utf-8")

    return swap


def _add(body: str) -> Break:
    def add(city: Path) -> None:
        with (city / "tea_stalls.toml").open("a", encoding="utf-8") as file:
            file.write(body)

    return add


def _fact(rest: str, unit: str = "won", source: str = "count") -> Break:
    return _add(
        f'\n[facts.price]\nsays = {{ko="값", en="Price"}}\nunit = "{unit}"\nsource = "{source}"\nvalues = {rest}\n'
    )


TOML, CSV, HEAD = "tea_stalls.toml", "tea_stalls/stalls.csv", "market,stalls,visitors\n"
BROKEN: dict[str, tuple[Break, int, tuple[str, ...]]] = {
    "no folder": (shutil.rmtree, 3, ("there is no such city folder", "madang new-city DIR")),
    "no city.toml": (lambda c: (c / "city.toml").unlink(), 3, ("the folder has no city.toml",)),
    "no solution file": (
        lambda c: (c / TOML).unlink(), 3, ("the city gives no table 'stalls'", "market, stalls, visitors"),
    ),
    "no table file": (lambda c: (c / CSV).unlink(), 3, ("the table is missing", "stalls.csv")),
    "not TOML": (_write("city.toml", "id = "), 3, ("the file is not valid TOML", "city.toml")),
    "a key twice": (_write("city.toml", 'id="a"\nid="b"\n'), 3, ("the file is not valid TOML",)),
    "TOML in cp949": (
        _write("city.toml", 'id = "a"\nname.ko = "부산"'.encode("cp949")), 3, ("not UTF-8 text", "row 2"),
    ),
    "unknown key": (_add("\n[fact.price]\n"), 3, ("there is a key nobody knows", "'fact'")),
    "no name": (_write("city.toml", 'id = "x"\n'), 3, ("a required key is missing", "column name")),
    "bad id": (_swap("city.toml", '"teatown"', '"Tea Town"'), 3, ("as such a key must be", "Tea Town")),
    "unknown parent": (_swap("city.toml", "id =", 'inherits = "atlantis"\nid ='), 3, ("inherits from 'atlantis'",)),
    "unknown unit": (_fact("[{from=2020-01-01, value=1}]", unit="sips"), 3, ("there is no unit 'sips'",)),
    "wrong unit": (_fact("[{from=2020-01-01, value=1}]", unit="kWh"), 4, ("kWh cannot be turned into won",)),
    "no such source": (
        _fact("[{from=2020-01-01, value=1}]", source="nobody"), 3, ("a source without a card: 'nobody'",),
    ),
    "two values of a day": (
        _fact("[{from=2020-01-01, value=1}, {from=2020-01-01, value=2}]"), 3, ("two values hold from 2020-01-01",),
    ),
    "days backwards": (
        _fact("[{from=2021-01-01, value=1}, {from=2020-01-01, value=2}]"), 3, ("stands after the one from 2021-01-01",),
    ),
    "no value": (_fact("[]"), 3, ("values",)),
    "negative price": (_fact("[{from=2020-01-01, value=-5}]"), 5, ("price.2020 = -5 is outside its bounds", "won")),
    "read before today comes": (_swap(TOML, "read = 2026-11-01", "read = 2031-01-01"), 3, ("read on a day to come",)),
    "read before published": (
        _swap(TOML, "read = 2026-11-01", "read = 2026-11-01\npublished = 2026-11-02"), 3, ("before it was published",),
    ),
    "table outside the folder": (_swap(TOML, "tea_stalls/stalls.csv", "../x.csv"), 3, ("outside the city's folder",)),
    "table without a source": (
        _swap(TOML, 'source = "count"', 'source = "none"'), 3, ("source without a card: 'none'",),
    ),
    "unknown ending": (_swap(TOML, "stalls.csv", "stalls.hwp"), 3, ("stalls.hwp",)),
    "text in a number": (_write(CSV, HEAD + "A,3,\nB,many,\n"), 3, ("is not a whole number", "row 3", "'many'")),
    "half a stall": (_write(CSV, HEAD + "A,1.5,\n"), 3, ("is not a whole number", "'1.5'")),
    "negative stock": (_write(CSV, HEAD + "A,-3,\n"), 3, ("is below 0 site", "row 2", "column stalls")),
    "empty cell": (_write(CSV, HEAD + "A,,\n"), 3, ("a cell is empty", "an unknown is not zero")),
    "same market twice": (_write(CSV, HEAD + "A,1,\nA,2,\n"), 3, ("two rows have the same key", "row 3")),
    "column missing": (
        _write(CSV, "market,visitors\nA,1\n"), 3, ("the column 'stalls' is missing", "market, visitors"),
    ),
    "column twice": (_write(CSV, "market,stalls,stalls,visitors\nA,1,1,1\n"), 3, ("stands there twice",)),
    "table in cp949": (_write(CSV, (HEAD + "A,1,\n자갈치,1,\n").encode("cp949")), 3, ("not utf-8 text", "row 3")),
    "empty table": (_write(CSV, b""), 3, ("the file is empty",)),
    "an HTML page instead of a table": (_write(CSV, "<!doctype html>\n<p>log in</p>"), 3, ("'market' is missing",)),
}  # fmt: skip


def _state(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_city_folder_gives_one_clear_message(madang: Madang, tea: Path, tmp_path: Path, name: str) -> None:
    breaks, code, says = BROKEN[name]
    breaks(tea)
    before = _state(tmp_path)
    answer = madang("run", "tea_stalls", "--city", tea, "--out", tmp_path / "out", "--bundle", tmp_path / "b.zip")
    assert (answer.code, answer.out) == (code, ""), answer.err
    assert answer.err.startswith("madang: ")
    assert answer.err.count("madang: ") == 1
    assert "Traceback" not in answer.err
    assert "bug" not in answer.err
    for words in says:
        assert words in answer.err
    assert _state(tmp_path) == before


def test_a_fact_of_a_day_to_come_is_not_used_before_it(madang: Madang, tea: Path) -> None:
    _fact("[{from=2030-01-01, value=9}]")(tea)
    answer = madang("run", "tea_stalls", "--city", tea)
    assert answer.code in {0, 3}
    assert "2030" in answer.err or "9 won" not in answer.out
