"""What the desk keeps: members (their personal part sealed), settlements, redemptions, notices, and who looked."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from madang.web.desks.eco_mileage import (  # Django finds the desk's tables from here
    claim_models,  # noqa: F401
    consent_models,  # noqa: F401
)
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
    opted_in = models.BooleanField(null=True, help_text="as the table said that the member was taken over from")
    moved_on = models.DateField(null=True)
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
    until_month = models.DateField(null=True, help_text="first month it is not read for the member any more")

    class Meta:
        """A meter belongs to one member at a time."""

        constraints = (
            models.UniqueConstraint(
                fields=("utility", "meter_id"), condition=Q(until_month=None), name="eco_meter_once"
            ),
        )

    def __str__(self) -> str:
        """Return utility and number."""
        return f"{self.utility} {self.meter_id}"


class OptIn(models.Model):
    """A household's wish to be evaluated in the half-year that begins with a month; asked for anew each time."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="opt_ins")
    first_month = models.DateField()
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Asked for once."""

        constraints = (models.UniqueConstraint(fields=("member", "first_month"), name="eco_asked_once"),)

    def __str__(self) -> str:
        """Return the half-year."""
        return f"{self.first_month:%Y-%m}"


class Reported(models.Model):
    """What a member reported by photo, and what an officer who saw the photo said of it."""

    class State(models.TextChoices):
        """Whether somebody has looked."""

        WAITING = "waiting", both("확인 대기", "waiting to be looked at")
        COUNTS = "counts", both("셈함", "counts")
        REFUSED = "refused", both("셈하지 않음", "does not count")

    photo_sha256 = models.CharField(max_length=64, db_index=True)
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    reported_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=150, blank=True)
    why = models.CharField(max_length=200, blank=True)

    class Meta:
        """What readings and odometers have in common."""

        abstract = True


class Report(Reported):
    """A meter's month as a member read it, where the meter has no feed."""

    member = models.ForeignKey(Member, on_delete=models.CASCADE, related_name="reports")
    utility = models.CharField(max_length=12)
    meter_id = models.BigIntegerField()
    month = models.DateField()
    quantity = models.DecimalField(max_digits=12, decimal_places=3)
    unit = models.CharField(max_length=5)

    def __str__(self) -> str:
        """Return utility and month."""
        return f"{self.utility} {self.month:%Y-%m}"


class Car(models.Model):
    """The one car with which a member takes part. The plate lies sealed; its keyed hash keeps it from joining twice."""

    class Power(models.TextChoices):
        """What drives it."""

        PETROL = "petrol", both("휘발유", "petrol")
        DIESEL = "diesel", both("경유", "diesel")
        LPG = "lpg", both("LPG", "LPG")
        HYBRID = "hybrid", both("하이브리드", "hybrid")
        ELECTRIC = "electric", both("전기", "electric")
        HYDROGEN = "hydrogen", both("수소", "hydrogen")

    class Change(models.TextChoices):
        """What ends its part."""

        OWNER = "owner", both("명의가 바뀜", "another owner")
        PLATE = "plate", both("다른 시도의 번호판", "a plate of another province")
        DEREGISTERED = "deregistered", both("말소", "deregistered")
        ODOMETER = "odometer", both("계기판을 바꿈", "another odometer")

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="car")
    plate_mark = models.CharField(max_length=64, unique=True, help_text="keyed hash of the plate")
    sealed = models.TextField(help_text="the plate, encrypted")
    power = models.CharField(max_length=10, choices=Power.choices)
    seats = models.PositiveSmallIntegerField()
    private = models.BooleanField()
    registered_on = models.DateField()
    changed = models.CharField(max_length=12, choices=Change.choices, blank=True)
    joined_on = models.DateField()

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.member)


class Odometer(Reported):
    """An odometer as its driver read it on a day."""

    car = models.ForeignKey(Car, on_delete=models.CASCADE, related_name="odometers")
    day = models.DateField()
    km = models.PositiveIntegerField()

    def __str__(self) -> str:
        """Return the day and the distance."""
        return f"{self.day}: {self.km}"


