"""Green Button files: multipliers, units, quality, the November clock change, months in part, and no entities."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from madang.core.errors import DataError, TableError
from madang.solutions.eco_mileage.readings import green_button
from madang.solutions.eco_mileage.readings.green_button import meter_number, read_blocks
from madang.solutions.eco_mileage.readings.rows import DOUBTS, QUALITIES, say_month

FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:espi="http://naesb.org/espi">
  <entry><link rel="self" href="/Customer/9/UsagePoint/1"/><title>{title}</title>
    <content><espi:UsagePoint><espi:ServiceCategory><espi:kind>{kind}</espi:kind></espi:ServiceCategory></espi:UsagePoint></content></entry>
  <entry><link rel="self" href="/Customer/9/UsagePoint/1/MeterReading/2"/><link rel="related" href="/ReadingType/7"/>
    <content><espi:MeterReading/></content></entry>
  <entry><link rel="self" href="/ReadingType/7"/><content><espi:ReadingType>
    <espi:powerOfTenMultiplier>{multiplier}</espi:powerOfTenMultiplier><espi:uom>{uom}</espi:uom></espi:ReadingType></content></entry>
  <entry><link rel="self" href="/LocalTime/1"/><content><espi:LocalTimeParameters>
    <espi:tzOffset>{zone}</espi:tzOffset></espi:LocalTimeParameters></content></entry>
  <entry><link rel="self" href="/Customer/9/UsagePoint/1/MeterReading/2/IntervalBlock/3"/>
    <content><espi:IntervalBlock>{readings}</espi:IntervalBlock></content></entry>
</feed>"""
READING = """<espi:IntervalReading>{quality}<espi:timePeriod><espi:duration>{seconds}</espi:duration>
<espi:start>{start}</espi:start></espi:timePeriod><espi:value>{value}</espi:value></espi:IntervalReading>"""
DAY, SEOUL = 86_400, 32_400


def at(*when: int) -> int:
    """Return local standard time in Seoul as seconds of UTC."""
    return int(datetime(*when, tzinfo=UTC).timestamp()) - SEOUL  # type: ignore[arg-type]


def reading(start: int, value: object, seconds: int = DAY, quality: int | None = None) -> str:
    said = (
        "" if quality is None else f"<espi:ReadingQuality><espi:quality>{quality}</espi:quality></espi:ReadingQuality>"
    )
    return READING.format(start=start, value=value, seconds=seconds, quality=said)


def january(value: int = 1000, **more: int) -> str:
    return "".join(reading(at(2024, 1, day), value, **more) for day in range(1, 32))


@pytest.fixture
def green(tmp_path: Path):
    def write(
        readings: str, kind: int = 0, uom: int = 72, multiplier: int = 0, title: str = "12345", zone: int = SEOUL
    ) -> Path:
        path = tmp_path / "usage.xml"
        path.write_text(
            FEED.format(readings=readings, kind=kind, uom=uom, multiplier=multiplier, title=title, zone=zone), "utf-8"
        )
        return path

    return write


def rows_of(path: Path) -> list[dict[str, object]]:
    (block,) = read_blocks(path)
    return block.rows.to_pylist()


def test_days_add_up_to_their_month_in_whole_kilowatt_hours(green) -> None:
    (row,) = rows_of(green(january(9_700)))
    assert (row["meter_id"], say_month(row["month"]), row["quantity"]) == (12345, "2024-01", 301)
    assert (QUALITIES[row["quality"]], DOUBTS[row["doubt"]]) == ("valid", "")


@pytest.mark.parametrize(("multiplier", "kwh"), [(-3, 0), (0, 31), (3, 31_000)])
def test_the_power_of_ten_counts(green, multiplier: int, kwh: int) -> None:
    assert rows_of(green(january(1000), multiplier=multiplier))[0]["quantity"] == kwh


def test_gas_in_cubic_metres_and_water_in_litres_are_read(green) -> None:
    assert (rows_of(green(january(2), kind=1, uom=42))[0]["quantity"]) == 62
    assert (rows_of(green(january(500), kind=2, uom=134))[0]["quantity"]) == 16


def test_a_unit_that_does_not_fit_is_kept_and_held(green) -> None:
    assert DOUBTS[rows_of(green(january(), kind=1, uom=72))[0]["doubt"]] == "unit"


