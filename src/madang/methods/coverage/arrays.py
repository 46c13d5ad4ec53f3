"""Names for the array types of this package, and the checks that turn what a caller gives into them."""

from __future__ import annotations

from collections.abc import Sequence
from operator import index
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import sparse

from madang.core.errors import Both, BoundsError, DataError
from madang.core.language import say_count
from madang.methods.coverage.patterns import turned

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Links: TypeAlias = NDArray[np.int32]
Flags: TypeAlias = NDArray[np.bool_]
Pattern: TypeAlias = tuple[Ints, Links]

#: What all amounts together may come to, so that sums of products with them stay finite.
MOST = 1e300


def pattern_of(cover: Any) -> tuple[int, int, Pattern, Pattern]:
    """Return (sites, rows, pattern by site, pattern by row) of a candidate x demand cover.

    Any sparse format or a dense 2-D array is taken; an entry other than zero says "reaches". Unsorted and repeated
    entries are put in order, explicit zeros are left out.

    Raises: DataError when it is no two-dimensional matrix of numbers.
    """
    if not sparse.issparse(cover):
        cover = _dense(cover)
    if len(cover.shape) != 2:
        raise DataError(
            Both(f"덮개가 {len(cover.shape)}차원입니다", f"the cover has {say_count(len(cover.shape), 'dimension')}"),
            "cover",
            Both("후보 x 수요로 주십시오", "give candidate x demand"),
        )
    ready = _ready(cover)
    if ready is not None:
        sites, rows = cover.shape
        return sites, rows, ready, turned(*ready, rows)
    matrix = _entries(cover)
    sites, rows = matrix.shape
    by_site = sparse.csr_array(
        (np.ones(matrix.nnz, dtype=np.bool_), (matrix.row, matrix.col)), shape=(sites, rows), dtype=np.bool_
    )
    by_site.sum_duplicates()
    of_site = _pattern(by_site)
    return sites, rows, of_site, turned(*of_site, rows)


def _dense(cover: Any) -> Any:
    try:
        return sparse.coo_array(np.atleast_2d(np.asarray(cover)))
    except (TypeError, ValueError) as error:
        raise DataError(
            Both("덮개가 수의 행렬이 아닙니다", "the cover is not a matrix of numbers"),
            "cover",
            Both("scipy CSR로, 후보 x 수요로 주십시오", "give a scipy CSR, candidate x demand"),
        ) from error


def _ready(cover: Any) -> Pattern | None:
    """Return a CSR cover's pattern where its entries are in order, once each and none zero; otherwise None."""
    if cover.format != "csr" or cover.data.dtype.kind not in "biuf" or cover.nnz == 0:
        return None
    try:
        cover.check_format(full_check=True)
    except (TypeError, ValueError, IndexError):
        return None
    data = cover.data[: cover.nnz]
    if not data.all() or (data.dtype.kind == "f" and np.isnan(data).any()) or not cover.has_canonical_format:
        return None
    return np.asarray(cover.indptr, np.int64), np.asarray(cover.indices[: cover.nnz], np.int32)


def _entries(cover: Any) -> Any:
    """Return the entries other than zero as COO, after checking that they are numbers inside the shape."""
    try:
        if hasattr(cover, "check_format"):
            cover.check_format(full_check=True)
        matrix = cover.tocoo()
        bad = np.isnan(matrix.data) if matrix.data.dtype.kind in "fc" else np.zeros(0, bool)
        present = matrix.data != 0
    except (TypeError, ValueError, IndexError) as error:
        raise DataError(
            Both(f"덮개가 망가졌습니다: {error}", f"the cover is damaged: {error}"),
            "cover",
            Both("좌표에서 다시 만드십시오", "rebuild it from its coordinates"),
        ) from error
    if bad.any():
        row, column = np.asarray(matrix.row)[bad][0], np.asarray(matrix.col)[bad][0]
        raise DataError(
            Both("덮개에 수가 아닌 칸이 있습니다", "the cover holds an entry that is not a number"),
            Both(f"후보 {row}, 수요 {column}", f"candidate {row}, demand {column}"),
            Both("0이나 1을 주십시오", "give 0 or 1"),
        )
    return sparse.coo_array((matrix.data[present], (matrix.row[present], matrix.col[present])), shape=matrix.shape)


