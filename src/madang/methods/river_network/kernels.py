"""The compiled loops over a river: order, flows, loads downstream, ratios upstream, depths, small exponentials."""
# mypy: disable-error-code="no-untyped-def, no-untyped-call, untyped-decorator, call-arg"

from __future__ import annotations

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from madang.core.kernels import kernel

TAYLOR_TERMS = 16
NORM_MOST = 0.5
DEPTH_STEPS = 200
DEPTH_CLOSE = 1e-14
ROUNDING = 1e-12
#: How many reaches ahead a sweep asks memory for the rows that it will need, and how memory is divided.
ROWS_AHEAD = 6
BYTES_IN_LINE = 64


@intrinsic
def fetch_line(typing, array, row, line):  # noqa: ARG001 - numba hands over types by these names
    """Ask the machine to bring one line of memory of an array's row near; it changes no value."""

    def made(context, builder, signature, given):
        whole, byte = ir.IntType(64), ir.IntType(8).as_pointer()
        view = context.make_array(signature.args[0])(context, builder, given[0])
        start = builder.mul(given[1], builder.extract_value(view.strides, 0))
        start = builder.add(start, builder.mul(given[2], ir.Constant(whole, BYTES_IN_LINE)))
        flags = [ir.IntType(32)] * 3
        takes = ir.FunctionType(ir.VoidType(), [byte, *flags])
        prefetch = cgutils.get_or_insert_function(builder.module, takes, "llvm.prefetch.p0i8")
        # To read, to be kept near, as data: the instruction's own codes.
        codes = [flag(code) for flag, code in zip(flags, (0, 3, 1), strict=True)]
        builder.call(prefetch, [builder.gep(builder.bitcast(view.data, byte), [start]), *codes])
        return context.get_dummy_value()

    return types.void(array, types.int64, types.int64), made


