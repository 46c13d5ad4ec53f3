"""A third, throw-away policy: one folder and one register line, and the house asks everything of it unasked."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
THROWAWAY = Path(__file__).parent / "throwaway"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Return a copy of the house to which the policy was added as one folder, one line and the city's numbers."""
    tree = tmp_path / "tree"
    # With the compiled modules, which hold as long as a module's time and size do: a check need not compile them anew.
    ignore = shutil.ignore_patterns("tests")
    shutil.copytree(ROOT / "src", tree / "src", ignore=ignore)
    both = "src/madang/core/tests/both_languages.py"
    for name in ("pyproject.toml", "conftest.py", both, "tests/conftest.py", "tests/test_every_solution.py"):
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, tree / name)
    package = tree / "src" / "madang"
    shutil.copytree(THROWAWAY / "shade_trees", package / "solutions" / "shade_trees")
    shutil.copyfile(THROWAWAY / "city" / "shade_trees.toml", package / "cities" / "seoul" / "shade_trees.toml")
    shutil.copytree(THROWAWAY / "city" / "shade_trees", package / "cities" / "seoul" / "shade_trees")
    register = package / "register.py"
    register.write_text(register.read_text("utf-8").replace("NAMES = (\n", 'NAMES = (\n    "shade_trees",\n'), "utf-8")
    return tree


def ask_the_house(tree: Path, check: str = "test") -> tuple[int, str]:
    """Run the house-wide checks of the throw-away policy in the copy, or the one that is named."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/test_every_solution.py"]
    env = {**os.environ, "PYTHONPATH": str(tree / "src"), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(
        [*command, "-k", f"shade_trees and {check}"], cwd=tree, env=env, capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout + done.stderr


def failed(said: str) -> set[str]:
    """Return the names of the checks that failed or could not start."""
    return set(re.findall(r"^(?:FAILED|ERROR) \S+::(\w+)", said, flags=re.MULTILINE))


def change(tree: Path, file: str, old: str, new: str) -> None:
    """Replace one passage in a file of the throw-away policy."""
    path = tree / "src" / "madang" / "solutions" / "shade_trees" / file
    before = path.read_text("utf-8")
    assert old in before
    path.write_text(before.replace(old, new), "utf-8")


def test_one_folder_and_one_line_pass_every_check(tree: Path) -> None:
    code, said = ask_the_house(tree)
    assert code == 0, said
    passed = re.search(r"(\d+) passed", said)
    assert passed is not None
    assert int(passed[1]) >= 18


def test_a_fact_without_its_source_fails(tree: Path) -> None:
    change(tree, "facts.toml", 'unit = "percent"\nsource = "made_up"\n', 'unit = "percent"\n')
    code, said = ask_the_house(tree)
    assert code == 1
    assert "test_every_fact_has_a_sentence_a_unit_and_a_source" in failed(said)
    assert "a required key is missing" in said
    assert "column facts.survival_share.source" in said


FAULTS = {
    "a fact without a unit": (
        "facts.toml",
        'unit = "percent"\n',
        "",
        "test_every_fact_has_a_sentence_a_unit_and_a_source",
    ),
    "an English title in the Korean half": (
        "card.toml",
        'title.ko = "가로수 그늘"',
        'title.ko = "Shade trees"',
        "test_the_card_speaks_both_languages",
    ),
    "a review day that is past": (
        "card.toml",
        "next_review = 2099-01-01",
        "next_review = 2026-01-02",
        "test_the_review_day_is_not_past",
    ),
    "a case that is not met": ("cases.toml", "value = 9604", "value = 9605", "test_every_case_is_met"),
    "a number that hides an input": (
        "model.py",
        'grown = ("trees_now", "planted", "survival_share", "planting")',
        'grown = ("trees_now", "planted", "planting")',
        "test_what_moves_with_an_input_says_that_it_rests_on_it",
    ),
    "a figure that hides an input": (
        "figures.py",
        'rests_on=("trees_now", "planted", "survival_share", "planting")',
        'rests_on=("trees_now", "planted", "survival_share")',
        "test_what_moves_with_an_input_says_that_it_rests_on_it",
    ),
    "a figure's column without a unit": (
        "figures.py",
        '"Length"), "km")',
        '"Length"))',
        "test_every_figure_has_units_and_sources",
    ),
    "an article that quotes what is not there": (
        "article.en.md",
        "{{ number:trees_standing }}",
        "{{ number:trees_fallen }}",
        "test_the_article_quotes_only_what_exists",
    ),
    "an empty section": (
        "article.ko.md",
        "물이 모자랐다.",
        "",
        "test_the_article_has_its_six_sections",
    ),
    "a model that throws dice": (
        "model.py",
        "    progress(1.0,",
        "    standing += __import__('random').random()\n    progress(1.0,",
        "test_a_run_is_the_same_twice_within_its_limit_without_the_network_and_leaves_its_inputs_alone",
    ),
    "an input that hides a fact": (
        "model.py",
        "return reader.fill(ShadeInputs)",
        "return reader.fill(ShadeInputs, co2_kg_per_tree=reader.fact('uptake') * reader.fact('survival_share'))",
        "test_what_moves_with_a_fact_names_that_fact",
    ),
    "a fact that nobody reads": (
        "facts.toml",
        "[facts.uptake]",
        (
            '[facts.crown]\nsays.ko = "수관"\nsays.en = "Crown"\nunit = "m**2"\nsource = "made_up"\n'
            "values = [{ from = 2000-01-01, value = 12 }]\n\n[facts.uptake]"
        ),
        "test_no_fact_table_or_file_lies_unread",
    ),
    "an input that names no fact": (
        "model.py",
        'facts=["trees_now"], ',
        "",
        "test_every_input_names_its_facts",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_in_the_policy_fails_its_check(fault: str, tree: Path) -> None:
    file, old, new, check = FAULTS[fault]
    change(tree, file, old, new)
    code, said = ask_the_house(tree, check)
    assert code == 1, said
    assert check in failed(said), said
