"""A site that is made ready once a run, and copies of it: for the tests themselves and for processes they start."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, LOCK_NB, LOCK_SH, LOCK_UN, flock
from pathlib import Path
from urllib.parse import urlsplit

import psycopg

from madang.web.opening import template

_DATABASE = "site.sqlite3"
_FILES = ("prepared", "media")


class Server:
    """The PostgreSQL server that DATABASE_URL names, and databases on it."""

    def __init__(self, url: str) -> None:
        """Remember the address of the database that is asked for others."""
        self.url = url

    def address(self, name: str) -> str:
        """Return the DATABASE_URL of another database there."""
        before, _, options = self.url.partition("?")
        return before.removesuffix(urlsplit(before).path) + f"/{name}" + (f"?{options}" if options else "")

    def ask(self, statement: str) -> None:
        """Do what no transaction may hold."""
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)

    def make(self, name: str, like: str = "template1") -> None:
        """Make a database anew, as a copy of another."""
        self.drop(name)
        self.ask(f"CREATE DATABASE {name} TEMPLATE {like}")

    def drop(self, name: str) -> None:
        """Drop a database with whoever is in it, where there is one."""
        self.ask(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")


class ReadySite:
    """One site brought to the state of the code; who asks first makes it, and the workers beside wait for it.

    Args:
        url: the PostgreSQL server's address, empty for SQLite.
        shelf: a folder that the workers of one run share, and no other run: what lies there is never stale.
        name: of the ready database on the server; nobody is let into it, or it could not be copied.
    """

    def __init__(self, url: str, shelf: Path, name: str = "madang_ready") -> None:
        """Lay the shelf out."""
        self._name = name
        self._server, self._files = Server(url) if url else None, shelf / "site"
        shelf.mkdir(exist_ok=True)
        # One is held while the site is made or taken down, the other as long as it is used.
        self._door, self._inside = (shelf / "door").open("w"), (shelf / "inside").open("w")

    def open(self, build: Callable[[str], Path]) -> None:
        """Have the site made; ``build(name of its PostgreSQL database)`` brings it about and returns its folder.

        It stays until the last worker closes it.
        """
        with self._alone():
            if not self._files.exists():
                if self._server:
                    self._server.make(self._name)
                self._keep(build(self._name))
            flock(self._inside, LOCK_SH)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Hold the door: nobody comes or goes."""
        flock(self._door, LOCK_EX)
        try:
            yield
        finally:
            flock(self._door, LOCK_UN)

    def _keep(self, home: Path) -> None:
        """Put a site on the shelf, whole or not at all."""
        making = self._files.with_name("making")
        shutil.rmtree(making, ignore_errors=True)
        making.mkdir()
        if self._server:
            self._server.ask(f"ALTER DATABASE {self._name} ALLOW_CONNECTIONS false")
        else:
            template.copy(home / _DATABASE, making / _DATABASE)
        for name in _FILES:
            if (home / name).is_dir():
                shutil.copytree(home / name, making / name)
            elif (home / name).exists():
                shutil.copyfile(home / name, making / name)
        making.replace(self._files)

    def copy(self, name: str, home: Path) -> None:
        """Copy the files to a site's folder, and where there is a server the database under a name."""
        if self._server:
            self._server.make(name, like=self._name)
        shutil.copytree(self._files, home, dirs_exist_ok=True)

    @contextmanager
    def apart(self, what: str, home: Path) -> Iterator[dict[str, str]]:
        """Copy the site for processes of a test's own; give the environment that names folder and database."""
        name = f"{what}_{os.getpid()}"
        self.copy(name, home)
        yield {"MADANG_HOME": str(home), "DATABASE_URL": self._server.address(name) if self._server else ""}
        if self._server:
            self._server.drop(name)

    def drop(self, name: str) -> None:
        """Drop a copied database."""
        if self._server:
            self._server.drop(name)

    def close(self) -> None:
        """Let go of the site; the last one takes it down."""
        with self._alone():
            try:
                flock(self._inside, LOCK_EX | LOCK_NB)
            except BlockingIOError:
                pass
            else:
                shutil.rmtree(self._files)
                if self._server:
                    self._server.drop(self._name)
        self._inside.close()
