"""A column of a table: its kind, unit and bounds, and cells brought into it; the first bad cell is named."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import polars as pl
from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from madang.core.errors import Both, TableError, Where
from madang.core.language import Text, say_count
from madang.core.units import check_unit

Kind = Literal["integer", "number", "text", "day", "geometry"]
_POLARS: dict[str, pl.DataType] = {
    "integer": pl.Int64(),
    "number": pl.Float64(),
    "text": pl.String(),
    "day": pl.Date(),
    "geometry": pl.Binary(),
}


class Column(BaseModel):
    """What a column holds: its kind, unit, bounds and whether a cell may be empty.

    ``empty_is_settled`` says that the solution gives an empty cell a meaning of its own, and tells it where it matters:
    such a cell is no gap in what is known.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    kind: Kind
    unit: str | None = None
    min: float | None = None
    max: float | None = None
    choices: tuple[str, ...] | None = None
    may_be_empty: bool = False
    empty_is_settled: bool = False
    aliases: tuple[str, ...] = ()

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str | None) -> str | None:
        """The unit, where there is one, is one the registry knows."""
        try:
            return None if unit is None else check_unit(unit)
        except Exception as error:
            raise ValueError(str(error).splitlines()[0]) from error

    @model_validator(mode="after")
    def _limits_fit_kind(self) -> Column:
        """Bounds belong to numbers and words to choose from to text; else they would hold nothing."""
        if self.kind not in {"integer", "number"} and (self.min is not None or self.max is not None):
            raise ValueError(
                Both(
                    f"종류가 {self.kind}인 열에는 min이나 max를 둘 수 없습니다",
                    f"a column of kind {self.kind} has no min or max",
                )
            )
        if self.empty_is_settled and not self.may_be_empty:
            raise ValueError(
                Both(
                    "비워 둘 수 없는 열에는 empty_is_settled를 둘 수 없습니다",
                    "a column that may not be empty has no empty cell to settle",
                )
            )
        if self.kind != "text" and self.choices is not None:
            raise ValueError(
                Both(
                    f"종류가 {self.kind}인 열에는 choices를 둘 수 없습니다",
                    f"a column of kind {self.kind} has no choices",
                )
            )
        return self


_CORRECT = Both("고치십시오", "correct it")


def typed(cells: pl.Series, card: Column, path: Path) -> pl.Series:
    """Return the cells in their kind, or raise at the first that is not of it."""
    cells = _trimmed(cells)
    made = _cast(cells, card.kind)
    _refuse(cells, made.is_null() & cells.is_not_null(), path, _NOT[card.kind], _todo_for(card.kind), card)
    if not card.may_be_empty:
        fill = Both("채우십시오. 모르는 것은 0이 아닙니다", "fill it; an unknown is not zero")
        _refuse(cells, made.is_null(), path, Both("비어 있음", "is empty"), fill)
    if card.kind == "number":
        endless = ~made.is_finite() & made.is_not_null()
        finite = Both("끝이 있는 수가 아님", "is not a finite number")
        _refuse(cells, endless, path, finite, Both("수를 주십시오", "give a number"), card)
    _check_limits(cells, made, card, path)
    return made


def _check_limits(cells: pl.Series, made: pl.Series, card: Column, path: Path) -> None:
    """Raise at the first cell outside the column's bounds, or not among its words."""
    if card.min is not None:
        below = Both(f"{card.min:.12g}{_in(card)}보다 작음", f"is below {card.min:.12g}{_in(card)}")
        _refuse(cells, made < card.min, path, below, _CORRECT)
    if card.max is not None:
        above = Both(f"{card.max:.12g}{_in(card)}보다 큼", f"is above {card.max:.12g}{_in(card)}")
        _refuse(cells, made > card.max, path, above, _CORRECT)
    if card.choices is not None:
        wrong = ~made.is_in(list(card.choices)) & made.is_not_null()
        known = ", ".join(card.choices)
        use = Both(f"이 가운데 하나를 쓰십시오: {known}", f"use one of: {known}")
        _refuse(cells, wrong, path, Both("아는 낱말이 아님", "is not one of the known words"), use)


def _trimmed(cells: pl.Series) -> pl.Series:
    """Return text cells without space around them, and empty ones as missing; other cells unchanged."""
    if cells.dtype in {pl.Categorical, pl.Enum}:
        cells = cells.cast(pl.String())
    if cells.dtype != pl.String:
        return cells
    stripped = cells.str.strip_chars()
    return pl.select(pl.when(stripped == "").then(None).otherwise(stripped).alias(cells.name)).to_series()


