"""A settlement's way: prepared from an award file, approved by a second person, posted once, perhaps taken back."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any

import polars as pl
from django.db import IntegrityError, transaction
from django.utils import translation
from django.utils.timezone import localdate, now

from madang.core.errors import Both, DataError, LedgerError, UsageError, Where
from madang.core.progress import Progress, silent
from madang.core.storing import write_whole
from madang.solutions.eco_mileage.award_file import AwardFile, read_award_file
from madang.solutions.eco_mileage.operating.settling import Settle, settle_round
from madang.solutions.eco_mileage.rules import month_after, parse_month
from madang.web.desks.eco_mileage.models import Member, Posting, Settlement, Trail
from madang.web.desks.eco_mileage.services import acting, books, districts
from madang.web.desks.eco_mileage.services.correcting import Corrected, correct, labelled, standing
from madang.web.desks.eco_mileage.services.people import desk_folder
from madang.web.desks.eco_mileage.services.tables import write_people
from madang.web.ledger.locks import hold_name
from madang.web.ledger.posting import post_batch

State = Settlement.State
_SAMPLES = 3
#: Where a settlement can be prepared anew: nothing of it waits or stands.
_OVER = (State.REFUSED, State.REVERSED)
_SPAN = {"half_year": 6, "season": 4, "car": 12, "car_season": 4}


def settle_here(kind: str, first_month: str, windows: str, *, by: str, progress: Progress = silent) -> Settlement:
    """Settle the desk's own readings (twice, compared) and prepare the outcome."""
    write_people(parse_month(first_month), windows)
    folder = desk_folder()
    draft = folder / "awards" / f"draft-{kind}-{first_month}.parquet"
    wants = Settle(folder=folder, first_month=first_month, kind=kind, windows=windows, out=draft)  # type: ignore[arg-type]
    settle_round(wants, progress)
    made = prepare(draft, by=by)
    draft.unlink(missing_ok=True)
    return made


def prepare(path: Path, *, by: str) -> Settlement:
    """Take an award file in for approval, with what an approver must see; the same file again changes nothing.

    One that was refused or taken back waits for approval anew.

    Raises:
        DataError: the file is damaged or answers a what-if.
        UsageError: nobody is named.
    """
    who, awards = acting.named(by), read_award_file(path)
    header = awards.header
    _check_official(header.what_if, path)
    name = f"{header.run[:24]}.parquet"
    before = Settlement.objects.filter(run=header.run).first()
    if before is not None and before.state not in _OVER:
        return before
    write_whole(desk_folder() / "awards" / name, path.read_bytes())
    if before is not None:
        return _anew(before, awards, who)
    with transaction.atomic():
        made = Settlement.objects.create(
            run=header.run,
            kind=header.kind,
            first_month=header.first_month,
            file=name,
            sha256=awards.sha256,
            header=_plain(header),
            totals=_totals(awards),
            prepared_by=who,
            points=header.points,
            paid=header.paid,
            synthetic=header.synthetic,
        )
        Trail.objects.create(actor=who, act="prepared", about=made.run, detail={"points": header.points})
    return made


def _check_official(what_if: str | None, path: Path) -> None:
    """Raise where an award file answers a what-if: it must not be paid."""
    if what_if:
        todo = Both("시행 중인 규정으로 정산하십시오", "settle by the rules in force, without --rules-of and --rules")
        raise DataError(
            Both(f"가정으로 정산한 파일입니다: {what_if}", f"this settlement only asks what if: {what_if}"),
            Where(path),
            todo,
        )


def _anew(before: Settlement, awards: AwardFile, who: str) -> Settlement:
    """Let a settlement that was refused or taken back wait for approval again, with what differs now."""
    with transaction.atomic():
        made = locked(before.run)
        if made.state not in _OVER:
            return made
        made.state, made.sha256, made.totals = State.PREPARED, awards.sha256, _totals(awards)
        made.prepared_by, made.prepared_at = who, now()
        made.approved_by, made.approved_at, made.posted_at = "", None, None
        made.save()
        Trail.objects.create(actor=who, act="prepared", about=made.run, detail={"points": made.points})
    return made


def _plain(header: Any) -> dict[str, Any]:
    """Return a header as JSON keeps it."""
    said: dict[str, Any] = json.loads(header.as_json())
    return said


def awards_of(settlement: Settlement) -> AwardFile:
    """Return a settlement's award file, held to the hash it was prepared with.

    Raises:
        DataError: the file is another one now.
    """
    awards = read_award_file(desk_folder() / "awards" / settlement.file)
    if awards.sha256 != settlement.sha256:
        raise _changed(settlement)
    return awards


def decision_of(settlement: Settlement, number: int) -> dict[str, Any] | None:
    """Return one member's row of a settlement's award file; only the part of the file that may hold it is unpacked.

    Raises:
        DataError: the file is another one now.
    """
    path = desk_folder() / "awards" / settlement.file
    content = path.read_bytes() if path.is_file() else b""
    if hashlib.sha256(content).hexdigest() != settlement.sha256:
        raise _changed(settlement)
    rows = pl.scan_parquet(io.BytesIO(content)).filter(pl.col("member_id") == number).collect()
    plain = rows.with_columns(pl.col("code", "paragraph").cast(pl.String), districts.keyed("district"))
    return plain.row(0, named=True) if plain.height else None


