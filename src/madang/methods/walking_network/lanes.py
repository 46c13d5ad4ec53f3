"""Eight labels at once: the vector instructions that numba's own loops do not come to here."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

LANES = 8
_INT = ir.IntType(32)
_ROW = ir.VectorType(_INT, LANES)


def _row(context: Any, builder: Any, kind: Any, labels: Any, at: Any) -> Any:
    """Return the address of the eight labels that begin at ``at``."""
    data = context.make_array(kind)(context, builder, labels).data
    return builder.bitcast(builder.gep(data, [at]), _ROW.as_pointer())


def _loaded(builder: Any, address: Any) -> Any:
    row = builder.load(address)
    row.align = 4
    return row


def _spread(builder: Any, value: Any) -> Any:
    """Return a row of eight times ``value``."""
    nothing = ir.Constant(_ROW, ir.Undefined)
    first = builder.insert_element(nothing, value, ir.Constant(_INT, 0))
    return builder.shuffle_vector(first, nothing, ir.Constant(_ROW, [0] * LANES))


@intrinsic
def _lower_lanes(_typing: Any, labels: Any, here: Any, there: Any, _effort: Any) -> Any:
    """Lower the eight labels at ``there`` to those at ``here`` plus ``effort``; return one bit a lane that fell."""
    signature = types.int32(labels, here, there, types.int32)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        source = _row(context, builder, sig.args[0], args[0], args[1])
        target = _row(context, builder, sig.args[0], args[0], args[2])
        old = _loaded(builder, target)
        new = builder.add(_loaded(builder, source), _spread(builder, args[3]))
        less = builder.icmp_signed("<", new, old)
        builder.store(builder.select(less, new, old), target).align = 4
        return builder.zext(builder.bitcast(less, ir.IntType(LANES)), _INT)

    return signature, generate


@intrinsic
def _least_lane(_typing: Any, labels: Any, here: Any) -> Any:
    """Return the least of the eight labels at ``here``."""
    signature = types.int32(labels, here)

    def generate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        row = _loaded(builder, _row(context, builder, sig.args[0], args[0], args[1]))
        kind = ir.FunctionType(_INT, [_ROW])
        find: Any = cgutils.get_or_insert_function
        least = find(builder.module, kind, f"llvm.vector.reduce.smin.v{LANES}i32")
        return builder.call(least, [row])

    return signature, generate


# Called from compiled code only, where numba gives the context and knows the types.
lower_lanes: Any = _lower_lanes
least_lane: Any = _least_lane
