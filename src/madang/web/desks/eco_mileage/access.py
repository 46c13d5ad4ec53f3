"""Who may open the views of this room. A member sees nobody else: each view asks who is signed in."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY, MEMBERS, OFFICERS

#: Each view of the interface asks for a partner's token itself.
_INTERFACE = ("api-root", "openapi-json", "openapi-view", "items", "balance", "order", "one", "deliver", "cancel")
_OWN = ("me", "readings", "why", "redeem", "ask", "move", "report", "car", "export", "leave", "partners")
_OFFICE = (
    "office", "import", "review", "photos", "photo", "cars", "organisations", "settle", "what-if", "settlement", "act",
    "errand", "catalogue", "deliveries", "expiry", "person", "codes", "trail",
)  # fmt: skip
RULES = {
    "eco:desk": EVERYBODY,
    "eco:join": EVERYBODY,
    "eco:claim": EVERYBODY,
    **dict.fromkeys((f"eco:{name}" for name in _OWN), MEMBERS),
    **dict.fromkeys((f"eco:{name}" for name in _OFFICE), OFFICERS),
    **dict.fromkeys((f"eco-api:{name}" for name in _INTERFACE), EVERYBODY),
}
