"""Judging promises: a claim's stated value against the computed one, and a verdict with its reason."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from madang import register
from madang.core.city import City
from madang.core.contract import Number, Run, perform
from madang.core.dates import year_share
from madang.core.language import LANGUAGES, Language, Text, say_day, say_number, text
from madang.core.progress import Progress, silent
from madang.core.sources import Source
from madang.core.units import convert, say_unit
from madang.plan.promises import Claim, Promise, read_promises

Verdict = Literal[
    "kept", "on track", "behind", "missed", "reproduced", "contradicted", "cannot be checked"
]  # fmt: skip
VERDICTS: dict[Verdict, Text] = {
    "kept": text("지켜짐", "kept"),
    "on track": text("순조로움", "on track"),
    "behind": text("뒤처짐", "behind"),
    "missed": text("못 지킴", "missed"),
    "reproduced": text("재현됨", "reproduced"),
    "contradicted": text("어긋남", "contradicted"),
    "cannot be checked": text("확인할 수 없음", "cannot be checked"),
}


@dataclass(frozen=True)
class JudgedClaim:
    """A claim with its computed value, verdict and reason; ``run`` and ``number`` are there where it was computed."""

    claim: Claim
    verdict: Verdict
    reason: Text
    computed: float | None = None
    run: Run | None = None
    number: Number | None = None

    def sources(self) -> tuple[Source, ...]:
        """Return the sources behind the computed value."""
        return self.run.sources_of(self.number.rests_on) if self.run and self.number else ()

    def caveats(self) -> tuple[Text, ...]:
        """Return what must be said wherever the computed value is shown."""
        return self.run.caveats(self.number.rests_on) if self.run and self.number else ()

    def as_json(self) -> dict[str, Any]:
        """Return the claim as JSON-ready values."""
        claim = self.claim
        return {
            "says": claim.says.model_dump(),
            "stated": claim.stated,
            "computed": self.computed,
            "unit": claim.unit,
            "measure": claim.measure,
            "measured": claim.measured,
            "due": claim.due.isoformat() if claim.due else None,
            "day": self.number.day.isoformat() if self.number and self.number.day else None,
            "verdict": self.verdict,
            "reason": self.reason.model_dump(),
            "caveats": [caveat.model_dump() for caveat in self.caveats()],
        }


@dataclass(frozen=True)
class Judged:
    """A promise with the verdict of its deciding claim and those of its further claims."""

    promise: Promise
    main: JudgedClaim
    further: tuple[JudgedClaim, ...]
    said_in: tuple[Source, ...]

    @property
    def verdict(self) -> Verdict:
        """Return the verdict of the deciding claim."""
        return self.main.verdict

    def sources(self) -> tuple[Source, ...]:
        """Return where it was said and what the computed values rest on, each once."""
        computed = [source for judged in (self.main, *self.further) for source in judged.sources()]
        return tuple(dict.fromkeys([*self.said_in, *computed]))

    def as_json(self) -> dict[str, Any]:
        """Return the promise as JSON-ready values."""
        main = self.main.as_json()
        return {
            "id": self.promise.id,
            "theme": self.promise.theme.model_dump(),
            "statement": self.promise.statement.model_dump(),
            "said_on": self.promise.said_on.isoformat() if self.promise.said_on else None,
            "solution": self.promise.solution,
            **{key: main[key] for key in ("stated", "computed", "unit", "verdict", "reason", "measure", "due", "day")},
            "caveats": main["caveats"],
            "checks": [judged.as_json() for judged in self.further],
            "slips": [slip.model_dump() for slip in self.promise.slips],
            "items": [item.model_dump() for item in self.promise.items],
            "sources": [source.model_dump(mode="json") for source in self.sources()],
        }


@dataclass
class Judge:
    """Judges a city's promises as of a day; each run of a solution is made once and kept.

    ``today``, where given, is the real day: sources said to have been read after it are refused.
    """

    city: City
    day: date
    today: date | None = None
    runs: dict[tuple[str, date, str | None], Run] = field(default_factory=dict)

    def run(self, solution: str, day: date, scenario: str | None, progress: Progress = silent) -> Run:
        """Return the solution's run for the city on a day."""
        key = (solution, day, scenario)
        if key not in self.runs:
            self.runs[key] = perform(
                register.load(solution), self.city, day, scenario=scenario, today=self.today, progress=progress
            )
        return self.runs[key]

    def judge(self, promise: Promise, said_in: tuple[Source, ...]) -> Judged:
        """Return a promise with its verdicts."""
        claims = [self.judge_claim(promise, claim) for claim in (promise.claim, *promise.further)]
        return Judged(promise, claims[0], tuple(claims[1:]), said_in)

    def judge_claim(self, promise: Promise, claim: Claim) -> JudgedClaim:
        """Return one claim with its computed value and verdict."""
        wanted = claim.solution or promise.solution
        if wanted not in register.NAMES:
            return JudgedClaim(claim, "cannot be checked", _not_built(wanted))
        if claim.number is None or claim.stated is None:
            return JudgedClaim(claim, "cannot be checked", claim.cannot or _not_built(wanted))
        day = claim.on or (self.day if claim.due else promise.said_on) or self.day
        run = self.run(wanted, day, claim.scenario)
        number = run.number(claim.number)
        if number.value is None:
            return JudgedClaim(claim, "cannot be checked", number.gap or _not_built(wanted), None, run, number)
        computed = convert(number.value, number.unit, claim.unit)
        if claim.due is None:
            verdict, reason = _judge_statement(claim, claim.stated, computed)
        else:
            seen = number.day or day
            start = self._start(promise, claim, claim.number, wanted)
            verdict, reason = _judge_target(claim, claim.stated, computed, seen, start)
        return JudgedClaim(claim, verdict, reason, computed, run, number)

    def _start(self, promise: Promise, claim: Claim, name: str, solution: str) -> tuple[date, float] | None:
        """Return where the measure stood when the promise was made, where that is known."""
        if promise.said_on is None:
            return None
        number = self.run(solution, promise.said_on, claim.scenario).number(name)
        if number.value is None or number.day is None:
            return None
        return number.day, convert(number.value, number.unit, claim.unit)


