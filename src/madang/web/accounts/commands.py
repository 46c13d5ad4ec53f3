"""``madang admin``: the first administrator, further accounts, their roles."""

from __future__ import annotations

import os
from importlib import import_module
from typing import Annotated, Any

import typer

from madang.web.opening.preparing import prepare, start_django

app = typer.Typer(no_args_is_help=True, help="Accounts of the site.", pretty_exceptions_enable=False)


@app.command()
def create(
    name: Annotated[str, typer.Argument(help="Name to sign in with.")],
    role: Annotated[str, typer.Option("--role", help="analyst, officer, editor or admin.")] = "admin",
    email: Annotated[str, typer.Option("--email", help="Where messages go.")] = "",
) -> None:
    """Make an account; the password is asked for, or read from MADANG_PASSWORD."""
    making = _making()
    password = os.environ.get("MADANG_PASSWORD") or typer.prompt("Password", hide_input=True, confirmation_prompt=True)
    making.make_account(name, role, password, email)
    door = "/admin/" if making.may_edit(role) else "/ko/account/sign-in/"
    typer.echo(f"made the account {name} ({role}); sign in at {door}")


@app.command()
def role(
    name: Annotated[str, typer.Argument(help="Name of the account.")],
    to: Annotated[str, typer.Argument(metavar="ROLE", help="visitor, analyst, officer, editor or admin.")],
) -> None:
    """Give an account one role instead of those it had."""
    making = _making()
    making.give_role(making.find_account(name), to)
    typer.echo(f"{name} is {to} now")


def _making() -> Any:
    """Return the module that makes accounts; it holds Django's models, which exist only now."""
    prepare()
    start_django()
    return import_module("madang.web.accounts.making")
