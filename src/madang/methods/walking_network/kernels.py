"""Compiling numba kernels once, keeping them on disk, and saying so before anyone has to wait."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from typing import Any, TypeVar, cast

from numba import njit

from madang.core.progress import Progress

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(kernel: Kernel) -> Kernel:
    """Compile ``kernel`` without the interpreter lock at its first call and keep the result on disk.

    Where neither the package's folder nor the user's cache can be written, numba refuses to cache;
    the kernel is then compiled anew in every process, which is slow but right.
    """
    try:
        return cast("Kernel", _forgiving(njit(cache=True, nogil=True)(kernel)))
    except RuntimeError:
        return cast("Kernel", njit(nogil=True)(kernel))


def _forgiving(kernel: Any) -> Any:
    """Return ``kernel``, which from now on compiles anew where its index on disk cannot be read.

    numba unpickles an index before it asks whether that is of this version of the source, and fails where an older
    one names a class that is gone, or a machine that stopped left half of it. It offers no public place for this; if
    its inside changes, the kernel is returned as it came.
    """
    try:
        file = kernel._cache._cache_file
        load = file._load_index
    except AttributeError:
        return kernel

    def load_or_none() -> Any:
        try:
            return load()
        except (AttributeError, ImportError, EOFError, pickle.UnpicklingError, TypeError, ValueError, KeyError):
            return {}

    file._load_index = load_or_none
    return kernel


def announce_compiling(progress: Progress, *kernels: Callable[..., Any], share: float = 0.0) -> bool:
    """Tell ``progress``, at ``share`` of the work, if the first call of any of ``kernels`` waits for the compiler."""
    if all(_is_ready(kernel) for kernel in kernels):
        return False
    progress(share, "compiling kernels (once, about ten seconds)")
    return True


def _is_ready(kernel: Any) -> bool:
    """Return whether ``kernel`` is compiled in this process or lies compiled on disk.

    numba shows its index of kept kernels nowhere in public; if its inside changes, the
    kernel counts as not ready and the only harm is one message too many.
    """
    if kernel.signatures:
        return True
    try:
        return bool(kernel._cache._cache_file._load_index())
    except (AttributeError, OSError):
        return False
