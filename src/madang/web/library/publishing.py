"""What follows from publishing: a new edition of the site, and the state of the translation."""

from __future__ import annotations

from typing import Any

from django.dispatch import receiver
from wagtail.signals import page_published, page_unpublished, post_page_move

from madang.web import editions
from madang.web.library.models import EntryPage
from madang.web.live.changes import values_quoted


@receiver(page_published)
def renew_after_publishing(sender: Any, instance: Any, **kwargs: Any) -> None:
    """Make a new edition, and note which state of the original a checked translation follows."""
    if isinstance(instance, EntryPage):
        EntryPage.objects.filter(pk=instance.pk).update(quoted_values=values_quoted(instance))
        if instance.translation_checked:
            note_translation(instance)
    editions.renew()


@receiver([page_unpublished, post_page_move])
def renew_after_taking_away(sender: Any, **kwargs: Any) -> None:
    """Make a new edition without the page."""
    editions.renew()


def note_translation(page: EntryPage) -> None:
    """Remember the original's live revision as the one this translation follows, where it is a translation."""
    other = page.counterpart
    if page.locale.language_code == page.original_language or other is None:
        return
    follows = other.live_revision_id or other.latest_revision_id
    EntryPage.objects.filter(pk=page.pk).update(follows_revision=follows)
