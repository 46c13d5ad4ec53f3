"""One thing at one address, as a page, as JSON and as CSV; other sites may read it, and machines find its versions."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable

import pytest
from django.conf import settings
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from wagtail.models import Page

from madang.web import editions
from madang.web.library.models import NewsPage, ShelfPage
from madang.web.library.tables import ENTRY_COLUMNS, SHELF_COLUMNS

pytestmark = pytest.mark.django_db
#: What lies at an address in three forms, by the address without its ending.
THREE = (
    "/ko/news", "/en/partners", "/en/news/news-liveable-2021", "/ko/publications/digest-2020", "/en/promises",
)  # fmt: skip
#: Data that any site may read, and pages that keep to the browser's own rule.
DATA = (
    "/api/", "/api/solutions", "/api/openapi.json", "/ko/news.json", "/ko/news.csv", "/en/search.json?q=water",
    "/en/search.csv?q=water", "/en/feeds/library.atom", "/en/promises.json", "/en/promises/changes.atom",
    "/catalogue.jsonld", "/sitemap.xml",
)  # fmt: skip
_VERSION = re.compile(r'<link rel="alternate" hreflang="(\w+)" href="([^"]+)">')


def rows(answer: HttpResponse) -> list[dict[str, str]]:
    """Return a CSV answer's rows."""
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))


@pytest.mark.parametrize("address", THREE)
def test_one_thing_is_a_page_json_and_csv_at_one_address(visitor: Client, address: str) -> None:
    assert visitor.get(f"{address}/").headers["Content-Type"].startswith("text/html")
    assert visitor.get(f"{address}.json").json()
    assert len(visitor.get(f"{address}.csv").content.splitlines()[0].split(b",")) > 4


def test_a_page_tells_machines_where_its_other_forms_are(visitor: Client) -> None:
    for address in ("/ko/news", "/en/news/news-liveable-2021"):
        html = visitor.get(f"{address}/").content.decode()
        for kind, ending in (("application/json", "json"), ("text/csv", "csv")):
            assert f'<link rel="alternate" type="{kind}" href="{address}.{ending}">' in html


def test_a_shelf_holds_the_same_entries_in_each_form(visitor: Client) -> None:
    told, table = visitor.get("/en/partners.json").json(), rows(visitor.get("/en/partners.csv"))
    assert told["count"] == len(told["entries"]) == len(table) == 28
    assert tuple(table[0]) == SHELF_COLUMNS
    assert {row["title"] for row in table} == {entry["title"] for entry in told["entries"]}


def test_what_is_not_dated_has_an_empty_day_and_no_other(visitor: Client) -> None:
    found = [row for row in rows(visitor.get("/ko/news.csv")) if "공유도시" in row["title"]]
    assert [row["posted_day"] for row in found] == [""]


def test_an_entrys_rows_hold_its_text_and_the_numbers_it_quotes(visitor: Client) -> None:
    call_command("refresh_figures", "eco_mileage")
    editions._renew()
    table = rows(visitor.get("/ko/solutions/eco-mileage.csv"))
    assert tuple(table[0]) == ENTRY_COLUMNS
    assert {row["name"] for row in table if row["part"] == "text"} >= {"background", "results", "sources"}
    whole = visitor.get("/ko/solutions/eco-mileage.json").json()
    numbers = {row["name"]: float(row["value"]) for row in table if row["part"] == "number"}
    assert numbers == {name: card["value"] for name, card in whole["quoted"].items()}
    assert numbers


def test_a_cell_is_never_a_formula(visitor: Client) -> None:
    shelf = ShelfPage.objects.get(shelf="news", locale__language_code="en")
    page = NewsPage(title='=HYPERLINK("http://e.org")', slug="formula", summary="+1", locale=shelf.locale)
    page.body = [("paragraph", "<p>@SUM(A1)</p>")]
    shelf.add_child(instance=page)
    page.save_revision().publish()
    editions._renew()
    assert next(row["title"] for row in rows(visitor.get("/en/news.csv")) if "HYPER" in row["title"])[0] == "'"
    assert {row["value"][0] for row in rows(visitor.get("/en/news/formula.csv")) if row["part"] == "text"} == {"'"}


def test_a_search_is_to_be_had_as_a_table_whole(visitor: Client) -> None:
    told = visitor.get("/ko/search.json?q=%EC%84%9C%EC%9A%B8").json()
    assert len(rows(visitor.get("/ko/search.csv?q=%EC%84%9C%EC%9A%B8"))) == told["count"] > len(told["results"])


@pytest.mark.parametrize("ending", ["json", "csv"])
def test_what_is_not_there_or_not_published_is_in_no_form(visitor: Client, ending: str) -> None:
    NewsPage.objects.get(key="news-liveable-2021", locale__language_code="en").unpublish()
    for address in ("/en/news/news-liveable-2021", "/en/news/nothing", "/en/nothing"):
        assert visitor.get(f"{address}.{ending}").status_code == 404


@pytest.mark.parametrize("address", DATA)
def test_any_site_may_read_data_first_and_again(visitor: Client, address: str) -> None:
    for _ in ("drawn", "kept"):
        answer = visitor.get(address, headers={"Origin": "https://elsewhere.example"})
        assert (answer.status_code, answer.headers.get("Access-Control-Allow-Origin")) == (200, "*")


def test_a_browser_that_asks_beforehand_may_read_and_not_write(visitor: Client) -> None:
    asks = {"Origin": "https://elsewhere.example", "Access-Control-Request-Method": "GET"}
    answer = visitor.options("/api/solutions", headers=asks)
    assert (answer.status_code, answer.headers["Access-Control-Allow-Methods"]) == (204, "GET, HEAD")
    for method in ("POST", "DELETE"):
        answer = visitor.options("/api/runs", headers={**asks, "Access-Control-Request-Method": method})
        assert "Access-Control-Allow-Methods" not in answer.headers


def test_pages_and_what_is_somebodys_own_are_not_opened(visitor: Client, person: Callable[[str], Client]) -> None:
    assert "Access-Control-Allow-Origin" not in visitor.get("/ko/").headers
    assert "Access-Control-Allow-Origin" not in person("editor").get("/admin/numbers/").headers


def test_each_version_of_a_page_names_all_versions_by_whole_addresses(visitor: Client) -> None:
    """A search engine heeds the links only where they are whole and lead back."""
    one_of_each = {type(page): page for page in Page.objects.live().filter(depth__gt=1).specific()}
    addresses = [page.url for page in one_of_each.values()]
    assert len(addresses) == 9
    for address in (*addresses, "/en/promises/", "/ko/bench/", "/en/search/?q=water", "/ko/library/"):
        found = _versions(visitor, address)
        assert set(found) == {"ko", "en"}, address
        assert found[address[1:3]] == f"{settings.MADANG_ADDRESS}{address}"
        for whole in found.values():
            assert _versions(visitor, whole.removeprefix(settings.MADANG_ADDRESS)) == found


def _versions(visitor: Client, address: str) -> dict[str, str]:
    """Return the versions that a page names, by language."""
    answer = visitor.get(address)
    assert answer.status_code == 200, address
    return dict(_VERSION.findall(answer.content.decode()))
