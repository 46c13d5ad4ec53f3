"""A NUL, which PostgreSQL cannot hold, is answered wherever it comes from."""

from __future__ import annotations

import pytest
from django.test import Client


@pytest.mark.parametrize(
    "address",
    [
        "/ko/search/?q=%00",
        "/ko/search/complete/?q=%00",
        "/en/promises/?theme=%00",
        "/en/promises/?verdict=%00물",
        "/en/bench/compare/?city=%00",
        "/en/bench/eco_mileage/?city=upload%3A%00",
    ],
)
def test_a_nul_in_a_question_is_no_letter(visitor: Client, address: str) -> None:
    assert visitor.get(address).status_code in {200, 404}


def test_no_page_has_a_nul_in_its_address(visitor: Client) -> None:
    assert visitor.get("/ko/library/%00/").status_code == 404


def test_a_nul_in_a_form_is_refused_with_what_to_do(visitor: Client) -> None:
    answer = visitor.post("/en/bench/eco_mileage/", {"city": "upload:\0", "day": "2026-11-22"})
    assert answer.status_code in {400, 404}
