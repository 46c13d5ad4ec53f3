"""Members taken over from a table claim their account: codes made once by an officer, each good for one member.

A code has sixty bits and is kept only as a keyed hash together with the member's number. A try is counted before it is
judged, so that tries sent at once can't get past the limit.
"""

from __future__ import annotations

import datetime as dt
import hmac
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q, QuerySet
from django.utils.timezone import now

from madang.core.errors import Both, UsageError
from madang.web.accounts.limits import WINDOW, is_held_up, note_failure
from madang.web.accounts.roles import OFFICERS, roles_of
from madang.web.desks.eco_mileage.claim_models import WRONG_MAX, ClaimCode, CodeList
from madang.web.desks.eco_mileage.models import Look, Member, Trail
from madang.web.desks.eco_mileage.services import personal

#: Letters and digits that are not mistaken for one another; what is typed for those left out is read as meant.
_LETTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_MEANT = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None})
_LENGTH, _GROUP, _CHUNK = 12, 4, 5_000
#: Of one list asked for on a page, so that nobody waits; the command line makes any number.
LIST_MAX = 50_000
DAYS, DAYS_MAX = 90, 366


@dataclass(frozen=True)
class Handed:
    """A code as it is handed out, the only time it can be read."""

    number: int
    code: str
    expires_on: dt.date


@dataclass(frozen=True)
class Claims:
    """How many members stand where: without an account, with an open code, claimed."""

    without: int
    open: int
    claimed: int


def unclaimed() -> QuerySet[Member]:
    """Return the members who take part and have no account."""
    return Member.objects.filter(user=None, left_on=None)


def open_codes(at: dt.datetime | None = None) -> QuerySet[ClaimCode]:
    """Return the codes with which an account can be claimed at a moment."""
    return ClaimCode.objects.filter(
        used_at=None, void_at=None, wrong__lt=WRONG_MAX, made_in__expires_at__gt=at or now(), member__user=None
    )


def counted() -> Claims:
    """Return how many members stand where."""
    claimed = Member.objects.filter(left_on=None).exclude(user=None).filter(codes__used_at__isnull=False).distinct()
    return Claims(unclaimed().count(), open_codes().count(), claimed.count())


def waiting(district: str = "") -> QuerySet[Member]:
    """Return the members who have neither an account nor an open code, by number: of a district, or all."""
    found = unclaimed().exclude(pk__in=open_codes().values("member")).order_by("number")
    return found.filter(district=district) if district else found


def districts() -> list[tuple[str, int]]:
    """Return each district whose members wait for a code, with their number."""
    rows = waiting().order_by().values("district").annotate(members=Count("id")).order_by("district")
    return [(row["district"], row["members"]) for row in rows]


def one(number: int) -> QuerySet[Member]:
    """Return one member who has no account, for a code that replaces an earlier one.

    Raises:
        UsageError: there is no such member without an account.
    """
    found = unclaimed().filter(number=number)
    if not found.exists():
        raise UsageError(
            Both("계정이 없는 회원 가운데 그런 번호가 없습니다", "no member without an account has this number"),
            Both(f"회원 번호 {number}", f"member {number}"),
            Both("번호를 확인하십시오. 이미 연결된 계정에는 코드가 필요 없습니다",
                 "check the number; an account that is claimed already needs no code"),
        )  # fmt: skip
    return found


