"""Compiling numba kernels once, keeping them on disk, and saying so before anyone has to wait."""

from __future__ import annotations

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
        return cast("Kernel", njit(cache=True, nogil=True)(kernel))
    except RuntimeError:
        return cast("Kernel", njit(nogil=True)(kernel))


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
