"""Joining, taking members over from a table, moving, leaving, and all that is known of one member."""

from __future__ import annotations

import datetime as dt
import json
import secrets
import shutil
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models import Max
from django.utils.timezone import localdate

from madang.core.errors import Both, LedgerError, UsageError, Where
from madang.core.progress import Progress, silent
from madang.solutions.eco_mileage.readings.people import write_table
from madang.solutions.eco_mileage.readings.rows import UTILITIES
from madang.solutions.eco_mileage.rules import month_after
from madang.solutions.eco_mileage.work_folder import WorkFolder
from madang.web.desks.eco_mileage.models import Car, Member, Meter, Odometer, Organisation, Redemption, Report, Trail
from madang.web.desks.eco_mileage.services import books, districts, personal
from madang.web.ledger.models import Account, Hold, Transfer
from madang.web.ledger.moving import move
from madang.web.ledger.opening import close_account, open_accounts

_CHUNK = 5_000
#: Members who join at the desk are numbered from here on, beside those taken over from a table.
FIRST_NUMBER = 1_000_000_001


def desk_folder() -> Path:
    """Return the desk's work folder, made where it is missing."""
    folder = Path(settings.MADANG_HOME) / "eco_mileage"
    (folder / "awards").mkdir(parents=True, exist_ok=True)
    return folder


def work_folder() -> WorkFolder:
    """Return the desk's folder as the solution works in it."""
    return WorkFolder(desk_folder())


def join(
    user: Any,
    *,
    kind: str,
    district: str,
    personal_data: dict[str, str],
    meters: list[tuple[str, int]],
    representative: bool = True,
    sort: str = "",
    today: dt.date | None = None,
) -> Member:
    """Make a user a member, with an account for points and the meters given.

    Raises:
        UsageError: the user is a member already, the household has its representative, or a meter is another's.
    """
    day = today or localdate()
    if Member.objects.filter(user=user, left_on=None).exists():
        raise UsageError(
            Both("이미 회원입니다", "you are a member already"),
            None,
            Both("내 마일리지를 보십시오", "see your own page"),
        )
    try:
        with transaction.atomic():
            number = max(FIRST_NUMBER - 1, Member.objects.aggregate(top=Max("number"))["top"] or 0) + 1
            member = Member.objects.create(
                number=number,
                kind=kind,
                user=user,
                account=books.member_account(number),
                district=districts.key_of(district),
                address_mark=personal.mark_of(personal_data.get("address", "")),
                representative=representative,
                joined_on=day,
                sealed=personal.seal(personal_data),
            )
            if kind == Member.Kind.ORGANISATION:
                Organisation.objects.create(member=member, sort=sort or Organisation.Sort.OTHER)
            _read_from(member, meters, _two_years_before(day))
            Trail.objects.create(actor=f"member {number}", act="joined", about=str(number))
    except IntegrityError as error:
        raise _why_not(error) from error
    return member


def _read_from(member: Member, meters: list[tuple[str, int]], month: dt.date) -> None:
    """Let meters be read for a member from a month on, or from when whoever had them before left them.

    Raises:
        UsageError: another member has one of them.
    """
    for utility, meter_id in meters:
        freed = _freed(utility, meter_id)
        earlier = Meter.objects.filter(utility=utility, meter_id=meter_id).exclude(until_month=None)
        left = [one.until_month for one in earlier if one.until_month is not None] + ([freed] if freed else [])
        Meter.objects.create(member=member, utility=utility, meter_id=meter_id, from_month=max([month, *left]))


def _freed(utility: str, meter_id: int) -> dt.date | None:
    """Return from which month on a taken-over member has left a meter; None where none had it.

    Raises:
        UsageError: one still has it.
    """
    table = desk_folder() / "registered-meters.parquet"
    if not table.is_file():
        return None
    mine = (pl.col("utility") == utility) & (pl.col("meter_id") == meter_id)
    rows = pl.scan_parquet(table).filter(mine).select("member_id", "until_month").collect()
    freed = []
    for number, until in rows.iter_rows():
        one = Member.objects.filter(number=number).first()
        ended = min(filter(None, (until, one and one.left_on, one and one.moved_on)), default=None)
        if ended is None:
            raise UsageError(*_OTHER_METER)
        freed.append(month_after(ended.replace(day=1), 0 if ended.day == 1 else 1))
    return max(freed, default=None)


