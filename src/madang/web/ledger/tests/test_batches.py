"""Runs posted at once, taken back at once, sealed and chained; boundaries cut between writers."""

from __future__ import annotations

import datetime as dt
import hashlib

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from madang.core.errors import DataError, LedgerError, VerifyError
from madang.web.ledger import checking, expiring, holding, posting, sealing
from madang.web.ledger.models import Account, Batch, Hold, Snapshot, Transfer
from madang.web.ledger.moving import move, reverse
from madang.web.ledger.opening import open_account, open_accounts
from madang.web.ledger.tests.books import make_points

DAY = dt.date(2024, 4, 25)
NOON = dt.datetime(2024, 4, 25, 3, tzinfo=dt.UTC)


def post(points, rows, name="2024-half", day=DAY):
    return posting.post_batch(points.book, name, points.issuer, rows, kind="award", event_day=day, rule_hash="abc")


def test_a_run_is_posted_whole_and_posting_it_again_adds_nothing(points):
    rows = [("ann", 50_000), ("ben", 10_000)]
    first = post(points, rows)
    again = post(points, reversed(rows))
    assert (first.added, first.amount, again.added, again.amount) == (2, 60_000, 0, 0)
    assert first.batch.pk == again.batch.pk
    assert (points.balance(points.ann), points.balance(points.ben)) == (50_000, 10_000)
    assert checking.verify_book(points.book) == checking.Checked(2, 2, 60_000)


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([("ann", 0)], "an amount to post is not above zero"),
        ([("ann", 1), ("ben", -5)], "an amount to post is not above zero"),
        ([("ann", 1), ("ann", 1)], "an owner stands there twice"),
    ],
)
def test_a_run_with_one_wrong_row_posts_nothing(points, rows, said):
    with pytest.raises(DataError, match=said):
        post(points, rows)
    assert Transfer.objects.filter(book=points.book).count() == 0
    assert not Batch.objects.filter(book=points.book, kind="run").exists()


def test_a_run_names_an_owner_without_an_account(points):
    with pytest.raises(LedgerError) as caught:
        post(points, [("ann", 1), ("nobody", 1), ("zed", 1)])
    assert str(caught.value) == (
        "2 owners have no open account of the kind 'member'\n  where: column owner, value 'nobody'\n"
        "  to do: open their accounts first, or leave them out"
    )


@pytest.mark.parametrize("other", [[("ann", 2)], [("ann", 1), ("ben", 1)], []])
def test_a_run_of_the_same_name_with_other_rows_is_an_error(points, other):
    post(points, [("ann", 1)])
    with pytest.raises(LedgerError, match="was posted with other rows"):
        post(points, other)
    assert points.balance(points.ann) == 1


@pytest.mark.parametrize("other", ["kind", "issuer", "to_kind"])
def test_a_run_of_the_same_name_from_another_side_is_an_error(points, other):
    post(points, [("ann", 1)])
    open_account(points.book, "allowance", "ann", guarded=True)
    issuer = open_account(points.book, "other issuer", guarded=False) if other == "issuer" else points.issuer
    with pytest.raises(LedgerError, match="was posted with other rows"):
        posting.post_batch(
            points.book, "2024-half", issuer, [("ann", 1)], kind="bonus" if other == "kind" else "award", event_day=DAY,
            to_kind="allowance" if other == "to_kind" else "member",
        )  # fmt: skip
    assert Transfer.objects.filter(book=points.book).count() == 1


@pytest.mark.parametrize("rows", [[("ann", 1), ("ann", 1)], [("ann", 0)]])
def test_a_run_posted_again_with_a_wrong_row_says_which(points, rows):
    post(points, [("ann", 1)])
    with pytest.raises(DataError):
        post(points, rows)


def test_neither_a_journal_nor_a_reversal_is_taken_back_as_a_whole(points):
    run = post(points, [("ann", 5)]).batch
    back = posting.reverse_batch(run, event_day=DAY, at=NOON)[0].batch
    assert Transfer.objects.get(batch=back).posted_at == NOON
    for batch in (back, sealing.seal_journal(points.book)):
        with pytest.raises(LedgerError) as caught:
            posting.reverse_batch(batch, event_day=DAY)
        assert str(caught.value) == (
            f"only a run is taken back as a whole\n  where: value '{batch.name}'\n  to do: reverse single transfers"
        )
    assert points.balance(points.ann) == 0


