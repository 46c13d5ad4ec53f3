"""What was judged: each promise's standing, and every change of a verdict with its day and reason."""

from __future__ import annotations

from django.db import models

from madang.web.wording import both


class Standing(models.Model):
    """One promise as it was last judged: verdict, reason, evidence and chart as JSON, ready to be shown."""

    promise = models.SlugField(max_length=80, unique=True)
    place = models.PositiveIntegerField(help_text="its place in the city's file")
    city = models.CharField(max_length=80)
    theme = models.SlugField(max_length=80, db_index=True)
    verdict = models.CharField(max_length=20, db_index=True)
    said_on = models.DateField(null=True)
    due = models.DateField(null=True)
    judged_on = models.DateField(help_text="the day as of which it was judged")
    data = models.JSONField(help_text="as `madang promises --format json` tells it, with evidence and chart")

    class Meta:
        """In the order of the city's file."""

        ordering = ("place",)
        verbose_name = both("약속", "promise")
        verbose_name_plural = both("약속", "promises")

    def __str__(self) -> str:
        """Return the promise and its verdict."""
        return f"{self.promise}: {self.verdict}"


class VerdictChange(models.Model):
    """A verdict that became another one; the first judgement of a promise has no verdict before it."""

    promise = models.SlugField(max_length=80, db_index=True)
    statement = models.JSONField()
    before = models.CharField(max_length=20, blank=True)
    after = models.CharField(max_length=20)
    reason = models.JSONField()
    judged_on = models.DateField()
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        """Newest first."""

        ordering = ("-at", "-pk")
        verbose_name = both("판정 변화", "change of verdict")
        verbose_name_plural = both("판정 변화", "changes of verdict")

    def __str__(self) -> str:
        """Return the change in one line."""
        return f"{self.promise}: {self.before or '—'} → {self.after} ({self.judged_on})"


class Judging(models.Model):
    """The last judging: of which city, as of which day, from which state of models and facts."""

    city = models.CharField(max_length=80, unique=True)
    day = models.DateField()
    fingerprint = models.CharField(max_length=64)
    made_at = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        """Return the city and the day."""
        return f"{self.city}, {self.day}"
