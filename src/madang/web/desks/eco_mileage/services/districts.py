"""The city's districts as the desk offers, keeps and says them: by key where its folder has them, else free text."""

from __future__ import annotations

from functools import lru_cache

import polars as pl
from django import forms
from django.conf import settings

from madang.core.language import Text, text
from madang.plan.cities import open_city
from madang.web.wording import both


def known() -> dict[str, Text]:
    """Return the names of the city's districts by key; none where its folder names none."""
    return _known(str(settings.MADANG_CITY))


@lru_cache(maxsize=4)
def _known(city: str) -> dict[str, Text]:
    """Return the names of a city's districts; its files do not change while the site runs."""
    return {one.key: one.name for one in open_city(city).districts}


def field() -> forms.ChoiceField | forms.CharField:
    """Return the field that asks for a district: a list where the city names its own, free text elsewhere."""
    label = both("자치구", "District")
    if not known():
        return forms.CharField(label=label, max_length=60)
    choices = [(key, both(name.ko, name.en)) for key, name in known().items()]
    return forms.ChoiceField(label=label, choices=[("", both("고르십시오", "choose one")), *choices])


def key_of(said: str) -> str:
    """Return the key of a district, whichever of its names it is called by; what the city does not know stays."""
    return _keys().get(said.strip(), said.strip())


def named(key: str) -> Text:
    """Return what a district is called; one that the city does not know stands as it was written."""
    return known().get(key_of(key), text(key or "–", key or "–"))


def keyed(column: str) -> pl.Expr:
    """Return a column of districts as the desk keeps them."""
    return pl.col(column).cast(pl.String).str.strip_chars().replace(_keys())


def _keys() -> dict[str, str]:
    """Return the key of each name, in either language."""
    return {said: key for key, name in known().items() for said in (name.ko, name.en, key)}
