"""From award file to posted batch: two people, once, exact; corrections by new transfers; taking back."""

from __future__ import annotations

import dataclasses

import polars as pl
import pytest
from django.db import IntegrityError, transaction

from madang.core.errors import DataError, LedgerError, UsageError
from madang.solutions.eco_mileage.award_file import read_award_file, write_award_file
from madang.web.desks.eco_mileage.models import Member, Posting, Settlement, Trail
from madang.web.desks.eco_mileage.services import books, settling
from madang.web.desks.eco_mileage.tests.half_years import DAY, balances, changed, settle
from madang.web.ledger.checking import verify_book
from madang.web.ledger.models import Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.sealing import check_chain


def test_what_is_posted_is_what_the_award_file_says_to_the_point(posted, awards):
    rows = read_award_file(awards).to_post()
    expected = dict(zip(map(str, rows["member_id"].to_pylist()), rows["points"].to_pylist(), strict=True))
    assert {owner: left for owner, left in balances().items() if left} == expected
    checked = verify_book(books.points())
    assert checked.outstanding == posted.points == sum(expected.values())
    assert check_chain(books.points()) == Posting.objects.filter(settlement=posted).count()


def test_posting_again_adds_nothing_and_preparing_again_changes_nothing(posted, awards):
    again, done = settling.post(posted.run, by="lee")
    assert (again.pk, done.added) == (posted.pk, 0)
    assert settling.prepare(awards, by="park").prepared_by == "kim"
    assert verify_book(books.points()).outstanding == posted.points


def test_nobody_approves_what_they_prepared_and_the_database_says_so_too(registered, awards):
    made = settling.prepare(awards, by="kim")
    with pytest.raises(UsageError) as caught:
        settling.approve(made.run, by="kim")
    assert str(caught.value) == (
        "nobody approves what they prepared\n  where: value 'kim'\n  to do: ask a second person"
    )
    with pytest.raises(IntegrityError), transaction.atomic():
        Settlement.objects.filter(pk=made.pk).update(approved_by="kim")


def test_nothing_is_posted_before_it_is_approved_or_after_it_is_refused(registered, awards):
    made = settling.prepare(awards, by="kim")
    with pytest.raises(UsageError, match="the settlement is prepared, not approved"):
        settling.post(made.run, by="lee")
    settling.refuse(made.run, by="lee", why="the wrong month")
    with pytest.raises(UsageError, match="the settlement is refused, not approved"):
        settling.post(made.run, by="lee")
    assert verify_book(books.points()).transfers == 0


def test_a_what_if_is_never_taken_in_and_a_changed_file_never_posted(registered, awards, tmp_path):
    read = read_award_file(awards)
    path = tmp_path / "if.parquet"
    write_award_file(path, dataclasses.replace(read.header, what_if="rules of 2016"), read.rows)
    with pytest.raises(DataError, match="this settlement only asks what if: rules of 2016"):
        settling.prepare(path, by="kim")
    made = settling.prepare(awards, by="kim")
    settling.approve(made.run, by="lee")
    other = changed(awards, tmp_path, "x" * 32, lambda frame: frame)
    (registered / "awards" / made.file).write_bytes(other.read_bytes())
    with pytest.raises(DataError, match="the award file was changed after it was prepared"):
        settling.post(made.run, by="lee")


def test_an_approver_sees_totals_differences_and_samples(registered, awards):
    made = settling.prepare(awards, by="kim")
    assert sum(row["members"] for row in made.totals["by_code"]) == made.header["members"]
    assert sum(row["points"] for row in made.totals["by_district"]) == made.points
    assert made.totals["differences"] == {"paid_before": 0, "changed": 0, "more": 0, "less": 0}
    assert {row["code"] for row in made.totals["samples"]} == {row["code"] for row in made.totals["by_code"]}


def test_I9_a_window_is_paid_once_even_when_two_settlements_say_so(posted, awards, tmp_path):
    _, done = settle(changed(awards, tmp_path, "b" * 32, lambda frame: frame))
    assert (done.added, done.corrected) == (0, 0)
    assert verify_book(books.points()).outstanding == posted.points
    first = Posting.objects.filter(settlement=posted).first()
    with pytest.raises(IntegrityError), transaction.atomic():
        Posting.objects.create(settlement=posted, kind=first.kind, first_month=first.first_month, batch=first.batch)


