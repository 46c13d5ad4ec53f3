"""The articles in the solutions' folders as pages of the library: one way, repeatable, by stable keys."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from madang import register
from madang.core.contract import Card
from madang.core.documents import read_document
from madang.core.errors import Both, DataError, Where
from madang.core.language import LANGUAGES, Language
from madang.web.library.bringing import Entry, Report, bring, key_of
from madang.web.library.markdown import blocks_of
from madang.web.library.models import SECTIONS, ArticlePage, Author, Theme
from madang.web.live.tokens import qualified

_HEADING = re.compile(r"^## +(.+?) *$", re.MULTILINE)
_TITLE = re.compile(r"^# +(.+?) *$", re.MULTILINE)


def bring_articles() -> Report:
    """Make or renew the page of every registered solution that has its articles; say which could not be read."""
    report = Report()
    for name in register.NAMES:
        folder = register.folder_of(name)
        if all((folder / f"article.{code}.md").exists() for code in LANGUAGES) and (folder / "card.toml").exists():
            try:
                bring(read_article(name, folder), report)
            except DataError as error:
                # One unfinished article must not keep the others, or the site, from the reader.
                report.refused.append(str(error))
    return report


def read_article(name: str, folder: Path) -> Entry:
    """Return a solution's articles as an entry.

    Raises:
        DataError: an article lacks its title or one of its six sections, or leaves one blank.
    """
    card = read_document(folder / "card.toml", Card)
    words = {code: _words(name, folder / f"article.{code}.md", card, code) for code in LANGUAGES}
    return Entry(
        key=name.replace("_", "-"),
        model=ArticlePage,
        shelf="solutions",
        origin=f"solutions/{name}",
        words=words,
        shared={"solution": name, "posted_day": card.checked_on},
        theme=_theme(card),
        goals=tuple(_goals().get(key_of(card.theme.en), ())),
        regions=("asia",),
        authors=(_author(card),),
    )


def _words(name: str, path: Path, card: Card, code: Language) -> dict[str, Any]:
    """Return one language's title, summary and six sections."""
    text = qualified(path.read_text(encoding="utf-8"), name)
    title = _TITLE.search(text)
    if title is None:
        raise DataError(
            Both("글에 제목이 없습니다", "the article has no title"),
            Where(path),
            Both("첫 줄을 # 제목으로 시작하십시오", "begin it with a line: # Title"),
        )
    pieces = _HEADING.split(text[title.end() :])[1:]
    heads, bodies = pieces[::2], pieces[1::2]
    if len(heads) != len(SECTIONS):
        wanted = ", ".join(section.to(code) for section in SECTIONS.values())
        says = Both(
            f"글의 절이 {len(heads)}개입니다. {len(SECTIONS)}개여야 합니다",
            f"the article has {len(heads)} sections where there are {len(SECTIONS)}",
        )
        raise DataError(
            says,
            Where(path),
            Both(f"저마다 ##로 시작하는 줄을 주십시오: {wanted}", f"give each a line beginning with ##: {wanted}"),
        )
    for head, body in zip(heads, bodies, strict=True):
        if not body.strip():
            raise DataError(
                Both("비어 있는 절이 있습니다", "a section of the article is blank"),
                Where(path, value=head),
                Both("적어도 까닭을 적으십시오", "say at least why"),
            )
    sections = {key: blocks_of(body) for key, body in zip(SECTIONS, bodies, strict=True)}
    return {"title": title[1], "summary": card.summary.to(code), **sections}


@cache
def _goals() -> dict[str, list[int]]:
    """Return the goals that the articles of each theme serve."""
    text = (Path(__file__).parent / "content" / "goals.toml").read_text(encoding="utf-8")
    found: dict[str, list[int]] = tomllib.loads(text)["themes"]
    return found


def _theme(card: Card) -> str:
    """Return the key of the card's theme, made where it is new."""
    key = key_of(card.theme.en)
    Theme.objects.get_or_create(key=key, defaults={"name_ko": card.theme.ko, "name_en": card.theme.en})
    return key


def _author(card: Card) -> str:
    """Return the key of the card's office as an author, made where it is new."""
    key = key_of(card.office.en)
    Author.objects.get_or_create(key=key, defaults={"name_ko": card.office.ko, "name_en": card.office.en})
    return key
