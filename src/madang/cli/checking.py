"""`madang check`: cases met, facts whole, sources read before today, a city's folder readable, reviews not overdue."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any

import typer

from madang import register
from madang.cli.options import CityOption, LangOption, OnOption, TextOrJson, asked_day, solution_names, today
from madang.cli.screen import console, plain_text, sheet, working
from madang.core.cases import check_case, read_cases
from madang.core.city import City
from madang.core.contract import Run, Solution, perform
from madang.core.drawing.theme import PERSIMMON, PINE
from madang.core.errors import Both, CheckError, MadangError
from madang.core.language import LANGUAGES, Language, say_count
from madang.core.progress import Progress, part_of, silent
from madang.plan.cities import open_city
from madang.plan.report.article import article_html
from madang.plan.report.data import to_json


@dataclass(frozen=True)
class Finding:
    """One thing checked: of which solution, what it was, whether it holds, and what was found."""

    solution: str
    what: str
    met: bool
    found: str


def check(
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Solutions to check; all by default.", autocompletion=solution_names),
    ] = None,
    city: CityOption = "",
    on: OnOption = None,
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the answer.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Check cases, facts, articles and a city's folder; exit code 8 when one of them fails."""
    wanted = tuple(names or register.NAMES)
    found: list[Finding] = []
    with working("check") as progress:
        for done, name in enumerate(wanted):
            register.folder_of(name)
            part = part_of(progress, done / len(wanted), (done + 1) / len(wanted))
            found += check_solution(name, city, asked_day(on), today(), part, lang)
    failed = [one for one in found if not one.met]
    if output == "json":
        typer.echo(to_json([vars(one) for one in found]), nl=False)
    else:
        _print(found, failed)
    if failed:
        things = say_count(len(failed), "check fails", "checks fail")
        what = Both(f"확인 {len(found)}개 가운데 {len(failed)}개가 맞지 않습니다", f"{things} of {len(found)}")
        raise CheckError(what, ", ".join(dict.fromkeys(one.solution for one in failed)))


@dataclass
class Runs:
    """Runs of solutions, each made once: many cases ask for one and the same."""

    made: dict[str, Run] = field(default_factory=dict)

    def run(
        self,
        solution: Solution,
        city: City,
        day: date,
        *,
        scenario: str | None = None,
        changes: Mapping[str, Any] | None = None,
    ) -> Run:
        """Return the run asked for, as ``perform`` would make it."""
        key = f"{solution.name} {city.folder} {day} {scenario} {dict(changes or {})!r}"
        if key not in self.made:
            self.made[key] = perform(solution, city, day, scenario=scenario, changes=changes)
        return self.made[key]


def check_solution(
    name: str, city: str, day: date, now: date, progress: Progress = silent, language: Language = "en"
) -> list[Finding]:
    """Return every finding about one solution; an error of one check does not hide the others."""
    found: list[Finding] = []

    def add(what: str, look: Callable[[], str]) -> bool:
        progress(0.0, f"{name}: {what}")
        try:
            found.append(Finding(name, what, met=True, found=look()))
        except MadangError as error:
            found.append(Finding(name, what, met=False, found=" ".join(str(error).split())))
        return found[-1].met

    loaded: list[tuple[Solution, City]] = []

    def load() -> str:
        solution = register.load(name)
        loaded.append((solution, open_city(city or solution.card.home)))
        return f"{solution.card.title.to(language)}, checked on {solution.card.checked_on}"

    if not add("card", load):
        return found
    (solution, opened), runs = loaded[0], Runs()
    add("review", lambda: _review(solution, now))
    add("facts", lambda: _facts(solution, now))
    if not add(f"city {opened.id}", lambda: _read_city(solution, opened, day, now)):
        return found
    add("articles", lambda: _articles(runs, solution, opened, day))
    homes: list[City] = [opened] if opened.id == solution.card.home else []

    def open_home() -> str:
        homes.append(open_city(solution.card.home))
        return f"cases are those of {solution.card.home}"

    # A case says what must come of the home city's numbers; another city's numbers are not expected to give it.
    if homes or add(f"city {solution.card.home}", open_home):
        found += _cases(runs, solution, homes[0], day, progress, language)
    return found


def _review(solution: Solution, now: date) -> str:
    """Say when the next review is due."""
    due = solution.card.next_review
    if due < now:
        raise CheckError(
            Both(f"{due}의 검토가 늦었습니다", f"the review of {due} is overdue"),
            todo=Both(
                "출처를 다시 읽고 checked_on과 next_review를 적으십시오",
                "read the sources again, then set checked_on and next_review",
            ),
        )
    return f"next on {due}"


def _facts(solution: Solution, now: date) -> str:
    """Say how many facts the policy has; each has a unit and a source or the book would not open."""
    book = solution.policy
    for key, source in book.sources.items():
        if source.read > now:
            raise CheckError(
                Both(
                    f"앞날에 읽은 것으로 적힌 출처입니다: {key!r}",
                    f"the source {key!r} is said to have been read on a day to come",
                ),
                str(book.path),
            )
    counts = {"fact": len(book.facts), "source": len(book.sources), "table": len(solution.specs)}
    return ", ".join(say_count(count, one) for one, count in counts.items())


def _read_city(solution: Solution, city: City, day: date, now: date) -> str:
    """Say what was read from the city, and how much of it is another's default."""
    reader = solution.reader(city, day, now)
    solution.read(reader)
    defaults = sum(use.origin == "default" for use in reader.uses.values())
    used = say_count(len(reader.uses), "fact or table", "facts and tables")
    return f"{used} used" + (f", {say_count(defaults, 'of them a default', 'of them defaults')}" if defaults else "")


def _articles(runs: Runs, solution: Solution, city: City, day: date) -> str:
    """Say that both articles quote only what there is."""
    run = runs.run(solution, city, day)
    for language in LANGUAGES:
        article_html(run, language, lambda figure: figure.name, lambda other: runs.run(register.load(other), city, day))
    return "ko and en, every quote found"


def _cases(
    runs: Runs, solution: Solution, city: City, day: date, progress: Progress, language: Language
) -> Iterator[Finding]:
    """Yield a finding for each thing that a case expects."""
    try:
        cases = read_cases(solution)
    except MadangError as error:
        yield Finding(solution.name, "cases", met=False, found=" ".join(str(error).split()))
        return
    for done, case in enumerate(cases):
        progress(done / len(cases), f"{solution.name}: {case.says.to(language)}")
        try:
            for outcome in check_case(solution, case, city, day, run_with=runs.run):
                said = f"{outcome.name} = {outcome.found}, expected {outcome.expected}"
                yield Finding(solution.name, f"case: {case.says.to(language)}", outcome.met, said)
        except MadangError as error:
            yield Finding(
                solution.name, f"case: {case.says.to(language)}", met=False, found=" ".join(str(error).split())
            )


def _print(found: list[Finding], failed: list[Finding]) -> None:
    """Print each finding, failures with what was found."""
    screen = console()
    table = sheet("solution", "check", "", "found")
    for one in found:
        mark = plain_text("✓ holds", PINE) if one.met else plain_text("✕ fails", PERSIMMON)
        table.add_row(one.solution, plain_text(one.what), mark, plain_text(one.found))
    screen.print(table)
    screen.print(plain_text(f"\n{len(found) - len(failed)} of {len(found)} checks hold", "bold"))
