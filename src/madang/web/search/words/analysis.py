"""A text's terms with their places: the index and the query pass through the same functions."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from threading import Lock
from typing import Any

import snowballstemmer
from kiwipiepy import Kiwi

#: Changes whenever the terms of the same text would change: an index made otherwise is made anew.
VERSION = "kiwi-0.24 snowball-en 1"

_LATIN = re.compile(r"[A-Za-zÀ-ÿ][A-Za-zÀ-ÿ0-9]*(?:[-.'’][A-Za-zÀ-ÿ0-9]+)*")
_NUMBER = re.compile(r"\d+(?:,\d{3})*(?:\.\d+)?")
_PIECE = re.compile(f"{_LATIN.pattern}|{_NUMBER.pattern}|[가-힣]+(?:[ \t]+[가-힣]+)*")
_PARTS = re.compile(r"[-.'’]")
#: What carries meaning: nouns, roots, verbs, adjectives.
_KEPT_TAGS = ("NNG", "NNP", "NR", "XR", "VV", "VA", "SH", "MM", "MAG")
#: Verbs and nouns that any sentence may hold.
_EMPTY_KO = frozenset(
    [
        "하",
        "되",
        "있",
        "없",
        "이",
        "것",
        "수",
        "등",
        "및",
        "그",
        "저",
        "때",
        "더",
        "또",
        "위하",
        "대하",
        "따르",
        "통하",
        "관하",
        "그리고",
        "그러나",
        "않",
        "아니",
        "같",
        "모두",
    ]
)
#: Plurals that the stemmer takes for other words.
_UNSTEMMED = {"buses": "bus", "gases": "gas"}
_EMPTY_EN = frozenset(
    [
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "been",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "had",
        "has",
        "have",
        "how",
        "if",
        "in",
        "into",
        "is",
        "it",
        "its",
        "itself",
        "may",
        "more",
        "most",
        "no",
        "nor",
        "not",
        "of",
        "off",
        "on",
        "one",
        "or",
        "our",
        "out",
        "over",
        "per",
        "said",
        "says",
        "she",
        "so",
        "such",
        "than",
        "that",
        "the",
        "their",
        "them",
        "then",
        "there",
        "these",
        "they",
        "this",
        "those",
        "to",
        "too",
        "under",
        "up",
        "upon",
        "was",
        "we",
        "were",
        "what",
        "when",
        "where",
        "which",
        "while",
        "who",
        "whom",
        "whose",
        "why",
        "will",
        "with",
    ]
)


@dataclass(frozen=True, slots=True)
class Term:
    """A term and where it stands in the text."""

    form: str
    start: int
    end: int


def terms_of(text: str) -> list[Term]:
    """Return a text's terms in order."""
    return [term for piece in _PIECE.finditer(text) for term in _piece_terms(piece[0], piece.start())]


def query_words(query: str) -> list[list[str]]:
    """Return the terms of each word of a query; a word without any (a particle alone) is left out."""
    words = []
    for word in unicodedata.normalize("NFC", query).split():
        forms = list(dict.fromkeys(term.form for term in _query_terms(word)))
        if forms:
            words.append(forms)
    return words


def fold(text: str) -> str:
    """Return a text for comparing letters: composed, lower case, every run of space as one."""
    return " ".join(unicodedata.normalize("NFC", text).lower().split())


def core_of(word: str) -> str:
    """Return a query word without the particle or ending after its last term: 충전기를 → 충전기, 나누는 → 나누."""
    folded = fold(word)
    terms = _query_terms(folded)
    return folded[: max(term.end for term in terms)] if terms else folded


def _query_terms(word: str) -> list[Term]:
    """Return a query word's terms; a verb in its dictionary form is read as one, not as a noun with 이다."""
    if word.endswith("다") and len(word) > 1 and all("가" <= sign <= "힣" for sign in word):
        lead = "것을 "
        shifted = [Term(t.form, t.start - len(lead), t.end - len(lead)) for t in terms_of(lead + word)]
        found = [term for term in shifted if term.start >= 0]
        if found:
            return found
    terms = terms_of(word)
    # A word with hyphens is asked for as a whole: "start-ups" finds "startup", not every start.
    whole = [term for term in terms if term.start == 0 and term.end == len(word)]
    return whole[:1] if whole and _LATIN.fullmatch(word) else terms


def _piece_terms(piece: str, start: int) -> Iterator[Term]:
    """Return the terms of one run of Latin letters, digits or Hangul."""
    if "가" <= piece[0] <= "힣":
        yield from _korean(piece, start)
    elif piece[0].isdigit():
        yield Term(piece.replace(",", "").replace(".", "p"), start, start + len(piece))
    else:
        yield from _latin(piece, start)


def _latin(piece: str, start: int) -> Iterator[Term]:
    """Return a word's stem; of a word with hyphens its parts too."""
    lowered = piece.lower()
    end = start + len(piece)
    parts = _PARTS.split(lowered)
    if len(parts) > 1 and parts[-1] != "s":
        yield Term(_stem("".join(parts)), start, end)
        place = start
        for part in parts:
            if len(part) > 1 and part not in _EMPTY_EN:
                yield Term(_stem(part), place, place + len(part))
            place += len(part) + 1
    elif parts[0] not in _EMPTY_EN:
        yield Term(_stem(parts[0]), start, end)


def _korean(piece: str, start: int) -> Iterator[Term]:
    """Return the morphemes of some Hangul that carry meaning."""
    for token in _tokens(piece):
        form = str(token.form)
        if str(token.tag).startswith(_KEPT_TAGS) and form not in _EMPTY_KO:
            yield Term(form, start + token.start, start + token.start + token.len)


def _tokens(piece: str) -> Any:
    """Return Kiwi's morphemes; its analyser is asked by one thread at a time."""
    kiwi = analyser()
    with _turn:
        return kiwi.tokenize(piece)


_turn = Lock()


@cache
def analyser() -> Kiwi:
    """Return the analyser, loaded once; without the dictionary of phrases, which would glue words together."""
    return Kiwi(load_multi_dict=False, num_workers=1)


@cache
def _stem(word: str) -> str:
    """Return an English word's stem."""
    return _UNSTEMMED.get(word) or str(_stemmer().stemWord(word))


@cache
def _stemmer() -> Any:
    """Return the English stemmer."""
    return snowballstemmer.stemmer("english")
