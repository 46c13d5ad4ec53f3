"""The site that the tests copy is made once, whoever comes first, and is gone when the last has left."""

from __future__ import annotations

import os
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from madang.web.tests.ready import ReadySite, Server

URL = os.environ.get("DATABASE_URL", "")
NAME = f"ready_of_{os.getpid()}"
WORD = "CREATE TABLE words (word text); INSERT INTO words VALUES ('마당')"


def build(home: Path, built: list[str]) -> Callable[[str], Path]:
    """Return a maker of a small site: a word in its database, and a note and a picture in its folder."""

    def make(name: str) -> Path:
        built.append(name)
        (home / "media").mkdir(parents=True, exist_ok=True)
        (home / "media" / "picture.png").write_bytes(b"png")
        (home / "prepared").write_text("mark")
        if URL:
            with psycopg.connect(Server(URL).address(name), autocommit=True) as connection:
                connection.execute(WORD)
        else:
            (home / "site.sqlite3").unlink(missing_ok=True)
            with sqlite3.connect(home / "site.sqlite3") as connection:
                connection.executescript(WORD)
            connection.close()
        return home

    return make


def words(env: dict[str, str], add: str = "") -> list[str]:
    """Return the words in a copy's database, after one was added."""
    path = Path(env["MADANG_HOME"]) / "site.sqlite3"
    connection = psycopg.connect(env["DATABASE_URL"], autocommit=True) if URL else sqlite3.connect(path)
    if add:
        connection.execute(f"INSERT INTO words VALUES ('{add}')")
    found = [word for (word,) in connection.execute("SELECT word FROM words ORDER BY word").fetchall()]
    connection.commit()
    connection.close()
    return found


def databases() -> set[str]:
    """Return the names of the databases on the server."""
    with psycopg.connect(URL, autocommit=True) as connection:
        return {name for (name,) in connection.execute("SELECT datname FROM pg_database").fetchall()}


@pytest.fixture
def site(tmp_path: Path) -> Iterator[ReadySite]:
    """Return a small site that is ready."""
    site = ReadySite(URL, tmp_path / "shelf", NAME)
    site.open(build(tmp_path / "made", []))
    yield site
    site.close()


def test_a_copy_holds_the_database_the_note_and_the_files(site: ReadySite, tmp_path: Path) -> None:
    with site.apart("copied", tmp_path / "home") as env:
        assert words(env) == ["마당"]
        assert (tmp_path / "home" / "prepared").read_text() == "mark"
        assert (tmp_path / "home" / "media" / "picture.png").read_bytes() == b"png"
        name = urlsplit(env["DATABASE_URL"]).path.strip("/")
        assert not URL or name in databases()
    assert not URL or name not in databases()


def test_what_is_written_into_a_copy_stays_there(site: ReadySite, tmp_path: Path) -> None:
    with site.apart("first", tmp_path / "a") as first, site.apart("second", tmp_path / "b") as second:
        assert words(first, add="뜰") == ["뜰", "마당"]
        assert words(second) == ["마당"]


def test_workers_that_begin_at_once_make_it_once(tmp_path: Path) -> None:
    built: list[str] = []
    beside = [ReadySite(URL, tmp_path / "shelf", NAME) for _ in range(4)]
    start = threading.Barrier(len(beside))

    def begin(site: ReadySite) -> None:
        start.wait()
        site.open(build(tmp_path / "made", built))

    threads = [threading.Thread(target=begin, args=(site,)) for site in beside]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(built) == 1
    for site in beside:
        site.close()


def test_it_stays_until_the_last_has_left(tmp_path: Path) -> None:
    early, late = (ReadySite(URL, tmp_path / "shelf", NAME) for _ in range(2))
    for site in (early, late):
        site.open(build(tmp_path / "made", []))
    early.close()
    with late.apart("late", tmp_path / "home") as env:
        assert words(env) == ["마당"]
    late.close()
    assert not (tmp_path / "shelf" / "site").exists()
    assert not URL or NAME not in databases()


def test_what_was_begun_and_not_ended_is_made_anew(tmp_path: Path) -> None:
    """Neither a build that failed nor one of an earlier run is taken for the site."""
    built: list[str] = []

    def fail(name: str) -> Path:
        build(tmp_path / "made", built)(name)
        raise RuntimeError("no room")

    with pytest.raises(RuntimeError, match="no room"):
        ReadySite(URL, tmp_path / "shelf", NAME).open(fail)
    second = ReadySite(URL, tmp_path / "shelf", NAME)
    second.open(build(tmp_path / "made", built))
    assert len(built) == 2
    with second.apart("anew", tmp_path / "home") as env:
        assert words(env) == ["마당"]
    second.close()