def _pattern(matrix: Any) -> Pattern:
    return np.asarray(matrix.indptr, np.int64), np.asarray(matrix.indices, np.int32)


def one_number(given: Any, name: str) -> float:
    """Return one number a caller gave as it is, or say which argument is none.

    Raises: DataError.
    """
    try:
        return float(given)
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            Both(f"{name}이(가) 수가 아닙니다: {given!r}", f"{name} is not a number: {given!r}"),
            name,
            Both("수를 주십시오", "give a number"),
        ) from error


def positive(given: Any, name: str, *, most: float = np.inf) -> float:
    """Return a number above zero and no larger than ``most``; raise DataError or BoundsError for anything else."""
    value = one_number(given, name)
    if value > most:
        raise BoundsError(
            Both(f"{name}이(가) {value:g}입니다", f"{name} is {value:g}"),
            name,
            Both(f"{most:g} 이하로 주십시오", f"give {most:g} or less"),
        )
    if not value > 0:
        raise BoundsError(
            Both(f"{name}이(가) {value:g}입니다", f"{name} is {value:g}"),
            name,
            Both("0보다 큰 수를 주십시오", "give a number above zero"),
        )
    return value


def random_state(seed: Any) -> NDArray[np.uint64]:
    """Return the state (1,) that a search draws from; raise DataError where ``seed`` is no whole number."""
    try:
        whole = index(seed)
    except TypeError as error:
        raise DataError(
            Both(f"seed가 정수가 아닙니다: {seed!r}", f"seed is not a whole number: {seed!r}"),
            "seed",
            Both("정수를 주십시오", "give a whole number"),
        ) from error
    mixed = 0x9E3779B97F4A7C15 ^ (whole * 2_654_435_761 + 88_172_645_463_325_252)
    return np.array([mixed & 0xFFFF_FFFF_FFFF_FFFF], np.uint64)


def amounts(given: ArrayLike | None, size: int, name: str, default: float = 1.0) -> Floats:
    """Return ``given`` as ``size`` finite numbers of zero or more, or ``default`` everywhere.

    Raises: DataError for a wrong length or what is no number; BoundsError for a negative or endless one.
    """
    if given is None:
        return np.full(size, default)
    try:
        if np.iscomplexobj(given):
            raise TypeError("complex")
        # The cells that a masked array hides are missing, whatever lies under the mask.
        seen = np.ma.filled(np.ma.asarray(given, np.float64), np.nan) if np.ma.isMaskedArray(given) else given
        out = np.asarray(seen, dtype=np.float64).ravel().copy()
    except (TypeError, ValueError, OverflowError) as error:
        raise DataError(
            Both(f"{name}에 수가 아닌 것이 있습니다", f"{name} holds something that is not a number"),
            name,
            Both("수만 주십시오", "give numbers only"),
        ) from error
    if out.size == 1 and np.ndim(given) == 0:
        out = np.full(size, float(out[0]))
    if out.size != size:
        raise DataError(
            Both(
                f"{name}의 칸이 {size}개여야 하는데 {out.size}개입니다",
                f"{name} has {say_count(out.size, 'entry', 'entries')} for {size}",
            ),
            name,
            Both("하나에 하나씩 차례로 주십시오", "give one number for each, in order"),
        )
    if np.isnan(out).any():
        at = int(np.flatnonzero(np.isnan(out))[0])
        raise DataError(
            Both(f"{name}의 {at}번이 비었습니다", f"{name} is missing at index {at}"),
            name,
            Both(
                "채우거나 그 칸을 빼십시오. 모르는 것은 0이 아닙니다",
                "fill it or leave the entry out: missing is not zero",
            ),
        )
    if (out < 0).any() or np.isinf(out).any():
        at = int(np.flatnonzero((out < 0) | np.isinf(out))[0])
        raise BoundsError(
            Both(f"{name}의 {at}번이 {out[at]:g}입니다", f"{name} is {out[at]:g} at index {at}"),
            name,
            Both("0 이상의 유한한 수를 주십시오", "give a finite number, zero or more"),
        )
    if out.max(initial=0.0) > MOST / max(1, size):
        raise BoundsError(
            Both(f"{name}의 합이 셀 수 없이 큽니다", f"{name} adds to more than can be counted"),
            name,
            Both("더 큰 단위로 주십시오", "give it in a larger unit"),
        )
    return out


