"""The city's promises as the search finds them: what was said, what became of it, and why."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from madang.core.language import LANGUAGES
from madang.web import editions
from madang.web.scoreboard.models import Standing
from madang.web.search.indexing import Findable, put_all, put_changed, take_out

SOURCE = "promise"
_TITLE_MAX = 300


def findables(standing: Standing) -> Iterator[Findable]:
    """Yield a promise as the search finds it, in each language."""
    data = standing.data
    for code in LANGUAGES:
        statement = str(data.get("statement", {}).get(code, ""))
        parts = (statement, data.get("reason", {}).get(code), data.get("theme", {}).get(code))
        if statement:
            yield Findable(
                source=SOURCE,
                source_key=standing.promise,
                language=code,
                kind=SOURCE,
                title=statement[:_TITLE_MAX],
                body="\n".join(str(part) for part in parts if part),
                address=f"/{code}/promises/{standing.promise}/",
                theme=standing.theme,
                year=standing.said_on.year if standing.said_on else None,
            )


def put_promise(standing: Standing) -> None:
    """Put a promise into the index; one that is judged as it was yesterday is left as it is."""
    for found in findables(standing):
        put_changed(found)


def take_promise(standing: Standing) -> None:
    """Take a promise out of the index."""
    take_out(SOURCE, standing.promise)


def put_promises(*, anew: bool = False) -> int:
    """Bring the index into line with the promises that were judged; return how many were analysed."""
    return put_all(SOURCE, (found for one in Standing.objects.all() for found in findables(one)), anew=anew)


def theme_words() -> dict[str, dict[str, str]]:
    """Return the themes of the promises in both languages, by their keys; read once an edition."""
    return _theme_words(editions.current())


@lru_cache(maxsize=2)
def _theme_words(edition: str) -> dict[str, dict[str, str]]:
    """Return the themes of an edition; the rest of a promise, its evidence and its chart, is left where it lies."""
    return {key: words for key, words in Standing.objects.values_list("theme", "data__theme") if words}
