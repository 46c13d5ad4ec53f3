"""The household's dated rules: read strictly from household_rules.toml, found by day, compiled once for a window."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.city import policy_book
from madang.core.documents import read_document
from madang.core.errors import FactError, UsageError, Where
from madang.core.facts import FactBook
from madang.core.language import Text
from madang.core.sources import Source

RuleStatus = Literal["enacted", "announced", "unverified"]
Utility = Literal["electricity", "gas", "water", "heat"]
#: Announced is not enacted: such rules are applied only when a caller asks "what if".
APPLIED: frozenset[RuleStatus] = frozenset({"enacted", "unverified"})
FACTS_OF: Mapping[str, str] = {
    "electricity": "electricity_g_per_kwh",
    "gas": "gas_g_per_m3",
    "water": "water_g_per_m3",
}
_BASIS_POINTS_MAX = 10_000


class DatedRule(BaseModel):
    """What every rule has: its paragraphs, days, status, source and a sentence."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    rules: tuple[str, ...] = Field(min_length=1, strict=False)
    valid_from: date
    valid_to: date | None = None
    dated_by: Literal["evaluation", "use"] = "evaluation"
    published_on: date | None = None
    status: RuleStatus
    source: str
    says: Text
    note: str | None = None

    @property
    def paragraph(self) -> str:
        """Return the numbers of the rule in the programme's history, such as R7."""
        return "+".join(self.rules)

    def holds(self, day: date) -> bool:
        """Tell whether ``day`` lies within the rule's days."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)


class _Tiered(DatedRule):
    """Rising edges in basis points, each with what it earns."""

    edges_bp: tuple[int, ...] = Field(min_length=1, strict=False)
    mileage: tuple[int, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _rises(self) -> _Tiered:
        """Edges and awards rise together: a greater saving never earns less."""
        if len(self.edges_bp) != len(self.mileage):
            raise ValueError("every edge needs one award")
        if not all(0 < edge <= _BASIS_POINTS_MAX for edge in self.edges_bp) or self.mileage[0] < 0:
            raise ValueError("edges lie between 1 and 10000 basis points, awards are not negative")
        if any(b <= a for a, b in pairwise(self.edges_bp)) or any(b < a for a, b in pairwise(self.mileage)):
            raise ValueError("edges and awards must rise")
        return self


class AwardTiers(_Tiered):
    """A half-year's award by tiers."""

    kind: Literal["award_tiers"]


class AwardPerGram(DatedRule):
    """A half-year's award by the gram, from one edge on."""

    kind: Literal["award_per_gram"]
    edge_bp: int = Field(gt=0, le=_BASIS_POINTS_MAX)
    grams_per_mileage: int = Field(gt=0)


class Season(_Tiered):
    """Special points for one winter."""

    kind: Literal["season"]


class SeasonEnd(DatedRule):
    """No winter after this day has special points."""

    kind: Literal["season_end"]


class Upkeep(DatedRule):
    """An award for saving a little after several awards in a row."""

    kind: Literal["upkeep"]
    awards_before: int = Field(ge=1)
    mileage: int = Field(ge=0)


class Cap(DatedRule):
    """The most that saving energy earns in a calendar year."""

    kind: Literal["cap"]
    mileage_per_year: int = Field(gt=0)


class Worth(DatedRule):
    """What a point is worth in won."""

    kind: Literal["worth"]
    won_per_mileage: int = Field(gt=0)


class Ride(DatedRule):
    """Points for public transport."""

    kind: Literal["ride"]
    mileage_per_ride: int = Field(gt=0)
    mileage_per_month_max: int = Field(gt=0)


class Spending(DatedRule):
    """What points buy."""

    kind: Literal["spending"]
    ways: tuple[Text, ...] = Field(min_length=1, strict=False)


class Validity(DatedRule):
    """How long points last."""

    kind: Literal["validity"]
    months: int = Field(gt=0)
    first_expiry: date


class Move(DatedRule):
    """A comparable year at the new address comes first."""

    kind: Literal["move"]


class CarExclusion(DatedRule):
    """Cars that may not join."""

    kind: Literal["car_exclusion"]
    powers: tuple[str, ...] = Field(min_length=1, strict=False)


class OptIn(DatedRule):
    """A member must ask for each evaluation."""

    kind: Literal["opt_in"]


class Utilities(DatedRule):
    """What must be registered for an evaluation."""

    kind: Literal["utilities"]
    required: Utility
    one_of: tuple[Utility, ...] = Field(min_length=1, strict=False)


class Representative(DatedRule):
    """One paid member a household."""

    kind: Literal["representative"]


class Notice(DatedRule):
    """Something made known without numbers that could be applied."""

    kind: Literal["notice"]


Rule = Annotated[
    AwardTiers
    | AwardPerGram
    | Season
    | SeasonEnd
    | Upkeep
    | Cap
    | Worth
    | Ride
    | Spending
    | Validity
    | Move
    | CarExclusion
    | OptIn
    | Utilities
    | Representative
    | Notice,
    Field(discriminator="kind"),
]
Found = TypeVar("Found", bound=DatedRule)


