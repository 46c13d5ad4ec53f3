"""What the editors' rooms show besides Wagtail's own: numbers that changed, dates without inline scripts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from wagtail import hooks
from wagtail.admin.ui.components import Component
from wagtail.models import Page

from madang.web.library.models import EntryPage
from madang.web.live.changes import changes_of
from madang.web.wording import both, language


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


@hooks.register("register_log_actions")
def name_listing(actions: Any) -> None:
    """Name in the audit log what the import of a listing does."""
    label = both("목록에서 가져옴", "Brought in from a listing")
    actions.register_action("madang.listing", label, label)
