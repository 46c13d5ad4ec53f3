"""A method written in TOML: indicators, groups, rules, what is uncertain, and criteria that may be dropped."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from madang.core.documents import validate
from madang.core.errors import Both, DataError, UnitError, Where, in_both
from madang.core.given_files import GivenFile
from madang.core.language import Text
from madang.core.units import check_unit
from madang.methods.composite_index.tree import MEANS

ROOT = "index"
Normalisation = Literal[
    "min_max", "z", "rank", "borda", "percentile", "goalposts", "distance_max", "distance_reference",
    "distance_target", "fraction_max",
]  # fmt: skip
Treatment = Literal["none", "winsorise", "auto", "log", "log_shifted", "log_signed", "box_cox"]
Missing = Literal["leave_out", "mean", "median", "carry_forward", "linear"]
Weighting = Literal["given", "equal", "entropy", "critic", "pca", "importance", "benefit_of_doubt"]
Mean = Literal["arithmetic", "geometric", "harmonic", "power"]
Aggregation = Literal["arithmetic", "geometric", "harmonic", "power", "copeland", "outranking"]


class _Part(BaseModel):
    """What indicators and groups have in common: a title, the group they stand in, and their weight in it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text | None = None
    group: str = ROOT
    weight: float = Field(default=1.0, ge=0)

    @field_validator("title", mode="before")
    @classmethod
    def _in_one_language(cls, title: object) -> object:
        """A title in one language stands for both: a user's own index has one reader."""
        return {"ko": title, "en": title} if isinstance(title, str) else title


class IndicatorCard(_Part):
    """One indicator: which way is better, its unit, and what some normalisations need."""

    better: Literal["high", "low"]
    unit: str = "1"
    denominator: str | None = None
    goalposts: tuple[float, float] | None = None
    target: float | None = None
    importance: float | None = Field(default=None, gt=0)
    source: str = ""
    licence: str = ""

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        """The unit is one the registry knows."""
        try:
            return check_unit(unit)
        except UnitError as error:
            raise ValueError(in_both(error.said[0])) from error

    @model_validator(mode="after")
    def _posts_in_order(self) -> Self:
        """Goalposts stand from the lower to the higher value."""
        if self.goalposts is not None and not self.goalposts[0] < self.goalposts[1]:
            raise ValueError(
                Both(
                    "goalposts는 [낮은 값, 높은 값]이며 낮은 값이 더 작아야 합니다",
                    "goalposts stand as [low, high], the low one below the high one",
                )
            )
        return self


class GroupCard(_Part):
    """One group of indicators or of groups."""

    aggregation: Mean | None = None


class Rules(BaseModel):
    """How scores, gaps, weights and ranks are made."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    normalisation: Normalisation = "min_max"
    scale: tuple[float, float] = (0.0, 100.0)
    reference: str | None = None
    treatment: Treatment = "none"
    points_max: int = Field(default=5, ge=1)
    missing: Missing = "leave_out"
    group_by: str | None = None
    coverage_min_percent: float = Field(default=0.0, ge=0, le=100)
    weights: Weighting = "given"
    share_min_percent: float = Field(default=0.0, ge=0, le=100)
    share_max_percent: float = Field(default=100.0, ge=0, le=100)
    aggregation: Aggregation = "arithmetic"
    power: float | None = None
    concordance: float = Field(default=0.6, gt=0, le=1)
    veto: float | None = Field(default=None, gt=0)
    ties: Literal["1224", "1334", "1223"] = "1224"

    @model_validator(mode="after")
    def _fits(self) -> Self:
        """The scale rises, and a power is given where it is asked for and nowhere else."""
        if not self.scale[0] < self.scale[1]:
            raise ValueError(
                Both(
                    "scale은 [낮은 끝, 높은 끝]이며 낮은 끝이 더 작아야 합니다",
                    "a scale stands as [low, high], the low end below the high one",
                )
            )
        if (self.power is None) == (self.aggregation == "power"):
            raise ValueError(
                Both(
                    'power = 수는 aggregation = "power"일 때에만 씁니다',
                    'power = NUMBER belongs to aggregation = "power", and to nothing else',
                )
            )
        return self


class Uncertainty(BaseModel):
    """What might as well have been set otherwise; every entry is tried in the ensemble."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    weights_percent: float | None = Field(default=None, gt=0, le=100)
    normalisation: tuple[Normalisation, ...] = ()
    treatment: tuple[Treatment, ...] = ()
    missing: tuple[Literal["leave_out", "mean", "median"], ...] = ()
    weights: tuple[Literal["given", "equal", "entropy", "critic", "pca", "importance"], ...] = ()
    aggregation: tuple[Literal["arithmetic", "geometric", "harmonic"], ...] = ()
    leave_one_out: bool = False

    @model_validator(mode="after")
    def _real_choices(self) -> Self:
        """A list of one, or with a word twice, is no choice."""
        for name in ("normalisation", "treatment", "missing", "weights", "aggregation"):
            listed = getattr(self, name)
            if listed and (len(listed) < 2 or len(set(listed)) < len(listed)):
                raise ValueError(
                    Both(
                        f"가정 {name!r}에 효과가 없습니다: 서로 다른 말을 적어도 둘 적으십시오",
                        f"the assumption {name!r} has no effect: list at least two different words",
                    )
                )
        return self


