"""A run told: strict JSON, one row per number, an article with its quotes filled in, one page that stands alone."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import polars as pl
import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import Cancelled, DataError, UnknownName, UsageError
from madang.core.figures import FigureColumn, TableFigure
from madang.core.language import LANGUAGES, Language, text
from madang.plan.exporting import export_figure
from madang.plan.report.amounts import say_amount, say_range, say_value
from madang.plan.report.article import article_html
from madang.plan.report.data import NUMBER_COLUMNS, number_rows, plain, run_json, to_csv, to_json
from madang.plan.report.files import draw_all, write_report
from madang.plan.report.page import Page, figure_html, page_html


@pytest.fixture
def run(tea: Path) -> Run:
    return perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1))


@pytest.fixture
def borrowed(tea: Path, tmp_path: Path) -> Run:
    """Return a run of a city that takes everything over from the tea town."""
    (tmp_path / "busan").mkdir()
    card = 'id = "busan"\nname.ko = "부산"\nname.en = "Busan"\ninherits = "teatown"\n'
    (tmp_path / "busan" / "city.toml").write_text(card, encoding="utf-8")
    return perform(register.load("tea_stalls"), City.open(tmp_path / "busan", tmp_path), date(2026, 11, 1))


@pytest.fixture
def article(run: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Path]:
    """Return the path of an English article to write, with the solution's folder moved there."""
    object.__setattr__(run.solution, "folder", tmp_path)
    yield tmp_path / "article.en.md"
    object.__setattr__(run.solution, "folder", register.folder_of("tea_stalls"))