def hand_out(
    members: QuerySet[Member], *, by: str, key: str, days: int = DAYS, district: str = "", at: dt.datetime | None = None
) -> list[Handed]:
    """Make a code for each of some members, in place of those they had; it can be read this once.

    Raises:
        UsageError: nobody waits for a code, the list was handed out already, or somebody makes codes at this moment.
    """
    moment = at or now()
    until = moment + dt.timedelta(days=days)
    try:
        with transaction.atomic():
            wanted = list(members.values_list("pk", "number"))
            if not wanted:
                raise UsageError(
                    Both("코드를 기다리는 회원이 없습니다", "nobody waits for a code"),
                    None,
                    Both("다른 자치구를 고르거나 회원 번호를 적으십시오", "choose another district, or give a number"),
                )
            made = CodeList.objects.create(
                key=key, made_by=by, expires_at=until, district=district, members=len(wanted)
            )
            handed = [Handed(number, _new(), until.date()) for _, number in wanted]
            _keep(made, [pk for pk, _ in wanted], handed, moment)
            about = str(wanted[0][1]) if len(wanted) == 1 else district
            told = {"members": len(wanted), "until": until.date().isoformat()}
            Trail.objects.create(actor=by, act="codes made", about=about, detail=told)
    except IntegrityError as error:
        raise _again(key) from error
    return handed


def _keep(made: CodeList, members: list[int], handed: list[Handed], moment: dt.datetime) -> None:
    """Keep the hashes of codes; a member's earlier code ends."""
    pairs = list(zip(members, handed, strict=True))
    for some in (pairs[start : start + _CHUNK] for start in range(0, len(pairs), _CHUNK)):
        ClaimCode.objects.filter(member__in=[pk for pk, _ in some], used_at=None, void_at=None).update(void_at=moment)
        ClaimCode.objects.bulk_create(
            [ClaimCode(made_in=made, member_id=pk, mark=_mark(one.number, one.code)) for pk, one in some]
        )


def _again(key: str) -> UsageError:
    """Return why codes could not be made."""
    if CodeList.objects.filter(key=key).exists():
        return UsageError(
            Both("이 목록은 이미 내보냈습니다", "this list was handed out already"),
            None,
            Both(
                "받지 못했다면 그 목록을 거두고 새로 만드십시오",
                "if it went astray, withdraw it and make another",
            ),
        )
    return UsageError(
        Both("같은 순간에 다른 사람이 코드를 만들었습니다", "somebody made codes at the same moment"),
        None,
        Both("다시 해 보십시오", "try again"),
    )


def withdraw(made: CodeList, *, by: str) -> int:
    """End the codes of a list that are not used; return how many."""
    with transaction.atomic():
        if not CodeList.objects.filter(pk=made.pk, withdrawn_at=None).update(withdrawn_at=now(), withdrawn_by=by):
            return 0
        ended = made.codes.filter(used_at=None, void_at=None).update(void_at=now())
        Trail.objects.create(actor=by, act="codes withdrawn", about=str(made)[:120], detail={"members": ended})
    return ended


