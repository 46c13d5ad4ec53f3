"""What Typer refuses of a command line, as an error of the family: in Korean, beside Typer's own English."""

from __future__ import annotations

import re
from typing import Any

import typer
from pydantic import ValidationError

from madang.core.documents import say_fault
from madang.core.errors import Both, UsageError

#: What Typer tells by words alone: its words, and in Korean what is wrong and what to do.
_BY_WORDS = (
    (r"No such command '(.*?)'\. Did you mean (.+)\?", "그런 명령은 없습니다: {0}", "혹시 {1}?"),
    (r"No such command '(.*)'\.", "그런 명령은 없습니다: {0}", "아는 명령: {known}."),
    (r"Missing command\.", "명령이 빠졌습니다", "아는 명령: {known}."),
    (r"Got unexpected extra argument\(s\) \((.*)\)", "받지 않는 말이 더 있습니다: {0}", "그 말을 빼십시오."),
    (r"Option '(.*)' requires an argument\.", "{0}의 값이 빠졌습니다", "{0} 뒤에 값을 적으십시오."),
    (r"Option '(.*)' does not take a value\.", "{0}에는 값을 주지 않습니다", "{0}만 적으십시오."),
)
_NOT_A_CHOICE = re.compile(r"(?:Value error, )?('.*?') is not one of (.+)\.")


def misuse_of(refused: typer.TyperException) -> UsageError:
    """Return what Typer refused as what, where and what to do: the Korean ours, the English Typer's own words."""
    what, todo = _korean(refused)
    context = getattr(refused, "ctx", None)
    command = context.command_path if context else "madang"
    shape = " ".join([command, *context.command.collect_usage_pieces(context)]) if context else None
    korean = " ".join(part for part in (todo, f"도움말: `{command} --help`") if part)
    return UsageError(Both(what, refused.format_message()), shape, Both(korean, f"see `{command} --help`"))


def _korean(refused: Any) -> tuple[str, str]:
    """Return in Korean what is wrong, and what to do about it where more than reading the help can be said."""
    kind = type(refused).__name__
    if kind == "NoSuchOption":
        near = " 또는 ".join(sorted(refused.possibilities or ()))
        return (
            f"그런 옵션은 없습니다: {refused.message.removeprefix('No such option: ')}",
            f"혹시 {near}?" if near else "",
        )
    if kind == "MissingParameter":
        what = "옵션이" if refused.param.param_type_name == "option" else "말이"
        return f"있어야 할 {what} 빠졌습니다: {_name(refused.param)}", ""
    if isinstance(refused, typer.BadParameter):
        return _bad_value(refused)
    for pattern, what, todo in _BY_WORDS:
        found = re.fullmatch(pattern, refused.message)
        if found:
            known = ", ".join(_known(refused))
            return what.format(*found.groups()), todo.format(*found.groups(), known=known)
    return f"받을 수 없습니다: {refused.format_message()}", ""


def _bad_value(refused: Any) -> tuple[str, str]:
    """Return what is wrong with a value: not among the choices, no number, outside its bounds."""
    name = f"{_name(refused.param)}에 " if refused.param else ""
    chosen = _NOT_A_CHOICE.fullmatch(refused.message)
    if chosen:
        return f"{name}쓸 수 없는 값입니다: {chosen[1]}", f"다음 가운데 하나를 적으십시오: {chosen[2]}."
    cause = refused.__cause__
    if isinstance(cause, ValidationError):
        finding = cause.errors()[0]
        return f"{name}쓸 수 없는 값입니다: {finding['input']!r}. {say_fault(finding).ko}", ""
    return f"{name}쓸 수 없는 값입니다: {refused.message}", ""


def _name(parameter: Any) -> str:
    """Return how a command line names a parameter: an option by its flags, another by its place in the usage."""
    option = parameter.param_type_name == "option"
    return " 또는 ".join(parameter.opts) if option else str(parameter.display_name_raw)


def _known(refused: Any) -> list[str]:
    """Return the commands of the group that was asked."""
    names = getattr(getattr(refused.ctx, "command", None), "list_commands", None)
    return list(names(refused.ctx)) if names else []