def judge_all(city: City, day: date, progress: Progress = silent, *, today: date | None = None) -> tuple[Judged, ...]:
    """Return every promise of a city with its verdict as of ``day``, in the order of its file."""
    book, judge = read_promises(city), Judge(city, day, today)
    judged = []
    for done, promise in enumerate(book.promises.values()):
        progress(done / len(book.promises), promise.id)
        judged.append(judge.judge(promise, tuple(book.sources[key] for key in promise.sources)))
    progress(1.0, "done")
    return tuple(judged)


def _judge_statement(claim: Claim, stated: float, computed: float) -> tuple[Verdict, Text]:
    """Judge a statement about what is: reproduced where the computed value bears it out."""
    allowed = max(claim.tolerance, claim.relative * abs(stated))
    holds = {
        "equals": abs(computed - stated) <= allowed,
        "at_least": computed >= stated - allowed,
        "at_most": computed <= stated + allowed,
    }[claim.sense]
    if claim.measured != "exact" and not _bound_decides(claim, holds=holds):
        return "cannot be checked", _bound_only(claim)
    off = (computed - stated) / abs(stated) * 100 if stated else None
    near = "" if off is None else f"{off:+.1f}"
    said = {code: (_amount(stated, claim.unit, code), _amount(computed, claim.unit, code)) for code in LANGUAGES}
    ko = f"발표 {said['ko'][0]}, 계산 {said['ko'][1]}" + (f"({near}%)" if near else "")
    en = f"stated {said['en'][0]}, computed {said['en'][1]}" + (f" ({near} %)" if near else "")
    return ("reproduced" if holds else "contradicted"), text(ko, en)


def _amount(value: float, unit: str, language: Language) -> str:
    """Return a value with its unit, or alone where it is a pure number."""
    said = say_number(value)
    return f"{said} {say_unit(unit, language, said)}".rstrip()


