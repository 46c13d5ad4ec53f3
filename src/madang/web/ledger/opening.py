"""Opening books and accounts. Opening what is already open returns it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import connection, transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, UsageError, Where
from madang.core.language import Text
from madang.web.ledger import staging
from madang.web.ledger.models import Account, Batch, Book


def open_book(code: str, *, unit: str, says: Text) -> Book:
    """Return the book of this code, opened with its first journal where it is new.

    Raises:
        UsageError: a book of this code counts something else.
    """
    with transaction.atomic():
        book, _ = Book.objects.get_or_create(code=code, defaults={"unit": unit, "says_ko": says.ko, "says_en": says.en})
        if book.unit != unit:
            raise UsageError(
                Both(
                    f"장부 {code!r}의 단위는 {book.unit}이고, {unit}이 아닙니다",
                    f"book {code!r} counts {book.unit}, not {unit}",
                ),
                None,
                Both("다른 장부를 여십시오", "open another book for it"),
            )
        if not Batch.objects.filter(book=book, kind=Batch.Kind.JOURNAL, sealed_at=None).exists():
            Batch.objects.get_or_create(
                book=book, name="journal-1", defaults={"kind": Batch.Kind.JOURNAL, "opened_at": timezone.now()}
            )
    return book


def open_account(book: Book, kind: str, owner: str = "", *, guarded: bool) -> Account:
    """Return the account of this kind and owner, opened where it is new.

    Raises:
        UsageError: it is open already, and guarded where this asks for an unguarded one or the other way round.
    """
    counters = _zeros(guarded)
    account, _ = Account.objects.get_or_create(book=book, kind=kind, owner=owner, defaults=counters)
    if account.guarded != guarded:
        said = (
            Both("잔액을 지니는 계정", "carries a balance")
            if account.guarded
            else Both("잔액 없는 계정", "carries no balance")
        )
        raise UsageError(
            Both(
                f"장부 {book}의 계정 {account}은 이미 {said.ko}으로 열려 있습니다",
                f"account {account} of book {book} is open already and {said.en}",
            ),
            None,
            Both("다른 종류로 여십시오", "take another kind"),
        )
    return account


def open_accounts(book: Book, kind: str, owners: Iterable[str]) -> int:
    """Open guarded accounts for all owners that have none, set-based; return how many are new."""
    with transaction.atomic():
        staging.stage((owner, 0) for owner in owners)
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO ledger_account (book_id, kind, owner, guarded, balance, credited, debited, expired)"
                " SELECT DISTINCT %s, %s, owner, %s, 0, 0, 0, 0 FROM ledger_staged WHERE owner <> ''"
                " ON CONFLICT (book_id, kind, owner) DO NOTHING",
                [book.pk, kind, True],
            )
            new = int(cursor.rowcount)
        staging.drop()
    return new


def close_account(account: Account) -> None:
    """Close an account for good: nothing can come in or go out any more.

    Raises:
        LedgerError: it still holds something, or something of it is on hold.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "UPDATE ledger_account SET closed_at = %s WHERE id = %s AND (balance IS NULL OR balance = 0)"
            # What it gave says which holds are of it, so that holds need no index of givers.
            " AND NOT EXISTS (SELECT 1 FROM ledger_transfer AS gave JOIN ledger_hold AS kept"
            " ON kept.transfer_id = gave.id WHERE gave.giver_id = ledger_account.id AND gave.part = 0"
            " AND kept.state = 'pending')",
            [timezone.now(), account.pk],
        )
        if not cursor.rowcount:
            todo = Both(
                "남은 것을 옮기고 잡아 둔 것을 먼저 정리하십시오",
                "move what is left, and settle what is on hold, first",
            )
            raise LedgerError(
                Both("빈 계정만 닫을 수 있습니다", "an account is closed only when it is empty"),
                Where(value=str(account)),
                todo,
            )


def _zeros(guarded: bool) -> dict[str, object]:
    """Return the counters of a new account."""
    start = 0 if guarded else None
    return {"guarded": guarded, "balance": start, "credited": start, "debited": start, "expired": start}
