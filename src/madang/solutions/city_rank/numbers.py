"""The named numbers of city rankings; their titles and formulas stand in numbers.toml."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from madang.core.contract import Number
from madang.core.language import text
from madang.core.sayings import Saying, sayings_in
from madang.methods.composite_index import CAUSES
from madang.solutions.city_rank.audit import Audit, Found
from madang.solutions.city_rank.indexing import IndexPart, Sure

#: What the ranks of an index rest on beside its files.
SAMPLED = ("draws", "seed")
#: What a published number rests on where its table is not there.
TABLES = ("ranks", "statements", "valuations", "factors", "categories", "populations", "rankings", "place")

NOT_PUBLISHED = text("이날까지 이 도시의 표에 없다.", "the city's tables do not hold it by this day")
NO_FILES = text("자료와 방법이 없다.", "there are neither data nor a method")
NOTHING_DECLARED = text("방법이 불확실한 것을 선언하지 않았다.", "the method declares nothing uncertain")
NO_DROP = text("방법이 뺄 기준을 적지 않았다.", "the method lists no criteria to drop")
NOT_IN_BOTH = text("이 도시는 두 해 가운데 한 해에만 있다.", "this city is in one of the two years only")
NOT_ASKED = text("이 방법으로는 묻지 않는다.", "this method does not ask it")


def sayings() -> Mapping[str, Saying]:
    """Return what is said of every number, by name."""
    return sayings_in(Path(__file__).parent)


def numbers_of(audit: Audit, part: IndexPart | None, *, own_first: bool) -> dict[str, Number]:
    """Return every number by name; what nobody published or nobody asked is unknown, with the reason.

    ``own_first`` puts the numbers of a user's own index before the published ones.
    """
    index = dict(_index(part)) if part is not None else {}
    made = {}
    for name in sorted(sayings(), key=lambda name: name.startswith("index_") != own_first) if own_first else sayings():
        own = name.startswith("index_")
        found = (index if own else audit.numbers).get(name)
        if found is None:
            gap = (NO_FILES if part is None else NOT_ASKED) if own else NOT_PUBLISHED
            rests = ("example", "data", "method") if own and part is None else part.rests_on if own and part else TABLES
            found = Found(None, rests, gap=gap)
        made[name] = _number(name, found)
    return made


def _number(name: str, found: Found) -> Number:
    """Return a number with what numbers.toml says of it."""
    said = sayings()[name]
    return Number(
        name=name,
        title=said.title,
        value=found.value,
        unit=said.unit,
        rests_on=tuple(dict.fromkeys(found.rests_on)),
        formula=said.formula,
        day=found.day,
        low=found.low,
        high=found.high,
        gap=found.gap,
        digits=said.digits,
    )


def _index(part: IndexPart) -> Iterator[tuple[str, Found]]:
    """Yield the numbers of an index."""
    shown, files = part.shown, (*part.rests_on, "drop_criteria")
    yield from _focus(part, (*files, "focus"))
    scored = shown.index.scored
    yield "index_cities", Found(len(shown.index.cities), files)
    yield "index_unranked", Found(len(scored.unranked), files)
    yield "index_indicators", Found(len(shown.index.tree.indicators), files)
    filled = sum(change.before is None for change in scored.changes)
    kept = set(shown.index.tree.indicators)
    along = sum(change.indicator in kept for change in part.filled)
    yield "index_cells_filled", Found(filled + along, files)
    yield "index_points_treated", Found(len(scored.changes) - filled, files)
    yield "index_cycles", Found(len(shown.index.cycles), files)
    yield from _sure(shown, files, "index_")
    yield from _cause(part, files)
    yield from _dropped(part)
    gap = part.reach_gap
    points = part.reach.points if part.reach is not None else None
    yield "index_reach_points", Found(points, (*files, "focus", "reach_rank"), gap=gap)
    yield from _shift(part)


def _focus(part: IndexPart, rests: tuple[str, ...]) -> Iterator[tuple[str, Found]]:
    """Yield what is known of the city looked at."""
    shown, row = part.shown, part.shown.index.row(part.focus)
    rank = int(shown.index.ranks[row])
    yield "index_focus_score", Found(float(shown.index.scores[row]), rests)
    if shown.ensemble is None:
        yield "index_focus_rank", Found(rank, rests)
        yield "index_focus_holds_percent", Found(None, rests, gap=NOTHING_DECLARED)
    else:
        low, _, high = (int(end) for end in shown.ensemble.rank_ends()[row])
        yield "index_focus_rank", Found(rank, (*rests, *SAMPLED), low, high)
        holds = 100.0 * float(shown.ensemble.shares[row, rank - 1])
        yield "index_focus_holds_percent", Found(holds, (*rests, *SAMPLED))
    bounds = shown.guaranteed
    for end in ("best", "worst"):
        value = int(getattr(bounds, end)[row]) if bounds is not None else None
        yield f"index_focus_rank_{end}", Found(value, rests, gap=None if bounds else NOTHING_DECLARED)


def _sure(shown: Sure, rests: tuple[str, ...], before: str) -> Iterator[tuple[str, Found]]:
    """Yield how sure the ranks of an index are."""
    bounds, ensemble = shown.guaranteed, shown.ensemble
    gap = NOTHING_DECLARED
    pairs = bounds.pairs_percent if bounds is not None else None
    yield f"{before}pairs_certain_percent", Found(pairs, rests, gap=None if bounds else gap)
    if before == "index_":
        certain = int((bounds.best == bounds.worst).sum()) if bounds is not None else None
        yield "index_certain_places", Found(certain, rests, gap=None if bounds else gap)
    moved = ensemble.mean_shift if ensemble is not None else None
    yield f"{before}mean_shift", Found(moved, (*rests, *SAMPLED), gap=None if ensemble else gap)


def _cause(part: IndexPart, rests: tuple[str, ...]) -> Iterator[tuple[str, Found]]:
    """Yield the share of the assumption that matters most."""
    rests = (*rests, "seed", "sobol_error")
    if part.sobol is None:
        yield "index_largest_cause_percent", Found(None, rests, gap=NOTHING_DECLARED)
        return
    most = int(part.sobol.total[:, 0].argmax())
    share, error = (100.0 * float(one[most, 0]) for one in (part.sobol.total, part.sobol.total_error))
    yield "index_largest_cause_percent", Found(share, rests, max(0.0, share - error), share + error)


def _dropped(part: IndexPart) -> Iterator[tuple[str, Found]]:
    """Yield what dropping the criteria does."""
    rests = (*part.rests_on, "drop_criteria", "focus")
    if part.reduced is None:
        for name in ("rank", "moved", "pairs_certain_percent", "mean_shift"):
            yield f"index_dropped_{name}", Found(None, rests, gap=NO_DROP)
        return
    old, new = part.whole.index, part.reduced.index
    both = [city for city in old.cities if city in new.cities]
    moved = [abs(old.rank_of(city) - new.rank_of(city)) for city in both]
    rank = new.rank_of(part.focus) if part.focus in new.cities else None
    yield "index_dropped_rank", Found(rank, rests, gap=None if rank is not None else NOT_ASKED)
    yield (
        "index_dropped_moved",
        Found(sum(moved) / len(moved) if moved else None, rests, gap=None if moved else NOT_ASKED),
    )
    yield from _sure(part.reduced, part.rests_on, "index_dropped_")


def _shift(part: IndexPart) -> Iterator[tuple[str, Found]]:
    """Yield how the city looked at moved over the last year, and what is behind it."""
    rests = (*part.rests_on, "focus")
    names = ("earlier_rank", "shift", *(f"shift_{cause}" for cause in CAUSES))
    if part.shift is None or part.focus not in part.shift.cities:
        gap = part.shift_gap or NOT_IN_BOTH
        yield from ((f"index_{name}", Found(None, rests, gap=gap)) for name in names)
        return
    row = part.shift.cities.index(part.focus)
    yield "index_earlier_rank", Found(part.shift.before[row], rests)
    yield "index_shift", Found(float(part.shift.after[row] - part.shift.before[row]), rests)
    for column, cause in enumerate(CAUSES):
        yield f"index_shift_{cause}", Found(float(part.shift.shares[row, column]), rests)
