"""Who may open the views of this room: anybody; what belongs to one visitor is guarded by its own address."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY

RULES = {
    "scoreboard:changes": EVERYBODY,
    "scoreboard:embed": EVERYBODY,
    "scoreboard:promise": EVERYBODY,
    "scoreboard:promise-data": EVERYBODY,
    "scoreboard:promises": EVERYBODY,
    "scoreboard:promises-data": EVERYBODY,
}
