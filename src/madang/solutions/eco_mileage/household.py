"""One member's award by the rules of the day: a pure function on whole numbers, with the reason in both languages.

Baseline and saving are kept doubled (the mean of two years needs no division) and in centigrams of CO2, so every
decision is a comparison of whole numbers. ``weigh``, ``tier_reached`` and ``pay`` take plain numbers and sequences
only: the same three functions serve a compiled loop over millions. A missing month is never zero: the member is
then not evaluated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from madang.core.errors import Both, UsageError, Where
from madang.core.language import Text, text
from madang.methods.savings import rate_bp, tier_reached
from madang.solutions.eco_mileage.rule_kinds import (
    AwardPerGram,
    AwardTiers,
    Cap,
    Move,
    OptIn,
    Representative,
    Season,
    SeasonEnd,
    Upkeep,
    Utilities,
    Worth,
)
from madang.solutions.eco_mileage.rules import RuleBook, month_after

HALF_YEAR, SEASON_MONTHS = 6, 4
#: A monthly reading above this is not a household's; with it every product stays far inside 64 bits.
READING_MAX = 10_000_000
UPKEEP_TIER = -1
_CENTIGRAMS = 100
UTILITY_NAMES = {
    "electricity": text("전기", "electricity"),
    "gas": text("도시가스", "city gas"),
    "water": text("수돗물", "water"),
    "heat": text("지역난방", "district heat"),
}


@dataclass(frozen=True, kw_only=True)
class Household:
    """What is known of one member for one window.

    ``readings`` holds whole kWh or m3 by utility and month (its first day): the window's months, and the same
    months of the two years before. A month that is not there is missing.
    """

    first_month: date
    readings: Mapping[str, Mapping[date, int]]
    awards_in_a_row: int = 0
    mileage_this_year: int = 0
    moved_on: date | None = None
    opted_in: bool | None = None
    representative: bool = True


@dataclass(frozen=True, kw_only=True)
class Award:
    """What a member gets and why. ``mileage`` is None where the member was not evaluated: unknown is not zero.

    ``tier`` counts the edges reached (0 none, -1 upkeep). Baseline and saving are doubled centigrams of CO2.
    ``rate_bp`` is rounded down and for reading only.
    """

    evaluated: bool
    code: str
    explanation: Text
    mileage: int | None = None
    won: int | None = None
    tier: int | None = None
    rule: str | None = None
    rule_status: str | None = None
    rate_bp: int | None = None
    baseline_doubled_centigrams: int | None = None
    saved_doubled_centigrams: int | None = None
    rules_sha256: str | None = None


@dataclass(frozen=True, kw_only=True)
class Window:
    """The rules compiled for one window: looked up once, not once a member. All numbers whole."""

    months: tuple[date, ...]
    factors: Mapping[str, tuple[int | None, ...]]
    edges_bp: tuple[int, ...]
    mileage: tuple[int, ...]
    grams_per_mileage: int
    upkeep_after: int
    upkeep_mileage: int
    cap: int
    won_per_mileage: int
    rule: AwardTiers | AwardPerGram | Season
    upkeep: Upkeep | None
    utilities: Utilities | None
    opt_in: OptIn | None
    move: Move | None
    representative: Representative | None
    rules_sha256: str


def compile_window(book: RuleBook, first_month: date, evaluated_on: date, as_of: date | None = None) -> Window | None:
    """Return the half-year rules for a window that begins with ``first_month``; None where none held.

    ``as_of`` asks what if: the rules of that day are taken for evaluation and use alike, the factors stay those of the
    months.
    """
    asked, used = as_of or evaluated_on, as_of or first_month
    rule = book.award_at(asked, used)
    return None if rule is None else _compiled(book, rule, first_month, HALF_YEAR, (asked, used))


def compile_season(book: RuleBook, first_month: date, as_of: date | None = None) -> Window | None:
    """Return the rules of the winter that begins with ``first_month``; None where it has no special points.

    ``as_of`` asks what if: the first day of another winter, whose rules are taken.
    """
    used = as_of or first_month
    rule = book.at(Season, used, used)
    if rule is None or rule.valid_from != used:
        return None
    return _compiled(book, rule, first_month, SEASON_MONTHS, (month_after(used, SEASON_MONTHS), used))


def _compiled(
    book: RuleBook, rule: AwardTiers | AwardPerGram | Season, first_month: date, count: int, asked: tuple[date, date]
) -> Window:
    """Return the flat numbers of the rules that hold for one window, asked by evaluation and by first day of use."""
    months = tuple(month_after(first_month, i) for i in range(count))
    half_year = not isinstance(rule, Season)
    upkeep = book.at(Upkeep, *asked) if half_year else None
    cap = book.at(Cap, *asked) if half_year else None
    worth = book.at(Worth, *asked)
    return Window(
        months=months,
        factors={u: tuple(book.centigrams(u, month) for month in months) for u in UTILITY_NAMES},
        edges_bp=(rule.edge_bp,) if isinstance(rule, AwardPerGram) else rule.edges_bp,
        mileage=(0,) if isinstance(rule, AwardPerGram) else rule.mileage,
        grams_per_mileage=rule.grams_per_mileage if isinstance(rule, AwardPerGram) else 0,
        upkeep_after=upkeep.awards_before if upkeep else 0,
        upkeep_mileage=upkeep.mileage if upkeep else 0,
        cap=cap.mileage_per_year if cap else 0,
        won_per_mileage=worth.won_per_mileage if worth else 0,
        rule=rule,
        upkeep=upkeep,
        utilities=book.at(Utilities, *asked),
        opt_in=book.at(OptIn, *asked),
        move=book.at(Move, *asked),
        representative=book.at(Representative, *asked),
        rules_sha256=book.sha256,
    )


def weigh(
    use: Sequence[int], previous: Sequence[int], before_previous: Sequence[int], factors: Sequence[int]
) -> tuple[int, int]:
    """Return one utility's doubled baseline and doubled saving in centigrams, over the months of a window."""
    base, now = 0, 0
    for i in range(len(factors)):
        base += (previous[i] + before_previous[i]) * factors[i]
        now += 2 * use[i] * factors[i]
    return base, base - now