@pytest.mark.parametrize(
    ("code", "quality"),
    [(0, "valid"), (7, "edited"), (8, "estimated"), (9, "estimated"), (10, "questionable"), (17, "valid")],
)
def test_quality_codes_are_told_apart(green, code: int, quality: str) -> None:
    assert QUALITIES[rows_of(green(january(quality=code)))[0]["quality"]] == quality


def test_the_worst_quality_of_a_month_is_that_of_the_month(green) -> None:
    days = january().replace(reading(at(2024, 1, 9), 1000), reading(at(2024, 1, 9), 1000, quality=9))
    assert QUALITIES[rows_of(green(days))[0]["quality"]] == "estimated"


def test_a_reading_given_twice_at_the_clock_change_counts_once(green) -> None:
    assert rows_of(green(january() + reading(at(2024, 1, 7), 1000)))[0]["quantity"] == 31


def test_two_differing_readings_of_one_time_put_the_month_in_doubt(green) -> None:
    assert DOUBTS[rows_of(green(january() + reading(at(2024, 1, 7), 1200)))[0]["doubt"]] == "duplicate"


def test_a_month_in_part_is_kept_and_held(green) -> None:
    found = rows_of(green("".join(reading(at(2024, 1, day), 1000) for day in range(5, 32))))
    assert [(row["quantity"], DOUBTS[row["doubt"]]) for row in found] == [(27, "partial")]


def test_an_interval_across_a_months_end_is_divided_and_estimated(green) -> None:
    found = rows_of(green(reading(at(2024, 1, 1), 91_000, seconds=91 * DAY)))
    assert [(say_month(row["month"]), row["quantity"]) for row in found] == [
        ("2024-01", 31),
        ("2024-02", 29),
        ("2024-03", 31),
    ]
    assert {QUALITIES[row["quality"]] for row in found} == {"estimated"}


def test_months_are_those_of_local_standard_time(green) -> None:
    assert say_month(rows_of(green(january()))[0]["month"]) == "2024-01"
    months = [say_month(row["month"]) for row in rows_of(green(january(), zone=0))]
    assert months == ["2023-12", "2024-01"]


def test_a_usage_point_without_a_number_gets_a_stable_one() -> None:
    assert meter_number("12345", "/a") == 12345
    assert meter_number("Home", "/a") == meter_number("Casa", "/a") != meter_number("Home", "/b")
    assert 0 <= meter_number("Home", "/a") < 10**12


def test_a_value_that_is_no_number_is_named(green) -> None:
    with pytest.raises(TableError, match=r"row 1, column value, value 'much'"):
        rows_of(green(reading(at(2024, 1, 1), "much")))


def test_an_interval_without_length_is_refused(green) -> None:
    with pytest.raises(TableError, match="an interval has no length"):
        rows_of(green(reading(at(2024, 1, 1), 5, seconds=0)))


def test_a_service_that_is_not_settled_is_refused(green) -> None:
    with pytest.raises(TableError, match="this service is none that is settled"):
        rows_of(green(january(), kind=9))


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "declared",
    [
        f'[<!ENTITY l0 "ha">{LAUGHS}]',
        '[<!ENTITY secret SYSTEM "file:///etc/passwd">]',
        '[<!ENTITY % far SYSTEM "http://127.0.0.1:9/x.dtd"> %far;]',
        'SYSTEM "http://127.0.0.1:9/x.dtd"',
        "",
    ],
    ids=["billion laughs", "a file of the machine", "a parameter from afar", "a DTD from afar", "a bare DTD"],
)
def test_a_file_with_a_dtd_or_entities_is_not_read(green, declared: str) -> None:
    path = green(january())
    head = f'<?xml version="1.0"?><!DOCTYPE feed {declared}>'
    path.write_text(path.read_text().replace('<?xml version="1.0" encoding="UTF-8"?>', head))
    with pytest.raises(DataError, match="the file has a DTD or entities, which are not read"):
        rows_of(path)


def test_what_is_not_xml_names_its_line(tmp_path: Path) -> None:
    path = tmp_path / "usage.xml"
    path.write_text("<feed>\n<entry>\n</feed>")
    with pytest.raises(DataError, match=r"the file is not XML: .*\n  where: file .*, row 3"):
        list(read_blocks(path))


def test_a_feed_without_intervals_is_refused(green) -> None:
    with pytest.raises(DataError, match="the file has no interval readings"):
        rows_of(green(""))


