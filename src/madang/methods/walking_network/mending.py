"""Edges checked against their shapes: twins, loops without length, and lengths that cannot be true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from madang.core.errors import NetworkError, Where
from madang.core.language import text
from madang.methods.walking_network.projection import to_local
from madang.methods.walking_network.streets import Streets

Floats = NDArray[np.float64]

# A stated length may differ this much from its shape before the shape is believed instead.
MISMATCH_SHARE = 0.10
MISMATCH_SLACK_M = 2.0
# Longer edges without a crossing are rare in a city: mostly motorways, ferries or broken shapes.
OVER_LONG_M = 2_000.0
# Nobody walks such an edge; one end is misplaced, often at longitude 0, latitude 0.
ABSURD_M = 100_000.0


@dataclass(frozen=True)
class Shaped:
    """Edges that survived, each with its whole shape in local metres and the length to walk.

    ``edge`` (k,) holds rows of the streets; edge i has points ``ptr[i]:ptr[i + 1]`` of ``x`` and ``y``,
    both ends included.
    """

    edge: NDArray[np.int64]
    ptr: NDArray[np.int64]
    x: Floats
    y: Floats
    length_m: Floats


def mend(streets: Streets, origin: tuple[float, float]) -> Shaped:
    """Return the usable edges with shapes in metres around ``origin``; count what was wrong in the findings."""
    ptr, x, y = _whole_shapes(streets, origin)
    shape_m = _shape_lengths(ptr, x, y)
    length_m = _true_lengths(streets, ptr, x, y, shape_m)
    kept = _usable(streets, length_m)
    over_long = kept[length_m[kept] > OVER_LONG_M]
    streets.findings.defect(
        text(f"{OVER_LONG_M:,.0f}m보다 긴 길(둠)", f"edges longer than {OVER_LONG_M:,.0f} m (kept)"),
        len(over_long),
        (f"{length_m[edge]:,.0f} m" for edge in over_long[:5]),
    )
    if len(kept) == len(length_m):
        return Shaped(kept, ptr, x, y, length_m)
    points, kept_ptr = gather(ptr, kept)
    return Shaped(kept, kept_ptr, x[points], y[points], length_m[kept])


def gather(ptr: NDArray[np.int64], rows: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions of the chosen ``rows`` of a ragged array, and the pointer of the result."""
    counts = ptr[rows + 1] - ptr[rows]
    new_ptr = np.concatenate(([0], np.cumsum(counts)))
    within = np.arange(new_ptr[-1]) - np.repeat(new_ptr[:-1], counts)
    return np.repeat(ptr[rows], counts) + within, new_ptr


def _whole_shapes(streets: Streets, origin: tuple[float, float]) -> tuple[NDArray[np.int64], Floats, Floats]:
    """Return pointer, x and y of every edge's points with its two ends, in metres."""
    node_x, node_y = to_local(streets.lon, streets.lat, origin)
    inner_x, inner_y = to_local(streets.shape_lon, streets.shape_lat, origin)
    inner = np.diff(streets.shape_ptr)
    ptr = np.concatenate(([0], np.cumsum(inner + 2)))
    x, y = np.empty(ptr[-1]), np.empty(ptr[-1])
    first, last = ptr[:-1], ptr[1:] - 1
    is_inner = np.ones(ptr[-1], dtype=np.bool_)
    is_inner[first], is_inner[last] = False, False
    x[first], y[first] = node_x[streets.edge_from], node_y[streets.edge_from]
    x[last], y[last] = node_x[streets.edge_to], node_y[streets.edge_to]
    x[is_inner], y[is_inner] = inner_x, inner_y
    return ptr, x, y


def _shape_lengths(ptr: NDArray[np.int64], x: Floats, y: Floats) -> Floats:
    """Return the length in metres (m,) of each polyline."""
    step = np.hypot(np.diff(x), np.diff(y))
    step[ptr[1:-1] - 1] = 0.0
    along = np.concatenate(([0.0], np.cumsum(step)))
    return np.asarray(along[ptr[1:] - 1] - along[ptr[:-1]], dtype=np.float64)


