"""The documentation is complete and true: everything is described, every link leads somewhere, every page plays."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from difflib import unified_diff
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from madang import register
from madang.cli.lazy import COMMANDS, ENTRY_POINTS, WITH_WEB, brought
from madang.core import errors
from madang.plan.cities import city_names, open_city
from madang.plan.promises import read_promises

ROOT = Path(__file__).parent.parent
REFERENCE = ROOT / "docs" / "reference"
KINDS = ("tutorial", "how-to", "reference", "explanation")
CODE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]\n]*\]\(([^)\s]+)\)")
#: Words that say more about the machine a file was written on than about Madang; a server's account may be `madang`.
TRACES = (
    r"(?<![\w.:/-])/(?:home/(?!madang\b)|root/|Users/|work/|mnt/)\w",
    r"[A-Z]:\\\\Users",
    r"(?i)(?:extra-)?index-url[ =]+http",
    r"(?i)pythonhosted\.org|pypi\.org/simple|proxy\.golang",
    r"(?i)co-authored-by|generated (?:by|with) an? (?:ai|assistant|language model)",
)


@cache
def tool(name: str) -> ModuleType:
    """Return a script of the tools folder as a module."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def name_of(page: Path) -> str:
    """Return a page's path below the root."""
    return page.relative_to(ROOT).as_posix()


PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "changelog.d").glob("*.md")])
WRITTEN = [page for page in PAGES if REFERENCE not in page.parents]
PLAYED = tool("docs_pages").pages()


def read(place: str) -> str:
    """Return the text of a page."""
    return (ROOT / place).read_text("utf-8")


# Pages that are played


@pytest.mark.slow
@pytest.mark.parametrize("page", PLAYED, ids=name_of)
def test_a_page_says_what_its_commands_print(page: Path) -> None:
    pages = tool("docs_pages")
    anew = pages.played_anew(page, pages.reference_data())
    if anew is None:
        pytest.skip("the page is played with the reference data, and they are not here")
    text = page.read_text("utf-8")
    changed = "".join(unified_diff(text.splitlines(True), anew.splitlines(True), name_of(page), "played now"))
    assert not changed, f"run `make docs-write` and read what changed:\n{changed}"


def test_a_page_is_played_with_the_files_it_gives(tmp_path: Path) -> None:
    page = "```text file=a/b.txt\none\n```\n\n```console lines=1\n$ cat a/b.txt a/b.txt\nstale\n```\n"
    assert tool("docs_pages").played(page, tmp_path).endswith("$ cat a/b.txt a/b.txt\none\n…\n```\n")


def test_a_command_that_ends_otherwise_than_the_page_says_is_a_fault(tmp_path: Path) -> None:
    pages = tool("docs_pages")
    assert "false" in pages.played("```console exit=1\n$ false\n```\n", tmp_path)
    with pytest.raises(pages.PageFault, match="ended with 1"):
        pages.played("```console\n$ false\n```\n", tmp_path)


def test_the_readme_and_the_tutorial_are_played() -> None:
    for place in ("README.md", "docs/tutorial/your-first-city.md", "docs/how-to/add-a-policy.md"):
        assert "```console" in read(place), place


# Reference


def test_the_reference_is_what_the_code_says() -> None:
    made = tool("docs_reference").pages()
    there = {path.relative_to(REFERENCE).as_posix(): path.read_text("utf-8") for path in REFERENCE.rglob("*.md")}
    stale = sorted(name for name in {*made, *there} if made.get(name) != there.get(name))
    assert not stale, f"run `make docs-write`: {stale}"


def commands_known() -> set[str]:
    """Return every command: of the library, of solutions, and those that pyproject.toml contributes."""
    project = tomllib.loads(read("pyproject.toml"))["project"]
    return {*COMMANDS, *brought(), *project["entry-points"][ENTRY_POINTS]}


def test_every_command_is_described() -> None:
    page = read("docs/reference/cli.md")
    assert {name for name in commands_known() if f"\n## madang {name}\n" not in page} == set()


def test_every_error_is_described_with_its_exit_code() -> None:
    page = read("docs/reference/errors.md")
    family = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.MadangError)]
    for kind in family:
        assert re.search(rf"\b{kind.__name__} +{kind.exit_code}\b", page), kind.__name__


def test_every_setting_that_the_code_reads_is_described() -> None:
    page, named = read("docs/reference/settings.md"), set()
    for path in (ROOT / "src" / "madang").rglob("*.py"):
        if "tests" not in path.parts and path.name != "conftest.py":
            named |= set(
                re.findall(r"\b(MADANG_[A-Z_]*[A-Z]|DATABASE_URL|XDG_\w+|NO_COLOR)\b", path.read_text("utf-8"))
            )
    assert {name for name in named if f"`{name}`" not in page} == set()


@pytest.mark.parametrize("name", register.NAMES)
def test_every_fact_and_number_of_a_solution_is_described(name: str) -> None:
    page = read(f"docs/reference/solutions/{name}.md")
    solution = register.load(name)
    wanted = {*solution.policy.facts, *solution.card.scenarios, *(field.name for field in solution.inputs.fields())}
    assert {word for word in wanted if f"`{word}`" not in page} == set()


