"""`madang list`: the solutions, read from their cards alone so that the answer comes at once."""

from __future__ import annotations

import json
import os
import tomllib
from typing import Annotated, Any, cast, get_args

import typer

from madang import register
from madang.cli.options import Lang, LangOption, TextOrJson
from madang.cli.plain import columns, hints
from madang.core.errors import Both, DataError, Where


def list_solutions(
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the list.")] = "text",
    lang: LangOption = "en",
) -> None:
    """List the solutions: name, theme, title."""
    print_list(output, lang)


def asked_plainly(arguments: list[str]) -> tuple[TextOrJson, Lang] | None:
    """Return form and language where the arguments are a plain `list`; None leaves the reading to Typer.

    Typer reads options through pydantic, whose import alone takes longer than the list may.
    """
    words = arguments[1:]
    given = {"--lang": os.environ.get("MADANG_LANG", "en"), "--format": "text"}
    asked = dict(zip(words[::2], words[1::2], strict=False))
    if arguments[:1] != ["list"] or len(words) % 2 or not set(asked) <= set(given):
        return None
    given |= asked
    if given["--format"] not in get_args(TextOrJson) or given["--lang"] not in get_args(Lang):
        return None
    return cast("TextOrJson", given["--format"]), cast("Lang", given["--lang"])


def print_list(output: TextOrJson, lang: Lang) -> None:
    """Print every solution's name, theme and title."""
    cards = {name: _card(name) for name in register.NAMES}
    if output == "json":
        typer.echo(json.dumps([_as_json(name, card) for name, card in cards.items()], ensure_ascii=False, indent=2))
        return
    rows = [[name, card["theme"][lang], card["title"][lang]] for name, card in cards.items()]
    if not rows:
        typer.echo("No solution is registered. Add one: a folder in solutions/ and a line in register.py.")
        return
    typer.echo(columns(rows))
    head = "다음" if lang == "ko" else "next"
    typer.echo("\n" + hints(head, [f"madang show {rows[0][0]}", f"madang run {rows[0][0]}"]))


def _card(name: str) -> dict[str, Any]:
    """Return a solution's card as it stands, unchecked: checking is `madang check`'s affair."""
    path = register.folder_of(name) / "card.toml"
    try:
        card = tomllib.loads(path.read_text(encoding="utf-8"))
        card["title"]["ko"], card["title"]["en"], card["theme"]["ko"], card["theme"]["en"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise DataError(
            Both("카드를 읽을 수 없습니다", "the card cannot be read"),
            Where(path),
            Both("`madang check`를 보십시오", "see `madang check`"),
        ) from error
    return card


def _as_json(name: str, card: dict[str, Any]) -> dict[str, Any]:
    """Return what a program needs to choose a solution."""
    keys = ("title", "summary", "theme", "office")
    scenarios = sorted(card.get("scenarios", {}))
    return {"name": name, **{key: card.get(key) for key in keys}, "scenarios": scenarios}
