"""The edition of a method that is in force in a year: each changes something in the one before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

from madang.core.documents import validate
from madang.core.errors import Both, DataError, MadangError, UnknownName, Where, in_both
from madang.solutions.city_rank.method_checks import check_method
from madang.solutions.city_rank.method_file import ROOT, EditionCard, GroupCard, IndicatorCard, MethodFile, Rules

_Card = TypeVar("_Card", IndicatorCard, GroupCard)


def in_force(method: MethodFile, year: int) -> MethodFile:
    """Return the method as it stood in a year: with every edition that had begun, and none to come."""
    for card in method.editions:
        if card.since <= year:
            method = _amended(method, card)
    return method.model_copy(update={"editions": ()})


def beginnings(method: MethodFile, years: Sequence[int]) -> dict[int, MethodFile]:
    """Return each edition by the first of the years in which it is in force."""
    starts = {years[0], *(card.since for card in method.editions if card.since > years[0])}
    return {year: in_force(method, year) for year in sorted(starts)}


def check_editions(method: MethodFile, path: Path) -> None:
    """Refuse editions out of order, that change what is not there, or that make no method.

    Raises:
        DataError: naming the edition.
        UnknownName: an indicator to leave out, or a part to weigh, that the method does not have by then.
    """
    check_method(in_force(method, 0), path)
    before = 0
    for card in method.editions:
        where = Where(path, column=f"editions.{card.since}")
        if card.since <= before:
            says = Both(
                f"{card.since}년부터의 판이 {before}년부터의 판 뒤에 있습니다",
                f"the edition from {card.since} stands after the one from {before}",
            )
            raise DataError(
                says,
                where,
                Both(
                    "판을 시작하는 해의 차례로, 한 해에 하나씩 적으십시오",
                    "list editions by the year in which they begin, each year once",
                ),
            )
        _check_parts(in_force(method, before), card, path)
        _check_change(in_force(method, before), card, path)
        try:
            check_method(in_force(method, card.since), path)
        except MadangError as error:
            said = in_both(error.said[0])
            what = Both(f"{card.since}년부터의 판에서: {said.ko}", f"in the edition from {card.since}: {said.en}")
            raise type(error)(what, *error.said[1:]) from error
        before = card.since


def check_years(method: MethodFile, years: Sequence[int], path: Path) -> None:
    """Refuse an edition that no year of the data reaches: it would change nothing.

    Raises:
        DataError: naming the edition and the last year.
    """
    for card in method.editions:
        if card.since > years[-1]:
            says = Both(
                f"{card.since}년부터의 판이 자료의 마지막 해인 {years[-1]}년 뒤에 시작합니다",
                f"the edition from {card.since} begins after the last year of the data, {years[-1]}",
            )
            todo = Both("그해의 행을 더하거나 판을 빼십시오", "add that year's rows, or take the edition out")
            raise DataError(says, Where(path, column=f"editions.{card.since}"), todo)


def _check_parts(method: MethodFile, card: EditionCard, path: Path) -> None:
    """Refuse names that the method does not have by then, and weights that cannot be."""
    key = f"editions.{card.since}"
    for name in card.leaves_out:
        if name not in method.indicators:
            raise UnknownName(
                Both("뺄 지표", "indicator to leave out"),
                name,
                method.indicators,
                Where(path, column=f"{key}.leaves_out"),
            )
    if set(method.indicators) <= set(card.leaves_out):
        raise DataError(
            Both("모든 지표를 뺐습니다", "every indicator is left out"),
            Where(path, column=f"{key}.leaves_out"),
            Both("적어도 하나는 두십시오", "keep at least one"),
        )
    kept = [name for name in (*method.indicators, *method.groups) if name not in card.leaves_out]
    for name, weight in card.weights.items():
        where = Where(path, column=f"{key}.weights.{name}")
        if name not in kept:
            raise UnknownName(Both("가중할 부분", "part to weigh"), name, kept, where)
        if not 0 <= weight < float("inf"):
            raise DataError(
                Both(f"{name!r}의 가중치가 {weight:g}입니다", f"the weight of {name!r} is {weight:g}"),
                where,
                Both("0 이상을 주십시오", "give zero or more"),
            )


def _check_change(method: MethodFile, card: EditionCard, path: Path) -> None:
    """Refuse rules that cannot be, and an edition that changes nothing."""
    key = f"editions.{card.since}"
    try:
        validate(Rules, _rules(method, card), path)
    except DataError as error:
        place = error.said[1]
        if isinstance(place, Where):
            place = replace(place, column=f"{key}.rules.{place.column}" if place.column else f"{key}.rules")
        raise DataError(error.said[0], place, error.said[2]) from error
    if _amended(method, card).model_copy(update={"edition": method.edition}) == method:
        says = Both(f"{card.since}년부터의 판이 바꾸는 것이 없습니다", f"the edition from {card.since} changes nothing")
        raise DataError(
            says,
            Where(path, column=key),
            Both(
                "무엇을 바꾸는지 적으십시오: leaves_out, weights, rules",
                "say what it changes: leaves_out, weights or rules",
            ),
        )


def _rules(method: MethodFile, card: EditionCard) -> dict[str, Any]:
    """Return the rules with those that the edition sets."""
    return method.rules.model_dump(exclude_unset=True) | card.rules


def _amended(method: MethodFile, card: EditionCard) -> MethodFile:
    """Return the method with what one edition changes."""

    def weighed(name: str, part: _Card) -> _Card:
        return part.model_copy(update={"weight": card.weights[name]}) if name in card.weights else part

    indicators = {name: weighed(name, part) for name, part in method.indicators.items() if name not in card.leaves_out}
    groups = {name: weighed(name, part) for name, part in method.groups.items()}
    # A group goes with its last part, and its own group with it where that was all it held.
    while card.leaves_out and (
        empty := set(groups) - {part.group for part in (*indicators.values(), *groups.values())} - {ROOT}
    ):
        groups = {name: part for name, part in groups.items() if name not in empty}
    drop = method.drop
    if drop is not None and card.leaves_out:
        left = tuple(name for name in drop.indicators if name not in card.leaves_out)
        drop = drop.model_copy(update={"indicators": left}) if left else None
    rules = Rules(**_rules(method, card))
    changed = {"edition": card.edition, "indicators": indicators, "groups": groups, "rules": rules, "drop": drop}
    return method.model_copy(update=changed)
