"""Runs are kept for the pages: numbers with their road, drawings by their hash, rows as CSV."""

from __future__ import annotations

import gzip
import html
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation

from madang import register
from madang.core.contract import perform
from madang.core.language import LANGUAGES
from madang.plan.cities import open_city
from madang.web import editions
from madang.web.bench.jobs import WORDS
from madang.web.live import bundle, catalogue, quotes
from madang.web.live.computing import fingerprint, keep, refresh
from madang.web.live.models import Computed, Drawing
from madang.web.live.telling import say_given
from madang.web.live.templatetags.live import alive, figure_words
from madang.web.live.tokens import Token, qualified, tokens_in, unknown_tokens

pytestmark = pytest.mark.django_db
NAME = "eco_mileage"
DAY = date(2026, 11, 22)


@pytest.fixture(scope="module")
def run() -> object:
    """Return one run of a real solution, made once."""
    return perform(register.load(NAME), open_city("seoul"), DAY, today=DAY)


@pytest.fixture
def kept(run: object) -> Computed:
    """Return the run as the pages have it."""
    made = keep(run, "mark")  # type: ignore[arg-type]
    editions._renew()
    return made


def test_every_number_is_kept_with_title_unit_sources_and_reason(kept: Computed) -> None:
    """What is unknown says why; nothing else is without a value."""
    assert kept.numbers
    for card in kept.numbers.values():
        assert set(card["title"]) == {"ko", "en"}
        assert card["unit"]
        assert card["value"] is not None or card["gap"]


def test_every_picture_is_drawn_in_both_languages_and_every_figure_has_rows(kept: Computed, visitor: Client) -> None:
    """Drawings lie under their hash and never change; the CSV holds all rows."""
    drawn = [card for card in kept.figures.values() if card["drawings"]]
    assert drawn
    for card in drawn:
        for code in LANGUAGES:
            answer = visitor.get(f"/figures/{card['drawings'][code]['key']}.svg")
            assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            assert card["title"][code].split()[0] in answer.content.decode()
    name, card = next(iter(kept.figures.items()))
    rows = visitor.get(f"/figures/{NAME}.{name}.csv").content.decode("utf-8-sig").strip().split("\n")
    assert len(rows) == card["row_count"] + 1


def test_a_phone_gets_each_chart_as_wide_as_it_is(kept: Computed, visitor: Client) -> None:
    drawings = [card["drawings"]["en"] for card in kept.figures.values() if card["drawings"]]
    page = visitor.get("/en/solutions/eco-mileage/").content.decode()
    quoted = [one for one in drawings if one["key"] in page]
    assert quoted
    for one in quoted:
        assert one["phone"]["width"] <= 390 < one["width"]
        assert f'<source media="(max-width: 40rem)" srcset="/figures/{one["phone"]["key"]}.svg"' in page
        assert visitor.get(f"/figures/{one['phone']['key']}.svg").status_code == 200


def test_a_drawing_can_be_had_as_png_and_runs_nothing(kept: Computed, visitor: Client) -> None:
    """The SVG opened by itself is under a policy of its own."""
    drawing = Drawing.objects.first()
    assert drawing is not None
    assert visitor.get(f"/figures/{drawing.key}.png").content[:4] == b"\x89PNG"
    policy = visitor.get(f"/figures/{drawing.key}.svg").headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    assert visitor.get("/figures/0123456789abcdef01234567.svg").status_code == 404


def test_a_drawing_tells_a_page_how_to_draw_it_anew(kept: Computed, visitor: Client) -> None:
    """The spec has the picture's words and says what each mark shows; an older drawing without it is none."""
    card = next(card for card in kept.figures.values() if card["drawings"])
    address = f"/figures/{card['drawings']['ko']['key']}.vl.json"
    told = visitor.get(address).json()
    assert told["title"] == card["title"]["ko"]
    assert any(row.get("_tip") for row in told["spec"]["data"]["values"])
    Drawing.objects.update(live=None)
    editions._renew()
    assert visitor.get(address).status_code == 404


def test_vega_is_served_from_here_and_asks_nobody_else(visitor: Client) -> None:
    """The wheel's own bundle: one version, kept for good, with an interpreter that needs no eval."""
    answer = visitor.get(f"/figures/vega-{bundle.VERSION}.js")
    assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answer.headers["Content-Type"] == "text/javascript; charset=utf-8"
    assert b"window.vegaEmbed=" in answer.content
    assert b"import(" not in answer.content.split(b"window.vegaEmbed=")[1]
    assert visitor.get("/figures/vega-0.0.js").status_code == 404


