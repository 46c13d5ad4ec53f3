"""What the desk counts: by district and kind of member, and what the book owes."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Sum

from madang.web.desks.eco_mileage.models import Member, Odometer, Redemption, Report, Settlement
from madang.web.desks.eco_mileage.services import books, districts
from madang.web.ledger.checking import Liability, liability
from madang.web.ledger.models import Hold


def by_district() -> list[dict[str, Any]]:
    """Return members and points by district and kind of member; nobody is named."""
    grouped = Member.objects.filter(left_on=None).values("district", "kind")
    counted = grouped.annotate(
        members=Count("id"),
        earned=Sum("account__credited"),
        spent=Sum("account__debited"),
        left=Sum("account__balance"),
    )
    return [{**row, "named": districts.named(row["district"])} for row in counted.order_by("district", "kind")]


def owed() -> Liability:
    """Return what the book of points owes."""
    return liability(books.points())


def waiting() -> dict[str, int]:
    """Return what waits for an officer."""
    return {
        "approval": Settlement.objects.filter(state=Settlement.State.PREPARED).count(),
        "posting": Settlement.objects.filter(state=Settlement.State.APPROVED).count(),
        "photos": sum(kind.objects.filter(state=kind.State.WAITING).count() for kind in (Report, Odometer)),
        "deliveries": Redemption.objects.filter(hold__state=Hold.State.PENDING).count(),
    }


def any_synthetic() -> bool:
    """Tell whether members are made up, which every page of the desk then says."""
    return Member.objects.filter(synthetic=True).exists()
