"""Start-up, errors, stops and what the web extra brings."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from pathlib import Path
from typing import Any

import pytest
import typer

from madang.cli import lazy, listing
from madang.cli.main import main
from madang.cli.options import changes_of, city_names, solution_names
from madang.cli.plain import columns, cut, width

Madang = Callable[..., Any]
HEAVY = ("polars", "numpy", "pydantic", "pint", "numba", "altair", "vl_convert", "shapely", "rich.table", "django")


@pytest.mark.parametrize("words", [["--help"], ["list"], ["list", "--format", "json"], ["--version"]])
def test_the_first_commands_import_nothing_heavy(words: list[str]) -> None:
    """Imports, not seconds: a test must not depend on how busy the machine is."""
    code = (
        "import sys\nfrom madang.cli.main import main\n"
        f"try:\n    main({words!r})\nexcept SystemExit:\n    pass\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_installed_command_answers() -> None:
    command = Path(sys.executable).parent / "madang"
    done = subprocess.run([command, "--version"], capture_output=True, text=True, check=True)
    assert done.stdout.startswith("madang ")


def test_completion_completes_commands_and_solutions() -> None:
    env = os.environ | {"_MADANG_COMPLETE": "complete_bash", "COMP_WORDS": "madang ", "COMP_CWORD": "1"}
    code = "from madang.cli.main import main; main([])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert {"list", "run", "new-city"} <= set(done.stdout.split())
    assert "ev_fleet" in solution_names("ev")
    assert city_names("seo") == ["seoul"]
    assert city_names("x") == []


def test_a_completion_script_can_be_shown_for_the_shell() -> None:
    env = os.environ | {"SHELL": "/bin/bash", "_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION": "1"}
    code = "from madang.cli.main import main; main(['--show-completion', 'bash'])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False)
    assert "_MADANG_COMPLETE=complete_bash" in done.stdout


@pytest.mark.parametrize("name", ["serve", "desk"])
def test_a_command_of_the_web_extra_says_what_to_install(
    madang: Madang, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(lazy, "contributed", dict)
    answer = madang(name, "anything")
    says = f"madang: `madang {name}` needs the web extra\n  to do: install it: pip install 'madang[web]'\n"
    assert (answer.code, answer.err) == (2, says)


def test_a_contributed_command_whose_packages_are_missing_says_the_same(
    madang: Madang, monkeypatch: pytest.MonkeyPatch
) -> None:
    point = EntryPoint("serve", "no_such_package.here:serve", lazy.ENTRY_POINTS)
    monkeypatch.setattr(lazy, "contributed", lambda: {"serve": point})
    assert "needs the web extra" in madang("serve").err


def _greet(name: str) -> None:
    """Greet."""
    typer.echo(f"hello {name}")


def test_an_installed_package_contributes_a_command(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    class Point:
        value = "greetings:greet"

        def load(self) -> Any:
            return _greet

    monkeypatch.setattr(lazy, "contributed", lambda: {"greet": Point()})
    assert madang("greet", "Seoul").out == "hello Seoul\n"
    assert "greet" in madang("--help").out


def test_a_contributed_group_has_commands_of_its_own(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = typer.Typer(help="Desks.")
    desk.command("greet")(_greet)
    desk.command("part")(lambda: typer.echo("bye"))

    class Point:
        def load(self) -> Any:
            return desk

    monkeypatch.setattr(lazy, "contributed", lambda: {"desk": Point()})
    assert madang("desk", "part").out == "bye\n"
    assert madang("desk", "greet", "x").out == "hello x\n"


def test_a_bug_is_told_as_ours_in_one_line(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero\nsecond line")

    monkeypatch.setattr("madang.cli.main.print_list", broken)
    answer = madang("list")
    assert answer.code == 70
    says = "this is a bug in Madang (ZeroDivisionError: by zero)"
    assert answer.err == f"madang: {says}; run again with MADANG_DEBUG=1 for the traceback\n"


def test_a_bug_shows_its_traceback_when_asked(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setattr("madang.cli.main.print_list", broken)
    monkeypatch.setenv("MADANG_DEBUG", "1")
    assert "Traceback (most recent call last)" in madang("list").err


def test_ctrl_c_stops_with_130_and_no_traceback(madang: Madang, tea: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_args: object, **_options: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("madang.cli.running.perform_linked", interrupted)
    answer = madang("run", "tea_stalls", "--city", tea)
    assert (answer.code, answer.err) == (130, "madang: stopped; nothing was changed\n")
    monkeypatch.setattr("madang.cli.main.print_list", interrupted)
    assert madang("list").code == 130


def test_a_reader_that_goes_away_is_no_error() -> None:
    code = "from madang.cli.main import main; main(['list', '--format', 'json'])"
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    assert reader.stdin is not None
    done = subprocess.run(
        [sys.executable, "-c", code], stdout=reader.stdin, stderr=subprocess.PIPE, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        (["list"], ("text", "en")),
        (["list", "--lang", "ko"], ("text", "ko")),
        (["list", "--format", "json", "--lang", "ko"], ("json", "ko")),
        (["list", "--format"], None),
        (["list", "--format", "xml"], None),
        (["list", "--help"], None),
        (["list", "more", "words"], None),
        (["run", "list"], None),
        ([], None),
    ],
)
def test_only_a_plain_list_is_read_without_typer(
    words: list[str], asked: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("MADANG_LANG", raising=False)
    assert listing.asked_plainly(words) == asked


def test_a_broken_card_is_a_data_error_of_the_list(
    madang: Madang, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "card.toml").write_text("title = 3", encoding="utf-8")
    monkeypatch.setattr("madang.register.folder_of", lambda _: tmp_path)
    answer = madang("list")
    assert (answer.code, "the card cannot be read" in answer.err) == (3, True)


def test_columns_line_up_though_hangul_is_wide() -> None:
    lines = columns([["가나", "x"], ["abc", "y"]], room=40).splitlines()
    assert lines == ["가나  x", "abc   y"]
    assert width("가a") == 3
    assert cut("가나다라", 5) == "가나…"
    assert columns([["a", "b" * 40]], room=20) == "a  " + "b" * 16 + "…"


def test_changes_are_read_with_spaces_and_equal_signs_inside() -> None:
    assert changes_of([" a = 1 ", 'b={"x": 2}', "c=d=e"]) == {"a": "1", "b": '{"x": 2}', "c": "d=e"}
    assert changes_of(None) == {}


def test_main_reads_the_words_of_the_process(
    madang: Madang, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "argv", ["madang", "list"])
    main()
    assert capsys.readouterr().out == madang("list").out


@pytest.mark.parametrize("words", [("--lang", "ko"), ("--lang=ko",)])
def test_a_refusal_is_said_in_the_language_asked_for(madang: Madang, words: tuple[str, ...]) -> None:
    answer = madang("run", "ev_flete", *words)
    assert answer.code == 2
    assert "'ev_flete'라는 이름은 없습니다" in answer.err
    assert "할 일: 아는 이름: tea_stalls" in answer.err


def test_the_last_language_asked_for_counts(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MADANG_LANG", "ko")
    assert "라는 이름은 없습니다" in madang("show", "ev_flete").err
    assert "there is no solution called" in madang("show", "ev_flete", "--lang", "en").err
