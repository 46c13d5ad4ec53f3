"""The bench's pages: run, change, compare, why, sensitivity, bundle; without a cookie, from this site only."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Callable
from html import unescape

import polars as pl
import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from madang import register
from madang.core.language import Language
from madang.plan.bundle import verify_bundle
from madang.web.bench.jobs import bundle_path
from madang.web.bench.models import Job, Run, RunFigure
from madang.web.bench.telling import figure_words

pytestmark = pytest.mark.django_db
QUICK = "eco_mileage"
Made = Callable[..., Run]


def html(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status, address
    return unescape(answer.content.decode())


def test_the_list_names_every_solution_and_needs_no_model(visitor: Client) -> None:
    page = html(visitor, "/ko/bench/")
    for name in register.NAMES:
        assert f'href="/ko/bench/{name}/"' in page


def test_a_form_sets_no_cookie_and_can_be_kept(visitor: Client) -> None:
    answer = visitor.get(f"/en/bench/{QUICK}/")
    assert not answer.cookies
    assert "ETag" in answer.headers


def test_a_run_with_a_changed_input_shows_what_was_changed_and_its_effect(
    visitor: Client, work_off: Callable[[], None], made: Made
) -> None:
    plain = made().result
    sent = visitor.post(f"/en/bench/{QUICK}/", {"city": "seoul", "day": "2026-11-22", "in.kg_per_pine": "13.2"})
    assert sent.status_code == 303
    work_off()
    page = html(visitor, sent.headers["Location"])
    assert "<del>6.6 kg/tree</del> → <ins>13.2 kg/tree</ins>" in page
    run = Run.objects.get(key=sent.headers["Location"].split("/")[-2])
    assert plain is not None
    assert run.result is not None
    assert run.result["numbers"]["pines"]["value"] == pytest.approx(plain["numbers"]["pines"]["value"] / 2)


def test_a_wrong_value_is_shown_again_with_its_reason(visitor: Client) -> None:
    answer = visitor.post(f"/en/bench/{QUICK}/", {"city": "seoul", "in.kg_per_pine": "<b>many</b>"})
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'value="&lt;b&gt;many&lt;/b&gt;"' in page
    assert "give a number" in page
    assert not Job.objects.exists()


def test_a_form_from_another_site_is_refused(visitor: Client) -> None:
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://elsewhere.example"}):
        assert visitor.post(f"/en/bench/{QUICK}/", {"city": "seoul"}, headers=headers).status_code == 403


def test_a_run_that_waits_says_so_and_is_not_kept(visitor: Client) -> None:
    sent = visitor.post(f"/ko/bench/{QUICK}/", {"city": "seoul", "in.kg_per_pine": "7"})
    answer = visitor.get(sent.headers["Location"])
    assert answer.headers["Cache-Control"] == "no-store"
    assert "차례를 기다리는 중" in answer.content.decode()
    assert '<noscript><meta http-equiv="refresh"' in answer.content.decode()


def test_whoever_asked_may_cancel_and_nobody_else(visitor: Client) -> None:
    address = visitor.post(f"/en/bench/{QUICK}/", {"city": "seoul", "in.kg_per_pine": "7"}).headers["Location"]
    stranger = Client(REMOTE_ADDR="192.0.2.7")
    assert stranger.post(f"{address}result/cancel/").status_code == 403
    assert visitor.post(f"{address}result/cancel/").status_code == 303
    assert "Nothing was changed." in html(visitor, address)


def test_the_progress_tells_a_script_when_to_look_anew(visitor: Client, work_off: Callable[[], None]) -> None:
    address = visitor.post(f"/en/bench/{QUICK}/", {"city": "seoul", "in.kg_per_pine": "7"}).headers["Location"]
    assert "HX-Refresh" not in visitor.get(f"{address}result/progress/").headers
    work_off()
    assert visitor.get(f"{address}result/progress/").headers["HX-Refresh"] == "true"


def test_every_number_of_a_run_can_be_walked_back(visitor: Client, made: Made) -> None:
    run = made(kg_per_pine=7)
    assert run.result is not None
    for name, card in run.result["numbers"].items():
        page = html(visitor, f"/en/bench/runs/{run.key}/why/{name}/")
        assert unescape(card["formula"]["en"]) in page
    assert '<span class="tag">changed</span>' in html(visitor, f"/en/bench/runs/{run.key}/why/pines/")


def test_a_figure_can_be_had_in_every_form_and_all_agree(visitor: Client, made: Made) -> None:
    run = made()
    base = f"/en/bench/runs/{run.key}/figures/cumulative"
    parquet = pl.read_parquet(io.BytesIO(visitor.get(f"{base}.parquet").content))
    csv = pl.read_csv(io.BytesIO(visitor.get(f"{base}.csv").content.removeprefix(b"\xef\xbb\xbf")))
    rows = json.loads(visitor.get(f"{base}.json").content)["rows"]
    assert parquet.height == csv.height == len(rows)
    assert parquet.columns == csv.columns
    assert visitor.get(f"{base}.svg").content.startswith(b"<svg")


def test_drawings_are_in_the_page_s_language(visitor: Client, made: Made) -> None:
    run = made()
    kept = run.figures.get(name="cumulative")
    for code in ("ko", "en"):
        drawn = visitor.get(f"/{code}/bench/runs/{run.key}/figures/cumulative.svg").content.decode()
        assert kept.card["figure"]["title"][code][:20] in unescape(drawn)


def test_a_run_is_json_and_csv_at_its_own_address(visitor: Client, made: Made) -> None:
    run = made(kg_per_pine=7)
    told = json.loads(visitor.get(f"/en/bench/runs/{run.key}.json").content)
    assert told["changes"] == {"kg_per_pine": 7}
    assert told["numbers"]["pines"]["unit"] == "tree"
    assert visitor.get(f"/en/bench/runs/{run.key}.csv").content.decode().count("\n") == len(told["numbers"]) + 1


def test_two_scenarios_stand_side_by_side_with_what_differs(visitor: Client, work_off: Callable[[], None]) -> None:
    sent = visitor.post(f"/en/bench/{QUICK}/compare/", {"scenario": ["base", "gas_2240"], "day": "2026-11-22"})
    assert sent.status_code == 303
    assert "no-store" in visitor.get(sent.headers["Location"]).headers["Cache-Control"]
    work_off()
    page = html(visitor, sent.headers["Location"])
    assert "Inputs that differ" in page
    assert "CO2 of city gas" in page
    assert page.count('<th scope="col" class="num">') >= 4
    differing = page[page.index('id="numbers"') :].count("</td></tr>") - page.count('<tr class="quiet">')
    assert differing > 0
    assert f"<strong>{differing} of " in page
    # The script that waited gets the whole page anew, so that its charts can be pointed at.
    assert visitor.get(sent.headers["Location"], headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    assert "HX-Refresh" not in visitor.get(sent.headers["Location"]).headers


def test_one_scenario_alone_is_no_comparison(visitor: Client) -> None:
    answer = visitor.post(f"/en/bench/{QUICK}/compare/", {"scenario": ["base"]})
    assert answer.status_code == 400
    assert "choose from two to 4" in answer.content.decode()


def test_the_tornado_puts_the_input_first_that_moves_the_number_furthest(
    visitor: Client, made: Made, work_off: Callable[[], None]
) -> None:
    run = made()
    visitor.post(f"/en/bench/runs/{run.key}/sensitivity/")
    work_off()
    page = html(visitor, f"/en/bench/runs/{run.key}/sensitivity/?number=pines")
    body = page[page.index("<tbody>") :]
    assert "Uptake of a pine in a year" in body[: body.index("</tr>")]
    assert '<svg class="tornado"' in page


def test_a_bundle_made_here_verifies_anywhere(visitor: Client, made: Made, work_off: Callable[[], None]) -> None:
    run = made(kg_per_pine=7)
    visitor.post(f"/en/bench/runs/{run.key}/bundle/")
    work_off()
    answer = visitor.get(f"/en/bench/runs/{run.key}/bundle.zip")
    body = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert "ro-crate-metadata.json" in zipfile.ZipFile(io.BytesIO(body)).namelist()
    assert not verify_bundle(bundle_path(run)).differences


@pytest.mark.parametrize("kind", ["sensitivity", "bundle", "again"])
def test_what_is_asked_of_a_run_of_an_older_model_gets_an_address_of_its_own(
    visitor: Client, made: Made, work_off: Callable[[], None], kind: str
) -> None:
    """A run keeps its address and its numbers; what follows from today's model is not written beneath them."""
    run = made(kg_per_pine=7)
    old = Run.objects.get(key=run.key)
    old.key = "0" * 24
    old.save()
    Run.objects.filter(key=run.key).delete()
    sent = visitor.post(f"/en/bench/runs/{old.key}/{kind}/")
    assert run.key in sent.headers["Location"]
    work_off()
    html(visitor, sent.headers["Location"])
    assert "All numbers" in html(visitor, f"/en/bench/runs/{run.key}/")


