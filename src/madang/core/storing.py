"""Writing a file or folder whole or not at all, whatever stops it halfway: a full disk, a signal, an error."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path


def write_whole(path: Path, content: bytes) -> None:
    """Write a file beside its place first, then put it there in one step; an earlier one stays until then.

    Raises:
        OSError: it cannot be written; the error names the file that was asked for.
    """
    try:
        _write_beside(path, content)
    except OSError as error:
        raise OSError(error.errno, error.strerror or str(error), str(path)) from error


def _write_beside(path: Path, content: bytes) -> None:
    """Write a draft in the same folder and rename it."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-"[:64])
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes files that only their owner reads; what is written here is for all who may read the folder.
        os.chmod(draft, 0o644)  # noqa: PTH101
        Path(draft).replace(path)
    except BaseException:
        Path(draft).unlink(missing_ok=True)
        raise


def put_folder(staging: Path, folder: Path) -> None:
    """Put a finished folder in its place; what an earlier one held goes, and comes back where anything fails.

    A folder that is there already stays the same folder: somebody's shell may stand in it.
    """
    if not folder.exists():
        staging.chmod(0o755)
        staging.rename(folder)
        return
    old = Path(tempfile.mkdtemp(prefix=f".{folder.name}-old-"[:64], dir=folder.parent))
    moved: list[tuple[Path, Path]] = []
    try:
        for source, target in ((folder, old), (staging, folder)):
            for path in sorted(source.iterdir()):
                moved.append((path, path.rename(target / path.name)))  # noqa: PERF401 - kept where a rename fails
    except BaseException:
        for before, after in reversed(moved):
            after.rename(before)
        old.rmdir()
        raise
    shutil.rmtree(old)
    staging.rmdir()
