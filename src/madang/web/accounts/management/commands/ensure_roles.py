"""Make the roles, their rights and the review; repeatable."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from madang.web.accounts.roles import ensure_roles


class Command(BaseCommand):
    """``django ensure_roles``."""

    help = "Make the roles, their rights and the review that every page passes."

    def handle(self, *args: Any, **options: Any) -> None:
        """Make them."""
        ensure_roles()
