"""One index from its two files: ranks, how sure they are, what moves them, and what dropping criteria does."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np

from madang.core.errors import Both, DataError, InfeasibleError, MadangError, UnknownName, UsageError, Where, in_both
from madang.core.given_files import GivenFile
from madang.core.language import Text, say_count, text
from madang.core.progress import Progress, part_of
from madang.methods.composite_index import (
    Change,
    Data,
    Edition,
    Ensemble,
    Guaranteed,
    Index,
    Panel,
    Reach,
    Recipe,
    Removal,
    Shift,
    Sobol,
    build,
    contributions,
    guaranteed,
    least_change,
    of_ranks,
    over_years,
    rank_shift,
    removals,
    sample,
)
from madang.methods.composite_index.tree import Floats
from madang.solutions.city_rank.data_file import Cities, cities_of_file, cities_of_table
from madang.solutions.city_rank.editions import beginnings, check_editions, in_force
from madang.solutions.city_rank.inputs import RankInputs
from madang.solutions.city_rank.method_file import MethodFile, read_method
from madang.solutions.city_rank.recipes import assumptions_of, recipe_of

EXAMPLE = Path(__file__).with_name("example_method.toml")
#: Cities above which pairs are too many to look at one by one.
PAIRS_MAX = 5_000
SOBOL_POINTS_MAX = 2048
#: Assumptions whose key in a method file is another than their name in the recipe.
_KEYS = {"weights": "weights_percent", "weighting": "weights", "leave_out": "leave_one_out"}


@dataclass(frozen=True)
class Sure:
    """An index, and how sure its ranks are; None where the method declares nothing uncertain."""

    index: Index
    ensemble: Ensemble | None
    guaranteed: Guaranteed | None


@dataclass(frozen=True, kw_only=True)
class IndexPart:
    """Everything about one index.

    ``method`` is the edition in force in the last year, ``editions`` what each edition is called by its first year.
    ``shown`` is the index asked for, ``whole`` the one with all criteria and ``reduced`` the one without those that
    the method may drop. ``filled`` are the cells filled from other years.
    """

    method: MethodFile
    editions: dict[int, str]
    cities: Cities
    focus: str
    shown: Sure
    whole: Sure
    reduced: Sure | None
    sobol: Sobol | None
    removals: tuple[Removal, ...]
    contributions: Floats | None
    years: dict[int, Index]
    shift: Shift | None
    shift_gap: Text | None
    reach: Reach | None
    reach_gap: Text | None
    filled: tuple[Change, ...]
    rests_on: tuple[str, ...]

    @property
    def made_up(self) -> bool:
        """Tell whether the data are made up."""
        return self.cities.made_up


@cache
def example_method() -> MethodFile:
    """Return the method of the demonstration."""
    return read_method(GivenFile.read(EXAMPLE))


def index_part(inputs: RankInputs, progress: Progress) -> IndexPart | None:
    """Return the index of the two files, or of the made-up example; None where there is neither.

    Raises:
        UsageError: one of the two files without the other.
        DataError: the files do not go together, or the index cannot be built; the message says why and where.
        UnknownName: the city looked at is not ranked.
    """
    method, cities, path, rests = _files(inputs)
    if method is None or cities is None:
        return None
    try:
        return _made(inputs, method, cities, path, rests, progress)
    except MadangError as error:
        if error.where is not None or isinstance(error, UnknownName):
            raise
        raise type(error)(_as_the_file_says(in_both(error.said[0]), method), Where(path), error.said[2]) from error


def _as_the_file_says(what: Both, method: MethodFile) -> Both:
    """Return a fault with the assumption called as the method file calls it, not as the recipe does."""
    if what.en.startswith("the assumption 'power'"):
        said = ", ".join(method.uncertainty.aggregation)
        return Both(
            f"가정 'aggregation'에 효과가 없습니다: 점수가 모두 같습니다({said})",
            f"the assumption 'aggregation' has no effect: {said} give the same scores",
        )
    for name, key in _KEYS.items():
        ko = what.ko.replace(f"가정 {name!r}", f"가정 {key!r}")
        what = Both(ko, what.en.replace(f"the assumption {name!r}", f"the assumption {key!r}"))
    return what


def _files(inputs: RankInputs) -> tuple[MethodFile | None, Cities | None, Path, tuple[str, ...]]:
    """Return the method and the cities, the method's file, and the inputs they are."""
    if (inputs.data is None) != (inputs.method is None):
        given, lacking = ("data", "method") if inputs.method is None else ("method", "data")
        todo = Both(
            "둘 다 주십시오: --set data=파일.csv --set method=파일.toml",
            "give both: --set data=FILE.csv --set method=FILE.toml",
        )
        raise UsageError(
            Both(
                f"지수에는 파일 둘이 있어야 합니다: 준 것은 {given}, 없는 것은 {lacking}",
                f"an index needs two files: {given} is given, {lacking} is not",
            ),
            todo=todo,
        )
    if inputs.data is not None and inputs.method is not None:
        path = Path(inputs.method.name)
        method = read_method(inputs.method)
        check_editions(method, path)
        return method, cities_of_file(inputs.data, method, path), path, ("data", "method")
    if inputs.example is None:
        return None, None, EXAMPLE, ("example",)
    method = example_method()
    return method, cities_of_table(inputs.example, method, Path("example.csv")), Path(EXAMPLE.name), ("example",)


