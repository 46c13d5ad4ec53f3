"""Codes by which members taken over from a table claim their account: only a keyed hash of each is kept."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

#: So many wrong tries end a code, whoever made them.
WRONG_MAX = 10


class CodeList(models.Model):
    """Codes handed out together, once: who made them, for how many members, until when they hold."""

    key = models.CharField(max_length=60, unique=True, help_text="of the form, so that sent twice it makes one list")
    made_by = models.CharField(max_length=150)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    district = models.CharField(max_length=60, blank=True, help_text="whose members; empty for all")
    members = models.PositiveIntegerField()
    withdrawn_by = models.CharField(max_length=150, blank=True)
    withdrawn_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        """Return who made it and when."""
        return f"{self.made_by}, {self.made_at:%Y-%m-%d %H:%M}"


class ClaimCode(models.Model):
    """One member's code. It is open until it is used, replaced or withdrawn, its time is over or it was tried out."""

    made_in = models.ForeignKey(CodeList, on_delete=models.PROTECT, related_name="codes")
    member = models.ForeignKey("eco_mileage.Member", on_delete=models.CASCADE, related_name="codes")
    mark = models.CharField(max_length=64, help_text="keyed hash of number and code")
    wrong = models.PositiveSmallIntegerField(default=0, help_text="wrong tries so far")
    used_at = models.DateTimeField(null=True)
    void_at = models.DateTimeField(null=True)

    class Meta:
        """A member has one open code, and no code is tried beyond its limit: the database says so too."""

        constraints = (
            models.UniqueConstraint(
                fields=("member",), condition=Q(used_at=None, void_at=None), name="eco_one_open_code"
            ),
            models.CheckConstraint(name="eco_code_tries", condition=Q(wrong__lte=WRONG_MAX)),
        )

    def __str__(self) -> str:
        """Return whose it is."""
        return str(self.member)
