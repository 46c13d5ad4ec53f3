"""An index of one's own: ranks, ranges, figures; files as people really write them."""

from __future__ import annotations

import itertools
from collections.abc import Callable

import numpy as np
import pytest

from madang.core.contract import Run
from madang.core.drawing import can_draw
from madang.core.figures import ChartFigure
from madang.core.language import LANGUAGES
from madang.solutions.city_rank import solution
from madang.solutions.city_rank.indexing import IndexPart, example_method
from madang.solutions.city_rank.model import RankResult
from madang.solutions.city_rank.numbers import sayings
from madang.solutions.city_rank.tests.conftest import DATA, METHOD, Ranked

PLAIN = 'title = "t"\nedition = "1"\n[indicators.a]\nbetter = "high"\n[indicators.b]\nbetter = "low"\n'
SURE = PLAIN.replace("[indicators.a]", "[uncertainty]\nweights_percent = 20\n[indicators.a]")


def part_of(result: RankResult) -> IndexPart:
    """Return the index of a run."""
    assert result.part is not None
    return result.part


def ranks_of(result: RankResult) -> dict[str, int]:
    """Return the rank of each city."""
    index = part_of(result).shown.index
    return dict(zip(index.cities, (int(rank) for rank in index.ranks), strict=True))


def test_the_how_to_files_give_the_how_to_ranks(ranked: Ranked) -> None:
    assert ranks_of(ranked()) == {"Chaum": 1, "Aran": 2, "Eunsol": 3, "Borim": 4, "Daon": 5}


def test_scores_are_the_sum_that_the_method_says(ranked: Ranked) -> None:
    index = part_of(ranked("city,a,b\nA,0,0\nB,10,5\nC,4,10\n", PLAIN)).shown.index
    # Min-max to 0..100, b turned round, equal weights.
    assert dict(zip(index.cities, index.scores.tolist(), strict=True)) == pytest.approx({"A": 50, "B": 75, "C": 20})


def test_equal_scores_share_a_place_and_leave_out_the_next(ranked: Ranked) -> None:
    rows = "city,a,b\nA,3,1\nB,2,1\nC,2,1\nD,1,2\n"
    assert ranks_of(ranked(rows, PLAIN)) == {"A": 1, "B": 2, "C": 2, "D": 4}
    dense = PLAIN.replace("[indicators.a]", '[rules]\nties = "1223"\n[indicators.a]')
    assert ranks_of(ranked(rows, dense)) == {"A": 1, "B": 2, "C": 2, "D": 3}


def test_the_order_of_rows_changes_no_rank(ranked: Ranked) -> None:
    head, *rows = DATA.strip().split("\n")
    turned = "\n".join([head, *reversed(rows)])
    assert ranks_of(ranked(turned)) == ranks_of(ranked())


def test_a_unit_in_the_header_is_converted_and_moves_no_rank(ranked: Ranked) -> None:
    lines = [line.split(",") for line in DATA.strip().split("\n")]
    for line in lines[1:]:
        line[3] = str(float(line[3]) * 100) if line[3] else ""
    in_hectares = "\n".join(",".join(line) for line in lines).replace("[km**2]", "[hectare]")
    one, other = part_of(ranked()).shown.index, part_of(ranked(in_hectares)).shown.index
    assert np.allclose(one.scores, other.scores)


WRITTEN: dict[str, Callable[[str], str]] = {
    "with the mark of a spreadsheet": lambda data: "\ufeff" + data,
    "with line ends of another system": lambda data: data.replace("\n", "\r\n"),
    "with spaces around commas": lambda data: data.replace(",", " , "),
    "with empty lines at the end": lambda data: data + "\n\n\n",
    "without a last line end": lambda data: data.rstrip("\n"),
    "with commas for thousands": lambda data: data.replace("820000", '"820,000"'),
    "with quotes everywhere": lambda data: "\n".join(
        ",".join(f'"{cell}"' for cell in line.split(",")) for line in data.strip().split("\n")
    ),
}


@pytest.mark.parametrize("way", WRITTEN)
def test_a_file_written_in_another_way_gives_the_same_ranks(ranked: Ranked, way: str) -> None:
    assert ranks_of(ranked(WRITTEN[way](DATA))) == ranks_of(ranked())


def test_names_in_korean_with_commas_and_quotes_are_names(ranked: Ranked) -> None:
    assert list(ranks_of(ranked('city,a,b\n"서울, ""한강""",2,1\n부산,1,2\n', PLAIN))) == ['서울, "한강"', "부산"]


