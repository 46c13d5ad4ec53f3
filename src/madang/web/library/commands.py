"""``madang library``: bringing a listing in, and the library's own content anew."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from django.core.management import call_command

from madang.core.language import Language, text
from madang.web.opening.preparing import prepare, start_django

app = typer.Typer(no_args_is_help=True, help="The site's library.", pretty_exceptions_enable=False)


@app.command("import-listing")
def import_listing(
    file: Annotated[Path, typer.Argument(help="CSV, JSON or JSON Lines: title, day, author, body, attachments.")],
    take: Annotated[bool, typer.Option("--take", help="Make drafts of what can be taken; else only report.")] = False,
    lang: Annotated[Language, typer.Option("--lang", envvar="MADANG_LANG", help="Language of the report.")] = "en",
) -> None:
    """Say what is wrong with a news listing of an older site, and make drafts of the rest."""
    prepare()
    start_django()
    reading, judging, taking = (import_module(f"madang.web.library.listing.{name}") for name in _PARTS)
    rows = reading.read_listing(file)
    taken, findings = judging.judge(rows)
    for line in judging.told(findings, lang):
        typer.echo(line)
    refused = len(rows) - len(taken)
    said = text(
        f"{len(rows)}줄: 받을 수 있는 것 {len(taken)}, 받을 수 없는 것 {refused}, 알릴 것 {len(findings)}",
        f"{len(rows)} rows: {len(taken)} can be taken, {refused} cannot, {len(findings)} findings",
    )
    typer.echo(said.to(lang))
    if take:
        made, there = taking.take(taken, findings, file)
        said = text(
            f"초안 {made}건을 만들었고 {there}건은 이미 있었습니다. 편집자가 읽고 게시합니다.",
            f"{made} drafts made, {there} were there; an editor publishes them",
        )
        typer.echo(said.to(lang))


@app.command()
def fill() -> None:
    """Bring the library's own content and the solutions' articles in anew; what editors changed stays."""
    prepare()
    start_django()
    call_command("fill_library")


_PARTS = ("reading", "judging", "taking")
