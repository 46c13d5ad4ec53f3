"""Bringing tables into a city's folder: all of it or nothing, comments kept, earlier files forgotten."""

from __future__ import annotations

import contextlib
import json
import threading
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang.core import importing
from madang.core.city import City
from madang.core.documents import load_toml
from madang.core.errors import CityError, DataError, TableError, UnknownName, UsageError
from madang.core.importing import FactGiven, Importer, ImportOption, ImportReport, QualityRow, write_import
from madang.core.language import text
from madang.core.sources import Source
from madang.core.tables import TableSpec

TODAY = date(2026, 11, 22)
SPECS = {
    "trees": TableSpec.model_validate(
        {
            "says": {"ko": "나무", "en": "Trees"},
            "key": ("id",),
            "columns": {
                "id": {"says": {"ko": "번호", "en": "Id"}, "kind": "text"},
                "height_m": {"says": {"ko": "높이", "en": "Height"}, "kind": "number", "unit": "m", "min": 0},
            },
        }
    )
}
SOURCE = Source(who="The parks office", title="trees.csv", read=TODAY)


@pytest.fixture
def town(tmp_path):
    (tmp_path / "city.toml").write_text('id = "town"\nname.ko = "마을"\nname.en = "Town"\n', encoding="utf-8")
    return tmp_path


def report(height: float = 2.0, **more):
    frame = pl.DataFrame({"id": ["a", "b"], "height_m": [1.0, height]})
    rows = (QualityRow(text("나무", "trees"), 2),)
    return ImportReport({"trees": frame}, SOURCE, rows, **more)


def write(town: Path, what: ImportReport):
    return write_import(town, "shade", "trees", what, SPECS, TODAY)


