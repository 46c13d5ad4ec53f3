"""Half-years for tests: award files with something changed, settled by two people; what members hold."""

from __future__ import annotations

import dataclasses
import datetime as dt

import polars as pl

from madang.solutions.eco_mileage.award_file import SCHEMA, read_award_file, write_award_file
from madang.web.desks.eco_mileage.services import books, settling
from madang.web.ledger.models import Account

DAY = dt.date(2025, 1, 20)


def changed(awards, folder, run, change):
    """Write another award file: ``change`` maps the frame of rows."""
    read = read_award_file(awards)
    frame = change(pl.from_arrow(read.rows))
    header = dataclasses.replace(
        read.header, run=run, members=frame.height, evaluated=frame["points"].count(),
        paid=int((frame["points"].fill_null(0) > 0).sum()), points=int(frame["points"].sum()),
    )  # fmt: skip
    path = folder / f"{run}.parquet"
    write_award_file(path, header, frame.to_arrow().cast(SCHEMA))
    return path


def settle(path):
    made = settling.prepare(path, by="kim")
    settling.approve(made.run, by="lee")
    return settling.post(made.run, by="lee", today=DAY)


def balances():
    return dict(Account.objects.filter(book=books.points(), kind="member").values_list("owner", "balance"))
