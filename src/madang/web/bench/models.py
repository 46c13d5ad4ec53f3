"""What the bench keeps: runs under the hash of what was asked, their figures, the jobs that make them, uploads."""

from __future__ import annotations

from typing import Any

from django.db import models

from madang.web.wording import both


class Upload(models.Model):
    """A city's folder that a visitor brought: checked, kept for a stated time, then deleted with all made from it."""

    key = models.CharField(max_length=32, primary_key=True)
    city = models.CharField(max_length=80)
    name = models.JSONField(help_text="of the city, in both languages")
    sha256 = models.CharField(max_length=64)
    solutions = models.JSONField(default=list, help_text="those the folder has a file for")
    size = models.PositiveBigIntegerField(help_text="bytes unpacked")
    files = models.PositiveIntegerField()
    made_at = models.DateTimeField(auto_now_add=True, db_index=True)
    delete_at = models.DateTimeField(db_index=True)

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("올린 도시", "uploaded city")
        verbose_name_plural = both("올린 도시", "uploaded cities")

    def __str__(self) -> str:
        """Return the city's id."""
        return self.city


class Run(models.Model):
    """One run: what was asked, and, once it is done, everything a page shows of it."""

    key = models.CharField(max_length=32, primary_key=True, help_text="hash of what was asked and of the model")
    solution = models.CharField(max_length=80, db_index=True)
    city = models.CharField(max_length=80)
    upload = models.ForeignKey(Upload, null=True, on_delete=models.CASCADE)
    day = models.DateField()
    scenario = models.CharField(max_length=80, blank=True)
    changes = models.JSONField(default=dict, help_text="what was changed by hand: name, or name.key, to value")
    asked_at = models.DateTimeField(auto_now_add=True)
    done_at = models.DateTimeField(null=True)
    seconds = models.FloatField(null=True)
    result = models.JSONField(null=True, help_text="numbers, roads, inputs, caveats, defaults, sources")
    numbers_csv = models.TextField(blank=True)
    sensitivity = models.JSONField(null=True)
    delete_at = models.DateTimeField(null=True, db_index=True, help_text="for a run that holds a visitor's own file")

    class Meta:
        """Names for the editors' rooms."""

        verbose_name = both("돌린 결과", "run")
        verbose_name_plural = both("돌린 결과", "runs")
        indexes = (models.Index(fields=("solution", "city", "done_at")),)

    def __str__(self) -> str:
        """Return the solution, city and day."""
        return f"{self.solution}, {self.city}, {self.day}"


class RunFigure(models.Model):
    """A figure of a run: its rows as Parquet, all else as JSON, its drawings once somebody looked."""

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="figures")
    place = models.PositiveIntegerField()
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in ("table", "chart", "map")])
    card = models.JSONField()
    rows = models.PositiveIntegerField()
    parquet = models.BinaryField()
    drawings = models.JSONField(default=dict, help_text="SVG by language")
    reach = models.BinaryField(
        null=True, help_text="whom each mark of a map serves, where marks can be opened and closed"
    )

    class Meta:
        """In the order the solution gave them; one of a name in a run."""

        ordering = ("place",)
        constraints = (models.UniqueConstraint(fields=("run", "name"), name="one_figure_of_a_name"),)

    def __str__(self) -> str:
        """Return the figure's name."""
        return self.name


class Job(models.Model):
    """Work on a run: the run itself, its sensitivity or its bundle; told apart by kind, each once a run."""

    class State(models.TextChoices):
        """Where a job stands."""

        WAITING = "waiting"
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"
        CANCELLED = "cancelled"

    KINDS = ("result", "sensitivity", "bundle")
    ACTIVE = (State.WAITING, State.RUNNING)

    run = models.ForeignKey(Run, on_delete=models.CASCADE, related_name="jobs")
    kind = models.CharField(max_length=12, choices=[(kind, kind) for kind in KINDS])
    state = models.CharField(max_length=10, choices=State.choices, default=State.WAITING, db_index=True)
    share = models.FloatField(default=0.0)
    doing = models.CharField(max_length=200, blank=True)
    error = models.JSONField(null=True, help_text="what, where, to do")
    cancel_asked = models.BooleanField(default=False)
    visitor = models.CharField(max_length=32, db_index=True, help_text="a mark of the address that is good for a day")
    worker = models.CharField(max_length=120, blank=True)
    tries = models.PositiveSmallIntegerField(default=0)
    asked_at = models.DateTimeField(auto_now_add=True, db_index=True)
    seen_at = models.DateTimeField(null=True, help_text="when its worker last said what it was doing")

    class Meta:
        """One job of a kind for each run."""

        constraints = (models.UniqueConstraint(fields=("run", "kind"), name="one_job_of_a_kind"),)

    def __str__(self) -> str:
        """Return the kind and the state."""
        return f"{self.kind}: {self.state}"

    @property
    def active(self) -> bool:
        """Tell whether the job is still to be done or being done."""
        return self.state in self.ACTIVE

    def told(self) -> dict[str, Any]:
        """Return the job as the API tells it."""
        return {
            "kind": self.kind,
            "state": self.state,
            "share": round(self.share, 3),
            "doing": self.doing,
            "error": self.error and {part: self.error.get(part) for part in ("what", "where", "todo")},
        }
