"""Who may open the views of this room: anybody; what belongs to one visitor is guarded by its own address."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY

RULES = {
    "api:api-root": EVERYBODY,
    "api:ask": EVERYBODY,
    "api:datasets": EVERYBODY,
    "api:entries": EVERYBODY,
    "api:entry": EVERYBODY,
    "api:fact": EVERYBODY,
    "api:facts": EVERYBODY,
    "api:figure": EVERYBODY,
    "api:front": EVERYBODY,
    "api:inputs": EVERYBODY,
    "api:openapi-json": EVERYBODY,
    "api:openapi-view": EVERYBODY,
    "api:promise": EVERYBODY,
    "api:promises": EVERYBODY,
    "api:run": EVERYBODY,
    "api:solution": EVERYBODY,
    "api:solutions": EVERYBODY,
    "api:stop": EVERYBODY,
    "api:why": EVERYBODY,
}