def move_home(
    member: Member,
    *,
    district: str,
    address: str,
    meters: list[tuple[str, int]],
    on: dt.date,
    actor: str,
    today: dt.date | None = None,
) -> None:
    """Let a member move: a new address, other meters from the first whole month there; the old ones end.

    Raises:
        UsageError: a day to come or before the member joined or moved last, the household there has a paid
            representative, or a meter is another's.
    """
    earliest = max(filter(None, (member.joined_on, member.moved_on)))
    if not earliest <= on <= (today or localdate()):
        raise UsageError(
            Both("이사한 날일 수 없습니다", "this can not be the day of moving"),
            Where(day=on),
            Both(f"{earliest}부터 오늘까지의 날을 적으십시오", f"give a day from {earliest} to today"),
        )
    month = month_after(on.replace(day=1), 0 if on.day == 1 else 1)
    said = {**personal.opened(member, actor=actor, what="move"), "address": address}
    try:
        with transaction.atomic():
            member.meters.filter(until_month=None, from_month__gte=on.replace(day=1)).delete()
            member.meters.filter(until_month=None).update(until_month=on.replace(day=1))
            member.district, member.address_mark = districts.key_of(district), personal.mark_of(address)
            member.moved_on, member.sealed = on, personal.seal(said)
            member.save()
            _read_from(member, meters, month)
            Trail.objects.create(actor=actor, act="moved", about=str(member.number))
    except IntegrityError as error:
        raise _why_not(error) from error


_OTHER_METER = (
    Both("다른 회원이 쓰는 고객번호입니다", "another member has this meter"),
    None,
    Both("고지서의 번호를 확인하거나 창구에 문의하십시오", "check the number on the bill, or write to the desk"),
)


def _two_years_before(day: dt.date) -> dt.date:
    """Return the first month whose use can count as the baseline of somebody joining on a day."""
    return day.replace(year=day.year - 2, day=1)


def _why_not(error: IntegrityError) -> UsageError:
    """Return what kept somebody from joining."""
    if "meter" in str(error):
        return UsageError(*_OTHER_METER)
    if "representative" in str(error) or "address_mark" in str(error):
        todo = Both(
            "포인트를 받지 않는 가족으로 가입하거나, 지금 대표가 먼저 탈퇴해야 합니다",
            "join without being paid, or let the other representative leave first",
        )
        return UsageError(
            Both(
                "이 가구에는 이미 포인트를 받는 대표 회원이 있습니다", "the household has a paid representative already"
            ),
            None,
            todo,
        )
    return UsageError(
        Both("같은 순간에 다른 사람이 가입했습니다", "somebody joined at the same moment"),
        None,
        Both("다시 해 보십시오", "try again"),
    )


def register(folder: Path, progress: Progress = silent) -> int:
    """Take over the members of a folder, with meters and readings; repeatable. Return how many are new.

    Raises:
        TableError: a table can't be read.
    """
    source = WorkFolder(folder)
    people = source.people()
    progress(0.1, "opening accounts")
    numbers = people.members["member_id"].to_list()
    with transaction.atomic():
        book = books.points()
        open_accounts(book, books.MEMBER, map(str, numbers))
        accounts = dict(Account.objects.filter(book=book, kind=books.MEMBER).values_list("owner", "id"))
        known = set(Member.objects.values_list("number", flat=True))
        new = [row for row in people.members.iter_rows(named=True) if row["member_id"] not in known]
        for start in range(0, len(new), _CHUNK):
            progress(0.3 + 0.6 * start / len(new), "taking members over")
            Member.objects.bulk_create(
                [_member(row, accounts, people.synthetic) for row in new[start : start + _CHUNK]]
            )
        Trail.objects.create(actor="command", act="registered", detail={"members": len(new)})
    mine = desk_folder()
    write_table(people.members, mine / "registered-members.parquet", synthetic=people.synthetic)
    write_table(meters_by_day(people.meters), mine / "registered-meters.parquet", synthetic=people.synthetic)
    _take_readings(source, mine)
    return len(new)


def _take_readings(source: WorkFolder, mine: Path) -> None:
    """Copy the folder's readings and decisions where the desk has none of its own yet."""
    store = mine / "readings"
    if source.store.parts() and not store.exists():
        draft = mine / f"readings-{secrets.token_hex(4)}"
        shutil.copytree(source.store.folder, draft)
        draft.rename(store)
        if source.decisions.path.exists():
            shutil.copyfile(source.decisions.path, mine / source.decisions.path.name)


def _member(row: dict[str, Any], accounts: dict[str, int], synthetic: bool) -> Member:
    """Return a member of a table's row. Its address is a pseudonym already."""
    return Member(
        number=row["member_id"],
        account_id=accounts[str(row["member_id"])],
        district=districts.key_of(row["district"] or ""),
        address_mark="",
        representative=row["representative"] == "yes",
        opted_in=None if row["opted_in"] is None else row["opted_in"] == "yes",
        joined_on=row["joined_on"],
        synthetic=synthetic,
    )


