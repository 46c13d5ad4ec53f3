"""Figures of city rankings: what was published and checked, then an index and how sure it is."""

from __future__ import annotations

from madang.core.figures import Figure
from madang.solutions.city_rank.figures_audit import audit_figures
from madang.solutions.city_rank.figures_index import index_figures
from madang.solutions.city_rank.figures_sure import sure_figures
from madang.solutions.city_rank.model import RankResult


def figures(result: RankResult) -> tuple[Figure, ...]:
    """Return the figures of a result; those of a user's own index stand first."""
    published = audit_figures(result)
    own = (*index_figures(result.part), *sure_figures(result.part)) if result.part is not None else ()
    return (*own, *published) if result.inputs.data is not None else (*published, *own)
