"""What the editors' rooms show besides Wagtail's own: numbers that changed, dates without inline scripts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.rich_text.editors.draftail.features import EntityFeature
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from madang.web.library.models import EntryPage
from madang.web.live import catalogue, quotes
from madang.web.live.changes import changes_of
from madang.web.wording import both, language

NUMBER = "NUMBER"


@hooks.register("before_edit_page")
def warn_of_changed_numbers(request: HttpRequest, page: Page) -> None:
    """Tell whoever opens a page which of its numbers changed since it was published."""
    if request.method != "GET" or not isinstance(page, EntryPage):
        return
    changes = changes_of(page)
    if changes:
        lines = format_html_join("; ", "{}", ((change.says(language()),) for change in changes))
        head = both("이 글이 인용한 수치가 바뀌었습니다", "Numbers quoted here have changed")
        messages.warning(request, format_html("{}: {}", head, lines))


class ChangedNumbers(Component):
    """A panel of the editors' first page: published pages whose quoted numbers changed."""

    order = 50

    def render_html(self, parent_context: Any = None) -> SafeString:
        """List the pages, with what changed in each."""
        rows = [(page, changes_of(page)) for page in EntryPage.objects.live().exclude(quoted_values={})]
        shown = [(page, changes) for page, changes in rows if changes]
        if not shown:
            return SafeString("")
        items = format_html_join(
            "",
            '<li><a href="/admin/pages/{}/edit/">{}</a> ({}): {}</li>',
            (
                (page.pk, page.title, page.locale.language_code, "; ".join(one.says(language()) for one in changes))
                for page, changes in shown
            ),
        )
        head = both("수치가 바뀐 글", "Pages whose numbers changed")
        return format_html('<section class="w-mb-8"><h2>{}</h2><ul>{}</ul></section>', head, items)


@hooks.register("construct_homepage_panels")
def add_changed_numbers(request: HttpRequest, panels: list[Any]) -> None:
    """Put the panel on the editors' first page."""
    panels.append(ChangedNumbers())


@hooks.register("register_rich_text_features")
def add_number_button(features: Any) -> None:
    """Give the text editor a button that quotes a solution's number, picked from a list."""
    control = {"type": NUMBER, "icon": "order", "description": str(both("정책 모형의 수치", "A solution's number"))}
    feature = EntityFeature({**control, "attributes": []}, js=["madang/quote-number.js"])
    features.register_editor_plugin("draftail", "number", feature)
    # A quotation is plain text, {{ number:solution.name }}: nothing has to be converted.
    rule = {"from_database_format": {}, "to_database_format": {"entity_decorators": {NUMBER: lambda props: props}}}
    features.register_converter_rule("contentstate", "number", rule)


@hooks.register("register_admin_urls")
def add_number_choices() -> list[Any]:
    """Answer the button with what can be quoted."""
    return [path("numbers/", number_choices, name="number-choices")]


def number_choices(request: HttpRequest) -> JsonResponse:
    """Return every number that can be quoted, by solution, with its value as it is written now."""
    code = language()
    groups = [
        {
            "title": title,
            "numbers": [
                {"address": address, "title": words, "value": f"{quoted.written(code)} {quoted.unit(code)}".strip()}
                for address, words in numbers
                for quoted in [quotes.number(address)]
            ],
        }
        for title, numbers in catalogue.number_choices()
    ]
    return JsonResponse({"groups": groups}, headers={"Cache-Control": "no-store"})


@hooks.register("register_log_actions")
def name_listing(actions: Any) -> None:
    """Name in the audit log what the import of a listing does."""
    label = both("목록에서 가져옴", "Brought in from a listing")
    actions.register_action("madang.listing", label, label)
