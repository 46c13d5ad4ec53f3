"""The award file: the one paper that goes from a settlement to the ledger. Parquet, the same bytes for the same inputs.

One row for every member of the settlement, paid or not, in rising order of ``member_id``; what all rows share stands in
the header, which lies in the schema's metadata. A ledger posts the rows whose ``points`` are above zero, once for each
(kind, member_id, first_month): a window is paid once. The key of one posting is ``idempotency_key(run, member_id)``.
"""

from __future__ import annotations

import hashlib
import io
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from madang.core.errors import Both, DataError, Where
from madang.core.storing import write_whole

FORMAT = 2
Kind = Literal["half_year", "season", "car", "car_season"]
_HEADER_KEY = b"madang.award_file"
_ROWS_A_GROUP = 262_144
_WORDS = pa.dictionary(pa.int8(), pa.string())

#: One row a member. Amounts are whole; null means that the member was not evaluated, which is never zero.
SCHEMA = pa.schema(
    [
        pa.field("member_id", pa.int64(), nullable=False),
        # The first day of the first month of this member's own window.
        pa.field("first_month", pa.date32(), nullable=False),
        # A district's name, for statistics; null where it is unknown.
        pa.field("district", pa.dictionary(pa.int16(), pa.string())),
        # What was decided: one of CODES.
        pa.field("code", _WORDS, nullable=False),
        # The paragraph of the rule that decided, such as R7, or R19 for upkeep; null where no rule is behind it.
        pa.field("paragraph", _WORDS),
        # Points to post. Zero: evaluated and nothing earned. Null: not evaluated.
        pa.field("points", pa.int64()),
        # How many edges were reached; -1 is upkeep.
        pa.field("tier", pa.int8()),
        # Doubled centigrams of CO2 (0.005 g): the baseline is a mean of two years, doubled to stay whole.
        pa.field("baseline_doubled_centigrams", pa.int64()),
        pa.field("saved_doubled_centigrams", pa.int64()),
        # Of a car instead: metres, rounded down, for reading only; the decision was made on fractions.
        pa.field("baseline_metres", pa.int64()),
        pa.field("saved_metres", pa.int64()),
    ]
)
#: Every ``code``; who has one of the first three was evaluated.
CODES = (
    "awarded",
    "upkeep",
    "below_lowest_edge",
    "no_baseline",
    "month_missing",
    "under_review",
    "factor_unknown",
    "not_representative",
    "address_taken",
    "not_opted_in",
    "moved",
    "utilities_missing",
    "no_rule",
    "nothing_driven",
    "edges_unknown",
    "excluded",
)


@dataclass(frozen=True, kw_only=True)
class AwardHeader:
    """What all rows share. ``run`` pins every input; two files of one run are the same file.

    ``evaluated_on`` is the day of the decision. ``paragraphs`` gives each paragraph's sentence in both languages and
    its status. ``what_if`` names the other rules where the award is no official one; such a file must not be posted.
    ``synthetic`` says that the members are made up; it goes wherever the figures go. The totals are the engine's own
    sums, to be compared with what a ledger adds up.
    """

    run: str
    kind: Kind
    evaluated_on: date
    first_month: date
    months: int
    rules_sha256: str
    readings_sha256: str
    members_sha256: str
    what_if: str | None
    synthetic: bool
    won_per_point: int | None
    paragraphs: dict[str, dict[str, str]]
    members: int
    evaluated: int
    paid: int
    points: int
    format: int = FORMAT

    def as_json(self) -> str:
        """Return the header as JSON with sorted keys."""
        said = asdict(self) | {
            "evaluated_on": self.evaluated_on.isoformat(),
            "first_month": self.first_month.isoformat(),
        }
        return json.dumps(said, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, said: str) -> AwardHeader:
        """Return the header that ``as_json`` wrote."""
        found: dict[str, Any] = json.loads(said)
        for day in ("evaluated_on", "first_month"):
            found[day] = date.fromisoformat(found[day])
        return cls(**found)


