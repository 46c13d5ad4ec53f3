"""Eco-mileage in operation: make a city, take readings in, review, settle, explain, ask the weather."""

from __future__ import annotations

from madang.core.language import text
from madang.core.operations import Operation
from madang.solutions.eco_mileage.operating import bringing, driving, making, settling

operations = (
    Operation(
        name="generate",
        says=text(
            "씨앗에서 가상의 도시를 만든다.", "Make a synthetic city from a seed: members, meters, readings, weather."
        ),
        wants=making.Generate,
        run=making.generate,
    ),
    Operation(
        name="import-readings",
        says=text("사용량 파일을 저장소에 넣는다.", "Take files of readings into the store, each whole or not at all."),
        wants=bringing.ImportReadings,
        run=bringing.import_readings,
    ),
    Operation(
        name="review",
        says=text("검토할 사용량을 보인다.", "Show which readings wait for review, and why."),
        wants=settling.Review,
        run=settling.show_review,
    ),
    Operation(
        name="decide",
        says=text("검토할 사용량 하나를 결정한다.", "Decide about one reading under review."),
        wants=settling.Decide,
        run=settling.decide,
    ),
    Operation(
        name="settle",
        says=text("반기나 겨울을 정산해 지급 파일을 쓴다.", "Settle a half-year or a winter and write the award file."),
        wants=settling.Settle,
        run=settling.settle_round,
    ),
    Operation(
        name="explain",
        says=text("한 회원의 결정을 설명한다.", "Explain one member's award: readings, sums, rule."),
        wants=settling.Explain,
        run=settling.explain_member,
    ),
    Operation(
        name="weather",
        says=text(
            "지급 가운데 날씨의 몫을 보인다.", "Show how much of the payout was weather, and which savers it missed."
        ),
        wants=settling.AskWeather,
        run=settling.ask_weather,
    ),
    Operation(
        name="cars",
        says=text(
            "승용차의 한 해나 겨울을 결정한다.", "Decide every car's year or winter, and list odometers for review."
        ),
        wants=driving.Cars,
        run=driving.decide_cars,
    ),
)
