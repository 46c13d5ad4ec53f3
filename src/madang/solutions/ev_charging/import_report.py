"""The report an import ends with: the network's quality, what an extract held, and how points lie on the streets."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import polars as pl

from madang.core.errors import NetworkError
from madang.core.importing import ImportRequest, QualityRow, QualityState
from madang.core.language import LANGUAGES, Text, text
from madang.core.progress import Progress
from madang.methods.walking_network import DataQuality, WalkingNetwork, snap
from madang.solutions.ev_charging.streets import network_of

_SNAP_M = 200.0


def network_rows(quality: DataQuality) -> list[QualityRow]:
    """Return the walking network's report as rows."""
    rows = [
        QualityRow(text("마디", "nodes"), quality.nodes),
        QualityRow(text("길", "streets"), quality.edges),
        QualityRow(text("길의 길이(km)", "length of the streets in km"), round(quality.street_km)),
        QualityRow(
            text("서로 떨어진 조각", "pieces apart from each other"), quality.components, _more_than_one(quality)
        ),
    ]
    rows += [
        QualityRow(text(f"뺀 길: {quality.words(why).ko}", f"ways left out: {why}"), count, "dropped")
        for why, count in _by_count(quality.dropped)
    ]
    return rows + [
        QualityRow(
            text(f"발견: {quality.words(what).ko}", f"found: {what}"), count, "mended", quality.examples.get(what, ())
        )
        for what, count in _by_count(quality.defects)
    ]


def _more_than_one(quality: DataQuality) -> QualityState:
    """Return the state of a network's pieces."""
    return "warning" if quality.largest_component_share < 0.98 else "ok"


def pieces(quality: DataQuality) -> list[Text]:
    """Return the warning that streets fall into pieces, where they do."""
    share = quality.largest_component_share
    if share >= 0.98:
        return []
    return [
        text(
            f"가장 큰 조각에 마디의 {share:.0%}만 있습니다. 조각 사이는 걸어서 건널 수 없는 것으로 봅니다. "
            "길은 점을 함께 쓰는 데서만 만납니다. 선이 그냥 엇갈리면 만나는 곳마다 끊어 다시 넣으십시오.",
            f"the largest piece holds only {share:.0%} of the nodes; nobody walks from one piece to another: streets "
            "meet where they share a point, so where lines merely cross, split them there and import them again",
        )
    ]


def missing(tables: Mapping[str, pl.DataFrame]) -> list[Text]:
    """Return what an extract did not hold."""
    said = {
        "demand": text(
            "추출 파일에 주소나 집이 없습니다. 수요를 따로 넣으십시오.",
            "the extract holds no address and no home: import demand",
        ),
        "sites": text(
            "추출 파일에 주차장이나 충전소가 없습니다. 자리를 따로 넣으십시오.",
            "the extract holds no car park and no charger: import sites",
        ),
    }
    return [warning for name, warning in said.items() if name not in tables]


def places_rows(counts: Mapping[str, int]) -> list[QualityRow]:
    """Return what was counted in an extract as rows."""
    names = {
        "addresses": "주소", "addresses that repeat another": "되풀이된 주소", "homes": "집",
        "demand points": "수요 지점", "car parks": "주차장", "charging stations": "충전소", "sites": "자리",
    }  # fmt: skip
    return [QualityRow(text(names[what], what), count) for what, count in counts.items()]


def on_streets(request: ImportRequest, frame: pl.DataFrame, what: Text, progress: Progress) -> list[QualityRow]:
    """Return how points lie on the streets the city has; nothing where it has none yet.

    Raises NetworkError where not one lies near a street, with the likely reason.
    """
    nodes, edges = request.given.get("street_nodes"), request.given.get("street_edges")
    if nodes is None or edges is None:
        return [
            QualityRow(
                text("거리가 아직 없어 길 위에 놓아 보지 못함", "not tried on streets: the city has none yet"),
                0,
                "warning",
            )
        ]
    return snap_rows(network_of(nodes, edges, progress), frame, what)


def still_on_streets(
    request: ImportRequest, network: WalkingNetwork, names: Mapping[str, Text]
) -> tuple[list[QualityRow], list[Text]]:
    """Return how the points a city has already lie on streets that are brought now, and a warning where none does."""
    rows: list[QualityRow] = []
    warnings: list[Text] = []
    for name, what in names.items():
        table = request.given.get(name)
        if table is None:
            continue
        try:
            rows += snap_rows(network, table.frame, what)
        except NetworkError as error:
            rows.append(QualityRow(text(f"길 위에 놓인 {what.ko}", f"{what.en} placed on a street"), 0, "warning"))
            ko, en = ("; ".join(part for part in error.parts(code) if part) for code in LANGUAGES)
            warnings.append(text(f"도시에 이미 있는 {what.ko}: {ko}", f"the city's {what.en}: {en}"))
    return rows, warnings


def snap_rows(network: WalkingNetwork, frame: pl.DataFrame, what: Text) -> list[QualityRow]:
    """Return how points lie on a network."""
    _, report = snap(
        network,
        frame["lon"].to_numpy(),
        frame["lat"].to_numpy(),
        ids=np.array(frame["id"].to_list(), dtype=np.str_),
        what=what,
        distance_max_m=_SNAP_M,
    )
    lost = report.points - report.snapped
    ids = tuple(str(one) for one in report.unsnapped_ids[:5])
    return [
        QualityRow(text(f"길 위에 놓인 {what.ko}", f"{what.en} placed on a street"), report.snapped),
        QualityRow(
            text(f"길에서 {_SNAP_M:g}m 넘게 떨어진 {what.ko}", f"{what.en} over {_SNAP_M:g} m from any street"),
            lost,
            "warning" if lost else "ok",
            ids,
        ),
    ]


def _by_count(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """Return names and counts, largest first."""
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
