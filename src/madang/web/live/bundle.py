"""Vega in the reader's browser, served from here: the wheel that draws on the server carries it."""

from __future__ import annotations

from functools import lru_cache

import vl_convert
from django.conf import settings

from madang.core.storing import write_whole

VERSION = str(vl_convert.__version__)


@lru_cache(maxsize=1)
def vega() -> bytes:
    """Return Vega, Vega-Lite and Vega-Embed as one script; bundled once a version, a second and a half of CPU."""
    kept = settings.MADANG_HOME / f"vega-{VERSION}.js"
    if not kept.exists():
        write_whole(kept, vl_convert.javascript_bundle().encode())
    return bytes(kept.read_bytes())
