"""``madang library``: bringing a listing in, and the library's own content anew."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer
from django.core.management import call_command

from madang.web.opening.preparing import prepare, start_django

app = typer.Typer(no_args_is_help=True, help="The site's library.", pretty_exceptions_enable=False)


@app.command("import-listing")
def import_listing(
    file: Annotated[Path, typer.Argument(help="CSV, JSON or JSON Lines: title, day, author, body, attachments.")],
    take: Annotated[bool, typer.Option("--take", help="Make drafts of what can be taken; else only report.")] = False,
) -> None:
    """Say what is wrong with a news listing of an older site, and make drafts of the rest."""
    prepare()
    start_django()
    reading, judging, taking = (import_module(f"madang.web.library.listing.{name}") for name in _PARTS)
    rows = reading.read_listing(file)
    taken, findings = judging.judge(rows)
    for finding in findings:
        typer.echo(f"row {finding.place}: {finding.weight}: {finding.says.en} [{finding.title[:60]}]")
    refused = len(rows) - len(taken)
    typer.echo(f"{len(rows)} rows: {len(taken)} can be taken, {refused} cannot, {len(findings)} findings")
    if take:
        made, there = taking.take(taken, findings, file)
        typer.echo(f"{made} drafts made, {there} were there; an editor publishes them")


@app.command()
def fill() -> None:
    """Bring the library's own content and the solutions' articles in anew; what editors changed stays."""
    prepare()
    start_django()
    call_command("fill_library")


_PARTS = ("reading", "judging", "taking")
