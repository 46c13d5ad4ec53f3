"""``madang judge``: recompute the verdicts that the promises page shows."""

from __future__ import annotations

from typing import Annotated

import typer
from django.core.management import call_command

from madang.web.opening.preparing import prepare, start_django


def judge(
    anew: Annotated[
        bool, typer.Option("--anew", help="Judge even where models, facts and the day are the same.")
    ] = False,
) -> None:
    """Judge the city's promises as of today for the site, and note which verdicts changed."""
    prepare()
    start_django()
    call_command("judge_promises", anew=anew)
