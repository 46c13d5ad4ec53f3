"""Taking settlements back: every point, corrections too, and what was refused or taken back is settled anew."""

from __future__ import annotations

import polars as pl
import pytest

from madang.core.errors import LedgerError, UsageError
from madang.solutions.eco_mileage.award_file import read_award_file
from madang.web.desks.eco_mileage.models import Member, Posting, Settlement
from madang.web.desks.eco_mileage.services import books, settling, taking_back, use
from madang.web.desks.eco_mileage.tests.half_years import DAY, balances, changed, settle
from madang.web.ledger.checking import liability, verify_book
from madang.web.ledger.moving import move

State = Settlement.State


@pytest.fixture
def corrected(posted, awards, tmp_path):
    """Return a settlement that corrected the one posted: one member up, one down, one to nothing, one newly paid."""
    up, down, none = read_award_file(awards).to_post()["member_id"].to_pylist()[:3]
    rows = read_award_file(awards).rows.to_pylist()
    unpaid = next(row["member_id"] for row in rows if row["code"] == "below_lowest_edge")
    wanted = {up: 77_000, down: 5_000, none: 0, unpaid: 10_000}

    def other(frame):
        new = pl.col("member_id").replace_strict(wanted, default=pl.col("points"), return_dtype=pl.Int64)
        return frame.with_columns(new.alias("points"))

    made, done = settle(changed(awards, tmp_path, "d" * 32, other))
    assert done.corrected == len(wanted)
    return made


def test_taking_back_returns_every_point_and_the_window_can_be_paid_anew(posted, awards, tmp_path):
    assert taking_back.reverse(posted.run, by="lee", why="a wrong factor") == 0
    assert taking_back.reverse(posted.run, by="lee", why="again") == 0
    owed = liability(books.points())
    assert (owed.issued, owed.reversed, owed.outstanding) == (posted.points, posted.points, 0)
    _, done = settle(changed(awards, tmp_path, "f" * 32, lambda frame: frame))
    assert done.points == posted.points


def test_taking_back_stops_at_what_is_spent_unless_told_to_leave_it(posted, awards):
    row = read_award_file(awards).to_post().to_pylist()[0]
    move(books.member_account(row["member_id"]), books.sink("tax"), 1, key="s", kind="redeem", event_day=DAY)
    with pytest.raises(LedgerError, match="have spent or lost what it gave them"):
        taking_back.reverse(posted.run, by="lee", why="x")
    assert taking_back.reverse(posted.run, by="lee", why="x", leave_spent=True) == 1
    assert verify_book(books.points()).outstanding == row["points"] - 1


def test_a_correction_taken_back_leaves_what_stood_before_it(posted, awards, tmp_path):
    before = balances()
    made, _ = settle(changed(awards, tmp_path, "d" * 32, lambda frame: frame.with_columns(pl.col("points") + 1_000)))
    assert balances() != before
    assert taking_back.reverse(made.run, by="lee", why="a wrong reading") == 0
    assert balances() == before
    verify_book(books.points())


def test_everybody_a_correction_changed_is_as_before_once_it_is_taken_back(posted, corrected):
    taking_back.reverse(corrected.run, by="lee", why="a wrong reading")
    assert verify_book(books.points()).outstanding == posted.points
    assert taking_back.reverse(posted.run, by="lee", why="a wrong factor") == 0
    assert verify_book(books.points()).outstanding == 0


def test_of_two_decisions_about_a_window_a_member_is_told_which_counts(posted, corrected, awards):
    up = Member(number=read_award_file(awards).to_post()["member_id"].to_pylist()[0])
    told = [(one["points"], one["corrected"], one["reversed"]) for one in use.awards_of_member(up)]
    first = told[1][0]
    assert told == [(77_000, False, False), (first, True, False)]
    taking_back.reverse(corrected.run, by="lee", why="a wrong reading")
    told = [(one["points"], one["corrected"], one["reversed"]) for one in use.awards_of_member(up)]
    assert told == [(77_000, False, True), (first, False, False)]


def test_the_decision_that_counts_is_the_one_posted_last_whichever_was_prepared_first(posted, awards, tmp_path):
    rows = read_award_file(awards).to_post()
    number = rows["member_id"].to_pylist()[0]
    first, second = (
        changed(awards, tmp_path, letter * 32, lambda frame, more=more: frame.with_columns(pl.col("points") + more))
        for letter, more in (("d", 1_000), ("e", 2_000))
    )
    early, late = (settling.prepare(path, by="kim") for path in (first, second))
    for made in (late, early):
        settling.approve(made.run, by="lee")
        settling.post(made.run, by="lee", today=DAY)
    told = [(one["settlement"].run[0], one["corrected"]) for one in use.awards_of_member(Member(number=number))]
    assert told == [("d", False), ("e", True), (posted.run[0], True)]
    held = balances()[str(number)]
    assert held == next(one["points"] for one in use.awards_of_member(Member(number=number)) if not one["corrected"])


