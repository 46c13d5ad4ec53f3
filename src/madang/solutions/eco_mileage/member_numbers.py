"""The numbers about members, and about the published table itself."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from madang.core.dates import parse_day
from madang.core.language import Text, text
from madang.solutions.eco_mileage.inputs import EcoInputs, latest
from madang.solutions.eco_mileage.sheet import Sheet
from madang.solutions.eco_mileage.sums import Totals, day_of

#: The statement names these kinds of member and these utilities.
NAMED_MEMBERS = {"personal", "school", "company"}
NAMED_UTILITIES = {"electricity", "gas", "water"}


_NOT_STATED = text("그날까지 시가 밝힌 회원 수가 없다.", "the city had stated no members by that day")


def add_members(sheet: Sheet, inputs: EcoInputs, chosen: Totals) -> None:
    """Add members as stated, between other counts, as a share of the population, and accounts in the table."""
    stated = latest(inputs.stated_members, day_of(inputs).isoformat())
    _as_stated(sheet, inputs, stated)
    _between(sheet, inputs, stated)
    row = inputs.months.frame.filter(pl.col("month") == chosen.month)
    sheet.add(
        "personal_accounts",
        text("표에 있는 개인 회원 계정", "Accounts of personal members in the table"),
        row["personal_accounts"].item(),
        "member",
        ("on", "as_of", "months"),
        text("센 마지막 달의 개인 회원 계정 수.", "Accounts of personal members in the last month counted."),
        day=chosen.day,
    )


def _as_stated(sheet: Sheet, inputs: EcoInputs, stated: tuple[str, float] | None) -> None:
    """Add the members as stated, their share of the population, and the citizens that "one fifth" implies."""
    day, members = (parse_day(stated[0]), stated[1]) if stated else (None, None)
    rests = ("on", "stated_members")
    latest_value = text("시가 밝힌 가장 최근 값.", "The latest value that the city stated.")
    title = text("시가 밝힌 회원 수", "Members as stated")
    sheet.add("members_stated", title, members, "member", rests, latest_value, day=day, gap=_NOT_STATED)
    _share(sheet, inputs, stated)
    title = text("'5분의 1'이 뜻하는 시민 수", "Citizens that “one fifth” implies")
    five = None if members is None else members * 5.0
    formula = text("시가 밝힌 회원 수 × 5.", "Members as stated x 5.")
    sheet.add("fifth_implied", title, five, "person", rests, formula, day=day, gap=_NOT_STATED)


def _between(sheet: Sheet, inputs: EcoInputs, stated: tuple[str, float] | None) -> None:
    """Add the members on the day of the statement as the counts of other days give them."""
    value, why = between_counts(inputs.member_counts, stated[0]) if stated else (None, _NOT_STATED)
    sheet.add(
        "members_between_counts",
        text("다른 날의 공표값 사이에서 본 회원 수", "Members, between the counts of other days"),
        value,
        "member",
        ("on", "stated_members", "member_counts"),
        text(
            "시가 회원 수를 밝힌 날의 앞뒤로 공표된 두 값을 곧은 선으로 잇는다. 그날의 공표값은 쓰지 않는다.",
            "A straight line, on the day of the statement, between the counts published for the nearest days "
            "before and after; the stated value itself is not used.",
        ),
        day=parse_day(stated[0]) if stated else None,
        gap=why,
    )


def _share(sheet: Sheet, inputs: EcoInputs, stated: tuple[str, float] | None) -> None:
    """Add members as a share of the population registered last before the day on which they were stated."""
    people = latest(inputs.population, stated[0]) if stated else None
    share = stated[1] / people[1] * 100.0 if stated and people else None
    sheet.add(
        "members_share_percent",
        text("등록 인구에서 회원이 차지하는 비율", "Members as a share of the registered population"),
        share,
        "percent",
        ("on", "stated_members", "population"),
        text(
            "시가 밝힌 회원 수 ÷ 그날 이전 마지막 분기의 등록 인구 × 100. 단체 회원도 한 명으로 센다.",
            "Members as stated / population registered at the last quarter before that day x 100; a firm or school "
            "counts as one member.",
        ),
        day=parse_day(people[0]) if people else None,
        gap=text("그날의 회원 수나 등록 인구를 알 수 없다.", "the members or the population of that day are not known"),
        digits=1,
    )


def between_counts(counts: Mapping[str, float], day: str) -> tuple[float | None, Text]:
    """Return the straight line between the counts nearest before and after ``day``, or None and the reason."""
    before, after = [d for d in counts if d <= day], [d for d in counts if d >= day]
    why = text("기준일의 앞과 뒤에 모두 공표값이 있어야 한다.", "a count is needed both before and after the day")
    if not before or not after:
        return None, why
    first, last = max(before), min(after)
    if first == last:
        return counts[first], why
    start, end, here = (parse_day(part).toordinal() for part in (first, last, day))
    return counts[first] + (counts[last] - counts[first]) * (here - start) / (end - start), why


def add_named(sheet: Sheet, by_month: pl.DataFrame, by_member: pl.DataFrame, chosen: Totals) -> None:
    """Add how many of the kinds of member and of the utilities that the statement names are in the table."""
    kinds = NAMED_MEMBERS & set(by_member["member_type"])
    sheet.add(
        "named_member_kinds",
        text("표에 있는 가정·학교·기업", "Of households, schools and enterprises, those in the table"),
        len(kinds),
        "1",
        ("on", "as_of", "months", "by_year"),
        text("개인·학교·기업 가운데 표에 있는 것의 수.", "How many of personal, school and company are in the table."),
        day=chosen.day,
    )
    held = by_month.filter((pl.col("month") <= chosen.month) & pl.col("change").is_not_null())
    utilities = NAMED_UTILITIES & set(held["utility"])
    sheet.add(
        "named_utilities",
        text("표에 있는 전기·수도·도시가스", "Of electricity, water and city gas, those in the table"),
        len(utilities),
        "1",
        ("on", "as_of", "months", "by_month"),
        text(
            "전기·수도·도시가스 가운데 값이 있는 것의 수.", "How many of electricity, water and city gas have a value."
        ),
        day=chosen.day,
    )


def add_checks(sheet: Sheet, inputs: EcoInputs) -> None:
    """Add what the import of the published table found."""
    for name, column, title in (
        (
            "identity_breaks",
            "identity_rows",
            text("변화량이 정의와 다른 행", "Rows whose change breaks its own definition"),
        ),
        ("factor_breaks", "factor_rows", text("CO2가 계수와 다른 행", "Rows whose CO2 is off its factor")),
        ("heat_rows", "mixed_unit_rows", text("단위가 섞인 난방 행", "Rows of heat with mixed units")),
        ("table_rows", "rows", text("점검한 행(에너지원마다)", "Rows checked, for each utility")),
    ):
        value = int(inputs.checks.frame[column].sum())
        formula = text("가져오기 점검표의 합.", "Sum over the import's table of checks.")
        sheet.add(name, title, value, "item", ("checks",), formula)
