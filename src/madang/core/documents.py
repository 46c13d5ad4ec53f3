"""Reading a TOML file into a strict model: an unknown key, a wrong type or a bad line names its place."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from madang.core.errors import Both, DataError, MadangError, Where

Model = TypeVar("Model", bound=BaseModel)


def is_there(path: Path) -> bool:
    """Tell whether something bears this name: a broken link or a locked file is there, and reading says why not."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError:
        return True
    return True


def load_toml(path: Path) -> dict[str, Any]:
    """Return a TOML file's content.

    Raises:
        DataError: the file is missing, is not UTF-8, or is not TOML (a key given twice included).
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError as error:
        raise DataError(
            Both("파일이 없습니다", "the file is missing"),
            Where(path),
            Both("만들거나, 맞는 폴더를 지정하십시오", "create it, or name the right folder"),
        ) from error
    except OSError as error:
        raise DataError(
            Both(f"파일을 읽을 수 없습니다: {error.strerror}", f"the file cannot be read: {error.strerror}"),
            Where(path),
        ) from error
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError(
            Both("UTF-8로 쓴 글이 아닙니다", "the file is not UTF-8 text"), Where(path, row=line), say_encoding(raw)
        ) from error
    except (ValueError, RecursionError) as error:
        # Besides a line that is no TOML: a number of thousands of digits, lists nested without end.
        raise DataError(
            Both(f"TOML 형식에 맞지 않습니다: {error}", f"the file is not valid TOML: {error}"),
            Where(path),
            Both("그 줄을 고치십시오", "mend that line"),
        ) from error


def validate(model: type[Model], content: dict[str, Any], path: Path, kind: type[MadangError] = DataError) -> Model:
    """Return ``content`` as ``model``; the first fault becomes an error with file and key."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if not _is_tag(part)) or None
        value = None if isinstance(first["input"], dict | list | tuple) else first["input"]
        raise kind(say_fault(first), Where(path, column=key, value=value), say_todo(first)) from error


def read_document(path: Path, model: type[Model]) -> Model:
    """Return a TOML file as ``model``."""
    return validate(model, load_toml(path), path)


def say_encoding(raw: bytes) -> Both:
    """Return what to do about bytes that are not UTF-8, guessing how they were written."""
    guess = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp949"
    return Both(f"UTF-8로 저장하십시오({guess}일 수 있습니다)", f"save it as UTF-8 (it may be {guess})")


def _is_tag(part: int | str) -> bool:
    """Tell whether a part of pydantic's location names a branch of a union, which the file does not have."""
    return isinstance(part, str) and (part in {"float", "int", "str"} or part.startswith("tuple["))


_PLAIN = {
    "missing": Both("있어야 할 열쇠가 없습니다", "a required key is missing"),
    "extra_forbidden": Both("아무도 모르는 열쇠가 있습니다", "there is a key nobody knows"),
    "string_type": Both("글이 아닙니다", "this is not text"),
    "string_pattern_mismatch": Both("이 열쇠는 이렇게 쓸 수 없습니다", "this is not written as such a key must be"),
    "float_type": Both("수가 아닙니다", "this is not a number"),
    "float_parsing": Both("수가 아닙니다", "this is not a number"),
    "int_type": Both("정수가 아닙니다", "this is not a whole number"),
    "int_parsing": Both("정수가 아닙니다", "this is not a whole number"),
    "int_from_float": Both("정수가 아닙니다", "this is not a whole number"),
    "finite_number": Both("유한한 수가 아닙니다", "this is not a finite number"),
    "date_type": Both("날짜가 아닙니다", "this is not a day"),
    "date_parsing": Both("날짜가 아닙니다", "this is not a day"),
    "date_from_datetime_parsing": Both("날짜가 아닙니다", "this is not a day"),
    "union_tag_not_found": Both("있어야 할 열쇠가 없습니다", "a required key is missing"),
    "bool_type": Both("참도 거짓도 아닙니다", "this is neither true nor false"),
    "bool_parsing": Both("참도 거짓도 아닙니다", "this is neither true nor false"),
    "dict_type": Both("열쇠를 담은 절이 아닙니다", "this is not a section of keys"),
    "model_attributes_type": Both("열쇠를 담은 절이 아닙니다", "this is not a section of keys"),
    "model_type": Both("열쇠를 담은 절이 아닙니다", "this is not a section of keys"),
    "tuple_type": Both("목록이 아닙니다", "this is not a list"),
    "list_type": Both("목록이 아닙니다", "this is not a list"),
    "too_short": Both("빈 목록입니다", "the list is empty"),
    "too_long": Both("목록이 너무 깁니다", "the list is too long"),
}


#: From here on a bound is written in full, not as a power of ten.
_LONG = 1_000_000
#: Kinds of finding that a bound makes: the bound's name in the context, and how each language says it.
_BOUNDS = {
    "greater_than": ("gt", "{}보다 커야 합니다", "above {}"),
    "greater_than_equal": ("ge", "{} 이상이어야 합니다", "at least {}"),
    "less_than": ("lt", "{}보다 작아야 합니다", "below {}"),
    "less_than_equal": ("le", "{} 이하여야 합니다", "at most {}"),
    "string_too_short": ("min_length", "{}자 이상이어야 합니다", "at least {} letters long"),
    "string_too_long": ("max_length", "{}자 이하여야 합니다", "at most {} letters long"),
}


def say_fault(finding: Any) -> Both:
    """Return a model's finding in plain words: those of the check that found it, or by pydantic's kind."""
    context = finding.get("ctx", {})
    raised, kind = context.get("error"), finding["type"]
    for words in raised.args if isinstance(raised, ValueError) else ():
        if isinstance(words, Both):
            return words
    if kind in {"literal_error", "enum"}:
        return _one_of(re.split(", | or ", context["expected"]))
    if kind == "union_tag_invalid":
        must = _one_of(context["expected_tags"].split(", "))
        key, tag = context["discriminator"], repr(context["tag"])
        return Both(f"{key} 열쇠의 값이 {tag}입니다. {must.ko}", f"the key {key} is {tag}: {must.en}")
    if kind == "string_too_short" and context["min_length"] == 1:
        return Both("빈 글입니다", "the text is empty")
    if kind in _BOUNDS:
        name, korean, english = _BOUNDS[kind]
        bound = f"{context[name]:,}" if abs(context[name]) >= _LONG else f"{context[name]:g}"
        return Both(korean.format(bound), f"this must be {english.format(bound)}")
    message: str = finding["msg"].removeprefix("Value error, ")
    return _PLAIN.get(kind, Both(f"쓸 수 없는 값입니다: {message}", message))


def _one_of(known: list[str]) -> Both:
    """Return that a value must be one of those known, each as the file would write it."""
    if len(known) == 1:
        return Both(f"{known[0]}만 쓸 수 있습니다", f"this must be {known[0]}")
    return Both(f"다음 가운데 하나여야 합니다: {', '.join(known)}", f"this must be one of {', '.join(known)}")


def say_todo(first: Any) -> Both | None:
    """Return what to do about the finding, where that is not plain from it."""
    name = repr(first["loc"][-1]) if first["loc"] else ""
    if first["type"] == "missing":
        return Both(f"더하십시오: {name}", f"add {name}")
    if first["type"] == "extra_forbidden":
        return Both(f"빼거나 철자를 고치십시오: {name}", f"remove {name}, or correct its spelling")
    if first["type"] == "string_pattern_mismatch":
        pattern = first["ctx"]["pattern"]
        return Both(f"이 꼴에 맞게 적으십시오: {pattern}", f"write it to match {pattern}")
    return None