class Organisation(models.Model):
    """What contests ask of an organisation: its kind, and how much energy it uses a year, where that is known."""

    class Sort(models.TextChoices):
        """What kind of organisation."""

        COMPANY = "company", both("기업", "company")
        SHOP = "shop", both("소상공인", "small shop")
        APARTMENT = "apartment", both("아파트 단체", "apartment complex")
        SCHOOL = "school", both("학교", "school")
        PUBLIC = "public", both("공공기관", "public body")
        OTHER = "other", both("그 밖의 단체", "another organisation")

    member = models.OneToOneField(Member, on_delete=models.CASCADE, related_name="organisation")
    sort = models.CharField(max_length=12, choices=Sort.choices)
    toe = models.PositiveIntegerField(null=True, help_text="tonnes of oil equivalent a year; null where unknown")

    def __str__(self) -> str:
        """Return whose it is."""
        return f"{self.sort} {self.member}"


class Prize(models.Model):
    """A jury's prize to an organisation in a contest: noted by one person, approved by another, not paid in points."""

    member = models.ForeignKey(Member, on_delete=models.PROTECT, related_name="prizes")
    first_month = models.DateField()
    won = models.PositiveBigIntegerField()
    reward_won_max = models.PositiveBigIntegerField(null=True, help_text="null where no rule says how it is split")
    rule = models.CharField(max_length=40)
    noted_by = models.CharField(max_length=150)
    approved_by = models.CharField(max_length=150, blank=True)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One prize of a contest; nobody approves what they noted."""

        constraints = (
            models.UniqueConstraint(fields=("member", "first_month"), name="eco_prize_once"),
            models.CheckConstraint(
                name="eco_prize_second_person", condition=Q(approved_by="") | ~Q(approved_by=F("noted_by"))
            ),
        )

    def __str__(self) -> str:
        """Return the contest and the sum."""
        return f"{self.first_month:%Y-%m}: {self.won}"


class Settlement(models.Model):
    """A settled round on its way: prepared by one person, approved by another, posted, perhaps taken back."""

    class State(models.TextChoices):
        """How far it is."""

        PREPARED = "prepared", both("준비됨", "prepared")
        APPROVED = "approved", both("승인됨", "approved")
        POSTED = "posted", both("지급됨", "posted")
        REVERSED = "reversed", both("되돌림", "reversed")
        REFUSED = "refused", both("거절됨", "refused")

    class Of(models.TextChoices):
        """What is settled."""

        HALF_YEAR = "half_year", both("반기", "half-year")
        SEASON = "season", both("계절(겨울)", "season (winter)")
        CAR = "car", both("승용차 한 해", "cars, a year")
        CAR_SEASON = "car_season", both("승용차 겨울", "cars, a winter")

    run = models.CharField(max_length=80, unique=True)
    kind = models.CharField(max_length=12, choices=Of.choices)
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

    # The database refuses to delete members, items and holds, so that it need not look at them for each order.
    member = models.ForeignKey(Member, on_delete=models.PROTECT, db_constraint=False, related_name="redemptions")
    item = models.ForeignKey(Item, on_delete=models.PROTECT, db_constraint=False, db_index=False)
    units = models.PositiveIntegerField()
    points = models.PositiveBigIntegerField()
    hold = models.OneToOneField(Hold, on_delete=models.PROTECT, db_constraint=False, related_name="redemption")
    stock_hold = models.ForeignKey(
        Hold, null=True, on_delete=models.PROTECT, db_constraint=False, db_index=False, related_name="+"
    )
    key = models.CharField(max_length=120)
    partner = models.CharField(max_length=60, blank=True)
    made_at = models.DateTimeField()

    class Meta:
        """One of a key, and of held pieces; where nothing runs out there are none to look for."""

        constraints = (
            models.UniqueConstraint(fields=("key",), name="eco_order_key_once"),
            models.UniqueConstraint(
                fields=("stock_hold",), condition=Q(stock_hold__isnull=False), name="eco_pieces_held_once"
            ),
        )

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

    at = models.DateTimeField(auto_now_add=True)
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
        WHAT_IF = "what_if", both("가정해 보기", "asking what if")

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
