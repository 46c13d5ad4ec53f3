"""What can be found: one row for each page and language, with its terms and their places."""

from __future__ import annotations

from django.db import models


class Entry(models.Model):
    """A page as the search knows it. Its terms lie beside it in the table search_words, or in a vector."""

    source = models.CharField(max_length=20, help_text="who keeps it: page, promise")
    source_key = models.CharField(max_length=200)
    language = models.CharField(max_length=2)
    kind = models.CharField(max_length=20)
    theme = models.CharField(max_length=60, blank=True)
    goals = models.JSONField(default=list, help_text="numbers of the UN's goals")
    regions = models.JSONField(default=list, help_text="keys of regions")
    year = models.PositiveSmallIntegerField(null=True)
    title = models.CharField(max_length=300)
    body = models.TextField()
    address = models.CharField(max_length=500)
    folded = models.TextField(help_text="title and body for comparing letters")
    terms = models.JSONField(default=list, help_text="of the body: form, start, end")
    analysis = models.CharField(max_length=60, help_text="version of the analysis that made the terms")

    class Meta:
        """One row a page and language."""

        constraints = [models.UniqueConstraint(fields=["source", "source_key", "language"], name="search_one_entry")]

    def __str__(self) -> str:
        """Return the title and language."""
        return f"{self.title} ({self.language})"