def test_a_page_names_the_script_but_not_the_program(kept: Computed, visitor: Client) -> None:
    """What draws in the page is fetched when a reader asks for it, and weighs on no other."""
    page = visitor.get("/ko/solutions/eco-mileage/").content.decode()
    assert 'defer src="/static/madang/charts.js' in page
    assert f'data-vega="/figures/vega-{bundle.VERSION}.js"' in page
    assert 'src="/figures/vega' not in page


def test_a_reason_is_told_once_in_a_text(kept: Computed) -> None:
    """Numbers that lack the same thing do not bury the sentence under the same words; the link still leads to why."""
    first, second, known = list(kept.numbers)[:3]
    for name in (first, second):
        kept.numbers[name] |= {"value": None, "gap": {"ko": "등록부가 없습니다", "en": "there is no register"}}
    kept.save()
    editions._renew()
    tokens = [f"{{{{ number:{NAME}.{name} }}}}" for name in (first, second, known)]
    with translation.override("en"):
        text = alive(" ".join(tokens))
    assert text.count("(there is no register)") == 1
    assert '<a href="/en/why/eco_mileage/' + second + '/" title="there is no register">(unknown)</a>' in text


def test_an_empty_figure_says_why_instead_of_showing_a_header(kept: Computed) -> None:
    """A table without rows tells a reader nothing."""
    name, card = next(iter(kept.figures.items()))
    card |= {"rows": [], "row_count": 0, "drawings": None, "notes": [{"ko": "세지 않음", "en": "never counted"}]}
    kept.save()
    editions._renew()
    with translation.override("en"):
        text = alive(f"{{{{ figure:{NAME}.{name} }}}}")
    assert "never counted" in text
    assert "<table" not in text


def test_the_same_run_kept_again_gives_the_same_drawings(kept: Computed, run: object) -> None:
    """Pictures are told apart by their content alone."""
    count = Drawing.objects.count()
    keep(run, "mark")  # type: ignore[arg-type]
    assert Drawing.objects.count() == count


def test_a_run_whose_files_and_day_are_the_same_is_not_made_again(kept: Computed) -> None:
    """The fingerprint is of the sums, the solution and the city's files."""
    Computed.objects.filter(pk=kept.pk).update(fingerprint=fingerprint(NAME, open_city("seoul")))
    assert refresh(DAY, only=[NAME]) == {NAME: "up to date"}


