"""A person's account, and the tries to sign in that have not succeeded."""

from __future__ import annotations

from django.contrib.auth.models import AbstractUser
from django.db import models

from madang.web.wording import both


class User(AbstractUser):
    """A person with an account; what they may do is said by their roles (groups)."""

    office = models.CharField(both("부서", "Office"), max_length=120, blank=True)

    class Meta(AbstractUser.Meta):
        """Names for the editors' rooms."""

        verbose_name = both("계정", "account")
        verbose_name_plural = both("계정", "accounts")


class FailedSignIn(models.Model):
    """One failed try: kept as long as it counts against the name or the address it came from."""

    name = models.CharField(max_length=150, db_index=True)
    address = models.CharField(max_length=45, db_index=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)

    def __str__(self) -> str:
        """Return who tried, and when."""
        return f"{self.name} ({self.address}), {self.at:%Y-%m-%d %H:%M:%S}"