def _true_lengths(streets: Streets, ptr: NDArray[np.int64], x: Floats, y: Floats, shape_m: Floats) -> Floats:
    """Return the stated lengths where they can be true and the shapes' lengths elsewhere (m,)."""
    stated = streets.length_m
    known = np.isfinite(stated)
    first, last = ptr[:-1], ptr[1:] - 1
    straight_m = np.hypot(x[last] - x[first], y[last] - y[first])
    slack = MISMATCH_SLACK_M + MISMATCH_SHARE * shape_m
    too_short = known & (stated < straight_m * (1 - MISMATCH_SHARE) - MISMATCH_SLACK_M)
    # An edge without inner points may be drawn straight although the street is not: longer can be true.
    shaped = last - first > 1
    off_shape = known & shaped & ~too_short & (np.abs(stated - shape_m) > slack)
    _refuse_systematic(streets, known, too_short | off_shape, shape_m)
    findings = streets.findings
    findings.defect(
        text(
            "직선보다 짧게 적힌 길이(모양의 길이를 씀)",
            "stated length shorter than the straight line (shape's length taken)",
        ),
        int(too_short.sum()),
    )
    findings.defect(
        text(
            "모양과 10% 넘게 다른 길이(모양의 길이를 씀)",
            "stated length off its shape by over 10 % (shape's length taken)",
        ),
        int(off_shape.sum()),
    )
    return np.where(known & ~too_short & ~off_shape, stated, shape_m)


def _refuse_systematic(streets: Streets, known: NDArray[np.bool_], wrong: NDArray[np.bool_], shape_m: Floats) -> None:
    """Raise NetworkError where most stated lengths contradict the coordinates."""
    if known.sum() < 10 or wrong.sum() <= known.sum() / 2:
        return
    ratio = float(np.median(streets.length_m[known] / np.maximum(shape_m[known], 1e-9)))
    raise NetworkError(
        text(
            f"적힌 길이의 {wrong.sum() / known.sum():.0%}가 좌표와 어긋납니다. "
            f"가운데 길은 지도에서 잰 길이의 {ratio:.3g}배로 적혀 있습니다",
            f"{wrong.sum() / known.sum():.0%} of the stated lengths contradict the coordinates: "
            f"the median edge states {ratio:.3g} times its length on the map",
        ),
        Where(file=streets.source, column="length"),
        text(
            "길이가 미터인지, 경도와 위도가 뒤바뀌지 않았는지, 좌표계가 맞는지 살펴보십시오",
            "check that lengths are in metres, that longitude and latitude are not swapped and the CRS is right",
        ),
    )


def _usable(streets: Streets, length_m: Floats) -> NDArray[np.int64]:
    """Return the edges (k,) that are no loops of no length, no second copies and not absurdly long."""
    low = np.minimum(streets.edge_from, streets.edge_to)
    high = np.maximum(streets.edge_from, streets.edge_to)
    absurd = length_m > ABSURD_M
    streets.findings.defect(
        text(f"{ABSURD_M / 1000:,.0f}km보다 긴 길(뺌)", f"edges longer than {ABSURD_M / 1000:,.0f} km (dropped)"),
        int(absurd.sum()),
    )
    dots = (low == high) & (length_m <= 0)
    streets.findings.defect(
        text("길이 없이 제 마디로 돌아오는 길(뺌)", "edges from a node to itself without length (dropped)"),
        int(dots.sum()),
    )
    no_length = ~dots & (length_m <= 0)
    streets.findings.defect(
        text("두 마디 사이의 길이 0인 길(둠)", "edges of zero length between two nodes (kept)"), int(no_length.sum())
    )
    centimetres = np.round(length_m * 100).astype(np.int64)
    order = np.lexsort((centimetres, high, low))
    same = np.zeros(len(order), dtype=np.bool_)
    same[1:] = (np.diff(low[order]) == 0) & (np.diff(high[order]) == 0) & (np.diff(centimetres[order]) <= 1)
    twins = np.zeros(len(order), dtype=np.bool_)
    twins[order] = same
    twins &= ~dots & ~absurd
    streets.findings.defect(
        text(
            "두 번 적힌 길, 양방향이거나 되풀이(하나만 둠)",
            "edges stated twice, as both directions or as duplicates (one kept)",
        ),
        int(twins.sum()),
    )
    return np.flatnonzero(~dots & ~twins & ~absurd)