def _judge_target(
    claim: Claim, stated: float, computed: float, seen: date, start: tuple[date, float] | None
) -> tuple[Verdict, Text]:
    """Judge a target: after its day kept or missed, before it on track or behind the straight way there."""
    assert claim.due is not None  # noqa: S101 - only targets come here
    reached = computed >= stated if claim.sense == "at_least" else computed <= stated
    if claim.measured != "exact" and not _bound_decides(claim, holds=reached):
        return "cannot be checked", _bound_only(claim)
    if reached:
        return ("kept", _said("kept", claim, stated, computed, seen)) if seen <= claim.due else _late(claim, seen)
    if seen >= claim.due:
        return "missed", _said("missed", claim, stated, computed, seen)
    if start is None or start[0] >= seen:
        return "cannot be checked", text(
            f"{say_day(seen, 'ko')} 이후의 기록이 없어 추이를 알 수 없습니다.",
            f"there is no register after {say_day(seen, 'en')}, so the way there is unknown",
        )
    way = (year_share(seen) - year_share(start[0])) / (year_share(claim.due) - year_share(start[0]))
    needed = start[1] + way * (stated - start[1])
    ahead = computed >= needed if claim.sense == "at_least" else computed <= needed
    verdict: Verdict = "on track" if ahead else "behind"
    return verdict, _said(verdict, claim, stated, computed, seen, needed)


def _bound_decides(claim: Claim, *, holds: bool) -> bool:
    """Tell whether a bound settles the claim: an upper bound can only refute "at least", and so on."""
    refutes = {"upper_bound": "at_least", "lower_bound": "at_most"}[claim.measured]
    return (not holds) if claim.sense == refutes else (holds and claim.sense != "equals")


def _bound_only(claim: Claim) -> Text:
    """Say that the measure is only a bound and does not settle the claim."""
    if claim.measured == "upper_bound":
        return text(
            "공개 자료로는 상한만 계산할 수 있고, 상한은 판정에 충분하지 않습니다.",
            "public data give only an upper bound, and the bound does not settle it",
        )
    return text(
        "공개 자료로는 하한만 계산할 수 있고, 하한은 판정에 충분하지 않습니다.",
        "public data give only a lower bound, and the bound does not settle it",
    )


def _late(claim: Claim, seen: date) -> tuple[Verdict, Text]:
    """Say that the target is reached on a later day, and that nobody knows of the day itself."""
    return "cannot be checked", text(
        f"{say_day(seen, 'ko')}에는 이르렀지만, 기한인 {say_day(claim.due, 'ko')}의 기록이 없습니다.",
        f"reached by {say_day(seen, 'en')}, but there is no register of {say_day(claim.due, 'en')} itself",
    )


def _said(
    verdict: Verdict, claim: Claim, stated: float, computed: float, seen: date, needed: float | None = None
) -> Text:
    """Return the reason for a target's verdict: what is there, of what was promised, and by when."""
    ko_unit, en_unit = say_unit(claim.unit, "ko"), say_unit(claim.unit, "en", say_number(computed))
    share = f"{computed / stated * 100:.0f}" if stated else ""
    ko_share, en_share = (f"({share}%)", f" ({share} %)") if share else ("", "")
    ko = f"{say_day(seen, 'ko')} {say_number(computed)} {ko_unit}{ko_share}, 약속 {say_day(claim.due, 'ko')}까지 "
    ko += f"{say_number(stated)} {ko_unit}"
    en = f"{say_number(computed)} {en_unit}{en_share} on {say_day(seen, 'en')}, promised {say_number(stated)} "
    en += f"by {say_day(claim.due, 'en')}"
    if needed is not None:
        ko += f"; 그날까지 필요했던 값 {say_number(needed, 0)} {ko_unit}"
        en += f"; {say_number(needed, 0)} were needed by then"
    if claim.measured == "upper_bound" and verdict == "missed":
        ko, en = ko + " (계산값은 상한)", en + " (the computed value is an upper bound)"
    return text(ko, en)


def _not_built(solution: str) -> Text:
    """Say that the solution that decides the row does not exist yet."""
    return text(
        f"이 문장을 판정할 정책 모형({solution})이 아직 만들어지지 않았습니다.",
        f"the solution that decides this ({solution}) is not built yet",
    )
