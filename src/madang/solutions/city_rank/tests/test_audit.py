"""What was published is checked claim by claim; what is missing stays missing."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from madang.core.contract import Run, perform
from madang.core.errors import BoundsError, DataError, UsageError
from madang.core.tables import Table
from madang.solutions.city_rank import solution
from madang.solutions.city_rank.audit import Audit, audit, published_list
from madang.solutions.city_rank.inputs import RankInputs
from madang.solutions.city_rank.model import RankResult
from madang.solutions.city_rank.rule_calls import implied_rate, missing_part, same_order
from madang.solutions.city_rank.tests.conftest import folder, seoul


def found(run: Run) -> Audit:
    """Return the audit of a run."""
    assert isinstance(run.result, RankResult)
    return run.result.audit


def inputs_with(**tables: Table | None) -> RankInputs:
    """Return Seoul's inputs with some tables in place of its own."""
    changed = seoul().model_copy(update=tables)
    assert isinstance(changed, RankInputs)
    return changed


def without(table: Table | None, keep: pl.Expr) -> Table:
    """Return a table's rows that are kept."""
    assert table is not None
    return replace(table, frame=table.frame.filter(keep))


STARTUP = {
    "Silicon Valley": 1, "New York": 2, "London": 2, "Beijing": 4, "Boston": 5, "Tokyo": 9, "Seoul": 16,
    "Singapore": 17, "Shenzhen": 19,
}  # fmt: skip
MONOCLE = {
    "Copenhagen": 1, "Zurich": 2, "Helsinki": 3, "Stockholm": 4, "Tokyo": 5, "Taipei": 9, "Seoul": 11,
    "Vancouver": 12, "Berlin": 14, "Los Angeles": 20,
}  # fmt: skip


@pytest.mark.parametrize(("ranking", "stated"), [("startup", STARTUP), ("monocle", MONOCLE)])
def test_every_rank_of_the_articles_that_a_list_names_is_reproduced(
    audited: Run, ranking: str, stated: dict[str, int]
) -> None:
    held = {
        claim.place: claim.stated
        for claim in found(audited).claims
        if claim.ranking == ranking and claim.verdict == "reproduced"
    }
    assert held == stated


def test_the_first_slip_is_the_rank_of_another_year(audited: Run) -> None:
    (wrong,) = [claim for claim in found(audited).claims if claim.verdict == "contradicted"]
    assert (wrong.place, wrong.edition, wrong.stated, wrong.found) == ("Seoul", 2021, 20, 16)
    assert wrong.note is not None
    assert wrong.note.en == "Rank 20 is that of the edition of 2020."
    assert wrong.note.ko == "20위는 2020년 판의 순위다."


def test_a_rank_that_no_other_page_names_is_not_judged(audited: Run) -> None:
    (open_,) = [claim for claim in found(audited).claims if claim.verdict == "cannot be checked"]
    assert (open_.place, open_.stated, open_.found) == ("Shanghai", 8, None)


def test_a_rank_that_is_nowhere_in_the_editions_gets_no_guess(audited: Run) -> None:
    statements = seoul().statements  # type: ignore[attr-defined]
    spoilt = replace(statements, frame=statements.frame.with_columns(pl.lit(77).alias("rank")).head(1))
    (claim,) = audit(inputs_with(statements=spoilt)).claims
    assert (claim.verdict, claim.stated, claim.found, claim.note) == ("contradicted", 77, 1, None)


def test_the_second_slip_is_a_factor_that_stays_an_interval(audited: Run) -> None:
    talent = audited.result.numbers["startup_talent_score_2021"]
    assert (talent.value, talent.low, talent.high) == (None, 1.0, 10.0)
    assert talent.gap is not None
    assert talent.gap.en == "it was not given; without a total all that follows is a value from 1 to 10"
    given = [
        audited.result.numbers[f"startup_{name}_score_2021"].value
        for name in ("knowledge", "connectedness", "performance", "funding", "market")
    ]
    assert given == [10, 9, 6, 5, 5]


def test_a_total_with_a_missing_factor_is_an_interval(audited: Run) -> None:
    total = audited.result.numbers["startup_total_2021"]
    # Weights 40, 30, 12.5, 12.5, 2.5, 2.5; each tier may be half a tier off, talent anything from 1 to 10.
    low = (5.5 * 40 + 4.5 * 30 + 4.5 * 12.5 + 1 * 12.5 + 8.5 * 2.5 + 9.5 * 2.5) / 100
    high = (6.5 * 40 + 5.5 * 30 + 5.5 * 12.5 + 10 * 12.5 + 9.5 * 2.5 + 10 * 2.5) / 100
    assert total.value is None
    assert (total.low, total.high) == (pytest.approx(low), pytest.approx(high))


def test_two_printed_values_imply_a_rate_and_its_ends(audited: Run) -> None:
    rate = audited.result.numbers["startup_won_per_usd_2021"]
    assert rate.value == pytest.approx(1144.07, abs=0.005)
    assert (rate.low, rate.high) == (pytest.approx(53.5e3 / 47.25), pytest.approx(54.5e3 / 47.15))


def test_pages_that_disagree_give_a_range_not_a_mean(audited: Run) -> None:
    value = audited.result.numbers["startup_value_2020_usd"]
    assert (value.value, value.low, value.high) == (None, 29e9, 39e9)


def test_whether_a_city_is_large_depends_on_its_boundary(audited: Run) -> None:
    large = audited.result.numbers["large_cities"]
    assert (large.value, large.low, large.high) == (None, 1, 3)


