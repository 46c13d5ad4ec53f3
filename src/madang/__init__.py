"""Madang: a city's policies as models anyone can run, and its promises as statements anyone can check.

The public face: names are imported on first use, so that ``import madang`` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from madang.core.city import City as City
    from madang.core.city import Reader as Reader
    from madang.core.contract import Number as Number
    from madang.core.contract import Result as Result
    from madang.core.contract import Run as Run
    from madang.core.contract import Solution as Solution
    from madang.core.contract import perform as perform
    from madang.core.errors import MadangError as MadangError
    from madang.core.figures import ChartFigure as ChartFigure
    from madang.core.figures import FigureColumn as FigureColumn
    from madang.core.figures import MapFigure as MapFigure
    from madang.core.figures import TableFigure as TableFigure
    from madang.core.inputs import Inputs as Inputs
    from madang.core.inputs import given as given
    from madang.core.language import Text as Text
    from madang.core.language import text as text
    from madang.plan.cities import open_city as open_city
    from madang.register import load as load

__version__ = "0.1.0"

_HOMES = {
    "ChartFigure": "core.figures",
    "City": "core.city",
    "FigureColumn": "core.figures",
    "Inputs": "core.inputs",
    "MadangError": "core.errors",
    "MapFigure": "core.figures",
    "Number": "core.contract",
    "Reader": "core.city",
    "Result": "core.contract",
    "Run": "core.contract",
    "Solution": "core.contract",
    "TableFigure": "core.figures",
    "Text": "core.language",
    "given": "core.inputs",
    "load": "register",
    "open_city": "plan.cities",
    "perform": "core.contract",
    "text": "core.language",
}

__all__ = [*_HOMES, "__version__"]  # noqa: PLE0604 - the keys are names


def __getattr__(name: str) -> Any:
    """Return a public name, importing its home on first use."""
    if name not in _HOMES:
        raise AttributeError(f"module 'madang' has no public name {name!r}")
    return getattr(import_module(f"madang.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    """Return the public names."""
    return list(__all__)
