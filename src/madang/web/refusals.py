"""What an error says, in the reader's language: the family's English sentences and their Korean, kept in one file."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from madang.core.documents import load_toml
from madang.core.language import Language
from madang.web.templatetags.wording import particle

#: Stands where a sentence has no Korean yet; the English follows it, marked as such.
UNSAID = "받을 수 없습니다. 까닭은 영어로만 적혀 있습니다"
_PARTS = ("file", "row", "column", "value", "day")
_WHERE = re.compile(
    r"(?:file (?P<file>.+?))?(?:(?:^|, )row (?P<row>\d+))?(?:(?:^|, )column (?P<column>.+?))?"
    r"(?:(?:^|, )value (?P<value>.+?))?(?:(?:^|, )day (?P<day>\S+))?", re.DOTALL
)  # fmt: skip
_WHERE_WORDS = {"file": "파일 {}", "row": "{}행", "column": "열 {}", "value": "값 {}", "day": "날짜 {}"}
_PARTICLES = re.compile(r"(\S)(은\(는\)|이\(가\)|을\(를\))")
_PLACE = re.compile(r"\{([1-9])\}")
_PAIRS = {"은(는)": "은/는", "이(가)": "이/가", "을(를)": "을/를"}
_HANGUL, _DEEP_MAX = re.compile("[가-힣]"), 3


def told(error: Mapping[str, Any], code: Language) -> dict[str, str | None]:
    """Return an error's three parts in a language; ``english`` holds what could not be said in Korean.

    An error that brings Korean of its own has it under "ko"; the rest is found by its English.
    """
    parts = {**error, **(error.get("ko") or {})} if code == "ko" else error
    what, where, todo = (parts.get(part) for part in ("what", "where", "todo"))
    if code == "en":
        return {"what": what, "where": where, "todo": todo, "english": None}
    said, done = korean(what or ""), korean(todo or "") if todo else None
    unsaid = [part for part, found in ((what, said), (todo, done)) if part and found is None]
    return {
        "what": said or UNSAID,
        "where": _place(where) if where else None,
        "todo": done,
        "english": "; ".join(unsaid) or None,
    }


def line(what: str, todo: str | None, code: Language) -> str:
    """Return an error as one line, for a form's box; English where there is no Korean."""
    parts = [part if code == "en" else korean(part) or part for part in (what, todo) if part]
    return ": ".join(parts)


def korean(sentence: str, deep: int = 0) -> str | None:
    """Return a sentence of the family in Korean, its parts too where they are sentences; None where it has none."""
    for pattern, said in _sentences():
        found = pattern.fullmatch(sentence)
        if found is not None:
            parts = [(korean(part, deep + 1) if deep < _DEEP_MAX else None) or part for part in found.groups()]
            return _PARTICLES.sub(_fitting, _filled(said, parts))
    return sentence if _HANGUL.search(sentence) else None


def _filled(said: str, parts: list[str]) -> str:
    """Return a sentence with its parts in their places."""
    return _PLACE.sub(lambda place: parts[int(place[1]) - 1], said)


def _fitting(found: re.Match[str]) -> str:
    """Return a word's last letter with the particle that fits it; beside a quoted name both stay."""
    letter, pair = found.groups()
    return particle(letter, _PAIRS[pair]) if _HANGUL.match(letter) else found[0]


def _place(where: str) -> str:
    """Return where an error points to; another wording as it is."""
    found = _WHERE.fullmatch(where)
    parts = {name: found[name] for name in _PARTS if found[name]} if found else {}
    return ", ".join(_WHERE_WORDS[name].format(part) for name, part in parts.items()) or where


@cache
def _sentences() -> tuple[tuple[re.Pattern[str], str], ...]:
    """Return each English sentence as a pattern with its Korean; those with more words of their own come first."""
    sections = load_toml(Path(__file__).with_name("refusals.ko.toml"))
    pairs = [pair for section in sections.values() for pair in section.items()]
    pairs.sort(key=lambda pair: -len(pair[0].replace("{}", "")))
    return tuple((re.compile(re.escape(en).replace(r"\{\}", "(.+?)"), re.DOTALL), ko) for en, ko in pairs)
