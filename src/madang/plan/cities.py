"""Finding a city: one of those that come with Madang, by name, or anybody's own folder, by path."""

from __future__ import annotations

from pathlib import Path

from madang.core.city import City
from madang.core.errors import Both, UnknownName
from madang.core.language import Text, text

CITIES = Path(__file__).parent.parent / "cities"


def city_names() -> tuple[str, ...]:
    """Return the cities that come with Madang."""
    return tuple(sorted(folder.name for folder in CITIES.iterdir() if (folder / "city.toml").exists()))


def open_city(name: str | Path) -> City:
    """Open a city by the name of one that comes with Madang, or by the path of a folder.

    Raises:
        UnknownName: neither such a city nor such a folder.
        CityError: the folder is not a city's.
    """
    if str(name) in city_names():
        return City.open(CITIES / str(name), CITIES)
    folder = Path(name).expanduser()
    if not folder.exists() and folder.name == str(name):
        raise UnknownName(Both("도시", "city"), str(name), city_names())
    return City.open(folder, CITIES)


def told_of(home: str, city: City) -> Text | None:
    """Return what a reader of a policy's article must know first in a city that is not its home; None at home.

    home: the city whose programme the article tells of, as the policy's card names it.
    """
    if city.id == home:
        return None
    names = {one.id: one.name for one in city.lineage()}
    there = names.get(home) or (open_city(home).name if home in city_names() else text(home, home))
    return text(
        f"이 글은 {there.ko}의 사업을 이야기합니다. "
        f"그림과 점선 밑줄이 있는 수치만 {city.name.ko}의 것으로 계산했습니다.",
        f"This article tells of {there.en}'s programme; only the figures and the numbers with a dotted line below them "
        f"are computed for {city.name.en}.",
    )
