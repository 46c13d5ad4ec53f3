"""What a solution's run gave, kept so that no reader waits for a model."""

from __future__ import annotations

from django.db import models

from madang.web.wording import both


class Computed(models.Model):
    """One solution run for the site's city: numbers and figures as JSON, with the fingerprint they were made from."""

    solution = models.CharField(max_length=80, unique=True)
    city = models.CharField(max_length=80)
    day = models.DateField(help_text="the day the run was asked for")
    fingerprint = models.CharField(max_length=64, help_text="of the solution's files and the city's")
    computed_at = models.DateTimeField(auto_now=True)
    title = models.JSONField(default=dict)
    numbers = models.JSONField(default=dict, help_text="by name: as `madang why --json` tells them, with sources")
    figures = models.JSONField(default=dict, help_text="by name: titles, rows, notes, sources, hashes of drawings")
    error = models.TextField(blank=True, help_text="why the last run failed, where it did")

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("계산 결과", "computed result")
        verbose_name_plural = both("계산 결과", "computed results")

    def __str__(self) -> str:
        """Return the solution and its day."""
        return f"{self.solution}, {self.day}"


class Sheet(models.Model):
    """All rows of a figure as CSV, kept apart so that a page does not read them."""

    address = models.CharField(max_length=200, unique=True, help_text="solution.figure")
    csv = models.TextField()

    def __str__(self) -> str:
        """Return the figure's address."""
        return self.address


class Drawing(models.Model):
    """A drawn figure, by its content's hash: the same address always shows the same picture."""

    key = models.CharField(max_length=32, primary_key=True)
    name = models.CharField(max_length=120)
    svg = models.TextField()
    live = models.JSONField(null=True, help_text="what a page needs to let readers point at its marks")
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """Return the figure's name and hash."""
        return f"{self.name} {self.key}"