def proven(number: int, code: str, *, address: str, at: dt.datetime | None = None) -> ClaimCode:
    """Return the open code that was given; a wrong try is counted against the code, the number and the address.

    Which numbers exist, and which have a code, nobody learns who does not have the code.

    Raises:
        UsageError: number and code fit no open code, its time is over, or too many tries failed.
    """
    moment, name, typed = at or now(), f"claim/{number}", read(code)
    if is_held_up(name, address):
        minutes = int(WINDOW.total_seconds() // 60)
        raise UsageError(
            Both("실패가 잦아 잠시 막았습니다", "too many tries failed"),
            None,
            Both(f"{minutes}분 뒤에 다시 해 주십시오", f"try again in {minutes} minutes"),
        )
    found = ClaimCode.objects.select_related("made_in", "member").filter(member__number=number, member__left_on=None)
    latest = found.order_by("-pk").first()
    counts = Q(pk=latest.pk if latest else None, used_at=None, void_at=None, wrong__lt=WRONG_MAX)
    counted_first = ClaimCode.objects.filter(counts).update(wrong=F("wrong") + 1)
    right = latest is not None and hmac.compare_digest(latest.mark, _mark(number, typed))
    if latest is not None and right and not counted_first:
        # Somebody may have claimed with it since it was read: the same code, at the same moment.
        latest.refresh_from_db(fields=["used_at"])
    if latest is None or not right or not (counted_first or latest.used_at):
        note_failure(name, address)
        raise UsageError(*_NO_FIT)
    if counted_first:
        ClaimCode.objects.filter(pk=latest.pk).update(wrong=F("wrong") - 1)
    if latest.used_at is not None:
        raise UsageError(*_CLAIMED)
    if latest.made_in.expires_at <= moment:
        raise UsageError(*_LATE)
    return latest


_LETTER = Both("창구에서 새 코드를 받으십시오", "ask the desk for a new code")
_NO_FIT = (
    Both("회원 번호와 코드가 맞지 않습니다", "number and code do not fit"),
    None,
    Both("안내문의 번호와 코드를 그대로 적으십시오. 코드가 더는 쓰이지 않으면 창구에서 새로 받으십시오",
         "give both as they stand in the letter; if the code is out of use, ask the desk for a new one"),
)  # fmt: skip
_LATE = (Both("코드의 기한이 지났습니다", "the time of this code is over"), None, _LETTER)
_CLAIMED = (
    Both("이 코드로 이미 계정이 연결되었습니다", "an account has been claimed with this code"),
    None,
    Both("그 계정으로 로그인하십시오. 본인이 한 일이 아니면 바로 창구에 알리십시오",
         "sign in with that account; if it was not you, tell the desk at once"),
)  # fmt: skip


def may_claim(user: Any) -> None:
    """Refuse a person who can't claim an account: a member already, or one who works at the office.

    Raises:
        UsageError: which of the two.
    """
    if not user.is_authenticated:
        return
    if OFFICERS & roles_of(user):
        raise UsageError(
            Both("담당자의 계정에는 회원을 연결할 수 없습니다", "an officer's account can't claim a member's"),
            None,
            Both("로그아웃하고 자기만의 계정을 만드십시오", "sign out, and make an account of your own"),
        )
    if Member.objects.filter(user=user, left_on=None).exists():
        raise UsageError(*_MEMBER)


_MEMBER = (
    Both("이미 회원입니다", "you are a member already"),
    None,
    Both("내 마일리지를 보십시오", "see your own page"),
)


def take(code: ClaimCode, user: Any) -> Member:
    """Give a user the account that a proven code is for; of two who try at once, one gets it.

    Raises:
        UsageError: the code or the account was taken meanwhile, or the user has another.
    """
    may_claim(user)
    number = code.member.number
    try:
        with transaction.atomic():
            mine = ClaimCode.objects.filter(pk=code.pk, used_at=None, void_at=None).update(used_at=now())
            free = mine and Member.objects.filter(pk=code.member_id, user=None, left_on=None).update(user=user)
            if not free:
                raise UsageError(*_CLAIMED)
            user.groups.add(Group.objects.get(name="member"))
            Trail.objects.create(actor=f"member {number}", act="claimed", about=str(number))
            Look.objects.create(actor=f"member {number}", number=number, what="claimed")
    except IntegrityError as error:
        raise UsageError(*_MEMBER) from error
    return Member.objects.select_related("account").get(pk=code.member_id)


def csv_lines(handed: list[Handed]) -> Iterator[str]:
    """Return the lines of the list as it is exported: member, code, last day."""
    yield "member,code,expires_on\n"
    for one in handed:
        yield f"{one.number},{one.code},{one.expires_on.isoformat()}\n"


def read(code: str) -> str:
    """Return a code as it was meant, however it was typed."""
    return code.upper().translate(_MEANT)


def _new() -> str:
    """Return a new code, in groups that are easily read."""
    letters = "".join(secrets.choice(_LETTERS) for _ in range(_LENGTH))
    return "-".join(letters[start : start + _GROUP] for start in range(0, _LENGTH, _GROUP))


def _mark(number: int, code: str) -> str:
    """Return the keyed hash of a member's code."""
    return personal.keyed(f"claim/{number}/{read(code)}")