class RuleFile(BaseModel):
    """The shape of household_rules.toml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sources: dict[str, Source] = {}
    rule: tuple[Rule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> RuleFile:
        """Ids are unique, sources have cards, and rules of one kind that may apply never begin together."""
        seen: set[str] = set()
        first: dict[tuple[str, date], str] = {}
        for rule in self.rule:
            if rule.id in seen:
                raise ValueError(f"two rules are called {rule.id!r}")
            if rule.source not in self.sources:
                raise ValueError(f"the rule {rule.id!r} names a source without a card: {rule.source!r}")
            if rule.valid_to is not None and rule.valid_to < rule.valid_from:
                raise ValueError(f"the rule {rule.id!r} ends before it begins")
            seen.add(rule.id)
            slot = ("award" if rule.kind.startswith("award") else rule.kind, rule.valid_from)
            if rule.status in APPLIED and slot in first:
                raise ValueError(f"the rules {first[slot]!r} and {rule.id!r} hold from the same day")
            first[slot] = rule.id
        return self


@dataclass(frozen=True)
class RuleBook:
    """All rules, the dated CO2 factors in whole centigrams per unit, and the hash that pins both."""

    rules: tuple[Rule, ...]
    sources: Mapping[str, Source]
    factors: Mapping[str, tuple[tuple[date, int], ...]]
    sha256: str
    applied: frozenset[RuleStatus] = APPLIED
    laid_over: frozenset[str] = frozenset()

    def with_rules_of(self, path: Path) -> RuleBook:
        """Return the book with the rules of another file laid over it: a what-if, where those come first.

        Raises:
            DataError: the file is not one of rules, or calls a rule by a name that is taken.
        """
        more = read_document(path, RuleFile)
        taken = {rule.id for rule in self.rules} & {rule.id for rule in more.rule}
        if taken:
            todo = "give the rule a name of its own"
            raise FactError(f"a rule called {min(taken)!r} is there already", Where(path), todo)
        digest = hashlib.sha256(self.sha256.encode() + path.read_bytes()).hexdigest()
        names = self.laid_over | {rule.id for rule in more.rule}
        sources = {**self.sources, **more.sources}
        return RuleBook((*self.rules, *more.rule), sources, self.factors, digest, self.applied, frozenset(names))

    def at(self, kind: type[Found], evaluated_on: date, used_from: date) -> Found | None:
        """Return the rule of a kind that holds, the latest where several do; None where none does.

        Each rule is asked by its own day: that of the evaluation, or the first day of the window of use.
        """
        held = [
            rule
            for rule in self.rules
            if isinstance(rule, kind)
            and (rule.status in self.applied or rule.id in self.laid_over)
            and rule.holds(evaluated_on if rule.dated_by == "evaluation" else used_from)
        ]
        return max(held, key=self._rank, default=None)

    def _rank(self, rule: DatedRule) -> tuple[bool, date]:
        """Return what makes one of several rules the one that counts: laid over first, then the latest."""
        return rule.id in self.laid_over, rule.valid_from

    def award_at(self, evaluated_on: date, used_from: date) -> AwardTiers | AwardPerGram | None:
        """Return the rule by which a half-year is paid on a day."""
        found = (self.at(AwardTiers, evaluated_on, used_from), self.at(AwardPerGram, evaluated_on, used_from))
        return max((rule for rule in found if rule), key=self._rank, default=None)

    def centigrams(self, utility: str, month: date) -> int | None:
        """Return the factor of a utility in a month, in 0.01 g per unit; None where none is known."""
        held = [value for since, value in self.factors.get(utility, ()) if since <= month]
        return held[-1] if held else None


def read_rules(folder: Path) -> RuleBook:
    """Return the rule book of a solution's folder.

    Raises:
        DataError: the file is not TOML, has a key nobody knows, a duplicate id, or a value that is not strict.
        FactError: a CO2 factor is not a whole number of centigrams.
    """
    path, facts = folder / "household_rules.toml", folder / "facts.toml"
    file = read_document(path, RuleFile)
    digest = hashlib.sha256(path.read_bytes() + facts.read_bytes()).hexdigest()
    return RuleBook(file.rule, file.sources, _factors(policy_book(folder)), digest)


def _factors(policy: FactBook) -> dict[str, tuple[tuple[date, int], ...]]:
    """Return the dated factors of each utility in centigrams per unit."""
    return {
        utility: tuple((value.since, _whole_centigrams(value.value, name, policy)) for value in policy.history(name))
        for utility, name in FACTS_OF.items()
    }


def _whole_centigrams(grams: float, name: str, policy: FactBook) -> int:
    """Return grams as a whole number of centigrams; decisions are never made on fractions."""
    centigrams = round(grams * 100)
    if abs(centigrams - grams * 100) > 1e-6:
        raise FactError(
            f"the fact {name!r} is not a whole number of centigrams", Where(policy.path, value=grams), "round it"
        )
    return centigrams


def month_after(month: date, months: int) -> date:
    """Return the first day of the month ``months`` after (or before) that of ``month``."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def parse_month(said: str) -> date:
    """Return the first day of a month written YYYY-MM."""
    try:
        return date.fromisoformat(f"{said}-01")
    except (TypeError, ValueError) as error:
        raise UsageError(f"{said!r} is not a month", todo="write YYYY-MM") from error
