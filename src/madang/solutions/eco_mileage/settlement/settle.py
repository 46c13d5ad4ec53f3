"""One settlement from people, cube and rules to award rows: pure, and the same bytes for any order of members."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

import numpy as np
import polars as pl
import pyarrow as pa
from numpy.typing import NDArray

from madang.core.errors import Both, UsageError
from madang.solutions.eco_mileage.award_file import CODES, SCHEMA, AwardHeader
from madang.solutions.eco_mileage.readings.people import People
from madang.solutions.eco_mileage.readings.rows import UTILITIES, first_day
from madang.solutions.eco_mileage.rule_kinds import DatedRule
from madang.solutions.eco_mileage.rules import RuleBook, month_after
from madang.solutions.eco_mileage.settlement.cube import Cube
from madang.solutions.eco_mileage.settlement.kernel import ELIGIBLE, Outcome, Standing, settle_cohort
from madang.solutions.eco_mileage.settlement.terms import BASELINE_MONTHS, Cohort, Round, compile_round

_CODE = {code: number for number, code in enumerate(CODES)}
_BELOW = _CODE["below_lowest_edge"]


@dataclass(frozen=True)
class Cast:
    """The members of a round in the cube's order: cohort by cohort, rising numbers within.

    ``members`` holds their rows of the table of members and the column ``cohort``; ``bounds`` where each cohort begins
    and ends; ``registered`` a bit for each utility of which a meter is theirs.
    """

    members: pl.DataFrame
    bounds: tuple[tuple[int, int], ...]
    registered: NDArray[np.uint8]

    @property
    def member_id(self) -> NDArray[np.int64]:
        """Return the members' numbers in this order."""
        return self.members["member_id"].to_numpy()


@dataclass(frozen=True)
class Settlement:
    """What a round decided: the cast, each member's standing and outcome, and the rules of each cohort."""

    asked: Round
    cast: Cast
    cohorts: tuple[Cohort, ...]
    standing: Standing
    outcome: Outcome

    def place_of(self, member_id: int) -> int | None:
        """Return where a member stands in the cube's order; None for somebody who is not in this round."""
        found = np.flatnonzero(self.cast.member_id == member_id)
        return int(found[0]) if len(found) else None


def cast_of(people: People, asked: Round) -> Cast:
    """Return who takes part: members whose window in this round begins after they joined."""
    joined = pl.col("joined_on").dt.year().cast(pl.Int64) * 12 + pl.col("joined_on").dt.month().cast(pl.Int64) - 1
    cohort = (joined + 1 - asked.first_month) % asked.cohorts
    members = (
        people.members.with_columns(cohort.cast(pl.Int32).alias("cohort"))
        .filter(joined + 1 <= asked.first_month + pl.col("cohort"))
        .sort("cohort", "member_id")
    )
    counts = np.bincount(members["cohort"].to_numpy(), minlength=asked.cohorts)
    ends = np.cumsum(counts)
    bounds = tuple((int(end - count), int(end)) for end, count in zip(ends, counts, strict=True))
    return Cast(members, bounds, _registered(people.meters, members))


def _registered(meters: pl.DataFrame, members: pl.DataFrame) -> NDArray[np.uint8]:
    """Return a bit for each utility of which a member has a meter."""
    bits = (
        meters.select("member_id", "utility")
        .unique()
        .group_by("member_id")
        .agg((pl.lit(1, pl.Int64) * 2 ** pl.col("utility").cast(pl.Int64)).sum().alias("bits"))
    )
    joined = members.select("member_id").join(bits, on="member_id", how="left", maintain_order="left")
    return joined["bits"].fill_null(0).cast(pl.UInt8).to_numpy()


def settle(asked: Round, book: RuleBook, cast: Cast, cube: Cube) -> Settlement:
    """Decide every member of a round. The cube's last axis is the cast's order.

    Raises:
        UsageError: the cube is of other members, or in another order.
    """
    if not np.array_equal(cube.member_id, cast.member_id):
        raise UsageError(
            Both("사용량의 회원이 이번 정산의 회원과 다릅니다", "the cube's members are not those of the round"),
            todo=Both("이번 정산에 맞추어 만드십시오", "build it for this round"),
        )
    cohorts = compile_round(book, asked)
    standing = _standing(asked, cohorts, cast)
    outcome = Outcome.empty(cast.members.height)
    for number, cohort in enumerate(cohorts):
        row = asked.first_month + number - cube.first_month
        settle_cohort(cube, row, cohort.terms, standing, outcome, cast.bounds[number])
    return Settlement(asked, cast, cohorts, standing, outcome)


