"""Values are values: what models and results are made of cannot be changed once made, and takes no unknown key."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType

import pytest
from pydantic import BaseModel, RootModel

import madang

#: What gathers while it works, and says so in its name; everything else is frozen.
GATHERING = {"Reader", "Judge"}
FLOORS = ("core", "plan")


def _modules() -> Iterator[ModuleType]:
    for floor in FLOORS:
        package = import_module(f"madang.{floor}")
        for found in walk_packages(package.__path__, f"{package.__name__}."):
            if ".tests" not in found.name:
                yield import_module(found.name)


CLASSES = sorted(
    {
        kind
        for module in _modules()
        for kind in vars(module).values()
        if isinstance(kind, type) and kind.__module__ == module.__name__
    },
    key=lambda kind: (kind.__module__, kind.__qualname__),
)


def test_there_are_values_to_look_at() -> None:
    assert {"Number", "Fact", "City", "Claim"} <= {kind.__name__ for kind in CLASSES}
    assert madang.__version__


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if issubclass(kind, BaseModel)], ids=str)
def test_a_model_is_frozen_and_refuses_a_key_nobody_knows(kind: type[BaseModel]) -> None:
    assert kind.model_config.get("frozen") is True or issubclass(kind, RootModel)
    assert kind.model_config.get("extra") == "forbid" or issubclass(kind, RootModel) or not kind.model_fields


def test_whatever_is_no_gatherer_is_frozen() -> None:
    thawed = {
        f"{kind.__module__}.{kind.__name__}"
        for kind in CLASSES
        if dataclasses.is_dataclass(kind)
        and not kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
        and kind.__name__ not in GATHERING
    }
    assert thawed == set()
