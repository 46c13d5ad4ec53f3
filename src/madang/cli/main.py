"""The ``madang`` command: its list of commands, and how errors become messages and exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from importlib.metadata import version
from io import TextIOWrapper
from itertools import pairwise
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.main import get_command

from madang.cli.lazy import LazyCommands, Misused
from madang.cli.listing import asked_plainly, print_list
from madang.core.errors import Both, MadangError, StorageError

if TYPE_CHECKING:  # pydantic, which it needs, would slow down every command's first word
    from madang.core.language import Language

BUG_EXIT_CODE = 70
STOPPED_EXIT_CODE = 130


def _show_version(wanted: bool) -> None:
    """Print the version and stop."""
    if wanted:
        typer.echo(f"madang {version('madang')}")
        raise typer.Exit


def root(
    _version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Print the version and stop.")
    ] = False,
) -> None:
    """Policies you can run, promises you can check.

    Begin with `madang list`, then `madang run NAME`, and ask `madang why NAME.NUMBER` of any number you see.
    """


def command_tree() -> Any:
    """Return the whole command as Typer made it; each command's code is loaded when it is called."""
    app = typer.Typer(cls=LazyCommands, rich_markup_mode=None, no_args_is_help=True, pretty_exceptions_enable=False)
    app.callback()(root)
    return get_command(app)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; end the process with an exit code of the error family."""
    given = sys.argv[1:] if arguments is None else arguments
    language = _asked_language(given)
    _write_any_name()
    try:
        plain = asked_plainly(given)
        if plain is not None:
            print_list(*plain)
        else:
            command_tree().main(args=given, prog_name="madang")
    except MadangError as error:
        say_error(error, language)
        sys.exit(error.exit_code)
    except Misused as misused:
        _say_misuse(misused.refused, language)
        sys.exit(misused.refused.exit_code)
    except KeyboardInterrupt:
        _say_stopped(language)
        sys.exit(STOPPED_EXIT_CODE)
    except SystemExit as stop:
        if stop.code == STOPPED_EXIT_CODE:
            _say_stopped(language)
        raise
    except BrokenPipeError:
        # The reader of a pipe has gone, as `head` does; nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except OSError as error:
        refused = StorageError.of(error)
        say_error(refused, language)
        sys.exit(refused.exit_code)
    except Exception as error:  # the last door: a bug must not look like a user's mistake
        if os.environ.get("MADANG_DEBUG"):
            traceback.print_exc()
        else:
            _say_bug(error, language)
        sys.exit(BUG_EXIT_CODE)


def _write_any_name() -> None:
    """Let streams write a file's name that is no text, and letters a terminal lacks, escaped rather than not at all."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say_error(error: MadangError, language: Language = "en") -> None:
    """Print what, where and what to do to the error stream."""
    typer.echo(f"madang: {error.to(language)}", err=True)


def _asked_language(given: Sequence[str]) -> Language:
    """Return the language that `--lang` asks for, wherever it stands: the error may come before options are read."""
    said = [word.removeprefix("--lang=") for word in given if word.startswith("--lang=")]
    said += [word for option, word in pairwise(given) if option == "--lang"]
    return "ko" if (said or [os.environ.get("MADANG_LANG", "en")])[-1] == "ko" else "en"


def _say_misuse(refused: Any, language: Language) -> None:
    """Print what Typer refuses of a command line; help that was asked for by naming no command is help in English."""
    if language == "en" or type(refused).__name__ == "NoArgsIsHelpError":
        refused.show()
    else:
        # Loaded only now: it needs pydantic, which would slow down every command's first word.
        say_error(import_module("madang.cli.misuse").misuse_of(refused), language)


def _say_stopped(language: Language) -> None:
    """Say that the user stopped the work."""
    said = Both("멈추었습니다. 바뀐 것은 없습니다", "stopped; nothing was changed")
    say_error(MadangError(said), language)


def _say_bug(error: Exception, language: Language) -> None:
    """Say that this is our mistake, and how to see where."""
    said = str(error).splitlines()
    what = f"{type(error).__name__}: {said[0] if said else ''}".rstrip(": ")
    bug = Both(
        f"마당의 잘못입니다({what}). MADANG_DEBUG=1로 다시 실행하면 난 곳이 보입니다",
        f"this is a bug in Madang ({what}); run again with MADANG_DEBUG=1 for the traceback",
    )
    say_error(MadangError(bug), language)
