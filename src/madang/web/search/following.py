"""The index follows what is published."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete
from django.dispatch import receiver
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from madang.web.library.models import EntryPage
from madang.web.search.pages import put_page, put_pages, take_page


@receiver(page_published)
def index_page(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Put a page in when it is published."""
    if isinstance(instance, EntryPage):
        put_page(instance)


@receiver(page_unpublished)
def forget_page(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Take a page out when it is unpublished."""
    if isinstance(instance, EntryPage):
        take_page(instance)


@receiver(post_delete)
def forget_deleted(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Take a page out when it is deleted."""
    if isinstance(instance, EntryPage):
        take_page(instance)


@receiver([post_page_move, page_slug_changed])
def index_moved(sender: Any, **kwargs: Any) -> None:
    """Bring the addresses of a page and those below it into line."""
    put_pages()