class _Outside(HTMLParser):
    """Collects whatever a page would fetch or run."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, str]] = []
        self.ids: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name == "id":
                self.ids.append(value or "")
            fetched = name in {"src", "srcset", "data", "action"} or (name.endswith("href") and tag != "a")
            if (fetched and not (value or "").startswith("#")) or name.startswith("on"):
                self.found.append((tag, f"{name}={value}"))
        if tag in {"script", "link", "iframe", "img", "object", "embed"}:
            self.found.append((tag, "element"))


def test_the_json_of_a_run_is_strict_and_whole(run: Run) -> None:
    told = json.loads(to_json(run_json(run)), parse_constant=lambda name: pytest.fail(f"{name} in JSON"))
    assert told["numbers"]["cups"]["value"] == 389685.0
    assert told["numbers"]["cups"]["caveats"][-1]["en"] == "Assumption: Cups a stall sells in a day"
    assert told["numbers"]["share_liked"]["value"] is None
    assert told["numbers"]["share_liked"]["gap"] == {"ko": "설문이 없습니다", "en": "nobody has asked"}
    assert {"solution", "city", "day", "scenario", "figures", "defaults", "inputs", "sources"} <= set(told)
    assert told["figures"][0]["rows"][0] == ["큰 시장", 259790.0]
    assert told["inputs"]["stalls"]["value"]["rows"] == 2
    assert [source["title"] for source in told["sources"]] == ["Count of stalls", "The tea book"]


def test_what_is_another_citys_is_listed_as_a_default(borrowed: Run) -> None:
    told = run_json(borrowed)
    assert {use["name"] for use in told["defaults"]} == {"stalls", "cups_per_day", "price"}
    assert any("Default" in caveat["en"] for caveat in told["numbers"]["stalls"]["caveats"])


def test_one_changed_year_of_a_series_counts_as_a_change(tea: Path) -> None:
    made = perform(register.load("tea_stalls"), City.open(tea), date(2026, 11, 1), changes={"price.2030": "2000"})
    assert run_json(made)["inputs"]["price"]["changed"] is True
    assert "changed" in page_html(made, "en", {})


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf")])
def test_what_is_no_number_is_null_in_json(value: float) -> None:
    assert plain({"a": [value, date(2026, 1, 2), (1, None)]}) == {"a": [None, "2026-01-02", [1, None]]}


def test_what_json_cannot_hold_is_refused_and_not_guessed() -> None:
    with pytest.raises(TypeError, match="object has no place in JSON"):
        plain({"a": object()})


def test_the_csv_has_a_row_for_each_number_with_its_caveats(run: Run) -> None:
    rows = list(csv.DictReader(io.StringIO(to_csv(number_rows(run), NUMBER_COLUMNS))))
    assert [row["name"] for row in rows] == ["cups", "income", "stalls", "share_liked"]
    assert rows[0]["value"] == "389685.0"
    assert "Assumption: Cups a stall sells in a day" in rows[0]["caveats"]
    assert (rows[3]["value"], rows[3]["gap"]) == ("", "설문이 없습니다 / nobody has asked")


@pytest.mark.parametrize(
    ("value", "unit", "language", "said"),
    [
        (361_630_000, "tree", "ko", "3억 6,163만 그루"),
        (200_000_000, "tree", "ko", "2억그루"),
        (269_500, "vehicle", "ko", "269,500대"),
        (361_630_000, "tree", "en", "361,630,000 trees"),
        (-361_630_000, "won", "ko", "-3억 6,163만 원"),
        (1, "address", "en", "1 address"),
        (1.0, "site", "en", "1 site"),
        (1, "site", "ko", "1곳"),
        (14.04, "percent", "en", "14.04%"),
        (2.387, "Mt", "ko", "2.387 Mt"),
        (None, "t", "ko", "—"),
        (99_999_999, "won", "ko", "99,999,999원"),
    ],
)
def test_amounts_are_said_as_people_say_them(value: float | None, unit: str, language: Language, said: str) -> None:
    assert say_amount(value, unit, language) == said


def test_a_number_is_never_rounded_up_to_a_wrong_eok() -> None:
    assert say_value(199_999_999, "ko") == "2억"
    assert say_value(100_000_000, "ko") == "1억"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_fetches_nothing_and_runs_nothing(run: Run, language: Language) -> None:
    page = page_html(run, language, draw_all(run, language))
    seen = _Outside()
    seen.feed(page)
    assert seen.found == []
    assert len(seen.ids) == len(set(seen.ids))
    assert not re.search(r"url\(|@import", page)
    assert f'<html lang="{language}">' in page


def test_the_page_says_what_it_rests_on_wherever_it_shows_a_number(run: Run) -> None:
    page = page_html(run, "en", draw_all(run, "en"))
    assert "This result rests on defaults, assumptions or gaps" in page
    assert '389,685 items</data><sup><a href="#caveats">†</a></sup>' in page
    assert 'id="caveats"' in page
    assert page.count("nobody has asked") >= 3
    assert "Assumption: Cups a stall sells in a day" in page


def test_the_page_gives_each_figure_a_table_twin_with_its_full_source(run: Run) -> None:
    page = page_html(run, "en", draw_all(run, "en"))
    assert page.count("<summary>See the table</summary>") == 3
    assert page.count("<svg ") == 3
    assert '<a href="#source-1">[1]</a> <a href="#source-2">[2]</a>' in page
    assert '<li id="source-2">Office of markets, The tea book' in page
    assert '<a href="https://example.org/tea">' in page
    assert "<th class=n>Cups (items)</th>" in page


def test_a_figure_that_the_article_quotes_is_not_shown_twice(run: Run) -> None:
    page = page_html(run, "ko", {})
    assert page.count('<figure id="by_market">') == 1
    assert page.index('<figure id="by_market">') < page.index("그 밖의 그림") < page.index('<figure id="map">')


@pytest.mark.parametrize(
    ("language", "says"),
    [
        ("ko", "이 글은 찻마을의 사업을 이야기합니다. 그림과 점선 밑줄이 있는 수치만 부산의 것으로 계산했습니다."),
        ("en", "This article tells of Teatown's programme; only the figures and the numbers with a dotted line"),
    ],
)
def test_an_article_shown_for_another_city_says_first_whose_programme_it_tells_of(
    run: Run, borrowed: Run, language: Language, says: str
) -> None:
    assert f'<article class="elsewhere"><p class="note">{escape(says)}' in page_html(borrowed, language, {})
    assert "elsewhere" not in page_html(run, language, {}).split("</style>")[1]


def test_words_in_an_article_are_never_markup(run: Run) -> None:
    page = article_html(run, "en", lambda figure: "")
    assert "<script>" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_an_article_cannot_fetch_a_picture(run: Run, article: Path) -> None:
    article.write_text("![x](https://example.org/x.png)", encoding="utf-8")
    assert "<img" not in article_html(run, "en", lambda figure: "")


def test_quotes_are_filled_in_anywhere_in_an_article(run: Run, article: Path) -> None:
    article.write_text("# {{number:stalls}}\n\n- {{ number:stalls }} x\n\n{{ figure:map }}\n", encoding="utf-8")
    page = article_html(run, "en", lambda figure: f"<figure>{figure.name}</figure>")
    assert page.count("30 sites") == 2
    assert "\n<figure>map</figure>\n" in page
    assert "<p><figure>" not in page


def test_another_solutions_number_may_be_quoted(run: Run, article: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register, "NAMES", ("tea_stalls", "other"))
    article.write_text("{{ number:other.stalls }}", encoding="utf-8")
    asked: list[str] = []
    assert "30 sites" in article_html(run, "en", lambda figure: "", lambda name: asked.append(name) or run)  # type: ignore[func-returns-value]
    assert asked == ["other"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("{{ number:cupz }}", "there is no number of tea_stalls called 'cupz'"),
        ("{{ figure:mapp }}", "there is no figure of tea_stalls called 'mapp'"),
        ("{{ number:nobody.cups }}", "there is no solution called 'nobody'"),
    ],
)
def test_a_wrong_quote_names_what_is_missing(run: Run, article: Path, body: str, says: str) -> None:
    article.write_text(body, encoding="utf-8")
    with pytest.raises(UnknownName, match=re.escape(says)):
        article_html(run, "en", lambda figure: "")


def test_a_quote_of_an_unknown_kind_says_what_may_be_quoted(run: Run, article: Path) -> None:
    article.write_text("{{ picture:map }}", encoding="utf-8")
    with pytest.raises(DataError, match="quote number:NAME or figure:NAME"):
        article_html(run, "en", lambda figure: "")


def test_a_missing_or_badly_encoded_article_is_one_clear_error(run: Run, article: Path) -> None:
    with pytest.raises(DataError, match="the article is missing"):
        article_html(run, "en", lambda figure: "")
    article.write_bytes("찻집".encode("cp949"))
    with pytest.raises(DataError, match="the article is not UTF-8 text"):
        article_html(run, "en", lambda figure: "")


def test_a_report_is_a_page_with_data_and_pictures(run: Run, tmp_path: Path) -> None:
    files = write_report(run, tmp_path / "deep" / "out", "ko")
    names = {path.as_posix() for path in files}
    assert {"report.html", "run.json", "numbers.csv", "figures/map.svg", "figures/map.png"} <= names
    assert "figures/markets.csv" in names
    assert "figures/markets.svg" not in names
    assert (tmp_path / "deep" / "out" / "report.html").stat().st_mode & 0o777 == 0o644
    assert sorted(path.name for path in (tmp_path / "deep").iterdir()) == ["out"]


def test_an_earlier_report_is_replaced_whole(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "out"
    write_report(run, out, "ko")
    (out / "figures" / "old.svg").write_text("old", encoding="utf-8")
    write_report(run, out, "en")
    assert '<html lang="en">' in (out / "report.html").read_text(encoding="utf-8")
    assert not (out / "figures" / "old.svg").exists()
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_a_folder_of_something_else_is_left_alone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "chapter.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="the folder holds something else"):
        write_report(run, tmp_path / "thesis", "en")
    with pytest.raises(UsageError, match="the report needs a folder, and this is a file"):
        write_report(run, tmp_path / "thesis" / "chapter.txt", "en")
    assert (tmp_path / "thesis" / "chapter.txt").read_text(encoding="utf-8") == "mine"


def test_a_stopped_report_leaves_nothing_behind(run: Run, tmp_path: Path) -> None:
    def stop(_share: float, what: str) -> None:
        if what == "drawing map":
            raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write_report(run, tmp_path / "out", "en", progress=stop)
    assert [path.name for path in tmp_path.iterdir()] == ["teatown"]


def test_a_title_with_markup_in_it_is_only_words(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    number = run.result.numbers["stalls"]
    object.__setattr__(number, "title", text("<b>찻집", "<b>Stalls"))
    assert "<b>Stalls" not in page_html(run, "en", {})


def test_a_figure_without_rows_says_so_and_stays_out_of_the_pictures(run: Run) -> None:
    figure = run.figure("map")
    object.__setattr__(figure, "frame", figure.frame.head(0))
    assert "map" not in draw_all(run, "en")
    assert "There are no data yet; the notes say why." in page_html(run, "en", {})


def test_the_articles_title_is_not_said_twice(run: Run, article: Path) -> None:
    article.write_text("# Tea stalls\n\nOne.\n\n# More\n", encoding="utf-8")
    page = page_html(run, "en", {})
    assert page.count("<h1>") == 1
    assert "<article>\n<p>One.</p>\n<h2>More</h2></article>" in page


@pytest.mark.parametrize(("language", "own", "other"), [("ko", "가게", "Shop"), ("en", "Shop", "가게")])
def test_a_table_in_two_languages_shows_the_readers_alone_and_data_keep_both(
    run: Run, tmp_path: Path, language: Language, own: str, other: str
) -> None:
    pair = TableFigure(
        name="pair",
        title=text("쌍", "Pair"),
        frame=pl.DataFrame({"shop_ko": ["가게"], "shop_en": ["Shop"], "cups": [7]}),
        columns=tuple(FigureColumn(name, text(name, name)) for name in ("shop_ko", "shop_en", "cups")),
        rests_on=("stalls",),
    )
    told = replace(run, figures=(pair,))
    shown = figure_html(Page(told, language, {}), pair)
    assert (f"<td>{own}</td><td class=n>7</td>" in shown, other in shown, f"<th>shop_{language}</th>" in shown) == (
        True, False, True,
    )  # fmt: skip
    assert export_figure(told, "pair", "csv").decode() == "shop_ko,shop_en,cups\n가게,Shop,7\n"
    assert run_json(told)["figures"][0]["rows"] == [["가게", "Shop", 7]]


def test_what_somebody_laid_beside_an_earlier_report_is_not_taken_away(run: Run, tmp_path: Path) -> None:
    write_report(run, tmp_path / "out", "en")
    (tmp_path / "out" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match=r"the folder holds something else\n.*value 'notes.txt'"):
        write_report(run, tmp_path / "out", "en")
    assert (tmp_path / "out" / "notes.txt").read_text(encoding="utf-8") == "mine"


def test_half_a_report_is_not_replaced(run: Run, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "report.html").write_text("mine", encoding="utf-8")
    with pytest.raises(UsageError, match="value 'a part of a report'"):
        write_report(run, tmp_path / "out", "en")


@pytest.mark.parametrize(
    ("low", "high", "language", "said"),
    [
        (None, None, "en", ""),
        (1.26, 1000.0, "en", "1.3 – 1,000.0"),
        (0.0, 0.0, "en", "0.0 – 0.0"),
        (250_000_000.0, 361_630_000.0, "ko", "2억 5,000만 – 3억 6,163만"),
    ],
)
def test_a_range_is_said_from_its_low_to_its_high_end(
    run: Run, low: float | None, high: float | None, language: Language, said: str
) -> None:
    number = replace(run.number("cups"), low=low, high=high, value=low, digits=1, gap=text("모름", "unknown"))
    assert say_range(number, language) == said


@pytest.mark.parametrize(
    ("value", "said"),
    [(99_990_000, "99,990,000"), (100_000_000, "1억"), (-361_630_000, "-3억 6,163만"), (None, "—"), (0, "0")],
)
def test_korean_counts_hundreds_of_millions_in_eok(value: int | None, said: str) -> None:
    assert say_value(value, "ko") == said