def pay(
    tier: int,
    saved: int,
    mileage: Sequence[int],
    grams_per_mileage: int,
    awards_in_a_row: int,
    upkeep_after: int,
    upkeep_mileage: int,
) -> tuple[int, int]:
    """Return (tier, mileage) for the tier reached and a doubled saving in centigrams, before the yearly ceiling.

    Whole numbers in and out; ``grams_per_mileage`` 0 means that tiers pay, ``upkeep_after`` 0 that there is no
    upkeep. Tier -1 is upkeep.
    """
    if tier > 0 and grams_per_mileage > 0:
        return tier, saved // (2 * _CENTIGRAMS * grams_per_mileage)
    if tier > 0:
        return tier, mileage[tier - 1]
    if saved > 0 and upkeep_after > 0 and awards_in_a_row >= upkeep_after:
        return UPKEEP_TIER, upkeep_mileage
    return 0, 0


def household_award(household: Household, evaluated_on: date, book: RuleBook) -> Award:
    """Return a member's half-year award by the rules of the day, or why the member was not evaluated.

    Raises:
        UsageError: a reading that is not a whole number from 0 to READING_MAX, or an evaluation before the
            window's end.
    """
    last = month_after(household.first_month, HALF_YEAR)
    if evaluated_on < last:
        raise UsageError(
            Both("기간은 마지막 달이 지난 뒤에 평가합니다", "a window is evaluated after its last month"),
            Where(day=evaluated_on),
            Both(f"{last}부터의 날짜를 주십시오", f"give a day from {last} on"),
        )
    window = compile_window(book, household.first_month, evaluated_on)
    if window is None:
        return _refused("no_rule", text("그날에는 규정이 없었다.", "No rule held on that day."), book.sha256)
    return award_in(household, window)


