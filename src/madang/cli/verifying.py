"""`madang verify`: a bundle recomputed here, and what differs by name."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from madang.cli.options import TextOrJson
from madang.cli.screen import console, plain_text, sheet, working
from madang.core.errors import Both, VerifyError, Where
from madang.core.language import say_count
from madang.plan.bundle import Verification, verify_bundle
from madang.plan.report.data import to_json

_SHOWN = 40


def verify(
    bundle: Annotated[Path, typer.Argument(metavar="BUNDLE", help="A zip file written by `madang run --bundle`.")],
    output: Annotated[TextOrJson, typer.Option("--format", help="Form of the answer.")] = "text",
) -> None:
    """Recompute a run bundle from its own inputs and say what differs; exit code 7 when anything does."""
    with working("verify") as progress:
        found = verify_bundle(bundle, progress)
    if output == "json":
        typer.echo(to_json(_as_json(found)), nl=False)
    else:
        _print(found)
    if not found.same:
        count = len(found.differences)
        things = say_count(count, "thing differs", "things differ")
        todo = Both(
            "만든 이에게 처음 쓴 묶음을 받거나, 다른 점을 알려 주십시오",
            "ask who made it for the bundle as it was written, or report the difference",
        )
        what = Both(f"묶음에 적힌 것과 {count}가지가 다릅니다", f"{things} from what the bundle states")
        raise VerifyError(what, Where(bundle), todo)


def _print(found: Verification) -> None:
    """Print what was verified, each difference, and other versions."""
    screen, stated = console(), found.stated
    scenario = f", scenario {stated.scenario}" if stated.scenario else ""
    screen.print(plain_text(f"{stated.solution}: {stated.city.get('id')}, {stated.day}{scenario}", "bold"))
    screen.print(plain_text(f"sha256 of the manifest {found.digest}", "dim"))
    if found.same:
        made = f"{say_count(found.numbers, 'number')} and {say_count(found.figures, 'figure')}"
        screen.print(plain_text(f"same: {made} recomputed, every file as hashed"))
    else:
        table = sheet("what", "name", "stated", "recomputed", numeric=(2, 3))
        for one in found.differences[:_SHOWN]:
            cells = (one.kind, one.name, str(one.stated), str(one.recomputed))
            table.add_row(*(plain_text(cell) for cell in cells))
        screen.print(table)
        if len(found.differences) > _SHOWN:
            screen.print(plain_text(f"… {len(found.differences) - _SHOWN} more: --format json", "dim"))
    for name, said, here in found.versions:
        screen.print(plain_text(f"other version: {name} {said} there, {here} here", "dim"))


def _as_json(found: Verification) -> dict[str, Any]:
    """Return what came of it as JSON-ready values."""
    return {
        "same": found.same,
        "solution": found.stated.solution,
        "city": found.stated.city,
        "day": found.stated.day,
        "scenario": found.stated.scenario,
        "manifest_sha256": found.digest,
        "numbers": found.numbers,
        "figures": found.figures,
        "differences": [
            {"what": one.kind, "name": one.name, "stated": one.stated, "recomputed": one.recomputed}
            for one in found.differences
        ],
        "versions": [{"name": name, "stated": said, "here": here} for name, said, here in found.versions],
    }
