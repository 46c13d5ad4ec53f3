"""Patterns cut and turned round are what the same cuts of a dense matrix are."""

import hypothesis.extra.numpy as arrays
import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from madang.methods.coverage.patterns import items_kept, lists_kept, turned

TABLES = st.tuples(st.integers(0, 7), st.integers(1, 7)).flatmap(lambda shape: arrays.arrays(np.bool_, shape))


def pattern(table):
    """Return the pattern of a dense table of truths: of each row the columns that are true."""
    starts = np.concatenate(([0], np.cumsum(table.sum(axis=1)))).astype(np.int64)
    return starts, np.nonzero(table)[1].astype(np.int32)


def same(one, other):
    return all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in zip(one, other, strict=True))


@given(TABLES)
def test_a_pattern_turned_round_is_that_of_the_table_turned_round(table):
    assert same(turned(*pattern(table), table.shape[1]), pattern(table.T))


@given(TABLES, st.data())
def test_the_lists_kept_are_the_rows_taken_in_that_order(table, data):
    rows = st.lists(st.integers(0, max(0, len(table) - 1)), max_size=9 if len(table) else 0)
    kept = np.array(data.draw(rows), dtype=np.int64)
    assert same(lists_kept(*pattern(table), kept), pattern(table[kept]))


@given(TABLES, st.data())
def test_the_items_kept_are_the_columns_left_numbered_anew(table, data):
    kept = np.array(data.draw(st.lists(st.booleans(), min_size=table.shape[1], max_size=table.shape[1])))
    assert same(items_kept(*pattern(table), kept), pattern(table[:, kept]))