def _made(
    inputs: RankInputs, method: MethodFile, cities: Cities, path: Path, rests: tuple[str, ...], progress: Progress
) -> IndexPart:
    """Return the index and everything asked about it."""
    last = cities.panel.periods[-1]
    editions, method = beginnings(method, cities.panel.periods), in_force(method, last)
    panel = cities.panel.filled(method.rules.missing)
    names = tuple(method.indicators)
    data = panel.data(last, names)
    recipe = recipe_of(method, data.cities, path)
    progress(0.0, "ranking")
    whole = _sure(inputs, method, data, recipe, part_of(progress, 0.0, 0.4))
    reduced = None
    if method.drop is not None:
        fewer = recipe.without(method.drop.indicators)
        columns = [place for place, name in enumerate(names) if name not in method.drop.indicators]
        reduced = _sure(
            inputs, method, replace(data, values=data.values[:, columns]), fewer, part_of(progress, 0.4, 0.6)
        )
    if inputs.drop_criteria and reduced is None:
        raise UsageError(
            Both("방법에 뺄 기준이 적혀 있지 않습니다", "the method lists no criteria to drop"),
            todo=Both("지표를 적은 [drop]을 더하거나, 빼지 마십시오", "add [drop] with indicators, or leave it off"),
        )
    shown = reduced if inputs.drop_criteria and reduced is not None else whole
    focus = _focus(inputs.focus, shown.index, cities)
    shift, shift_gap = _shift(cities.panel, editions, path)
    reach, reach_gap = _reach(shown.index, focus, inputs.reach_rank)
    return IndexPart(
        method=method,
        editions={since: one.edition for since, one in editions.items()},
        cities=cities,
        focus=focus,
        shown=shown,
        whole=whole,
        reduced=reduced,
        sobol=_sobol(inputs, shown, part_of(progress, 0.6, 0.9)),
        removals=removals(shown.index) if shown.index.own_weights is None else (),
        contributions=_contributions(shown.index),
        years=_years(cities.panel, editions, path),
        shift=shift,
        shift_gap=shift_gap,
        reach=reach,
        reach_gap=reach_gap,
        filled=tuple(_filled(cities.panel, panel, method)),
        rests_on=rests,
    )


def _sure(inputs: RankInputs, method: MethodFile, data: Data, recipe: Recipe, progress: Progress) -> Sure:
    """Return an index, sampled and guaranteed under what the method declares."""
    assumptions = assumptions_of(method)
    if not assumptions:
        return Sure(build(data, recipe), None, None)
    ensemble = sample(data, recipe, assumptions, inputs.draws, seed=inputs.seed, progress=progress)
    bounds = guaranteed(ensemble.trial) if len(ensemble.base.cities) <= PAIRS_MAX else None
    return Sure(ensemble.base, ensemble, bounds)