def test_what_was_read_is_not_read_again(green) -> None:
    path = green(january())
    (block,) = read_blocks(path)
    assert list(read_blocks(path, block.offset, block.last_row)) == []


@pytest.mark.parametrize(
    ("old", "new"),
    [("http://naesb.org/espi", "http://example.org/espi"), ("http://www.w3.org/2005/Atom", "http://example.org/atom")],
)
def test_elements_of_another_namespace_are_no_readings(green, old: str, new: str) -> None:
    path = green(january())
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(DataError, match="the file has no interval readings"):
        rows_of(path)


@pytest.mark.parametrize(
    ("given", "column"),
    [
        ({"multiplier": 1_000_000_000}, "powerOfTenMultiplier"),
        ({"multiplier": -13}, "powerOfTenMultiplier"),
        ({"multiplier": "ten"}, "powerOfTenMultiplier"),
        ({"uom": "kWh"}, "uom"),
        ({"kind": "power"}, "ServiceCategory/kind"),
        ({"zone": 10**9}, "tzOffset"),
        ({"readings": reading(10**15, 1)}, "timePeriod/start"),
        ({"readings": reading(-1, 1)}, "timePeriod/start"),
        ({"readings": reading(at(2024, 1, 1), 1, seconds=10**12)}, "timePeriod/duration"),
        ({"readings": reading(at(2024, 1, 1), 10**16)}, "value"),
        ({"readings": reading(at(2024, 1, 1), "9" * 5_000)}, "value"),
    ],
)
def test_a_number_without_measure_is_named_and_nothing_is_worked_out(green, given: dict[str, Any], column: str) -> None:
    with pytest.raises(TableError, match=f"column {column}, value"):
        rows_of(green(**{"readings": january(), **given}))


def test_a_month_beyond_any_meter_is_refused(green) -> None:
    with pytest.raises(TableError, match="a month adds up to more than any meter counts"):
        rows_of(green(january(10**15), multiplier=9))


def test_a_file_too_large_to_read_whole_is_not_read(green, monkeypatch: pytest.MonkeyPatch) -> None:
    path = green(january())
    monkeypatch.setattr(green_button, "BYTES_MAX", path.stat().st_size - 1)
    with pytest.raises(DataError, match=r"the file is larger than [\d,]+ bytes"):
        rows_of(path)
    monkeypatch.setattr(green_button, "BYTES_MAX", path.stat().st_size)
    assert len(rows_of(path)) == 1


SECOND = """<entry><link rel="self" href="/Customer/9/UsagePoint/1/MeterReading/4"/>
<link rel="related" href="/ReadingType/8"/>
<content><espi:MeterReading/></content></entry>
<entry><link rel="self" href="/ReadingType/8"/><content><espi:ReadingType>
<espi:powerOfTenMultiplier>{power}</espi:powerOfTenMultiplier><espi:uom>{uom}</espi:uom></espi:ReadingType></content></entry>
<entry><link rel="self" href="/Customer/9/UsagePoint/1/MeterReading/4/IntervalBlock/5"/>
<content><espi:IntervalBlock>{readings}</espi:IntervalBlock></content></entry></feed>"""


@pytest.mark.parametrize(("power", "uom", "kwh", "doubt"), [(3, 72, 3_131, ""), (0, 42, 34_100, "unit")])
def test_each_block_counts_in_its_own_unit_whatever_the_first_block_of_the_meter_has(
    green, power: int, uom: int, kwh: int, doubt: str
) -> None:
    """January in Wh, and one more reading of 3,100 in kWh, or in cubic metres, which no electricity has."""
    path = green(january())
    second = SECOND.format(power=power, uom=uom, readings=reading(at(2024, 1, 1, 1), 3_100))
    path.write_text(path.read_text().replace("</feed>", second))
    (row,) = rows_of(path)
    assert DOUBTS[row["doubt"]] == doubt
    assert row["quantity"] == kwh


@pytest.mark.parametrize("encoding", ["euc-kr", "utf-32", "nonsense"])
def test_letters_in_an_encoding_that_is_not_read_are_told_as_such(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "usage.xml"
    path.write_bytes(f'<?xml version="1.0" encoding="{encoding}"?><feed>'.encode() + b"\xb0\xa1</feed>")
    with pytest.raises(DataError) as caught:
        list(read_blocks(path))
    assert caught.value.todo in {"save it as UTF-8", "ask the utility for the file again"}
