"""Who may open the views of this room. A member sees nobody else: each view asks who is signed in."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY, MEMBERS, OFFICERS

RULES = {
    "eco:desk": EVERYBODY,
    "eco:join": EVERYBODY,
    **{f"eco:{name}": MEMBERS for name in ("me", "readings", "why", "redeem", "export", "leave")},
    **{
        f"eco:{name}": OFFICERS
        for name in (
            "office", "import", "review", "settle", "settlement", "act", "catalogue", "deliveries", "expiry", "person",
            "trail",
        )
    },
    **{
        f"eco-api:{name}": EVERYBODY
        for name in ("api-root", "openapi-json", "openapi-view", "items", "balance", "order", "one", "deliver", "cancel")
    },
}  # fmt: skip