def test_a_run_taken_back_in_part_says_again_how_many_were_left(points):
    batch = post(points, [("ann", 50), ("ben", 30)]).batch
    move(points.ben, points.shop, 1, key="buy", kind="redeem", event_day=DAY)
    for added in (1, 0):
        back, left = posting.reverse_batch(batch, event_day=DAY, leave_spent=True)
        assert (back.added, left) == (added, 1)


def test_a_sealed_run_takes_no_further_row(points):
    batch = post(points, [("ann", 5)]).batch
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO ledger_transfer SELECT -id, part, book_id, batch_id, giver_id, taker_id, amount, kind, effect,"
            " event_day, lot_day, posted_at, 'run/x', rule_hash, reverses FROM ledger_transfer WHERE batch_id = %s",
            [batch.pk],
        )


@pytest.mark.parametrize("table", ["ledger_transfer", "ledger_transfer_live"])
def test_a_sealed_journal_takes_no_further_row_among_however_many(points, table):
    if connection.vendor == "sqlite" and table != "ledger_transfer":
        pytest.skip("SQLite has one table for all transfers")
    move(points.issuer, points.ann, 5, key="early", kind="award", event_day=DAY)
    late = sealing.seal_journal(points.book)
    move(points.issuer, points.ann, 5, key="now", kind="award", event_day=DAY)
    journal = Transfer.objects.get(book=points.book, key="now").batch_id
    copy = (
        f"INSERT INTO {table} SELECT -n.batch, part, book_id, n.batch, giver_id, taker_id, amount, kind, effect,"
        " event_day, lot_day, posted_at, key || n.batch, rule_hash, reverses FROM ledger_transfer,"
        " (SELECT %s AS batch UNION ALL SELECT %s) AS n WHERE key = 'now' AND book_id = %s"
    )
    with pytest.raises(DatabaseError, match="is sealed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(copy, [journal, late.pk, points.book.pk])
    assert Transfer.objects.filter(book=points.book, batch_id=late.pk).count() == 1


def test_a_hold_is_never_deleted(points):
    move(points.issuer, points.ann, 5, key="gift", kind="award", event_day=DAY)
    kept = holding.hold(points.ann, points.held, points.shop, 5, key="h", kind="redeem", event_day=DAY, until=NOON)
    with pytest.raises(DatabaseError, match="append-only: DELETE of ledger_hold"), transaction.atomic():
        kept.delete()
    assert Hold.objects.filter(pk=kept.pk).exists()


@pytest.mark.parametrize(
    "sql", ["UPDATE ledger_batch SET amount = 1 WHERE id = %s", "DELETE FROM ledger_batch WHERE id = %s"]
)
def test_a_sealed_batch_is_never_changed(points, sql):
    batch = post(points, [("ann", 5)]).batch
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, [batch.pk])


def test_a_run_is_taken_back_whole(points):
    batch = post(points, [("ann", 50), ("ben", 30)]).batch
    back, left = posting.reverse_batch(batch, event_day=DAY)
    assert (back.added, back.amount, left) == (2, 80, 0)
    assert posting.reverse_batch(batch, event_day=DAY)[0].added == 0
    assert (points.balance(points.ann), points.balance(points.ben)) == (0, 0)
    assert checking.liability(points.book) == checking.Liability(80, 80, 0, 0, 0, 0)


def test_taking_a_run_back_passes_over_what_was_reversed_and_stops_at_what_was_spent(points):
    open_accounts(points.book, "member", ["cid"])
    batch = post(points, [("ann", 50), ("ben", 30), ("cid", 20)]).batch
    first = Transfer.objects.get(book=points.book, taker=points.ann)
    reverse(first.pk, key="one by one", event_day=DAY)
    move(points.ben, points.shop, 1, key="buy", kind="redeem", event_day=DAY)
    with pytest.raises(LedgerError, match="1 takers of '2024-half' have spent or lost what it gave them"):
        posting.reverse_batch(batch, event_day=DAY)
    back, left = posting.reverse_batch(batch, event_day=DAY, leave_spent=True)
    assert (back.added, back.amount, left) == (1, 20, 1)
    checking.verify_book(points.book)


