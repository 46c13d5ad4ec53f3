"""Who may open the views of this room: officers, who answer for the account."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY, OFFICERS

RULES = {
    f"pollution_cap:{view}": OFFICERS
    for view in (
        "desk",
        "ask",
        "permit",
        "act",
        "account",
        "statement",
        "statement-csv",
        "plans",
        "allot",
        "cell",
        "restrict",
        "lift",
    )
} | {
    # The interface for programs has no session: it asks for an officer's name and password itself.
    f"permits:{view}": EVERYBODY
    for view in ("api-root", "openapi-json", "ask_for", "list_all", "account", "one", "act")
}