def test_I9_a_member_is_not_paid_for_overlapping_months(posted, awards, tmp_path):
    def shifted(frame):
        return frame.with_columns(pl.col("first_month").dt.offset_by("6mo").dt.offset_by("-1mo"))

    with pytest.raises(LedgerError, match="are paid already for months of the window"):
        settle(changed(awards, tmp_path, "c" * 32, shifted))
    assert verify_book(books.points()).outstanding == posted.points


def test_I9_one_household_has_one_paid_representative(joined):
    _, member = joined
    with pytest.raises(IntegrityError), transaction.atomic():
        Member.objects.create(
            number=member.number + 1, account=books.member_account(member.number + 1),
            address_mark=member.address_mark, joined_on=DAY,
        )  # fmt: skip


def test_I13_a_correction_reverses_and_adds_and_ends_where_the_corrected_settlement_ends(posted, awards, tmp_path):
    """One member up, one down, one to nothing, one newly paid: each by new rows, the old ones as they were."""
    rows = read_award_file(awards).to_post()
    up, down, none = rows["member_id"].to_pylist()[:3]
    unpaid = next(
        row["member_id"] for row in read_award_file(awards).rows.to_pylist() if row["code"] == "below_lowest_edge"
    )
    wanted = {up: 77_000, down: 5_000, none: 0, unpaid: 10_000}
    before = {row.pk: row.amount for row in Transfer.objects.filter(book=books.points())}

    def corrected(frame):
        new = pl.col("member_id").replace_strict(wanted, default=pl.col("points"), return_dtype=pl.Int64)
        return frame.with_columns(new.alias("points"))

    path = changed(awards, tmp_path, "d" * 32, corrected)
    made = settling.prepare(path, by="kim")
    first, second, third = rows["points"].to_pylist()[:3]
    assert made.totals["differences"] == {
        "paid_before": rows.num_rows, "changed": 3, "more": 77_000 - first, "less": second - 5_000 + third,
    }  # fmt: skip
    settling.approve(made.run, by="lee")
    _, done = settling.post(made.run, by="lee", today=DAY)
    assert (done.corrected, done.uncovered) == (4, ())
    left = balances()
    assert {number: left[str(number)] for number in wanted} == wanted
    assert verify_book(books.points()).outstanding == made.points
    assert all(Transfer.objects.get(pk=pk).amount == amount for pk, amount in before.items())


def test_I13_what_was_spent_is_named_and_stays(posted, awards, tmp_path):
    row = read_award_file(awards).to_post().to_pylist()[0]
    account = books.member_account(row["member_id"])
    move(account, books.sink("tax"), row["points"], key="spent", kind="redeem", event_day=DAY)

    def corrected(frame):
        mine = pl.col("member_id") == row["member_id"]
        return frame.with_columns(pl.when(mine).then(0).otherwise(pl.col("points")).alias("points"))

    _, done = settle(changed(awards, tmp_path, "e" * 32, corrected))
    assert done.uncovered == (row["member_id"],)
    assert balances()[str(row["member_id"])] == 0
    verify_book(books.points())


def test_an_award_of_somebody_the_desk_does_not_know_posts_nothing(registered, awards, tmp_path):
    def stranger(frame):
        return frame.with_columns((pl.col("member_id") + 5_000_000).alias("member_id"))

    made = settling.prepare(changed(awards, tmp_path, "a" * 32, stranger), by="kim")
    settling.approve(made.run, by="lee")
    with pytest.raises(LedgerError, match="owners have no open account of the kind 'member'"):
        settling.post(made.run, by="lee")
    assert verify_book(books.points()).transfers == 0


def test_every_act_stands_in_the_trail(posted):
    assert list(Trail.objects.filter(about=posted.run).order_by("id").values_list("actor", "act")) == [
        ("kim", "prepared"), ("lee", "approved"), ("lee", "posted"),
    ]  # fmt: skip


def test_one_members_decision_is_that_of_the_whole_file(posted):
    """Read whole at every look, a file of 2.2 million members took a second; so it takes a twentieth."""
    frame = settling.frame_of(settling.awards_of(posted))
    for row in frame.iter_rows(named=True):
        assert settling.decision_of(posted, row["member_id"]) == row
    assert settling.decision_of(posted, 10**9) is None


@pytest.mark.parametrize("content", [b"", b"something else", None])
def test_one_members_decision_is_read_from_no_other_file(posted, registered, content):
    path = registered / "awards" / posted.file
    path.unlink() if content is None else path.write_bytes(content)
    with pytest.raises(DataError, match="the award file was changed after it was prepared"):
        settling.decision_of(posted, 1)
