"""A solution's form, drawn from its contract alone: fields in groups, the city's values as defaults, what was typed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from madang.core.city import Use
from madang.core.errors import MadangError
from madang.core.given_files import GivenFile
from madang.core.inputs import InputField, Inputs
from madang.core.language import Language, Text, text
from madang.web.bench.asking import Defaults
from madang.web.live.telling import say_given

PREFIX = "in."
#: Above this many, years are of the calendar.
_YEARS_LONG = 1000
#: Words of the groups that solutions sort their inputs into; another group is called by its own name.
GROUPS = {
    "way of counting": text("세는 방식", "Way of counting"),
    "promise": text("약속한 값", "What was promised"),
    "counts": text("대수와 등록", "Counts and registers"),
    "life": text("수명", "Lifetimes"),
    "use": text("이용", "Use"),
    "emissions": text("배출", "Emissions"),
    "supply": text("있는 것", "What there is"),
    "walk": text("걷기", "Walking"),
    "sites": text("수요와 자리", "Demand and sites"),
    "plan": text("계획", "The plan"),
    "energy": text("전력과 비용", "Energy and cost"),
    "factors": text("계수", "Factors"),
    "equivalences": text("환산", "Equivalences"),
    "stated": text("발표한 값", "What was stated"),
    "evaluation": text("평가", "Evaluation"),
    "loads": text("부하량", "Loads"),
    "river": text("강", "The river"),
    "allocation": text("할당", "Allocation"),
    "account": text("지역개발부하량 계정", "Account of development loads"),
    "limits": text("기준", "Limits"),
    "water": text("시설과 수질", "Centres and water"),
    "tried": text("시험해 볼 기준", "Limits to try"),
    "": text("그 밖", "Other"),
}


@dataclass
class Field:
    """One box of the form: an input, or one value of a series."""

    path: str
    card: InputField
    key: str
    default: str
    value: str
    error: str = ""
    #: What the key is called in the page's language.
    key_title: str = ""

    @property
    def html_name(self) -> str:
        """Return the name under which it is sent."""
        return PREFIX + self.path

    @property
    def file(self) -> str:
        """Return the name of the file that is kept in it, where it is one."""
        return str(json.loads(self.value)["name"]) if self.card.kind == "file" and self.value else ""

    @property
    def changed(self) -> bool:
        """Tell whether it differs from the city's own value."""
        return self.value.strip() != self.default


@dataclass
class Row:
    """An input as the form shows it: one box, several for a series, or none for a table."""

    card: InputField
    title: str
    help: str
    unit_bounds: str
    fields: list[Field]
    facts: list[dict[str, Any]]
    choices: list[tuple[str, str]] = field(default_factory=list)
    table_rows: int | None = None
    error: str = ""

    @property
    def is_year(self) -> bool:
        """Tell whether it names a calendar year: nobody reads 2021 as an amount of years."""
        ends = [end for end in (self.card.low, self.card.high) if end is not None]
        return self.card.unit == "year" and bool(ends) and max(ends) > _YEARS_LONG

    @property
    def default_words(self) -> str:
        """Return the city's value as it is read: a choice by its name, a number with its thousands grouped."""
        said = self.fields[0].default
        if self.card.kind not in {"number", "integer", "series"} or self.card.unit == "year":
            return dict(self.choices).get(said, said)
        try:
            return f"{float(said):,.12g}"
        except ValueError:
            return said

    @property
    def changed(self) -> bool:
        """Tell whether any of its boxes differs from the city's own value."""
        return any(box.changed for box in self.fields)


@dataclass
class Form:
    """The whole form: rows by group, and what is wrong with what was typed."""

    groups: list[tuple[str, list[Row]]]
    code: Language
    #: What was refused, by its box; and what was refused of all together.
    wrong: list[tuple[str, Field]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)

    @property
    def refused(self) -> bool:
        """Tell whether anything was refused."""
        return bool(self.wrong or self.errors)

    @property
    def takes_files(self) -> bool:
        """Tell whether any box takes a file."""
        return any(box.card.kind == "file" for _, box in self.boxes())

    def boxes(self) -> Iterator[tuple[Row, Field]]:
        """Yield every box with its row."""
        for _, rows in self.groups:
            for row in rows:
                yield from ((row, box) for box in row.fields)


def make_form(defaults: Defaults, typed: Mapping[str, str], code: Language) -> Form:
    """Return the form; ``typed`` holds what was sent or is to be shown instead of the city's values, by path."""
    groups: dict[str, list[Row]] = {}
    for card in defaults.solution.inputs.fields():
        groups.setdefault(card.group, []).append(_row(card, defaults, typed, code))
    words = defaults.solution.card.words
    return Form([(group_words(name, code, words), rows) for name, rows in groups.items()], code)


def group_words(name: str, code: Language, words: Mapping[str, Text]) -> str:
    """Return a group's words: the solution's own, else the house's."""
    known = words.get(name) or GROUPS.get(name)
    return known.to(code) if known else name.capitalize()


