"""`madang new-city`: a folder for another city, with every fact and table it may give laid out and commented."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from madang import register
from madang.cli.options import city_names
from madang.core.errors import Both, UsageError, Where
from madang.plan.cities import open_city
from madang.plan.founding import found_city


def new_city(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="The folder to make; it must not exist, or be empty.")],
    id_: Annotated[str, typer.Option("--id", help="Short name: lower-case letters, digits, - and _.")] = "",
    name_ko: Annotated[str, typer.Option("--name-ko", help="The city's name in Korean.")] = "",
    name_en: Annotated[str, typer.Option("--name-en", help="The city's name in English.")] = "",
    inherits: Annotated[
        str, typer.Option("--inherits", help="The city whose values stand in as defaults.", autocompletion=city_names)
    ] = "seoul",
) -> None:
    """Make a folder for another city: what it does not give is the inherited city's default, and is called so."""
    identity = id_ or folder.resolve().name.lower().replace(" ", "_")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(
            Both("이미 무엇이 있습니다", "there is something already"),
            Where(folder),
            Both(
                "새 폴더나 빈 폴더를 지정하십시오. 아무것도 덮어쓰지 않습니다",
                "name a new or an empty folder; nothing is overwritten",
            ),
        )
    made = found_city(folder, identity, name_ko or identity, name_en or identity, open_city(inherits), register.NAMES)
    typer.echo(f"{folder}: {len(made)} files")
    typer.echo(f"\nnext  edit {folder / (register.NAMES[0] + '.toml')}, uncomment what the city knows, then:")
    typer.echo(f"      madang run {register.NAMES[0]} --city {folder}")
