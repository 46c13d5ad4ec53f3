"""Organisations at the desk: contests and evaluations, prizes by two people, never the households' tiers."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from django.contrib.auth.models import Group
from django.db import IntegrityError, transaction

from madang.core.errors import UsageError
from madang.core.progress import silent
from madang.solutions.eco_mileage.operating.bringing import ImportReadings, import_readings
from madang.web.desks.eco_mileage.models import Organisation, Prize, Trail
from madang.web.desks.eco_mileage.services import contests, people, tables

HOME = "/en/desks/eco-mileage/"
SUMMER = dt.date(2023, 6, 1)


def organisation(django_user_model, meter, sort, toe=None):
    member = people.join(
        django_user_model.objects.create_user(f"org{meter}"), kind="organisation", district="중구", sort=sort,
        personal_data={"name": "가", "address": f"중구 {meter}"}, meters=[("electricity", meter)],
        today=dt.date(2023, 1, 5),
    )  # fmt: skip
    if toe is not None:
        Organisation.objects.filter(member=member).update(toe=toe)
    return member


def bring(folder, *series, until=10):
    """Take readings in: (meter, kWh a month in 2021 and 2022, in 2023), June to September and further."""
    head = "utility,meter_id,month,quantity,unit,quality,corrects"
    rows = [
        f"electricity,{meter},{year}-{month:02},{after if year == 2023 else before},kWh,,"
        for meter, before, after in series for year in (2021, 2022, 2023) for month in range(6, until)
    ]  # fmt: skip
    path = folder / "organisations.csv"
    path.write_text("\n".join([head, *rows]) + "\n")
    import_readings(ImportReadings(folder=folder, files=(path,), today=dt.date(2024, 1, 10)), silent)


@pytest.fixture
def four(desk_home, django_user_model):
    """Return a shop that saved a tenth, a company a little less, a school, and a company of unknown size."""
    sorts = [("shop", 10), ("company", 10), ("school", 10), ("company", None)]
    members = [organisation(django_user_model, 500 + place, *one) for place, one in enumerate(sorts)]
    bring(desk_home, (500, 1000, 900), (501, 1000, 901), (502, 1000, 500), (503, 1000, 500))
    return members


def test_each_organisation_stands_by_the_contests_rules(four):
    found = contests.stands(SUMMER)
    assert [(one.standing.code, one.said.en) for one in found] == [
        ("reached", "reached what is asked"), ("below_edge", "below what is asked"), ("excluded", "may not take part"),
        ("size_unknown", "its size in TOE is not known"),
    ]  # fmt: skip
    assert [one.percent for one in found][:2] == [10.0, pytest.approx(9.9)]


def test_a_missing_month_is_unknown_not_zero_and_a_day_without_contest_says_so(desk_home, django_user_model):
    organisation(django_user_model, 600, "shop", 1)
    bring(desk_home, (600, 1000, 100), until=9)
    one = contests.stands(SUMMER)[0]
    assert (one.said.en, one.percent) == ("a month is missing", None)
    assert contests.stands(dt.date(2023, 7, 1))[0].standing.code == "no_contest"


def test_an_evaluation_of_six_months_takes_its_own_edge_and_months(desk_home, django_user_model):
    organisation(django_user_model, 700, "company")
    bring(desk_home, (700, 1000, 900), until=12)
    assert contests.stands(SUMMER, dt.date(2024, 5, 10))[0].standing.code == "reached"
    assert contests.stands(SUMMER, dt.date(2024, 6, 10))[0].standing.code == "not_evaluated_in_this_month"


def test_a_prize_is_noted_by_one_and_approved_by_another_and_split_by_the_rule(four):
    made = contests.note_prize(four[0], SUMMER, 1_000_001, by="kim")
    assert (made.reward_won_max, made.rule) == (200_000, "R17+R18")
    with pytest.raises(UsageError, match="nobody approves what they noted"):
        contests.approve_prize(made, by="kim")
    with pytest.raises(IntegrityError), transaction.atomic():
        Prize.objects.filter(pk=made.pk).update(approved_by="kim")
    for by in ("lee", "park"):
        contests.approve_prize(made, by=by)
    assert Prize.objects.get(pk=made.pk).approved_by == "lee"
    told = Trail.objects.filter(about=str(four[0].number)).order_by("pk").values_list("actor", "act", "detail")
    assert list(told)[-2:] == [
        ("kim", "prize noted", {"won": 1_000_001}), ("lee", "prize approved", {"won": 1_000_001}),
    ]  # fmt: skip
    with pytest.raises(UsageError, match="a prize of this contest is noted already"):
        contests.note_prize(four[0], SUMMER, 1_000_000, by="kim")


@pytest.mark.parametrize(
    ("place", "won", "said"),
    [(1, 1_000_000, "this organisation has not reached what is asked"), (0, 499_999, "lies elsewhere"),
     (0, 10_000_001, "lies elsewhere")],
)  # fmt: skip
def test_a_prize_outside_the_rules_is_not_noted(four, place, won, said):
    with pytest.raises(UsageError, match=said):
        contests.note_prize(four[place], SUMMER, won, by="kim")
    assert not Prize.objects.exists()


def test_no_organisation_is_paid_by_the_households_tiers(four, django_user_model):
    home = people.join(
        django_user_model.objects.create_user("home"), kind="household", district="중구",
        personal_data={"address": "집"}, meters=[("electricity", 1)], today=dt.date(2022, 12, 5),
    )  # fmt: skip
    tables.write_people(dt.date(2023, 1, 1))
    folder = people.desk_folder()
    assert pl.read_parquet(folder / "members.parquet")["member_id"].to_list() == [home.number]
    assert pl.read_parquet(folder / "meters.parquet")["meter_id"].to_list() == [1]


def test_officers_see_stands_and_keep_prizes_on_pages(four, person):
    kim, lee = person("officer"), person("admin")
    address = f"{HOME}office/organisations/"
    page = kim.get(f"{address}?first_month=2023-06").content.decode()
    assert page.count("may not take part") == 1
    sent = {"what": "prize", "member": four[0].number, "first_month": "2023-06", "won": "600000"}
    assert kim.post(f"{address}?first_month=2023-06", sent).status_code == 303
    assert "a second officer" in kim.get(address).content.decode()
    assert kim.post(address, {"what": "approve", "prize": Prize.objects.get().pk}).status_code == 400
    assert lee.post(address, {"what": "approve", "prize": Prize.objects.get().pk}).status_code == 303
    size = {"what": "kind", "member": four[3].number, "sort": "company", "toe": "1999"}
    assert kim.post(address, size).status_code == 303
    assert contests.stands(SUMMER)[3].standing.code == "reached"
    assert kim.post(address, {**size, "toe": "many"}).status_code == 400
    assert kim.post(address, {**size, "sort": "club"}).status_code == 400


def test_an_organisation_sees_its_kind_and_its_approved_prize(four, client):
    four[0].user.groups.add(Group.objects.get(name="member"))
    client.force_login(four[0].user)
    made = contests.note_prize(four[0], SUMMER, 600_000, by="kim")
    assert "600,000" not in client.get(f"{HOME}me/").content.decode()
    contests.approve_prize(made, by="lee")
    page = client.get(f"{HOME}me/").content.decode()
    assert "small shop" in page
    assert "600,000" in page
    assert "120,000" in page
    assert people.export(four[0], actor="m")["prizes"][0]["won"] == 600_000


def test_a_household_is_made_no_organisation_by_a_number_mistyped(desk_home, joined, person):
    _, home = joined
    answer = person("officer").post(
        f"{HOME}office/organisations/", {"what": "kind", "member": home.number, "sort": "shop", "toe": "3"}
    )
    assert (answer.status_code, "is a household" in answer.content.decode()) == (400, True)
    assert not Organisation.objects.exists()
