"""In which order tests are handed to workers: files with slow tests first, then the longest, each file whole."""

from __future__ import annotations

import importlib.util
from collections import Counter
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Item:
    """What the order looks at in a collected test."""

    path: Path
    number: int
    slow: bool

    def get_closest_marker(self, name: str) -> bool:
        """Tell whether it is marked."""
        return self.slow and name == "slow"


def ordered(items: list[Item]) -> list[Item]:
    """Return tests in the order of the root's conftest.py."""
    spec = importlib.util.spec_from_file_location("order_of_tests", ROOT / "conftest.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.pytest_collection_modifyitems(items)
    return items


def collected(*files: tuple[str, int, set[int]]) -> list[Item]:
    """Return the tests of files: name, how many tests, which of them are slow."""
    return [Item(Path(name), number, number in slow) for name, size, slow in files for number in range(size)]


def test_a_file_of_one_slow_test_comes_before_a_file_of_many_quick_ones() -> None:
    found = ordered(collected(("a", 2, set()), ("b", 9, set()), ("kill", 1, {0}), ("browser", 3, {2})))
    assert [path.name for path, _ in groupby(item.path for item in found)] == ["browser", "kill", "b", "a"]


@given(st.lists(st.tuples(st.integers(1, 6), st.sets(st.integers(0, 5), max_size=2)), max_size=8))
def test_no_test_is_lost_and_every_file_stays_whole_and_in_its_own_order(files: list[tuple[int, set[int]]]) -> None:
    before = collected(*((f"file{place}", *file) for place, file in enumerate(files)))
    after = ordered(list(before))
    assert Counter(after) == Counter(before)
    runs = [list(items) for _, items in groupby(after, key=lambda item: item.path)]
    assert len(runs) == len(files)
    assert all([item.number for item in items] == list(range(len(items))) for items in runs)
    slow = [any(item.slow for item in items) for items in runs]
    assert slow == sorted(slow, reverse=True)
