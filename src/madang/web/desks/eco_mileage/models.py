"""What the desk keeps: members (their personal part sealed), settlements, redemptions, notices, and who looked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from madang.web.ledger.models import Account, Batch, Hold
from madang.web.wording import both


class Member(models.Model):
    """A household's person or an organisation. The number is a pseudonym; who it is lies sealed in ``sealed``."""

    class Kind(models.TextChoices):
        """Who takes part."""

        HOUSEHOLD = "household", both("가구", "household")
        ORGANISATION = "organisation", both("단체", "organisation")

    number = models.BigIntegerField(unique=True)
    kind = models.CharField(max_length=12, choices=Kind.choices, default=Kind.HOUSEHOLD)
    user = models.OneToOneField(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="eco")
    account = models.OneToOneField(Account, on_delete=models.PROTECT, related_name="+")
    district = models.CharField(max_length=60, blank=True, db_index=True)
    address_mark = models.CharField(max_length=64, blank=True, help_text="keyed hash of the address")
    representative = models.BooleanField(default=True, help_text="is paid for the household")
    opted_in = models.BooleanField(null=True)
    joined_on = models.DateField()
    left_on = models.DateField(null=True)
    sealed = models.TextField(blank=True, help_text="name and address, encrypted; emptied on leaving")
    synthetic = models.BooleanField(default=False)

    class Meta:
        """One paid representative at an address: the database says so too."""

        verbose_name = both("회원", "member")
        verbose_name_plural = both("회원", "members")
        constraints = (
            models.UniqueConstraint(
                fields=("address_mark",),
                condition=Q(representative=True, left_on=None) & ~Q(address_mark=""),
                name="eco_one_representative_a_household",
            ),
        )

    def __str__(self) -> str:
        """Return the number."""
        return str(self.number)


class Meter(models.Model):
    """A meter of a member who joined at the desk; members taken over from a table have theirs there."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="meters")
    utility = models.CharField(max_length=12)
    meter_id = models.BigIntegerField()
    from_month = models.DateField()

    class Meta:
        """A meter belongs to one member."""

        constraints = (models.UniqueConstraint(fields=("utility", "meter_id"), name="eco_meter_once"),)

    def __str__(self) -> str:
        """Return utility and number."""
        return f"{self.utility} {self.meter_id}"


class Settlement(models.Model):
    """A settled round on its way: prepared by one person, approved by another, posted, perhaps taken back."""

    class State(models.TextChoices):
        """How far it is."""

        PREPARED = "prepared", both("준비됨", "prepared")
        APPROVED = "approved", both("승인됨", "approved")
        POSTED = "posted", both("지급됨", "posted")
        REVERSED = "reversed", both("되돌림", "reversed")
        REFUSED = "refused", both("거절됨", "refused")

    run = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12)
    first_month = models.DateField()
    file = models.CharField(max_length=120, help_text="of the awards, in the desk's folder")
    sha256 = models.CharField(max_length=64)
    header = models.JSONField()
    totals = models.JSONField(default=dict, help_text="by decision, by district, differences, samples")
    state = models.CharField(max_length=10, choices=State.choices, default=State.PREPARED)
    prepared_by = models.CharField(max_length=150)
    prepared_at = models.DateTimeField(auto_now_add=True)
    approved_by = models.CharField(max_length=150, blank=True)
    approved_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    points = models.BigIntegerField(default=0)
    paid = models.BigIntegerField(default=0)
    synthetic = models.BooleanField(default=False)

    class Meta:
        """Nobody approves what they prepared: the database says so too."""

        verbose_name = both("정산", "settlement")
        verbose_name_plural = both("정산", "settlements")
        constraints = (
            models.CheckConstraint(
                name="eco_second_person", condition=Q(approved_by="") | ~Q(approved_by=F("prepared_by"))
            ),
        )

    def __str__(self) -> str:
        """Return the run."""
        return self.run


class Posting(models.Model):
    """One window's awards in the ledger; while it stands, no other posting pays that window."""

    settlement = models.ForeignKey(Settlement, on_delete=models.PROTECT, related_name="postings")
    kind = models.CharField(max_length=12)
    first_month = models.DateField()
    batch = models.ForeignKey(Batch, on_delete=models.PROTECT, related_name="+")
    stands = models.BooleanField(default=True)

    class Meta:
        """A window is paid once (invariant I9)."""

        constraints = (
            models.UniqueConstraint(
                fields=("kind", "first_month"), condition=Q(stands=True), name="eco_window_paid_once"
            ),
        )

    def __str__(self) -> str:
        """Return the window."""
        return f"{self.kind} {self.first_month:%Y-%m}"


