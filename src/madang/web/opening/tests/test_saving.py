"""A saved site comes back whole; what cannot be a saved site is refused."""

from __future__ import annotations

import os
import shutil
import sqlite3
import tarfile
from datetime import date
from pathlib import Path

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


def test_a_site_on_postgresql_is_left_to_its_own_tools(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The error names them."""
    monkeypatch.setenv("DATABASE_URL", "postgresql://a@b/c")
    with pytest.raises(UsageError, match="use pg_dump and pg_restore"):
        saving.save(tmp_path / "a.tar.gz")


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
