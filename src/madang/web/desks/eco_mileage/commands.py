"""``madang desk eco-mileage``: the desk from the command line."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer

from madang.web.desks.eco_mileage.services import acting
from madang.web.opening.preparing import prepare as prepare_site
from madang.web.opening.preparing import start_django

app = typer.Typer(
    no_args_is_help=True, help="Eco-mileage: members, settlements, points.", pretty_exceptions_enable=False
)


def _named(by: str) -> str:
    """Return who does it; nobody acts without a name."""
    return acting.named(by)


By = Annotated[str, typer.Option("--by", help="Who does it; stands in the audit trail.", callback=_named)]
RunOf = Annotated[
    str, typer.Argument(metavar="RUN", help="The settlement's run, or its beginning; else the only one that waits.")
]


@app.command()
def register(folder: Annotated[Path, typer.Argument(help="A work folder with members and meters.")]) -> None:
    """Take members and their meters over from a table; repeatable."""
    new = _service("people").register(folder)
    typer.echo(f"{new:,} members taken over; the desk has {_models().Member.objects.filter(left_on=None).count():,}")


@app.command()
def codes(
    file: Annotated[Path, typer.Argument(help="The list to write; it holds the codes in the clear, once.")],
    by: By,
    district: Annotated[str, typer.Option("--district", help="Whose members; all where it is left out.")] = "",
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days they hold.")] = 90,
) -> None:
    """Make codes with which taken-over members claim their account: for those without an account or an open code."""
    claiming = _service("claiming")
    with kept_from_others(file) as out:
        handed = claiming.hand_out(
            claiming.waiting(district), by=by, key=secrets.token_hex(12), days=days, district=district
        )
        out.writelines(claiming.csv_lines(handed))
    typer.echo(f"{len(handed):,} codes, good until {handed[0].expires_on.isoformat()}: {file}")


@app.command()
def prepare(file: Annotated[Path, typer.Argument(help="An award file.")], by: By) -> None:
    """Take an award file in for approval; nothing is posted."""
    made = _service("settling").prepare(file, by=by)
    _say_note(made)
    differs = made.totals["differences"]
    typer.echo(f"{made.run[:24]}: {made.state}")
    typer.echo(f"  {made.header['members']:,} members, {made.paid:,} paid, {made.points:,} points")
    typer.echo(f"  standing already: {differs['paid_before']:,}; changed: {differs['changed']:,}")
    if made.state == "prepared":
        typer.echo("next: madang desk eco-mileage approve --by ANOTHER")


@app.command()
def approve(by: By, run: RunOf = "") -> None:
    """Approve a settlement that somebody else prepared."""
    made = _service("settling").approve(_run(run, "prepared"), by=by)
    _say_note(made)
    typer.echo(f"{made.run[:24]}: approved by {by}")
    typer.echo(f"next: madang desk eco-mileage post --by {by}")


@app.command()
def post(by: By, run: RunOf = "") -> None:
    """Post an approved settlement; posting it again adds nothing."""
    made, done = _service("settling").post(_run(run, "approved"), by=by)
    _say_note(made)
    typer.echo(f"{made.run[:24]}: posted; {done.added:,} awards added, {done.points:,} points")
    if done.corrected or done.uncovered:
        typer.echo(f"  {done.corrected:,} corrected, {len(done.uncovered):,} not covered by what members still hold")


@app.command()
def reverse(
    by: By,
    why: Annotated[str, typer.Option("--why", help="The reason; stands in the audit trail.")],
    run: RunOf = "",
    leave_spent: Annotated[bool, typer.Option("--leave-spent", help="Leave what is spent.")] = False,
) -> None:
    """Take a posted settlement back by reversing transfers."""
    left = _service("taking_back").reverse(_run(run, "posted"), by=by, why=why, leave_spent=leave_spent)
    typer.echo(f"taken back; {left:,} awards had to be left")


@app.command()
def expire(by: By) -> None:
    """Let points past their time expire; again on the day adds nothing."""
    run = _service("expiring").expire(by=by)
    typer.echo(f"{run.added if run else 0:,} members, {run.amount if run else 0:,} points expired")


@app.command()
def notify(by: By) -> None:
    """Write notices of points that expire within 90 and 30 days; each once."""
    for ahead, count in _service("expiring").notify(by=by).items():
        typer.echo(f"{ahead} days ahead: {count:,} new notices")


@app.command("give-back")
def give_back() -> None:
    """Give back points and stock of orders whose time is over."""
    typer.echo(f"{_service('redeeming').give_back_late():,} orders given back")


@app.command()
def check() -> None:
    """Check the whole book: every balance against its transfers, every seal against its rows."""
    book = _service("books").points()
    found = import_module("madang.web.ledger.checking").check_book(book)
    typer.echo(
        f"{found.accounts:,} balances and {found.transfers:,} transfers agree; {found.outstanding:,} points are owed"
    )
    typer.echo(f"{found.sealed:,} sealed batches hold")


@app.command("seal")
def seal_day() -> None:
    """Seal the journal of single movements, and keep every balance as it stands there."""
    book = _service("books").points()
    sealed = import_module("madang.web.ledger.sealing").seal_journal(book, picture=True)
    typer.echo(f"{sealed.name}: {sealed.transfers:,} transfers sealed, {sealed.chain_sha256[:16]}")


@app.command()
def partner(
    code: Annotated[str, typer.Argument(help="Short name of the partner.")],
    name: Annotated[str, typer.Option("--name", help="Full name.")] = "",
) -> None:
    """Make a partner of the interface, or give it a new token; the token is shown this once."""
    _ready()
    token = import_module("madang.web.desks.eco_mileage.partner_api").make_partner(code, name or code)
    typer.echo(f"token of {code}: {token}")


@contextmanager
def kept_from_others(path: Path) -> Iterator[TextIO]:
    """Open a new file that only its owner can read; where the work fails none is left.

    Raises:
        OSError: it is there already, or can't be written.
    """
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(opened, "w", encoding="utf-8") as out:
            yield out
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _run(said: str, state: str) -> str:
    """Return the run that is meant: the one said, or the only settlement in a state."""
    settling = _service("settling")
    return said or str(settling.only(state).run)


def _say_note(made: Any) -> None:
    """Say where members are made up."""
    if made.synthetic:
        typer.echo("synthetic: members and readings are made up")


def _ready() -> None:
    """Bring the site's database to the state of the code."""
    prepare_site()
    start_django()


def _models() -> Any:
    """Return the desk's models."""
    _ready()
    return import_module("madang.web.desks.eco_mileage.models")


def _service(name: str) -> Any:
    """Return one of the desk's services; they hold Django's models, which exist only now."""
    _ready()
    return import_module(f"madang.web.desks.eco_mileage.services.{name}")