def test_a_city_with_too_few_values_is_named_and_not_ranked(ranked: Ranked) -> None:
    result = ranked()
    assert "Garam" not in ranks_of(result)
    assert result.numbers["index_unranked"].value == 1
    assert any(gap.en == "Not ranked for lack of data: Garam." for gap in result.gaps)


def test_an_empty_cell_is_never_zero(ranked: Ranked) -> None:
    empty = part_of(ranked("city,a,b\nA,5,1\nB,,1\nC,1,3\n", PLAIN)).shown.index
    zero = part_of(ranked("city,a,b\nA,5,1\nB,0,1\nC,1,3\n", PLAIN)).shown.index
    assert empty.scores[1] == pytest.approx(100.0)  # b alone, its weight shared anew
    assert zero.scores[1] == pytest.approx(50.0)


def test_sampled_ranges_lie_within_guaranteed_ones(ranked: Ranked) -> None:
    shown = part_of(ranked(draws=2048)).shown
    assert shown.ensemble is not None
    assert shown.guaranteed is not None
    ends = shown.ensemble.rank_ends()
    assert (shown.guaranteed.best <= ends[:, 0]).all()
    assert (ends[:, 2] <= shown.guaranteed.worst).all()
    assert np.allclose(shown.ensemble.shares.sum(axis=1), 1.0)


def test_the_same_seed_gives_the_same_run_and_another_seed_another(ranked: Ranked) -> None:
    def drawn(seed: int) -> list[list[float]]:
        ensemble = part_of(ranked(seed=seed)).shown.ensemble
        assert ensemble is not None
        return ensemble.shares.tolist()

    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_a_method_without_uncertainty_says_that_nothing_was_declared(ranked: Ranked) -> None:
    result = ranked("city,a,b\nA,2,1\nB,1,2\n", PLAIN)
    holds = result.numbers["index_focus_holds_percent"]
    assert holds.value is None
    assert holds.gap is not None
    assert holds.gap.en == "the method declares nothing uncertain"
    assert "index_rank_ranges" not in {figure.name for figure in solution.figures(result)}


def test_the_least_change_that_reaches_a_rank_is_told_or_why_there_is_none(ranked: Ranked) -> None:
    result = ranked("city,a,b\nA,3,1\nB,2,1\nC,1,1.5\n", PLAIN, focus="C", reach_rank=1)
    # C needs 100 points more of both indicators.
    assert result.numbers["index_reach_points"].value == pytest.approx(200.0)
    far = ranked("city,a,b\nA,3,1\nB,2,2\n", PLAIN, reach_rank=9).numbers["index_reach_points"]
    assert far.value is None
    assert far.gap is not None
    assert far.gap.en == "only 2 cities are ranked"


def test_dropping_criteria_moves_ranks_and_their_certainty(audited: Run) -> None:
    result = audited.result
    assert isinstance(result, RankResult)
    part = part_of(result)
    assert part.reduced is not None
    assert {"flights", "street_life", "restaurants"}.isdisjoint(part.reduced.index.tree.indicators)
    assert result.numbers["index_dropped_moved"].value > 0
    assert (
        result.numbers["index_dropped_pairs_certain_percent"].value
        != result.numbers["index_pairs_certain_percent"].value
    )


def test_asking_for_the_dropped_index_shows_it(ranked: Ranked) -> None:
    method = SURE + '[indicators.c]\nbetter = "high"\n[drop]\nindicators = ["b"]\n'
    rows = "city,a,b,c\nA,1,1,2\nB,2,9,3\nC,3,5,1\n"
    whole, fewer = ranked(rows, method), ranked(rows, method, drop_criteria=True)
    assert part_of(whole).shown.index.tree.indicators == ("a", "b", "c")
    assert part_of(fewer).shown.index.tree.indicators == ("a", "c")
    assert fewer.numbers["index_dropped_rank"].value == fewer.numbers["index_focus_rank"].value


def test_the_shift_of_a_rank_is_shared_out_without_rest(audited: Run) -> None:
    result = audited.result
    assert isinstance(result, RankResult)
    shift = part_of(result).shift
    assert shift is not None
    moved = np.array(shift.after) - np.array(shift.before)
    assert np.allclose(shift.shares.sum(axis=1), moved)


