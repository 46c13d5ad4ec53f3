"""Draw the picture of the README from a real run of the model."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

from madang import register
from madang.core.contract import perform
from madang.core.drawing.pictures import png_of, svg_of
from madang.plan.cities import open_city

PICTURE = Path(__file__).parent.parent / "docs" / "pictures" / "electric_by_path.png"
DAY = date(2026, 11, 22)


def main() -> int:
    """Run the fleet for Seoul and write its chart of the four paths."""
    run = perform(register.load("ev_fleet"), open_city("seoul"), DAY)
    figure = next(figure for figure in run.figures if figure.name == PICTURE.stem)
    svg = svg_of(figure, "en", sources=run.sources_of(figure.rests_on), caveats=run.caveats(figure.rests_on))
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_bytes(png_of(svg, scale=1.3))
    sys.stdout.write(f"{PICTURE.name}: {PICTURE.stat().st_size / 1000:.0f} kB\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
