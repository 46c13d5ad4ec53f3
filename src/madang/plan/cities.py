"""Finding a city: one of those that come with Madang, by name, or anybody's own folder, by path."""

from __future__ import annotations

from pathlib import Path

from madang.core.city import City
from madang.core.errors import Both, UnknownName

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
