"""Where the files that a city's cards name lie: inside its folder, or in an installed package."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from madang.core.city_files import FileCard
from madang.core.errors import Both, CityError, Where


def inside(folder: Path, file: str, what: Both, toml: Path) -> Path:
    """Return where a file of a city lies.

    Raises:
        CityError: it leaves the folder, by dots or by a link.
    """
    target = Path(os.path.realpath(folder / file))
    if not target.is_relative_to(os.path.realpath(folder)):
        raise CityError(
            Both(f"도시의 폴더 밖에 있습니다: {what.ko}", f"{what.en} lies outside the city's folder"),
            Where(toml, value=file),
            Both("폴더 안으로 옮겨 담으십시오", "copy it into the folder"),
        )
    return target


def in_folder(name: str, file: str, folder: Path, toml: Path) -> Path:
    """Return where a raw file of a city's folder lies.

    Raises:
        CityError: it is missing, or lies outside the folder.
    """
    path = inside(folder, file, Both(f"파일 {name!r}", f"the file {name!r}"), toml)
    if not path.is_file():
        raise CityError(
            Both(f"파일이 없습니다: {name!r}", f"the file {name!r} is missing"),
            Where(path),
            Both(f"거기에 두거나 고치십시오: {toml.name}", f"put it there, or correct {toml.name}"),
        )
    return path


def in_package(name: str, card: FileCard, toml: Path) -> Path:
    """Return where a raw file lies inside an installed package, without importing the package.

    Raises:
        CityError: the package is not installed, or does not carry the file.
    """
    found = find_spec(str(card.package))
    if found is None or found.origin is None:
        says = Both(
            f"파일 {name!r}의 꾸러미 {card.package!r}가 설치되어 있지 않습니다",
            f"the file {name!r} comes with the package {card.package!r}, which is not installed",
        )
        raise CityError(
            says, Where(toml), Both(f"설치하십시오: pip install {card.package}", f"pip install {card.package}")
        )
    path = Path(found.origin).parent / str(card.path)
    if not path.is_file():
        says = Both(
            f"꾸러미 {card.package!r}에 없는 파일입니다: {card.path!r}",
            f"the package {card.package!r} does not carry the file {card.path!r}",
        )
        raise CityError(
            says,
            Where(toml),
            Both(f"{card.package}의 다른 판을 설치하십시오", f"install another version of {card.package}"),
        )
    return path