def read_form(defaults: Defaults, scenario: str, form: Form) -> dict[str, Any]:
    """Return what was changed by hand, as the model takes it; a value it refuses is marked in the form."""
    base = defaults.inputs
    if scenario:
        base = base.with_set(defaults.solution.scenario(scenario).set)
    changes: dict[str, Any] = {}
    for row, box in form.boxes():
        if not box.changed:
            continue
        try:
            value = _parsed(box)
            base.with_set({box.path: value})
            changes[box.path] = value
        except MadangError as error:
            box.error = _refused(row, box, form.code) or in_words(error, form.code)
            form.wrong.append((f"{row.title}, {box.key_title}" if box.key else row.title, box))
    if not form.refused and changes:
        _check_together(base, changes, form)
    return changes


def in_words(error: MadangError, code: Language) -> str:
    """Return what is wrong and what to do, in one line."""
    what, _, todo = error.parts(code)
    return f"{what}: {todo}" if todo else what


def _refused(row: Row, box: Field, code: Language) -> str:
    """Return why a number cannot be taken, in the reader's language; nothing where it is for another reason."""
    if box.card.kind not in {"number", "integer", "series"}:
        return ""
    bounds = f" ({row.unit_bounds})" if row.unit_bounds else ""
    try:
        value = float(box.value.strip())
    except ValueError:
        return {"ko": f"수를 적으십시오{bounds}", "en": f"give a number{bounds}"}[code]
    low, high = box.card.low, box.card.high
    if (low is None or value >= low) and (high is None or value <= high):
        return ""
    return {"ko": f"범위를 벗어났습니다{bounds}", "en": f"outside the bounds{bounds}"}[code]


def _check_together(base: Inputs, changes: dict[str, Any], form: Form) -> None:
    """Note what the model refuses of all changes taken together."""
    try:
        base.with_set(changes)
    except MadangError as error:
        form.errors.append(in_words(error, form.code))


def typed_of(changes: Mapping[str, Any]) -> dict[str, str]:
    """Return changes as the boxes show them, so that a run's changes can be taken up again."""
    return {path: write(value) for path, value in changes.items()}


def kept_file(said: str) -> str:
    """Return a file's name and text as a form kept them; what is neither is no file."""
    try:
        return write(GivenFile.model_validate_json(said))
    except ValueError:
        return ""


def write(value: Any) -> str:
    """Return a value as a box shows it: every digit it has, a list with commas, nothing where it is not given."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, GivenFile):
        value = value.model_dump()
    if isinstance(value, Mapping):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, tuple | list):
        return ", ".join(write(part) for part in value)
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)


def _row(card: InputField, defaults: Defaults, typed: Mapping[str, str], code: Language) -> Row:
    """Return one input's row."""
    value = getattr(defaults.inputs, card.name)
    row = Row(
        card, card.title.to(code), card.help.to(code) if card.help else "", _bounds(card, code), [],
        [_fact(defaults.uses[name], code) for name in card.facts if name in defaults.uses],
    )  # fmt: skip
    if card.kind == "table":
        row.table_rows = None if value is None else value.frame.height
    elif card.kind == "series":
        paths = dict(_flat(value))
        added = [key for key in (path.partition(".")[2] for path in typed if path.startswith(f"{card.name}.")) if key]
        for key in dict.fromkeys([*paths, *added]):
            box = _box(card, f"{card.name}.{key}", key, paths.get(key), typed)
            box.key_title = defaults.solution.card.word(key, code)
            row.fields.append(box)
    else:
        row.fields.append(_box(card, card.name, "", value, typed))
        row.choices = [(choice, defaults.solution.card.word(choice, code)) for choice in card.choices]
        if card.kind == "switch":
            row.choices = [(write(one), say_given(one, None, code)) for one in (True, False)]
    return row


def _box(card: InputField, path: str, key: str, value: Any, typed: Mapping[str, str]) -> Field:
    """Return one box."""
    default = write(value)
    return Field(path, card, key, default, typed.get(path, default))


def _flat(series: Any, above: str = "") -> Iterator[tuple[str, Any]]:
    """Yield the values of a series, or of a series of series, with the path of their keys."""
    for key, part in (series or {}).items():
        path = f"{above}{key}"
        if isinstance(part, Mapping):
            yield from _flat(part, f"{path}.")
        else:
            yield path, part


def _parsed(box: Field) -> Any:
    """Return what was typed, as ``with_set`` takes it."""
    said = box.value.strip()
    if said == "" and not box.key and not box.card.required:
        return None
    if box.card.kind == "file":
        return json.loads(said)
    if box.card.kind == "list":
        try:
            return json.loads(f"[{said}]")
        except ValueError:
            return said
    return said


def _bounds(card: InputField, code: Language) -> str:
    """Return the bounds in words, in the language."""
    if card.kind not in {"number", "integer", "series", "list"} or (card.low is None and card.high is None):
        return ""
    # A year is a name: it is written without separators.
    form = ".12g" if card.unit == "year" else ",.12g"
    low, high = (None if end is None else format(end, form) for end in (card.low, card.high))
    if low is not None and high is not None:
        return f"{low}에서 {high}까지" if code == "ko" else f"from {low} to {high}"
    if code == "ko":
        return f"{low} 이상" if low is not None else f"{high} 이하"
    return f"at least {low}" if low is not None else f"at most {high}"


def _fact(use: Use, code: Language) -> dict[str, Any]:
    """Return where a city's value comes from."""
    says: Text = use.says
    return {
        "says": says.to(code), "value": use.value, "unit": use.unit, "since": use.since, "kind": use.kind,
        "source": use.source.model_dump(mode="json"), "status": use.status, "origin": use.origin,
    }  # fmt: skip
