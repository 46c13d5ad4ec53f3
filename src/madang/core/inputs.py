"""Typed inputs of a solution: every field has a title in both languages, a unit and bounds, and names its facts."""

from __future__ import annotations

import json
import math
import re
import types
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Self, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.fields import FieldInfo

from madang.core.documents import say_fault
from madang.core.errors import Both, BoundsError, MadangError, UnknownName, UsageError
from madang.core.given_files import GivenFile
from madang.core.language import Text, text
from madang.core.tables import Table
from madang.core.units import check_unit

Kind = Literal["number", "integer", "choice", "switch", "text", "series", "table", "list", "file"]


SWITCH_WORDS = {
    "yes": True,
    "true": True,
    "on": True,
    "1": True,
    "no": False,
    "false": False,
    "off": False,
    "0": False,
}


def given(
    ko: str,
    en: str,
    *,
    unit: str = "1",
    facts: Iterable[str] = (),
    ge: float | None = None,
    le: float | None = None,
    default: Any = ...,
    help_ko: str = "",
    help_en: str = "",
    group: str = "",
    digits: int | None = None,
) -> Any:
    """Return a field of an ``Inputs`` model.

    Args:
        ko: title in Korean.
        en: title in English.
        unit: unit of the value, or of each value of a series; "1" for a pure number.
        facts: names of the facts and tables from which ``read`` makes this field; ``why`` follows them.
        ge: least value allowed (each value of a series).
        le: greatest value allowed.
        default: value where the city need not give one (a switch of the model, never a fact about the world).
        help_ko: a sentence of help in Korean.
        help_en: the same in English.
        group: name of the group the field stands in on a form.
        digits: decimals to show.
    """
    if bool(help_ko) != bool(help_en):
        raise ValueError(f"the input {en!r} has help in one language only")
    extra: dict[str, Any] = {
        "title_ko": ko,
        "unit": check_unit(unit),
        "facts": list(facts),
        "low": ge,
        "high": le,
        "help_ko": help_ko,
        "help_en": help_en,
        "group": group,
        "digits": digits,
    }
    return Field(default, title=en, json_schema_extra=extra)


@dataclass(frozen=True)
class InputField:
    """What a face needs to know of one input: to draw a form, an option or a line of help."""

    name: str
    title: Text
    kind: Kind
    unit: str
    low: float | None
    high: float | None
    choices: tuple[str, ...]
    facts: tuple[str, ...]
    group: str
    help: Text | None
    digits: int | None
    required: bool


