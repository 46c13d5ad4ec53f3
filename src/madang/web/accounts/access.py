"""Who may open the views of this room."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY, SIGNED_IN

RULES = {
    "sign-in": EVERYBODY,
    "sign-out": SIGNED_IN,
    "account": SIGNED_IN,
}
