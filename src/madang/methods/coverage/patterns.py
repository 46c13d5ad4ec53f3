"""Patterns (starts, items) with ascending items, compiled: turned round, and cut to some lists and some items.

scipy does the same by matrices, whose checks cost more than the work where a question is small.
"""

from __future__ import annotations

import numpy as np

from madang.core.kernels import kernel


@kernel(nogil=True)
def turned(ptr, items, kinds):  # type: ignore[no-untyped-def]
    """Return the pattern from the other side: of each of the ``kinds`` of items, the lists that hold it."""
    lists = ptr.size - 1
    out_ptr = np.zeros(kinds + 1, np.int64)
    for e in range(ptr[lists]):
        out_ptr[items[e] + 1] += 1
    for k in range(kinds):
        out_ptr[k + 1] += out_ptr[k]
    at, out = out_ptr[:-1].copy(), np.empty(ptr[lists], np.int32)
    for i in range(lists):
        for e in range(ptr[i], ptr[i + 1]):
            k = items[e]
            out[at[k]] = i
            at[k] += 1
    return out_ptr, out


@kernel(nogil=True)
def lists_kept(ptr, items, kept):  # type: ignore[no-untyped-def]
    """Return the pattern of the lists ``kept`` alone, by their numbers."""
    out_ptr = np.zeros(kept.size + 1, np.int64)
    for k in range(kept.size):
        out_ptr[k + 1] = out_ptr[k] + ptr[kept[k] + 1] - ptr[kept[k]]
    out = np.empty(out_ptr[-1], np.int32)
    for k in range(kept.size):
        out[out_ptr[k] : out_ptr[k + 1]] = items[ptr[kept[k]] : ptr[kept[k] + 1]]
    return out_ptr, out


@kernel(nogil=True)
def items_kept(ptr, items, kept):  # type: ignore[no-untyped-def]
    """Return the pattern with the items marked in ``kept`` alone, numbered anew; lists may become empty."""
    place, count = np.empty(kept.size, np.int32), 0
    for k in range(kept.size):
        place[k] = count if kept[k] else -1
        count += kept[k]
    out_ptr, out, used = np.zeros(ptr.size, np.int64), np.empty(ptr[-1], np.int32), 0
    for i in range(ptr.size - 1):
        for e in range(ptr[i], ptr[i + 1]):
            if place[items[e]] >= 0:
                out[used] = place[items[e]]
                used += 1
        out_ptr[i + 1] = used
    return out_ptr, out[:used].copy()
