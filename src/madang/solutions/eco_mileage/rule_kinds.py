"""The kinds of dated rules: what each must say, strictly. An unknown key, a second id or a fraction is an error."""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from madang.core.errors import Both
from madang.core.language import Text
from madang.core.sources import Source

RuleStatus = Literal["enacted", "announced", "unverified"]
Utility = Literal["electricity", "gas", "water", "heat"]
#: Announced is not enacted: such rules are applied only when a caller asks "what if".
APPLIED: frozenset[RuleStatus] = frozenset({"enacted", "unverified"})
#: Kinds of which several may begin on one day: they do not stand in for each other.
SIDE_BY_SIDE = frozenset({"notice", "green_action"})
_BASIS_POINTS_MAX = 10_000
#: The most that any amount of a rule may be, so that no sum over a city leaves the numbers it is made in.
_MOST = 1_000_000_000
_Points = Annotated[int, Field(le=_MOST)]


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
    mileage: tuple[_Points, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _rises(self) -> _Tiered:
        """Edges and awards rise together: a greater saving never earns less."""
        if len(self.edges_bp) != len(self.mileage):
            raise ValueError(Both("경계마다 지급이 하나씩 있어야 합니다", "every edge needs one award"))
        if not all(0 < edge <= _BASIS_POINTS_MAX for edge in self.edges_bp) or self.mileage[0] < 0:
            raise ValueError(
                Both(
                    "경계는 1–10000 베이시스 포인트이고 지급은 0 이상이어야 합니다",
                    "edges lie between 1 and 10000 basis points, awards are not negative",
                )
            )
        if any(b <= a for a, b in pairwise(self.edges_bp)) or any(b < a for a, b in pairwise(self.mileage)):
            raise ValueError(Both("경계와 지급은 점점 커져야 합니다", "edges and awards must rise"))
        return self


class AwardTiers(_Tiered):
    """A half-year's award by tiers."""

    kind: Literal["award_tiers"]


class AwardPerGram(DatedRule):
    """A half-year's award by the gram, from one edge on."""

    kind: Literal["award_per_gram"]
    edge_bp: int = Field(gt=0, le=_BASIS_POINTS_MAX)
    grams_per_mileage: int = Field(gt=0, le=_MOST)


class Season(_Tiered):
    """Special points for one winter."""

    kind: Literal["season"]


class SeasonEnd(DatedRule):
    """No winter after this day has special points."""

    kind: Literal["season_end"]


class Upkeep(DatedRule):
    """An award for saving a little after several awards in a row."""

    kind: Literal["upkeep"]
    awards_before: int = Field(ge=1, le=_MOST)
    mileage: int = Field(ge=0, le=_MOST)


class Cap(DatedRule):
    """The most that saving energy earns in a calendar year."""

    kind: Literal["cap"]
    mileage_per_year: int = Field(gt=0, le=_MOST)


class Worth(DatedRule):
    """What a point is worth in won."""

    kind: Literal["worth"]
    won_per_mileage: int = Field(gt=0, le=_MOST)


class Ride(DatedRule):
    """Points for public transport."""

    kind: Literal["ride"]
    mileage_per_ride: int = Field(gt=0, le=_MOST)
    mileage_per_month_max: int = Field(gt=0, le=_MOST)


class Spending(DatedRule):
    """What points buy."""

    kind: Literal["spending"]
    ways: tuple[Text, ...] = Field(min_length=1, strict=False)


class Validity(DatedRule):
    """How long points last."""

    kind: Literal["validity"]
    months: int = Field(gt=0, le=_MOST)
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


class CarTiers(DatedRule):
    """A year's award for driving less: by the rate and by the distance, whichever pays more."""

    kind: Literal["car_tiers"]
    edges_bp: tuple[int, ...] = Field(min_length=1, strict=False)
    edges_km: tuple[int, ...] = Field(min_length=1, strict=False)
    mileage: tuple[_Points, ...] = Field(min_length=1, strict=False)

    @model_validator(mode="after")
    def _rises(self) -> CarTiers:
        """Both kinds of edge rise with the award."""
        if not len(self.edges_bp) == len(self.edges_km) == len(self.mileage):
            raise ValueError(
                Both(
                    "지급마다 베이시스 포인트와 킬로미터의 경계가 하나씩 있어야 합니다",
                    "every award needs an edge in basis points and one in kilometres",
                )
            )
        for edges in (self.edges_bp, self.edges_km, self.mileage):
            if edges[0] <= 0 or any(b <= a for a, b in pairwise(edges)):
                raise ValueError(
                    Both(
                        "경계와 지급은 0보다 큰 값에서 점점 커져야 합니다", "edges and awards must rise from above zero"
                    )
                )
        return self


class CarUpkeep(DatedRule):
    """An award for keeping it up: ``kept`` after an earlier award and no more driven; ``city_mean`` at most so far."""

    kind: Literal["car_upkeep"]
    by: Literal["kept", "city_mean"]
    km_max: int | None = Field(default=None, gt=0)
    with_tier: bool
    mileage: int = Field(gt=0, le=_MOST)

    @model_validator(mode="after")
    def _bounded(self) -> CarUpkeep:
        """A city's mean is a distance; keeping up is none."""
        if (self.by == "city_mean") != (self.km_max is not None):
            raise ValueError(Both("km_max는 city_mean에만 씁니다", "km_max belongs to city_mean and to nothing else"))
        return self


class CarSeason(DatedRule):
    """Special points for driving little in one winter."""

    kind: Literal["car_season"]
    km_max: int = Field(gt=0, le=_MOST)
    mileage: int = Field(gt=0, le=_MOST)


class CarBaseline(DatedRule):
    """From what the distance driven is counted.

    ``lifetime``: the odometer's daily mean since registration, for a year; ``two_years``: the mean of the last two
    years driven; ``participation``: the daily mean for the days of taking part.
    """

    kind: Literal["car_baseline"]
    method: Literal["lifetime", "two_years", "participation"]
    city_mean_km: int | None = Field(default=None, gt=0)
    months_min: int | None = Field(default=None, gt=0)


class CarEligibility(DatedRule):
    """Which cars may take part at all."""

    kind: Literal["car_eligibility"]
    seats_max: int = Field(gt=0, le=_MOST)
    private_only: bool


class CarEnd(DatedRule):
    """What ends a car's part, and that a distance of nothing is no result."""

    kind: Literal["car_end"]
    ends: tuple[str, ...] = Field(min_length=1, strict=False)
    nothing_driven_counts: bool


class CarUnknown(DatedRule):
    """Awards of which only the greatest is known: none is computed."""

    kind: Literal["car_unknown"]
    mileage_max: int = Field(gt=0, le=_MOST)


class OrganisationThreshold(DatedRule):
    """From which saving an organisation is looked at, when, and what it can be given."""

    kind: Literal["organisation"]
    edge_bp: int = Field(gt=0, le=_BASIS_POINTS_MAX)
    evaluated_in_months: tuple[int, ...] = Field(default=(), strict=False)
    won_max: int | None = Field(default=None, gt=0)


class Contest(DatedRule):
    """A contest of organisations over some months: edge, marks, places, prizes, who may not take part."""

    kind: Literal["contest"]
    last_month: date
    edge_bp: int = Field(gt=0, le=_BASIS_POINTS_MAX)
    marks_rate: int | None = Field(default=None, ge=0)
    marks_amount: int | None = Field(default=None, ge=0)
    marks_practice: int | None = Field(default=None, ge=0)
    places_top: int = Field(gt=0, le=_MOST)
    places_good: int = Field(gt=0, le=_MOST)
    places_other_min: int = Field(gt=0, le=_MOST)
    places_other_max: int = Field(gt=0, le=_MOST)
    won_min: int = Field(gt=0, le=_MOST)
    won_max: int = Field(gt=0, le=_MOST)
    reinvest_bp_min: int | None = Field(default=None, ge=0, le=_BASIS_POINTS_MAX)
    excluded: tuple[str, ...] = Field(default=(), strict=False)
    toe_below: int | None = Field(default=None, gt=0)


class GreenAction(DatedRule):
    """Points for deeds beside saving."""

    kind: Literal["green_action"]
    mileage_min: int | None = Field(default=None, gt=0)
    mileage_max: int = Field(gt=0, le=_MOST)
    score_min: int | None = Field(default=None, gt=0)


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
    | Notice
    | CarTiers
    | CarUpkeep
    | CarSeason
    | CarBaseline
    | CarEligibility
    | CarEnd
    | CarUnknown
    | OrganisationThreshold
    | Contest
    | GreenAction,
    Field(discriminator="kind"),
]


class RuleFile(BaseModel):
    """The shape of a file of rules."""

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
                raise ValueError(
                    Both(f"두 규칙이 같은 이름을 씁니다: {rule.id!r}", f"two rules are called {rule.id!r}")
                )
            if rule.source not in self.sources:
                raise ValueError(
                    Both(
                        f"규칙 {rule.id!r}의 출처에 카드가 없습니다: {rule.source!r}",
                        f"the rule {rule.id!r} names a source without a card: {rule.source!r}",
                    )
                )
            if rule.valid_to is not None and rule.valid_to < rule.valid_from:
                raise ValueError(
                    Both(f"규칙 {rule.id!r}의 끝이 시작보다 앞섭니다", f"the rule {rule.id!r} ends before it begins")
                )
            seen.add(rule.id)
            slot = ("award" if rule.kind.startswith("award") else rule.kind, rule.valid_from)
            if rule.kind in SIDE_BY_SIDE:
                continue
            if rule.status in APPLIED and slot in first:
                raise ValueError(
                    Both(
                        f"규칙 {first[slot]!r}, {rule.id!r}의 시작하는 날이 같습니다",
                        f"the rules {first[slot]!r} and {rule.id!r} hold from the same day",
                    )
                )
            first[slot] = rule.id
        return self
