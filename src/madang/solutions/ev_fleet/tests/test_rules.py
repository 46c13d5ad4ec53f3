from __future__ import annotations

import pytest

from madang.core.errors import BoundsError
from madang.solutions.ev_fleet.rules import promised_total, saving_per_vehicle, share_of_class, vehicles_implied


def test_the_parts_add_to_269500_and_with_school_buses_to_269520() -> None:
    total = promised_total(175000, 19000, 10000, 3500, 62000, 20)
    assert total == {"total": 269500, "with_school_buses": 269520}


def test_ten_thousand_taxis_are_fourteen_per_cent_of_71600_and_fifteen_of_66667() -> None:
    assert share_of_class(10000, 71600)["percent"] == pytest.approx(13.97, abs=0.005)
    assert vehicles_implied(10000, 15)["vehicles"] == pytest.approx(66667, abs=0.5)


def test_the_stated_saving_is_the_tailpipe_of_a_car_that_drives_as_others_do() -> None:
    saving = saving_per_vehicle(740_000, 400_000, 31.8)
    assert saving["t_per_year"] == pytest.approx(1.85)
    assert saving["g_per_km"] == pytest.approx(159.4, abs=0.05)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: share_of_class(1, 0), "a class of 0 vehicles has no shares"),
        (lambda: vehicles_implied(1, 0), "a share of 0 per cent implies no number"),
        (lambda: saving_per_vehicle(1, 0, 30), "a saving for no vehicle or no distance means nothing"),
        (lambda: saving_per_vehicle(1, 1, 0), "a saving for no vehicle or no distance means nothing"),
    ],
)
def test_a_sum_without_meaning_is_refused(call: object, message: str) -> None:
    with pytest.raises(BoundsError, match=message):
        call()  # type: ignore[operator]
