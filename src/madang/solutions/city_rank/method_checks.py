"""What a method must agree on within itself: names, settings that go together, choices that hold what is chosen."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from madang.core.errors import Both, DataError, UnknownName, Where
from madang.solutions.city_rank.method_file import ROOT, MethodFile

#: Columns of a data file that have a meaning of their own.
CITY, YEAR, ORIGIN = "city", "year", "origin"
BASE = (CITY, YEAR, ORIGIN)


def check_method(method: MethodFile, path: Path) -> None:
    """Refuse a method whose parts do not go together.

    Raises:
        DataError: names that mean two things, settings that nothing reads, choices without what is chosen.
        UnknownName: a group, an indicator or a part that the file does not define.
    """
    _check_names(method, path)
    _check_columns(method, path)
    _check_dropped(method, path)
    _check_importance(method, path)
    for says, key, todo in _idle(method):
        raise DataError(says, Where(path, column=key), todo)
    for name, chosen, listed in _choices(method):
        if chosen not in listed:
            says = Both(
                f"{name!r}에 고를 수 있는 것 가운데 규칙이 정한 {chosen!r}가 없습니다",
                f"the choices of {name!r} do not hold what the rules say, {chosen!r}",
            )
            todo = Both(
                f"목록에 {chosen!r}를 더하거나 규칙을 이 가운데 하나로 정하십시오: {', '.join(listed)}",
                f"add {chosen!r} to the list, or let the rules say one of: {', '.join(listed)}",
            )
            raise DataError(says, Where(path, column=f"uncertainty.{name}"), todo)
    _check_own_means(method, path)


def _check_names(method: MethodFile, path: Path) -> None:
    """Refuse groups that nobody defined, and names that mean two things."""
    if ROOT in method.groups or ROOT in method.indicators:
        raise DataError(
            Both(f"{ROOT!r}는 전체의 이름입니다", f"the name {ROOT!r} is that of the whole"),
            Where(path),
            Both("다른 이름을 쓰십시오", "call it otherwise"),
        )
    for name in method.groups:
        if name in method.indicators:
            raise DataError(
                Both(f"묶음과 지표가 같은 이름을 씁니다: {name!r}", f"{name!r} is both a group and an indicator"),
                Where(path),
                Both("하나의 이름을 바꾸십시오", "rename one of them"),
            )
    for kind, cards in (("indicators", method.indicators), ("groups", method.groups)):
        for name, card in cards.items():
            if card.group != ROOT and card.group not in method.groups:
                where = Where(path, column=f"{kind}.{name}.group")
                raise UnknownName(Both("묶음", "group"), card.group, [*method.groups, ROOT], where)


def _check_columns(method: MethodFile, path: Path) -> None:
    """Refuse a column that is to be two things at once."""
    used = dict.fromkeys(method.indicators, Both("지표", "an indicator"))
    for name, card in method.indicators.items():
        if card.denominator is not None:
            used.setdefault(card.denominator, Both(f"{name!r}의 분모", f"the denominator of {name!r}"))
    for name, what in used.items():
        if name in BASE:
            says = Both(
                f"열 {name!r}에는 따로 뜻이 있어 이렇게 쓸 수 없습니다: {what.ko}",
                f"the column {name!r} has a meaning of its own and cannot be {what.en}",
            )
            raise DataError(
                says,
                Where(path),
                Both("두 파일에서 그 열의 이름을 바꾸십시오", "call the column otherwise, in both files"),
            )
    group_by = method.rules.group_by
    if group_by is not None and (group_by in used or group_by in BASE):
        what = used.get(group_by, Both("무리의 열이 아님", "no column of groups"))
        says = Both(
            f"{group_by!r} 열로는 도시를 묶을 수 없습니다: {what.ko}",
            f"cities cannot be grouped by {group_by!r}: it is {what.en}",
        )
        raise DataError(
            says,
            Where(path, column="rules.group_by"),
            Both("도시마다 무리가 적힌 열을 대십시오", "name a column that holds each city's group"),
        )
    used |= dict.fromkeys(BASE, Both("모든 파일에서 읽는 열", "read from every file"))
    used |= {group_by: Both("묶는 열", "the column to group by")} if group_by else {}
    for name in method.ignore:
        if name in used:
            says = Both(
                f"무시하라는 열 {name!r}의 쓰임이 따로 있습니다: {used[name].ko}",
                f"the column {name!r} is to be ignored, and it is {used[name].en}",
            )
            raise DataError(
                says, Where(path, column="ignore"), Both("둘 가운데 하나에서 빼십시오", "take it out of one of the two")
            )


def _check_dropped(method: MethodFile, path: Path) -> None:
    """Refuse to drop what is no indicator, or every one."""
    if method.drop is None:
        return
    where = Where(path, column="drop.indicators")
    for name in method.drop.indicators:
        if name not in method.indicators:
            raise UnknownName(Both("지표", "indicator"), name, method.indicators, where)
    if set(method.indicators) <= set(method.drop.indicators):
        raise DataError(
            Both("모든 지표를 뺐습니다", "every indicator is dropped"),
            where,
            Both("적어도 하나는 두십시오", "keep at least one"),
        )


def _check_importance(method: MethodFile, path: Path) -> None:
    """Refuse weights by importance where an indicator has none."""
    if "importance" not in {method.rules.weights, *method.uncertainty.weights}:
        return
    lacking = next((name for name, card in method.indicators.items() if card.importance is None), None)
    if lacking is not None:
        where = Where(path, column=f"indicators.{lacking}")
        raise DataError(
            Both(
                "중요도로 가중하려면 모든 지표에 중요도가 있어야 합니다",
                "weights by importance need an importance for every indicator",
            ),
            where,
            Both("importance를 더하십시오", "add importance"),
        )


def _idle(method: MethodFile) -> Iterator[tuple[Both, str, Both]]:
    """Yield each setting that nothing reads: fault, key and what to do. It would look as if it had been heeded."""
    rules, said = method.rules, method.uncertainty
    given = rules.model_fields_set
    refers = "distance_reference" in {rules.normalisation, *said.normalisation}
    if (rules.reference is None) == refers:
        says = Both(
            'reference = 도시는 normalisation = "distance_reference"에만 씁니다',
            'reference = CITY belongs to normalisation = "distance_reference", and to nothing else',
        )
        yield says, "rules", Both("둘 다 주거나 둘 다 빼십시오", "give both, or neither")
    by_group = {rules.missing, *said.missing} & {"mean", "median"}
    by_points = {rules.treatment, *said.treatment} & {"winsorise", "auto"}
    for key, read, belongs in (
        ("group_by", bool(by_group), 'missing = "mean" or "median"'),
        ("points_max", bool(by_points), 'treatment = "winsorise" or "auto"'),
        ("share_min_percent", rules.weights == "benefit_of_doubt", 'weights = "benefit_of_doubt"'),
        ("share_max_percent", rules.weights == "benefit_of_doubt", 'weights = "benefit_of_doubt"'),
        ("concordance", rules.aggregation == "outranking", 'aggregation = "outranking"'),
        ("veto", rules.aggregation == "outranking", 'aggregation = "outranking"'),
    ):
        if key in given and not read:
            says = Both(
                f"{key} 설정은 다음에서만 읽습니다: {belongs}", f"{key} belongs to {belongs}, and nothing else reads it"
            )
            yield says, f"rules.{key}", Both("하나를 빼거나 다른 하나를 더하십시오", "take one or add the other")


def _choices(method: MethodFile) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield every list of choices with what the rules say: a rank outside its own range would tell nothing."""
    rules, said = method.rules, method.uncertainty
    # Filled along the years first, what is then left is left out.
    missing = rules.missing if rules.missing in {"mean", "median"} else "leave_out"
    for name, chosen, listed in (
        ("normalisation", rules.normalisation, said.normalisation),
        ("treatment", rules.treatment, said.treatment),
        ("missing", missing, said.missing),
        ("weights", rules.weights, said.weights),
        ("aggregation", rules.aggregation, said.aggregation),
    ):
        # Pairs and the benefit of the doubt have no ensemble at all, which is told by itself.
        if listed and chosen not in {"copeland", "outranking", "benefit_of_doubt"}:
            yield name, chosen, tuple(listed)


def _check_own_means(method: MethodFile, path: Path) -> None:
    """Refuse to try one mean throughout where a group names its own."""
    own = next((name for name, card in method.groups.items() if card.aggregation is not None), None)
    if method.uncertainty.aggregation and own is not None:
        says = Both(
            f"'aggregation'에 고를 수 있는 것은 전체를 한 평균으로 합치는데, 묶음 {own!r}에 제 평균이 있습니다",
            f"the choices of 'aggregation' take one mean throughout, and the group {own!r} names its own",
        )
        raise DataError(
            says,
            Where(path, column="uncertainty.aggregation"),
            Both("둘 가운데 하나를 빼십시오", "take one of the two out"),
        )