@dataclass(frozen=True)
class AwardFile:
    """An award file as it was read: header, rows and the hash of its bytes."""

    header: AwardHeader
    rows: pa.Table
    sha256: str

    def to_post(self) -> pa.Table:
        """Return the rows that earn something."""
        return self.rows.filter(pc.fill_null(pc.greater(self.rows["points"], 0), False))


def idempotency_key(run: str, member_id: int) -> str:
    """Return the key under which one member's award of one run is posted: posting it twice adds nothing."""
    return f"{run}:{member_id}"


def award_bytes(header: AwardHeader, rows: pa.Table) -> bytes:
    """Return the file's bytes: the same header and rows give the same bytes."""
    schema = SCHEMA.with_metadata({_HEADER_KEY: header.as_json().encode()})
    out = io.BytesIO()
    pq.write_table(rows.cast(schema), out, compression="zstd", row_group_size=_ROWS_A_GROUP, store_schema=True)
    return out.getvalue()


def write_award_file(path: Path, header: AwardHeader, rows: pa.Table) -> str:
    """Write an award file whole or not at all and return the hash of its bytes."""
    content = award_bytes(header, rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_whole(path, content)
    return hashlib.sha256(content).hexdigest()


def read_award_file(path: Path) -> AwardFile:
    """Return an award file, checked against its own header.

    Raises:
        DataError: not an award file, of another format, or rows that do not add up to the header's totals.
    """
    if not path.is_file():
        raise DataError(
            Both("파일이 없습니다", "the file does not exist"),
            Where(path),
            Both("경로를 확인하십시오", "check the path"),
        )
    content = path.read_bytes()
    try:
        table = pq.read_table(io.BytesIO(content))
        header = AwardHeader.from_json((table.schema.metadata or {})[_HEADER_KEY].decode())
    except (pa.ArrowException, KeyError, ValueError, TypeError) as error:
        raise DataError(
            Both("지급 파일이 아닙니다", "this is not an award file"),
            Where(path),
            Both("다시 정산하고 그 결과를 쓰십시오", "settle again and take its output"),
        ) from error
    if header.format != FORMAT or not table.schema.equals(SCHEMA):
        todo = Both("이 판의 마당으로 다시 정산하십시오", "settle again with this version of Madang")
        raise DataError(
            Both(
                f"지급 파일의 형식이 {header.format}입니다. {FORMAT}이어야 합니다",
                f"the award file is of format {header.format}, not {FORMAT}",
            ),
            Where(path),
            todo,
        )
    _check_totals(path, header, table)
    return AwardFile(header, table.replace_schema_metadata(None), hashlib.sha256(content).hexdigest())


def _check_totals(path: Path, header: AwardHeader, table: pa.Table) -> None:
    """Raise where the rows are not those that the header counted, or a member stands there twice."""
    points = table["points"]
    found = {
        "members": table.num_rows,
        "evaluated": table.num_rows - points.null_count,
        "paid": pc.sum(pc.greater(points, 0)).as_py() or 0,
        "points": pc.sum(points).as_py() or 0,
    }
    for name, value in found.items():
        if value != getattr(header, name):
            said = Both(
                f"머리말이 센 {name}은(는) {getattr(header, name):,}, 줄을 센 것은 {value:,}입니다",
                f"the header counts {getattr(header, name):,} {name}, the rows {value:,}",
            )
            raise DataError(
                said, Where(path), Both("파일이 바뀌었습니다. 다시 정산하십시오", "the file was changed: settle again")
            )
    ids = table["member_id"]
    if table.num_rows > 1 and not pc.all(pc.less(ids[:-1], ids[1:])).as_py():
        raise DataError(
            Both("회원이 번호 차례로 한 번씩 있지 않습니다", "the members do not stand in rising order, each once"),
            Where(path),
            Both("다시 정산하십시오", "settle again"),
        )
