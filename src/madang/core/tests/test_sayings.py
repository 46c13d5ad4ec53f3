from pathlib import Path

import pytest

from madang.core.errors import DataError
from madang.core.language import text
from madang.core.sayings import sayings_in

SAID = """
[trees]
title.ko = "나무"
title.en = "Trees"
formula.ko = "센 것."
formula.en = "Counted."
unit = "tree"
digits = 0
"""
NOBODY_COUNTED = text("아무도 세지 않았다.", "nobody counted")


def folder_with(folder: Path, said: str) -> Path:
    (folder / "numbers.toml").write_text(said)
    return folder


def test_a_number_is_called_as_the_file_says_and_rests_on_each_input_once(tmp_path: Path) -> None:
    made = sayings_in(folder_with(tmp_path, SAID))["trees"].number(
        "trees", 7, ["park", "street", "park"], NOBODY_COUNTED
    )
    assert (made.title.en, made.formula.ko, made.unit, made.digits) == ("Trees", "센 것.", "tree", 0)
    assert (made.value, made.rests_on, made.gap) == (7, ("park", "street"), None)


def test_an_unknown_number_says_why_and_a_known_one_bears_no_reason(tmp_path: Path) -> None:
    saying = sayings_in(folder_with(tmp_path, SAID))["trees"]
    assert saying.number("trees", None, ["park"], NOBODY_COUNTED).gap == NOBODY_COUNTED
    assert saying.number("trees", 0, ["park"], NOBODY_COUNTED).gap is None


def test_another_unit_stands_in_for_the_files_own(tmp_path: Path) -> None:
    saying = sayings_in(folder_with(tmp_path, SAID))["trees"]
    assert saying.number("trees", 1, [], NOBODY_COUNTED, unit="person").unit == "person"


@pytest.mark.parametrize(("more", "said"), [("colour = 1", "colour"), ("unit = 3", "unit")])
def test_a_key_nobody_knows_or_a_wrong_kind_is_refused(tmp_path: Path, more: str, said: str) -> None:
    spoilt = SAID.replace('unit = "tree"\n', "") + more + "\n" if "unit" in more else SAID + more + "\n"
    with pytest.raises(DataError, match=said):
        sayings_in(folder_with(tmp_path, spoilt))
