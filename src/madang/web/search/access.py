"""Who may open the views of this room."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY

RULES = {
    "search": EVERYBODY,
    "search-data": EVERYBODY,
    "search-suggest": EVERYBODY,
}
