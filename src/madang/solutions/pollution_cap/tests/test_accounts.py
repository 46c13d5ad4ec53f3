"""Accounts told by their entries."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest

from madang.core.errors import TableError
from madang.core.tables import Table
from madang.solutions.pollution_cap import solution
from madang.solutions.pollution_cap.accounts import balances, statement


def entries(*rows: tuple[str, float, str | None]) -> Table:
    """Return a table of entries of one account, in order."""
    frame = pl.DataFrame(
        [
            (at + 1, date(2021, 1, 1 + at), "Jungnang", "han_i", "bod", 2030, kind, kg, project, "measured")
            for at, (kind, kg, project) in enumerate(rows)
        ],
        schema=["entry", "day", "district", "unit_area", "substance", "year", "kind", "kg_per_d", "project", "origin"],
        orient="row",
    )
    return Table("account", solution.specs["account"], frame)


def test_a_consultation_holds_its_load_until_it_is_spent_or_cancelled() -> None:
    opened = (("allocate", 10.0, None), ("consult", 4.0, "A"))
    assert balances(entries(*opened))[0].remaining_kg_per_d == 6.0
    assert balances(entries(*opened, ("spend", 3.5, "A")))[0].remaining_kg_per_d == 6.5
    assert balances(entries(*opened, ("cancel", 0.0, "A")))[0].remaining_kg_per_d == 10.0


def test_completing_puts_the_final_load_in_place_of_the_one_held() -> None:
    rows = (("allocate", 10.0, None), ("spend", 4.0, "A"), ("complete", 3.9, "A"), ("consult", 6.1, "B"))
    assert balances(entries(*rows))[0].remaining_kg_per_d == 0.0


def test_decimals_do_not_drift_over_many_small_entries() -> None:
    rows = [("allocate", 0.3, None), ("consult", 0.1, "A"), ("consult", 0.1, "B"), ("consult", 0.1, "C")]
    assert balances(entries(*rows))[0].remaining_kg_per_d == 0.0
    assert 0.3 - 0.1 - 0.1 - 0.1 != 0.0


def test_an_entry_that_overdraws_is_refused_by_number() -> None:
    with pytest.raises(TableError) as caught:
        balances(entries(("allocate", 1.0, None), ("consult", 1.5, "A")))
    assert str(caught.value) == (
        "the entry 2 overdraws its account by 0.5 kg/d\n"
        "  where: value 'Jungnang, han_i, bod, 2030'\n"
        "  to do: allocate first, or correct the load"
    )


def test_a_load_held_by_nobody_is_refused() -> None:
    with pytest.raises(TableError, match=r"the entry 2 \(consult\) names no project"):
        balances(entries(("allocate", 1.0, None), ("consult", 0.5, None)))


def test_a_statement_tells_what_is_left_after_each_entry() -> None:
    rows = (("allocate", 10.0, None), ("consult", 4.0, "A"), ("spend", 3.5, "A"), ("cancel", 0.0, "A"))
    assert statement(entries(*rows))["left_kg_per_d"].to_list() == [10.0, 6.0, 6.5, 10.0]


def test_no_account_has_no_balance_and_an_empty_statement() -> None:
    assert balances(None) == ()
    assert statement(None).height == 0
