"""Commands that keep state, for ``madang``: serve, site, desk; contributed through the entry points madang.commands."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from madang.core.progress import Progress
from madang.web.desks.eco_mileage.commands import app as eco_mileage
from madang.web.opening import saving
from madang.web.opening.preparing import compute, prepare, start_django
from madang.web.opening.serving import listen


def serve(
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=65535, help="Port to listen at.")] = 8000,
    host: Annotated[str, typer.Option("--host", help="Address to listen at; 0.0.0.0 for every one.")] = "127.0.0.1",
    threads: Annotated[int, typer.Option("--threads", min=1, max=64, help="Requests answered at a time.")] = 4,
    figures: Annotated[bool, typer.Option(help="Compute figures that are missing or of another day.")] = True,
) -> None:
    """Serve the site: library, bench and promises. The database is made on the first start."""
    os.environ.setdefault("MADANG_ADDRESS", f"http://localhost:{port}")
    typer.echo(prepare(_lines()))
    start_django()
    listen(host, port, threads, figures=figures)


desk = typer.Typer(no_args_is_help=True, help="Work at a desk: a programme in operation.")
desk.add_typer(eco_mileage, name="eco-mileage")
site = typer.Typer(no_args_is_help=True, help="The site's state: make it ready, save it, bring it back.")


@site.command("prepare")
def prepare_site() -> None:
    """Make the site ready: its database, its content and the computed figures. `madang serve` then starts at once."""
    typer.echo(prepare(_lines()))
    for name, said in compute(_lines()).items():
        typer.echo(f"{name}: {said}")


@site.command()
def backup(file: Annotated[Path, typer.Argument(help="The archive to write, ending in .tar.gz.")]) -> None:
    """Save database, uploaded files and secrets in one archive, while the site runs."""
    typer.echo(f"{saving.save(file)} bytes in {file}")


@site.command()
def restore(
    file: Annotated[Path, typer.Argument(help="An archive that `madang site backup` wrote.")],
    yes: Annotated[bool, typer.Option("--yes", help="Replace the site that is there.")] = False,
) -> None:
    """Bring a saved site back; stop the server first. What was there is kept beside it."""
    kept = saving.bring_back(file, replace=yes)
    typer.echo(f"restored {file}" + (f"; what was there is in {kept}" if kept else ""))


def _lines() -> Progress:
    """Return a progress that prints a line for each tenth."""
    said = -1

    def report(share: float, what: str) -> None:
        nonlocal said
        if int(share * 10) != said:
            said = int(share * 10)
            typer.echo(f"  {share:4.0%}  {what}")

    return report
