"""Who may open the views of this room."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY

RULES = {
    "drawing": EVERYBODY,
    "figure-rows": EVERYBODY,
    "vega": EVERYBODY,
    "why": EVERYBODY,
}
