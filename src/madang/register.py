"""The ordered list of solutions. Adding a policy is a folder and a line here; nothing is imported until asked for."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from madang.core.errors import Both, UnknownName

if TYPE_CHECKING:
    from madang.core.contract import Solution
    from madang.core.operations import Operation

NAMES = (
    "ev_fleet",
    "ev_charging",
    "eco_mileage",
    "city_rank",
    "pollution_cap",
    "effluent",
)


def folder_of(name: str) -> Path:
    """Return the folder of a registered solution; a wrong name suggests the right one."""
    if name not in NAMES:
        raise UnknownName(Both("정책", "solution"), name, NAMES)
    return Path(__file__).parent / "solutions" / name


def load(name: str) -> Solution:
    """Return a registered solution; only now is its code, and what that needs, imported."""
    folder_of(name)
    solution: Solution = import_module(f"madang.solutions.{name}").solution
    return solution


def has_operations(name: str) -> bool:
    """Tell whether a registered solution brings operations, without importing it."""
    return (folder_of(name) / "operations.py").is_file()


def load_operations(name: str) -> tuple[Operation, ...]:
    """Return the operations that a registered solution brings beside its model."""
    operations: tuple[Operation, ...] = import_module(f"madang.solutions.{name}.operations").operations
    return operations
