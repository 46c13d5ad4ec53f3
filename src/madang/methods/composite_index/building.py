"""An index from a recipe: fill, treat, normalise, weigh, aggregate, rank. Every step leaves word of what it did."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np

from madang.core.errors import Both, DataError, MadangError, UnknownName, in_both
from madang.methods.composite_index import filling, normalising, outranking, treating, weighing
from madang.methods.composite_index.data import Data
from madang.methods.composite_index.normalising import Indicator, Scale
from madang.methods.composite_index.ranking import TIES, Ints, ranks, settled
from madang.methods.composite_index.tree import Floats, Tree, aggregate, effective_weights, flat, reached

#: Ways to rank that compare cities in pairs, so that there is no mean to collapse.
PAIRWISE = ("copeland", "outranking")


@dataclass(frozen=True, kw_only=True)
class Recipe:
    """How an index is made; immutable, so that an edition of a method is one value.

    ``weighting`` other than "given" takes the leaves' weights inside each group from the data and keeps those of the
    groups. ``power`` None keeps the means the tree's groups name.
    """

    tree: Tree
    indicators: tuple[Indicator, ...]
    normalisation: str = "min_max"
    scale: Scale = (0.0, 100.0)
    treatment: str = "none"
    points_max: int = 5
    missing: str = "leave_out"
    share_min: float = 0.0
    weighting: str = "given"
    aims: tuple[float, ...] = ()
    share_bounds: tuple[float, float] = (0.0, 1.0)
    power: float | None = None
    pairwise: str | None = None
    concordance: float = 0.6
    veto: float | None = None
    ties: str = "1224"
    reference: int | None = None

    def __post_init__(self) -> None:
        """Refuse ways that do not exist, and settings that cannot be."""
        for kind, name, known in (
            (Both("정규화", "normalisation"), self.normalisation, normalising.KINDS),
            (Both("이상값 다루기", "treatment"), self.treatment, treating.NAMES),
            (Both("빈칸 채우기", "way to fill gaps"), self.missing, filling.NAMES),
            (Both("가중 방법", "weighting"), self.weighting, weighing.NAMES),
            (Both("동점 규칙", "rule of ties"), self.ties, TIES),
            (Both("짝 비교", "comparison in pairs"), self.pairwise or PAIRWISE[0], PAIRWISE),
        ):
            if name not in known:
                raise UnknownName(kind, name, known)
        _check_settings(self)

    def without(self, names: tuple[str, ...]) -> Recipe:
        """Return the recipe without some indicators."""
        kept = [place for place, one in enumerate(self.indicators) if one.name not in names]
        aims = tuple(self.aims[place] for place in kept) if self.aims else ()
        return replace(
            self, tree=self.tree.without(names), indicators=tuple(self.indicators[place] for place in kept), aims=aims
        )


@dataclass(frozen=True)
class Change:
    """One cell that is not what the data gave: filled, or treated."""

    city: str
    indicator: str
    why: str
    before: float | None
    after: float


@dataclass(frozen=True)
class Scored:
    """Normalised scores ready to be weighed, of the cities that have enough, and what was changed on the way."""

    cities: tuple[str, ...]
    unranked: tuple[str, ...]
    scores: Floats
    changes: tuple[Change, ...] = ()
    failed: tuple[str, ...] = ()

    @cached_property
    def complete(self) -> bool:
        """Tell whether no score is missing."""
        return not bool(np.isnan(self.scores).any())


@dataclass(frozen=True)
class Index:
    """An index: who is ranked, with what score and rank, by which weights, and everything that was changed.

    ``own_weights`` holds each city's own weights under the benefit of the doubt. ``groups`` holds every group's score.
    ``cycles`` are sets of cities that majorities put into no order, ``winner`` the one that beats every other city.
    """

    recipe: Recipe
    scored: Scored
    tree: Tree
    scores: Floats
    ranks: Ints
    groups: dict[str, Floats] = field(default_factory=dict)
    own_weights: Floats | None = None
    cycles: tuple[tuple[str, ...], ...] = ()
    winner: str | None = None

    @property
    def cities(self) -> tuple[str, ...]:
        """Return the cities that are ranked."""
        return self.scored.cities

    def row(self, city: str) -> int:
        """Return a city's row."""
        return self.scored.cities.index(city)

    def rank_of(self, city: str) -> int:
        """Return a city's rank."""
        return int(self.ranks[self.row(city)])


