"""A round asked about by other rules at the desk: the same as from the command line, shown and never prepared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from madang.core.progress import silent
from madang.solutions.eco_mileage.award_file import read_award_file
from madang.solutions.eco_mileage.operating.settling import Settle, settle_round
from madang.web.desks.eco_mileage.models import Errand, Settlement

HOME = "/en/desks/eco-mileage/office/"
ROUND = {"first_month": "2024-01", "kind": "half_year", "windows": "joined"}
SIX = """
[sources.ours]
who = "a test"
title = "six tiers made up"
read = 2026-11-25

[[rule]]
id = "six_tiers_made_up"
rules = ["six"]
kind = "award_tiers"
valid_from = 2009-09-15
status = "announced"
source = "ours"
says.ko = "여섯 단계"
says.en = "six tiers"
edges_bp = [300, 500, 800, 1000, 1300, 1500]
mileage = [5000, 10000, 20000, 30000, 40000, 50000]
"""


def ask(client: Client, **more: Any) -> Any:
    return client.post(f"{HOME}what-if/", {**ROUND, **more})


def by_command(city: Path, out: Path, **more: Any) -> Any:
    settle_round(Settle(folder=city, first_month="2024-01", out=out, **more), silent)
    return read_award_file(out).header


@pytest.mark.parametrize("which", ["rules of 2016", "six tiers"])
def test_the_desk_answers_as_the_command_does_and_prepares_nothing(
    city: Path, registered: Path, person: Callable[[str], Client], tmp_path: Path, which: str
) -> None:
    client, six = person("officer"), tmp_path / "six.toml"
    six.write_text(SIX, "utf-8")
    if which == "six tiers":
        answer = ask(client, rules=SimpleUploadedFile("six.toml", SIX.encode()))
        wanted = by_command(city, tmp_path / "out.parquet", rules=six)
    else:
        answer = ask(client, rules_of="2016-06-01")
        wanted = by_command(city, tmp_path / "out.parquet", rules_of="2016-06-01")
    official = read_award_file(city / "awards-half_year-2024-01.parquet").header
    said = Errand.objects.get().outcome
    paid, points = said["totals"][2], said["totals"][3]
    assert (paid["official"], paid["other"]) == (official.paid, wanted.paid)
    assert (points["official"], points["other"]) == (official.points, wanted.points)
    assert sum(row["other"] for row in said["codes"]) == sum(row["official"] for row in said["codes"]) == 60
    assert said["more"] + said["less"] > 0
    page = client.get(answer["Location"]).content.decode()
    assert "Not to be paid" in page
    assert f"{wanted.points:,}" in page
    assert not Settlement.objects.exists()
    assert not any("other" in path.name or path.name.startswith("tmp") for path in registered.rglob("*"))


def test_a_slip_in_the_rules_is_said_with_its_place(registered: Path, person: Callable[[str], Client]) -> None:
    client = person("officer")
    wrong = SimpleUploadedFile("six.toml", SIX.replace("edges_bp", "edge_bp").encode())
    answer = ask(client, rules=wrong)
    assert answer.status_code == 400
    assert "six.toml" in answer.content.decode()
    assert "edges_bp" in answer.content.decode()
    assert "no other rules are given" in ask(client).content.decode()
    not_text = SimpleUploadedFile("six.toml", b"\xff\xfe")
    assert "no UTF-8 text" in ask(client, rules=not_text).content.decode()