@kernel(nogil=True)
def fetch_row(array, row):
    """Ask the machine to bring an array's row near: scattered rows then come many at a time instead of one by one."""
    for line in range((array.shape[1] * array.itemsize + BYTES_IN_LINE - 1) // BYTES_IN_LINE):
        fetch_line(array, row, line)


@kernel(nogil=True)
def downstream_order(down_start, down_reach, waiting):
    """Return reaches so that each comes after all that flow into it; shorter than the network where it runs in circles.

    ``waiting`` holds the number of inflowing links of each reach and is used up.
    """
    count = waiting.shape[0]
    order = np.empty(count, np.int64)
    ready = np.empty(count, np.int64)
    end = top = 0
    for r in range(count - 1, -1, -1):
        if waiting[r] == 0:
            ready[top] = r
            top += 1
    # The reach made ready last goes first: what flows into it is still near in memory.
    while top > 0:
        top -= 1
        r = ready[top]
        order[end] = r
        end += 1
        for e in range(down_start[r], down_start[r + 1]):
            d = down_reach[e]
            waiting[d] -= 1
            if waiting[d] == 0:
                ready[top] = d
                top += 1
    return order[:end]


@kernel(nogil=True)
def sweep_flows(order, up_start, up_reach, up_share, point, diffuse, withdrawn, head, end):
    """Fill the flow at each reach's head (before withdrawal) and end; return the first reach that runs short, or -1."""
    for r in order:
        total = point[r]
        for e in range(up_start[r], up_start[r + 1]):
            total += up_share[e] * end[up_reach[e]]
        head[r] = total
        # A withdrawal of all there is may differ from it by the last digit of the additions above.
        rest = total - withdrawn[r]
        if rest < -ROUNDING * total:
            return r
        end[r] = (rest if rest > ROUNDING * total else 0.0) + diffuse[r]
    return -1


@kernel(nogil=True, error_model="numpy")
def sweep_loads(order, up_start, up_reach, up_share, row, point, diffuse, left, passed, spread, head, ended):
    """Fill loads reach x substance at heads and ends: point loads enter at the head, diffuse ones along the reach.

    left: share of the water not withdrawn; passed, spread: share of a point and of a diffuse load that gets through.
    ``diffuse`` without rows stands for none. row: the row of each reach in all of these but ``ended``, which holds the
    loads at ends by reach, where reaches below look for them.
    """
    width = point.shape[1]
    along = diffuse.shape[0] > 0
    total = np.empty(width)
    for i in range(order.shape[0]):
        r = order[i]
        if i + ROWS_AHEAD < order.shape[0]:
            coming = row[order[i + ROWS_AHEAD]]
            fetch_row(point, coming)
            fetch_row(passed, coming)
            fetch_row(head, coming)
        at = row[r]
        for k in range(width):
            total[k] = point[at, k]
        for e in range(up_start[r], up_start[r + 1]):
            u = up_reach[e]
            share = up_share[e]
            for k in range(width):
                total[k] += share * ended[u, k]
        for k in range(width):
            head[at, k] = total[k]
            total[k] *= left[at] * passed[at, k]
        if along:
            for k in range(width):
                total[k] += diffuse[at, k] * spread[at, k]
        for k in range(width):
            ended[r, k] = total[k]


@kernel(nogil=True, error_model="numpy")
def sweep_back(order, down_start, down_reach, down_share, left, passed, at_end):
    """Fill ``at_end`` (reach x station): what of a load at a reach's end arrives at each station's reach end.

    It comes in holding 1 where a station stands at that reach's end.
    """
    stations = at_end.shape[1]
    for i in range(order.shape[0] - 1, -1, -1):
        r = order[i]
        for e in range(down_start[r], down_start[r + 1]):
            d = down_reach[e]
            weight = down_share[e] * left[d] * passed[d]
            if weight != 0.0:
                for s in range(stations):
                    at_end[r, s] += weight * at_end[d, s]


@kernel(nogil=True, error_model="numpy")
def sweep_chain(order, up_start, up_reach, up_share, point, diffuse, left, passed, spread, made, head, end):
    """Fill loads reach x substance where substances turn into each other.

    passed, spread: reach x substance x substance; made: load that the reach itself adds (oxygen from the air).
    """
    width = point.shape[1]
    for r in order:
        for k in range(width):
            head[r, k] = point[r, k]
        for e in range(up_start[r], up_start[r + 1]):
            for k in range(width):
                head[r, k] += up_share[e] * end[up_reach[e], k]
        for k in range(width):
            total = made[r, k]
            for j in range(width):
                total += passed[r, k, j] * head[r, j] * left[r] + spread[r, k, j] * diffuse[r, j]
            end[r, k] = total


@kernel(nogil=True, error_model="numpy")
def sweep_chain_back(order, down_start, down_reach, down_share, left, passed, at_end):
    """Fill ``at_end`` (reach x substance): what a load of each substance at a reach's end adds at the station."""
    width = at_end.shape[1]
    for i in range(order.shape[0] - 1, -1, -1):
        r = order[i]
        for e in range(down_start[r], down_start[r + 1]):
            d = down_reach[e]
            for j in range(width):
                total = 0.0
                for k in range(width):
                    total += passed[d, k, j] * at_end[d, k]
                at_end[r, j] += down_share[e] * left[d] * total


@kernel(nogil=True, error_model="numpy")
def manning_flow(depth, width, side, slope, roughness):
    """Flow (m3/s) of a trapezoid at ``depth``: A^(5/3) P^(-2/3) S^(1/2) / n."""
    area = (width + side * depth) * depth
    wetted = width + 2.0 * depth * np.sqrt(1.0 + side * side)
    return area * (area / wetted) ** (2.0 / 3.0) * np.sqrt(slope) / roughness


@kernel(nogil=True, error_model="numpy")
def normal_depths(flow, width, side, slope, roughness, depth):
    """Fill the depth (m) at which each reach carries its flow: bisection, so that it cannot miss; 0 for no flow."""
    for r in range(flow.shape[0]):
        depth[r] = 0.0
        if flow[r] > 0.0:
            high = 1.0
            while manning_flow(high, width[r], side[r], slope[r], roughness[r]) < flow[r]:
                high *= 2.0
            low = 0.0
            for _ in range(DEPTH_STEPS):
                middle = 0.5 * (low + high)
                if manning_flow(middle, width[r], side[r], slope[r], roughness[r]) < flow[r]:
                    low = middle
                else:
                    high = middle
                if high - low <= DEPTH_CLOSE * high:
                    break
            depth[r] = high


@kernel(nogil=True, error_model="numpy")
def multiply(left, right, out):
    """Write the product of two small square matrices."""
    size = left.shape[0]
    for i in range(size):
        for j in range(size):
            total = 0.0
            for k in range(size):
                total += left[i, k] * right[k, j]
            out[i, j] = total


@kernel(nogil=True, error_model="numpy")
def exponentials(rates):
    """Return exp of each small matrix (count x size x size) by scaling, a Taylor sum and squaring."""
    count, size = rates.shape[0], rates.shape[1]
    out = np.empty_like(rates)
    step, sum_ = np.empty((size, size)), np.empty((size, size))
    term, spare = np.empty((size, size)), np.empty((size, size))
    for r in range(count):
        norm = 0.0
        for i in range(size):
            row = 0.0
            for j in range(size):
                row += abs(rates[r, i, j])
            norm = max(norm, row)
        halvings = 0
        while norm > NORM_MOST:
            norm *= 0.5
            halvings += 1
        for i in range(size):
            for j in range(size):
                step[i, j] = rates[r, i, j] * 0.5**halvings
                sum_[i, j] = term[i, j] = 1.0 if i == j else 0.0
        for n in range(1, TAYLOR_TERMS):
            multiply(term, step, spare)
            for i in range(size):
                for j in range(size):
                    term[i, j] = spare[i, j] / n
                    sum_[i, j] += term[i, j]
        for _ in range(halvings):
            multiply(sum_, sum_, spare)
            sum_[:, :] = spare
        out[r] = sum_
    return out