def score(data: Data, recipe: Recipe) -> Scored:
    """Return normalised scores: screened by coverage, filled, treated, normalised.

    Raises:
        DataError: fewer than two cities have enough, or an indicator cannot be treated or normalised.
    """
    if data.values.shape[1] != len(recipe.indicators):
        says = Both(
            f"자료의 열은 {data.values.shape[1]}개인데 방법의 지표는 {len(recipe.indicators)}개입니다",
            f"the data have {data.values.shape[1]} columns and the recipe {len(recipe.indicators)} indicators",
        )
        raise DataError(
            says,
            todo=Both(
                "지표마다 열 하나를 방법에 적힌 차례대로 주십시오",
                "give one column for each indicator, in the recipe's order",
            ),
        )
    ranked = filling.enough(data.values, recipe.share_min)
    if ranked.sum() < 2:
        says = Both(
            f"순위를 매길 만큼 값이 있는 도시가 {len(ranked)}곳 가운데 {int(ranked.sum())}곳뿐입니다",
            f"only {int(ranked.sum())} of {len(ranked)} cities have enough values to be ranked",
        )
        raise DataError(
            says, todo=Both("칸을 채우거나 갖추어야 할 몫을 낮추십시오", "fill cells, or ask for less coverage")
        )
    reference = recipe.reference
    if reference is not None and not ranked[reference]:
        says = Both(
            f"기준 도시에 빠진 값이 너무 많습니다: {data.cities[reference]!r}",
            f"the reference city {data.cities[reference]!r} lacks too many values",
        )
        raise DataError(says, todo=Both("다른 기준 도시를 고르십시오", "take another reference"))
    kept = data.pick(ranked)
    at = None if reference is None else int(ranked[:reference].sum())
    empty = np.flatnonzero(np.isnan(kept.values).all(axis=0))
    if len(empty):
        says = Both(
            f"순위를 매길 도시 가운데 이 지표의 값이 있는 곳이 없습니다: {recipe.indicators[empty[0]].name!r}",
            f"no city that is ranked has a value of {recipe.indicators[empty[0]].name!r}",
        )
        raise DataError(
            says,
            todo=Both(
                "그 지표를 빼거나 갖추어야 할 몫을 낮추십시오", "leave that indicator out, or ask for less coverage"
            ),
        )
    kind = recipe.missing if recipe.missing in filling.ACROSS else "leave_out"
    filled = filling.fill_across(kept.values, kind, kept.groups)
    changes = _filled(kept, filled, recipe)
    scores, failed = np.empty_like(filled), []
    for column, indicator in enumerate(recipe.indicators):
        try:
            treated = treating.treat(filled[:, column], recipe.treatment, recipe.points_max)
            _check_unit(recipe, indicator, treated)
            scores[:, column] = normalising.normalise(treated.values, indicator, recipe.normalisation, recipe.scale, at)
        except MadangError as error:
            raise _named(error, indicator) from error
        changes += [
            Change(kept.cities[row], indicator.name, treated.how, filled[row, column], float(treated.values[row]))
            for row in treated.changed
        ]
        if not treated.passes:
            failed.append(indicator.name)
    return Scored(
        kept.cities, tuple(c for c, there in zip(data.cities, ranked, strict=True) if not there), scores,
        tuple(changes), tuple(failed),
    )  # fmt: skip


def weighed(scored: Scored, recipe: Recipe) -> Tree:
    """Return the tree with the weights the recipe asks for, and with its one kind of mean where it names one."""
    tree = recipe.tree if recipe.power is None else recipe.tree.with_power(recipe.power)
    if recipe.weighting in {"given", "benefit_of_doubt"}:
        return tree
    if recipe.weighting == "equal":
        return tree.with_weights(np.ones(len(tree.edges)))
    by_group = _data_weights(scored, recipe, tree)
    weights = tree.weights.copy()
    for place, (group, part) in enumerate(tree.edges):
        if part in tree.places:
            weights[place] = by_group[group][part]
    return tree.with_weights(weights)


