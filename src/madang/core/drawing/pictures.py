"""From a figure to a spec, to SVG, to PNG: the one road every face takes."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

import vl_convert

from madang.core.drawing import fonts, theme
from madang.core.drawing.charts import chart_spec
from madang.core.drawing.frame import Sheet, compose
from madang.core.drawing.maps import map_spec
from madang.core.drawing.words import CAVEAT_WORD, SOURCE_WORD, subtitle
from madang.core.figures import ChartFigure, Figure, MapFigure
from madang.core.language import Language, Text
from madang.core.sources import Source

_BOLD = re.compile(r'<text [^>]*font-weight="bold"[^>]*>')
_COLOUR = re.compile(r'(?<=")#[0-9A-Fa-f]{6}(?=")')
_FILL = re.compile(r'fill="(#\w+)"')
_SOURCES_SHOWN = 2
_CAVEATS_SHOWN = 2


def can_draw(figure: Figure) -> bool:
    """Tell whether a figure is a picture (a chart or a map with rows); a table is read, not drawn."""
    return isinstance(figure, ChartFigure | MapFigure) and figure.frame.height > 0


def fits_phone(figure: Figure) -> bool:
    """Tell whether a figure can be drawn as narrow as a phone: the names on a map would lie on one another."""
    named = isinstance(figure, MapFigure) and (figure.label or any(layer.labels for layer in figure.layers))
    return can_draw(figure) and not named


def spec_of(
    figure: Figure, language: Language, *, titled: bool = True, live: bool = False, width: int = theme.PLOT_WIDTH
) -> dict[str, Any]:
    """Return a chart or map as a self-contained Vega-Lite spec with inline data.

    Args:
        figure: a ``ChartFigure`` or ``MapFigure`` with at least one row.
        language: of titles, labels and axis numbers.
        titled: whether title and subtitle are part of the spec; a page that writes its own says no.
        live: whether every mark says in words what it shows (``_tip``), for a page that lets readers point at it.
        width: pixels across the plot; ``theme.PHONE_WIDTH`` for a reader with a phone.

    Raises:
        ValueError: the figure is a table, or empty.
    """
    if not can_draw(figure):
        raise ValueError(f"figure {figure.name} is a table or has no rows: there is nothing to draw")
    if isinstance(figure, ChartFigure):
        spec = chart_spec(figure, language, live=live, width=width)
    else:
        spec = map_spec(_as_map(figure), language, live=live, width=width)
    if titled:
        spec["title"] = {"text": figure.title.to(language), "subtitle": subtitle(figure, _measured(figure), language)}
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", **spec, "config": theme.config()}


def svg_of(
    figure: Figure,
    language: Language,
    *,
    sources: Sequence[Source] = (),
    caveats: Sequence[Text] = (),
    width: int = theme.PLOT_WIDTH,
) -> str:
    """Return the figure as one SVG: title, subtitle, plot, caveats, notes and the source line; no outside resource."""
    fonts.register()
    spec = spec_of(figure, language, titled=False, width=width)
    plot = vl_convert.vegalite_to_svg(spec, allowed_base_urls=[])
    words = subtitle(figure, _measured(figure), language)
    sheet = Sheet(
        name=figure.name.replace("_", "-"),
        title=figure.title.to(language),
        subtitle=words,
        notes=_notes(figure, language, sources, caveats),
        describes=f"{figure.title.to(language)}. {words}",
    )
    drawn = compose(plot, sheet, width)
    return drawn.replace(f'font-family="{theme.FONT}"', f'font-family="{theme.READER_FONTS}"')


def dark_colours(drawn: str) -> dict[str, str]:
    """Return every colour of an SVG or a spec's JSON with the one that stands for it on dark paper."""
    return {colour: theme.dark_of(colour) for colour in sorted(set(_COLOUR.findall(drawn)))}


def with_dark(svg: str) -> str:
    """Return an SVG of ``svg_of`` that shows itself on dark paper to readers who like their screens dark."""
    rules = "".join(
        f'[fill="{light}"]{{fill:{dark}}}[stroke="{light}"]{{stroke:{dark}}}'
        for light, dark in dark_colours(svg).items()
    )
    head = svg.index(">") + 1
    return f"{svg[:head]}<style>@media (prefers-color-scheme:dark){{{rules}}}</style>{svg[head:]}"


def live_figure(
    figure: Figure, language: Language, *, sources: Sequence[Source] = (), caveats: Sequence[Text] = ()
) -> dict[str, Any]:
    """Return what a page needs to draw the figure itself: the spec, the words around it, its colours in the dark."""
    spec = spec_of(figure, language, titled=False, live=True)
    # In a page the reader's own fonts are there; the wheel's is not.
    spec["config"]["font"] = theme.READER_FONTS
    return {
        "spec": spec,
        "title": figure.title.to(language),
        "subtitle": subtitle(figure, _measured(figure), language),
        "notes": _notes(figure, language, sources, caveats),
        "dark": dark_colours(json.dumps(spec)),
    }


def png_of(svg: str, *, scale: float = 2.0) -> bytes:
    """Return an SVG of ``svg_of`` as PNG, ``scale`` pixels to each of its units."""
    fonts.register()
    plain = svg.replace(f'font-family="{theme.READER_FONTS}"', f'font-family="{theme.FONT}"')
    # The wheel's font has one weight; a thin outline in the text's own colour makes headings stand out.
    return bytes(vl_convert.svg_to_png(_BOLD.sub(_outlined, plain), scale=scale))


def _outlined(found: re.Match[str]) -> str:
    """Return a bold text's opening tag with an outline in its own colour, where it has none yet."""
    fill = _FILL.search(found[0])
    return (
        found[0]
        if fill is None or " stroke=" in found[0]
        else f'{found[0][:-1]} stroke="{fill[1]}" stroke-width="0.5">'
    )


def _notes(figure: Figure, language: Language, sources: Sequence[Source], caveats: Sequence[Text]) -> list[str]:
    """Return the lines below the plot: the figure's notes, what it rests on that is weak, and its sources."""
    lines = [note.to(language) for note in figure.notes]
    if caveats:
        said = " · ".join(caveat.to(language) for caveat in caveats[:_CAVEATS_SHOWN])
        lines.append(f"{CAVEAT_WORD[language]}: {said}{_more(len(caveats) - _CAVEATS_SHOWN, language)}")
    if sources:
        names = list(dict.fromkeys(_short(source) for source in sources))
        said = "; ".join(names[:_SOURCES_SHOWN])
        lines.append(f"{SOURCE_WORD[language]}: {said}{_more(len(names) - _SOURCES_SHOWN, language)}")
    return lines


def _short(source: Source) -> str:
    """Return who said it, in what, and when: the address stands in the report and the data."""
    return f"{source.who}, {source.title} ({source.published or source.read})"


def _more(count: int, language: Language) -> str:
    """Return how many were left out of a line, where any were."""
    if count <= 0:
        return ""
    return f" 외 {count}건" if language == "ko" else f" and {count} more"


def _measured(figure: Figure) -> str | None:
    """Return the column a figure measures."""
    if isinstance(figure, ChartFigure) and figure.mark == "heat":
        return figure.value
    if isinstance(figure, ChartFigure):
        # A chart of bars that lie down has its measure along x.
        return (
            figure.y if figure.column(figure.y).unit is not None or figure.column(figure.x).unit is None else figure.x
        )
    return figure.value if isinstance(figure, MapFigure) else None


def _as_map(figure: Figure) -> MapFigure:
    """Return the figure as the map it is."""
    assert isinstance(figure, MapFigure)  # noqa: S101 - the caller has asked for a chart before
    return figure