def season_award(household: Household, book: RuleBook) -> Award:
    """Return a member's special points for the winter that begins with the household's first month."""
    window = compile_season(book, household.first_month)
    if window is not None:
        return award_in(household, window)
    ended = book.at(SeasonEnd, household.first_month, household.first_month)
    if ended is not None:
        return _refused("season_ended", ended.says, book.sha256, ended.paragraph)
    none = text("그 겨울에는 특별포인트 규정이 없다.", "No rule gives special points for that winter.")
    return _refused("no_rule", none, book.sha256)


def award_in(household: Household, window: Window) -> Award:
    """Return a member's award in a compiled window."""
    refusal = _excluded(household, window) or _unread(household, window)
    if refusal is not None:
        return refusal
    base, saved = 0, 0
    for utility in household.readings:
        use, previous, before = _three_years(household, utility, window.months)
        more = weigh(use, previous, before, [factor or 0 for factor in window.factors[utility]])
        base, saved = base + more[0], saved + more[1]
    if base == 0:
        none = text("지난 두 해의 사용량이 없어 견줄 수 없다.", "No use in the two years before to compare with.")
        return _refused("no_baseline", none, window.rules_sha256)
    tier, mileage = pay(
        tier_reached(saved, base, window.edges_bp), saved, window.mileage, window.grams_per_mileage,
        household.awards_in_a_row, window.upkeep_after, window.upkeep_mileage,
    )  # fmt: skip
    return _award(household, window, base, saved, tier, mileage)


def _award(household: Household, window: Window, base: int, saved: int, tier: int, mileage: int) -> Award:
    """Return the award under the yearly ceiling, with its explanation."""
    capped = mileage
    if window.cap > 0:
        capped = max(0, min(mileage, window.cap - household.mileage_this_year))
    rule = window.upkeep if tier == UPKEEP_TIER and window.upkeep is not None else window.rule
    return Award(
        evaluated=True,
        code="upkeep" if tier == UPKEEP_TIER else "awarded" if tier > 0 else "below_lowest_edge",
        explanation=_explained(base, saved, tier, capped, mileage, rule),
        mileage=capped,
        won=capped * window.won_per_mileage if window.won_per_mileage else None,
        tier=tier,
        rule=rule.paragraph,
        rule_status=rule.status,
        rate_bp=rate_bp(saved, base),
        baseline_doubled_centigrams=base,
        saved_doubled_centigrams=saved,
        rules_sha256=window.rules_sha256,
    )


def _explained(
    base: int, saved: int, tier: int, capped: int, mileage: int, rule: AwardTiers | AwardPerGram | Season | Upkeep
) -> Text:
    """Return the sentences a citizen reads: baseline, saving, rate, rule and award."""
    kilograms, less = base / (2 * _CENTIGRAMS * 1000), saved / (2 * _CENTIGRAMS * 1000)
    percent = f"{rate_bp(saved, base) / 100:.2f}"
    ko = f"기준 배출량 {kilograms:,.1f} kg에서 {less:,.1f} kg({percent}%)을 줄였다. "
    en = f"Of a baseline of {kilograms:,.1f} kg CO2, {less:,.1f} kg ({percent} %) were saved. "
    if tier == 0:
        ko, en = ko + "가장 낮은 단계에 이르지 못했다. ", en + "The lowest edge was not reached. "
    if capped < mileage:
        ko += f"한 해 한도 때문에 {mileage:,}에서 줄었다. "
        en += f"The yearly ceiling cut it from {mileage:,}. "
    ko += f"포인트 {capped:,}. 규정 {rule.paragraph}: {rule.says.ko}"
    en += f"Award {capped:,}. Rule {rule.paragraph}: {rule.says.en}"
    if rule.status != "enacted":
        ko, en = ko + " (확인되지 않은 규정)", en + " (This rule is unverified.)"
    return text(ko, en)