def _focus(asked: str, index: Index, cities: Cities) -> str:
    """Return the city looked at: the one asked for, else the first that is ranked."""
    if not asked:
        return index.cities[0]
    if asked in index.scored.unranked:
        says = Both(
            f"값이 너무 적어 순위를 매길 수 없는 도시입니다: {asked!r}", f"{asked!r} has too few values to be ranked"
        )
        raise DataError(
            says,
            Where(cities.file),
            Both("칸을 채우거나 갖추어야 할 몫을 낮추십시오", "fill its cells, or ask for less coverage"),
        )
    if asked not in index.cities:
        raise UnknownName(Both("도시", "city"), asked, index.cities, Where(cities.file))
    return asked


def _sobol(inputs: RankInputs, shown: Sure, progress: Progress) -> Sobol | None:
    """Return which assumption moves the ranks."""
    if shown.ensemble is None:
        return None
    return of_ranks(
        shown.ensemble.trial, shown.index, error=inputs.sobol_error, points_max=SOBOL_POINTS_MAX, seed=inputs.seed,
        progress=progress,
    )  # fmt: skip


def _contributions(index: Index) -> Floats | None:
    """Return what each indicator adds to each score, where the index is one kind of mean."""
    try:
        return contributions(index)
    except DataError:
        return None


def _years(panel: Panel, editions: dict[int, MethodFile], path: Path) -> dict[int, Index]:
    """Return the index of every year by the edition in force in it; none where there is one year."""
    if len(panel.periods) < 2 or any(method.rules.reference for method in editions.values()):
        return {}
    return over_years(panel, {since: recipe_of(method, panel.cities, path) for since, method in editions.items()})


def _shift(panel: Panel, editions: dict[int, MethodFile], path: Path) -> tuple[Shift | None, Text | None]:
    """Return how ranks moved from the year before to the last one, made by the edition that drops criteria."""
    if len(panel.periods) < 2:
        return None, text("자료에 한 해만 있다.", "the data hold one year only")
    if any(method.rules.reference for method in editions.values()):
        return None, text(
            "기준 도시가 있는 방법에는 나누지 않는다.", "it is not shared out where scores refer to a city"
        )
    made = []
    for year in panel.periods[-2:]:
        method = editions[max(since for since in editions if since <= year)]
        # All columns: what one edition leaves out, the other may ask of its year.
        data = panel.filled(method.rules.missing).data(year, panel.columns)
        made.append(Edition(data, panel.columns, recipe_of(method, data.cities, path)))
    before, after = made
    if method.drop is not None and len(editions) == 1:
        after = replace(after, recipe=after.recipe.without(method.drop.indicators))
    try:
        return rank_shift(before, after), None
    except DataError as error:
        return None, text(f"나눌 수 없다: {error.parts('ko').what}", f"it cannot be shared out: {error.what}")


def _reach(index: Index, focus: str, rank: int) -> tuple[Reach | None, Text | None]:
    """Return the least change that brings the city looked at to a rank."""
    if rank > len(index.cities):
        return None, text(
            f"도시가 {len(index.cities)}곳뿐이다.",
            f"only {say_count(len(index.cities), 'city is', 'cities are')} ranked",
        )
    try:
        return least_change(index, focus, rank), None
    except (InfeasibleError, DataError) as error:
        return None, text(f"이를 수 없다: {error.parts('ko').what}", error.what)


def _filled(given: Panel, filled: Panel, method: MethodFile) -> list[Change]:
    """Return a change for each cell of the last year that another year filled."""
    before, after = given.values[-1], filled.values[-1]
    rows, columns = np.nonzero(np.isnan(before) & ~np.isnan(after))
    return [
        Change(given.cities[row], given.columns[column], method.rules.missing, None, float(after[row, column]))
        for row, column in zip(rows.tolist(), columns.tolist(), strict=True)
    ]