def _changed(settlement: Settlement) -> DataError:
    """Return that a settlement's award file is not the one that was prepared."""
    return DataError(
        Both("준비한 뒤에 지급 파일이 바뀌었습니다", "the award file was changed after it was prepared"),
        Where(settlement.file),
        Both("다시 준비하십시오", "prepare it anew"),
    )


def frame_of(awards: AwardFile) -> pl.DataFrame:
    """Return an award file's rows with plain text columns."""
    frame = pl.from_arrow(awards.rows)
    assert isinstance(frame, pl.DataFrame)  # noqa: S101 - a table of rows is a frame
    return frame.with_columns(pl.col("code", "paragraph").cast(pl.String), districts.keyed("district"))


def _totals(awards: AwardFile) -> dict[str, Any]:
    """Return what an approver must see: decisions, districts, what differs from what stands, samples."""
    frame = frame_of(awards)
    points = pl.col("points").fill_null(0).cast(pl.Int64)

    def by(column: str) -> list[dict[str, Any]]:
        grouped = frame.group_by(column).agg(
            pl.len().alias("members"), (points > 0).sum().alias("paid"), points.sum().alias("points")
        )
        return grouped.sort(column, nulls_last=True).to_dicts()

    samples = frame.group_by("code", maintain_order=True).head(_SAMPLES).sort("code", "member_id")
    return {
        "by_code": by("code"),
        "by_district": by("district"),
        "differences": _differences(awards.header.kind, frame),
        "samples": [
            {key: str(value) if isinstance(value, dt.date) else value for key, value in row.items()}
            for row in samples.to_dicts()
        ],
    }


def _differences(kind: str, frame: pl.DataFrame) -> dict[str, int]:
    """Return how a settlement differs from what stands in the ledger for the same windows."""
    stands = standing(kind, frame["first_month"].unique().to_list())
    both = frame.select("member_id", "first_month", pl.col("points").fill_null(0)).join(
        stands, on=["member_id", "first_month"], how="inner"
    )
    changed = both.filter(pl.col("points") != pl.col("stands"))
    return {
        "paid_before": stands.height,
        "changed": changed.height,
        "more": int((changed["points"] - changed["stands"]).clip(0).sum()),
        "less": int((changed["stands"] - changed["points"]).clip(0).sum()),
    }


def approve(run: str, *, by: str) -> Settlement:
    """Approve a settlement that somebody else prepared.

    Raises:
        UsageError: it was prepared by the same person, is not waiting for approval, or nobody is named.
    """
    who = acting.named(by)
    with transaction.atomic():
        made = locked(run)
        if made.state == State.APPROVED and made.approved_by == who:
            return made
        must_be(made, State.PREPARED)
        if acting.same(made.prepared_by, who):
            raise UsageError(
                Both("준비한 사람은 승인할 수 없습니다", "nobody approves what they prepared"),
                Where(value=who),
                Both("다른 담당자에게 맡기십시오", "ask a second person"),
            )
        made.state, made.approved_by, made.approved_at = State.APPROVED, who, now()
        made.save()
        Trail.objects.create(actor=who, act="approved", about=run)
    return made


def refuse(run: str, *, by: str, why: str) -> Settlement:
    """Refuse a settlement; it can't be posted unless it is prepared and approved anew.

    Raises:
        UsageError: it waits for nothing, or no name or reason is given.
    """
    who, reason = acting.named(by), acting.reason(why)
    with transaction.atomic():
        made = locked(run)
        if made.state not in (State.PREPARED, State.APPROVED):
            must_be(made, State.PREPARED)
        made.state = State.REFUSED
        made.save()
        Trail.objects.create(actor=who, act="refused", about=run, detail={"why": reason})
    return made


def post(run: str, *, by: str, today: dt.date | None = None) -> tuple[Settlement, Corrected]:
    """Post an approved settlement: each window once; what stands already is corrected by reversing and new transfers.

    Posting it again adds nothing.

    Raises:
        UsageError: it is not approved, or nobody is named.
        LedgerError: a member is unknown, or is paid for overlapping months already.
    """
    who, day = acting.named(by), today or localdate()
    with transaction.atomic():
        made = locked(run)
        hold_name(f"eco-mileage posting {made.kind}")
        if made.state == State.POSTED:
            return made, Corrected()
        must_be(made, State.APPROVED)
        frame, mark = _payable(made), _mark(made, posted_before(made))
        done = Corrected()
        for (month,), rows in sorted(frame.group_by("first_month"), key=lambda one: one[0]):
            done += _post_window(made, mark, month, rows, day)
        made.state, made.posted_at = State.POSTED, now()
        made.save()
        Trail.objects.create(actor=who, act="posted", about=run, detail=done.told())
    return made, done


def posted_before(made: Settlement) -> int:
    """Return how many times a settlement was posted before."""
    return Trail.objects.filter(act="posted", about=made.run).count()