def test_the_one_total_that_contradicts_its_parts_is_found(audited: Run) -> None:
    wrong = [check for check in found(audited).checks if not check.holds]
    assert [check.place for check in wrong] == ["Vancouver"]
    printed, inside = wrong[0].parts["infrastructure"]
    assert printed == 82.9
    assert (inside.low, inside.high) == (pytest.approx(92.4375), pytest.approx(93.2))


@pytest.mark.parametrize("category", ["stability", "healthcare", "culture", "education", "infrastructure"])
def test_a_part_taken_away_is_found_again_inside_its_interval(category: str) -> None:
    categories = seoul().categories  # type: ignore[attr-defined]
    adelaide = without(categories, pl.col("place") == "Adelaide")
    hidden = pl.when(pl.col("category") == category).then(None).otherwise(pl.col("score")).alias("score")
    printed = adelaide.frame.filter(pl.col("category") == category)["score"][0]
    (check,) = audit(inputs_with(categories=replace(adelaide, frame=adelaide.frame.with_columns(hidden)))).checks
    assert list(check.parts) == [category]
    inside = check.parts[category][1]
    assert inside.low - 0.05 <= printed <= inside.high + 0.05
    assert 0 < inside.high - inside.low < 1.5


def test_two_parts_taken_away_leave_nothing_to_say() -> None:
    categories = seoul().categories  # type: ignore[attr-defined]
    adelaide = without(categories, pl.col("place") == "Adelaide")
    hidden = pl.when(pl.col("category").is_in(["culture", "stability"])).then(None).otherwise(pl.col("score"))
    frame = adelaide.frame.with_columns(hidden.alias("score"))
    (check,) = audit(inputs_with(categories=replace(adelaide, frame=frame))).checks
    assert check.parts == {}
    assert check.computed.high - check.computed.low > 40


def test_lists_are_compared_where_both_name_a_place(audited: Run) -> None:
    far = {(one, other): distance for one, other, distance in found(audited).distances}
    editions = far["startup 2020", "startup 2021"]
    assert (editions.common, editions.fagin) == (13, 2.0)
    liveable = far["eiu 2019", "monocle 2021"]
    assert liveable.common == 6
    assert liveable.kendall == pytest.approx(-7 / 15)
    assert 0 < liveable.share < 1


def test_the_list_of_monocle_is_whole(audited: Run) -> None:
    inputs = audited.inputs
    assert isinstance(inputs, RankInputs)
    assert sorted(published_list(inputs, "monocle", 2021).values()) == list(range(1, 21))


def test_a_report_that_leaves_a_place_out_of_its_first_ones_bounds_its_rank(audited: Run) -> None:
    numbers = audited.result.numbers
    assert numbers["startup_rank_at_least_2019"].value == 31
    assert (numbers["startup_covered_2021"].value, numbers["startup_countries_2021"].value) == (280, 100)
    early = perform(solution, folder(), date(2021, 10, 5)).result.numbers
    # The publisher's page on its scope came out later than the article.
    assert early["startup_rank_at_least_2019"].value == 31
    assert early["startup_covered_2021"].value is None
    assert early["startup_covered_2021"].gap is not None


def test_before_a_list_is_published_nothing_is_known_of_it() -> None:
    run = perform(solution, folder(), date(2021, 7, 1))
    number = run.result.numbers["startup_rank_2021"]
    assert number.value is None
    assert number.gap is not None
    assert number.gap.en == "the city's tables do not hold it by this day"
    assert run.result.numbers["monocle_rank_2021"].value == 11


def test_without_any_table_every_published_number_is_unknown_with_a_reason() -> None:
    names = (
        "rankings", "ranks", "statements", "valuations", "factors", "categories", "populations", "example",
    )  # fmt: skip
    bare = inputs_with(**dict.fromkeys(names))
    result = solution.run(bare, lambda _share, _what: None)
    of_facts = {
        "unicorns_percent", "startup_rank_at_least_2019", "startup_covered_2021", "startup_countries_2021",
    }  # fmt: skip
    assert {name for name, number in result.numbers.items() if number.value is not None} == of_facts
    assert all(number.gap is not None for number in result.numbers.values() if number.value is None)
    assert solution.figures(result) == ()


def test_a_scale_upside_down_is_refused() -> None:
    with pytest.raises(BoundsError, match=r"factor_scale = \[10.0, 1.0\] is no scale"):
        audit(seoul().with_set({"factor_scale": [10, 1]}))  # type: ignore[arg-type]


def test_a_rate_of_what_is_no_number_is_refused() -> None:
    with pytest.raises(UsageError, match="'much' is not a number"):
        implied_rate("much", "47.2")
    with pytest.raises(DataError, match="a ratio needs a divisor above zero"):
        implied_rate("54", "0")


def test_a_scale_of_one_end_is_refused() -> None:
    with pytest.raises(UsageError, match=r"\[1\] is no scale"):
        missing_part("a", {"a": "", "b": "2"}, {"a": 1, "b": 1}, "3", [1])


def test_lists_without_a_common_place_lie_farthest_apart() -> None:
    assert same_order({"A": 1, "B": 2}, {"C": 1, "D": 2})["share"] == 1.0
    assert same_order({"A": 1, "B": 2}, {"A": 1, "B": 2})["share"] == 0.0
    assert same_order({"A": 1, "B": 2}, {"A": 2, "B": 1})["kendall"] == -1.0
