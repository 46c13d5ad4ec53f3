"""What the ledger keeps. Rows are written by this app's functions alone; triggers refuse any edit of a transfer."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q

from madang.web.wording import both


class Book(models.Model):
    """One kind of thing that is counted: points of a programme, loads of a basin, vouchers in stock."""

    code = models.SlugField(max_length=80, unique=True)
    unit = models.CharField(max_length=40, help_text="of every amount in the book, such as point or g/day")
    says_ko = models.CharField(max_length=300)
    says_en = models.CharField(max_length=300)
    expired_to = models.DateField(null=True, help_text="what was earned up to this day has been expired")
    opened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("장부", "book")
        verbose_name_plural = both("장부", "books")

    def __str__(self) -> str:
        """Return the book's code."""
        return self.code


class Account(models.Model):
    """Whose or what for: a member, an allowance, an issuer, a sink. Only a guarded one carries a balance."""

    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_constraint=True)
    kind = models.CharField(max_length=40)
    owner = models.CharField(max_length=120, blank=True, help_text="a pseudonym, never a name")
    guarded = models.BooleanField()
    balance = models.BigIntegerField(null=True)
    credited = models.BigIntegerField(null=True)
    debited = models.BigIntegerField(null=True)
    expired = models.BigIntegerField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """A guarded balance never falls below zero and is always what came less what went; others have none."""

        verbose_name = both("계정", "ledger account")
        verbose_name_plural = both("계정", "ledger accounts")
        constraints = (
            models.UniqueConstraint(fields=("book", "kind", "owner"), name="ledger_account_once"),
            models.CheckConstraint(
                name="ledger_account_guard",
                condition=Q(
                    guarded=True,
                    balance__isnull=False,
                    credited__isnull=False,
                    debited__isnull=False,
                    expired__isnull=False,
                    balance__gte=0,
                    balance=F("credited") - F("debited") - F("expired"),
                )
                | Q(guarded=False, balance=None, credited=None, debited=None, expired=None),
            ),
        )

    def __str__(self) -> str:
        """Return the kind and the owner."""
        return f"{self.kind}:{self.owner}"


class Batch(models.Model):
    """Transfers that are sealed together: a run posted at once, or the journal of what moved one by one."""

    class Kind(models.TextChoices):
        """How the transfers of a batch came."""

        RUN = "run"
        JOURNAL = "journal"

    book = models.ForeignKey(Book, on_delete=models.PROTECT)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    name = models.CharField(max_length=120)
    opened_at = models.DateTimeField()
    sealed_at = models.DateTimeField(null=True)
    place = models.PositiveBigIntegerField(null=True, help_text="in the book's chain of sealed batches")
    transfers = models.PositiveBigIntegerField(null=True)
    amount = models.BigIntegerField(null=True)
    content_sha256 = models.CharField(max_length=64, blank=True)
    previous_sha256 = models.CharField(max_length=64, blank=True)
    chain_sha256 = models.CharField(max_length=64, blank=True)

    class Meta:
        """One batch of a name, one of a place, one open journal in a book."""

        verbose_name = both("묶음", "batch")
        verbose_name_plural = both("묶음", "batches")
        constraints = (
            models.UniqueConstraint(fields=("book", "name"), name="ledger_batch_once"),
            models.UniqueConstraint(fields=("book", "place"), name="ledger_batch_place"),
            models.UniqueConstraint(
                fields=("book",), condition=Q(kind="journal", sealed_at=None), name="ledger_one_open_journal"
            ),
        )

    def __str__(self) -> str:
        """Return the name."""
        return self.name


class Transfer(models.Model):
    """One row, both sides: ``amount`` goes from giver to taker. Never updated, never deleted."""

    class Effect(models.IntegerChoices):
        """Which counters of guarded accounts a transfer moves."""

        MOVE = 0
        EXPIRE = 1
        UNDO_MOVE = 2
        UNDO_EXPIRE = 3

    id = models.BigIntegerField(primary_key=True)
    part = models.BigIntegerField(help_text="0: the journals; else the run's batch, which has a partition of its own")
    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    giver = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="given"
    )
    taker = models.ForeignKey(
        Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="taken"
    )
    amount = models.BigIntegerField()
    kind = models.CharField(max_length=40)
    effect = models.SmallIntegerField(choices=Effect.choices)
    event_day = models.DateField(help_text="when it happened in the world")
    lot_day = models.DateField(help_text="the day from which it ages: the event's, or that of what it reverses")
    posted_at = models.DateTimeField(help_text="when the ledger learned of it")
    key = models.CharField(max_length=160, help_text="the same key moves nothing twice")
    rule_hash = models.CharField(max_length=64, blank=True)
    reverses = models.BigIntegerField(null=True)

    class Meta:
        """The table is made by hand: partitioned on PostgreSQL, guarded by triggers on both."""

        managed = False
        db_table = "ledger_transfer"
        verbose_name = both("이체", "transfer")
        verbose_name_plural = both("이체", "transfers")

    def __str__(self) -> str:
        """Return the amount and the kind."""
        return f"{self.kind}: {self.amount}"


class Hold(models.Model):
    """The first of two phases: the amount has left the giver and waits for its taker, its return or its time."""

    class State(models.TextChoices):
        """Where a hold stands; only a pending one can change, once."""

        PENDING = "pending"
        POSTED = "posted"
        VOID = "void"
        TIMED_OUT = "timed_out"

    # As with transfers: only this app's functions write, from accounts they have just read; accounts are never deleted.
    book = models.ForeignKey(Book, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    transfer_id = models.BigIntegerField(unique=True, help_text="the transfer from the giver to what is held")
    giver = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    held = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    taker = models.ForeignKey(Account, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+")
    amount = models.BigIntegerField()
    key = models.CharField(max_length=160)
    state = models.CharField(max_length=10, choices=State.choices, default=State.PENDING)
    made_at = models.DateTimeField()
    until = models.DateTimeField(db_index=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """One of a key; a constraint, since a unique field has a second index that nobody reads."""

        verbose_name = both("보류", "hold")
        verbose_name_plural = both("보류", "holds")
        constraints = (models.UniqueConstraint(fields=("key",), name="ledger_hold_key_once"),)

    def __str__(self) -> str:
        """Return the amount and the state."""
        return f"{self.amount}: {self.state}"


class Snapshot(models.Model):
    """A guarded account's counters as they stood when a batch was sealed; never cut anywhere else."""

    batch = models.ForeignKey(Batch, on_delete=models.PROTECT)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="+")
    balance = models.BigIntegerField()
    credited = models.BigIntegerField()
    debited = models.BigIntegerField()
    expired = models.BigIntegerField()

    class Meta:
        """One of an account at a boundary."""

        verbose_name = both("잔액 사진", "snapshot")
        verbose_name_plural = both("잔액 사진", "snapshots")
        constraints = (models.UniqueConstraint(fields=("batch", "account"), name="ledger_snapshot_once"),)

    def __str__(self) -> str:
        """Return the balance."""
        return str(self.balance)
