"""What a member allows a partner: to see the balance and to order. It holds until the member takes it back."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Consent(models.Model):
    """One member's word to one partner; taken back, it stays as a record."""

    member = models.ForeignKey("eco_mileage.Member", on_delete=models.CASCADE, related_name="consents")
    partner = models.ForeignKey("eco_mileage.Partner", on_delete=models.PROTECT, related_name="consents")
    given_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """A member's word to a partner stands once: the database says so too."""

        constraints = (
            models.UniqueConstraint(
                fields=("member", "partner"), condition=Q(ended_at=None), name="eco_one_standing_consent"
            ),
        )

    def __str__(self) -> str:
        """Return whose word it is, and to whom."""
        return f"{self.member} → {self.partner}"