def _standing(asked: Round, cohorts: tuple[Cohort, ...], cast: Cast) -> Standing:
    """Return what decides before any reading does; the order of the questions is that of one household."""
    members = cast.members
    codes = np.full(members.height, ELIGIBLE, dtype=np.int8)
    one_year = np.zeros(members.height, dtype=np.uint8)
    taken = _address_taken(members)
    for number, cohort in enumerate(cohorts):
        run = slice(*cast.bounds[number])
        first = first_day(asked.first_month + number)
        asks = _questions(members[run], cohort, cast.registered[run], taken[run], first)
        for code, refused in reversed(asks):
            codes[run] = np.where(refused, _CODE[code], codes[run])
        moved = members["moved_on"][run]
        one_year[run] = (moved > month_after(first, -BASELINE_MONTHS)).fill_null(value=False).to_numpy()
    return Standing(
        standing=codes,
        registered=cast.registered,
        one_year=one_year,
        awards_in_a_row=members["awards_in_a_row"].cast(pl.Int32).to_numpy(),
        points_this_year=members["points_this_year"].cast(pl.Int32).to_numpy(),
    )


Asked = list[tuple[str, NDArray[np.bool_]]]


def _questions(
    members: pl.DataFrame, cohort: Cohort, registered: NDArray[np.uint8], taken: NDArray[np.bool_], first: date
) -> Asked:
    """Return the questions of a cohort in their order, each with who is refused by it."""
    nobody = np.zeros(members.height, dtype=np.bool_)
    window = cohort.window
    if window is None:
        return [("no_rule", ~nobody)]
    other = (members["representative"] != "yes").to_numpy()
    asks: Asked = []
    if window.representative is not None:
        asks += [("not_representative", other), ("address_taken", taken)]
    if window.opt_in is not None:
        asks.append(("not_opted_in", (members["opted_in"] != "yes").fill_null(value=True).to_numpy()))
    if window.move is not None:
        late = members["moved_on"] > month_after(first, -12)
        asks.append(("moved", late.fill_null(value=False).to_numpy()))
    if window.utilities is not None:
        asks.append(("utilities_missing", _lacking(registered, window.utilities.required, window.utilities.one_of)))
    asks.append(("factor_unknown", (registered & cohort.unknown) != 0))
    return asks


def _lacking(registered: NDArray[np.uint8], required: str, one_of: tuple[str, ...]) -> NDArray[np.bool_]:
    """Tell who has not registered what must be."""
    others = sum(1 << UTILITIES.index(name) for name in one_of)
    lacking: NDArray[np.bool_] = ((registered >> UTILITIES.index(required)) & 1 == 0) | ((registered & others) == 0)
    return lacking


def _address_taken(members: pl.DataFrame) -> NDArray[np.bool_]:
    """Tell who shares an address with a representative of a lower number: an address is paid once."""
    paid = pl.when(pl.col("representative") == "yes").then(pl.col("member_id"))
    first = paid.min().over("address_id")
    taken = members.select(
        (pl.col("address_id").is_not_null() & (pl.col("representative") == "yes") & (pl.col("member_id") > first))
        .fill_null(value=False)
        .alias("taken")
    )
    return taken["taken"].to_numpy()