def test_a_run_that_fails_keeps_what_it_gave_before(kept: Computed, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader sees the last good value; the reason is kept beside it."""

    def broken(name: str) -> object:
        raise ModuleNotFoundError(name)

    monkeypatch.setattr(register, "load", broken)
    said = refresh(date(2026, 11, 23), only=[NAME])
    assert said[NAME].startswith("failed: ")
    row = Computed.objects.get(solution=NAME)
    assert row.numbers == kept.numbers
    assert row.error == NAME


def test_new_results_make_a_new_edition(kept: Computed, django_capture_on_commit_callbacks: Callable[..., Any]) -> None:
    """Pages kept for visitors are drawn anew."""
    before = editions.current()
    with django_capture_on_commit_callbacks(execute=True):
        refresh(date(2026, 11, 24), only=[NAME])
    assert editions.current() != before


def test_quotations_are_found_and_completed_with_their_solution() -> None:
    """An article in a solution's folder leaves its own name out."""
    words = "{{ number:co2 }} and {{figure:other.map}} and {{ else }}"
    assert qualified(words, "eco") == "{{ number:eco.co2 }} and {{ figure:other.map }} and {{ else }}"
    assert list(tokens_in(qualified(words, "eco"))) == [Token("number", "eco.co2"), Token("figure", "other.map")]


def test_what_no_solution_has_is_told_by_name(kept: Computed) -> None:
    """A wrong solution, a wrong number; a right one passes."""
    right = next(iter(kept.numbers))
    words = f"{{{{ number:nobody.x }}}} {{{{ number:{NAME}.wrong }}}} {{{{ number:{NAME}.{right} }}}}"
    assert unknown_tokens(words) == ["nobody.x", f"{NAME}.wrong"]


def test_an_editor_picks_from_every_number_and_figure(kept: Computed) -> None:
    """The choices are grouped by solution, in the language in force."""
    groups = dict(catalogue.number_choices())
    assert len(groups[kept.title["ko"]]) == len(kept.numbers)
    assert dict(catalogue.figure_choices())


def test_a_stated_value_stands_beside_the_computed_one(kept: Computed, visitor: Client) -> None:
    """Where a promise is decided by the number, the city's own value and its day are told."""
    measures = [measure for measure in quotes.stated_by_measure() if measure.startswith(f"{NAME}.")]
    assert measures
    quoted = quotes.number(measures[0])
    page = visitor.get(f"/en/why/{measures[0].replace('.', '/')}/").content.decode()
    assert quoted.stated[0].says.en.split(",")[0][:20] in page
    assert quotes.number("nobody.x").written("en") == "—"


@pytest.mark.parametrize("name", register.NAMES)
def test_every_number_of_every_solution_is_walked_back_in_both_languages(name: str, visitor: Client) -> None:
    """Whatever a solution's inputs are: single values, series, series of series, tables."""
    made, said = register.load(name), set()
    keep(perform(made, open_city("seoul"), date.today(), progress=lambda share, doing: said.add(doing)), "mark")
    assert {doing for doing in said if doing not in WORDS} <= set(made.card.words), "progress without words in Korean"
    editions._renew()
    for code in LANGUAGES:
        for number, card in Computed.objects.get(solution=name).numbers.items():
            answer = visitor.get(f"/{code}/why/{name}/{number}/")
            assert answer.status_code == 200, (code, number)
            assert card["formula"][code][:20] in html.unescape(answer.content.decode())


@pytest.mark.parametrize(
    ("given", "unit", "said"),
    [
        (None, "kg", "—"), (True, None, "yes"), (2021, "year", "2021"), (5, "year", "5 years"),
        (1200.0, "kg", "1,200 kg"),
        ({"table": "people", "rows": 25}, None, "25 rows"), ([1, 2], None, "2 values"),
        ({"a": 1.0, "b": 2.0, "c": 3.0, "d": None}, "kg", "… b: 2 kg, c: 3 kg, d: —"),
        ({"2021-07-31": 3.0}, "kg", "31 July 2021: 3 kg"),
        ({"park": {"bod": 1.0, "tp": 2.0}}, "kg", "park: 2 values"), ("논 · paddy", None, "paddy"),
    ],
)  # fmt: skip
def test_an_input_is_told_as_what_it_is(given: Any, unit: str | None, said: str) -> None:
    """A series by its end, a series of series by its sizes, a table by its rows."""
    assert say_given(given, unit, "en") == said


def test_an_article_with_two_charts_stays_below_150_kb(kept: Computed, visitor: Client) -> None:
    """Page, style and the two heaviest drawings, as a browser gets them."""

    def weight(address: str) -> int:
        return int(visitor.get(address, headers={"Accept-Encoding": "gzip"}).headers["Content-Length"])

    style = (Path(__file__).parents[2] / "static" / "madang" / "madang.css").stat().st_size
    drawings = sorted((weight(f"/figures/{one.key}.svg") for one in Drawing.objects.all()), reverse=True)
    assert weight("/ko/solutions/eco-mileage/") + style + sum(drawings[:2]) < 150_000


def test_a_browser_that_unpacks_gets_less_and_the_same(kept: Computed, visitor: Client) -> None:
    """The packed page is the page; one that cannot unpack gets it as it is."""
    packed = visitor.get("/ko/", headers={"Accept-Encoding": "gzip"})
    plain = visitor.get("/ko/")
    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["Vary"]
    assert gzip.decompress(packed.content) == plain.content
    assert "Content-Encoding" not in plain.headers


@pytest.mark.parametrize(("code", "shown"), [("ko", "강"), ("en", "River")])
def test_a_table_in_two_languages_shows_the_readers_column(
    monkeypatch: pytest.MonkeyPatch, code: str, shown: str
) -> None:
    names = ("at_ko", "at_en", "count")
    columns = [
        {"name": name, "title": {"ko": name, "en": name}, "unit": None, "digits": None, "numeric": name == "count"}
        for name in names
    ]
    card = {
        "title": {"ko": "수", "en": "Count"}, "subtitle": None, "drawings": None, "columns": columns,
        "rows": [["강", "River", 3]], "row_count": 1, "notes": [], "sources": [],
    }  # fmt: skip
    monkeypatch.setattr(quotes, "figure", lambda _: card)
    with translation.override(code):
        told = figure_words("a.b")
    assert [cell["shown"] for cell in told["rows"][0]] == [shown, "3"]
    assert [column["title"] for column in told["columns"]] == [f"at_{code}", "count"]