def build(data: Data, recipe: Recipe) -> Index:
    """Return the index of the data by a recipe.

    Raises:
        DataError: the data and the recipe do not go together; the message says how.
        InfeasibleError: bounds on weights that leave none.
    """
    return assemble(score(data, recipe), recipe)


def assemble(scored: Scored, recipe: Recipe) -> Index:
    """Return the index of normalised scores."""
    tree = weighed(scored, recipe)
    if recipe.weighting == "benefit_of_doubt":
        index, weights = weighing.benefit_of_doubt(scored.scores, *recipe.share_bounds, scored.cities)
        found = 100.0 * index
        return Index(recipe, scored, tree, found, ranks(found, recipe.ties), own_weights=weights)
    if recipe.pairwise is not None:
        return _compared(scored, recipe, tree)
    check_reached(tree, scored)
    groups = aggregate(tree, scored.scores)
    found = groups[tree.order[-1].name]
    return Index(recipe, scored, tree, settled(found), ranks(found, recipe.ties), groups)


def check_reached(tree: Tree, scored: Scored) -> None:
    """Refuse to rank a city all of whose values weigh nothing.

    Raises:
        DataError: naming the city.
    """
    lost = np.flatnonzero(~reached(tree, scored.scores))
    if len(lost):
        says = Both(
            f"가중치가 있는 지표에 값이 하나도 없어 순위를 매길 수 없는 도시입니다: {scored.cities[lost[0]]!r}",
            f"{scored.cities[lost[0]]!r} has no value in anything that weighs, so it cannot be ranked",
        )
        raise DataError(
            says,
            todo=Both(
                "빈칸을 채우거나, 값이 있는 지표에 가중치를 주거나, 갖추어야 할 몫을 높이십시오",
                "fill its gaps, give what it has weight, or ask for more coverage",
            ),
        )


def leaf_weights(tree: Tree) -> Floats:
    """Return what each indicator weighs in the whole where no value is missing."""
    return effective_weights(tree, tree.weights, np.ones(len(tree.indicators), bool))[:, 0]


def _compared(scored: Scored, recipe: Recipe, tree: Tree) -> Index:
    """Return an index made by comparing cities in pairs."""
    check_reached(tree, scored)
    weights = leaf_weights(tree)
    if recipe.pairwise == "outranking":
        found = outranking.outranking(scored.scores, weights, recipe.concordance, recipe.veto)
        return Index(recipe, scored, tree, found, ranks(found, recipe.ties))
    by = outranking.majority(scored.scores, weights)
    cycles = tuple(tuple(scored.cities[row] for row in cycle) for cycle in by.cycles)
    winner = None if by.winner is None else scored.cities[by.winner]
    return Index(recipe, scored, tree, by.copeland, ranks(by.copeland, recipe.ties), cycles=cycles, winner=winner)


def _data_weights(scored: Scored, recipe: Recipe, tree: Tree) -> dict[str, dict[str, float]]:
    """Return the weights of the indicators that stand in each group, made from the data."""
    made: dict[str, dict[str, float]] = {}
    for group in tree.order:
        leaves = [part for part in group.parts if part in tree.places]
        if not leaves:
            continue
        columns = scored.scores[:, [tree.places[part] for part in leaves]]
        if len(leaves) == 1:
            weights = np.ones(1)
        elif recipe.weighting == "importance":
            aims = np.array([recipe.aims[tree.places[part]] for part in leaves])
            weights = weighing.importance(flat(leaves, power=group.power), columns, aims)
        else:
            weights = getattr(weighing, recipe.weighting)(columns)
        # What the group's own groups weigh stays; its leaves share what they had between them.
        had = sum(w for part, w in zip(group.parts, group.weights, strict=True) if part in tree.places)
        made[group.name] = {part: float(w) * had for part, w in zip(leaves, weights, strict=True)}
    return made


