"""The promises pages: filters without JavaScript, one address by extension, evidence, history, feed and card."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import polars as pl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from madang.core.errors import UnknownName
from madang.core.figures import FigureColumn, MapFigure
from madang.core.language import text
from madang.plan.cities import open_city
from madang.plan.promises import read_promises
from madang.plan.verdicts import Judge, Judged
from madang.web.scoreboard import judging, way
from madang.web.scoreboard.axis import axis_svg
from madang.web.scoreboard.models import Standing, VerdictChange

pytestmark = pytest.mark.django_db
TODAY = date(2026, 11, 22)
READ_BY = date(2026, 11, 29)


def html(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def test_the_list_shows_every_promise_with_a_word_for_its_verdict(visitor: Client, board: tuple[Judged, ...]) -> None:
    page = html(visitor, "/en/promises/")
    for one in board:
        assert one.promise.statement.en in unescape(page)
        assert f">{one.verdict}</span>" in page
    assert page.count('<article class="card promise"') == len(board)


def test_the_summary_counts_each_verdict_once(visitor: Client, board: tuple[Judged, ...]) -> None:
    counts = re.findall(r'<span class="tile-count">(\d+)</span>', html(visitor, "/ko/promises/"))
    assert sum(map(int, counts)) == len(board)


def test_a_filter_is_an_address_and_needs_no_javascript(visitor: Client, board: tuple[Judged, ...]) -> None:
    page = html(visitor, "/en/promises/?verdict=cannot-be-checked")
    assert 'id="arisu-scope"' in page
    assert 'id="eco-co2"' not in page
    assert 'id="eco-co2"' in html(visitor, "/en/promises/?theme=eco-mileage")
    assert 'id="arisu-scope"' not in html(visitor, "/en/promises/?theme=eco-mileage")


def test_a_filter_that_nothing_matches_says_so_and_shows_the_way_back(
    visitor: Client, board: tuple[Judged, ...]
) -> None:
    assert "No promise matches these filters." in html(visitor, "/en/promises/?theme=no-such")


def test_a_board_nobody_judged_says_what_belongs_there(visitor: Client) -> None:
    Standing.objects.all().delete()
    assert "No promise has been judged yet." in html(visitor, "/en/promises/")


def test_html_json_and_csv_of_the_list_share_one_address_and_its_filters(
    visitor: Client, board: tuple[Judged, ...]
) -> None:
    told = json.loads(html(visitor, "/en/promises.json?verdict=cannot-be-checked"))["promises"]
    assert [one["id"] for one in told] == ["arisu-scope"]
    rows = list(csv.DictReader(io.StringIO(html(visitor, "/en/promises.csv").lstrip("\ufeff"))))
    assert [row["id"] for row in rows] == [one.promise.id for one in board]
    assert rows[2]["computed"] == ""  # what is unknown is empty, never zero


def test_data_may_be_read_from_any_site(visitor: Client, board: tuple[Judged, ...]) -> None:
    for address in ("promises.json", "promises.csv", "promises/eco-co2.json", "promises/changes.atom"):
        assert visitor.get(f"/ko/{address}").headers["Access-Control-Allow-Origin"] == "*"


def test_a_promise_walks_its_deciding_number_back_to_facts_and_sources(
    visitor: Client, board: tuple[Judged, ...]
) -> None:
    page, main = html(visitor, "/en/promises/eco-co2/"), board[0].main
    assert main.number is not None
    assert main.number.formula.en in unescape(page)
    assert str(main.claim.measure) in page
    for source in board[0].said_in:
        assert source.who in page


def test_a_promise_that_nothing_decides_says_why_and_shows_no_zero(visitor: Client, board: tuple[Judged, ...]) -> None:
    page = html(visitor, "/en/promises/arisu-scope/")
    assert "The solution that decides this (tap_water) is not built yet" in page
    assert "Computed</dt>" not in page


def test_the_way_there_is_drawn_with_the_stated_value_and_has_a_table_twin(
    visitor: Client, board: tuple[Judged, ...]
) -> None:
    data = Standing.objects.get(promise="eco-co2").data
    assert data["chart"] is not None
    page = html(visitor, "/en/promises/eco-co2/")
    key = data["chart"]["drawings"]["en"]["key"]
    assert f"/figures/{key}.svg" in page
    assert "As a table" in page


def test_the_first_judgement_and_each_change_leave_a_line(board: tuple[Judged, ...], visitor: Client) -> None:
    assert VerdictChange.objects.filter(promise="eco-co2").count() == 1
    turned = replace(board[0], main=replace(board[0].main, verdict="contradicted", reason=text("다름", "differs")))
    rest = (turned, *board[1:])
    told = [judging._told(one, lambda share, what: None) for one in rest]
    assert judging.keep(open_city("seoul"), TODAY, "other", rest, told) == 1
    change = VerdictChange.objects.filter(promise="eco-co2").first()
    assert change is not None
    assert (change.before, change.after) == ("reproduced", "contradicted")
    assert "reproduced → contradicted" in html(visitor, "/en/promises/changes.atom")


def test_judging_again_without_a_change_leaves_no_line(board: tuple[Judged, ...]) -> None:
    told = [judging._told(one, lambda share, what: None) for one in board]
    assert judging.keep(open_city("seoul"), TODAY, "mark", board, told) == 0
    assert VerdictChange.objects.count() == len(board)


def test_a_promise_taken_out_of_the_file_leaves_the_board_but_not_the_history(board: tuple[Judged, ...]) -> None:
    told = [judging._told(one, lambda share, what: None) for one in board[:1]]
    judging.keep(open_city("seoul"), TODAY, "less", board[:1], told)
    assert list(Standing.objects.values_list("promise", flat=True)) == ["eco-co2"]
    assert VerdictChange.objects.filter(promise="arisu-scope").exists()


def test_the_feed_is_atom_in_the_language_of_its_address(visitor: Client, board: tuple[Judged, ...]) -> None:
    answer = visitor.get("/ko/promises/changes.atom")
    assert answer.headers["Content-Type"] == "application/atom+xml; charset=utf-8"
    body = answer.content.decode()
    assert 'xml:lang="ko"' in body
    assert body.count("<entry>") == len(board)


def test_the_card_may_be_framed_and_the_pages_may_not(visitor: Client, board: tuple[Judged, ...]) -> None:
    card = visitor.get("/en/embed/promises/eco-co2/")
    assert "frame-ancestors *" in card.headers["Content-Security-Policy"]
    assert "X-Frame-Options" not in card.headers
    assert "frame-ancestors *" not in visitor.get("/en/promises/").headers["Content-Security-Policy"]


def test_the_review_of_the_claim_is_told_to_machines(visitor: Client, board: tuple[Judged, ...]) -> None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html(visitor, "/en/promises/eco-co2/"))
    assert found is not None
    record: dict[str, Any] = json.loads(found[1])
    assert record["@type"] == "ClaimReview"
    assert record["reviewRating"]["alternateName"] == board[0].verdict


def test_a_promise_nobody_made_is_not_found(visitor: Client, board: tuple[Judged, ...]) -> None:
    for address in ("promises/no-such/", "promises/no-such.json", "embed/promises/no-such/", "promises/%3Cscript%3E/"):
        assert visitor.get(f"/en/{address}").status_code == 404


def test_the_list_takes_few_queries_and_runs_no_model(
    visitor: Client,
    board: tuple[Judged, ...],
    django_assert_max_num_queries: DjangoAssertNumQueries,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("madang.core.contract.perform", None)
    with django_assert_max_num_queries(4):
        html(visitor, "/en/promises/?nothing=kept")
    with django_assert_max_num_queries(4):
        html(visitor, "/en/promises/eco-co2/?nothing=kept")


def test_the_bar_and_the_rule_stand_at_their_values_inside_the_drawing() -> None:
    drawing = axis_svg(200.0, 50.0, "stated 200", "computed 50", "missed", "stated 200, computed 50")
    assert '<rect class="axis-bar" x="2.0" y="30" width="79.0"' in drawing
    assert '<line class="axis-rule" x1="318.0" x2="318.0"' in drawing
    assert 'role="img" aria-label="stated 200, computed 50"' in drawing


def test_words_on_the_axis_are_escaped() -> None:
    assert "<script>" not in axis_svg(1.0, 1.0, "<script>", "ok", "kept", "x")


class _Judged:
    """A claim judged by a run that has only the figures given."""

    def __init__(self, rests_on: tuple[str, ...], figures: tuple[MapFigure, ...]) -> None:
        self.number = SimpleNamespace(value=1.0, unit="1", rests_on=rests_on)
        self.run = SimpleNamespace(figures=figures)


@pytest.mark.parametrize(("rests_on", "found"), [(("a",), True), (("a", "b"), True), (("a", "c"), False), ((), False)])
def test_a_map_stands_by_a_promise_when_it_rests_on_all_that_decides_it(
    monkeypatch: pytest.MonkeyPatch, rests_on: tuple[str, ...], found: bool
) -> None:
    point = {"type": "Point", "coordinates": [127.0, 37.5]}
    made = MapFigure(
        name="gu", title=text("구", "Districts"), frame=pl.DataFrame({"v": [1.0]}), value="v", geometry=[point],
        columns=(FigureColumn("v", text("값", "Value")),), rests_on=("a", "b"),
    )  # fmt: skip
    monkeypatch.setattr(way, "_drawn", lambda run, figure: {"name": figure.name})
    assert way.places_there(_Judged(rests_on, (made,))) == ({"name": "gu"} if found else None)  # type: ignore[arg-type]


def test_a_map_that_a_promise_names_stands_by_it_and_one_that_is_not_drawn_is_refused() -> None:
    city = open_city("seoul")
    book = read_promises(city)
    promise = book.get("ev-chargers")
    one = Judge(city, TODAY, READ_BY).judge(promise, tuple(book.sources[key] for key in promise.sources))
    shown = way.places_there(one.main, one.promise.map)
    assert shown is not None
    assert shown["address"] == "ev_charging.districts_map"
    assert len(shown["rows"]) == 25
    assert way.places_there(one.main) is None
    with pytest.raises(UnknownName, match="there is no map called 'streets_map'"):
        way.places_there(one.main, "streets_map")


def test_a_map_of_a_promise_is_shown_beside_its_chart(board: tuple[Judged, ...], visitor: Client) -> None:
    standing = Standing.objects.get(promise="eco-co2")
    card = {
        "title": {"ko": "구마다", "en": "By district"}, "subtitle": None, "address": "a.b", "drawings": None,
        "columns": [{"name": "gu", "title": {"ko": "구", "en": "District"}, "unit": None, "digits": None,
                     "numeric": False}],
        "words": {"Jung": {"ko": "중구", "en": "Jung-gu"}}, "rows": [["Jung"]], "row_count": 1,
        "notes": [], "sources": [],
    }  # fmt: skip
    standing.data = {**standing.data, "map": card}
    standing.save()
    page = html(visitor, "/ko/promises/eco-co2/")
    assert "곳에 따라" in page
    assert "<td>중구</td>" in page