def test_years_are_ranked_on_one_scale_and_the_last_is_shown(ranked: Ranked) -> None:
    rows = "".join(
        f"C{city},{year},{city * 3 + year % 7},{city * year % 5}\n" for city in range(5) for year in (2020, 2021)
    )
    result = ranked("city,year,a,b\n" + rows, SURE)
    assert sorted(part_of(result).years) == [2020, 2021]
    assert "index_over_years" in {figure.name for figure in solution.figures(result)}


def test_every_figure_of_made_up_cities_says_so_in_both_languages(audited: Run) -> None:
    own = [figure for figure in audited.figures if figure.name.startswith("index_")]
    assert len(own) == 13
    for figure in own:
        assert figure.title.ko.startswith("지어낸 도시들: "), figure.name
        assert figure.title.en.startswith("Made-up cities: "), figure.name
        assert any(note.en == "Made-up data: they say nothing about any real city." for note in figure.notes)
        assert any(note.ko == "지어낸 자료: 실제 도시를 말하지 않는다." for note in figure.notes)


def test_figures_of_measured_cities_are_not_called_made_up(ranked: Ranked) -> None:
    own = [
        figure
        for figure in solution.figures(ranked(DATA.replace("made_up", "measured")))
        if figure.name.startswith("index_")
    ]
    assert own
    assert not any("Made-up" in figure.title.en or "지어낸" in figure.title.ko for figure in own)


def test_one_made_up_row_marks_the_whole(ranked: Ranked) -> None:
    mixed = DATA.replace("made_up", "measured", 5)
    assert part_of(ranked(mixed)).made_up


def test_every_chart_can_be_drawn_and_names_what_it_rests_on(audited: Run) -> None:
    for figure in audited.figures:
        assert figure.rests_on, figure.name
        assert audited.sources_of(figure.rests_on), figure.name
        if isinstance(figure, ChartFigure):
            assert can_draw(figure), figure.name


def test_every_number_is_said_in_both_languages(audited: Run) -> None:
    assert set(audited.result.numbers) == set(sayings())
    for number in audited.result.numbers.values():
        assert number.formula is not None
        assert all(number.title.to(code) and number.formula.to(code) for code in LANGUAGES)
        assert number.rests_on, number.name


def test_the_numbers_of_ones_own_index_come_first(ranked: Ranked, audited: Run) -> None:
    assert next(iter(ranked().numbers)).startswith("index_")
    assert not next(iter(audited.result.numbers)).startswith("index_")


NORMALISATIONS = ("min_max", "z", "rank", "borda", "percentile", "distance_max", "fraction_max")
TREATMENTS = ("none", "winsorise", "auto", "log_shifted", "log_signed")


@pytest.mark.parametrize(
    ("normalisation", "treatment"), list(itertools.product(NORMALISATIONS, TREATMENTS)), ids="-".join
)
def test_raising_an_indicator_never_costs_its_city_a_place(ranked: Ranked, normalisation: str, treatment: str) -> None:
    rules = f'[rules]\nnormalisation = "{normalisation}"\ntreatment = "{treatment}"\n[indicators.a]'
    method = PLAIN.replace("[indicators.a]", rules)
    values = {"A": 4.0, "B": 7.0, "C": 1.0, "D": 9.0, "E": 5.0}
    ranks = []
    for raised in (1.0, 3.0, 6.0, 8.0, 12.0):
        rows = "".join(f"{city},{raised if city == 'C' else value},{value + 1}\n" for city, value in values.items())
        ranks.append(ranks_of(ranked("city,a,b\n" + rows, method))["C"])
    assert ranks == sorted(ranks, reverse=True)


@pytest.mark.slow
def test_five_thousand_cities_are_ranked_and_shown_from_the_top(ranked: Ranked) -> None:
    rows = "".join(f"C{place},{place * 37 % 9973},{place * 101 % 4999}\n" for place in range(5000))
    result = ranked("city,a,b\n" + rows, PLAIN)
    assert result.numbers["index_cities"].value == 5000
    profiles = next(figure for figure in solution.figures(result) if figure.name == "index_profiles")
    assert profiles.frame["city"].n_unique() == 40
    assert any(note.en == "The first 40 of 5000 cities." for note in profiles.notes)


def test_the_example_method_drops_what_it_says_and_is_in_both_languages() -> None:
    method = example_method()
    assert method.drop is not None
    assert method.drop.says is not None
    assert all(card.title and card.title.ko != card.title.en for card in method.indicators.values())


def test_a_title_in_one_language_stands_for_both(ranked: Ranked) -> None:
    title = part_of(ranked()).method.title
    assert (title.ko, title.en) == ("Room to live", "Room to live")
    assert METHOD.startswith("title")
