"""The programme's dated rules: read strictly from its files of rules, found by day, compiled once for a window."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TypeVar

from madang.core.city import policy_book
from madang.core.documents import read_document
from madang.core.errors import Both, FactError, UsageError, Where
from madang.core.facts import FactBook
from madang.core.sources import Source
from madang.solutions.eco_mileage.readings.rows import EARLIEST_YEAR, LATEST_YEAR
from madang.solutions.eco_mileage.rule_kinds import (
    APPLIED,
    AwardPerGram,
    AwardTiers,
    DatedRule,
    Rule,
    RuleFile,
    RuleStatus,
)

#: The files of rules of a solution's folder: ids are unique over all of them.
RULE_FILES = ("household_rules.toml", "car_rules.toml", "organisation_rules.toml")
FACTS_OF: Mapping[str, str] = {
    "electricity": "electricity_g_per_kwh",
    "gas": "gas_g_per_m3",
    "water": "water_g_per_m3",
}
Found = TypeVar("Found", bound=DatedRule)


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
            todo = Both("규정에 다른 이름을 붙이십시오", "give the rule a name of its own")
            raise FactError(
                Both(
                    f"같은 이름의 규정이 이미 있습니다: {min(taken)!r}",
                    f"a rule called {min(taken)!r} is there already",
                ),
                Where(path),
                todo,
            )
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
    digest = hashlib.sha256()
    rules: dict[str, Rule] = {}
    sources: dict[str, Source] = {}
    for path in (folder / name for name in RULE_FILES):
        file = read_document(path, RuleFile)
        for rule in file.rule:
            if rule.id in rules:
                raise FactError(
                    Both(f"같은 이름의 규정이 둘입니다: {rule.id!r}", f"two rules are called {rule.id!r}"),
                    Where(path),
                    Both("하나에 다른 이름을 붙이십시오", "give one another name"),
                )
            rules[rule.id] = rule
        sources |= file.sources
        digest.update(path.read_bytes())
    digest.update((folder / "facts.toml").read_bytes())
    return RuleBook(tuple(rules.values()), sources, _factors(policy_book(folder)), digest.hexdigest())


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
            Both(
                f"이 사실은 센티그램의 정수가 아닙니다: {name!r}",
                f"the fact {name!r} is not a whole number of centigrams",
            ),
            Where(policy.path, value=grams),
            Both("반올림하십시오", "round it"),
        )
    return centigrams


def month_after(month: date, months: int) -> date:
    """Return the first day of the month ``months`` after (or before) that of ``month``."""
    count = month.year * 12 + month.month - 1 + months
    return date(count // 12, count % 12 + 1, 1)


def parse_month(said: str) -> date:
    """Return the first day of a month written YYYY-MM.

    Raises:
        UsageError: it is not written so, or lies in no year of the programme's readings.
    """
    if not re.fullmatch(r"[0-9]{4}-(0[1-9]|1[0-2])", said) or not EARLIEST_YEAR <= int(said[:4]) <= LATEST_YEAR:
        raise UsageError(
            Both(f"달이 아닙니다: {said!r}", f"{said!r} is not a month"),
            todo=Both(
                f"{EARLIEST_YEAR}년에서 {LATEST_YEAR}년 사이의 달을 YYYY-MM으로 적으십시오",
                f"write YYYY-MM, of a year from {EARLIEST_YEAR} to {LATEST_YEAR}",
            ),
        )
    return date.fromisoformat(f"{said}-01")
