"""What would a round have paid by other rules? Settled beside the official one; shown, never prepared for paying."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import polars as pl

from madang.core.errors import Both, UsageError
from madang.core.progress import Progress, part_of
from madang.solutions.eco_mileage.award_file import AwardFile, read_award_file
from madang.solutions.eco_mileage.operating.settling import Settle, settle_round
from madang.solutions.eco_mileage.rules import parse_month
from madang.solutions.eco_mileage.settlement.explain import SAID
from madang.web.desks.eco_mileage.services.people import desk_folder
from madang.web.desks.eco_mileage.services.settling import frame_of
from madang.web.desks.eco_mileage.services.tables import write_people

RULES_BYTES_MAX = 200_000


def ask(asked: dict[str, Any], progress: Progress) -> dict[str, Any]:
    """Settle a round by its own rules and by others; return both, decision by decision, as JSON keeps it.

    Args:
        asked: the round (``first_month``, ``kind``, ``windows``), ``rules_of`` (a day or empty), and ``rules_name`` and
            ``rules`` (a file of rules laid over the enacted ones, or empty).
        progress: told how far it is.

    Raises:
        UsageError: neither a day nor a file of rules is given.
        DataError: a rule is not written as it must be.
    """
    if not asked["rules_of"] and not asked["rules"]:
        raise UsageError(
            Both("어떤 규정으로 셈할지 주지 않았습니다", "no other rules are given"),
            None,
            Both("규정의 날을 적거나 규정 파일을 고르십시오", "give a day, or choose a file of rules"),
        )
    given = {name: asked[name] for name in ("first_month", "kind", "windows")}
    write_people(parse_month(given["first_month"]), given["windows"])
    with tempfile.TemporaryDirectory(dir=desk_folder()) as made:
        folder, other = Path(made), {}
        if asked["rules"]:
            other["rules"] = folder / Path(asked["rules_name"]).name
            other["rules"].write_text(asked["rules"], "utf-8")
        if asked["rules_of"]:
            other["rules_of"] = asked["rules_of"]
        # The other rules first: a slip in them is said at once.
        what_if = _settled({**given, **other}, folder / "other.parquet", part_of(progress, 0.0, 0.5))
        official = _settled(given, folder / "official.parquet", part_of(progress, 0.5, 1.0))
    return _compared(official, what_if)


def _settled(given: dict[str, Any], out: Path, progress: Progress) -> AwardFile:
    """Return a round's awards, settled twice and compared as ever."""
    settle_round(Settle(folder=desk_folder(), out=out, **given), progress)
    return read_award_file(out)


def _compared(official: AwardFile, other: AwardFile) -> dict[str, Any]:
    """Return two settlements of one round beside each other."""
    heads = [("members", "회원"), ("evaluated", "평가한 회원"), ("paid", "받는 회원"), ("points", "포인트")]
    totals = [
        {"what": {"ko": ko, "en": en}, "official": getattr(official.header, en), "other": getattr(other.header, en)}
        for en, ko in heads
    ]
    mine, theirs = (
        frame_of(one).select("member_id", "code", pl.col("points").fill_null(0)) for one in (official, other)
    )
    both = mine.join(theirs, on="member_id", suffix="_other", validate="1:1")
    by_code = mine.group_by("code").len().join(theirs.group_by("code").len(), on="code", how="full", coalesce=True)
    rows = by_code.fill_null(0).sort("len", "len_right", "code", descending=[True, True, False])
    more = (pl.col("points_other") > pl.col("points")).sum()
    less = (pl.col("points_other") < pl.col("points")).sum()
    changed = both.select(more.alias("more"), less.alias("less")).row(0)
    return {
        "what_if": other.header.what_if,
        "synthetic": other.header.synthetic,
        "totals": totals,
        "codes": [
            {"what": {"ko": SAID[code].ko, "en": SAID[code].en}, "official": here, "other": there}
            for code, here, there in rows.iter_rows()
        ],
        "more": changed[0],
        "less": changed[1],
    }