def test_a_city_of_one_s_own_is_run_and_held_against_seoul(
    visitor: Client, zipped: Callable[..., io.BytesIO], work_off: Callable[[], None]
) -> None:
    city = visitor.post("/en/bench/cities/", {"city": zipped()}).headers["Location"]
    assert "still another's" in html(visitor, city)
    sent = visitor.post(f"{city}{QUICK}/", {"against": "home"})
    work_off()
    page = html(visitor, sent.headers["Location"])
    assert "Uptake of a pine in a year" in page
    assert "Yard" in page
    own = Run.objects.get(city__startswith="up-")
    assert (
        f'<a href="/en/bench/runs/{own.key}/#defaults">{len((own.result or {})["defaults"])} values are still' in page
    )
    assert "Still somebody else's values" in html(visitor, f"/en/bench/runs/{own.key}/")
    # Nothing of it is left once it is deleted, not even in what is kept for visitors.
    visitor.post(f"{city}delete/")
    for address in (city, f"/en/bench/runs/{own.key}/", f"/en/bench/runs/{own.key}.json", f"/api/runs/{own.key}"):
        assert visitor.get(address).status_code == 404


def test_names_that_are_not_there_are_said_to_be_so(visitor: Client) -> None:
    assert "there is no solution called 'atlantis'" in html(visitor, "/en/bench/atlantis/", 404)
    assert "there is no city called 'atlantis'" in html(visitor, f"/en/bench/{QUICK}/?city=atlantis", 404)
    assert "is not a day" in html(visitor, f"/en/bench/{QUICK}/?day=soon", 400)
    html(visitor, f"/en/bench/runs/{'0' * 24}/", 404)
    html(visitor, f"/en/bench/{QUICK}/?city=up-%27%22%00", 404)


