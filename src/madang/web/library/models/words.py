"""Words to sort by: themes, the UN's goals, regions, and the people who write. Each in both languages."""

from __future__ import annotations

from django.db import models
from wagtail.admin.panels import FieldPanel
from wagtail.snippets.models import register_snippet

from madang.core.language import Language
from madang.web.wording import both, language


class Named(models.Model):
    """What has a stable key and a name in both languages."""

    key = models.SlugField(both("열쇠", "Key"), unique=True, max_length=60)
    name_ko = models.CharField(both("한국어 이름", "Korean name"), max_length=120)
    name_en = models.CharField(both("영어 이름", "English name"), max_length=120)

    panels = [FieldPanel("key"), FieldPanel("name_ko"), FieldPanel("name_en")]

    class Meta:
        """Only what inherits has a table."""

        abstract = True

    def __str__(self) -> str:
        """Return the name in the language in force."""
        return self.to(language())

    def to(self, code: Language) -> str:
        """Return the name in one language."""
        return self.name_ko if code == "ko" else self.name_en


@register_snippet
class Theme(Named):
    """A field of policy."""

    class Meta:
        """Names for the editors' rooms."""

        ordering = ["key"]
        verbose_name = both("주제", "theme")
        verbose_name_plural = both("주제", "themes")


@register_snippet
class Goal(Named):
    """One of the UN's seventeen sustainable development goals."""

    number = models.PositiveSmallIntegerField(unique=True)
    panels = [*Named.panels, FieldPanel("number")]

    class Meta:
        """Names for the editors' rooms."""

        ordering = ["number"]
        verbose_name = both("지속가능발전목표", "sustainable development goal")
        verbose_name_plural = both("지속가능발전목표", "sustainable development goals")


@register_snippet
class Region(Named):
    """A part of the world."""

    class Meta:
        """Names for the editors' rooms."""

        ordering = ["key"]
        verbose_name = both("지역", "region")
        verbose_name_plural = both("지역", "regions")


@register_snippet
class Author(Named):
    """A person or office that writes."""

    office_ko = models.CharField(both("부서", "Office in Korean"), max_length=160, blank=True)
    office_en = models.CharField(both("부서(영어)", "Office in English"), max_length=160, blank=True)
    panels = [*Named.panels, FieldPanel("office_ko"), FieldPanel("office_en")]

    class Meta:
        """Names for the editors' rooms."""

        ordering = ["key"]
        verbose_name = both("필자", "author")
        verbose_name_plural = both("필자", "authors")

    @property
    def office(self) -> str:
        """Return the office in the language in force."""
        return self.office_ko if language() == "ko" else self.office_en
