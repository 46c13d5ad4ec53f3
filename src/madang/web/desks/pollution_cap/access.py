"""Who may open the views of this room: officers, who answer for the account."""

from __future__ import annotations

OFFICERS = frozenset({"officer", "admin"})
RULES = {
    f"pollution_cap:{view}": OFFICERS
    for view in ("desk", "ask", "permit", "act", "account", "statement", "statement-csv")
}
