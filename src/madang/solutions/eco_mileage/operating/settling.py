"""`review`, `decide`, `settle` and `explain`: from the store of readings to the award file."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Literal, get_args

import polars as pl

from madang.core.dates import parse_day
from madang.core.errors import Both, UnknownName, UsageError
from madang.core.language import Text, text
from madang.core.operations import Answer, Line, Sheet, Wants, asked
from madang.core.progress import Progress, part_of
from madang.solutions.eco_mileage.award_file import AwardHeader, write_award_file
from madang.solutions.eco_mileage.operating.making import SYNTHETIC_NOTE
from madang.solutions.eco_mileage.readings.rows import UTILITIES, month_number, say_month
from madang.solutions.eco_mileage.rule_calls import rule_book
from madang.solutions.eco_mileage.rules import RuleBook, parse_month
from madang.solutions.eco_mileage.settlement.explain import counts, explain
from madang.solutions.eco_mileage.settlement.review import CHECKS, Limits
from madang.solutions.eco_mileage.settlement.second import compare, settle_again
from madang.solutions.eco_mileage.settlement.settle import Settlement, award_header, award_rows
from madang.solutions.eco_mileage.settlement.terms import Round, Windows
from madang.solutions.eco_mileage.settlement.weather import counterfactual, say_weather
from madang.solutions.eco_mileage.work_folder import Laid, WorkFolder

_SHOWN, _SPIKE_TIMES_MIN = 20, 2
#: Cars are decided by `cars`, from their own table.
RoundKind = Literal["half_year", "season"]
Decision = Literal["counts", "held"]
DECISIONS: tuple[str, ...] = get_args(Decision)


class RoundWants(Wants):
    """Which round, by which rules, with which limits of the checks."""

    folder: Path = asked("도시의 작업 폴더", "The city's work folder.", argument=True)
    first_month: str = asked("기간의 첫 달", "First month of the half-year or winter.", metavar="YYYY-MM")
    kind: RoundKind = asked("반기 또는 겨울", "A half-year, or a fine-dust season (four months).", default="half_year")
    windows: Windows = asked(
        "가입 다음 달부터 여섯 달, 또는 모두 같은 기간",
        "Six months from the month after joining, or the same for all.",
        default="joined",
    )
    evaluated_on: str | None = asked(
        "평가하는 날(없으면 각자의 기간 다음 날)",
        "Day of the decision; else the day after each window.",
        default=None,
        metavar="DAY",
    )
    rules_of: str | None = asked(
        "다른 날의 규정으로(가정)", "What if: by the rules of another day.", default=None, metavar="DAY"
    )
    rules: Path | None = asked(
        "덧씌울 규정 파일(가정)", "What if: rules of a file laid over the enacted ones.", default=None, metavar="FILE"
    )
    spike_times: int = asked(
        "급증으로 볼 배수(2 이상)", "A reading so many times the same months' is a spike; at least 2.", default=5
    )

    def round(self) -> Round:
        """Return the round that is asked."""
        return Round(
            kind=self.kind,
            first_month=month_number(parse_month(self.first_month)),
            windows=self.windows,
            evaluated_on=parse_day(self.evaluated_on) if self.evaluated_on else None,
            as_of=parse_day(self.rules_of) if self.rules_of else None,
        )

    def limits(self) -> Limits:
        """Return the limits of the checks.

        Raises:
            UsageError: every reading would be a spike.
        """
        if self.spike_times < _SPIKE_TIMES_MIN:
            raise UsageError(
                Both(
                    f"급증으로 볼 수 없는 배수입니다: {self.spike_times}",
                    f"{self.spike_times} times the same months' is no spike",
                ),
                todo=Both(f"{_SPIKE_TIMES_MIN} 이상을 주십시오", f"give {_SPIKE_TIMES_MIN} or more"),
            )
        return Limits(spike_times=self.spike_times)

    def book(self) -> RuleBook:
        """Return the rules that are asked."""
        return rule_book().with_rules_of(self.rules) if self.rules else rule_book()

    def round_again(self) -> str:
        """Return the options that ask for the same round by the same rules."""
        said = [f"--first-month {self.first_month}"]
        for name in ("kind", "windows", "evaluated_on", "rules_of", "rules", "spike_times"):
            given = getattr(self, name)
            if given != type(self).model_fields[name].default:
                said.append(f"--{name.replace('_', '-')} {given}")
        return " ".join(said)

    def what_if(self) -> str | None:
        """Return in words which other rules are asked; None for the official ones."""
        said = [f"rules of {self.rules_of}"] if self.rules_of else []
        said += [f"rules of {self.rules.name}"] if self.rules else []
        return ", ".join(said) or None


class Review(RoundWants):
    """Which readings to show."""

    check: str | None = asked("이 검사만", "Only this check.", default=None)
    out: Path | None = asked("모두 쓸 CSV 파일", "Write all of them as CSV.", default=None, metavar="FILE")


class Decide(RoundWants):
    """What is decided about a reading, by whom, why."""

    item: str = asked("검토 항목", "The item, as `review` names it.")
    decision: Decision = asked("셈할지 말지", "Whether the reading counts or stays held.")
    by: str = asked("결정한 사람", "Who decides.")
    why: str = asked("까닭", "Why.")
    today: date


class Settle(RoundWants):
    """Where the award file goes."""

    out: Path | None = asked("지급 파일", "The award file; else awards-KIND-MONTH.parquet in the folder.", default=None)


class Explain(RoundWants):
    """Whose award to explain."""

    member: int = asked("회원 번호", "The member's number.")


class AskWeather(RoundWants):
    """Which weather to ask."""

    weather: Path | None = asked(
        "날마다의 평균 기온(day, mean_c)",
        "Daily mean temperatures (day, mean_c); else weather.csv in the folder.",
        default=None,
        metavar="FILE",
    )


def show_review(wants: Review, progress: Progress) -> Answer:
    """Show what the checks found.

    Raises:
        UnknownName: there is no such check.
    """
    if wants.check is not None and wants.check not in CHECKS:
        raise UnknownName(Both("검사", "check"), wants.check, CHECKS)
    laid = WorkFolder(wants.folder).lay(wants.round(), wants.limits(), progress)
    items = laid.reviewed.items
    mine = items.filter(pl.col("check") == wants.check) if wants.check else items
    files = {}
    if wants.out:
        mine.with_columns(
            pl.col("utility").replace_strict(list(range(len(UTILITIES))), list(UTILITIES), return_dtype=pl.String)
        ).write_csv(wants.out)
        files["items"] = wants.out
    return Answer(
        title=text("검토할 사용량", "Readings for review"),
        lines=(
            Line(text("아무의 것도 아닌 계량기의 사용량", "readings of meters nobody has"), laid.nobodys),
            Line(text("같은 값이 두 번", "the same value twice"), laid.same_again),
        ),
        sheets=(_by_check(items), _first_items(mine)),
        notes=_notes(laid, wants),
        files=files,
    )


def _by_check(items: pl.DataFrame) -> Sheet:
    """Return how many items each check found and how many are held."""
    rows = []
    for check, (said, _) in CHECKS.items():
        mine = items.filter(pl.col("check") == check)
        rows.append((check, said, mine.height, int(mine["holds"].sum())))
    heads = (text("검사", "check"), text("뜻", "means"), text("건", "items"), text("보류", "held"))
    return Sheet("checks", heads, tuple(rows))


def _first_items(items: pl.DataFrame) -> Sheet:
    """Return the first items."""
    heads = (
        text("항목", "item"), text("회원", "member"), text("에너지", "utility"), text("달", "month"),
        text("값", "value"), text("보류", "held"),
    )  # fmt: skip
    rows = tuple(
        (
            row["item"],
            row["member_id"],
            UTILITIES[row["utility"]] if row["month"] else "",
            say_month(row["month"]) if row["month"] else "",
            row["quantity"],
            "✓" if row["holds"] else "",
        )
        for row in items.head(_SHOWN).iter_rows(named=True)
    )
    return Sheet("items", heads, rows)


def decide(wants: Decide, progress: Progress) -> Answer:
    """Keep a decision about one reading."""
    folder = WorkFolder(wants.folder)
    items = folder.lay(wants.round(), wants.limits(), progress).reviewed.items
    folder.decisions.add(wants.item, wants.decision, wants.by, wants.why, wants.today, items)
    said = text("셈한다", "counts") if wants.decision == "counts" else text("보류한다", "stays held")
    return Answer(
        title=text(f"{wants.item}: {said.ko}", f"{wants.item}: {said.en}"), files={"decisions": folder.decisions.path}
    )


def settle_round(wants: Settle, progress: Progress) -> Answer:
    """Settle a round twice, compare member by member, and write the award file."""
    folder, asked_round, book = WorkFolder(wants.folder), wants.round(), wants.book()
    laid, settlement = folder.settle(asked_round, book, wants.limits(), part_of(progress, 0.0, 0.5))
    people, held, step = laid.people, laid.reviewed.held, part_of(progress, 0.5, 0.9)
    again = settle_again(settlement, book, folder.store.files(), people.members, people.meters, held, step)
    compared = compare(settlement, again)
    progress(0.9, "writing")
    rows = award_rows(settlement)
    header = award_header(settlement, rows, book, laid.readings_sha256, people, wants.what_if())
    out = wants.out or wants.folder / f"awards-{wants.kind}-{wants.first_month}.parquet"
    sha256 = write_award_file(out, header, rows)
    return Answer(
        title=text("정산했다", "Settled"),
        lines=(
            Line(text("회원", "members"), header.members),
            Line(text("평가한 회원", "evaluated"), header.evaluated),
            Line(text("받는 회원", "paid"), header.paid),
            Line(text("포인트", "points"), header.points, "mileage"),
            Line(text("두 번째 정산과 같은 회원", "the same in the second settlement"), compared),
        ),
        sheets=(counts(settlement), _pins(header, sha256)),
        notes=(*_notes(laid, wants), *_statuses(settlement)),
        files={"awards": out},
        next=(f"madang eco-mileage explain {wants.folder} {wants.round_again()} --member NUMBER",),
    )


def _pins(header: AwardHeader, sha256: str) -> Sheet:
    """Return the hashes that pin a settlement."""
    rows = (
        (text("정산 번호", "run"), header.run),
        (text("규정", "rules"), header.rules_sha256),
        (text("사용량", "readings"), header.readings_sha256),
        (text("회원과 계량기", "members and meters"), header.members_sha256),
        (text("지급 파일", "award file"), sha256),
    )
    return Sheet("pins", (text("고정한 것", "pinned"), text("해시", "hash")), rows)


def explain_member(wants: Explain, progress: Progress) -> Answer:
    """Explain one member's award."""
    laid, settlement = WorkFolder(wants.folder).settle(wants.round(), wants.book(), wants.limits(), progress)
    answer = explain(settlement, laid.reviewed.cube, wants.member)
    return replace(answer, notes=(*answer.notes, *_notes(laid, wants)))


