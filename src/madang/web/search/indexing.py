"""Keeping the index: an entry is put in when it is published and taken out when it goes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from django.db import transaction

from madang.web.search import engines
from madang.web.search.models import Entry
from madang.web.search.words.analysis import VERSION, fold, terms_of


@dataclass(frozen=True, kw_only=True)
class Findable:
    """What is to be found: its texts, its address, and what it is sorted by."""

    source: str
    source_key: str
    language: str
    kind: str
    title: str
    body: str
    address: str
    theme: str = ""
    year: int | None = None
    goals: list[str] = field(default_factory=list)
    regions: list[str] = field(default_factory=list)


@transaction.atomic
def put(found: Findable) -> Entry:
    """Put an entry into the index, or renew it."""
    terms = terms_of(found.body)
    values = asdict(found) | {
        "folded": fold(f"{found.title}\n{found.body}"),
        "terms": [[term.form, term.start, term.end] for term in terms],
        "analysis": VERSION,
    }
    keys = {name: values.pop(name) for name in ("source", "source_key", "language")}
    entry, _ = Entry.objects.update_or_create(**keys, defaults=values)
    engines.write(entry.pk, [term.form for term in terms_of(found.title)], [term.form for term in terms])
    return entry


def put_changed(found: Findable) -> bool:
    """Put an entry into the index unless it is there as it is; tell whether it was analysed."""
    keys = {"source": found.source, "source_key": found.source_key, "language": found.language}
    entry = Entry.objects.filter(**keys).defer("terms").first()
    if entry is not None and entry.analysis == VERSION and not _changed(entry, found):
        return False
    put(found)
    return True


@transaction.atomic
def take_out(source: str, source_key: str, language: str | None = None) -> None:
    """Take an entry out of the index, in one language or in all."""
    entries = Entry.objects.filter(source=source, source_key=source_key)
    if language is not None:
        entries = entries.filter(language=language)
    engines.remove(list(entries.values_list("pk", flat=True)))
    entries.delete()


def put_all(source: str, found: Iterable[Findable], *, anew: bool = False) -> int:
    """Bring a source's entries into line with ``found``; return how many were analysed.

    What has not changed since it was analysed by the same version is left as it is.
    """
    kept = {(e.source_key, e.language): e for e in Entry.objects.filter(source=source).defer("terms")}
    done = 0
    for one in found:
        entry = kept.pop((one.source_key, one.language), None)
        if entry is None or anew or entry.analysis != VERSION or _changed(entry, one):
            put(one)
            done += 1
    for source_key, language in kept:
        take_out(source, source_key, language)
    return done


def _changed(entry: Entry, found: Findable) -> bool:
    """Tell whether an entry is no longer what is to be found."""
    return any(getattr(entry, name) != value for name, value in asdict(found).items())