class Inputs(BaseModel):
    """Base of every solution's inputs: frozen, strict about names, bounded."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True, validate_default=True)

    def model_post_init(self, _context: Any) -> None:
        """Hold every number and series to its bounds."""
        for field in self.fields():
            check_bounds(field, getattr(self, field.name))

    @classmethod
    def fields(cls) -> tuple[InputField, ...]:
        """Return the inputs in the order they are declared."""
        return tuple(_describe(name, info) for name, info in cls.model_fields.items())

    @classmethod
    def field(cls, name: str) -> InputField:
        """Return one input by name; a wrong name suggests the right one."""
        if name not in cls.model_fields:
            raise UnknownName(Both("입력", "input"), name, cls.model_fields)
        return _describe(name, cls.model_fields[name])

    @classmethod
    def build(cls, values: Mapping[str, Any]) -> Self:
        """Return the inputs from plain values; a fault becomes an error in the family."""
        try:
            return cls.model_validate(dict(values))
        except ValidationError as error:
            first = error.errors()[0]
            name = str(first["loc"][0]) if first["loc"] else "inputs"
            if first["type"] == "missing":
                raise UsageError(
                    Both(f"입력이 없습니다: {name!r}", f"the input {name!r} is missing"), todo=_todo_for(cls, name)
                ) from error
            if first["type"] == "extra_forbidden":
                raise UnknownName(Both("입력", "input"), name, cls.model_fields) from error
            is_series = first["type"] == "dict_type"
            says = _NO_SERIES if is_series else say_fault(first)
            given = _short(first["input"])
            raise UsageError(
                Both(
                    f"입력 {name!r}에 줄 수 없는 값입니다: {given}. {says.ko}",
                    f"the input {name!r} cannot be {given}: {says.en}",
                ),
                todo=_todo_for(cls, name),
            ) from error

    def with_set(self, changes: Mapping[str, Any]) -> Self:
        """Return a copy with ``changes``: name to value, or name.key to one value of a series.

        Raises:
            UnknownName: no such input, with the nearest that exist.
            BoundsError: a value outside its bounds; the message gives bounds and unit.
            UsageError: a value that cannot be read as the field's kind.
        A series of series takes a path: name.key.key.
        """
        values: dict[str, Any] = {name: getattr(self, name) for name in type(self).model_fields}
        for path, value in changes.items():
            name, _, key = path.partition(".")
            field = type(self).field(name)
            if field.kind == "table":
                raise UsageError(
                    Both(
                        f"표라서 값으로 줄 수 없습니다: {name!r}", f"{name!r} is a table and cannot be set as a value"
                    ),
                    todo=Both("도시 폴더로 주십시오", "give it in a city folder"),
                )
            if key:
                values[name] = _with_key(values[name], key, _number(value, field), name)
            else:
                values[name] = _read(value, field)
        return type(self).build(values)

    def plain(self) -> dict[str, Any]:
        """Return the inputs as JSON-ready values; tables as lists of columns."""
        return {name: _plain(getattr(self, name)) for name in type(self).model_fields}


def check_bounds(field: InputField, value: Any) -> None:
    """Raise ``BoundsError`` where a number, or a value of a series, is outside the field's bounds."""
    if field.kind not in {"number", "integer", "series", "list"}:
        return
    for path, number in _numbers(value, field.name):
        outside = (field.low is not None and number < field.low) or (field.high is not None and number > field.high)
        if outside or not math.isfinite(number):
            raise BoundsError(
                Both(f"{path} = {number:.12g}: 범위를 벗어났습니다", f"{path} = {number:.12g} is outside its bounds"),
                todo=_give(field),
            )


_NO_SERIES = Both("계열이 아닙니다", "this is not a series")


def say_bounds(field: InputField) -> Both:
    """Return the bounds and the unit in words."""
    unit = "" if field.unit == "1" else f" {field.unit}"
    if field.low is not None and field.high is not None:
        return Both(
            f"{field.low:.12g}에서 {field.high:.12g}까지{unit}", f"from {field.low:.12g} to {field.high:.12g}{unit}"
        )
    if field.low is not None:
        return Both(f"{field.low:.12g}{unit} 이상", f"of at least {field.low:.12g}{unit}")
    if field.high is not None:
        return Both(f"{field.high:.12g}{unit} 이하", f"of at most {field.high:.12g}{unit}")
    return Both(f"단위{unit}", f"in{unit}") if unit else Both("수", "that is a number")


def _give(field: InputField) -> Both:
    """Return what to do about a number that cannot be taken."""
    said = say_bounds(field)
    return Both(f"값을 주십시오: {said.ko}", f"give a value {said.en}")


def _numbers(value: Any, path: str) -> Iterator[tuple[str, float | int]]:
    """Yield every number of a value, a series, a list or a series of series, with its path."""
    if isinstance(value, Mapping):
        for key, part in value.items():
            yield from _numbers(part, f"{path}.{key}")
    elif isinstance(value, tuple | list):
        for place, part in enumerate(value):
            yield from _numbers(part, f"{path}.{place}")
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield path, value


