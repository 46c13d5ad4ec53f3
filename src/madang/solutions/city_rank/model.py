"""The run: what was published is checked, and an index is made with everything that says how sure it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from madang.core.contract import Gap, Result, gap
from madang.core.progress import Progress, part_of
from madang.solutions.city_rank.audit import Audit, audit
from madang.solutions.city_rank.indexing import IndexPart, index_part
from madang.solutions.city_rank.inputs import RankInputs
from madang.solutions.city_rank.numbers import numbers_of


@dataclass(frozen=True, kw_only=True)
class RankResult(Result):
    """The audit, the index, and the inputs they were made of."""

    inputs: RankInputs
    audit: Audit
    part: IndexPart | None


def run(inputs: RankInputs, progress: Progress) -> RankResult:
    """Return the audit of what was published, and the index of the two files or of the made-up example.

    Raises:
        UsageError: one file of an index without the other.
        DataError: the two files do not go together.
    """
    progress(0.0, "checking what was published")
    found = audit(inputs)
    part = index_part(inputs, part_of(progress, 0.1, 0.95))
    numbers = numbers_of(found, part, own_first=inputs.data is not None)
    return RankResult(
        numbers=numbers,
        gaps=tuple(_gaps(part)),
        diagnostics=_diagnostics(part),
        inputs=inputs,
        audit=found,
        part=part,
    )


def _gaps(part: IndexPart | None) -> Iterator[Gap]:
    """Yield what a reader must know wherever a number of the index is shown."""
    if part is None:
        return
    files = part.rests_on
    if part.made_up:
        yield gap(
            "지어낸 자료: 실제 도시에 대해 아무것도 말하지 않는다.",
            "Made-up data: they say nothing about any real city.",
            *files,
        )
    index = part.shown.index
    if index.scored.unranked:
        names = ", ".join(index.scored.unranked)
        yield gap(f"자료가 모자라 순위를 매기지 않은 도시: {names}", f"Not ranked for lack of data: {names}.", *files)
    if index.scored.failed:
        names = ", ".join(part.method.title_of(name).en for name in index.scored.failed)
        ko = ", ".join(part.method.title_of(name).ko for name in index.scored.failed)
        yield gap(f"다룬 뒤에도 치우친 지표: {ko}", f"Still skewed after treatment: {names}.", *files)
    for ring in index.cycles:
        names = " → ".join(ring)
        yield gap(
            f"다수결이 돌고 돈다: {names}. 이들의 순서는 다수결만으로 정해지지 않는다.",
            f"Majorities run in a circle: {names}. Their order does not follow from majorities alone.",
            *files,
        )
    if part.sobol is not None and not part.sobol.settled:
        yield gap(
            f"민감도의 오차가 {part.sobol.points}점에서도 허용한 만큼 줄지 않았다.",
            f"The errors of the sensitivity did not come down to what was allowed at {part.sobol.points} points.",
            "sobol_error",
        )


def _diagnostics(part: IndexPart | None) -> dict[str, object]:
    """Return how the sampling went: what each column of the design is, and how many runs were made."""
    if part is None or part.shown.ensemble is None:
        return {}
    design = part.shown.ensemble.design
    made: dict[str, object] = {
        "design_columns": list(design.columns),
        "design_seed": design.seed,
        "draws": design.draws,
        "ranges_exact": part.shown.guaranteed.exact if part.shown.guaranteed else None,
    }
    if part.sobol is not None:
        made |= {"sobol_points": part.sobol.points, "sobol_runs": part.sobol.runs, "sobol_settled": part.sobol.settled}
    return made
