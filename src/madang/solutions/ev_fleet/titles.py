"""What the figures call classes, groups, paths and charging profiles, and the columns they share."""

from __future__ import annotations

from madang.core.figures import FigureColumn
from madang.core.language import Text, text

CLASS_TITLES = {
    "car": text("승용차", "Cars"), "taxi": text("택시", "Taxis"), "rental_car": text("렌터카", "Rental cars"),
    "city_bus": text("시내버스", "City buses"), "village_bus": text("마을버스", "Village buses"),
    "school_bus": text("통학버스", "School buses"), "other_van": text("그 밖의 승합차", "Other vans"),
    "truck": text("화물차", "Trucks"), "parcel_truck": text("택배 화물차", "Parcel trucks"),
    "special": text("특수차", "Special vehicles"), "motorcycle": text("이륜차", "Motorcycles"),
    "delivery_motorcycle": text("배달 이륜차", "Delivery motorcycles"),
}  # fmt: skip
#: Groups in which a chart can still tell classes apart by colour.
GROUP_OF = {
    "car": "cars", "taxi": "taxis", "rental_car": "rental", "city_bus": "buses", "village_bus": "buses",
    "school_bus": "buses", "other_van": "others", "truck": "trucks", "parcel_truck": "trucks", "special": "others",
    "motorcycle": "motorcycles", "delivery_motorcycle": "delivery",
}  # fmt: skip
GROUP_TITLES = {
    "cars": text("승용차", "Cars"), "taxis": text("택시", "Taxis"), "rental": text("렌터카", "Rental cars"),
    "buses": text("버스", "Buses"), "trucks": text("화물차", "Trucks"),
    "motorcycles": text("이륜차", "Motorcycles"), "delivery": text("배달 이륜차", "Delivery motorcycles"),
    "others": text("그 밖", "Others"),
}  # fmt: skip
PROFILES: dict[str, Text] = {
    "measured": text("측정(상파울루)", "Measured (Sao Paulo)"),
    "even": text("고르게", "Even"),
    "night": text("밤(23–7시)", "Night (23 to 7)"),
    "evening": text("저녁(18–23시)", "Evening (18 to 23)"),
}
PATH_TITLES: dict[str, Text] = {
    "reference": text("정책 없이", "without the policy"),
    "mandates_only": text("의무만", "mandates only"),
    "promised": text("약속대로", "as promised"),
    "as_registered": text("등록된 대로", "as registered"),
}
YEAR = FigureColumn("year", text("연도", "Year"), "year", 0)
PATH = FigureColumn("path", text("경로", "Path"))
