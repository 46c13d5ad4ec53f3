"""What assumptions and their choices are called in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from madang.core.language import Text, text

ASSUMPTIONS: Mapping[str, Text] = {
    "weights": text("가중치", "Weights"),
    "normalisation": text("정규화", "Normalisation"),
    "treatment": text("이상값 다루기", "Treatment of outliers"),
    "missing": text("빈칸 채우기", "Missing data"),
    "weighting": text("가중 방법", "Way of weighing"),
    "power": text("합치는 방법", "Aggregation"),
    "leave_out": text("지표 하나 빼기", "Leaving one indicator out"),
}
#: What an assumption may take; the same word may mean another thing under another one.
CHOICES: Mapping[str, Mapping[object, Text]] = {
    "normalisation": {
        "min_max": text("최소–최대", "min-max"),
        "z": text("표준점수", "z score"),
        "rank": text("순위", "rank"),
        "borda": text("보르다 점수", "Borda count"),
        "percentile": text("백분위", "percentile"),
        "goalposts": text("기준점", "goalposts"),
        "distance_max": text("최고와의 거리", "distance to the best"),
        "distance_reference": text("기준 도시와의 거리", "distance to the reference city"),
        "distance_target": text("목표와의 거리", "distance to the target"),
        "fraction_max": text("최고에 대한 비율", "fraction of the best"),
    },
    "treatment": {
        "none": text("다루지 않음", "none"),
        "winsorise": text("끌어당김", "pulled in"),
        "auto": text("끌어당기거나 로그", "pulled in, or a logarithm"),
        "log": text("로그", "logarithm"),
        "log_shifted": text("옮긴 로그", "shifted logarithm"),
        "log_signed": text("부호를 지닌 로그", "signed logarithm"),
        "box_cox": text("박스–콕스 변환", "Box-Cox transform"),
    },
    "missing": {
        "leave_out": text("빼고 가중치를 나눔", "left out, weights shared anew"),
        "mean": text("평균으로 채움", "filled by the mean"),
        "median": text("중앙값으로 채움", "filled by the median"),
        "carry_forward": text("앞 해의 값으로 채움", "filled from an earlier year"),
        "linear": text("앞뒤 해 사이로 채움", "filled between years"),
    },
    "weighting": {
        "given": text("주어진 대로", "as given"),
        "equal": text("똑같이", "equal"),
        "entropy": text("엔트로피", "entropy"),
        "critic": text("CRITIC", "CRITIC"),
        "pca": text("주성분", "principal component"),
        "importance": text("중요도 목표", "importance aimed at"),
    },
    "power": {
        1.0: text("산술평균", "arithmetic mean"),
        0.0: text("기하평균", "geometric mean"),
        -1.0: text("조화평균", "harmonic mean"),
    },
}
