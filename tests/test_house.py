"""The walls between floors: each contract holds, and a planted breach of each kind is caught."""

from __future__ import annotations

import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from madang import register

ROOT = Path(__file__).parent.parent
#: Where the site lists its desks: its commands, its addresses, its installed applications.
DOORS = {"web/commands.py", "web/urls.py", "web/settings/apps.py"}
LINT = "from importlinter.cli import lint_imports_command; lint_imports_command()"


@pytest.fixture(scope="module")
def pristine(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the code alone, with two small solutions and two desks to plant breaches in."""
    tree = tmp_path_factory.mktemp("house") / "tree"
    for path in (ROOT / "src" / "madang").rglob("*.py"):
        if "tests" not in path.parts:
            target = tree / path.relative_to(ROOT)
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    shutil.copyfile(ROOT / "pyproject.toml", tree / "pyproject.toml")
    for package in (
        "solutions/planted_one",
        "solutions/planted_two",
        "web",
        "web/desks",
        "web/desks/one",
        "web/desks/two",
    ):
        plant(tree, f"{package}/__init__.py")
    for module in ("model", "figures"):
        plant(tree, f"solutions/planted_one/{module}.py")
        plant(tree, f"solutions/planted_two/{module}.py")
    return tree


@pytest.fixture
def tree(pristine: Path, tmp_path: Path) -> Path:
    """Return a copy of the house that one test may spoil."""
    return Path(shutil.copytree(pristine, tmp_path / "tree"))


def plant(tree: Path, module: str, line: str = "") -> None:
    """Add a line to a module, or make the module."""
    path = tree / "src" / "madang" / module
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a") as file:
        file.write(f"\n{line}\n")


def lint(tree: Path) -> tuple[int, str]:
    """Return the exit code and the words of import-linter in a tree."""
    env = {**os.environ, "PYTHONPATH": str(tree / "src"), "NO_COLOR": "1", "COLUMNS": "200"}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    done = subprocess.run(command, cwd=tree, env=env, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def test_the_walls_hold(tree: Path) -> None:
    code, said = lint(tree)
    assert code == 0, said
    assert "Contracts: 5 kept, 0 broken." in said


BREACHES = {
    "core imports a method": (
        "core/units.py",
        "import madang.methods",
        "madang.core is not allowed to import madang.methods",
    ),
    "a method imports a solution": (
        "methods/__init__.py",
        "import madang.solutions.planted_one",
        "madang.methods is not allowed to import madang.solutions",
    ),
    "a solution imports the register": (
        "solutions/planted_one/model.py",
        "import madang.register",
        "madang.solutions is not allowed to import madang.register",
    ),
    "the register imports the plan": (
        "register.py",
        "import madang.plan",
        "madang.register is not allowed to import madang.plan",
    ),
    "the plan imports a face": (
        "plan/__init__.py",
        "import madang.cli",
        "madang.plan is not allowed to import madang.cli",
    ),
    "the command line imports the site": (
        "cli/__init__.py",
        "import madang.web",
        "madang.cli is not allowed to import madang.web",
    ),
    "the site imports the command line": (
        "web/__init__.py",
        "import madang.cli",
        "madang.web is not allowed to import madang.cli",
    ),
    "a solution imports another": (
        "solutions/planted_one/model.py",
        "import madang.solutions.planted_two.model",
        "madang.solutions.planted_one is not allowed to import madang.solutions.planted_two",
    ),
    "a solution that came today is imported by a registered one": (
        "solutions/eco_mileage/__init__.py",
        "import madang.solutions.planted_two",
        "madang.solutions.eco_mileage is not allowed to import madang.solutions.planted_two",
    ),
    "a model imports its figures": (
        "solutions/planted_one/model.py",
        "import madang.solutions.planted_one.figures",
        "madang.solutions.planted_one.model is not allowed to import madang.solutions.planted_one.figures",
    ),
    "a solution imports Django": (
        "solutions/planted_one/model.py",
        "import django.db",
        "madang.solutions is not allowed to import django",
    ),
    "core imports Wagtail": ("core/dates.py", "import wagtail", "madang.core is not allowed to import wagtail"),
    "a desk imports another": (
        "web/desks/one/__init__.py",
        "import madang.web.desks.two",
        "madang.web.desks.one is not allowed to import madang.web.desks.two",
    ),
}


@pytest.mark.parametrize("breach", BREACHES)
def test_a_planted_breach_is_caught(breach: str, tree: Path) -> None:
    module, line, expected = BREACHES[breach]
    plant(tree, module, line)
    code, said = lint(tree)
    assert code == 1, said
    assert expected in said


def test_an_unlisted_top_folder_is_refused(tree: Path) -> None:
    plant(tree, "utils/__init__.py")
    code, said = lint(tree)
    assert code == 1
    assert "The following modules are not listed as layers:" in said
    assert "- madang.utils" in said


def test_no_package_of_ours_is_imported_inside_a_function() -> None:
    """Circles are not cured that way; only faces wait with what is heavy, and the front door imports by name."""
    found = [
        f"{path.relative_to(ROOT)}:{inner.lineno}"
        for path in (ROOT / "src" / "madang").rglob("*.py")
        if not {"tests", "cli", "web"} & set(path.relative_to(ROOT / "src" / "madang").parts)
        for outer in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef)
        for inner in ast.walk(outer)
        if isinstance(inner, ast.Import | ast.ImportFrom) and "madang" in ast.unparse(inner)
    ]
    assert not found


def test_no_floor_but_the_solutions_and_the_register_names_a_solution() -> None:
    """A face knows the contract; a desk bears the name of its solution and says no other; the doors list the desks."""
    package = ROOT / "src" / "madang"
    for path in package.rglob("*.py"):
        parts = path.relative_to(package).parts
        if "/".join(parts) in DOORS:
            continue
        if parts[0] in {"solutions", "register.py"} or "tests" in parts or path.name.startswith(("test_", "conftest")):
            continue
        own = parts[2] if parts[:2] == ("web", "desks") and len(parts) > 2 else None
        named = set(register.NAMES) & words_of(path) - {own}
        assert not named, f"{path.relative_to(ROOT)} names {sorted(named)}"


def words_of(path: Path) -> set[str]:
    """Return the names a file's code says: identifiers, and words of strings that are no sentences.

    A solution may bear a word of the field, as effluent is; a docstring or a message that says it names no solution.
    """
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            said = node.value
        else:
            said = " ".join(
                part
                for part in (getattr(node, key, None) for key in ("id", "attr", "name", "asname", "module", "arg"))
                if isinstance(part, str)
            )
        if isinstance(node, ast.Constant) and " " in said:
            continue
        found |= set(re.findall(r"\w+", said))
    return found


def test_a_sentence_that_holds_a_word_of_the_field_names_no_solution(tmp_path: Path) -> None:
    file = tmp_path / "module.py"
    file.write_text('"""Equal ponds, and so on."""\nimport a.ponds as b\nsaid = "the ponds of a city"\n', "utf-8")
    assert words_of(file) >= {"a", "ponds", "said"}
    file.write_text('"""Equal ponds, and so on."""\nsaid = "the ponds of a city"\n', "utf-8")
    assert "ponds" not in words_of(file)
    for line in (
        'run("ponds")',
        'run("ponds.water")',
        'x = "madang.web.desks.ponds"',
        "from a import ponds",
        "ponds()",
    ):
        file.write_text(line, "utf-8")
        assert "ponds" in words_of(file), line


def test_every_solution_is_furnished_alike() -> None:
    for name in register.NAMES:
        folder = register.folder_of(name)
        for piece in (
            "__init__.py",
            "card.toml",
            "facts.toml",
            "figures.py",
            "cases.toml",
            "article.ko.md",
            "article.en.md",
        ):
            assert (folder / piece).is_file(), f"{name} has no {piece}"
        assert (folder / "model.py").is_file() or (folder / "model").is_dir(), f"{name} has no model"
        assert list((folder / "tests").glob("test_*.py")), f"{name} has no tests"


def test_no_file_is_longer_than_seven_hundred_lines_and_no_name_is_a_drawer() -> None:
    drawers = {"utils", "util", "helpers", "helper", "manager", "managers", "base", "misc", "common"}
    for path in (ROOT / "src" / "madang").rglob("*.py"):
        assert path.stem not in drawers, f"{path.name} says nothing of what lies in it"
        assert len(path.read_text("utf-8").splitlines()) <= 700, f"{path.name} is too long: split it"