def test_I9_a_corrected_settlement_goes_back_after_what_corrected_it_so_that_nobody_is_paid_twice(posted, corrected):
    with pytest.raises(UsageError) as caught:
        taking_back.reverse(posted.run, by="lee", why="a wrong factor")
    assert str(caught.value) == (
        "a settlement posted later has corrected this one\n"
        f"  where: value '{'d' * 24}'\n"
        "  to do: take the later one back first"
    )
    assert Posting.objects.filter(settlement=posted, stands=True).exists()


def test_a_correction_that_was_spent_is_left_only_where_one_says_so(posted, corrected, awards):
    up = read_award_file(awards).to_post()["member_id"].to_pylist()[0]
    move(books.member_account(up), books.sink("tax"), 77_000, key="s", kind="redeem", event_day=DAY)
    before = balances()
    with pytest.raises(LedgerError, match="1 members have spent or lost what it gave them"):
        taking_back.reverse(corrected.run, by="lee", why="x")
    assert balances() == before
    assert taking_back.reverse(corrected.run, by="lee", why="x", leave_spent=True) == 1
    verify_book(books.points())


@pytest.mark.parametrize("over", [State.REFUSED, State.REVERSED])
def test_a_settlement_refused_or_taken_back_is_prepared_approved_and_posted_anew(registered, awards, over):
    made = settling.prepare(awards, by="kim")
    if over == State.REVERSED:
        settling.approve(made.run, by="lee")
        settling.post(made.run, by="lee", today=DAY)
        taking_back.reverse(made.run, by="lee", why="too early")
    else:
        settling.refuse(made.run, by="lee", why="too early")
    again = settling.prepare(awards, by="lee")
    assert (again.pk, again.state, again.prepared_by, again.approved_by) == (made.pk, State.PREPARED, "lee", "")
    with pytest.raises(UsageError, match="nobody approves what they prepared"):
        settling.approve(made.run, by="lee")
    settling.approve(made.run, by="kim")
    assert settling.post(made.run, by="kim", today=DAY)[1].points == made.points
    assert verify_book(books.points()).outstanding == made.points
    assert taking_back.reverse(made.run, by="kim", why="again") == 0
    assert verify_book(books.points()).outstanding == 0


def test_a_correction_can_be_taken_back_and_posted_again(posted, corrected):
    after = balances()
    taking_back.reverse(corrected.run, by="lee", why="x")
    settling.prepare(books_file(corrected), by="kim")
    settling.approve(corrected.run, by="lee")
    assert settling.post(corrected.run, by="lee", today=DAY)[1].corrected == 4
    assert balances() == after
    taking_back.reverse(corrected.run, by="lee", why="y")
    assert verify_book(books.points()).outstanding == posted.points


def books_file(made):
    """Return a settlement's award file as the desk keeps it."""
    return settling.desk_folder() / "awards" / made.file


def test_I9_a_settlement_of_other_windows_pays_nobody_twice_even_where_one_window_is_corrected(
    posted, awards, tmp_path
):
    """By the windows of joining, then by one window for all: the first window stands, and the others overlap it."""
    first = read_award_file(awards).header.first_month

    def common(frame):
        return frame.with_columns(pl.lit(first).alias("first_month"))

    with pytest.raises(LedgerError, match="are paid already for months of the window"):
        settle(changed(awards, tmp_path, "c" * 32, common))
    assert verify_book(books.points()).outstanding == posted.points


@pytest.mark.parametrize("name", ["KIM", " kim ", "Kim"])
def test_the_same_person_is_the_same_in_capitals_and_among_blanks(registered, awards, name):
    made = settling.prepare(awards, by="kim")
    with pytest.raises(UsageError, match="nobody approves what they prepared"):
        settling.approve(made.run, by=name)


def test_nothing_is_done_without_a_name_or_taken_back_without_a_reason(posted, awards):
    for act in (
        lambda: settling.prepare(awards, by=" "),
        lambda: settling.approve(posted.run, by=""),
        lambda: settling.post(posted.run, by=""),
        lambda: taking_back.reverse(posted.run, by="", why="x"),
    ):
        with pytest.raises(UsageError, match="the name of whoever does this is empty"):
            act()
    for act in (settling.refuse, taking_back.reverse):
        with pytest.raises(UsageError, match="this needs a reason"):
            act(posted.run, by="lee", why="  ")