class Drop(BaseModel):
    """Criteria that an edition of the method leaves out, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    indicators: tuple[str, ...] = Field(min_length=1)
    says: Text | None = None

    @field_validator("says", mode="before")
    @classmethod
    def _in_one_language(cls, says: object) -> object:
        """A reason in one language stands for both."""
        return {"ko": says, "en": says} if isinstance(says, str) else says


class EditionCard(BaseModel):
    """What an edition changes in the one before it, from a year on."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    since: int = Field(alias="from", ge=1000, le=9999)
    edition: str = Field(min_length=1)
    leaves_out: tuple[str, ...] = ()
    weights: dict[str, float] = {}
    rules: dict[str, Any] = {}


class MethodFile(BaseModel):
    """The shape of a method's TOML file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: Text
    edition: str = Field(min_length=1)
    indicators: dict[str, IndicatorCard] = Field(min_length=1)
    groups: dict[str, GroupCard] = {}
    rules: Rules = Rules()
    uncertainty: Uncertainty = Uncertainty()
    drop: Drop | None = None
    editions: tuple[EditionCard, ...] = Field(default=(), description="later editions, each by the year it begins")
    ignore: tuple[str, ...] = Field(default=(), description="columns of the data that the index leaves alone")

    @field_validator("title", mode="before")
    @classmethod
    def _in_one_language(cls, title: object) -> object:
        """A title in one language stands for both."""
        return {"ko": title, "en": title} if isinstance(title, str) else title

    def title_of(self, name: str) -> Text:
        """Return the title of an indicator or group, or its name where it has none."""
        card = self.indicators.get(name) or self.groups.get(name)
        return card.title if card and card.title else Text(ko=name, en=name)

    def power_of(self, group: str) -> float:
        """Return the power of a group's mean."""
        card = self.groups.get(group)
        kind = (card.aggregation if card else None) or self.rules.aggregation
        if kind == "power":
            return float(self.rules.power if self.rules.power is not None else 1.0)
        return MEANS.get(kind, 1.0)


def read_method(given: GivenFile) -> MethodFile:
    """Return a method file, checked in itself.

    Raises:
        DataError: the file is no TOML, or a key is missing, unknown or wrong.
    """
    path = Path(given.name)
    try:
        content: dict[str, Any] = tomllib.loads(given.text.removeprefix("\ufeff"))
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        todo = Both("그 줄을 고치십시오", "mend that line")
        if path.suffix.lower() == ".csv":
            todo = Both(
                "CSV 파일은 data로, TOML 파일은 method로 주십시오",
                "give the CSV file as data and the TOML file as method",
            )
        raise DataError(
            Both(f"TOML 형식에 맞지 않습니다: {error}", f"the file is not valid TOML: {error}"), Where(path), todo
        ) from error
    return validate(MethodFile, content, path)
