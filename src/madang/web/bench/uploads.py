"""A city's folder brought as a zip: looked at before it is unpacked, checked by reading it, deleted after its time."""

from __future__ import annotations

import hashlib
import re
import secrets
import shutil
import stat
import zipfile
from collections.abc import Iterable, Iterator
from datetime import timedelta
from pathlib import Path, PurePosixPath
from typing import IO

import pyarrow.parquet
from django.conf import settings
from django.utils.timezone import localdate, now

from madang import register
from madang.core.city import City
from madang.core.documents import load_toml
from madang.core.errors import Both, CityError, DataError, MadangError, UsageError, Where
from madang.core.language import Text, text
from madang.plan.cities import CITIES, city_names
from madang.web.bench.asking import KEPT_DAYS, upload_folder
from madang.web.bench.models import Run, Upload

ZIP_BYTES_MAX = 25 * 2**20
UNPACKED_BYTES_MAX = 200 * 2**20
FILES_MAX = 300
#: A file that grows more than this is made to burst, not to be read.
GROWTH_MAX = 200
_GROWTH_FREE = 2**20
ENDINGS = frozenset({".toml", ".csv", ".parquet", ".xlsx", ".ods", ".pbf", ".geojson", ".md", ".txt"})
_UTF8 = 0x800
_ENCRYPTED = 0x1
_BLOCK = 1 << 16
_ODD = re.compile(r'[\x00-\x1f<>:"|?*\\]')


def bring(file: IO[bytes]) -> Upload:
    """Check a zip, unpack it, read it as a city, and keep it for a week.

    Raises:
        MadangError: of the family, for a zip or a city that cannot be taken; nothing is kept then.
    """
    sweep()
    key = secrets.token_hex(12)
    folder = upload_folder(key)
    folder.mkdir(parents=True)
    try:
        size, files = _unpack(file, folder)
        city = _open(folder)
        solutions = [name for name in register.NAMES if (folder / f"{name}.toml").exists()]
        _check_solutions(city, solutions)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, MadangError):
            raise _without_folder(error, folder) from error
        raise
    file.seek(0)
    return Upload.objects.create(
        key=key, city=city.id, name=city.name.model_dump(), sha256=hashlib.sha256(file.read()).hexdigest(),
        solutions=solutions, size=size, files=files, delete_at=now() + timedelta(days=KEPT_DAYS),
    )  # fmt: skip


def sweep() -> int:
    """Delete the uploads whose time is over, and runs that hold a file, with their bundles; return how many."""
    gone, held = list(Upload.objects.filter(delete_at__lt=now())), Run.objects.filter(delete_at__lt=now())
    for upload in gone:
        delete(upload)
    runs = _delete_bundles(held.values_list("key", flat=True))
    held.delete()
    return len(gone) + runs


def delete(upload: Upload) -> None:
    """Delete an upload, its folder, its runs and their bundles."""
    _delete_bundles(upload.run_set.values_list("key", flat=True))
    shutil.rmtree(upload_folder(upload.key), ignore_errors=True)
    upload.delete()


def _delete_bundles(runs: Iterable[str]) -> int:
    """Delete the bundles of runs; return how many runs that were."""
    keys = list(runs)
    for key in keys:
        (Path(settings.MADANG_HOME) / "bundles" / f"{key}.zip").unlink(missing_ok=True)
    return len(keys)


def _unpack(file: IO[bytes], folder: Path) -> tuple[int, int]:
    """Unpack a checked zip; return the bytes and the files written."""
    file.seek(0, 2)
    if file.tell() > ZIP_BYTES_MAX:
        raise UsageError(
            Both(f"zip이 {ZIP_BYTES_MAX >> 20} MB보다 큽니다", f"the zip is larger than {ZIP_BYTES_MAX >> 20} MB"),
            todo=Both("원자료는 빼고 묶으십시오", "leave raw data out of it"),
        )
    file.seek(0)
    try:
        with zipfile.ZipFile(file) as archive:
            members = _members(archive)
            top = _top(members)
            total = 0
            for name, info in members.items():
                total += _write(archive, info, folder / name.relative_to(top), UNPACKED_BYTES_MAX - total)
            return total, len(members)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, EOFError, ValueError, OSError) as error:
        if isinstance(error, OSError) and not isinstance(error, zipfile.BadZipFile) and error.errno:
            raise DataError(
                Both(f"zip을 풀 수 없습니다: {error.strerror}", f"the zip cannot be unpacked: {error.strerror}")
            ) from error
        raise DataError(
            Both("읽을 수 있는 zip이 아닙니다", "this is not a zip that can be read"),
            todo=Both("다시 묶으십시오: zip -r city.zip 폴더/", "make it anew: zip -r city.zip CITY/"),
        ) from error
    except (RuntimeError, zipfile.zlib.error) as error:  # type: ignore[attr-defined]
        raise DataError(
            Both("깨진 zip입니다", "the zip is damaged"),
            todo=Both("다시 묶으십시오: zip -r city.zip 폴더/", "make it anew: zip -r city.zip CITY/"),
        ) from error


