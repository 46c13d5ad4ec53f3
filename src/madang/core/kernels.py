"""Compiled kernels, kept on disk under a stamp of all that they are made of."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import cache
from pathlib import Path
from types import CodeType
from typing import Any

import numba as nb
import numpy as np
from numba.core import caching

from madang.core.progress import Progress

# A file with none of these words holds no kernel, no instruction of our own and no shape of what a kernel is given.
_TELLING = (b"kernel", b"numba", b"NamedTuple", b"namedtuple")
_PLAIN = (bool, int, float, complex, str, bytes, np.generic, type(None))


def kernel(**options: Any) -> Callable[[Any], Any]:
    """Compile a function with numba at its first call and keep it on disk for as long as all it is made of stands.

    numba itself asks only whether the kernel's own file changed, so a kernel would go on with what another file said
    when it was compiled. Where neither the package's folder nor the user's cache can be written, the kernel is
    compiled anew in every process, which is slow but right.
    """

    def made(function: Any) -> Any:
        compiled = nb.njit(**options)(function)
        if hasattr(compiled, "enable_caching"):
            with suppress(RuntimeError):
                compiled._cache = _forgiving(_Cache(function))  # type: ignore[no-untyped-call]
        return compiled

    return made


def announce_compiling(progress: Progress, *kernels: Callable[..., Any], share: float = 0.0) -> bool:
    """Tell ``progress``, at ``share`` of the work, if the first call of any of ``kernels`` waits for the compiler."""
    if all(is_ready(one) for one in kernels):
        return False
    progress(share, "compiling kernels (once, about ten seconds)")
    return True


def is_ready(one: Any) -> bool:
    """Return whether a kernel is compiled in this process or lies compiled on disk.

    numba shows its index of kept kernels nowhere in public; if its inside changes, the kernel counts as not ready and
    the only harm is one message too many.
    """
    if one.signatures:
        return True
    try:
        return bool(one._cache._cache_file._load_index())
    except (AttributeError, OSError):
        return False


def stamp_of(function: Any) -> bytes:
    """Return a digest of the files of kernels beside a function and those it calls, and of the values they use."""
    digest = hashlib.sha256()
    for part in sorted(set(_parts(function, set()))):
        digest.update(part)
    return digest.digest()


def _parts(function: Any, seen: set[int]) -> Iterator[bytes]:
    """Yield the digest of a function's folder, its plain globals by name, and the same of every kernel it calls."""
    if id(function) in seen:
        return
    seen.add(id(function))
    yield _folder(str(Path(inspect.getfile(function)).parent))
    for name in _names(function.__code__):
        value = function.__globals__.get(name)
        called = getattr(value, "py_func", None) or getattr(value, "_defn", None)
        if called is not None:
            yield from _parts(called, seen)
        elif isinstance(value, np.ndarray):
            yield f"{name} {value.dtype} {value.shape} ".encode() + value.tobytes()
        elif isinstance(value, _PLAIN) or (isinstance(value, tuple) and all(isinstance(v, _PLAIN) for v in value)):
            yield f"{name} {value!r}".encode()


def _names(code: CodeType) -> Iterator[str]:
    """Yield every global or attribute name in a function and in those defined inside it."""
    yield from code.co_names
    for constant in code.co_consts:
        if isinstance(constant, CodeType):
            yield from _names(constant)


@cache
def _folder(folder: str) -> bytes:
    """Return a digest of the Python files in a folder that can be part of a kernel, their names among it."""
    digest = hashlib.sha256()
    for file in sorted(Path(folder).glob("*.py")):
        content = file.read_bytes()
        if any(word in content for word in _TELLING):
            digest.update(f"{file.name} {len(content)} ".encode() + content)
    return digest.digest()


class _Stamped:
    """Gives numba's locators of kept kernels a stamp of all that the kernel is made of."""

    _function: Any

    @classmethod
    def from_function(cls, py_func: Any, py_file: str) -> Any:
        """Return the locator where it can be used, with the function it is for."""
        locator = super().from_function(py_func, py_file)  # type: ignore[misc]
        if locator is not None:
            locator._function = py_func
        return locator

    def get_source_stamp(self) -> Any:
        """Return the stamp under which the compiled kernel is kept and found again."""
        return super().get_source_stamp(), stamp_of(self._function)  # type: ignore[misc]


def _stamped(locator: Any) -> Any:
    return type(locator.__name__, (_Stamped, locator), {})


class _Kept(caching.CompileResultCacheImpl):
    _locator_classes = [_stamped(locator) for locator in caching.CompileResultCacheImpl._locator_classes]  # noqa: RUF012


class _Cache(caching.FunctionCache):
    _impl_class = _Kept


def _forgiving(kept: Any) -> Any:
    """Return ``kept``, whose kernel from now on compiles anew where its index on disk cannot be read.

    numba unpickles an index before it asks whether that is of this version of the source, and fails where an older
    one names a class that is gone, or a machine that stopped left half of it. It offers no public place for this; if
    its inside changes, the cache is returned as it came.
    """
    try:
        file = kept._cache_file
        load = file._load_index
    except AttributeError:
        return kept

    def load_or_none() -> Any:
        try:
            return load()
        except (AttributeError, ImportError, EOFError, pickle.UnpicklingError, TypeError, ValueError, KeyError):
            return {}

    file._load_index = load_or_none
    return kept
