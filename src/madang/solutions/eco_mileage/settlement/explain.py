"""Why one member gets what they get: the readings used, the sums, the rule, in both languages."""

from __future__ import annotations

import polars as pl

from madang.core.errors import Both, CheckError, UsageError
from madang.core.language import Text, text
from madang.core.operations import Answer, Line, Sheet
from madang.solutions.eco_mileage.award_file import CODES
from madang.solutions.eco_mileage.household import UTILITY_NAMES, Award, Household, award_in
from madang.solutions.eco_mileage.readings.rows import SETTLED_IN, UTILITIES, first_day, say_month
from madang.solutions.eco_mileage.settlement.cube import Cube
from madang.solutions.eco_mileage.settlement.settle import Settlement

#: Each code in words.
SAID: dict[str, Text] = {
    "awarded": text("지급", "awarded"),
    "upkeep": text("유지 마일리지 지급", "awarded for upkeep"),
    "below_lowest_edge": text("가장 낮은 단계에 이르지 못함", "below the lowest edge"),
    "no_baseline": text("견줄 사용량이 없음", "no use to compare with"),
    "month_missing": text("없는 달이 있음", "a month is missing"),
    "under_review": text("검토 중인 사용량이 있음", "a reading is under review"),
    "factor_unknown": text("계수를 모름", "a factor is unknown"),
    "not_representative": text("가구 대표가 아님", "not the household's representative"),
    "address_taken": text("같은 주소의 다른 회원이 받음", "another member of the address is paid"),
    "not_opted_in": text("신청하지 않음", "did not ask for it"),
    "moved": text("이사한 뒤 견줄 1년이 안 됨", "moved; no comparable year yet"),
    "utilities_missing": text("등록된 에너지가 모자람", "too few utilities registered"),
    "no_rule": text("규정이 없음", "no rule"),
    "nothing_driven": text("달린 거리가 없음", "nothing was driven"),
    "edges_unknown": text("단계의 경계를 알 수 없음", "the edges of the tiers are not known"),
    "excluded": text("참여할 수 없는 차", "a car that may not take part"),
}
_GRAMS = 200


def household_of(settlement: Settlement, cube: Cube, place: int) -> Household:
    """Return a member as one household: the readings of the cube, without what is missing or held."""
    row = settlement.cast.members.row(place, named=True)
    registered = int(settlement.cast.registered[place])
    first = settlement.asked.first_month + row["cohort"]
    readings = {
        name: {
            first_day(cube.first_month + month): int(value)
            for month, value in enumerate(cube.quantities[u, :, place])
            if value >= 0
        }
        for u, name in enumerate(UTILITIES)
        if (registered >> u) & 1
    }
    return Household(
        first_month=first_day(first),
        readings=readings,
        awards_in_a_row=row["awards_in_a_row"],
        mileage_this_year=row["points_this_year"],
        moved_on=row["moved_on"],
        opted_in=None if row["opted_in"] is None else row["opted_in"] == "yes",
        representative=row["representative"] == "yes",
    )


def explain(settlement: Settlement, cube: Cube, member_id: int) -> Answer:
    """Return why a member gets what they get; decided anew by the rules of one household and held to the settlement.

    Raises:
        UsageError: nobody of that number takes part in this round.
        CheckError: the plain rules decide otherwise than the settlement did.
    """
    place = settlement.place_of(member_id)
    if place is None:
        raise UsageError(
            Both(
                f"이번 정산에는 회원 {member_id}번이 없습니다", f"member {member_id} takes no part in this settlement"
            ),
            todo=Both("번호와 첫 달을 확인하십시오", "check the number and the first month"),
        )
    cohort = settlement.cohorts[int(settlement.cast.members["cohort"][place])]
    code = CODES[int(settlement.outcome.code[place])]
    award = None
    if cohort.window is not None and code not in {"under_review", "address_taken"}:
        award = award_in(household_of(settlement, cube, place), cohort.window)
        _hold_together(settlement, place, award)
    return Answer(
        title=text(f"회원 {member_id}: {SAID[code].ko}", f"Member {member_id}: {SAID[code].en}"),
        lines=_lines(settlement, place, code),
        sheets=(_readings(settlement, cube, place),),
        notes=() if award is None else (award.explanation,),
    )


def _hold_together(settlement: Settlement, place: int, award: Award) -> None:
    """Raise where the plain rules and the settlement differ."""
    outcome = settlement.outcome
    mine = (award.code, award.mileage or 0, award.saved_doubled_centigrams or 0)
    theirs = (CODES[int(outcome.code[place])], int(outcome.points[place]), int(outcome.saved[place]))
    if mine != theirs:
        raise CheckError(
            Both(
                f"정산의 결정은 {theirs}, 규정 그대로의 결정은 {mine}입니다",
                f"the settlement decided {theirs}, the plain rules {mine}",
            ),
            todo=Both("둘 가운데 하나가 틀렸으니 알려 주십시오", "report this: one is wrong"),
        )


def _lines(settlement: Settlement, place: int, code: str) -> tuple[Line, ...]:
    """Return the sums: baseline, saving, CO2, tier, points."""
    outcome, evaluated = settlement.outcome, CODES.index(code) <= CODES.index("below_lowest_edge")
    base, saved = int(outcome.baseline[place]), int(outcome.saved[place])
    first = settlement.asked.first_month + int(settlement.cast.members["cohort"][place])
    months = f"{say_month(first)} – {say_month(first + settlement.asked.months - 1)}"
    return (
        Line(text("기간", "window"), months),
        Line(text("기준 배출량", "baseline"), base / _GRAMS / 1000 if evaluated else None, "kg"),
        Line(text("줄인 이산화탄소", "CO2 saved"), saved / _GRAMS / 1000 if evaluated else None, "kg"),
        Line(text("절감률", "saving"), 100 * saved / base if evaluated else None, "percent"),
        Line(text("단계", "tier"), int(outcome.tier[place]) if evaluated else None),
        Line(text("포인트", "points"), int(outcome.points[place]) if evaluated else None, "mileage"),
    )


def _readings(settlement: Settlement, cube: Cube, place: int) -> Sheet:
    """Return the readings used: a row a month of the window, a column a utility and year; unknown stays empty."""
    first = settlement.asked.first_month + int(settlement.cast.members["cohort"][place]) - cube.first_month
    registered = int(settlement.cast.registered[place])
    mine = [u for u in range(len(UTILITIES)) if (registered >> u) & 1]
    heads = [text("달", "month")]
    for u in mine:
        unit, said = SETTLED_IN[UTILITIES[u]], UTILITY_NAMES[UTILITIES[u]]
        heads += [text(f"{said.ko} {unit} {back}", f"{said.en} {unit} {back}") for back in ("-2", "-1", "0")]
    rows = []
    for month in range(settlement.asked.months):
        cells = [int(cube.quantities[u, first + month - back, place]) for u in mine for back in (24, 12, 0)]
        rows.append((say_month(cube.first_month + first + month), *(cell if cell >= 0 else None for cell in cells)))
    return Sheet("readings", tuple(heads), tuple(rows))


def counts(settlement: Settlement) -> Sheet:
    """Return how many members got which decision, and the points."""
    frame = (
        pl.DataFrame({"code": settlement.outcome.code, "points": settlement.outcome.points})
        .group_by("code")
        .agg(pl.len().alias("members"), pl.col("points").cast(pl.Int64).sum())
        .sort("code")
    )
    rows = tuple((SAID[CODES[code]], members, points) for code, members, points in frame.iter_rows())
    return Sheet("decisions", (text("결정", "decision"), text("회원", "members"), text("포인트", "points")), rows)