def _members(archive: zipfile.ZipFile) -> dict[PurePosixPath, zipfile.ZipInfo]:
    """Return the files of an archive by name, each looked at before anything is unpacked."""
    found: dict[PurePosixPath, zipfile.ZipInfo] = {}
    infos = [info for info in archive.infolist() if not info.is_dir()]
    if len(infos) > FILES_MAX:
        raise UsageError(
            Both(f"zip에 파일이 {FILES_MAX}개보다 많습니다", f"the zip holds more than {FILES_MAX} files"),
            todo=Both("표나 toml이 아닌 것은 빼십시오", "leave out what is no table or toml"),
        )
    if sum(info.file_size for info in infos) > UNPACKED_BYTES_MAX:
        raise UsageError(
            Both(
                f"풀면 {UNPACKED_BYTES_MAX >> 20} MB보다 큽니다",
                f"unpacked it is larger than {UNPACKED_BYTES_MAX >> 20} MB",
            ),
            todo=Both("원자료는 빼고 묶으십시오", "leave raw data out of it"),
        )
    for info in infos:
        name = _name(info)
        # What a desktop puts beside the files; a name that climbs out is no such thing.
        if ".." not in name.parts and any(part.startswith((".", "__MACOSX")) for part in name.parts):
            continue
        _check_member(name, info)
        if PurePosixPath(str(name).lower()) in {PurePosixPath(str(other).lower()) for other in found}:
            raise DataError(
                Both("이름이 같은 파일이 둘 있습니다", "two files of the zip bear one name"),
                Where(str(name)),
                Both("둘 가운데 하나의 이름을 바꾸십시오", "rename one of them"),
            )
        found[name] = info
    if not found:
        raise CityError(
            Both("빈 zip입니다", "the zip is empty"),
            todo=Both(
                "도시의 폴더를 담으십시오: city.toml과 표들", "put the city's folder into it: city.toml and its tables"
            ),
        )
    return found


def _name(info: zipfile.ZipInfo) -> PurePosixPath:
    """Return a member's name; Korean names that were written without saying so are read as such."""
    name = info.filename
    if not info.flag_bits & _UTF8 and not name.isascii():
        raw = name.encode("cp437", "replace")
        for encoding in ("utf-8", "cp949"):
            try:
                name = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
    return PurePosixPath(name)


def _check_member(name: PurePosixPath, info: zipfile.ZipInfo) -> None:
    """Refuse a member that leaves the folder, is no plain file, is locked, bursts, or is of no use here."""
    where = Where(str(name)[:120])
    if name.is_absolute() or ".." in name.parts or _ODD.search(str(name)) or len(str(name)) > 200:
        raise DataError(
            Both(
                "폴더를 벗어나거나 이름을 쓸 수 없는 파일이 있습니다",
                "a file of the zip leaves its folder, or its name cannot be used",
            ),
            where,
            Both("이름을 바꾸십시오", "rename it"),
        )
    if (mode := info.external_attr >> 16) and not (stat.S_ISREG(mode) or not stat.S_IFMT(mode)):
        raise DataError(
            Both("zip에 링크나 장치가 들어 있습니다", "a member of the zip is a link or a device"),
            where,
            Both("파일 자체를 담으십시오", "put the file itself into the zip"),
        )
    if info.flag_bits & _ENCRYPTED:
        raise DataError(
            Both("비밀번호로 잠긴 zip입니다", "the zip is locked with a password"),
            where,
            Both("비밀번호 없이 묶으십시오", "make it without one"),
        )
    if info.file_size > _GROWTH_FREE and info.file_size > GROWTH_MAX * max(info.compress_size, 1):
        raise DataError(
            Both("풀면 끝없이 커지는 파일이 있습니다", "a file of the zip grows beyond measure when unpacked"),
            where,
            Both("보통 파일을 담으십시오", "put a plain file into the zip"),
        )
    if name.suffix.lower() not in ENDINGS:
        known = ", ".join(sorted(ENDINGS))
        raise DataError(
            Both("도시의 폴더에 둘 수 없는 파일입니다", "a city's folder holds no such file"),
            where,
            Both(f"빼십시오. 쓸 수 있는 확장자: {known}", f"leave it out; files end in {known}"),
        )


def _top(members: dict[PurePosixPath, zipfile.ZipInfo]) -> PurePosixPath:
    """Return the folder in the zip in which city.toml lies: its root, or one folder that holds everything."""
    if PurePosixPath("city.toml") in members:
        return PurePosixPath()
    tops = {name.parts[0] for name in members}
    if len(tops) == 1 and PurePosixPath(*tops, "city.toml") in members:
        return PurePosixPath(*tops)
    raise CityError(
        Both("zip에 city.toml이 없습니다", "the zip has no city.toml"),
        todo=Both("`madang new-city`가 만든 폴더를 묶으십시오", "zip the folder that `madang new-city` made"),
    )


