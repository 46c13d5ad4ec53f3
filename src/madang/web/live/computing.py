"""Running the solutions for the site's city and keeping what they give: numbers with their road, figures drawn."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

import madang
from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.drawing import can_draw, fits_phone, live_figure, svg_of, theme
from madang.core.errors import Cancelled, MadangError
from madang.core.figures import Figure
from madang.core.language import LANGUAGES, Text
from madang.core.progress import Progress, part_of, silent
from madang.core.sources import Source
from madang.plan.cities import open_city
from madang.plan.why import explain
from madang.web import editions
from madang.web.live.models import Computed, Drawing, Sheet

#: Rows of a figure that stand in the page; all of them are in its CSV.
ROWS_SHOWN = 40
_SIZE = re.compile(r'<svg[^>]*?\bwidth="([\d.]+)"[^>]*?\bheight="([\d.]+)"')


def refresh(
    today: date, *, only: Sequence[str] = (), anew: bool = False, progress: Progress = silent
) -> dict[str, str]:
    """Run every registered solution whose model, facts or day changed; return what was done for each.

    A solution that fails keeps what it gave before, with the reason; the others still run.
    """
    city, said = open_city(settings.MADANG_CITY), {}
    names = [name for name in register.NAMES if not only or name in only]
    for place, name in enumerate(names):
        part = part_of(progress, place / len(names), (place + 1) / len(names))
        said[name] = _refresh_one(name, city, today, anew=anew, progress=part)
    if any(word == "computed" for word in said.values()):
        editions.renew()
    return said


def _refresh_one(name: str, city: City, today: date, *, anew: bool, progress: Progress) -> str:
    """Run one solution where that is needed."""
    progress(0.0, name)
    mark = fingerprint(name, city)
    kept = Computed.objects.filter(solution=name).first()
    if kept is not None and kept.fingerprint == mark and kept.day == today and not kept.error and not anew:
        return "up to date"
    try:
        run = perform(register.load(name), city, today, today=today, progress=progress)
    except Cancelled:
        raise
    except (MadangError, ImportError) as error:
        if kept is not None:
            Computed.objects.filter(pk=kept.pk).update(error=str(error))
        return f"failed: {error}"
    keep(run, mark)
    return "computed"


def keep(run: Run, mark: str) -> Computed:
    """Keep a run's numbers, figures, drawings and rows; drawn first, so that the database is held only briefly."""
    numbers = {key: number_card(run, key) for key in run.result.numbers}
    figures = {figure.name: figure_card(run, figure) for figure in run.figures}
    return _keep_cards(run, mark, numbers, figures)


@transaction.atomic
def _keep_cards(run: Run, mark: str, numbers: dict[str, Any], figures: dict[str, Any]) -> Computed:
    """Keep what was made of a run, all of it or nothing."""
    name = run.solution.name
    for figure in run.figures:
        Sheet.objects.update_or_create(address=f"{name}.{figure.name}", defaults={"csv": figure.frame.write_csv()})
    kept, _ = Computed.objects.update_or_create(
        solution=name,
        defaults={
            "city": run.city.id,
            "day": run.day,
            "fingerprint": mark,
            "title": run.solution.card.title.model_dump(),
            "numbers": numbers,
            "figures": figures,
            "error": "",
        },
    )
    return kept


def fingerprint(name: str, city: City) -> str:
    """Return the hash of all that a run depends on besides its day: the sums, the solution, the city's files."""
    room = Path(madang.__file__).parent
    folders = [room / "core", room / "methods", register.folder_of(name), *[one.folder for one in city.lineage()]]
    digest = hashlib.blake2b(digest_size=16)
    for folder in folders:
        for path in sorted(folder.rglob("*")):
            if path.is_file() and path.suffix in {".py", ".toml", ".csv", ".parquet"} and "tests" not in path.parts:
                digest.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return digest.hexdigest()


def number_card(run: Run, name: str) -> dict[str, Any]:
    """Return a number with its whole road, as JSON-ready values."""
    number = run.number(name)
    card = explain(run, name).as_json()
    card["digits"] = number.digits
    card["solution"] = run.solution.name
    card["sources"] = [source_card(source) for source in run.sources_of(number.rests_on)]
    return card


def source_card(source: Source) -> dict[str, Any]:
    """Return what a page says of a source."""
    return {
        "who": source.who,
        "title": source.title,
        "url": source.url,
        "published": source.published.isoformat() if source.published else None,
        "read": source.read.isoformat(),
    }


def figure_card(run: Run, figure: Figure, *, rows_max: int | None = ROWS_SHOWN) -> dict[str, Any]:
    """Return a figure as a page shows it: titles, columns, the first rows, notes, sources, its kept drawings."""
    frame = figure.frame
    sources = run.sources_of(figure.rests_on)
    caveats = run.caveats(figure.rests_on)
    shown = frame if rows_max is None else frame.head(rows_max)
    return {
        "title": figure.title.model_dump(),
        "subtitle": figure.subtitle.model_dump() if figure.subtitle else None,
        "columns": [
            {
                "name": column.name,
                "title": column.title.model_dump(),
                "unit": column.unit,
                "digits": column.digits,
                "numeric": frame[column.name].dtype.is_numeric(),
            }
            for column in figure.columns
        ],
        "words": words_of(figure),
        "rows": [[_plain(cell) for cell in row] for row in shown.rows()],
        "row_count": frame.height,
        "notes": [note.model_dump() for note in figure.notes],
        "caveats": [caveat.model_dump() for caveat in caveats],
        "sources": [source_card(source) for source in sources],
        "drawings": {code: _draw(figure, code, sources, caveats) for code in LANGUAGES} if can_draw(figure) else None,
    }


def words_of(figure: Figure) -> dict[str, dict[str, str]]:
    """Return what a figure calls the keys of its series and places, so that its table twin calls them so too."""
    return {key: title.model_dump() for key, title in getattr(figure, "series_titles", {}).items()}


def _draw(figure: Figure, code: Any, sources: tuple[Source, ...], caveats: tuple[Text, ...]) -> dict[str, Any]:
    """Draw a figure in one language, for a desk and for a phone, with what lets a reader point at its marks."""
    about = {"sources": sources, "caveats": caveats}
    wide = _keep_drawing(figure.name, svg_of(figure, code, **about), live_figure(figure, code, **about))
    if not fits_phone(figure):
        return wide
    return {**wide, "phone": _keep_drawing(figure.name, svg_of(figure, code, **about, width=theme.PHONE_WIDTH), None)}


def _keep_drawing(name: str, svg: str, live: dict[str, Any] | None) -> dict[str, Any]:
    """Keep a drawing under its hash; return the hash and the size."""
    size = _SIZE.search(svg)
    width, height = (round(float(part)) for part in (size.groups() if size else ("640", "400")))
    key = hashlib.blake2b(svg.encode(), digest_size=12).hexdigest()
    values = {"name": name, "svg": svg, "live": live, "width": width, "height": height}
    Drawing.objects.update_or_create(key=key, defaults=values)
    return {"key": key, "width": width, "height": height}


def _plain(cell: Any) -> Any:
    """Return a cell as JSON takes it."""
    return cell if cell is None or isinstance(cell, bool | int | float | str) else str(cell)