def _excluded(household: Household, window: Window) -> Award | None:
    """Return why the member does not take part, or None."""
    sha = window.rules_sha256
    if window.representative is not None and not household.representative:
        return _refused("not_representative", window.representative.says, sha, window.representative.paragraph)
    if window.opt_in is not None and household.opted_in is not True:
        return _refused("not_opted_in", window.opt_in.says, sha, window.opt_in.paragraph)
    if window.move is not None and household.moved_on is not None:
        comparable_from = month_after(window.months[0], -12)
        if household.moved_on > comparable_from:
            return _refused("moved", window.move.says, sha, window.move.paragraph)
    given = set(household.readings)
    unknown = given - set(UTILITY_NAMES)
    if unknown:
        raise UsageError(
            Both(f"그런 에너지가 없습니다: {min(unknown)!r}", f"there is no utility called {min(unknown)!r}"),
            todo=Both(
                f"다음 가운데 하나를 쓰십시오: {', '.join(UTILITY_NAMES)}", f"use one of: {', '.join(UTILITY_NAMES)}"
            ),
        )
    needed = window.utilities
    if needed is not None and (needed.required not in given or not given.intersection(needed.one_of)):
        return _refused("utilities_missing", needed.says, sha, needed.paragraph)
    return None


def _unread(household: Household, window: Window) -> Award | None:
    """Return which factor or month is missing, or None."""
    for utility in sorted(household.readings):
        if any(factor is None for factor in window.factors[utility]):
            said = UTILITY_NAMES[utility]
            why = text(f"{said.ko}의 계수를 알 수 없다.", f"No factor for {said.en} is known.")
            return _refused("factor_unknown", why, window.rules_sha256)
    for utility in sorted(household.readings):
        said = UTILITY_NAMES[utility]
        for month in _needed(household, window.months):
            if month not in household.readings[utility]:
                why = text(
                    f"{said.ko} {month:%Y-%m}의 사용량이 없다. 없는 달은 0이 아니다.",
                    f"The reading of {said.en} for {month:%Y-%m} is missing; a missing month is not zero.",
                )
                return _refused("month_missing", why, window.rules_sha256)
            _check_reading(household.readings[utility][month], utility, month)
    return None


def _check_reading(quantity: object, utility: str, month: date) -> None:
    """Raise where a reading is not a whole number within the bounds of a household."""
    if isinstance(quantity, bool) or not isinstance(quantity, int) or not 0 <= quantity <= READING_MAX:
        raise UsageError(
            Both(
                f"{utility}의 {month:%Y-%m} 사용량이 0부터 {READING_MAX:,}까지의 정수가 아닙니다",
                f"the reading of {utility} for {month:%Y-%m} is not a whole number from 0 to {READING_MAX:,}",
            ),
            Where(value=quantity),
            Both("kWh나 ㎥를 정수로 주십시오. 없는 달은 빼십시오", "give whole kWh or m3; leave a missing month out"),
        )


def _one_year_only(household: Household, months: Sequence[date]) -> bool:
    """Tell whether only one comparable year lies at the present address."""
    return household.moved_on is not None and household.moved_on > month_after(months[0], -24)


def _needed(household: Household, months: Sequence[date]) -> list[date]:
    """Return every month that must have a reading."""
    back = (12,) if _one_year_only(household, months) else (12, 24)
    return [*months, *(month_after(month, -years) for years in back for month in months)]


def _three_years(household: Household, utility: str, months: Sequence[date]) -> tuple[list[int], list[int], list[int]]:
    """Return a utility's use in the window and in the two years before; one year stands for both after a move."""
    readings = household.readings[utility]
    use = [readings[month] for month in months]
    previous = [readings[month_after(month, -12)] for month in months]
    if _one_year_only(household, months):
        return use, previous, previous
    return use, previous, [readings[month_after(month, -24)] for month in months]


def _refused(code: str, says: Text, sha256: str, rule: str | None = None) -> Award:
    """Return the award of a member who was not evaluated."""
    ko, en = f"평가하지 않음: {says.ko}", f"Not evaluated: {says.en}"
    return Award(evaluated=False, code=code, explanation=text(ko, en), rule=rule, rules_sha256=sha256)