def _cast(cells: pl.Series, kind: Kind) -> pl.Series:
    """Return the cells in a kind, with null where a cell is not of it: a day is no number, and yes is not 1."""
    if cells.dtype == pl.Null:
        return cells.cast(_POLARS[kind])
    if kind == "day":
        return _days(cells)
    if kind == "geometry":
        return _shapes(cells)
    if kind == "text":
        return cells.cast(pl.String(), strict=False)
    if cells.dtype == pl.String:
        # Only commas that group thousands go: "1,5" is not 15.
        grouped = cells.str.contains(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
        bare = cells.str.replace_all(",", "")
        cells = pl.select(pl.when(grouped).then(bare).otherwise(cells).alias(cells.name)).to_series()
    elif not cells.dtype.is_numeric():
        return pl.Series(cells.name, [None] * len(cells), dtype=_POLARS[kind])
    typed = cells.cast(_POLARS[kind], strict=False)
    if kind == "integer" and cells.dtype != pl.String and not cells.dtype.is_integer():
        typed = pl.select(pl.when(cells == cells.floor()).then(typed).alias(cells.name)).to_series()
    if kind == "number":  # no cell is minus zero
        typed = pl.select(pl.when(typed == 0.0).then(0.0).otherwise(typed).alias(cells.name)).to_series()
    return typed


def _days(cells: pl.Series) -> pl.Series:
    """Return text written YYYY-MM-DD, dates, and times at midnight as days; anything else as null."""
    if cells.dtype == pl.String:
        written = cells.str.contains(r"^\d{4}-\d{2}-\d{2}$")
        return pl.select(
            pl.when(written).then(cells.str.to_date("%Y-%m-%d", strict=False)).alias(cells.name)
        ).to_series()
    if cells.dtype == pl.Date:
        return cells
    if cells.dtype == pl.Datetime:
        day = cells.dt.date()
        return pl.select(pl.when(cells.dt.time() == pl.time(0, 0, 0)).then(day).alias(cells.name)).to_series()
    return pl.Series(cells.name, [None] * len(cells), dtype=pl.Date())


def _shapes(cells: pl.Series) -> pl.Series:
    """Return well-known binary as it is, and decoded where a file without types holds it in hex; else null."""
    if cells.dtype == pl.Binary:
        return cells
    if cells.dtype == pl.String:
        return cells.str.decode("hex", strict=False)
    return pl.Series(cells.name, [None] * len(cells), dtype=pl.Binary())


def _refuse(cells: pl.Series, bad: pl.Series, path: Path, says: Both, todo: Both, card: Column | None = None) -> None:
    """Raise ``TableError`` at the first row where ``bad`` holds; a word for a gap is told how a gap is written."""
    rows = bad.fill_null(value=False).arg_true()
    if len(rows) == 0:
        return
    row = int(rows[0])
    if card is not None and card.may_be_empty and str(cells[row]).lower() in _WORDS_FOR_A_GAP:
        todo = Both("모르는 칸은 비워 두십시오", "leave the cell empty where nothing is known")
    others = len(rows) - 1
    what = Both(
        f"칸의 값이 맞지 않습니다: {says.ko}" + (f" (그런 행 {others}개 더)" if others else ""),
        f"a cell {says.en}" + (f" ({say_count(others, 'more such row')})" if others else ""),
    )
    raise TableError(what, Where(path, row=row + 2, column=cells.name, value=cells[row]), todo)


#: What a cell is not, by the kind that its column holds.
_NOT = {
    "integer": Both("정수가 아님", "is not a whole number"),
    "number": Both("수가 아님", "is not a number"),
    "text": Both("글이 아님", "is not text"),
    "day": Both("날짜가 아님", "is not a day"),
    "geometry": Both("모양이 아님", "is not a shape"),
}


#: How spreadsheets and programs write that they know nothing.
_WORDS_FOR_A_GAP = frozenset(
    {"na", "n/a", "#n/a", "n.a.", "nan", "null", "none", "nil", "-", "--", "–", "—", ".", "..", "...", "?", "unknown"}
    | {"missing", "not available", "결측", "없음", "미상", "모름", "자료 없음", "해당 없음"}
)


def _todo_for(kind: str) -> Both:
    """Return how such a cell is written."""
    return {
        "integer": Both("숫자만 적으십시오", "write digits only"),
        "number": Both("숫자와 소수점으로 적으십시오", "write digits with a decimal point"),
        "text": Both("글을 적으십시오", "write text"),
        "day": Both("YYYY-MM-DD로 적으십시오", "write YYYY-MM-DD"),
        "geometry": Both(
            "경위도의 WKB로, CSV에서는 16진수로 적으십시오",
            "write well-known binary in longitude and latitude, in CSV as hex",
        ),
    }[kind]


def _in(card: Column) -> str:
    """Return the unit with a space before it, where there is one."""
    return f" {card.unit}" if card.unit else ""
