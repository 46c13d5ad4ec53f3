"""What is done with a permit: consulted, spent, completed, cancelled, lapsed. Each step moves all its loads or none.

A step is one transaction: the permit's state changes only from where it may, and the ledger refuses what a cell does
not hold. Whoever comes second finds the state changed, or the cell too small, and moves nothing.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal

from django.db import transaction
from django.utils import timezone

from madang.core.errors import Both, LedgerError, Overdrawn, UsageError, Where
from madang.web.desks.pollution_cap.cells import (
    ALLOWANCE,
    CONSULTED,
    PERMITTED,
    Cell,
    account_of,
    book_of,
    kg_of,
    parts_of,
)
from madang.web.desks.pollution_cap.models import Permit, Restriction, Step, words_of_state
from madang.web.desks.pollution_cap.naming import substance_words, words_of
from madang.web.ledger.holding import hold, post, void
from madang.web.ledger.models import Account, Book, Hold
from madang.web.ledger.moving import move

State = Permit.State
HELD_DAYS = 365
REFUSED = "refused"


def consult(permit: Permit, by: str, note: str = "", held_days: int = HELD_DAYS) -> Permit:
    """Hold a permit's loads for it until they are spent, cancelled, or ``held_days`` are over.

    Raises:
        Overdrawn: a cell holds less than the project needs; nothing is held then.
        UsageError: the answer was a refusal, or the permit is past this step.
        LedgerError: the district is refused approvals meanwhile.
    """
    if permit.verdict == REFUSED:
        raise UsageError(
            Both("불허된 사업에는 부하량을 잡아 둘 수 없습니다.", "a refused project holds no load"),
            _where(permit),
            Both("사업을 줄여 다시 협의하세요.", "ask anew with a smaller project"),
        )
    book, day = book_of(permit.city), timezone.localdate()
    until = timezone.now() + dt.timedelta(days=held_days)
    with transaction.atomic():
        _not_restricted(permit)
        _step(permit, State.CONSULTED, (State.ANSWERED,), by, note, permit.loads)
        for cell, parts in _cells(permit):
            giver, held, taker = _three(book, permit, cell)
            try:
                hold(
                    giver, held, taker, parts,
                    key=f"permit/{permit.key}/{cell.substance}", kind="consult", event_day=day, until=until,
                )  # fmt: skip
            except Overdrawn as error:
                raise _too_little(cell, giver, parts) from error
    return permit


def spend(permit: Permit, by: str, note: str = "") -> Permit:
    """Give the permit for good what is held for it.

    Raises:
        UsageError: nothing is held for it.
        LedgerError: the time of the hold is over, or the district is refused approvals meanwhile.
    """
    day = timezone.localdate()
    with transaction.atomic():
        _not_restricted(permit)
        _step(permit, State.SPENT, (State.CONSULTED,), by, note, permit.loads)
        for kept in _holds(permit):
            post(kept, event_day=day)
    return permit


def complete(permit: Permit, built_kg_per_d: Mapping[str, Decimal | str], by: str, note: str = "") -> Permit:
    """Close a permit with the loads as built; what it did not need goes back to its cells.

    Raises:
        UsageError: a substance is missing or was not asked for, or more was built than was permitted.
    """
    built = {substance: parts_of(kg) for substance, kg in built_kg_per_d.items()}
    if set(built) != set(permit.loads):
        needed = [substance_words(name) for name in sorted(permit.loads)]
        raise UsageError(
            Both(
                "준공 정산에는 물질마다 준공 부하량이 있어야 합니다.",
                "completion needs the load as built of every substance",
            ),
            _where(permit),
            Both(f"{', '.join(one.ko for one in needed)}의 값을 적으세요.", f"give {', '.join(sorted(permit.loads))}"),
        )
    more = [name for name in built if built[name] > permit.loads[name]]
    if more:
        name = more[0]
        said, asked = substance_words(name), (kg_of(built[name]), kg_of(permit.loads[name]))
        raise UsageError(
            Both(
                f"허가보다 많이 지었습니다: {said.ko} {asked[0]} kg/일, 허가는 {asked[1]} kg/일.",
                f"more was built than was permitted: {asked[0]} of {asked[1]} kg/d of {said.en}",
            ),
            _where(permit),
            Both("넘는 만큼 먼저 협의하세요.", "ask for a permit for the difference first"),
        )
    with transaction.atomic():
        _step(permit, State.COMPLETED, (State.SPENT,), by, note, built)
        _give_back(permit, {name: permit.loads[name] - built[name] for name in built}, "complete")
    return permit


def cancel(permit: Permit, by: str, note: str = "") -> Permit:
    """Give back what a permit holds or has spent; a completed one stands.

    Raises:
        UsageError: there is nothing to give back any more.
    """
    with transaction.atomic():
        before = _step(permit, State.CANCELLED, (State.ANSWERED, State.CONSULTED, State.SPENT), by, note, permit.loads)
        if before == State.CONSULTED:
            for kept in _holds(permit):
                void(kept, event_day=timezone.localdate())
        if before == State.SPENT:
            _give_back(permit, permit.loads, "cancel")
    return permit


def lapse(city: str, by: str, at: dt.datetime | None = None) -> list[Permit]:
    """Give back what was held longer than its time, and mark those permits; return them."""
    moment = at or timezone.now()
    due = Hold.objects.filter(book=book_of(city), until__lte=moment)
    keys = sorted({key.split("/")[1] for key in due.values_list("key", flat=True)})
    lapsed = []
    for permit in Permit.objects.filter(pk__in=keys, state=State.CONSULTED):
        with transaction.atomic():
            _step(permit, State.LAPSED, (State.CONSULTED,), by, "", permit.loads)
            for kept in _holds(permit):
                if kept.state == Hold.State.PENDING:
                    void(kept, event_day=timezone.localdate(moment), at=moment)
        lapsed.append(permit)
    return lapsed


def _not_restricted(permit: Permit) -> None:
    """Hold a step to what the district may be given now.

    Raises:
        LedgerError: it is refused approvals.
    """
    standing = Restriction.objects.filter(city=permit.city, district=permit.district, lifted_at=None).first()
    if standing is not None:
        called = words_of(permit.district)
        raise LedgerError(
            Both(
                f"{called.ko}: 개발 승인이 제한되어 있습니다. 사유: {standing.reason}",
                f"{called.en} is refused approvals: {standing.reason}",
            ),
            _where(permit),
            Both("먼저 제한을 푸세요.", "lift the restriction first"),
        )


def _step(permit: Permit, to: State, allowed: tuple[State, ...], by: str, note: str, loads: Mapping[str, int]) -> State:
    """Change the state from one of those allowed, once, and write the step; return the state before.

    Raises:
        UsageError: the permit is in another state.
    """
    for before in allowed:
        if Permit.objects.filter(pk=permit.pk, state=before).update(state=to):
            Step.objects.create(permit=permit, kind=to, by=by, note=note, loads=dict(loads))
            permit.state = to
            return before
    permit.refresh_from_db()
    here, there, able = words_of_state(permit.state), words_of_state(to), [words_of_state(one) for one in allowed]
    raise UsageError(
        Both(
            f"지금 상태({here.ko})에서는 ‘{there.ko}’ 처리를 할 수 없습니다.",
            f"a permit that is {here.en} cannot become {there.en}",
        ),
        _where(permit),
        Both(
            f"‘{'’ 또는 ‘'.join(one.ko for one in able)}’ 상태여야 합니다.",
            f"only one that is {' or '.join(one.en for one in able)} can",
        ),
    )


def _cells(permit: Permit) -> list[tuple[Cell, int]]:
    """Return the cells a permit draws on, in the one order in which all draw, and how much; nothing for no load."""
    return [
        (Cell(permit.district, permit.unit, substance, permit.year), parts)
        for substance, parts in sorted(permit.loads.items())
        if parts > 0
    ]


def _three(book: Book, permit: Permit, cell: Cell) -> tuple[Account, Account, Account]:
    """Return the cell's allowance, what is held of it, and what the permit uses."""
    return (
        account_of(book, ALLOWANCE, cell.owner),
        account_of(book, CONSULTED, cell.owner),
        account_of(book, PERMITTED, f"{permit.key}|{cell.substance}"),
    )