def _filled(data: Data, filled: Floats, recipe: Recipe) -> list[Change]:
    """Return a change for every gap that was filled."""
    rows, columns = np.nonzero(np.isnan(data.values) & ~np.isnan(filled))
    return [
        Change(data.cities[row], recipe.indicators[column].name, recipe.missing, None, float(filled[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]


def _check_settings(recipe: Recipe) -> None:
    """Refuse indicators that are not the tree's, numbers out of their bounds, and aims that are not there."""
    names = tuple(indicator.name for indicator in recipe.indicators)
    if names != recipe.tree.indicators:
        described, held = ", ".join(names), ", ".join(recipe.tree.indicators)
        raise DataError(
            Both(
                f"방법이 설명하는 지표는 {described}인데 트리의 지표는 {held}입니다",
                f"the recipe describes {described}, and its tree holds {held}",
            ),
            todo=Both(
                "트리의 모든 지표를 트리에 적힌 차례대로 설명하십시오",
                "describe every indicator of the tree, in the tree's order",
            ),
        )
    low, high = recipe.scale
    if not (np.isfinite([low, high]).all() and low < high):
        raise DataError(
            Both(f"점수 범위가 {low:g}에서 {high:g}까지입니다", f"the scale runs from {low:g} to {high:g}"),
            todo=Both("[낮은 끝, 높은 끝]의 차례로 적으십시오", "give it as [low, high], the low end first"),
        )
    if not 0 <= recipe.share_min <= 1:
        raise DataError(
            Both(f"갖추어야 할 값의 몫이 {recipe.share_min:g}입니다", f"the least coverage is {recipe.share_min:g}"),
            todo=Both("0에서 1까지의 몫을 주십시오", "give a share from 0 to 1"),
        )
    if not 0 < recipe.concordance <= 1:
        raise DataError(
            Both(f"일치 문턱이 {recipe.concordance:g}입니다", f"the concordance is {recipe.concordance:g}"),
            todo=Both("0보다 크고 1 이하인 몫을 주십시오", "give a share above 0, at most 1"),
        )
    if recipe.points_max < 1:
        raise DataError(
            Both(
                f"끌어당길 수 있는 값의 수가 {recipe.points_max}개입니다",
                f"{recipe.points_max} points may be pulled in",
            ),
            todo=Both("적어도 하나를 허락하십시오", "allow one at least"),
        )
    if recipe.weighting == "importance" and (len(recipe.aims) != len(names) or not min(recipe.aims) > 0):
        says = Both(
            "중요도로 가중하려면 모든 지표에 0보다 큰 중요도 목표가 있어야 합니다",
            "weights by importance need an aim above zero for every indicator",
        )
        raise DataError(says, todo=Both("지표마다 중요도를 주십시오", "give each indicator its importance"))


def _check_unit(recipe: Recipe, indicator: Indicator, treated: treating.Treated) -> None:
    """Refuse a goalpost or target in a unit that a transformation took away."""
    if treated.how in treating.IN_UNIT or recipe.normalisation not in {"goalposts", "distance_target"}:
        return
    says = Both(
        f"지표 {indicator.name!r}: {treated.how} 뒤에는 단위가 없어져 기준점과 목표가 뜻을 잃습니다",
        f"the indicator {indicator.name!r}: its unit is gone after {treated.how},"
        " so goalposts and targets mean nothing",
    )
    raise DataError(
        says,
        todo=Both("winsorise로 다루거나 min_max로 정규화하십시오", "winsorise instead, or normalise by min_max"),
    )


def _named(error: MadangError, indicator: Indicator) -> MadangError:
    """Return an error that names the indicator."""
    if repr(indicator.name) in error.what:
        return error
    said = in_both(error.said[0])
    what = Both(f"지표 {indicator.name!r}: {said.ko}", f"the indicator {indicator.name!r}: {said.en}")
    return type(error)(what, *error.said[1:])
