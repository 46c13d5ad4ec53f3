"""`madang promises`: what the city said, stated against computed, with a verdict for each statement."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.text import Text as RichText

from madang.cli.options import CityOption, Format, LangOption, OnOption, asked_day, today
from madang.cli.screen import console, plain_text, sheet, working
from madang.core.drawing.theme import GREY, OCHRE, PERSIMMON, PINE
from madang.core.errors import Both, UnknownName
from madang.core.language import Language, say_count, say_number
from madang.core.units import say_unit
from madang.plan.cities import open_city
from madang.plan.report.amounts import say_amount
from madang.plan.report.data import to_csv, to_json
from madang.plan.verdicts import VERDICTS, Judged, JudgedClaim, judge_all

#: Columns of a terminal below which units and long verdicts leave no room for the statement.
_NARROW = 100
#: A verdict has a word, a shape and a colour, and never the colour alone.
SHAPES = {
    "kept": ("●", PINE),
    "on track": ("▲", PINE),
    "behind": ("▽", OCHRE),
    "missed": ("✕", PERSIMMON),
    "reproduced": ("=", PINE),
    "contradicted": ("≠", PERSIMMON),
    "cannot be checked": ("?", GREY),
}
_COLUMNS = (
    "id", "statement_ko", "statement_en", "said_on", "stated", "computed", "unit", "verdict", "reason_ko", "reason_en",
    "measure", "caveats", "sources",
)  # fmt: skip


def promises(
    only: Annotated[
        list[str] | None, typer.Argument(metavar="[ID]...", help="Show these alone, with all they rest on.")
    ] = None,
    city: CityOption = "seoul",
    on: OnOption = None,
    output: Annotated[Format, typer.Option("--format", help="Form of what is printed.")] = "text",
    lang: LangOption = "en",
) -> None:
    """Judge what the city promised: kept, on track, behind, missed, reproduced, contradicted, or cannot be checked."""
    day = today() if on is None else asked_day(on)
    with working("promises") as progress:
        judged = judge_all(open_city(city), day, progress)
    judged = _chosen(judged, only)
    if output == "json":
        typer.echo(to_json([one.as_json() for one in judged]), nl=False)
    elif output == "csv":
        typer.echo(to_csv([_row(one) for one in judged], _COLUMNS), nl=False)
    elif only:
        _print_whole(console(), judged, lang)
    else:
        _print_table(console(), judged, lang)


def _chosen(judged: tuple[Judged, ...], only: list[str] | None) -> tuple[Judged, ...]:
    """Return the promises asked for; a wrong id suggests the right one."""
    found = {one.promise.id: one for one in judged}
    for wanted in only or []:
        if wanted not in found:
            raise UnknownName(Both("약속", "promise"), wanted, found)
    return tuple(found[wanted] for wanted in only) if only else judged


def _row(one: Judged) -> dict[str, Any]:
    """Return a promise as one row."""
    told, promise = one.as_json(), one.promise
    return {
        **{key: told[key] for key in ("id", "said_on", "stated", "computed", "unit", "verdict", "measure")},
        "statement_ko": promise.statement.ko,
        "statement_en": promise.statement.en,
        "reason_ko": one.main.reason.ko,
        "reason_en": one.main.reason.en,
        "caveats": " | ".join(caveat.en for caveat in one.main.caveats()),
        "sources": " | ".join(source.cite() for source in one.sources()),
    }


def _print_table(screen: Console, judged: tuple[Judged, ...], language: Language) -> None:
    """Print the scoreboard and its sum."""
    heads = (
        ("", "문장", "발표", "계산", "판정")
        if language == "ko"
        else ("id", "statement", "stated", "computed", "verdict")
    )
    table = sheet(*heads, numeric=(2, 3))
    table.columns[0].no_wrap = True
    narrow = screen.width < _NARROW
    table.columns[4].no_wrap = not narrow
    table.columns[4].max_width = 11 if narrow else None
    for one in judged:
        claim = one.main
        table.add_row(
            one.promise.id,
            _statement(one, language),
            _amount(claim.claim.stated, claim, language, bare=narrow),
            _amount(claim.computed, claim, language, bare=narrow) + ("\u00a0†" if claim.caveats() else ""),
            _verdict(claim.verdict, language),
        )
    screen.print(table)
    screen.print()
    screen.print(plain_text(summary(judged, language), "bold"))
    if any(one.main.caveats() for one in judged):
        weak = (
            "† 기본값·가정·미확인 자료에 기댄 값"
            if language == "ko"
            else "† rests on a default, an assumption or unverified data"
        )
        screen.print(plain_text(weak, "dim"))
    hint = "까닭과 출처: madang promises ID" if language == "ko" else "reasons and sources: madang promises ID"
    screen.print(plain_text(hint, "dim"))


def _statement(one: Judged, language: Language) -> RichText:
    """Return a statement, and below it why it cannot be checked, where it cannot."""
    said = plain_text(one.promise.statement.to(language))
    return said.append(f"\n{one.main.reason.to(language)}", "dim") if one.verdict == "cannot be checked" else said


def summary(judged: tuple[Judged, ...], language: Language) -> str:
    """Return how many statements came to each verdict."""
    counts = Counter(one.verdict for one in judged)
    parts = [f"{VERDICTS[verdict].to(language)} {counts[verdict]}" for verdict in VERDICTS if counts[verdict]]
    head = f"{len(judged)}문장" if language == "ko" else say_count(len(judged), "statement")
    return f"{head}: {' · '.join(parts)}"


def _print_whole(screen: Console, judged: tuple[Judged, ...], language: Language) -> None:
    """Print promises with reasons, further checks, slips and sources."""
    for one in judged:
        screen.print(plain_text(f"{one.promise.id}  {one.promise.statement.to(language)}", "bold"))
        for claim in (one.main, *one.further):
            screen.print(
                "  ", _verdict(claim.verdict, language), plain_text(f" {claim.claim.says.to(language)}"), sep=""
            )
            screen.print(plain_text(f"      {claim.reason.to(language)}"))
            if claim.claim.measure:
                screen.print(plain_text(f"      madang why {claim.claim.measure}", "dim"))
            for caveat in claim.caveats():
                screen.print(plain_text(f"      † {caveat.to(language)}", "dim"))
        for slip in one.promise.slips:
            screen.print(plain_text(f"  ! {slip.to(language)}"))
        for source in one.sources():
            screen.print(plain_text(f"  – {source.cite()}", "dim"))
        screen.print()


def _verdict(verdict: str, language: Language) -> RichText:
    """Return a verdict with its shape and colour."""
    shape, colour = SHAPES[verdict]
    return plain_text(f"{shape} {VERDICTS[verdict].to(language)}", colour)  # type: ignore[index]


def _amount(value: float | None, claim: JudgedClaim, language: Language, *, bare: bool) -> str:
    """Return a claim's value with its unit; bare, where the statement must say the unit alone."""
    if bare:
        return say_number(value)
    if claim.claim.unit == "rank":
        return say_number(value) + (say_unit("rank", language) if language == "ko" and value is not None else "")
    return say_amount(value, claim.claim.unit, language)
