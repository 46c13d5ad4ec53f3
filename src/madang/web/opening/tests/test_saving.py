"""A saved site comes back whole; what cannot be a saved site is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.auth import get_user_model

from madang.core.errors import DataError, UsageError
from madang.web.bench.models import Run
from madang.web.opening import preparing, saving, template


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder of a small site with a row, a picture and a secret."""
    folder = tmp_path / "home"
    folder.mkdir()
    monkeypatch.setenv("MADANG_HOME", str(folder))
    monkeypatch.delenv("DATABASE_URL", raising=False)
    database = sqlite3.connect(folder / "site.sqlite3")
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("CREATE TABLE words (word TEXT)")
    database.execute("INSERT INTO words VALUES ('마당')")
    database.commit()
    database.close()
    (folder / "media").mkdir()
    (folder / "media" / "picture.png").write_bytes(b"png")
    (folder / "secret-key").write_text("secret")
    return folder


def _words(folder: Path) -> list[str]:
    database = sqlite3.connect(folder / "site.sqlite3")
    found = [row[0] for row in database.execute("SELECT word FROM words")]
    database.close()
    return found


def test_a_saved_site_comes_back_with_its_files(site: Path, tmp_path: Path) -> None:
    """Rows, pictures and the secret; and what was there is kept beside."""
    assert saving.save(tmp_path / "a.tar.gz") > 0
    database = sqlite3.connect(site / "site.sqlite3")
    database.execute("DELETE FROM words")
    database.commit()
    database.close()
    (site / "media" / "picture.png").unlink()
    kept = saving.bring_back(tmp_path / "a.tar.gz", replace=True)
    assert _words(site) == ["마당"]
    assert (site / "media" / "picture.png").read_bytes() == b"png"
    assert kept is not None
    assert _words(kept) == []


def test_the_archive_is_for_nobody_elses_eyes(site: Path, tmp_path: Path) -> None:
    """It holds the secret."""
    saving.save(tmp_path / "a.tar.gz")
    assert (tmp_path / "a.tar.gz").stat().st_mode & 0o077 == 0


def test_a_site_is_not_replaced_unasked(site: Path, tmp_path: Path) -> None:
    """The error says how to ask."""
    saving.save(tmp_path / "a.tar.gz")
    with pytest.raises(UsageError, match="add --yes to replace it"):
        saving.bring_back(tmp_path / "a.tar.gz", replace=False)


def test_other_archives_and_damaged_ones_are_refused(site: Path, tmp_path: Path) -> None:
    """A path out of the folder, a text, and a database that is none."""
    (tmp_path / "text.tar.gz").write_text("no archive")
    with pytest.raises(DataError, match="the archive cannot be read"):
        saving.bring_back(tmp_path / "text.tar.gz", replace=True)
    (tmp_path / "x").write_text("no database at all, but long enough to be read as one" * 40)
    for inner, says in (("../escape", "holds what no saved site does"), ("site.sqlite3", "is damaged")):
        with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
            archive.add(tmp_path / "x", inner)
        with pytest.raises(DataError, match=says):
            saving.bring_back(tmp_path / "b.tar.gz", replace=True)
    assert _words(site) == ["마당"]


def test_whatever_a_room_keeps_in_the_folder_is_saved_and_what_is_made_anew_is_not(site: Path, tmp_path: Path) -> None:
    """A desk's key and work folder come along, without which its members' data could not be read."""
    (site / "personal-key").write_text("key")
    (site / "eco_mileage" / "awards").mkdir(parents=True)
    (site / "eco_mileage" / "awards" / "a.parquet").write_bytes(b"awards")
    for name in ("edition", "vega-6.1.js", ".hidden"):
        (site / name).write_text("made anew")
    saving.save(tmp_path / "a.tar.gz")
    with tarfile.open(tmp_path / "a.tar.gz") as archive:
        roots = {name.split("/")[0] for name in archive.getnames()}
    assert roots == {"site.sqlite3", "media", "secret-key", "personal-key", "eco_mileage"}
    (site / "eco_mileage" / "awards" / "b.parquet").write_bytes(b"later")
    kept = saving.bring_back(tmp_path / "a.tar.gz", replace=True)
    assert (site / "eco_mileage" / "awards" / "a.parquet").read_bytes() == b"awards"
    assert not (site / "eco_mileage" / "awards" / "b.parquet").exists()
    assert kept is not None
    assert (kept / "eco_mileage" / "awards" / "b.parquet").exists()
    assert not list(site.glob(".saving-*"))


def test_an_archive_of_the_other_kind_of_database_is_refused(site: Path, tmp_path: Path) -> None:
    """Before anything is touched."""
    (tmp_path / "site.dump").write_bytes(b"dump")
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "site.dump", "site.dump")
    with pytest.raises(DataError, match="of a site on another kind of database"):
        saving.bring_back(tmp_path / "b.tar.gz", replace=True)
    assert _words(site) == ["마당"]


def test_a_database_that_is_not_to_be_reached_is_said_without_its_password(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing is written."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://a:hidden@127.0.0.1:1/c")
    with pytest.raises(UsageError) as caught:
        saving.save(tmp_path / "a.tar.gz")
    assert "hidden" not in str(caught.value)
    assert not (tmp_path / "a.tar.gz").exists()
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(UsageError, match="pg_dump is not installed"):
        saving.save(tmp_path / "a.tar.gz")