def ask_weather(wants: AskWeather, progress: Progress) -> Answer:
    """Decide the round once more without the weather, for the city to see; nothing is written."""
    folder = WorkFolder(wants.folder)
    laid, settlement = folder.settle(wants.round(), wants.book(), wants.limits(), part_of(progress, 0.0, 0.4))
    weather = wants.weather or folder.weather
    found = counterfactual(settlement, laid.reviewed.cube, weather, part_of(progress, 0.4, 1.0))
    answer = say_weather(found, folder.truth_bp(laid.cast))
    return replace(answer, notes=(*answer.notes, *_notes(laid, wants)))


def _notes(laid: Laid, wants: RoundWants) -> tuple[Text, ...]:
    """Return what a reader must bear in mind: made-up members, other rules."""
    said = [SYNTHETIC_NOTE] if laid.people.synthetic else []
    what_if = wants.what_if()
    if what_if:
        said.append(text(f"가정: {what_if}. 지급할 수 없다.", f"What if: {what_if}. Not to be paid."))
    return tuple(said)


def _statuses(settlement: Settlement) -> tuple[Text, ...]:
    """Return a note for each rule behind the awards that is not known to be enacted."""
    weak = {
        cohort.window.rule.paragraph: cohort.window.rule
        for cohort in settlement.cohorts
        if cohort.window is not None and cohort.window.rule.status != "enacted"
    }
    return tuple(
        text(
            f"확인되지 않은 규정 {name}: {rule.says.ko}",
            f"Rule {name} is {rule.status}: {rule.note or rule.says.en}",
        )
        for name, rule in weak.items()
    )