@pytest.mark.parametrize(
    "address", ["/ko/bench/", "/en/bench/cities/", f"/en/bench/{QUICK}/", f"/ko/bench/{QUICK}/compare/"]
)
def test_pages_load_nothing_from_elsewhere_and_style_nothing_inline(visitor: Client, address: str) -> None:
    page = html(visitor, address)
    assert not re.search(r'<(?:script|link(?! rel="alternate")|img|iframe)\b[^>]*(?:src|href)="(?:https?:)?//', page)
    assert ' style="' not in page
    assert not re.search(r"<script(?![^>]*(?:src=|application/ld\+json))", page)


def test_a_result_takes_few_queries(
    visitor: Client, made: Made, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    run = made()
    with django_assert_max_num_queries(6):
        html(visitor, f"/en/bench/runs/{run.key}/")
    with django_assert_max_num_queries(5):
        html(visitor, f"/en/bench/runs/{run.key}/why/pines/")


def test_the_form_is_told_to_machines_as_a_model(visitor: Client) -> None:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', html(visitor, f"/en/bench/{QUICK}/"))
    assert found is not None
    assert json.loads(found[1])["@type"] == "SoftwareApplication"


@pytest.mark.parametrize(("code", "shown"), [("ko", "강"), ("en", "River")])
def test_a_table_in_two_languages_shows_the_readers_column(code: Language, shown: str) -> None:
    parquet = io.BytesIO()
    pl.DataFrame({"at_ko": ["강"], "at_en": ["River"], "count": [3]}).write_parquet(parquet)
    columns = [
        {"name": name, "title": {"ko": name, "en": name}, "unit": None, "digits": None}
        for name in ("at_ko", "at_en", "count")
    ]
    figure = {"title": {"ko": "수", "en": "Count"}, "subtitle": None, "columns": columns, "notes": []}
    card = {"figure": figure, "numeric": [False, False, True], "drawn": False, "caveats": [], "sources": []}
    told = figure_words(RunFigure(name="pair", card=card, rows=1, parquet=parquet.getvalue()), code)
    assert [value for value, _ in told["rows"][0]] == [shown, 3]
    assert [(column["title"], column["numeric"]) for column in told["columns"]] == [
        (f"at_{code}", False),
        ("count", True),
    ]
