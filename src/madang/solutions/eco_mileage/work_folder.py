"""A folder in which a half-year is settled: members, meters, the store of readings, decisions, weather, award files."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from madang.core.errors import Both, DataError, Where
from madang.core.progress import Progress, part_of
from madang.solutions.eco_mileage.readings.people import MeterIndex, People, read_people
from madang.solutions.eco_mileage.readings.store import Store
from madang.solutions.eco_mileage.rules import RuleBook
from madang.solutions.eco_mileage.settlement.cube import build_cube
from madang.solutions.eco_mileage.settlement.review import Decisions, Limits, Reviewed, review
from madang.solutions.eco_mileage.settlement.settle import Cast, Settlement, cast_of, settle
from madang.solutions.eco_mileage.settlement.terms import Round


@dataclass(frozen=True)
class Laid:
    """What lies ready before a round is decided: people, who takes part, and the reviewed readings."""

    people: People
    cast: Cast
    reviewed: Reviewed
    nobodys: int
    same_again: int
    readings_sha256: str


@dataclass(frozen=True)
class WorkFolder:
    """A city's folder of work."""

    folder: Path

    @property
    def store(self) -> Store:
        """Return the store of readings."""
        return Store(self.folder / "readings")

    @property
    def decisions(self) -> Decisions:
        """Return what was decided about doubtful readings."""
        return Decisions(self.folder / "decisions.jsonl")

    @property
    def weather(self) -> Path:
        """Return where the daily weather lies."""
        return self.folder / "weather.csv"

    def truth_bp(self, cast: Cast) -> NDArray[np.int64] | None:
        """Return how much each member of a made-up city really saved, in basis points; None for a real city."""
        path = self.folder / "truth.parquet"
        if not path.is_file():
            return None
        joined = cast.members.select("member_id").join(
            pl.read_parquet(path), on="member_id", how="left", maintain_order="left"
        )
        return joined["effort_bp"].fill_null(0).cast(pl.Int64).to_numpy()

    def people(self) -> People:
        """Return the members and their meters."""
        return read_people(self._table("members"), self._table("meters"))

    def _table(self, name: str) -> Path:
        """Return a table's file, Parquet before CSV."""
        for ending in (".parquet", ".csv"):
            if (path := self.folder / f"{name}{ending}").is_file():
                return path
        todo = Both(
            f"{name}.parquet이나 {name}.csv를 두거나 도시를 만드십시오: madang eco-mileage generate",
            f"put {name}.parquet or {name}.csv there, or make a city: madang eco-mileage generate",
        )
        raise DataError(Both(f"폴더에 {name} 표가 없습니다", f"the folder has no {name}"), Where(self.folder), todo)

    def lay(self, asked: Round, limits: Limits, progress: Progress) -> Laid:
        """Return what a round needs: readings as a cube, checked, with what is doubtful held.

        Raises:
            DataError: no members, no meters or no readings.
        """
        people = self.people()
        if not self.store.parts():
            todo = Both("먼저 사용량을 넣으십시오", "import some: madang eco-mileage import-readings")
            raise DataError(
                Both("저장소에 사용량이 없습니다", "the store has no readings"), Where(self.store.folder), todo
            )
        cast = cast_of(people, asked)
        if cast.members.height == 0:
            raise DataError(
                Both("이 기간에 시작하는 회원이 없습니다", "nobody's window begins in this round"),
                Where(self.folder),
                Both("다른 달을 고르십시오", "ask for another month"),
            )
        first, months = asked.cube_months
        index = MeterIndex.of(people.meters, cast.member_id)
        built = build_cube(self.store, index, cast.member_id, first, months, part_of(progress, 0.0, 0.6))
        progress(0.6, "checks")
        accepted = self.decisions.accepted()
        reviewed = review(built, people, limits, accepted, self.store.photos())
        digest = hashlib.sha256(self.store.sha256().encode())
        digest.update("\n".join(sorted(accepted)).encode() + repr(limits).encode())
        return Laid(people, cast, reviewed, built.nobodys, built.same_again, digest.hexdigest())

    def settle(self, asked: Round, book: RuleBook, limits: Limits, progress: Progress) -> tuple[Laid, Settlement]:
        """Return what was laid ready and the settlement of a round."""
        laid = self.lay(asked, limits, part_of(progress, 0.0, 0.7))
        progress(0.7, "settling")
        return laid, settle(asked, book, laid.cast, laid.reviewed.cube)