def _describe(name: str, info: FieldInfo) -> InputField:
    """Return the description of one pydantic field made by ``given``."""
    extra: dict[str, Any] = info.json_schema_extra if isinstance(info.json_schema_extra, dict) else {}
    if "title_ko" not in extra:
        raise TypeError(f"the input {name!r} is not declared with given(...)")
    kind, choices = _kind(info.annotation)
    help_ko, help_en = str(extra.get("help_ko") or ""), str(extra.get("help_en") or "")
    return InputField(
        name=name,
        title=text(str(extra["title_ko"]), str(info.title)),
        kind=kind,
        unit=str(extra["unit"]),
        low=extra.get("low"),
        high=extra.get("high"),
        choices=choices,
        facts=tuple(extra.get("facts") or ()),
        group=str(extra.get("group") or ""),
        help=text(help_ko, help_en) if help_ko and help_en else None,
        digits=extra.get("digits"),
        required=info.is_required(),
    )


def _kind(annotation: Any) -> tuple[Kind, tuple[str, ...]]:
    """Return how a face shows a type, and its choices where it has some."""
    origin, parts = get_origin(annotation), get_args(annotation)
    if origin in {Union, types.UnionType}:
        return _kind(next(part for part in parts if part is not type(None)))
    if origin is Literal:
        return "choice", tuple(str(part) for part in parts)
    if origin is not None and issubclass(origin, Mapping):
        return "series", ()
    if origin in {tuple, list}:
        return "list", ()
    simple: dict[Any, Kind] = {
        bool: "switch", int: "integer", float: "number", str: "text", Table: "table", GivenFile: "file",
    }  # fmt: skip
    if annotation not in simple:
        raise TypeError(f"an input cannot be of type {annotation}")
    return simple[annotation], ()


def _file(value: Mapping[str, Any], field: InputField) -> GivenFile:
    """Return a file that was given as its name and text."""
    try:
        return GivenFile.model_validate(dict(value))
    except ValidationError as error:
        says = Both(f"파일의 이름과 내용이 아닙니다: {field.name}", f"{field.name} is not a file's name and text")
        raise UsageError(
            says,
            todo=Both(
                '이렇게 주십시오: {"name": "cities.csv", "text": "city,..."}',
                'give {"name": "cities.csv", "text": "city,..."}',
            ),
        ) from error


def _read(value: Any, field: InputField) -> Any:
    """Return a value given as text in the field's kind; other values unchanged."""
    if field.kind == "file" and isinstance(value, Mapping):
        return _file(value, field)
    if not isinstance(value, str):
        return value
    if field.kind in {"number", "integer"}:
        return _number(value, field)
    if field.kind == "switch":
        if value.lower() not in SWITCH_WORDS:
            raise UsageError(
                Both(
                    f"{field.name} = {value!r}: 예도 아니요도 아닙니다",
                    f"{field.name} = {value!r} is neither yes nor no",
                ),
                todo=Both("yes나 no로 적으십시오", "write yes or no"),
            )
        return SWITCH_WORDS[value.lower()]
    if field.kind == "choice" and value not in field.choices:
        raise UnknownName(Both(f"{field.name}에 고를 수 있는 것", f"choice of {field.name}"), value, field.choices)
    if field.kind in {"series", "list"}:
        return _structured(value, field)
    if field.kind == "file":
        # A model never opens a path: only the face of whoever owns the file reads it, and hands on its text.
        raise UsageError(
            Both(f"파일인데 이름만 주었습니다: {field.name}", f"{field.name} is a file, and only its name was given"),
            todo=Both(
                f"이름과 내용을 주십시오: madang run --set {field.name}=파일",
                f"give its name and text: madang run --set {field.name}=FILE",
            ),
        )
    return value


