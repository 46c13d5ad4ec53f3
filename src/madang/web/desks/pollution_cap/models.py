"""What the desk keeps beside the ledger: each request with its answer, and every step taken with it."""

from __future__ import annotations

from typing import Any, NoReturn

from django.db import models
from django.utils.translation import override

from madang.core.errors import Both, LedgerError
from madang.core.language import Text, text
from madang.web.wording import both


class PlanDocument(models.Model):
    """A document that allots load to cells: its name, what stands behind its numbers, and the file they came from."""

    class Status(models.TextChoices):
        """What stands behind an allocation, the weakest last."""

        GAZETTED = "gazetted", both("고시", "gazetted")
        DRAFT = "draft", both("초안", "draft")
        MADE_UP = "made_up", both("지어낸 것", "made up")

    city = models.CharField(max_length=80)
    name = models.CharField(max_length=80)
    status = models.CharField(max_length=10, choices=Status.choices)
    source = models.TextField(help_text="who said it, where, when")
    sha256 = models.CharField(max_length=64)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """One document of a name in a city."""

        verbose_name = both("할당 문서", "plan document")
        verbose_name_plural = both("할당 문서", "plan documents")
        constraints = (models.UniqueConstraint(fields=("city", "name"), name="one_document_of_a_name"),)

    def __str__(self) -> str:
        """Return its name."""
        return self.name


class Restriction(models.Model):
    """A district that missed its goal is refused approvals while a restriction stands; lifting keeps the row."""

    city = models.CharField(max_length=80)
    district = models.CharField(max_length=80)
    reason = models.TextField()
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    lifted_by = models.CharField(max_length=150, blank=True)
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        """One that stands for a district."""

        verbose_name = both("승인 제한", "restriction")
        verbose_name_plural = both("승인 제한", "restrictions")
        constraints = (
            models.UniqueConstraint(
                fields=("city", "district"), condition=models.Q(lifted_at=None), name="one_restriction_at_a_time"
            ),
        )

    def __str__(self) -> str:
        """Return whom it restricts."""
        return self.district


class Permit(models.Model):
    """One request for development load: the project as asked, the answer as given, and where it stands now.

    ``loads``: what it needs by substance, whole tenths of a gram a day, as the ledger counts.
    """

    class State(models.TextChoices):
        """Where a permit stands; each change is one step."""

        ANSWERED = "answered", both("답함", "answered")
        CONSULTED = "consulted", both("협의 중", "consulted")
        SPENT = "spent", both("사용", "spent")
        COMPLETED = "completed", both("준공", "completed")
        CANCELLED = "cancelled", both("취소", "cancelled")
        LAPSED = "lapsed", both("실효", "lapsed")

    key = models.CharField(max_length=32, primary_key=True)
    title = models.CharField(max_length=200)
    city = models.CharField(max_length=80)
    district = models.CharField(max_length=80, db_index=True)
    unit = models.CharField(max_length=80, db_index=True)
    year = models.PositiveIntegerField(db_index=True)
    project = models.JSONField()
    answer = models.JSONField()
    verdict = models.CharField(max_length=30)
    loads = models.JSONField()
    state = models.CharField(max_length=10, choices=State.choices, default=State.ANSWERED, db_index=True)
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        """Newest first."""

        ordering = ("-asked_at", "-key")
        verbose_name = both("개발부하량 협의", "permit")
        verbose_name_plural = both("개발부하량 협의", "permits")

    def __str__(self) -> str:
        """Return the project's title and where it stands."""
        return f"{self.title}: {self.state}"


def words_of_state(state: str) -> Text:
    """Return what a state of a permit is called, in both languages."""
    label: Any = dict(Permit.State.choices)[state]
    return text(*(_in(code, label) for code in ("ko", "en")))


def _in(code: str, label: Any) -> str:
    """Return a label in a language."""
    with override(code):
        return str(label)


class Step(models.Model):
    """What was done with a permit, by whom and when; written once, never changed."""

    permit = models.ForeignKey(Permit, on_delete=models.PROTECT, related_name="steps")
    kind = models.CharField(max_length=10, choices=Permit.State.choices)
    by = models.CharField(max_length=150)
    at = models.DateTimeField(auto_now_add=True)
    note = models.TextField(blank=True)
    loads = models.JSONField(help_text="what the step moved by substance, whole tenths of a gram a day")

    class Meta:
        """In the order taken; each kind once for a permit."""

        ordering = ("at", "pk")
        verbose_name = both("처리", "step")
        verbose_name_plural = both("처리", "steps")
        constraints = (models.UniqueConstraint(fields=("permit", "kind"), name="one_step_of_a_kind"),)

    def __str__(self) -> str:
        """Return what was done."""
        return f"{self.permit_id}: {self.kind}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Write a new step.

        Raises:
            LedgerError: it was written before.
        """
        if self.pk is not None:
            self._refuse()
        super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> NoReturn:
        """Refuse: a step stays."""
        self._refuse()

    def _refuse(self) -> NoReturn:
        """Say that the trail is not edited.

        Raises:
            LedgerError: always.
        """
        raise LedgerError(
            Both("한 처리는 고칠 수 없습니다.", "a step that was taken stays as it is"),
            Both(f"허가 {self.permit_id}, {self.kind}", f"permit {self.permit_id}, {self.kind}"),
        )
