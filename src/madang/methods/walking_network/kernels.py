"""Compiling numba kernels once, keeping them on disk, and saying so before anyone has to wait."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from madang.core.kernels import kernel
from madang.core.progress import Progress

Kernel = TypeVar("Kernel", bound=Callable[..., Any])


def compiled(function: Kernel) -> Kernel:
    """Compile ``function`` without the interpreter lock at its first call and keep the result on disk if it can be."""
    return cast("Kernel", kernel(nogil=True)(function))


def announce_compiling(progress: Progress, *kernels: Callable[..., Any], share: float = 0.0) -> bool:
    """Tell ``progress``, at ``share`` of the work, if the first call of any of ``kernels`` waits for the compiler."""
    if all(_is_ready(one) for one in kernels):
        return False
    progress(share, "compiling kernels (once, about ten seconds)")
    return True


def _is_ready(one: Any) -> bool:
    """Return whether kernel ``one`` is compiled in this process or lies compiled on disk.

    numba shows its index of kept kernels nowhere in public; if its inside changes, the
    kernel counts as not ready and the only harm is one message too many.
    """
    if one.signatures:
        return True
    try:
        return bool(one._cache._cache_file._load_index())
    except (AttributeError, OSError):
        return False
