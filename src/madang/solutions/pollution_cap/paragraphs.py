"""The paragraphs an answer stands on, and the projects that must ask; what was not found verbatim says so."""

from __future__ import annotations

from dataclasses import dataclass

from madang.core.language import Text, text

#: Thresholds of the list of projects that must ask.
FLATS_MIN = 30
LODGING_FLOOR_M2, SEWAGE_FLOOR_M2 = 400.0, 800.0
KINDS: dict[str, Text] = {
    "article_30": text("국토계획법 제30조 협의 대상", "a plan consulted under article 30 of the planning act"),
    "rural_settlement": text("농어촌 정비·마을 조성", "a rural settlement project"),
    "housing": text("30세대 이상 공동주택", "housing of 30 flats or more"),
    "environmental_assessment": text("환경영향평가 대상", "a project that needs an environmental impact assessment"),
    "lodging_or_food": text(
        "특별대책지역의 숙박·식품접객업 400㎡ 이상", "lodging or food of 400 m2 or more in a special area"
    ),
    "sewage_building": text("오수배출시설 800㎡ 이상", "another building with sewage of 800 m2 or more"),
    "large_building": text(
        "수도권의 업무·판매·복합 건축물", "an office, sales or mixed building in the capital region"
    ),
}


@dataclass(frozen=True)
class Paragraph:
    """A rule an answer stands on: what it says, where it was read, and whether the very text was seen."""

    key: str
    says: Text
    source: str
    verbatim: bool

    def as_json(self) -> dict[str, object]:
        """Return it as JSON-ready values."""
        return {"key": self.key, "says": self.says.model_dump(), "source": self.source, "verbatim": self.verbatim}


PARAGRAPHS: dict[str, Paragraph] = {
    paragraph.key: paragraph
    for paragraph in (
        Paragraph(
            "account",
            text(
                "개발로 늘어나는 부하량은 지역개발부하량의 잔여량을 넘을 수 없다.",
                "The load that a development adds may not exceed what is left of the local development load.",
            ),
            "Seoul's local development load of the first step: https://news.seoul.go.kr/safe/archives/20387",
            verbatim=False,
        ),
        Paragraph(
            "restriction",
            text(
                "목표를 지키지 못한 지방자치단체에는 도시개발·산업단지 등의 승인을 하지 않는다.",
                "A local government that misses its goal is refused approvals such as urban development.",
            ),
            "https://water.nier.go.kr/mobile/board/3/864; the number of the article was not readable",
            verbatim=False,
        ),
        Paragraph(
            "consultation",
            text(
                "목록에 든 사업은 승인 전에 총량을 협의한다.",
                "A project on the list consults on its load before it is approved.",
            ),
            "https://water.nier.go.kr/web/link/?pMENU_NO=79",
            verbatim=False,
        ),
    )
}


def consulted_because(kinds: tuple[str, ...], flats: int, floor_m2: float) -> tuple[Text, ...]:
    """Return why a project is on the list of those that must ask; empty where it need not."""
    found: list[str] = [
        kind for kind in ("article_30", "rural_settlement", "environmental_assessment") if kind in kinds
    ]
    if flats >= FLATS_MIN:
        found.append("housing")
    if "lodging_or_food" in kinds and floor_m2 >= LODGING_FLOOR_M2:
        found.append("lodging_or_food")
    if "sewage_building" in kinds and floor_m2 >= SEWAGE_FLOOR_M2:
        found.append("sewage_building")
    if "large_building" in kinds:
        found.append("large_building")
    return tuple(KINDS[kind] for kind in found)