def meters_by_day(frame: pl.DataFrame) -> pl.DataFrame:
    """Return meters with days instead of counted months, as their table has them."""

    def day(column: str) -> pl.Expr:
        month = pl.col(column)
        return pl.date(month // 12, month % 12 + 1, 1).alias(column)

    open_end = pl.col("until_month") >= 1 << 30
    return frame.with_columns(
        pl.col("utility").replace_strict(list(range(len(UTILITIES))), list(UTILITIES), return_dtype=pl.String),
        day("from_month"),
        pl.when(open_end)
        .then(None)
        .otherwise(pl.date(pl.col("until_month").clip(0, 120_000) // 12, pl.col("until_month") % 12 + 1, 1))
        .alias("until_month"),
    )


def export(member: Member, *, actor: str) -> dict[str, Any]:
    """Return what the desk's tables know of a member, for the member; meters, readings and awards come from ``use``."""
    account = Account.objects.get(pk=member.account_id)
    moves = Transfer.objects.filter(giver=account) | Transfer.objects.filter(taker=account)
    said: dict[str, Any] = {
        "number": member.number,
        "kind": member.kind,
        "district": member.district,
        "representative": member.representative,
        "joined_on": member.joined_on,
        "left_on": member.left_on,
        "synthetic": member.synthetic,
        "personal": personal.opened(member, actor=actor, what="export"),
        "moved_on": member.moved_on,
        "asked_for": list(member.opt_ins.values_list("first_month", flat=True)),
        "reports": list(member.reports.values("utility", "meter_id", "month", "quantity", "unit", "state", "why")),
        "car": _car_of(member),
        "organisation": Organisation.objects.filter(member=member).values("sort", "toe").first(),
        "prizes": list(member.prizes.values("first_month", "won", "reward_won_max", "rule")),
        "balance": account.balance,
        "history": list(moves.order_by("id").values("id", "kind", "amount", "event_day", "giver_id", "taker_id")),
        "redemptions": list(member.redemptions.values("item__code", "units", "points", "hold__state", "made_at")),
        "partners": list(member.consents.values("partner__code", "given_at", "ended_at")),
        "notices": list(member.notices.values("days_ahead", "expires_on", "points")),
    }
    return json.loads(json.dumps(said, default=str))  # type: ignore[no-any-return]


def _car_of(member: Member) -> dict[str, Any] | None:
    """Return what the desk knows of a member's car."""
    car = Car.objects.filter(member=member).first()
    if car is None:
        return None
    plain = {name: getattr(car, name) for name in ("power", "seats", "private", "registered_on", "changed")}
    readings = list(car.odometers.order_by("day").values("day", "km", "state", "why"))
    return {**plain, **personal.unsealed(car.sealed), "odometers": readings}


def leave(member: Member, *, give_up: int, actor: str, today: dt.date | None = None) -> None:
    """Let a member go: points that are left are given up, the personal part is deleted, the ledger stays as it is.

    Raises:
        UsageError: points would be lost that the member did not say to give up.
        LedgerError: something is still on hold.
    """
    day = today or localdate()
    with transaction.atomic():
        account = Account.objects.get(pk=member.account_id)
        if Redemption.objects.filter(member=member, hold__state=Hold.State.PENDING).exists():
            raise LedgerError(
                Both("아직 전달되지 않은 주문이 있습니다", "something you asked for is still on its way"),
                None,
                Both("전달을 기다리거나 취소하십시오", "wait for it, or have it made void"),
            )
        if account.balance != give_up:
            todo = Both(
                f"쓰거나, {account.balance:,} 포인트를 포기한다고 표시하십시오",
                f"spend them, or say that you give up {account.balance:,}",
            )
            raise UsageError(
                Both(f"{account.balance:,} 포인트가 남아 있습니다", f"there are {account.balance:,} points left"),
                None,
                todo,
            )
        if give_up:
            move(account, books.sink("left"), give_up, key=f"leave/{member.number}", kind="leave", event_day=day)
        close_account(account)
        _forget(member, day)
        Trail.objects.create(actor=actor, act="left", about=str(member.number), detail={"given_up": give_up})


def _forget(member: Member, day: dt.date) -> None:
    """Delete what tells who a member is."""
    forget_photos(member)
    for held in (member.meters, member.opt_ins, member.reports, member.codes, member.consents):
        held.all().delete()
    Car.objects.filter(member=member).delete()
    Organisation.objects.filter(member=member).delete()
    user = member.user
    member.user, member.sealed, member.address_mark, member.left_on = None, "", "", day
    member.save()
    if user is not None:
        plain = get_user_model().objects.get(pk=user.pk)
        plain.username, plain.email, plain.first_name, plain.last_name = f"left-{secrets.token_hex(8)}", "", "", ""
        plain.is_active = False
        plain.set_unusable_password()
        plain.save()
        plain.groups.clear()


def forget_photos(member: Member) -> None:
    """Delete the photos of a member that nobody has looked at yet."""
    for kept in (Report.objects.filter(member=member), Odometer.objects.filter(car__member=member)):
        for sha256 in kept.values_list("photo_sha256", flat=True):
            photo_place(sha256).unlink(missing_ok=True)


def photo_place(sha256: str) -> Path:
    """Return where a photo lies sealed."""
    folder = desk_folder() / "photos"
    folder.mkdir(exist_ok=True)
    return folder / f"{sha256}.sealed"


class NotThere(UsageError):
    """Nobody and nothing bears the number or code that was given."""


def find(number: int) -> Member:
    """Return a member by number.

    Raises:
        NotThere: there is none.
    """
    found = Member.objects.select_related("account").filter(number=number).first()
    if found is None:
        raise NotThere(
            Both("그런 번호의 회원이 없습니다", "there is no member of this number"),
            Where(value=number),
            Both("번호를 확인하십시오", "check the number"),
        )
    return found