def test_one_transfer_is_not_taken_back_by_hand_after_its_whole_run_was(points):
    batch = post(points, [("ann", 50)]).batch
    posting.reverse_batch(batch, event_day=DAY)
    post(points, [("ann", 70)], name="another")
    with pytest.raises(LedgerError, match="reversed already"):
        reverse(Transfer.objects.get(batch=batch).pk, key="again", event_day=DAY)
    assert points.balance(points.ann) == 70


def test_the_chain_of_seals_holds_and_a_journal_is_cut_between_movements(points):
    move(points.issuer, points.ann, 5, key="a", kind="award", event_day=DAY)
    first = sealing.seal_journal(points.book, picture=True)
    move(points.issuer, points.ann, 7, key="b", kind="award", event_day=DAY)
    post(points, [("ben", 3)])
    second = sealing.seal_journal(points.book)
    assert (first.transfers, first.amount, second.transfers, second.amount) == (1, 5, 1, 7)
    assert sealing.check_chain(points.book) == 3
    assert Snapshot.objects.get(batch=first, account=points.ann).balance == 5


def test_journals_are_numbered_and_the_batch_sealed_last_is_told(points):
    with pytest.raises(LedgerError, match="no batch of this book is sealed yet"):
        sealing.last_sealed(points.book)
    make_points()
    for number in (1, 2):
        sealed = sealing.seal_journal(points.book, at=NOON)
        assert (sealed.name, sealed.place, sealed.sealed_at) == (f"journal-{number}", number, NOON)
        assert sealing.last_sealed(points.book) == sealed
    post(points, [("ann", 5)])
    assert sealing.last_sealed(points.book).name == "2024-half"
    assert Batch.objects.get(book=points.book, sealed_at=None).name == "journal-3"


def test_a_seal_that_was_tampered_with_is_found(points):
    post(points, [("ann", 5)])
    batch = post(points, [("ben", 3)], name="second").batch
    with transaction.atomic(), connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER ledger_batch_sealed")
        Batch.objects.filter(pk=batch.pk).update(previous_sha256="0" * 64)
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")
    with pytest.raises(VerifyError, match="the chain of sealed batches is broken"):
        sealing.check_chain(points.book)