def award_rows(settlement: Settlement) -> pa.Table:
    """Return the award file's rows, in rising order of members."""
    asked, outcome, members = settlement.asked, settlement.outcome, settlement.cast.members
    order = np.argsort(settlement.cast.member_id, kind="stable")
    code = outcome.code[order]
    evaluated = code <= _BELOW
    cohort = members["cohort"].to_numpy()[order]
    firsts = pa.array([first_day(asked.first_month + number) for number in range(asked.cohorts)], pa.date32())

    def known(values: NDArray[np.generic], kind: pa.DataType) -> pa.Array:
        return pa.array(values[order], kind, mask=~evaluated)

    paragraphs, spot = _paragraphs(settlement, code, cohort)
    columns = {
        "member_id": pa.array(settlement.cast.member_id[order]),
        "first_month": firsts.take(pa.array(cohort)),
        "district": members["district"][order]
        .to_arrow()
        .cast(pa.string())
        .dictionary_encode()
        .cast(SCHEMA.field("district").type),
        "code": pa.DictionaryArray.from_arrays(pa.array(code, pa.int8()), pa.array(CODES)),
        "paragraph": pa.DictionaryArray.from_arrays(
            pa.array(spot, pa.int8(), mask=spot < 0), pa.array(paragraphs, pa.string())
        ),
        "points": known(outcome.points, pa.int64()),
        "tier": known(outcome.tier, pa.int8()),
        "baseline_doubled_centigrams": known(outcome.baseline, pa.int64()),
        "saved_doubled_centigrams": known(outcome.saved, pa.int64()),
        **dict.fromkeys(("baseline_metres", "saved_metres"), pa.nulls(len(order), pa.int64())),
    }
    return pa.table(columns).cast(SCHEMA)


def _paragraphs(
    settlement: Settlement, code: NDArray[np.int8], cohort: NDArray[np.int32]
) -> tuple[list[str], NDArray[np.int64]]:
    """Return every paragraph that decided somebody, and each member's place among them, -1 for none."""
    table = np.full((len(settlement.cohorts), len(CODES)), "", dtype=object)
    for number, one in enumerate(settlement.cohorts):
        for name, rule in deciding(one).items():
            table[number, _CODE[name]] = rule.paragraph
    said = sorted({paragraph for paragraph in table.ravel() if paragraph})
    places = {paragraph: place for place, paragraph in enumerate(said)} | {"": -1}
    return said, np.vectorize(places.get, otypes=[np.int64])(table)[cohort, code]


def deciding(cohort: Cohort) -> dict[str, DatedRule]:
    """Return which rule stands behind each code in a cohort."""
    window = cohort.window
    if window is None:
        return {}
    behind = {
        "awarded": window.rule,
        "below_lowest_edge": window.rule,
        "upkeep": window.upkeep,
        "not_representative": window.representative,
        "address_taken": window.representative,
        "not_opted_in": window.opt_in,
        "moved": window.move,
        "utilities_missing": window.utilities,
    }
    return {code: rule for code, rule in behind.items() if rule is not None}


def award_header(
    settlement: Settlement, rows: pa.Table, book: RuleBook, readings_sha256: str, people: People, what_if: str | None
) -> AwardHeader:
    """Return the header of a settlement's award file; ``run`` is the hash of every input."""
    asked, points = settlement.asked, rows["points"]
    pins = {
        "kind": asked.kind,
        "first_month": asked.first_month,
        "windows": asked.windows,
        "decided_on": [asked.decided_on(number).isoformat() for number in range(asked.cohorts)],
        "as_of": asked.as_of.isoformat() if asked.as_of else None,
        "rules": book.sha256,
        "readings": readings_sha256,
        "members": people.sha256,
    }
    worth = {cohort.window.won_per_mileage for cohort in settlement.cohorts if cohort.window is not None}
    return AwardHeader(
        run=hashlib.sha256(json.dumps(pins, sort_keys=True).encode()).hexdigest()[:32],
        kind=asked.kind,
        evaluated_on=max(asked.decided_on(number) for number in range(asked.cohorts)),
        first_month=first_day(asked.first_month),
        months=asked.months,
        rules_sha256=book.sha256,
        readings_sha256=readings_sha256,
        members_sha256=people.sha256,
        what_if=what_if,
        synthetic=people.synthetic,
        won_per_point=worth.pop() or None if len(worth) == 1 else None,
        paragraphs=_sentences(settlement),
        members=rows.num_rows,
        evaluated=rows.num_rows - points.null_count,
        paid=int((settlement.outcome.points > 0).sum()),
        points=int(settlement.outcome.points.sum(dtype=np.int64)),
    )


def _sentences(settlement: Settlement) -> dict[str, dict[str, str]]:
    """Return the sentence of every rule that may have decided, with its status."""
    found: dict[str, dict[str, str]] = {}
    for cohort in settlement.cohorts:
        for rule in deciding(cohort).values():
            found[rule.paragraph] = {"ko": rule.says.ko, "en": rule.says.en, "status": rule.status}
    return dict(sorted(found.items()))
