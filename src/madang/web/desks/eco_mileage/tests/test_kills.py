"""Signal 9 at any moment of posting and of 16 clients ordering, then started anew: nothing is lost or doubled.

The desk of these tests is a process of its own with a database of its own, so that what is kept stays there.
"""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from madang.solutions.eco_mileage.award_file import read_award_file
from madang.solutions.eco_mileage.tests.nursery import ROUNDS, Nursery
from madang.web.tests.ready import ReadySite

pytestmark = pytest.mark.slow
DESK = """
    import datetime as dt, itertools, json, os, threading
    import django
    django.setup()
    from django.db import connection, connections
    from madang.web.desks.eco_mileage.models import Item, Member, Posting, Redemption, Trail
    from madang.web.desks.eco_mileage.services import books, people, redeeming, settling
    from madang.web.ledger.checking import verify_book
    from madang.web.ledger.models import Hold
    from pathlib import Path
    DAY = dt.date(2025, 1, 20)

    def opened(city):
        people.register(Path(city))
        for code, stock in (("voucher", 100_000), ("tax", None)):
            redeeming.put_up(code, way=code, title=(code, code), unit_points=1, stock=stock, valid_from=DAY, by="lee")

    def settled(award_file, run):
        settling.prepare(Path(award_file), by="kim")
        settling.approve(run, by="lee")

    def posted(run):
        settling.post(run, by="lee", today=DAY)

    def ordered(number, told):
        paid = [m for m in Member.objects.select_related("account").order_by("number") if m.account.balance > 200][:3]
        items = list(Item.objects.select_related("shelf"))
        connections.close_all()

        def client(place):
            for turn in range(6):
                member, item = paid[(place + turn) % len(paid)], items[(place + turn) % 2]
                made = redeeming.redeem(member, item, 1, key=f"{number}/{place}/{turn}")
                with open(told, "a") as file:
                    file.write(json.dumps([made.pk, made.key]) + "\\n")
            connections.close_all()

        threads = [threading.Thread(target=client, args=(place,)) for place in range(16)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def checked(out):
        found = verify_book(books.points())
        stock = verify_book(books.stock())
        said = {
            "outstanding": found.outstanding, "pieces": stock.outstanding, "orders": Redemption.objects.count(),
            "points": sum(Redemption.objects.values_list("points", flat=True)),
            "noted": Trail.objects.filter(act="redeemed").count(), "postings": Posting.objects.count(),
            "holds": Hold.objects.count(), "keys": dict(Redemption.objects.values_list("pk", "key")),
        }
        Path(out).write_text(json.dumps(said))

    def work(name, *args):
        globals()[name](*args)
        connections.close_all()
"""


@pytest.fixture
def desk_env(tmp_path: Path, ready_site: ReadySite) -> Iterator[dict[str, str]]:
    """Return the environment of a desk with a database of its own, in which nobody is a member yet."""
    with ready_site.apart("kills", tmp_path / "home") as own:
        yield {**own, "DJANGO_SETTINGS_MODULE": "madang.web.settings"}


def other_award_file(city: Path, folder: Path, number: int) -> tuple[Path, str]:
    """Write the city's awards under another run, for windows of other years, so that every round pays anew."""
    script = """
import dataclasses, sys
from pathlib import Path
import polars as pl
from madang.solutions.eco_mileage.award_file import SCHEMA, read_award_file, write_award_file
source, folder, rounds = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
read = read_award_file(source)
for number in range(rounds):
    frame = pl.from_arrow(read.rows).with_columns(pl.col("first_month").dt.offset_by(f"-{6 * (number + 1)}mo"))
    header = dataclasses.replace(read.header, run=f"kill{number:04d}")
    write_award_file(folder / f"kill{number:04d}.parquet", header, frame.to_arrow().cast(SCHEMA))
"""
    if number == 0:
        # In a process of its own: what forks later must not have begun polars' threads.
        source = city / "awards-half_year-2024-01.parquet"
        subprocess.run([sys.executable, "-c", script, str(source), str(folder), str(ROUNDS)], check=True)
    return folder / f"kill{number:04d}.parquet", f"kill{number:04d}"


def test_kills_amid_posting_and_ordering_lose_and_double_nothing(city: Path, tmp_path: Path, desk_env) -> None:
    out, told, dice, cut = tmp_path / "said.json", tmp_path / "told", random.Random(5), {"posted": 0, "ordered": 0}
    told.touch()

    def now() -> dict:
        desk.run("checked", str(out))
        return json.loads(out.read_text())

    with Nursery(DESK, desk_env) as desk:
        desk.run("opened", str(city))
        for number in range(ROUNDS):
            path, run = other_award_file(city, tmp_path, number)
            desk.run("settled", str(path), run)
            before = now()
            cut["posted"] += desk.run("posted", run, killed_after=dice.uniform(0.02, 0.5))
            after = now()
            assert after["outstanding"] in (before["outstanding"], before["outstanding"] + paid_by(path))
            desk.run("posted", run)
            desk.run("posted", run)
            assert now()["outstanding"] == before["outstanding"] + paid_by(path)
        before, began = now(), time.monotonic()
        desk.run("ordered", 0, str(told))
        whole = time.monotonic() - began
        for number in range(1, ROUNDS + 1):
            was_cut = desk.run("ordered", number, str(told), killed_after=whole * dice.uniform(0.1, 0.9))
            cut["ordered"] += was_cut
            # How long a round takes changes with what else the machine does: the moments follow it.
            whole *= 1.4 if was_cut else 0.5
            after = now()
            answered = dict(json.loads(line) for line in told.read_text().splitlines() if line.endswith("]"))
            assert {str(pk): key for pk, key in answered.items()}.items() <= after["keys"].items()
            desk.run("ordered", number, str(told))
            after = now()
            assert after["orders"] == after["noted"] == 96 * (number + 1)
            assert len(set(after["keys"].values())) == after["orders"]
            assert after["outstanding"] == before["outstanding"] - after["points"]
            assert after["holds"] == after["orders"] + (100_000 - after["pieces"])
    assert min(cut.values()) >= ROUNDS // 3, cut


def paid_by(path: Path) -> int:
    """Return the points that an award file pays."""
    return read_award_file(path).header.points