@pytest.mark.parametrize("name", city_names())
def test_every_fact_of_a_bundled_city_is_described(name: str) -> None:
    page, city = read(f"docs/reference/cities/{name}.md"), open_city(name)
    facts = {fact for solution in register.NAMES for fact in city.file_for(solution).facts} | set(city.book.facts)
    assert {fact for fact in facts if f"`{fact}`" not in page} == set()


def test_solutions_and_cities_are_found_from_the_first_page() -> None:
    index = read("docs/README.md")
    for place in (*(f"solutions/{name}" for name in register.NAMES), *(f"cities/{name}" for name in city_names())):
        assert f"(reference/{place}.md)" in index, place


def test_every_page_is_found_from_the_index() -> None:
    index = read("docs/README.md")
    pages = [page for kind in KINDS for page in (ROOT / "docs" / kind).rglob("*.md")]
    missing = {page.relative_to(ROOT / "docs").as_posix() for page in pages} - set(LINK.findall(index))
    assert missing == set()


def test_every_promise_is_described_with_what_decides_it() -> None:
    page = read("docs/explanation/verdicts.md")
    for promise in read_promises(open_city("seoul")).promises.values():
        decided = f"`{promise.claim.measure}`" if promise.claim.measure else "no measure"
        assert f"| `{promise.id}` | {decided} |" in page, promise.id


# What the pages name exists


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_recipe_that_a_page_names_exists(page: Path) -> None:
    recipes = set(re.findall(r"^([a-z-]+):", read("Makefile"), re.MULTILINE))
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", page.read_text("utf-8"), re.MULTILINE))
    assert named - recipes == set()


@pytest.mark.parametrize("page", WRITTEN, ids=name_of)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    named = set(re.findall(r"(?:^(?:\$ )?|`|bin/)madang ([a-z][a-z-]*)", page.read_text("utf-8"), re.MULTILINE))
    assert named - commands_known() - set(WITH_WEB) == set()


@pytest.mark.parametrize("page", PAGES, ids=name_of)
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in LINK.findall(CODE.sub("", page.read_text("utf-8"))):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        place, _, part = target.partition("#")
        found = (page.parent / place).resolve() if place else page
        assert found.exists(), target
        assert not part or part in anchors_of(found), target


def anchors_of(page: Path) -> set[str]:
    """Return the anchors of a page's headings as a forge makes them."""
    headings = re.findall(r"^#+ (.+)$", CODE.sub("", page.read_text("utf-8")), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_every_fence_is_closed() -> None:
    for page in PAGES:
        assert len(re.findall(r"^```", page.read_text("utf-8"), re.MULTILINE)) % 2 == 0, name_of(page)


# Glossary, decisions, changelog


def test_every_row_of_the_glossary_has_both_languages() -> None:
    rows = [line.strip("| ").split(" | ") for line in read("GLOSSARY.md").splitlines() if line.startswith("| ")]
    for english, korean, *rest in rows[1:]:
        assert re.search(r"[A-Za-z]", english), english
        assert re.search("[가-힣]", korean), english
        assert len(rest) == 2, english
        assert rest[1].strip(), english


def test_the_glossary_has_every_verdict_and_no_word_twice() -> None:
    words = re.findall(r"^\| ([^|]+) \| ", read("GLOSSARY.md"), re.MULTILINE)
    assert len(words) == len(set(words))
    assert "missed" in read("GLOSSARY.md")


def test_decisions_bear_a_number_each_and_are_short() -> None:
    """Numbers are handed out before the work begins, so that some may still be on their way."""
    records = sorted((ROOT / "docs" / "decisions").glob("*.md"))
    assert len({record.name[:4] for record in records}) == len(records)
    for record in records:
        lines = record.read_text("utf-8").splitlines()
        assert lines[0].startswith(f"# {int(record.name[:4])}. "), record.name
        assert 5 <= len(lines) <= 30, record.name


def test_changelog_fragments_have_a_kind_that_towncrier_knows() -> None:
    settings = tomllib.loads(read("pyproject.toml"))["tool"]["towncrier"]
    kinds = {kind["directory"] for kind in settings["type"]}
    for fragment in (ROOT / settings["directory"]).iterdir():
        if fragment.name not in settings["ignore"]:
            assert fragment.name.split(".")[-2] in kinds, fragment.name
    assert (ROOT / settings["filename"]).exists()


# Nothing of the machine


def test_no_file_names_the_machine_it_was_written_on() -> None:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode:
        pytest.skip("this is no git checkout, so nobody can tell which files belong to it")
    found = []
    for name in filter(None, listed.stdout.split("\0")):
        path = ROOT / name
        if path == Path(__file__) or not path.is_file() or b"\0" in path.read_bytes()[:8000]:
            continue
        body = path.read_text("utf-8", errors="replace")
        found += [f"{name}: {match.group()}" for trace in TRACES for match in re.finditer(trace, body)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    "trace", ["see /home/me/notes", "--index-url https://mirror.example", "pip from pypi.org/simple"]
)
def test_a_trace_of_a_machine_is_seen(trace: str) -> None:
    assert any(re.search(pattern, trace) for pattern in TRACES)
