"""The site in a real browser: reading, following a number, searching, editing; and nothing axe finds serious."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow
PAGES = {
    "home": "/{}/",
    "shelf": "/{}/partners/",
    "shelves": "/{}/library/",
    "article": "/{}/solutions/eco-mileage/",
    "news": "/{}/news/news-hangang-water-2021/",
    "brochure": "/{}/publications/guide-to-promises/",
    "digest": "/{}/publications/digest-2020/",
    "partner": "/{}/partners/citynet/",
    "centre": "/{}/training/miti-seoul/",
    "note": "/{}/notes/note-how-to-read/",
    "search": "/{}/search/?q=Seoul",
    "why": "/{}/why/eco_mileage/co2_saved_t/",
    "sign-in": "/{}/account/sign-in/",
}


def test_a_citizen_reads_an_article_in_korean_and_follows_a_number_to_its_sources(reader: Any) -> None:
    """From the first page to the article, to the number, to who said it; and back in English."""
    reader.goto("/ko/")
    reader.get_by_role("link", name="에코마일리지", exact=True).first.click()
    reader.wait_for_url(re.compile("/ko/solutions/eco-mileage/$"))
    assert reader.locator("h2").all_inner_texts()[:6] == ["배경", "한 일", "어려움과 극복", "성과", "문의", "출처"]
    reader.locator("a.live").first.click()
    reader.get_by_role("heading", name="계산식").wait_for()
    assert "읽은 날" in reader.locator("main").inner_text()
    reader.get_by_role("link", name="English").click()
    reader.get_by_role("heading", name="Formula").wait_for()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_readers_keys_and_pointer_go_along_a_charts_points(chromium: Any, running: str, scheme: str) -> None:
    """The picture gives way to the same chart; arrows go from point to point; the page's policy stands unbroken."""
    context = chromium.new_context(base_url=running, color_scheme=scheme, viewport={"width": 390, "height": 800})
    page, said = context.new_page(), []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/ko/solutions/eco-mileage/")
    figure = page.locator("figure[data-chart]").first
    figure.get_by_role("button", name="짚어 보기").press("Enter")
    figure.locator(".plot svg").wait_for(timeout=20_000)
    assert not figure.locator("img").is_visible()
    tip, seen = page.locator(".tip"), []
    for key in ("ArrowRight", "ArrowRight", "End", "Home"):
        page.keyboard.press(key)
        seen.append(tip.inner_text())
        assert page.evaluate("document.activeElement.getAttribute('aria-label')") == seen[-1]
    assert len(set(seen)) == 4
    page.keyboard.press("Escape")
    assert not tip.is_visible()
    figure.locator(".plot [tabindex]").last.hover()
    assert tip.is_visible()
    wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert wide <= window
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    found = [one for one in axe.run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
    assert not [(one["id"], one["nodes"][0]["html"][:200]) for one in found]
    context.close()
    assert not said


def test_a_chart_that_cannot_be_fetched_stays_a_picture(reader: Any) -> None:
    """Nothing is lost where the program or the spec does not come."""
    reader.route("**/*.vl.json", lambda route: route.fulfill(status=200, body="no spec"))
    reader.goto("/en/solutions/eco-mileage/")
    figure = reader.locator("figure[data-chart]").first
    figure.get_by_role("button", name="Explore the chart").click()
    reader.locator("figure[data-chart][data-state=still]").first.wait_for()
    assert figure.locator("img").is_visible()


def test_searching_finds_what_stands_there_in_another_form(reader: Any) -> None:
    """수질개선 finds the news that improved the water's quality, with the hits marked."""
    reader.goto("/ko/")
    reader.fill("#q", "수질개선")
    reader.get_by_role("button", name="찾기").click()
    reader.get_by_role("link", name=re.compile("한강 수질")).first.wait_for()
    marked = reader.locator("mark").all_inner_texts()
    assert "수질" in marked
    assert "개선" in marked
    reader.goto("/ko/search/?q=서울")
    reader.locator(".facets").get_by_role("link", name=re.compile("소식")).click()
    reader.wait_for_url(re.compile("kind=news"))


def test_suggestions_come_while_one_types(reader: Any) -> None:
    """Titles stand below the field; without JavaScript the field works all the same."""
    reader.goto("/ko/search/")
    reader.locator("#q").press_sequentially("한강")
    reader.locator("#titles option").first.wait_for(state="attached")
    assert "한강" in str(reader.locator("#titles option").first.get_attribute("value"))


def test_reading_and_searching_need_no_javascript(chromium: Any, running: str) -> None:
    """With scripts off everything a visitor came for is there."""
    context = chromium.new_context(java_script_enabled=False, base_url=running)
    page = context.new_page()
    page.goto("/en/search/?q=chargers")
    page.locator(".entries a").first.click()
    assert page.locator("h1").is_visible()
    context.close()


@pytest.mark.parametrize("kind", PAGES)
@pytest.mark.parametrize("code", ["ko", "en"])
def test_axe_finds_nothing_serious_and_no_page_is_wider_than_its_window(
    reader: Any, phone: Any, kind: str, code: str, pictures: Path | None
) -> None:
    """Every page type, in both languages, at a desk and on a phone."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install axe-playwright-python").Axe()
    for name, page in (("desk", reader), ("phone", phone)):
        page.goto(PAGES[kind].format(code))
        found = [one for one in axe.run(page).response["violations"] if one["impact"] in {"serious", "critical"}]
        assert not [(one["id"], [node["target"] for node in one["nodes"]][:5]) for one in found]
        wide, window = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert wide <= window
        if pictures is not None:
            page.screenshot(path=pictures / f"{kind}-{code}-{name}.png", full_page=True)


def test_dark_pages_are_as_readable(chromium: Any, running: str) -> None:
    """The dark colours pass the same measure of contrast."""
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()
    context = chromium.new_context(color_scheme="dark", base_url=running)
    page = context.new_page()
    for address in ("/ko/", "/ko/solutions/eco-mileage/", "/en/search/?q=water"):
        page.goto(address)
        found = axe.run(page).response["violations"]
        assert not [one["nodes"][0]["html"] for one in found if one["impact"] in {"serious", "critical"}]
    context.close()


ARTICLE = {
    "ko": {"title": "에코마일리지", "summary": "고쳐 쓴 요약입니다.", "pick": "정책 모형의 수치", "put": "넣기"},
    "en": {"title": "Eco-mileage", "summary": "A summary written anew.", "pick": "정책 모형의 수치", "put": "넣기"},
}


#: The editor's form looks for changes from two seconds after it came, and keeps a draft of them. When it begins, and
#: which words the site has answered to keep, is written at the page's root.
TELL_OF_DRAFTS = """
let sent = "";
const root = () => document.documentElement.dataset;
document.addEventListener("w-unsaved:watch-edits", () => { root().watched = "" });
document.addEventListener("w-autosave:save", event => { sent = [...event.detail.formData.values()].join() });
document.addEventListener("w-autosave:success", () => { root().kept = sent });
"""


def test_an_editor_publishes_an_article_in_both_languages_with_a_number_picked_from_a_list(
    reader: Any, editor: tuple[str, str]
) -> None:
    """Signing in; in each language a new summary and a number of the model in the text; both are published and seen."""
    reader.add_init_script(TELL_OF_DRAFTS)
    reader.goto("/admin/login/")
    reader.fill("[name=username]", editor[0])
    reader.fill("[name=password]", editor[1])
    reader.locator("button[type=submit]").first.click()
    for code, words in ARTICLE.items():
        reader.goto(f"/admin/pages/search/?q={words['title']}")
        reader.get_by_role("link", name=words["title"], exact=True).and_(reader.locator("[href*='/edit/']")).click()
        reader.locator("html[data-watched]").wait_for(state="attached")
        reader.fill("#id_summary", words["summary"])
        text = reader.locator("#done-root .public-DraftEditor-content").first
        text.click()
        reader.keyboard.press("Control+End")
        reader.keyboard.press("Enter")
        reader.keyboard.type("/")
        reader.locator(".w-combobox__option", has_text=words["pick"]).first.click()
        reader.locator("dialog select").select_option("eco_mileage.pines")
        reader.locator("dialog").get_by_role("button", name=words["put"]).click()
        assert "{{ number:eco_mileage.pines }}" in text.inner_text()
        # A draft that is on its way while the article is published would be refused.
        reader.locator("html[data-kept*='eco_mileage.pines']").wait_for(state="attached")
        reader.locator("[name=action-publish]").first.evaluate("button => button.click()")
        reader.wait_for_url(re.compile(r"/admin/pages/\d+/$"))
        reader.goto(f"/{code}/solutions/eco-mileage/")
        assert words["summary"] in reader.locator(".lede").inner_text()
        assert reader.locator("section[aria-labelledby=done] a.live[href*='/eco_mileage/pines/']").is_visible()
