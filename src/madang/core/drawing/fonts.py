"""The font pictures are drawn with: Noto Sans KR from a wheel, so that Hangul is right on any machine."""

from __future__ import annotations

from functools import cache
from importlib.resources import as_file, files

import vl_convert


@cache
def register() -> None:
    """Make Noto Sans KR known to the renderer; done once in a process."""
    with as_file(files("pylopdf_fonts_ko").joinpath("NotoSansKR-Regular.otf")) as path:
        vl_convert.register_font_directory(str(path.parent))
