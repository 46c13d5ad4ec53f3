"""The library's pages as the search finds them."""

from __future__ import annotations

from collections.abc import Iterator

from madang.web.library.models import EntryPage
from madang.web.library.plain import plain_text
from madang.web.search.indexing import Findable, put, put_all, take_out

SOURCE = "page"


def findable(page: EntryPage) -> Findable:
    """Return a page as the search finds it."""
    texts = [page.summary, *(plain_text(getattr(page, name)) for name in page.text_fields)]
    day = page.shown_day
    return Findable(
        source=SOURCE,
        source_key=str(page.pk),
        language=page.locale.language_code,
        kind=page.kind,
        title=page.title,
        body="\n".join(text for text in texts if text),
        address=page.url or "",
        theme=page.theme.key if page.theme else "",
        year=day.year if day else None,
        goals=[str(goal.number) for goal in page.goals.all()],
        regions=[region.key for region in page.regions.all()],
    )


def put_page(page: EntryPage) -> None:
    """Put a published page into the index; one that not everybody may see is taken out."""
    if page.live and not page.get_view_restrictions().exists():
        put(findable(page))
    else:
        take_page(page)


def take_page(page: EntryPage) -> None:
    """Take a page out of the index."""
    take_out(SOURCE, str(page.pk))


def put_pages(*, anew: bool = False) -> int:
    """Bring the index into line with the published pages; return how many were analysed."""
    return put_all(SOURCE, _published(), anew=anew)


def _published() -> Iterator[Findable]:
    """Return every published page that anybody may see."""
    pages = EntryPage.objects.live().public().select_related("locale", "theme").specific()
    return (findable(page) for page in pages.iterator(chunk_size=100))
