"""The two ways of asking: SQLite's FTS5 and PostgreSQL's vectors. Both hold the same terms, made by us."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from django.db import connection

TITLE_WEIGHT = 10.0


def write(entry: int, title: Iterable[str], body: Iterable[str]) -> None:
    """Keep the terms of an entry."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM search_words WHERE rowid = %s", [entry])
            cursor.execute(
                "INSERT INTO search_words (rowid, title, body) VALUES (%s, %s, %s)",
                [entry, " ".join(title), " ".join(body)],
            )
        else:
            cursor.execute(
                "INSERT INTO search_words (entry, words) VALUES (%s, setweight(to_tsvector('simple', %s), 'A') || "
                "setweight(to_tsvector('simple', %s), 'D')) ON CONFLICT (entry) DO UPDATE SET words = EXCLUDED.words",
                [entry, " ".join(title), " ".join(body)],
            )


def remove(entries: Sequence[int]) -> None:
    """Forget the terms of entries."""
    column = "rowid" if connection.vendor == "sqlite" else "entry"
    with connection.cursor() as cursor:
        for entry in entries:
            cursor.execute(f"DELETE FROM search_words WHERE {column} = %s", [entry])  # noqa: S608 - one of two names


def holding(words: Sequence[Sequence[str]], cores: Sequence[str]) -> set[int]:
    """Return the entries in which every word stands: all its terms, or its letters in a row."""
    if not words:
        return set()
    one = _HOLDS[connection.vendor]
    condition = " AND ".join([f"({one} OR folded LIKE %s ESCAPE '!')"] * len(words))
    values = [
        value
        for terms, core in zip(words, cores, strict=True)
        for value in (_all_of(terms), f"%{_escaped(core)}%" if len(core) > 1 else core)
    ]
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM search_entry WHERE {condition}", values)  # noqa: S608 - built of constants
        return {row[0] for row in cursor.fetchall()}


def scores(words: Sequence[Sequence[str]]) -> dict[int, float]:
    """Return how well each entry that holds any of the terms fits, higher is better; titles weigh more."""
    terms = list(dict.fromkeys(term for word in words for term in word))
    if not terms:
        return {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT rowid, -bm25(search_words, %s, 1.0) FROM search_words WHERE search_words MATCH %s",
                [TITLE_WEIGHT, " OR ".join(_quoted(term) for term in terms)],
            )
        else:
            cursor.execute(
                "SELECT entry, ts_rank('{0.1, 0.2, 0.4, 1.0}', words, query) * %s FROM search_words, "
                "to_tsquery('simple', %s) AS query WHERE words @@ query",
                [TITLE_WEIGHT, " | ".join(_lexeme(term) for term in terms)],
            )
        return {row[0]: float(row[1]) for row in cursor.fetchall()}


_HOLDS = {
    "sqlite": "id IN (SELECT rowid FROM search_words WHERE search_words MATCH %s)",
    "postgresql": "id IN (SELECT entry FROM search_words WHERE words @@ to_tsquery('simple', %s))",
}


def _all_of(terms: Sequence[str]) -> str:
    """Return the question for all of some terms."""
    if connection.vendor == "sqlite":
        return " AND ".join(_quoted(term) for term in terms)
    return " & ".join(_lexeme(term) for term in terms)


def _quoted(term: str) -> str:
    """Return a term as FTS5 takes it literally."""
    return '"' + term.replace('"', '""') + '"'


def _lexeme(term: str) -> str:
    """Return a term as PostgreSQL takes it literally."""
    return "'" + term.replace("\\", "\\\\").replace("'", "''") + "'"


def _escaped(core: str) -> str:
    """Return letters so that none of them is a wildcard."""
    return core.replace("!", "!!").replace("%", "!%").replace("_", "!_")
