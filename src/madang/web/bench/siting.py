"""The page of a board: open, close and move places on a map or in a table, and see what is covered then."""

from __future__ import annotations

from typing import Any

import polars as pl
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from madang.core.errors import Both, UsageError
from madang.core.language import Language, say_number
from madang.plan.report.amounts import say_amount
from madang.web.bench.answers import not_kept_if_brought, open_to_all, run_or_404, says_errors, unkept
from madang.web.bench.board_drawing import board_svg, drawn_demand
from madang.web.bench.boards import Board, Counted, board_of, write_flips
from madang.web.bench.cards import card_of
from madang.web.bench.models import RunFigure
from madang.web.wording import language

#: Rows of the table that names the open places; the map holds all.
_ROWS_MAX = 40
_TITLES = {
    "ko": {True: "{}: 열림, 닫으면 {} 줄어듦", False: "{}: 닫힘, 열면 {} 늘어남"},
    "en": {True: "{}: open, closing it loses {}", False: "{}: closed, opening it adds {}"},
}


@require_safe
@says_errors
@not_kept_if_brought
def board(request: HttpRequest, key: str, name: str) -> HttpResponse:
    """Show a board as it stands after the flips that the address names; a button of the table makes a new address."""
    run, code = run_or_404(key), language()
    made = _board(key, name)
    flips = set(made.read_flips(request.GET.get("flip", "")))
    wanted = _wanted(request, made)
    if wanted:
        address = f"{request.path}?flip={write_flips(flips ^ wanted)}"
        return HttpResponseRedirect(address, status=302)
    context = _told(made, flips, code) | {"run": run, "card": card_of(run.solution), "name": name, "here": request.path}
    if request.headers.get("HX-Request"):
        return unkept(render(request, "bench/board_state.html", context))
    titles = [row["title"] for row in _rows(made, range(len(made.reach.is_open)), context["now"], code)]
    context["drawing"] = board_svg(made, context["now"], titles, context["title"])
    return unkept(render(request, "bench/board.html", context))


@require_safe
@says_errors
@not_kept_if_brought
def board_data(request: HttpRequest, key: str, name: str, ending: str) -> HttpResponse:
    """Give a board after its flips as JSON, or its marks as CSV."""
    made = _board(key, name)
    flips = made.read_flips(request.GET.get("flip", ""))
    now = made.count(flips)
    frame = made.figure.frame.with_columns(
        pl.Series("open", now.is_open), pl.Series("worth", now.worth, dtype=pl.Float64)
    ).drop("state", strict=False)
    if ending == "csv":
        answer = HttpResponse("\ufeff" + frame.write_csv(), content_type="text/csv; charset=utf-8")
        answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
        return open_to_all(answer)
    told = {
        "flip": list(flips), "unit": made.reach.unit, "covered": now.covered, "total": made.total,
        "covered_before": made.count(()).covered, "best_next": list(now.best), "sites": frame.rows(named=True),
    }  # fmt: skip
    return open_to_all(JsonResponse(told, json_dumps_params={"ensure_ascii": False}))


def _board(key: str, name: str) -> Board:
    """Return a run's board, or answer that there is none."""
    made = board_of(get_object_or_404(RunFigure, run_id=key, name=name))
    if made is None:
        raise Http404("this figure has no marks that can be opened and closed")
    return made


def _wanted(request: HttpRequest, made: Board) -> set[int]:
    """Return the marks that a button asks to flip: one to open or close, or two to move from and to.

    Raises:
        UsageError: a mark that is not on the board, or half of a move.
    """
    said = [request.GET[name] for name in ("toggle", "from", "to") if request.GET.get(name)]
    if len(said) == 1 and "toggle" not in request.GET:
        raise UsageError(
            Both("옮기려면 닫을 자리와 열 자리가 있어야 합니다", "a move needs a place to close and a place to open"),
            todo=Both("둘 다 고르십시오", "choose both"),
        )
    return set(made.read_flips(",".join(said)))


def _told(made: Board, flips: set[int], code: Language) -> dict[str, Any]:
    """Return what the page says of a board: covered before and now, what changed, what is open, what is best next."""
    before, now = made.count(()), made.count(flips)
    opened = [int(at) for at in now.is_open.nonzero()[0]]
    ours = sorted(opened, key=lambda at: (at not in flips, -float(now.worth[at])))
    demand = drawn_demand(made)
    return {
        "title": made.figure.title.to(code),
        "subtitle": made.figure.subtitle.to(code) if made.figure.subtitle else "",
        "notes": [note.to(code) for note in made.figure.notes],
        "now": now,
        "share": _share(now.covered, made.total),
        "share_before": _share(before.covered, made.total),
        "covered": say_amount(now.covered, made.reach.unit, code),
        "change": _signed(now.covered - before.covered, made.reach.unit, code),
        "open_count": len(opened),
        "open_before": int(made.reach.is_open.sum()),
        "flips": write_flips(flips),
        "changed": _rows(made, sorted(flips), now, code),
        "best": _rows(made, [at for at in now.best if now.worth[at] > 0], now, code),
        "shut": _rows(made, [int(at) for at in (~now.is_open).nonzero()[0]][:_ROWS_MAX], now, code),
        "open": _rows(made, ours[:_ROWS_MAX], now, code),
        "more_open": max(0, len(ours) - _ROWS_MAX),
        "open_marks": write_flips(opened),
        "out": write_flips(at for at, row in enumerate(demand.tolist()) if not now.is_covered[row]),
    }


def _rows(made: Board, marks: Any, now: Counted, code: Language) -> list[dict[str, Any]]:
    """Return marks as a table shows them: what they are called, whether they are open, what they are worth."""
    frame, rows = made.figure.frame, []
    states, state = made.figure.break_titles, frame["state"] if "state" in frame.columns else None
    for at in marks:
        row = frame.row(at, named=True)
        called = row.get("name") or row.get("id") or str(at)
        is_open = bool(now.is_open[at])
        worth = say_amount(float(now.worth[at]), made.reach.unit, code)
        was = states[state[at]].to(code) if state is not None and states else ""
        title = _TITLES[code][is_open].format(called, worth)
        rows.append({"mark": at, "called": called, "open": is_open, "worth": worth, "was": was, "title": title})
    return rows


def _share(part: float, total: float) -> str:
    """Return a share in per cent; a dash where there is no demand."""
    return f"{say_number(100 * part / total, 1)}%" if total > 0 else "—"


def _signed(value: float, unit: str, code: Language) -> str:
    """Return a difference with its sign."""
    if abs(value) < 1e-9:
        return {"ko": "그대로", "en": "no change"}[code]
    return ("+" if value > 0 else "−") + say_amount(abs(value), unit, code)
