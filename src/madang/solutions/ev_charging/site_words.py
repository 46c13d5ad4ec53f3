"""The keys of sites in words of either language, for tables that people read."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from madang.core.figures import FigureColumn
from madang.core.language import Text, text

#: The English of a class of place is its key, so that an exported plan can be brought in again.
WORDS: dict[str, Text] = {
    "transit": text("대중교통", "transit"),
    "public": text("공공", "public"),
    "sports": text("체육", "sports"),
    "culture": text("문화", "culture"),
    "home": text("집", "home"),
    "office": text("직장", "office"),
    "resident_priority": text("거주자우선주차", "resident_priority"),
    "other": text("그 밖", "other"),
    "fast": text("급속", "rapid"),
    "slow": text("완속", "slow"),
    "existing": text("있음", "stands"),
    "plan": text("계획", "planned"),
    "candidate": text("후보", "candidate"),
}


#: What an owner says of a site; the English is the key, as above.
STATUS: dict[str, Text] = {
    "existing": text("있음", "existing"),
    "candidate": text("후보", "candidate"),
    "forced": text("반드시", "forced"),
    "forbidden": text("안 됨", "forbidden"),
}
#: Other words for a status, as plans exported without one have them.
_ROLES = {"stands": "existing", "planned": "candidate", "계획": "candidate"}


def class_key(word: str) -> str:
    """Return the key of a class of place said in either language; another word as it is."""
    return next((key for key, said in WORDS.items() if word in (key, said.ko)), word)


def status_key(word: str) -> str:
    """Return the key of a status said in either language, or of a role in a plan; another word as it is."""
    found = next((key for key, said in STATUS.items() if word in (key, said.ko)), word)
    return _ROLES.get(found, found)


def in_words(column: str, words: Mapping[str, Text] = WORDS) -> tuple[pl.Expr, pl.Expr]:
    """Return a column of keys as two, ``NAME_en`` and ``NAME_ko``, of which a reader is shown one."""
    key = pl.col(column)
    return (
        key.replace({one: said.en for one, said in words.items()}).alias(f"{column}_en"),
        key.replace({one: said.ko for one, said in words.items()}).alias(f"{column}_ko"),
    )


def word_columns(name: str, title: Text) -> tuple[FigureColumn, FigureColumn]:
    """Return the cards of the two columns that ``in_words`` makes."""
    return FigureColumn(f"{name}_en", title), FigureColumn(f"{name}_ko", title)
