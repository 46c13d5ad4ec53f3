"""Refusals at the desk are told in the page's language, those of an errand too."""

from __future__ import annotations

from madang.core.errors import Both, UsageError, Where
from madang.web.bench.jobs import said
from madang.web.desks.eco_mileage.pages.office import _kept


def test_an_errand_keeps_both_languages_of_what_stopped_it() -> None:
    error = UsageError(Both("달이 아닙니다", "not a month"), Where("a.csv", 2), Both("적으십시오", "write one"))
    again = _kept(said(error))
    assert (again.parts("ko"), again.parts("en")) == (error.parts("ko"), error.parts("en"))
    plain = UsageError("only English")
    assert _kept(said(plain)).parts("ko") == ("only English", None, None)


def test_a_korean_page_refuses_in_korean(joined):
    client, _ = joined
    page = client.post("/ko/desks/eco-mileage/me/ask/", {"first_month": "2001-01"})
    assert page.status_code == 400
    assert "지금은 이 반기를 신청할 수 없습니다" in page.content.decode()