def below_the_guards(statement: str, values: list[object]) -> None:
    """Change a row as nobody can who is held by the ledger's triggers."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = replica")
        else:
            cursor.execute("DROP TRIGGER IF EXISTS ledger_never_updated")
        cursor.execute(statement, values)
        assert cursor.rowcount == 1
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL session_replication_role = origin")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ("amount = amount + 1", "1 accounts of book"),
        ("giver_id = giver_id + 1000000", "of 3 transfers of book .*, 2 have their giver and 3 their taker among its"),
        ("event_day = '2024-04-24'", "a sealed batch holds other rows than were sealed"),
        ("key = 'another'", "a sealed batch holds other rows than were sealed"),
    ],
)
def test_a_row_changed_below_the_guards_is_found_by_the_check_of_the_whole_book(points, change, says):
    post(points, [("ann", 50), ("ben", 30)])
    move(points.ann, points.shop, 20, key="buy", kind="redeem", event_day=DAY)
    sealing.seal_journal(points.book)
    assert checking.check_book(points.book) == checking.CheckedWhole(2, 3, 60, 2)
    row = Transfer.objects.get(book=points.book, taker=points.ben)
    below_the_guards(f"UPDATE ledger_transfer SET {change} WHERE id = %s", [row.pk])
    with pytest.raises(VerifyError, match=says):
        checking.check_book(points.book)


@pytest.mark.parametrize(
    ("key", "kind", "copied"),
    [
        ("back\\slash\ttab\nline\rreturn 열쇠", "k\\d", ("back\\\\slash\\ttab\\nline\\rreturn 열쇠", "k\\\\d")),
        ("plain 열쇠", "award", ("plain 열쇠", "award")),
    ],
)
def test_what_is_hashed_is_the_same_text_on_both_databases_whatever_words_stand_in_it(points, key, kind, copied):
    at = dt.datetime(2024, 4, 25, 3, 4, 5, tzinfo=dt.UTC)
    move(points.issuer, points.ann, 5, key=key, kind=kind, event_day=DAY, at=at)
    sealed = sealing.seal_journal(points.book)
    row = Transfer.objects.get(batch=sealed)
    line = (
        f"{row.pk}\t{points.issuer.pk}\t{points.ann.pk}\t5\t{copied[1]}\t0\t2024-04-25\t2024-04-25\t"
        f"2024-04-25 03:04:05.000000\t{copied[0]}\t\t\\N\n"
    )
    assert sealed.content_sha256 == hashlib.sha256(line.encode()).hexdigest()


@pytest.mark.parametrize("words", ["a\tb", "a\nb", "a\rb", "a\\b", "\\N", "\t\\N\n", "a\n\\"])
def test_one_word_to_escape_among_many_rows_changes_nothing_in_the_others(points, words, monkeypatch):
    monkeypatch.setattr(sealing, "_BLOCK_ROWS", 2)
    at = dt.datetime(2024, 4, 25, 3, 4, 5, tzinfo=dt.UTC)
    keys = ["k1", "k2", "k3", f"k4{words}", "k5", "k6", "k7"]
    for key in keys:
        move(points.issuer, points.ann, 5, key=key, kind="award", event_day=DAY, at=at)
    sealed = sealing.seal_journal(points.book)
    escaped = [key.replace("\\", "\\\\").replace("\t", "\\t").replace("\n", "\\n").replace("\r", "\\r") for key in keys]
    rows = Transfer.objects.filter(batch=sealed).order_by("id")
    lines = [
        f"{row.pk}\t{points.issuer.pk}\t{points.ann.pk}\t5\taward\t0\t2024-04-25\t2024-04-25\t"
        f"2024-04-25 03:04:05.000000\t{key}\t\t\\N\n"
        for row, key in zip(rows, escaped, strict=True)
    ]
    assert sealed.content_sha256 == hashlib.sha256("".join(lines).encode()).hexdigest()


def test_outside_a_transaction_the_whole_book_is_checked_by_two_connections_with_the_same_answer(kept_points):
    post(kept_points, [("ann", 50), ("ben", 30)])
    assert checking.check_book(kept_points.book) == checking.CheckedWhole(2, 2, 80, 1)
    Account.objects.filter(pk=kept_points.ben.pk).update(balance=1_030, credited=1_030)
    with pytest.raises(VerifyError, match="1 accounts of book"):
        checking.check_book(kept_points.book)


def test_a_balance_that_was_tampered_with_is_found_and_named(points):
    post(points, [("ann", 50), ("ben", 30)])
    Account.objects.filter(pk=points.ben.pk).update(balance=1_030, credited=1_030)
    with pytest.raises(VerifyError) as caught:
        checking.verify_book(points.book)
    assert "1 accounts of book" in str(caught.value)
    assert "\n  where: value 'member:ben'\n" in str(caught.value)
    assert (
        "the first carries balance 1,030, credited 1,030, debited 0, expired 0 where its transfers make 30, 0 and 0"
        in str(caught.value)
    )


def test_expiry_takes_what_is_old_and_unspent_once(points):
    old, young = dt.date(2018, 4, 25), dt.date(2023, 4, 25)
    post(points, [("ann", 50), ("ben", 30)], name="old", day=old)
    post(points, [("ann", 10)], name="young", day=young)
    move(points.ann, points.shop, 20, key="buy", kind="redeem", event_day=young)
    assert expiring.due(points.book, earned_to=old) == [("ann", 30), ("ben", 30)]
    run = expiring.expire(points.book, points.expired, earned_to=old, event_day=DAY)
    assert (run.added, run.amount) == (2, 60)
    assert expiring.expire(points.book, points.expired, earned_to=old, event_day=DAY).added == 0
    assert (points.balance(points.ann), points.balance(points.ben)) == (10, 0)
    with pytest.raises(LedgerError, match="what was earned later has expired already"):
        expiring.expire(points.book, points.expired, earned_to=dt.date(2017, 1, 1), event_day=DAY)
    checking.verify_book(points.book)
    assert checking.liability(points.book) == checking.Liability(90, 0, 20, 0, 60, 10)


def test_a_later_expiry_takes_what_came_of_age_since_and_announces_only_that(points):
    post(points, [("ann", 50), ("ben", 8)], name="old", day=dt.date(2018, 4, 25))
    post(points, [("ann", 30)], name="young", day=dt.date(2019, 4, 25))
    move(points.ben, points.shop, 8, key="buy", kind="redeem", event_day=DAY)
    for year, amount in ((2018, 50), (2019, 30)):
        last = dt.date(year, 12, 31)
        assert expiring.due(points.book, earned_to=last) == [("ann", amount)]
        run = expiring.expire(points.book, points.expired, earned_to=last, event_day=DAY, at=NOON)
        assert (run.added, run.amount) == (1, amount)
        assert Transfer.objects.get(batch=run.batch).posted_at == NOON
    assert points.balance(points.ann) == 0


def test_what_expires_in_one_book_expires_in_no_other(points):
    other = make_points()
    for book in (points, other):
        post(book, [("ann", 50)], name="old", day=dt.date(2018, 4, 25))
    expiring.expire(points.book, points.expired, earned_to=dt.date(2018, 12, 31), event_day=DAY)
    other.book.refresh_from_db()
    assert (other.book.expired_to, other.balance(other.ann)) == (None, 50)
    assert posting.reverse_batch(Batch.objects.get(book=other.book, name="old"), event_day=DAY)[0].amount == 50


def test_what_has_expired_is_not_taken_back_from_younger_points(points):
    batch = post(points, [("ann", 50)], name="old", day=dt.date(2018, 4, 25)).batch
    expiring.expire(points.book, points.expired, earned_to=dt.date(2018, 12, 31), event_day=DAY)
    post(points, [("ann", 70)], name="young")
    with pytest.raises(LedgerError, match="has been spent or has expired"):
        reverse(Transfer.objects.get(batch=batch).pk, key="late", event_day=DAY)
    with pytest.raises(LedgerError, match="have spent or lost what it gave them"):
        posting.reverse_batch(batch, event_day=DAY)
    assert points.balance(points.ann) == 70


def test_a_purchase_is_taken_back_though_what_was_earned_by_its_day_has_expired(points):
    """What came back is what was spent: it lapses at the next expiry, not by being refused."""
    post(points, [("ann", 50)], name="old", day=dt.date(2018, 4, 25))
    bought = move(points.ann, points.shop, 20, key="buy", kind="redeem", event_day=dt.date(2018, 5, 1))
    expiring.expire(points.book, points.expired, earned_to=dt.date(2018, 12, 31), event_day=DAY)
    reverse(bought.transfer_id, key="returned", event_day=DAY)
    points.ann.refresh_from_db()
    assert (points.ann.balance, points.ann.debited, points.ann.expired) == (20, 0, 30)
    assert expiring.due(points.book, earned_to=dt.date(2018, 12, 31)) == [("ann", 20)]


def test_an_expiry_is_taken_back_by_the_row(points):
    post(points, [("ann", 50)], name="old", day=dt.date(2018, 4, 25))
    expiring.expire(points.book, points.expired, earned_to=dt.date(2018, 12, 31), event_day=DAY)
    lost = Transfer.objects.get(book=points.book, effect=Transfer.Effect.EXPIRE)
    reverse(lost.pk, key="appeal", event_day=DAY)
    points.ann.refresh_from_db()
    assert (points.ann.balance, points.ann.expired) == (50, 0)
    checking.verify_book(points.book)


def test_an_empty_run_is_sealed_like_any_other(points):
    assert post(points, []).added == 0
    assert Batch.objects.get(book=points.book, name="2024-half").sealed_at is not None


def test_a_guarded_issuer_and_one_of_another_book_are_refused(points):
    for issuer in (points.ann, make_points().issuer):
        with pytest.raises(LedgerError, match="a run is given out by an issuer"):
            posting.post_batch(points.book, "x", issuer, [("ben", 1)], kind="award", event_day=DAY)


def test_the_database_holds_a_batch_name_once(points):
    batch = post(points, [("ann", 5)]).batch
    with pytest.raises(IntegrityError), transaction.atomic():
        Batch.objects.create(book=points.book, name=batch.name, kind="run", opened_at=batch.opened_at)