def state_of(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_an_import_leaves_a_table_its_card_its_source_and_its_report(town):
    written = write(town, report())
    card = load_toml(town / "shade.toml")
    assert pl.read_parquet(written.tables["trees"]).height == 2
    assert card["tables"]["trees"]["file"] == f"shade/{written.tables['trees'].name}"
    assert card["sources"]["import_trees"] == {
        "who": "The parks office",
        "title": "trees.csv",
        "read": TODAY,
        "licence": "not stated",
    }
    assert json.loads(written.report_path.read_text())["tables"] == {"trees": 2}


def test_the_city_can_be_opened_and_its_card_read(town):
    write(town, report())
    card = City.open(town).file_for("shade").tables["trees"]
    assert card.source == "import_trees"
    assert card.day == TODAY


def test_comments_and_other_cards_stay(town):
    (town / "shade.toml").write_text(
        '# our trees\n[facts.area]  # measured\nsays.ko = "넓이"\nsays.en = "Area"\nunit = "m**2"\nsource = "us"\n'
        'values = [{ from = 2020-01-01, value = 5 }]\n\n[sources.us]\nwho = "us"\ntitle = "walk"\nread = 2026-01-01\n',
        encoding="utf-8",
    )
    write(town, report())
    body = (town / "shade.toml").read_text()
    assert body.startswith("# our trees\n[facts.area]  # measured\n")
    assert set(City.open(town).file_for("shade").facts) == {"area"}


def test_two_imports_at_a_time_both_stand(town, monkeypatch):
    ponds = {"ponds": SPECS["trees"]}
    both_read, read = threading.Barrier(2), importing._document

    def slow(toml: Path):
        document = read(toml)
        with contextlib.suppress(threading.BrokenBarrierError):
            both_read.wait(0.5)
        return document

    monkeypatch.setattr(importing, "_document", slow)
    frame = report().tables["trees"]
    second = ImportReport({"ponds": frame}, SOURCE, ())
    other = threading.Thread(target=write_import, args=(town, "shade", "ponds", second, ponds, TODAY))
    other.start()
    write(town, report())
    other.join()
    assert set(load_toml(town / "shade.toml")["tables"]) == {"trees", "ponds"}


def test_what_a_killed_import_left_is_swept_and_what_a_person_named_stays(town):
    place = town / "shade"
    place.mkdir()
    left = [place / "trees.0123456789.parquet", place / ".trees.0123456789.parquet-x1y2"]
    kept = [place / "trees.aaaaaaaaaa.parquet", place / "ponds.0123456789.parquet", place / "trees.csv"]
    for path in (*left, *kept):
        path.write_bytes(b"half")
    (town / "shade.toml").write_text('# before: file = "shade/trees.aaaaaaaaaa.parquet"\n')
    write(town, report())
    assert [path.exists() for path in (*left, *kept)] == [False, False, True, True, True]


def test_a_second_import_takes_the_place_of_the_first(town):
    first = write(town, report()).tables["trees"]
    second = write(town, report(3.0)).tables["trees"]
    assert not first.exists()
    assert [path.name for path in (town / "shade").glob("*.parquet")] == [second.name]
    assert (town / "shade.toml").read_text().count("[tables.trees]") == 1


def test_the_same_import_twice_changes_nothing(town):
    write(town, report())
    before = state_of(town)
    write(town, report())
    assert state_of(town) == before


def test_a_table_of_the_citys_own_making_is_never_removed(town):
    (town / "shade").mkdir()
    (town / "shade" / "trees.csv").write_text("id,height_m\nz,9\n", encoding="utf-8")
    (town / "shade.toml").write_text(
        '[sources.us]\nwho = "us"\ntitle = "walk"\nread = 2026-01-01\n'
        '[tables.trees]\nfile = "shade/trees.csv"\nsource = "us"\nnote = "by hand"\n',
        encoding="utf-8",
    )
    write(town, report())
    assert (town / "shade" / "trees.csv").exists()
    assert "note" not in load_toml(town / "shade.toml")["tables"]["trees"]


def test_a_table_that_does_not_fit_changes_nothing(town):
    write(town, report())
    before = state_of(town)
    with pytest.raises(TableError, match="a cell is below 0 m"):
        write(town, report(-1.0))
    assert state_of(town) == before


@pytest.mark.parametrize("fails_at", [1, 2, 3])
def test_a_failure_at_any_step_changes_nothing(town, monkeypatch, fails_at):
    write(town, report())
    before = state_of(town)
    real, calls = importing.write_whole, []

    def failing(path, content):
        calls.append(path)
        if len(calls) == fails_at:
            raise OSError("the disk is full")
        real(path, content)

    monkeypatch.setattr(importing, "write_whole", failing)
    with pytest.raises(OSError, match="the disk is full"):
        write(town, report(4.0))
    after = state_of(town)
    after.pop("shade/trees.quality.json")
    before.pop("shade/trees.quality.json")
    assert after == before


def test_nothing_half_written_is_left_when_a_rename_fails(town, monkeypatch):
    def refuse(_self, _target):
        raise OSError("read-only")

    monkeypatch.setattr(Path, "replace", refuse)
    with pytest.raises(OSError, match="read-only"):
        write(town, report())
    assert [path.name for path in (town / "shade").iterdir()] == []


def test_a_fact_comes_with_the_tables(town):
    fact = FactGiven(text("세는 것", "What is counted"), "1", "tree", date(1900, 1, 1))
    write(town, report(facts={"counted": fact}))
    book = City.open(town).book_for("shade")
    assert book.at("counted", TODAY).value == "tree"
    write(town, report(facts={"counted": fact}))
    assert (town / "shade.toml").read_text().count("[facts.counted]") == 1


def test_a_folder_without_a_city_is_refused(tmp_path):
    with pytest.raises(CityError) as caught:
        write(tmp_path, report())
    assert (
        str(caught.value)
        == f"the folder has no city.toml\n  where: file {tmp_path}\n  to do: make one: madang new-city DIR"
    )


def test_a_broken_solution_file_is_named_and_left(town):
    (town / "shade.toml").write_text("[tables\n", encoding="utf-8")
    with pytest.raises(DataError, match="the file is not valid TOML"):
        write(town, report())
    assert (town / "shade.toml").read_text() == "[tables\n"


def test_the_files_are_for_all_who_may_read_the_folder(town):
    written = write(town, report())
    assert oct(written.tables["trees"].stat().st_mode & 0o777) == "0o644"


def bare(*options: ImportOption) -> Importer:
    return Importer(
        name="trees",
        title=text("나무", "Trees"),
        takes=(".csv",),
        writes=("trees",),
        run=lambda *_: report(),
        options=options,
    )


def test_options_take_what_is_said_or_their_default():
    kind = ImportOption("kind", text("종류", "kind"), "oak", ("oak", "pine"))
    assert bare(kind).options_of({}) == {"kind": "oak"}
    assert bare(kind).options_of({"kind": "pine"}) == {"kind": "pine"}
    with pytest.raises(UnknownName, match="there is no choice of kind called 'pin'"):
        bare(kind).options_of({"kind": "pin"})
    with pytest.raises(UnknownName, match="there is no option of trees called 'knd'"):
        bare(kind).options_of({"knd": "pine"})
    with pytest.raises(UsageError, match="the importer 'trees' takes no options"):
        bare().options_of({"kind": "pine"})


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(DataError, match="this is a folder, not a file"):
        bare().check_file(tmp_path)
