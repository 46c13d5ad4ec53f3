"""From a method file to what the engine needs: the tree, the recipe, and the assumptions that are declared."""

from __future__ import annotations

from pathlib import Path

from madang.core.errors import Both, MadangError, UnknownName, Where
from madang.methods.composite_index import (
    MEANS,
    Alternatives,
    Assumption,
    Group,
    Indicator,
    LeaveOut,
    Recipe,
    Tree,
    WeightSpread,
)
from madang.methods.composite_index.building import PAIRWISE
from madang.solutions.city_rank.method_file import ROOT, MethodFile


def tree_of(method: MethodFile) -> Tree:
    """Return the tree of a method.

    Raises:
        DataError: a group without parts, groups in a circle, or weights that cannot be.
    """
    groups = []
    for name in (*method.groups, ROOT):
        cards = {**method.indicators, **method.groups}
        parts = [key for key, card in cards.items() if card.group == name]
        groups.append(Group(name, tuple(parts), tuple(cards[part].weight for part in parts), method.power_of(name)))
    return Tree(tuple(method.indicators), tuple(groups))


def recipe_of(method: MethodFile, cities: tuple[str, ...], path: Path) -> Recipe:
    """Return the recipe of a method for the named cities; the reference city is one of them.

    Raises:
        UnknownName: the reference is no city of the data.
        DataError: the tree is none.
    """
    rules = method.rules
    if rules.reference is not None and rules.reference not in cities:
        raise UnknownName(Both("도시", "city"), rules.reference, cities, Where(path, column="rules.reference"))
    try:
        tree = tree_of(method)
    except MadangError as error:
        raise type(error)(error.said[0], error.said[1] or Where(path), error.said[2]) from error
    aims = tuple(card.importance for card in method.indicators.values() if card.importance is not None)
    return Recipe(
        tree=tree,
        indicators=tuple(
            Indicator(name, card.better == "high", card.goalposts, card.target)
            for name, card in method.indicators.items()
        ),
        normalisation=rules.normalisation,
        scale=rules.scale,
        treatment=rules.treatment,
        points_max=rules.points_max,
        missing=rules.missing,
        share_min=rules.coverage_min_percent / 100.0,
        weighting=rules.weights,
        # Given in part they aim at nothing; that they are all there where they are needed, the method has checked.
        aims=aims if len(aims) == len(method.indicators) else (),
        share_bounds=(rules.share_min_percent / 100.0, rules.share_max_percent / 100.0),
        pairwise=rules.aggregation if rules.aggregation in PAIRWISE else None,
        concordance=rules.concordance,
        veto=rules.veto,
        ties=rules.ties,
        reference=cities.index(rules.reference) if rules.reference is not None else None,
    )


def assumptions_of(method: MethodFile) -> tuple[Assumption, ...]:
    """Return the assumptions that a method declares, in the order of the file's shape."""
    said = method.uncertainty
    made: list[Assumption] = []
    if said.weights_percent is not None:
        made.append(WeightSpread(said.weights_percent / 100.0))
    lists: tuple[tuple[str, tuple[object, ...]], ...] = (
        ("normalisation", said.normalisation),
        ("treatment", said.treatment),
        ("missing", said.missing),
        ("weighting", said.weights),
        ("power", tuple(MEANS[name] for name in said.aggregation)),
    )
    made += [Alternatives(name, options) for name, options in lists if options]
    if said.leave_one_out:
        made.append(LeaveOut())
    return tuple(made)