def _write(archive: zipfile.ZipFile, info: zipfile.ZipInfo, target: Path, room: int) -> int:
    """Write one member and return its bytes; what it claims of its size is not believed."""
    target.parent.mkdir(parents=True, exist_ok=True)
    written = 0
    with archive.open(info) as source, target.open("wb") as out:
        while block := source.read(_BLOCK):
            written += len(block)
            if written > room:
                raise DataError(
                    Both("풀면 끝없이 커지는 zip입니다", "the zip grows beyond measure when unpacked"),
                    Where(info.filename[:120]),
                )
            out.write(block)
    return written


def _open(folder: Path) -> City:
    """Open the unpacked folder as a city that is not one of ours and reads nothing outside itself."""
    for path in _files(folder, ".toml"):
        _check_toml(path)
    for path in [*_files(folder, ".xlsx"), *_files(folder, ".ods")]:
        _check_sheet(path)
    for path in _files(folder, ".parquet"):
        _check_parquet(path)
    city = City.open(folder, CITIES)
    if city.id in city_names():
        says = Both(
            f"같은 이름의 도시가 이미 마당에 있습니다: {city.id!r}",
            f"the city calls itself {city.id!r}, and a city of that name comes with Madang",
        )
        raise CityError(says, Where("city.toml"), Both("다른 id를 주십시오", "give it another id"))
    return city


def _files(folder: Path, ending: str) -> Iterator[Path]:
    """Yield the files of an ending."""
    return (path for path in sorted(folder.rglob("*")) if path.suffix.lower() == ending)


def _check_toml(path: Path) -> None:
    """Refuse a card that names a file inside a package of the server."""
    cards = load_toml(path).get("files", {})
    for name, card in cards.items() if isinstance(cards, dict) else ():
        if isinstance(card, dict) and ("package" in card or "path" in card):
            says = Both(
                f"꾸러미 안에 있는 파일입니다: {name!r}. 올리는 도시는 파일을 스스로 지녀야 합니다",
                f"the file {name!r} lies in a package; a city that is brought carries its files itself",
            )
            raise CityError(
                says,
                Where(path),
                Both(
                    "파일을 폴더에 두고 file = ...로 적으십시오",
                    "put the file into the folder and name it with file = ...",
                ),
            )


def _check_sheet(path: Path) -> None:
    """Refuse a workbook that bursts: it is a zip itself."""
    try:
        with zipfile.ZipFile(path) as inside:
            size = sum(info.file_size for info in inside.infolist())
    except (zipfile.BadZipFile, ValueError, OSError) as error:
        raise DataError(
            Both("통합 문서가 아닙니다", "this is not a workbook"),
            Where(path),
            Both(".xlsx로 다시, 또는 .csv로 저장하십시오", "save it anew as .xlsx, or as .csv"),
        ) from error
    if size > UNPACKED_BYTES_MAX:
        raise DataError(
            Both("열면 끝없이 커지는 통합 문서입니다", "the workbook grows beyond measure when opened"),
            Where(path),
            Both(".csv로 저장하십시오", "save it as .csv"),
        )


def _check_parquet(path: Path) -> None:
    """Refuse a Parquet file that bursts."""
    try:
        meta = pyarrow.parquet.read_metadata(path)
        size = sum(meta.row_group(place).total_byte_size for place in range(meta.num_row_groups))
    except Exception as error:
        raise DataError(
            Both("Parquet 파일이 아닙니다", "this is not a Parquet file"),
            Where(path),
            Both("다시, 또는 .csv로 저장하십시오", "save it anew, or as .csv"),
        ) from error
    if size > UNPACKED_BYTES_MAX:
        raise DataError(
            Both("읽으면 끝없이 커지는 표입니다", "the table grows beyond measure when read"),
            Where(path),
            Both("행이나 열을 줄이십시오", "leave out rows or columns"),
        )


def _check_solutions(city: City, names: list[str]) -> None:
    """Read the inputs of every solution that the folder has a file for, so that a wrong cell is told at once."""
    for name in names:
        solution = register.load(name)
        solution.read(solution.reader(city, localdate(), localdate()))


def _without_folder(error: MadangError, folder: Path) -> MadangError:
    """Return an error that names files as the visitor's zip does, not as they lie here."""

    def named(korean: str | None, english: str | None) -> Text | None:
        if not korean or not english:
            return None
        return text(*(words.replace(f"{folder}/", "").replace(str(folder), "zip") for words in (korean, english)))

    said = [named(*words) for words in zip(error.parts("ko"), error.parts("en"), strict=True)]
    made = type(error).__new__(type(error))
    MadangError.__init__(made, said[0] or "", said[1], said[2])
    return made
