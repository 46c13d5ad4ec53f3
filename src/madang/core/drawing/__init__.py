"""Figures drawn: a chart or map as a Vega-Lite spec, an SVG that stands alone, and a PNG with Hangul drawn right."""

from __future__ import annotations

from madang.core.drawing.pictures import can_draw, fits_phone, live_figure, png_of, spec_of, svg_of, with_dark

__all__ = ["can_draw", "fits_phone", "live_figure", "png_of", "spec_of", "svg_of", "with_dark"]