def _mark(made: Settlement, before: int) -> str:
    """Return what tells one posting of a settlement from others: its run, and which time it is after the first."""
    return made.run[:24] if before == 0 else f"{made.run[:24]}~{before + 1}"


def mark_of_last(made: Settlement) -> str:
    """Return what the last posting of a settlement is told by."""
    return _mark(made, posted_before(made) - 1)


def months_of(made: Settlement) -> list[dt.date]:
    """Return the first months of a settlement's windows."""
    return sorted(frame_of(awards_of(made))["first_month"].unique().to_list())


def _payable(made: Settlement) -> pl.DataFrame:
    """Return the rows of a settlement's file without members who have left."""
    frame = frame_of(awards_of(made)).select("member_id", "first_month", pl.col("points").fill_null(0))
    left = Member.objects.exclude(left_on=None).values_list("number", flat=True)
    return frame.filter(~pl.col("member_id").is_in(pl.Series("left", list(left), dtype=pl.Int64).implode()))


def _post_window(made: Settlement, mark: str, month: dt.date, rows: pl.DataFrame, day: dt.date) -> Corrected:
    """Post one window's awards as a batch, or correct those that stand."""
    rule = str(made.header["rules_sha256"])
    paid = rows.filter(pl.col("points") > 0)
    _check_overlap(made, month, paid)
    if Posting.objects.filter(kind=made.kind, first_month=month, stands=True).exists():
        return correct(mark, made.kind, month, rows, day, rule)
    label = labelled(made.kind, month)
    posted = post_batch(
        books.points(),
        f"{label} {mark}",
        books.sink("city"),
        ((str(number), points) for number, points in paid.select("member_id", "points").iter_rows()),
        kind=label,
        event_day=day,
        rule_hash=rule,
    )
    try:
        with transaction.atomic():
            Posting.objects.create(settlement=made, kind=made.kind, first_month=month, batch=posted.batch)
    except IntegrityError as error:
        raise LedgerError(
            Both("이미 지급한 기간입니다", "this window is paid already"),
            Where(value=label),
            Both("지급한 정산을 보십시오", "look at the settlements posted"),
        ) from error
    return Corrected(added=posted.added, points=posted.amount)


def _check_overlap(made: Settlement, month: dt.date, paid: pl.DataFrame) -> None:
    """Raise where a member is paid already for months that this window holds too."""
    span = _SPAN[made.kind]
    near = [month_after(month, step) for step in range(-span + 1, span) if step]
    others = Posting.objects.filter(kind=made.kind, first_month__in=near, stands=True).exclude(settlement=made)
    if not others.exists():
        return
    stands = standing(made.kind, [one.first_month for one in others])
    twice = paid.join(stands, on="member_id", how="semi")
    if twice.height:
        said = Both(
            f"회원 {twice.height:,}명은 {month:%Y-%m} 기간과 겹치는 달에 이미 받았습니다",
            f"{twice.height:,} members are paid already for months of the window {month:%Y-%m}",
        )
        raise LedgerError(
            said,
            Where(value=twice["member_id"].min()),
            Both("마지막 기간 다음 달부터 정산하십시오", "settle them from the month after their last window"),
        )


def find(run: str) -> Settlement:
    """Return a settlement by its run, or by the beginning of it.

    Raises:
        UsageError: none or several begin so.
    """
    found = list(Settlement.objects.filter(run__startswith=run)[:2])
    if len(found) != 1 or not run:
        said = (
            Both("그런 번호의 정산이 없습니다", "no settlement has this run")
            if not found
            else Both("그렇게 시작하는 정산이 여럿입니다", "several runs begin like this")
        )
        raise UsageError(
            said, Where(value=run), Both("준비할 때 나온 번호를 적으십시오", "give the run as `prepare` printed it")
        )
    return found[0]


def only(state: str) -> Settlement:
    """Return the one settlement in a state.

    Raises:
        UsageError: there is none, or there are several.
    """
    found = list(Settlement.objects.filter(state=state).order_by("prepared_at")[:2])
    if len(found) != 1:
        said = (
            Both(f"{_named(state)} 상태인 정산이 없습니다", f"no settlement is {state}")
            if not found
            else Both(f"{_named(state)} 상태인 정산이 여럿입니다", f"several settlements are {state}")
        )
        raise UsageError(
            said, None, Both("뜻하는 정산 번호의 앞부분을 적으십시오", "give the beginning of the run that is meant")
        )
    return found[0]


def _named(state: str) -> str:
    """Return what a state is called in Korean."""
    with translation.override("ko"):
        return str(State(state).label)


def locked(run: str) -> Settlement:
    """Return a settlement that nobody else can change until the transaction ends."""
    return Settlement.objects.select_for_update().get(pk=find(run).pk)


def must_be(made: Settlement, state: Settlement.State) -> None:
    """Raise where a settlement is not where it must be."""
    if made.state != state:
        said = Both(
            f"이 정산은 지금 {_named(made.state)} 상태이고, {_named(state)} 상태여야 합니다",
            f"the settlement is {made.state}, not {state.value}",
        )
        raise UsageError(said, Where(value=made.run[:24]), Both("정산 화면을 보십시오", "look at its page"))
