"""What Typer refuses of a command line: in Korean where Korean is asked for, in Typer's own English otherwise."""

from __future__ import annotations

from collections.abc import Callable
from importlib.metadata import EntryPoint
from typing import Annotated, Any

import pytest
import typer

from madang.cli import lazy
from madang.cli.misuse import misuse_of

Madang = Callable[..., Any]
shop = typer.Typer(no_args_is_help=True, help="A shop.")


@shop.command("open")
def open_shop(
    name: str,
    door: Annotated[str, typer.Option("--door", help="Which door.")],
    port: Annotated[int, typer.Option("--port", "-p", min=1, max=9)] = 1,
    quiet: Annotated[bool, typer.Option("--quiet")] = False,
) -> None:
    """Open."""
    typer.echo(f"{name} {door} {port} {quiet}")


@shop.command("shut")
def shut_shop() -> None:
    """Shut."""


@pytest.fixture(autouse=True)
def _a_shop(monkeypatch: pytest.MonkeyPatch) -> None:
    class Point(EntryPoint):
        def load(self) -> Any:
            return shop

    point = Point("shop", "no_such_module:shop", lazy.ENTRY_POINTS)
    monkeypatch.setattr(lazy, "contributed", lambda: {"shop": point})


_RUN, _OPEN = "madang run [OPTIONS] {name}", "madang shop open [OPTIONS] {name}"
_SHOP = "madang shop [OPTIONS] COMMAND [ARGS]..."
REFUSED = {
    "run --cty": (
        "그런 옵션은 없습니다: --cty", _RUN, "혹시 --city 또는 --out 또는 --set? 도움말: `madang run --help`",
    ),
    "run -x": ("그런 옵션은 없습니다: -x", _RUN, "도움말: `madang run --help`"),
    "run": ("있어야 할 말이 빠졌습니다: name", _RUN, "도움말: `madang run --help`"),
    "run a b c": ("받지 않는 말이 더 있습니다: b c", _RUN, "그 말을 빼십시오. 도움말: `madang run --help`"),
    "run tea_stalls --format xml": (
        "--format에 쓸 수 없는 값입니다: 'xml'", _RUN,
        "다음 가운데 하나를 적으십시오: 'text', 'json', 'csv'. 도움말: `madang run --help`",
    ),
    "run tea_stalls --city": ("--city의 값이 빠졌습니다", "", "--city 뒤에 값을 적으십시오. 도움말: `madang --help`"),
    "shop open a": ("있어야 할 옵션이 빠졌습니다: --door", _OPEN, "도움말: `madang shop open --help`"),
    "shop open a --door b -p x": (
        "--port 또는 -p에 쓸 수 없는 값입니다: 'x'. 정수가 아닙니다", _OPEN, "도움말: `madang shop open --help`",
    ),
    "shop open a --door b --port 0": (
        "--port 또는 -p에 쓸 수 없는 값입니다: '0'. 1 이상이어야 합니다", _OPEN, "도움말: `madang shop open --help`",
    ),
    "shop open a --quiet=1": (
        "--quiet에는 값을 주지 않습니다", "", "--quiet만 적으십시오. 도움말: `madang --help`",
    ),
    "shop opne": ("그런 명령은 없습니다: opne", _SHOP, "혹시 'open'? 도움말: `madang shop --help`"),
    "shop x": ("그런 명령은 없습니다: x", _SHOP, "아는 명령: open, shut. 도움말: `madang shop --help`"),
    "--nope": (
        "그런 옵션은 없습니다: --nope", "madang [OPTIONS] COMMAND [ARGS]...", "도움말: `madang --help`",
    ),
}  # fmt: skip


@pytest.mark.parametrize("words", REFUSED)
def test_what_typer_refuses_is_said_in_korean(madang: Madang, monkeypatch: pytest.MonkeyPatch, words: str) -> None:
    monkeypatch.setenv("MADANG_LANG", "ko")
    what, where, todo = REFUSED[words]
    answer = madang(*words.split())
    place = f"  어디: {where}\n" if where else ""
    assert (answer.code, answer.out, answer.err) == (2, "", f"madang: {what}\n{place}  할 일: {todo}\n")


@pytest.mark.parametrize("words", [("run", "--lang", "ko"), ("run", "--lang=ko"), ("run", "--cty", "--lang", "ko")])
def test_the_option_asks_for_korean_as_the_setting_does(madang: Madang, words: tuple[str, ...]) -> None:
    assert "도움말: `madang run --help`" in madang(*words).err


@pytest.mark.parametrize(
    ("words", "head", "said"),
    [
        ("run", "madang run", "Missing argument 'name'."),
        ("run tea_stalls --city", "", "Option '--city' requires an argument."),
        ("shop opne", "madang shop", "No such command 'opne'. Did you mean 'open'?"),
    ],
)
def test_english_stays_typers_own(madang: Madang, words: str, head: str, said: str) -> None:
    answer = madang(*words.split())
    assert (answer.code, answer.out, answer.err.endswith(f"Error: {said}\n")) == (2, "", True)
    assert answer.err.startswith(f"Usage: {head} [OPTIONS] " if head else "Error: ")
    assert (f"Try '{head} --help' for help." in answer.err) is bool(head)


@pytest.mark.parametrize("words", [(), ("shop",)])
def test_a_group_without_a_command_shows_its_help(
    madang: Madang, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    english = madang(*words)
    monkeypatch.setenv("MADANG_LANG", "ko")
    assert madang(*words) == english
    assert english.err.startswith("Usage: madang")


def test_what_a_later_typer_may_refuse_is_told_in_its_own_words() -> None:
    said = misuse_of(typer.TyperException("The moon is full."))
    assert said.parts("ko") == ("받을 수 없습니다: The moon is full.", None, "도움말: `madang --help`")
    assert said.parts("en") == ("The moon is full.", None, "see `madang --help`")
    told = misuse_of(typer.BadParameter("The moon is full."))
    assert told.parts("ko").what == "쓸 수 없는 값입니다: The moon is full."


def test_a_command_works_as_before(madang: Madang) -> None:
    assert madang("shop", "open", "a", "--door", "b", "--port", "9").out == "a b 9 False\n"
    assert madang("shop", "shut").code == 0


def test_a_stop_and_a_bug_are_told_in_korean(madang: Madang, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    def broken(*_: object) -> None:
        raise ZeroDivisionError("by zero")

    monkeypatch.setenv("MADANG_LANG", "ko")
    monkeypatch.setattr("madang.cli.main.print_list", stopped)
    assert madang("list").err == "madang: 멈추었습니다. 바뀐 것은 없습니다\n"
    monkeypatch.setattr("madang.cli.main.print_list", broken)
    says = "마당의 잘못입니다(ZeroDivisionError: by zero). MADANG_DEBUG=1로 다시 실행하면 난 곳이 보입니다"
    assert madang("list").err == f"madang: {says}\n"