def _structured(value: str, field: InputField) -> Any:
    """Return a series or list given as JSON."""
    try:
        parsed = json.loads(value)
    except (ValueError, RecursionError) as error:
        raise UsageError(
            Both(f"{field.name} = {_short(value)}: JSON이 아닙니다", f"{field.name} = {_short(value)} is not JSON"),
            todo=Both(
                f"{field.name}='{{\"2025\": 1.5}}'로, 값 하나는 {field.name}.2025=1.5로 적으십시오",
                f"write {field.name}='{{\"2025\": 1.5}}', or one value as {field.name}.2025=1.5",
            ),
        ) from error
    if parsed in ({}, []):
        raise UsageError(
            Both(f"{field.name} = {value}: 값이 없습니다", f"{field.name} = {value} holds no value"),
            todo=Both("적어도 하나를 주십시오", "give at least one"),
        )
    return {_key(key): number for key, number in parsed.items()} if isinstance(parsed, dict) else parsed


def _number(value: Any, field: InputField) -> float | int:
    """Return text as the field's number."""
    if isinstance(value, int | float):
        return value
    said = str(value).strip()
    if re.fullmatch(r"[+-]?[0-9]{1,3}(,[0-9]{3})+(\.[0-9]+)?", said):
        said = said.replace(",", "")  # only commas that group thousands: "1,5" is not 15
    try:
        number = float(said)
    except ValueError as error:
        raise UsageError(
            Both(f"{field.name} = {value!r}: 수가 아닙니다", f"{field.name} = {value!r} is not a number"),
            todo=_give(field),
        ) from error
    return int(number) if field.kind == "integer" and number.is_integer() else number


def _with_key(value: Any, path: str, number: float | int, name: str) -> dict[Any, Any]:
    """Return a series with one value changed; of words only those it has may be named, a year may be new."""
    if not isinstance(value, Mapping):
        raise UsageError(
            Both(f"계열이 아니라 값 하나입니다: {name!r}", f"{name!r} is one value, not a series"),
            todo=Both(f"열쇠 없이 {name}=값으로 적으십시오", f"write {name}=value without a key"),
        )
    said, _, rest = path.partition(".")
    key = next((known for known in value if str(known) == said), None)
    if key is None:
        key = _key(said)
        if isinstance(key, str) or any(isinstance(known, str) for known in value):
            raise UnknownName(Both(f"{name}의 열쇠", f"key of {name}"), said, [str(known) for known in value])
    inner = value.get(key)
    if isinstance(inner, Mapping) and not rest:
        raise UsageError(
            Both(f"값 하나가 아니라 계열입니다: {name}.{said!s}", f"{name}.{said!s} is a series, not one value"),
            todo=Both(f"{name}.{said}.열쇠=값으로 적으십시오", f"write {name}.{said}.key=value"),
        )
    return {**value, key: _with_key(inner, rest, number, f"{name}.{said}") if rest else number}


def _key(key: Any) -> Any:
    """Return a series' key: a year as a whole number, else as it is."""
    return int(key) if isinstance(key, str) and re.fullmatch("[0-9]{1,9}", key) else key


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it."""
    if isinstance(value, Table):
        frame = value.frame
        return {
            "table": value.name,
            "rows": frame.height,
            "sha256": value.sha256,
            "columns": {c: [_plain(v) for v in frame[c].to_list()] for c in frame.columns},
        }
    if isinstance(value, GivenFile):
        return value.told()
    if isinstance(value, Mapping):
        return {str(key): _plain(part) for key, part in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, bytes):
        return value.hex()
    return value.isoformat() if hasattr(value, "isoformat") else value


def _todo_for(model: type[Inputs], name: str) -> Both | None:
    """Return what a value of the field should look like."""
    try:
        field = model.field(name)
    except MadangError:
        return None
    if field.choices:
        return Both(f"이 가운데 하나를 쓰십시오: {', '.join(field.choices)}", f"use one of: {', '.join(field.choices)}")
    return _give(field) if field.kind in {"number", "integer"} else None


def _short(value: Any) -> str:
    """Return a value cut to a readable length."""
    said = repr(value)
    return said if len(said) <= 60 else said[:57] + "..."