def _holds(permit: Permit) -> list[Hold]:
    """Return a permit's holds, in the order of its cells.

    Raises:
        LedgerError: some are gone.
    """
    keys = [f"permit/{permit.key}/{cell.substance}" for cell, _ in _cells(permit)]
    found = {kept.key: kept for kept in Hold.objects.filter(key__in=keys).select_related("giver", "held", "taker")}
    if len(found) != len(keys):
        raise LedgerError(
            Both("이 허가가 잡아 둔 부하량이 장부에 없습니다.", "what the permit held is not in the ledger"),
            _where(permit),
        )
    return [found[key] for key in keys]


def _give_back(permit: Permit, loads: Mapping[str, int], kind: str) -> None:
    """Move loads from what the permit uses to the cells they came from."""
    book, day = book_of(permit.city), timezone.localdate()
    for cell, _ in _cells(permit):
        allowance, _, used = _three(book, permit, cell)
        if loads[cell.substance] > 0:
            move(
                used, allowance, loads[cell.substance],
                key=f"{kind}/{permit.key}/{cell.substance}", kind=kind, event_day=day,
            )  # fmt: skip


def _too_little(cell: Cell, giver: Account, parts: int) -> Overdrawn:
    """Return the ledger's refusal in the words of the programme."""
    giver.refresh_from_db()
    rest, wanted = kg_of(giver.balance or 0), kg_of(parts)
    district, unit, name = words_of(cell.district), words_of(cell.unit), substance_words(cell.substance)
    return Overdrawn(
        Both(
            f"{cell.year}년 {district.ko} {unit.ko}의 {name.ko} 잔여량은 {rest} kg/일인데, 사업에는 {wanted} kg/일이"
            " 필요합니다.",
            f"{unit.en} has {rest} kg/d of {name.en} left for {district.en} in {cell.year}, the project needs {wanted}",
        ),
        Where(value=cell.owner),
        Both(
            "사업을 줄이거나, 부하량이 돌아올 때까지 기다리세요.",
            "ask for a smaller project, or wait until load is given back",
        ),
    )


def _where(permit: Permit) -> Both:
    """Return the place an error points to."""
    place = f"{permit.key}, {permit.district}, {permit.unit}, {permit.year}"
    return Both(f"허가 {place}", f"permit {place}")