def numbers_of(size: int) -> Both:
    """Say which indices name one of ``size`` candidates."""
    if size == 0:
        return Both("후보가 하나도 없는 문제입니다", "the question has no candidates")
    return Both(f"0부터 {size - 1}까지의 번호를 주십시오", f"give an index from 0 to {size - 1}")


def flags(given: Sequence[int] | ArrayLike, size: int, name: str) -> Flags:
    """Return a mask of ``size`` from indices (or from a mask of the same size).

    Raises: DataError for an index that is no whole number; BoundsError for one outside 0..size-1.
    """
    listed = np.asarray(given)
    if listed.dtype == np.bool_ and listed.shape == (size,):
        return listed.copy()
    mask = np.zeros(size, dtype=np.bool_)
    if listed.size == 0:
        return mask
    if listed.dtype.kind not in "iu" or listed.ndim != 1:
        raise DataError(
            Both(f"{name}이(가) 후보 번호의 목록이 아닙니다", f"{name} is not a list of candidate indices"),
            name,
            Both("0부터 세는 정수를 주십시오", "give whole numbers, counted from 0"),
        )
    if listed.min() < 0 or listed.max() >= size:
        wrong = int(listed[(listed < 0) | (listed >= size)][0])
        raise BoundsError(
            Both(f"{name}에 없는 후보 {wrong}이(가) 있습니다", f"{name} names candidate {wrong}"),
            name,
            numbers_of(size),
        )
    mask[listed] = True
    return mask


def labels(given: ArrayLike | None, size: int, name: str) -> tuple[Links, list[Any]]:
    """Return (code of each entry, the distinct labels in order) from one label for each entry.

    Raises: DataError for a wrong length, or where a label is missing.
    """
    if given is None:
        return np.zeros(size, np.int32), [None]
    listed = np.asarray(given)
    if listed.shape != (size,):
        raise DataError(
            Both(
                f"{name}의 칸이 {size}개여야 하는데 {listed.size}개입니다",
                f"{name} has {say_count(listed.size, 'entry', 'entries')} for {size}",
            ),
            name,
            Both("하나에 이름 하나씩 차례로 주십시오", "give one label for each, in order"),
        )
    # Whole numbers, truths and text are always there; looking at each of many would take longer than the rest.
    looked_at = [] if listed.dtype.kind in "biuUS" else listed.tolist()
    missing = np.flatnonzero([one is None or one != one for one in looked_at])
    if missing.size:
        raise DataError(
            Both(f"{name}의 {missing[0]}번이 비었습니다", f"{name} is missing at index {missing[0]}"),
            name,
            Both("이름을 주십시오. 모르는 곳도 제 이름이 있어야 합니다", "give it a label of its own"),
        )
    try:
        names, codes = np.unique(listed, return_inverse=True)
    except TypeError as error:
        raise DataError(
            Both(f"{name}에 글과 수가 섞여 있습니다", f"{name} mixes labels of different kinds"),
            name,
            Both("모두 글이나 모두 수로 주십시오", "give all as text or all as numbers"),
        ) from error
    return codes.astype(np.int32), names.tolist()
