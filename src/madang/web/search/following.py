"""The index follows what is published and what is judged."""

from __future__ import annotations

from typing import Any

from django.db.models.signals import post_delete, post_save
from django.dispatch import receiver
from wagtail.signals import page_published, page_slug_changed, page_unpublished, post_page_move

from madang.web.library.models import EntryPage
from madang.web.scoreboard.models import Standing
from madang.web.search.pages import put_page, put_pages, take_page
from madang.web.search.promises import put_promise, take_promise


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


@receiver(post_save, sender=Standing)
def index_promise(sender: Any, instance: Standing, **kwargs: Any) -> None:
    """Put a promise in when it is judged."""
    put_promise(instance)


@receiver(post_delete, sender=Standing)
def forget_promise(sender: Any, instance: Standing, **kwargs: Any) -> None:
    """Take a promise out when the city's file names it no more."""
    take_promise(instance)
