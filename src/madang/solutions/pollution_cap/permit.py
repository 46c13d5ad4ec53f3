"""A development against the account of its district: allowed, allowed with conditions or refused, and why.

Pure: the account's state comes in, an answer goes out. Whoever keeps the account asks these rules and writes it down.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from madang.core.errors import Both, BoundsError, UnknownName, UsageError
from madang.core.language import Text, text
from madang.solutions.pollution_cap.decimals import exact
from madang.solutions.pollution_cap.loads import (
    SHEET_DECIMALS,
    LoadRow,
    Plant,
    UnitLoads,
    business_load,
    land_load,
    net_of,
    resident_load,
    sheet_total,
)
from madang.solutions.pollution_cap.paragraphs import Paragraph, consulted_because, paragraph

Way = Literal["public_sewer", "private_plant", "septic_tank"]
WAYS: tuple[Way, ...] = ("public_sewer", "private_plant", "septic_tank")
Verdict = Literal["allowed", "allowed with conditions", "refused"]
VERDICTS: dict[Verdict, Text] = {
    "allowed": text("허용", "allowed"),
    "allowed with conditions": text("조건부 허용", "allowed with conditions"),
    "refused": text("불허", "refused"),
}
CAPPED = ("bod", "tp")


@dataclass(frozen=True, kw_only=True)
class Project:
    """What somebody wants to build, in which district and reach, and by when it is finished.

    land_before, land_after: m2 by land category. people: residents afterwards; flats: homes. way: where sewage goes.
    sewage_m3_per_day with sewage_mg_per_l: a business's sewage and its strength. kind: words of a consultation's list.
    """

    name: str
    district: str
    unit: str
    year: int
    land_before: Mapping[str, float] = field(default_factory=dict)
    land_after: Mapping[str, float] = field(default_factory=dict)
    people: float = 0.0
    people_before: float = 0.0
    flats: int = 0
    setting: Literal["urban", "rural"] = "urban"
    way: Way = "public_sewer"
    sewage_m3_per_day: float = 0.0
    sewage_mg_per_l: Mapping[str, float] = field(default_factory=dict)
    kind: tuple[str, ...] = ()
    floor_m2: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Account:
    """The state of a district's account for a unit and a year: kg/d left to give, by substance.

    remaining_kg_per_d is None for a substance for which nothing was ever allocated. restricted: the district missed
    its goal and is refused approvals. status: what stands behind the allocation ("gazetted", "draft", "made_up").
    district_says: what the district is called; its own name where nobody says.
    """

    district: str
    unit: str
    year: int
    remaining_kg_per_d: Mapping[str, float | None]
    restricted: bool = False
    status: str = "gazetted"
    district_says: Text | None = None


@dataclass(frozen=True)
class SheetRow:
    """A row of the sheet: before or after, what, how much, and its loads as written."""

    when: Literal["before", "after"]
    group: str
    item: str
    amount: float
    unit: str
    kg_per_d: Mapping[str, float]
    trace: str


@dataclass(frozen=True)
class Sheet:
    """The permit sheet: rows, their totals, and the net new load (never below zero)."""

    rows: tuple[SheetRow, ...]
    before: Mapping[str, float]
    after: Mapping[str, float]
    net: Mapping[str, float]


@dataclass(frozen=True)
class Answer:
    """What is answered, with the sheet, what remains, the paragraphs, the conditions and the greatest part that passes.

    consulted_because: why the project is on the list of those that must ask; empty where it need not.
    remains_kg_per_d: left after the project (before it where it is refused). smaller_share: the greatest share of the
    project, built in proportion, that would pass; 1 where all of it does, 0 where none would.
    """

    verdict: Verdict
    sheet: Sheet
    spends_kg_per_d: Mapping[str, float]
    remains_kg_per_d: Mapping[str, float | None]
    reasons: tuple[Text, ...]
    conditions: tuple[Text, ...]
    paragraphs: tuple[Paragraph, ...]
    consulted_because: tuple[Text, ...]
    smaller_share: float
    smaller: Project | None

    @property
    def allowed(self) -> bool:
        """Tell whether the project may be built, with or without conditions."""
        return self.verdict != "refused"


def answer(project: Project, account: Account, units: UnitLoads, plant: Plant | None = None, *, on: str = "") -> Answer:
    """Return the answer to a project from the state of its account, by the paragraphs of a day (YYYY-MM-DD).

    The latest paragraphs hold where no day is given.

    Raises:
        UsageError: the account is another district's, unit's or year's, or a sewer without its plant.
        UnknownName: a land category without a unit load. BoundsError: a negative area or number of people.
    """
    check(project, account, units, plant)
    sheet = sheet_of(project, units, plant)
    spends = {name: sheet.net[name] for name in CAPPED}
    over = _over(spends, account)
    asked = consulted_because(project.kind, project.flats, project.floor_m2, on)
    share, smaller = (1.0, None) if not over and not account.restricted else _smaller(project, account, units, plant)
    if account.restricted or over:
        return Answer(
            "refused",
            sheet,
            spends,
            dict(account.remaining_kg_per_d),
            tuple(_refusals(over, spends, account)),
            (),
            (paragraph("restriction" if account.restricted else "account", on),),
            asked,
            share,
            smaller,
        )
    conditions = tuple(_conditions(project, account, spends))
    return Answer(
        "allowed with conditions" if conditions else "allowed",
        sheet,
        spends,
        _left(account, spends),
        (_fits_in(spends, account),),
        conditions,
        tuple(paragraph(key, on) for key in ("account", *(("consultation",) if asked else ()))),
        asked,
        share,
        smaller,
    )


def check(project: Project, account: Account, units: UnitLoads, plant: Plant | None) -> None:
    """Hold a project to its account and to what the tables know.

    Raises:
        UsageError, UnknownName or BoundsError: as ``answer`` says.
    """
    theirs, own = (account.district, account.unit, account.year), (project.district, project.unit, project.year)
    if theirs != own:
        raise UsageError(
            Both(
                f"{theirs[0]}, {theirs[1]}, {theirs[2]}년 계정으로는 {own[0]}, {own[1]}, {own[2]}년에 답할 수 없습니다",
                f"the account of {theirs[0]}, {theirs[1]}, {theirs[2]} cannot answer for {own[0]}, {own[1]}, {own[2]}",
            ),
            todo=Both(
                "그 사업의 자치구, 단위유역, 연도의 계정을 주십시오",
                "give the account of the project's own district, unit and year",
            ),
        )
    if project.way not in WAYS:
        raise UnknownName(Both("하수 처리 방식", "way of sewage"), project.way, WAYS)
    has_sewage = project.people > 0 or project.people_before > 0 or project.sewage_m3_per_day > 0
    if project.way == "public_sewer" and plant is None and has_sewage:
        raise UsageError(
            Both(
                f"{project.name}: 공공하수도로 보내려면 이어지는 하수처리시설이 있어야 합니다",
                f"{project.name}: sewage by public sewer needs the plant it leads to",
            ),
            todo=Both("하수처리시설을 적으십시오", "name the plant"),
        )
    for category, area in (*project.land_before.items(), *project.land_after.items()):
        if category not in units.land:
            raise UnknownName(Both("토지 종류", "land category"), category, units.land)
        if not area >= 0:
            raise BoundsError(
                Both(f"{project.name}: {category} 면적 = {area} m2", f"{project.name}: {category} = {area} m2"),
                todo=Both("0 m2 이상의 면적을 주십시오", "give an area of at least 0 m2"),
            )
    for what, ko, value in (
        ("people", "입주 인구", project.people),
        ("people_before", "사업 전 인구", project.people_before),
        ("sewage_m3_per_day", "하수량", project.sewage_m3_per_day),
        ("flats", "세대수", project.flats),
    ):
        if not value >= 0:
            raise BoundsError(
                Both(f"{project.name}의 {ko}({what}) = {value}", f"{project.name}: {what} = {value}"),
                todo=Both("0 이상의 수를 주십시오", "give a number of at least 0"),
            )


def sheet_of(project: Project, units: UnitLoads, plant: Plant | None = None) -> Sheet:
    """Return the permit sheet: each row rounded, totals of the rounded rows, a negative net entered as zero."""
    before = [land_load(category, area, units) for category, area in project.land_before.items()]
    after = [land_load(category, area, units) for category, area in project.land_after.items()]
    if project.people_before > 0:
        before.append(resident_load(project.people_before, project.setting, project.way, units, plant))
    if project.people > 0:
        after.append(resident_load(project.people, project.setting, project.way, units, plant))
    if project.sewage_m3_per_day > 0:
        strength = {name: project.sewage_mg_per_l.get(name, 0.0) for name in SHEET_DECIMALS}
        after.append(business_load("business", project.sewage_m3_per_day, strength, project.way, units, plant))
    rows = [_row("before", row) for row in before] + [_row("after", row) for row in after]
    sums = sheet_total(before), sheet_total(after)
    return Sheet(tuple(rows), *sums, net_of(*sums))


def _row(when: Literal["before", "after"], row: LoadRow) -> SheetRow:
    """Return a load as a row of the sheet."""
    return SheetRow(when, row.group, row.item, row.amount, row.unit, row.sheet(), row.trace)


def _over(spends: Mapping[str, float], account: Account) -> list[str]:
    """Return the substances of which the project wants more than is left; unknown is never enough."""
    over = []
    for name, wanted in spends.items():
        left = account.remaining_kg_per_d.get(name)
        if wanted > 0 and (left is None or exact(wanted) > exact(left)):
            over.append(name)
    return over


def _left(account: Account, spends: Mapping[str, float]) -> dict[str, float | None]:
    """Return what is left after the project."""
    return {
        name: None if left is None else float(exact(left) - exact(spends.get(name, 0.0)))
        for name, left in account.remaining_kg_per_d.items()
    }


def _smaller(project: Project, account: Account, units: UnitLoads, plant: Plant | None) -> tuple[float, Project | None]:
    """Return the greatest share of a project, in whole per mille, that passes, and the project so scaled.

    Every share is tried from the top: a private plant's limit steps at 50 m3/d, so loads need not rise with the share.
    What is not built leaves the land as it was.
    """
    if account.restricted:
        return 0.0, None
    for share in range(999, 0, -1):
        part = scaled(project, share / 1000)
        if not _over({name: sheet_of(part, units, plant).net[name] for name in CAPPED}, account):
            return share / 1000, part
    return 0.0, None


def scaled(project: Project, share: float) -> Project:
    """Return a project built in part: land changes, people, flats and sewage in proportion."""
    kept = {name: area * (1 - share) for name, area in project.land_before.items()}
    land = {name: area * share for name, area in project.land_after.items()}
    after = {name: kept.get(name, 0.0) + land.get(name, 0.0) for name in (*land, *(n for n in kept if n not in land))}
    return Project(
        **{
            **vars(project),
            "land_after": after,
            "people": project.people_before + (project.people - project.people_before) * share,
            "flats": int(project.flats * share),
            "sewage_m3_per_day": project.sewage_m3_per_day * share,
            "floor_m2": project.floor_m2 * share,
        }
    )


def _refusals(over: list[str], spends: Mapping[str, float], account: Account) -> list[Text]:
    """Say why a project is refused."""
    said = []
    if account.restricted:
        called = account.district_says or text(account.district, account.district)
        said.append(
            text(
                f"{called.ko}: 목표를 지키지 못해 개발 승인이 제한됩니다.",
                f"{called.en} missed its goal, so development approvals are refused.",
            )
        )
    for name in over:
        left, wanted = account.remaining_kg_per_d.get(name), _kg(name, spends[name])
        if left is None:
            said.append(
                text(
                    f"{_NAMES[name].ko}: 할당된 부하량이 없어 {wanted} kg/일을 줄 수 없습니다.",
                    f"{_NAMES[name].en}: nothing was ever allocated, so {wanted} kg/d cannot be given.",
                )
            )
        else:
            said.append(
                text(
                    f"{_NAMES[name].ko}: {wanted} kg/일이 필요하지만 {_kg(name, left)} kg/일이 남았습니다.",
                    f"{_NAMES[name].en}: {wanted} kg/d are needed and {_kg(name, left)} kg/d are left.",
                )
            )
    return said


def _fits_in(spends: Mapping[str, float], account: Account) -> Text:
    """Say that the account holds what is wanted, or that nothing is."""
    if not any(spends.values()):
        return text("부하가 늘지 않습니다.", "The project adds no load.")
    ko = ", ".join(f"{_NAMES[name].ko} {_kg(name, wanted)} kg/일" for name, wanted in spends.items())
    en = ", ".join(f"{_NAMES[name].en} {_kg(name, wanted)} kg/d" for name, wanted in spends.items())
    return text(f"{account.year}년 잔여량 안에 듭니다: {ko}.", f"It fits in what is left for {account.year}: {en}.")


def _conditions(project: Project, account: Account, spends: Mapping[str, float]) -> list[Text]:
    """Return what a project must keep to be allowed."""
    said = []
    if project.way == "private_plant" and (project.people > 0 or project.sewage_m3_per_day > 0):
        said.append(
            text(
                "개인하수처리시설의 방류수질을 지키고 해마다 보고할 것.",
                "Keep the effluent standard of the private plant and report it every year.",
            )
        )
    if project.way == "septic_tank" and project.people > 0:
        said.append(
            text("공공하수도가 닿으면 바로 연결할 것.", "Connect to the public sewer as soon as it reaches the site.")
        )
    if account.status != "gazetted" and any(spends.values()):
        said.append(
            text(
                "할당량이 고시되지 않았으므로, 고시된 값으로 다시 판정할 것.",
                "The allocation is not gazetted: judge again once it is.",
            )
        )
    return said


def _kg(name: str, value: float) -> str:
    """Return a load as the sheet writes it."""
    return f"{value:.{SHEET_DECIMALS[name]}f}"


_NAMES = {"bod": text("BOD", "BOD"), "tn": text("총질소", "T-N"), "tp": text("총인", "T-P")}


def as_json(found: Answer) -> dict[str, Any]:
    """Return an answer as JSON-ready values."""
    return {
        "verdict": found.verdict,
        "verdict_says": VERDICTS[found.verdict].model_dump(),
        "spends_kg_per_d": dict(found.spends_kg_per_d),
        "remains_kg_per_d": dict(found.remains_kg_per_d),
        "reasons": [one.model_dump() for one in found.reasons],
        "conditions": [one.model_dump() for one in found.conditions],
        "paragraphs": [one.as_json() for one in found.paragraphs],
        "consulted_because": [one.model_dump() for one in found.consulted_because],
        "sheet": {
            "rows": [{**vars(row), "kg_per_d": dict(row.kg_per_d)} for row in found.sheet.rows],
            "before": dict(found.sheet.before),
            "after": dict(found.sheet.after),
            "net": dict(found.sheet.net),
        },
        "smaller_share": found.smaller_share,
        "smaller": None if found.smaller is None else project_json(found.smaller),
    }


def project_json(project: Project) -> dict[str, Any]:
    """Return a project as JSON-ready values."""
    return {key: dict(value) if isinstance(value, Mapping) else value for key, value in vars(project).items()}
