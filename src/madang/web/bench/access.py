"""Who may open the views of this room: anybody; what belongs to one visitor is guarded by its own address."""

from __future__ import annotations

from madang.web.accounts.roles import EVERYBODY

RULES = {
    "bench:again": EVERYBODY,
    "bench:bench": EVERYBODY,
    "bench:board": EVERYBODY,
    "bench:board-data": EVERYBODY,
    "bench:bring": EVERYBODY,
    "bench:bundle": EVERYBODY,
    "bench:bundle-file": EVERYBODY,
    "bench:cancel": EVERYBODY,
    "bench:city": EVERYBODY,
    "bench:city-delete": EVERYBODY,
    "bench:city-run": EVERYBODY,
    "bench:compare": EVERYBODY,
    "bench:data": EVERYBODY,
    "bench:figure": EVERYBODY,
    "bench:progress": EVERYBODY,
    "bench:run": EVERYBODY,
    "bench:sensitivity": EVERYBODY,
    "bench:solution": EVERYBODY,
    "bench:why": EVERYBODY,
}