@pytest.fixture
def city(
    own_database: Callable[[str], AbstractContextManager[str]], site: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Any]:
    """Return a way to ask a PostgreSQL database of the test's own, with a row in it."""
    with own_database("saving") as url:
        if not url:
            pytest.skip("no PostgreSQL here: tools/with_postgres.sh .venv/bin/pytest")

        def ask(query: str) -> list[Any]:
            with psycopg.connect(url, autocommit=True) as connection:
                done = connection.execute(query)
                return [row[0] for row in done.fetchall()] if done.description else []

        monkeypatch.setenv("DATABASE_URL", url)
        ask("CREATE TABLE words (word text PRIMARY KEY); INSERT INTO words VALUES ('마당')")
        yield ask


def test_a_city_on_postgresql_comes_back_as_it_was_saved(site: Path, tmp_path: Path, city: Any) -> None:
    """Rows, tables made since, files; and what was there is kept beside, as an archive's dump."""
    assert saving.save(tmp_path / "a.tar.gz") > 0
    city("DELETE FROM words; CREATE TABLE later (day date); CREATE VIEW seen AS SELECT * FROM words")
    (site / "media" / "picture.png").unlink()
    with pytest.raises(UsageError, match="add --yes to replace it"):
        saving.bring_back(tmp_path / "a.tar.gz", replace=False)
    kept = saving.bring_back(tmp_path / "a.tar.gz", replace=True)
    assert city("SELECT word FROM words") == ["마당"]
    assert city("SELECT to_regclass('later')") == [None]
    assert (site / "media" / "picture.png").read_bytes() == b"png"
    assert kept is not None
    assert (kept / "site.dump").stat().st_size > 0


def test_a_damaged_dump_leaves_the_city_as_it_is(site: Path, tmp_path: Path, city: Any) -> None:
    """Whole, or not at all."""
    (tmp_path / "site.dump").write_bytes(b"no dump")
    with tarfile.open(tmp_path / "b.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "site.dump", "site.dump")
    with pytest.raises(DataError, match="the database in the archive is damaged"):
        saving.bring_back(tmp_path / "b.tar.gz", replace=True)
    assert city("SELECT word FROM words") == ["마당"]
    assert (site / "media" / "picture.png").exists()


@pytest.fixture
def shelves(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the shelves of a user's cache and of an environment, both empty."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("sys.prefix", str(tmp_path / "environment"))
    return template.shelves()


def _kept(shelf: Path) -> set[str]:
    return {one.name.removeprefix("site-") for one in shelf.glob("site-*")}


def test_the_ready_site_is_taken_once_and_never_over_another(site: Path, tmp_path: Path, shelves: list[Path]) -> None:
    """A newcomer gets a copy; whoever has a database keeps it."""
    template.keep(site, "abc")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert template.take("abc", fresh)
    assert _words(fresh) == ["마당"]
    assert (fresh / "media" / "picture.png").exists()
    assert not template.take("abc", fresh)
    assert not template.take("another", tmp_path / "empty")


def test_another_user_of_the_machine_takes_what_its_setup_made_ready(
    site: Path, tmp_path: Path, shelves: list[Path]
) -> None:
    """The environment keeps a copy beside the user's own."""
    template.keep(site, "abc")
    assert [_kept(shelf) for shelf in shelves] == [{"abc"}, {"abc"}]
    shutil.rmtree(shelves[0])
    (tmp_path / "fresh").mkdir()
    assert template.take("abc", tmp_path / "fresh")


def test_the_newest_ready_sites_are_kept_and_older_ones_go(site: Path, shelves: list[Path]) -> None:
    """Two checkouts on one machine do not throw away each other's; nor does the shelf grow for ever."""
    for place, mark in enumerate("abcdef"):
        template.keep(site, mark)
        for shelf in shelves:
            os.utime(shelf / f"site-{mark}", (place, place))
    template.keep(site, "now")
    assert [_kept(shelf) for shelf in shelves] == [{"now", "d", "e", "f"}] * 2


def test_a_shelf_that_cannot_be_written_stops_nothing(site: Path, shelves: list[Path]) -> None:
    """A system that is read-only outside its folder serves all the same."""
    shelves[0].parent.mkdir()
    shelves[0].write_text("a file where the folder would be")
    template.keep(site, "abc")
    assert _kept(shelves[1]) == {"abc"}


def test_an_empty_database_is_never_kept_for_others(tmp_path: Path, shelves: list[Path]) -> None:
    """It would make every site after it empty; a shelf that holds one is passed over."""
    empty = tmp_path / "home"
    empty.mkdir()
    template.keep(empty, "abc")
    sqlite3.connect(empty / "site.sqlite3").close()
    template.keep(empty, "abc")
    assert not shelves[0].exists()
    (shelves[0] / "site-abc").mkdir(parents=True)
    (shelves[0] / "site-abc" / "site.sqlite3").touch()
    assert not template.take("abc", tmp_path)


@pytest.mark.django_db
def test_a_site_with_an_account_or_a_run_is_nobodys_beginning() -> None:
    """Another site would begin with its people and their passwords."""
    assert preparing.is_untouched()
    run = Run.objects.create(key="0" * 24, solution="eco_mileage", city="seoul", day=date(2026, 11, 22))
    assert not preparing.is_untouched()
    run.delete()
    get_user_model().objects.create(username="mina")
    assert not preparing.is_untouched()
