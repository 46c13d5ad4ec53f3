"""Forms sent by hand: numbers that are none, names without end, decisions nobody offers. Each is refused in words."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from madang.web.desks.eco_mileage.models import Item, Trail

OFFICE = "/en/desks/eco-mileage/office/"
ITEM = {"way": "tax", "title_ko": "세금", "title_en": "Tax", "unit_points": 1, "units_min": 1}
ROUND = "?first_month=2024-01&kind=half_year&windows=joined"
NUMBERS = ("", "abc", "²", "-1", "9" * 25, "9" * 5_000, "١")


@pytest.mark.parametrize("said", NUMBERS)
@pytest.mark.parametrize(
    ("page", "field", "more"),
    [
        ("deliveries/", "redemption", {"what": "deliver"}),
        ("person/", "number", {"why": "a call"}),
        ("photos/", "number", {"kind": "report", "decision": "counts"}),
        ("cars/", "ends", {"change": "owner"}),
        ("organisations/", "prize", {"what": "approve"}),
        ("organisations/", "member", {"sort": "shop", "toe": "1"}),
        ("codes/", "withdraw", {}),
    ],
)
def test_a_number_that_is_none_is_refused(person, desk_home, page, field, more, said):
    assert person("officer").post(OFFICE + page, {field: said, **more}).status_code in {400, 404}


@pytest.mark.parametrize("before", NUMBERS)
def test_the_trail_begins_at_its_newest_where_the_address_says_no_number(person, desk_home, before):
    Trail.objects.create(actor="", act="something new", about="x")
    answer = person("officer").get(f"{OFFICE}trail/", {"before": before})
    assert answer.status_code == 200


def test_an_act_without_a_name_and_an_act_nobody_knows_are_shown_as_they_stand(person, desk_home):
    Trail.objects.create(actor="", act="something new", about="x", detail={"never told": 3})
    shown = person("officer").get(f"{OFFICE}trail/").content.decode()
    assert "something new" in shown
    assert "never told 3" in shown


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({}, "no decision was chosen"),
        ({"item": "spike:1:gas:2024-01", "decision": "maybe", "why": "x"}, "no decision was chosen"),
        ({"item": "spike:1:gas:2024-01", "decision": "counts", "why": " "}, "a decision needs a name and a reason"),
    ],
)
def test_a_decision_nobody_offers_or_without_a_reason_is_refused(person, registered, told, says):
    answer = person("officer").post(f"{OFFICE}review/{ROUND}", told)
    assert (answer.status_code, says in answer.content.decode()) == (400, True)
    assert not Trail.objects.filter(act="decided").exists()


@pytest.mark.parametrize("month", ["0001-01", "9999-12"])
@pytest.mark.parametrize("page", ["settle/", "what-if/"])
def test_a_month_of_no_year_of_the_programme_is_refused(person, registered, page, month):
    given = {"first_month": month, "kind": "half_year", "windows": "joined", "rules_of": "2016-06-01"}
    answer = person("officer").post(OFFICE + page, given)
    assert (answer.status_code, "is not a month" in answer.content.decode()) == (400, True)


@pytest.mark.parametrize("field", ["unit_points", "units_min", "stock"])
def test_an_item_of_more_than_the_ledger_holds_is_refused(person, desk_home, field):
    answer = person("officer").post(f"{OFFICE}catalogue/", {"code": "x", **ITEM, field: 10**25})
    assert answer.status_code == 400
    assert not Item.objects.exists()


def test_a_file_whose_name_has_no_end_is_taken_in(person, desk_home):
    head = b"utility,meter_id,month,quantity,unit,quality,corrects\n"
    sent = SimpleUploadedFile(f"{'가' * 200}.csv", head + b"gas,1,2024-01,30,m3,,\n")
    answer = person("officer").post(f"{OFFICE}import/", {"readings": sent})
    assert answer.status_code == 200
    assert Trail.objects.get(act="imported").about.endswith(".csv")