class Item(models.Model):
    """Something points can be spent on."""

    class Way(models.TextChoices):
        """How it reaches the member."""

        VOUCHER = "voucher", both("상품권", "voucher")
        TAX = "tax", both("세금", "tax")
        DONATION = "donation", both("기부", "donation")
        TREE = "tree", both("나무 심기", "tree")
        TRANSPORT = "transport", both("교통카드", "transport card")
        APARTMENT = "apartment", both("아파트 관리비", "apartment fee")

    code = models.SlugField(max_length=60, unique=True)
    way = models.CharField(max_length=12, choices=Way.choices)
    title_ko = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    unit_points = models.PositiveIntegerField(help_text="points for one unit")
    units_min = models.PositiveIntegerField(default=1)
    shelf = models.OneToOneField(Account, null=True, on_delete=models.PROTECT, related_name="+")
    at_once = models.BooleanField(default=False, help_text="posted at once and irrevocable, such as a donation")
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)

    def __str__(self) -> str:
        """Return the code."""
        return self.code

    @property
    def title(self) -> dict[str, str]:
        """Return the title in both languages."""
        return {"ko": self.title_ko, "en": self.title_en}

    @property
    def stock(self) -> int | None:
        """Return how many are left; None where nothing runs out."""
        return None if self.shelf is None else self.shelf.balance


class Redemption(models.Model):
    """Points on their way to something: held with the stock, then posted, made void, or given back in time."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="redemptions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_index=False)
    units = models.PositiveIntegerField()
    points = models.PositiveBigIntegerField()
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, related_name="redemption")
    stock_hold = models.OneToOneField(Hold, null=True, on_delete=models.PROTECT, related_name="+")
    key = models.CharField(max_length=120)
    partner = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        """One of a key."""

        constraints = (models.UniqueConstraint(fields=("key",), name="eco_order_key_once"),)

    def __str__(self) -> str:
        """Return the item and the units."""
        return f"{self.item} x {self.units}"


class Notice(models.Model):
    """Word to a member that points will expire, 90 or 30 days ahead; once for each day and length."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="notices")
    days_ahead = models.PositiveSmallIntegerField()
    expires_on = models.DateField()
    points = models.PositiveBigIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One notice of a length for a day."""

        constraints = (models.UniqueConstraint(fields=("member", "days_ahead", "expires_on"), name="eco_notice_once"),)

    def __str__(self) -> str:
        """Return the day and the points."""
        return f"{self.expires_on}: {self.points}"


class Trail(models.Model):
    """Who did what, when, about what: officers' acts, members' own, partners'."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=150)
    act = models.CharField(max_length=40)
    about = models.CharField(max_length=120, blank=True)
    detail: models.JSONField[Any, Any] = models.JSONField(default=dict)

    def __str__(self) -> str:
        """Return the act."""
        return f"{self.actor}: {self.act} {self.about}"


class Look(models.Model):
    """Who looked at whose personal data, when, why."""

    at = models.DateTimeField(auto_now_add=True, db_index=True)
    actor = models.CharField(max_length=150)
    number = models.BigIntegerField(db_index=True)
    what = models.CharField(max_length=40)
    why = models.CharField(max_length=200, blank=True)

    def __str__(self) -> str:
        """Return who looked at whom."""
        return f"{self.actor}: {self.number}"


class Partner(models.Model):
    """A shop, card firm or office that redeems over the interface; only the hash of its token is kept."""

    code = models.SlugField(max_length=60, unique=True)
    name = models.CharField(max_length=120)
    token_sha256 = models.CharField(max_length=64, unique=True)
    active = models.BooleanField(default=True)

    def __str__(self) -> str:
        """Return the code."""
        return self.code


class Errand(models.Model):
    """Work for a whole city that an officer asked for: done by the site's queue, with word of how far it is."""

    class Kind(models.TextChoices):
        """What is to be done."""

        IMPORT = "import", both("사용량 넣기", "taking readings in")
        SETTLE = "settle", both("정산", "settling")
        POST = "post", both("지급", "posting")

    class State(models.TextChoices):
        """Where it stands."""

        WAITING = "waiting", both("차례를 기다림", "waiting its turn")
        RUNNING = "running", both("하는 중", "at work")
        DONE = "done", both("마침", "done")
        FAILED = "failed", both("못 함", "failed")

    kind = models.CharField(max_length=10, choices=Kind.choices)
    asked = models.JSONField(help_text="what the work is told")
    by = models.CharField(max_length=150)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    share = models.FloatField(default=0.0)
    doing = models.CharField(max_length=200, blank=True)
    outcome = models.JSONField(null=True)
    error = models.JSONField(null=True, help_text="what, where, to do")
    worker = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True)
    seen_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return the kind and the state."""
        return f"{self.kind}: {self.state}"

    @property
    def active(self) -> bool:
        """Tell whether it is still to be done or being done."""
        return self.state in (self.State.WAITING, self.State.RUNNING)

    @property
    def percent(self) -> int:
        """Return how far it is."""
        return round(100 * self.share)
