"""The one place where colours, type and measures of drawn figures are decided; nothing here knows a figure."""

from __future__ import annotations

from typing import Any

PAPER = "#FAF8F4"
INK = "#1D1B18"
HAIRLINE = "#DDD8CF"
PINE = "#2F5D50"
RIVER = "#2B6C9E"
PERSIMMON = "#C8551F"
OCHRE = "#B8892B"
GREY = "#7A756C"

#: What a mark is for, and the colour that says so; the words beside it say it too.
ROLE_COLOURS = {
    "promised": PINE,
    "computed": RIVER,
    "observed": INK,
    "reference": GREY,
    "missed": PERSIMMON,
}
#: What a layer of a map is for.
LAYER_COLOURS = {"ground": HAIRLINE, "site": PINE, "existing": GREY, "phase": RIVER}
#: Colours of series that bear no role: two accents first, then quieter ones.
SERIES = (RIVER, PINE, OCHRE, "#6A9BC1", "#7FA396", "#8A5A83", GREY, "#C9AE74", "#4A4741", "#B7A99A")
#: Five steps for maps, light to dark, each at least one clear step apart in lightness.
STEPS = ("#E3ECF2", "#B5CEE0", "#7FAACB", "#4682AF", "#1F4F76")
UNKNOWN = "#EDEAE4"

#: The same sheet in the dark: what lies behind marks, and the map's steps, which there grow lighter with the value.
DARK_PAPER, DARK_INK = "#171614", "#ECE7DE"
_DARK = {
    PAPER: DARK_PAPER,
    INK: DARK_INK,
    HAIRLINE: "#3A3732",
    UNKNOWN: "#2C2A26",
    PINE: "#84BDA9",
    RIVER: "#7FB6DF",
    PERSIMMON: "#F0976A",
    OCHRE: "#DCB35C",
    GREY: "#AAA398",
    "#6A9BC1": "#4F7FA8",
    "#7FA396": "#5A8576",
    "#F1EDE5": "#25231F",
    **dict(zip(STEPS, ("#24384A", "#305875", "#4A86B0", "#83B4D6", "#C8E3F5"), strict=True)),
}

FONT = "Noto Sans KR"
#: The font the picture was measured with comes first; a reader without it gets their own.
READER_FONTS = (
    "'Noto Sans KR', Pretendard, 'Apple SD Gothic Neo', 'Malgun Gothic', system-ui, -apple-system, sans-serif"
)

PLOT_WIDTH = 620
#: As wide as a phone shows with the margins, letters at their own size.
PHONE_WIDTH = 310
PLOT_HEIGHT = 340
MARGIN = 24
TITLE_SIZE = 20
SUBTITLE_SIZE = 14
LABEL_SIZE = 12
NOTE_SIZE = 11
BAND_OPACITY = 0.18


def series_colours(keys: tuple[str, ...]) -> tuple[str, ...]:
    """Return a colour for each series: its role's where its key is one, else the next of the palette."""
    taken = {ROLE_COLOURS[key] for key in keys if key in ROLE_COLOURS}
    free = [colour for colour in SERIES if colour not in taken]
    made, count = [], 0
    for key in keys:
        if key in ROLE_COLOURS:
            made.append(ROLE_COLOURS[key])
        else:
            made.append(free[count % len(free)])
            count += 1
    return tuple(made)


def contrast(first: str, second: str) -> float:
    """Return the contrast ratio of two colours as WCAG 2 defines it, 1 to 21."""
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, ratio: float = 4.5) -> str:
    """Return the colour mixed with ink until it can be read as text on paper."""
    for share in range(11):
        mixed = _mix(colour, INK, share / 10)
        if contrast(mixed, PAPER) >= ratio:
            return mixed
    return INK


def dark_of(colour: str, ratio: float = 4.5) -> str:
    """Return the colour that stands for ``colour`` on dark paper: what was read on paper is read there too."""
    known = _DARK.get(colour.upper())
    if known:
        return known
    mixes = (_mix(colour, DARK_INK, share / 10) for share in range(11))
    return next((mixed for mixed in mixes if contrast(mixed, DARK_PAPER) >= ratio), DARK_INK)


def _channels(colour: str) -> tuple[int, int, int]:
    """Return red, green and blue of #rrggbb."""
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _mix(colour: str, other: str, share: float) -> str:
    """Return ``colour`` with ``share`` (0..1) of another in it."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(a + (b - a) * share):02X}" for a, b in pairs)


def _luminance(colour: str) -> float:
    """Return the relative luminance of a colour as WCAG 2 defines it."""
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (v / 255 for v in _channels(colour))]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def config() -> dict[str, Any]:
    """Return the Vega-Lite config every chart is drawn with."""
    return {
        "font": FONT,
        "background": PAPER,
        "view": {"stroke": None},
        "axis": _axis(),
        "axisX": {"grid": False},
        "axisY": {"domain": False, "ticks": False, "titleAnchor": "start"},
        "legend": _legend(),
        "header": {
            "labelColor": INK,
            "labelFontSize": LABEL_SIZE + 1,
            "labelFontWeight": "bold",
            "labelAnchor": "start",
        },
        "title": {
            "anchor": "start",
            "color": INK,
            "fontSize": TITLE_SIZE,
            "subtitleColor": GREY,
            "subtitleFontSize": SUBTITLE_SIZE,
            "offset": 16,
        },
        "line": {"strokeWidth": 2.5},
        "point": {"size": 60, "filled": True},
        "text": {"fontSize": LABEL_SIZE},
    }


def _axis() -> dict[str, Any]:
    """Return how axes are drawn: grey words, hairlines."""
    return {
        "labelColor": GREY,
        "labelFontSize": LABEL_SIZE,
        "titleColor": GREY,
        "titleFontSize": LABEL_SIZE,
        "titleFontWeight": "normal",
        "domainColor": GREY,
        "tickColor": HAIRLINE,
        "gridColor": HAIRLINE,
        "labelPadding": 6,
    }


def _legend() -> dict[str, Any]:
    """Return how legends are drawn."""
    return {
        "labelColor": INK,
        "labelFontSize": LABEL_SIZE,
        "titleColor": GREY,
        "titleFontSize": LABEL_SIZE,
        "titleFontWeight": "normal",
        "labelLimit": 320,
        "symbolStrokeWidth": 0,
    }
