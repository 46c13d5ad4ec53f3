"""A saved site comes back whole; what cannot be a saved site is refused."""

from __future__ import annotations

import sqlite3
import tarfile
from pathlib import Path

import pytest

from madang.core.errors import DataError, UsageError
from madang.web.opening import saving, template


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


def test_the_ready_site_is_taken_once_and_never_over_another(
    site: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A newcomer gets a copy; whoever has a database keeps it."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    template.keep(site, "abc")
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert template.take("abc", fresh)
    assert _words(fresh) == ["마당"]
    assert (fresh / "media" / "picture.png").exists()
    assert not template.take("abc", fresh)
    assert not template.take("another", tmp_path / "empty")
    template.keep(site, "def")
    assert not template.cached("abc").exists()


def test_an_empty_database_is_never_kept_for_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It would make every site after it empty; a cache that holds one is passed over."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    empty = tmp_path / "home"
    empty.mkdir()
    template.keep(empty, "abc")
    sqlite3.connect(empty / "site.sqlite3").close()
    template.keep(empty, "abc")
    assert not template.cached("abc").exists()
    template.cached("abc").mkdir(parents=True)
    (template.cached("abc") / "site.sqlite3").touch()
    assert not template.take("abc", tmp_path)
