"""`generate`: a made-up city in a folder, labelled as such wherever it is shown."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl

from madang.core.errors import Both, UsageError, Where
from madang.core.language import text
from madang.core.operations import Answer, Line, Wants, asked
from madang.core.progress import Progress
from madang.solutions.eco_mileage.readings.people import write_table
from madang.solutions.eco_mileage.readings.rows import EARLIEST_YEAR, LATEST_YEAR, UTILITIES
from madang.solutions.eco_mileage.rules import month_after, parse_month
from madang.solutions.eco_mileage.settlement.cube import MISSING
from madang.solutions.eco_mileage.settlement.synthetic import MONTHS, MONTHS_BEFORE, City, make_city, readings_frames

SYNTHETIC_NOTE = text(
    "가상의 도시: 회원도 사용량도 날씨도 지어낸 것이다.",
    "Synthetic city: members, readings and weather are made up.",
)
_MEMBERS_MAX, _SEED_MAX, _WARMER_C_MAX, _YEARS_BEFORE = 10_000_000, 2**32 - 1, 20, 3


class Generate(Wants):
    """What a made-up city is made from."""

    folder: Path = asked("도시를 만들 폴더", "The folder to make the city in.", argument=True)
    members: int = asked("회원 수", "How many members.", default=10_000)
    seed: int = asked("씨앗: 같으면 같은 도시", "Seed: the same seed makes the same city.", default=1)
    first_month: str = asked(
        "정산할 반기의 첫 달", "First month of the half-year to be settled.", default="2024-01", metavar="YYYY-MM"
    )
    warmer: float = asked("반기를 이만큼 따뜻하게(°C)", "Warm the half-year by so many degrees C.", default=0.0)
    clean: bool = asked("결함 없는 사용량", "Make readings without faults.", default=False)
    today: date | None = None


def generate(wants: Generate, progress: Progress) -> Answer:
    """Make a city and write it as files a city would give.

    Raises:
        UsageError: the folder holds something already, or a number that cannot be.
    """
    first = _checked(wants)
    if wants.folder.exists() and any(wants.folder.iterdir()):
        raise UsageError(
            Both("빈 폴더가 아닙니다", "the folder is not empty"),
            Where(wants.folder),
            Both("새 폴더를 지정하십시오", "name a new one"),
        )
    progress(0.0, "making members and use")
    city = make_city(wants.members, wants.seed, first, warmer_c=wants.warmer)
    wants.folder.mkdir(parents=True, exist_ok=True)
    write_table(city.members, wants.folder / "members.parquet", synthetic=True)
    write_table(city.meters, wants.folder / "meters.parquet", synthetic=True)
    write_table(city.truth, wants.folder / "truth.parquet", synthetic=True)
    city.weather.write_csv(wants.folder / "weather.csv")
    files = _write_readings(city, wants, progress)
    readings = sum(pl.scan_csv(path).select(pl.len()).collect().item() for path in files.values())
    names = " ".join(str(path) for path in files.values())
    return Answer(
        title=text("가상의 도시를 만들었다", "A synthetic city was made"),
        lines=(
            Line(text("회원", "members"), wants.members),
            Line(text("계량기", "meters"), city.meters.height),
            Line(text("사용량", "readings"), readings),
            Line(text("씨앗", "seed"), wants.seed),
        ),
        notes=(SYNTHETIC_NOTE,),
        files=files,
        next=(f"madang eco-mileage import-readings {wants.folder} {names}",),
    )


def _checked(wants: Generate) -> date:
    """Return the first month of the half-year, once all that a city is made from can be.

    Raises:
        UsageError: a number that cannot be.
    """
    if not 1 <= wants.members <= _MEMBERS_MAX:
        raise UsageError(
            Both(f"있을 수 없는 회원 수입니다: {wants.members:,}명", f"{wants.members:,} members cannot be"),
            todo=Both(f"1부터 {_MEMBERS_MAX:,}까지 주십시오", f"give 1 to {_MEMBERS_MAX:,}"),
        )
    if not 0 <= wants.seed <= _SEED_MAX or not abs(wants.warmer) <= _WARMER_C_MAX:
        raise UsageError(
            Both(
                f"쓸 수 없는 씨앗이나 온도입니다: {wants.seed}, {wants.warmer}",
                f"the seed {wants.seed} or the warming {wants.warmer} cannot be",
            ),
            todo=Both(
                f"씨앗은 0부터 {_SEED_MAX:,}까지, 온도는 -{_WARMER_C_MAX}부터 {_WARMER_C_MAX}까지 주십시오",
                f"give a seed from 0 to {_SEED_MAX:,} and a warming from -{_WARMER_C_MAX} to {_WARMER_C_MAX}",
            ),
        )
    return _checked_month(wants)


def _checked_month(wants: Generate) -> date:
    """Return the first month of the half-year.

    Raises:
        UsageError: its readings lie in no year of the programme's, or in months to come.
    """
    first = parse_month(wants.first_month)
    if not EARLIEST_YEAR + _YEARS_BEFORE <= first.year < LATEST_YEAR:
        raise UsageError(
            Both(f"사용량을 만들 수 없는 반기입니다: {wants.first_month}", f"no readings reach {wants.first_month}"),
            todo=Both(
                f"{EARLIEST_YEAR + _YEARS_BEFORE}년부터 {LATEST_YEAR - 1}년까지의 달을 주십시오",
                f"give a month of {EARLIEST_YEAR + _YEARS_BEFORE} to {LATEST_YEAR - 1}",
            ),
        )
    last = month_after(first, MONTHS - MONTHS_BEFORE - 1)
    if wants.today is not None and last > wants.today:
        raise UsageError(
            Both(
                f"{wants.first_month}부터의 반기는 아직 오지 않은 달까지 읽습니다",
                f"the half-year from {wants.first_month} reads months to come, to {last:%Y-%m}",
            ),
            todo=Both("더 앞선 달을 주십시오", "give an earlier month"),
        )
    return first


def _write_readings(city: City, wants: Generate, progress: Progress) -> dict[str, Path]:
    """Write a CSV file for each utility that has meters."""
    files = {}
    for utility, name in enumerate(UTILITIES):
        if (city.quantities[utility] != MISSING).any():
            progress(0.3 + 0.2 * utility, f"writing {name}")
            files[name] = wants.folder / f"synthetic-{name}.csv"
            with files[name].open("wb") as file:
                frames = readings_frames(city, utility, faults=not wants.clean, seed=wants.seed)
                for part, frame in enumerate(frames):
                    frame.write_csv(file, include_header=part == 0)
    return files
