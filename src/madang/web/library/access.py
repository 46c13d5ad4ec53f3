"""Who may open the views of this room."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY, WRITERS

RULES = {
    "catalogue": EVERYBODY,
    "sitemap": EVERYBODY,
    "robots": EVERYBODY,
    "shelves": EVERYBODY,
    "entry-data": EVERYBODY,
    "feed": EVERYBODY,
    "picture": EVERYBODY,
    "number-choices": WRITERS,
}
