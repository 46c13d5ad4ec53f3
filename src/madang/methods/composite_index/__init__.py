"""Composite indices: built from a recipe, tried under every declared assumption, explained, and audited from outside.

Read ``tree`` first, then ``building``. No policy, no city and no ranking of anybody lies here.
"""

from __future__ import annotations

from madang.methods.composite_index.auditing import Interval, Printed, missing_part, quotient, total_of
from madang.methods.composite_index.building import Change, Index, Recipe, assemble, build, score
from madang.methods.composite_index.certainty import Guaranteed, guaranteed
from madang.methods.composite_index.data import Data
from madang.methods.composite_index.design import Alternatives, Assumption, Design, LeaveOut, WeightSpread
from madang.methods.composite_index.ensemble import Ensemble, Trial, sample
from madang.methods.composite_index.explaining import (
    CAUSES,
    Edition,
    Removal,
    Shift,
    contributions,
    rank_shift,
    removals,
    score_shift,
    shapley,
)
from madang.methods.composite_index.normalising import Indicator, normalise
from madang.methods.composite_index.panel import Panel, over_years, pooled
from madang.methods.composite_index.ranking import ListDistance, distance, ranks, tie_faults
from madang.methods.composite_index.reaching import Reach, least_change
from madang.methods.composite_index.sensitivity import Sobol, of_ranks, settle, sobol
from madang.methods.composite_index.tree import MEANS, Group, Tree, aggregate, effective_weights, flat, index_scores

__all__ = [
    "CAUSES",
    "MEANS",
    "Alternatives",
    "Assumption",
    "Change",
    "Data",
    "Design",
    "Edition",
    "Ensemble",
    "Group",
    "Guaranteed",
    "Index",
    "Indicator",
    "Interval",
    "LeaveOut",
    "ListDistance",
    "Panel",
    "Printed",
    "Reach",
    "Recipe",
    "Removal",
    "Shift",
    "Sobol",
    "Tree",
    "Trial",
    "WeightSpread",
    "aggregate",
    "assemble",
    "build",
    "contributions",
    "distance",
    "effective_weights",
    "flat",
    "guaranteed",
    "index_scores",
    "least_change",
    "missing_part",
    "normalise",
    "of_ranks",
    "over_years",
    "pooled",
    "quotient",
    "rank_shift",
    "ranks",
    "removals",
    "sample",
    "score",
    "score_shift",
    "settle",
    "shapley",
    "sobol",
    "tie_faults",
    "total_of",
]
