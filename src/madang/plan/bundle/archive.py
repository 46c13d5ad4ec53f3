"""Zip files that are the same for the same content, and that are read without trusting who made them."""

from __future__ import annotations

import hashlib
import io
import stat
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from madang.core.errors import Both, DataError, Where

MANIFEST = "manifest-sha256.txt"
FILES_MAX = 5_000
BYTES_MAX = 1 << 30
_FIRST_DAY = (1980, 1, 1, 0, 0, 0)
_BLOCK = 1 << 20


def sha256(content: bytes) -> str:
    """Return the SHA-256 of bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def manifest(contents: Mapping[str, bytes]) -> bytes:
    """Return the hashes of files as ``sha256sum -c`` reads them."""
    return "".join(f"{sha256(contents[name])}  {name}\n" for name in sorted(contents)).encode()


def read_manifest(text: bytes, path: Path) -> dict[str, str]:
    """Return the hash stated for each file.

    Raises:
        DataError: a line is not a hash and a name.
    """
    stated = {}
    for row, line in enumerate(text.decode("utf-8", "replace").splitlines(), start=1):
        digest, gap, name = line.partition("  ")
        if not gap or len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            says = Both("목록에 해시와 이름이 아닌 줄이 있습니다", "a line of the manifest is not a hash and a name")
            raise DataError(
                says, Where(f"{path}: {MANIFEST}", row=row), Both("묶음을 다시 받으십시오", "get the bundle again")
            )
        stated[name] = digest
    return stated


def pack(contents: Mapping[str, bytes]) -> bytes:
    """Return a zip whose bytes depend on names and contents alone: sorted, without days, one way of packing."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name in sorted(contents):
            entry = zipfile.ZipInfo(name, _FIRST_DAY)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3
            entry.external_attr = (stat.S_IFREG | 0o644) << 16
            made.writestr(entry, contents[name], compresslevel=6)
    return out.getvalue()


def unpack(path: Path) -> dict[str, bytes]:
    """Return a zip's files by name, held in memory: nothing is written, so no name can reach outside.

    Raises:
        DataError: no such file, no zip, a name that points outside, a link, one name twice, or more than the limits.
    """
    try:
        with zipfile.ZipFile(path) as bundle:
            entries = [entry for entry in bundle.infolist() if not entry.is_dir()]
            _check_entries(entries, path)
            return _read_all(bundle, entries, path)
    except FileNotFoundError as error:
        raise DataError(
            Both("묶음이 없습니다", "the bundle is missing"),
            Where(path),
            Both("--bundle로 쓴 파일을 지정하십시오", "name a file written by --bundle"),
        ) from error
    except IsADirectoryError as error:
        raise DataError(
            Both("묶음이 아니라 폴더입니다", "the bundle is a folder"),
            Where(path),
            Both("--bundle로 쓴 zip 파일을 지정하십시오", "name the zip file written by --bundle"),
        ) from error
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, OSError) as error:
        raise DataError(
            Both(f"묶음을 풀 수 없습니다: {error}", f"the bundle cannot be unpacked: {error}"),
            Where(path),
            Both("묶음을 다시 받으십시오", "get the bundle again"),
        ) from error


def _check_entries(entries: list[zipfile.ZipInfo], path: Path) -> None:
    """Refuse names and sizes that no bundle has."""
    names = [entry.filename for entry in entries]
    if len(names) > FILES_MAX:
        raise DataError(
            Both(f"묶음에 파일이 {FILES_MAX}개보다 많습니다", f"the bundle holds more than {FILES_MAX} files"),
            Where(path, value=len(names)),
            Both("열지 마십시오", "do not open it"),
        )
    if sum(entry.file_size for entry in entries) > BYTES_MAX:
        raise DataError(
            Both(
                f"묶음을 풀면 {BYTES_MAX >> 20} MiB보다 큽니다",
                f"the bundle is larger than {BYTES_MAX >> 20} MiB unpacked",
            ),
            Where(path),
            Both("열지 마십시오", "do not open it"),
        )
    for entry in entries:
        parts = PurePosixPath(entry.filename).parts
        outside = entry.filename.startswith("/") or ".." in parts or "\\" in entry.filename or ":" in entry.filename
        if outside or stat.S_ISLNK(entry.external_attr >> 16):
            says = Both("묶음에 바깥을 가리키는 이름이 있습니다", "a name in the bundle points outside it")
            raise DataError(
                says,
                Where(path, value=entry.filename),
                Both("열지 말고 만든 이에게 물으십시오", "do not open it; ask who made it"),
            )
    twice = next((name for name in names if names.count(name) > 1), None) if len(set(names)) < len(names) else None
    if twice is not None:
        raise DataError(
            Both("묶음에 이름이 같은 파일이 둘 있습니다", "two files in the bundle have one name"),
            Where(path, value=twice),
            Both("만든 이에게 물으십시오", "ask who made it"),
        )


def _read_all(bundle: zipfile.ZipFile, entries: list[zipfile.ZipInfo], path: Path) -> dict[str, bytes]:
    """Return the files; what is unpacked is counted, because the stated sizes may lie."""
    left, made = BYTES_MAX, {}
    for entry in entries:
        blocks = []
        with bundle.open(entry) as file:
            while block := file.read(_BLOCK):
                left -= len(block)
                if left < 0:
                    raise DataError(
                        Both(
                            f"묶음을 풀면 {BYTES_MAX >> 20} MiB보다 큽니다",
                            f"the bundle is larger than {BYTES_MAX >> 20} MiB unpacked",
                        ),
                        Where(path),
                    )
                blocks.append(block)
        made[entry.filename] = b"".join(blocks)
    return made
