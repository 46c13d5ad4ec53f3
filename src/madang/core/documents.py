"""Reading a TOML file into a strict model: an unknown key, a wrong type or a bad line names its place."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from madang.core.errors import DataError, MadangError, Where

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
        raise DataError("the file is missing", Where(path), "create it, or name the right folder") from error
    except OSError as error:
        raise DataError(f"the file cannot be read: {error.strerror}", Where(path)) from error
    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise DataError("the file is not UTF-8 text", Where(path, row=line), say_encoding(raw)) from error
    except (ValueError, RecursionError) as error:
        # Besides a line that is no TOML: a number of thousands of digits, lists nested without end.
        raise DataError(f"the file is not valid TOML: {error}", Where(path), "mend that line") from error


def validate(model: type[Model], content: dict[str, Any], path: Path, kind: type[MadangError] = DataError) -> Model:
    """Return ``content`` as ``model``; the first fault becomes an error with file and key."""
    try:
        return model.model_validate(content)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"] if not _is_tag(part)) or None
        value = None if isinstance(first["input"], dict | list | tuple) else first["input"]
        raise kind(
            say_fault(first["type"], first["msg"]), Where(path, column=key, value=value), _todo(first)
        ) from error


def read_document(path: Path, model: type[Model]) -> Model:
    """Return a TOML file as ``model``."""
    return validate(model, load_toml(path), path)


def say_encoding(raw: bytes) -> str:
    """Return what to do about bytes that are not UTF-8, guessing how they were written."""
    guess = "UTF-16" if raw[:2] in {b"\xff\xfe", b"\xfe\xff"} else "cp949"
    return f"save it as UTF-8 (it may be {guess})"


def _is_tag(part: int | str) -> bool:
    """Tell whether a part of pydantic's location names a branch of a union, which the file does not have."""
    return isinstance(part, str) and (part in {"float", "int", "str"} or part.startswith("tuple["))


_PLAIN = {
    "missing": "a required key is missing",
    "extra_forbidden": "there is a key nobody knows",
    "string_type": "this is not text",
    "string_too_short": "the text is empty",
    "string_pattern_mismatch": "this is not written as such a key must be",
    "float_type": "this is not a number",
    "float_parsing": "this is not a number",
    "int_type": "this is not a whole number",
    "int_parsing": "this is not a whole number",
    "int_from_float": "this is not a whole number",
    "bool_type": "this is neither true nor false",
    "bool_parsing": "this is neither true nor false",
    "dict_type": "this is not a section of keys",
    "model_type": "this is not a section of keys",
    "tuple_type": "this is not a list",
    "list_type": "this is not a list",
    "too_short": "the list is empty",
    "too_long": "the list is too long",
}


def say_fault(kind: str, message: str) -> str:
    """Return a model's finding in plain words, by the kind that pydantic gives it."""
    return _PLAIN.get(kind, message.removeprefix("Value error, "))


def _todo(first: Any) -> str | None:
    """Return what to do about the finding, where that is not plain from it."""
    if first["type"] == "missing":
        return f"add {first['loc'][-1]!r}"
    if first["type"] == "extra_forbidden":
        return f"remove {first['loc'][-1]!r}, or correct its spelling"
    if first["type"] == "string_pattern_mismatch":
        return f"write it to match {first['ctx']['pattern']}"
    return None
