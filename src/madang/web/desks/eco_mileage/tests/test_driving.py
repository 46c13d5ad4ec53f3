"""Cars at the desk: joining, odometers, years and winters, from photo to points by the rules of the day."""

from __future__ import annotations

import datetime as dt
import io
from decimal import Decimal

import pytest

from madang.core.errors import UsageError
from madang.web.desks.eco_mileage.models import Car, Look, Odometer, Settlement
from madang.web.desks.eco_mileage.services import books, driving, people, reporting, settling, use
from madang.web.desks.eco_mileage.tests.test_own_deeds import picture
from madang.web.ledger.checking import verify_book
from madang.web.ledger.moving import move, reverse

HOME = "/en/desks/eco-mileage/"


@pytest.fixture
def driver(joined):
    """Return a member with a car new on 1 January 2010, so that 20,000 km by 2018-01-01 is a little below the mean."""
    _, member = joined
    car = driving.join_with(
        member, plate="12가 3456", power="petrol", seats=5, private=True, registered_on=dt.date(2010, 1, 1),
        today=dt.date(2018, 1, 2),
    )  # fmt: skip
    return member, car


def read(car, day, km, shade=0):
    made = driving.report(car, dt.date.fromisoformat(day), km, picture(shade))
    reporting.decide(made, True, by="lee", why="")
    return made


def pay(made):
    settling.approve(made.run, by="lee")
    return settling.post(made.run, by="lee")


def balance(member):
    member.account.refresh_from_db()
    return member.account.balance


def test_the_districts_worked_example_is_paid_from_photo_to_points_50000_40000_10000(driver):
    """Geumcheon, 2017: 2,500 km less earns 50,000; 1,100 less the year after 40,000; then 100 less 10,000."""
    member, car = driver
    # 160,000 km in 2,922 days is 19,986 km a year; each later baseline is the lifetime's mean as it then stands.
    read(car, "2018-01-01", 160_000)
    years = [("2019-01-01", 2_500, 50_000), ("2020-01-01", 1_100, 90_000), ("2021-01-01", 100, 100_000)]
    for day, less, points in years:
        last = car.odometers.order_by("day").last()
        baseline = last.km * 365 // (last.day - car.registered_on).days
        read(car, day, last.km + baseline - less + 0)
        made = driving.settle(until=dt.date.fromisoformat(day), by="kim")
        pay(made)
        assert balance(member) == points, day
    told = [one["code"] for one in use.awards_of_member(member)]
    assert told == ["upkeep", "awarded", "awarded"]
    assert verify_book(member.account.book).outstanding == 100_000


def test_a_year_settled_again_pays_nothing_again_and_a_mended_odometer_corrects(driver):
    member, car = driver
    read(car, "2018-01-01", 160_000)
    end = read(car, "2019-01-01", 160_000 + 17_000)
    pay(driving.settle(until=dt.date(2019, 1, 1), by="kim"))
    assert balance(member) == 50_000
    end.state, end.why = Odometer.State.REFUSED, "another car's"
    end.save()
    read(car, "2019-01-01", 160_000 + 19_200)
    _, done = pay(driving.settle(until=dt.date(2019, 1, 1), by="kim"))
    assert (done.corrected, balance(member)) == (1, 20_000)


def test_a_winter_is_paid_by_the_odometers_before_and_after_it(driver):
    member, car = driver
    for day, km in (("2023-11-20", 200_000), ("2024-02-01", 200_900), ("2024-04-10", 201_697)):
        read(car, day, km)
    pay(driving.settle(season=dt.date(2023, 12, 1), by="kim"))
    assert balance(member) == 10_000
    read(car, "2022-10-31", 180_000)
    assert driving.winter_of(car, dt.date(2022, 12, 1)) is None


@pytest.mark.parametrize(
    ("readings", "span"),
    [
        ([("2018-01-01", 10), ("2018-12-31", 20)], None),
        ([("2018-01-01", 10), ("2019-01-01", 20)], ("2018-01-01", "2019-01-01")),
        ([("2018-01-01", 10), ("2018-06-01", 15), ("2019-03-01", 20)], ("2018-01-01", "2019-03-01")),
        ([("2018-01-01", 10), ("2019-01-01", 20), ("2020-01-01", 30)], ("2019-01-01", "2020-01-01")),
    ],
)
def test_years_follow_one_another_each_365_days_or_longer(driver, readings, span):
    _, car = driver
    for day, km in readings:
        read(car, day, km)
    found = driving.year_of(car, dt.date(2020, 1, 1))
    assert (found and (found.start.day.isoformat(), found.end.day.isoformat())) == span


def test_an_odometer_that_went_back_is_told_before_and_after(driver):
    _, car = driver
    low, high = read(car, "2018-01-01", 100), read(car, "2018-06-01", 90)
    assert driving.went_back(low)
    assert driving.went_back(high)
    high.state = Odometer.State.REFUSED
    high.save()
    assert not driving.went_back(low)


def test_a_photo_that_waits_or_is_refused_decides_nothing(driver):
    _, car = driver
    driving.report(car, dt.date(2018, 1, 1), 1, picture())
    with pytest.raises(UsageError, match="no car has a first and a second reading that count"):
        driving.settle(until=dt.date(2020, 1, 1), by="kim")


def test_an_odometers_photo_sent_twice_and_by_two_members_can_be_looked_at_and_the_look_is_each_ones(
    driver, django_user_model
):
    member, car = driver
    other = people.join(
        django_user_model.objects.create_user("b"), kind="household", district="x", personal_data={"address": "b"},
        meters=[("electricity", 5)],
    )  # fmt: skip
    days = (dt.date(2018, 1, 1), dt.date(2018, 2, 1))
    first, _ = (driving.report(car, day, 100, picture()) for day in days)
    assert reporting.look_at(first.photo_sha256, actor="lee")[:2] == b"\xff\xd8"
    reporting.report(other, "electricity", dt.date(2024, 2, 1), Decimal(1), "kWh", picture())
    reporting.look_at(first.photo_sha256, actor="lee")
    looks = Look.objects.filter(actor="lee", what="photo").values_list("number", flat=True)
    assert sorted(looks) == sorted((member.number, member.number, other.number))


@pytest.mark.parametrize(
    ("earlier", "km"),
    # 2016-01-02 lies 730 days before 2018-01-01; of 1,096 days the two years' share is 54,800 x 730 / 1,096 = 36,500.
    [(("2016-01-02", 120_000), 40_000), (("2016-01-03", 120_000), None), (("2015-01-01", 105_200), 36_500)],
)
def test_what_was_driven_in_two_years_is_known_from_a_reading_as_old_as_that(driver, earlier, km):
    _, car = driver
    read(car, *earlier)
    start = read(car, "2018-01-01", 160_000)
    assert driving._two_years_km(car, start) == km


def test_the_reading_nearest_to_two_years_before_tells_and_one_that_waits_does_not(driver):
    _, car = driver
    for day, km in (("2014-01-02", 1_000), ("2016-01-02", 120_000), ("2017-01-01", 150_000)):
        read(car, day, km)
    driving.report(car, dt.date(2015, 12, 31), 1, picture())
    assert driving._two_years_km(car, read(car, "2018-01-01", 160_000)) == 40_000


def test_a_year_paid_before_counts_unless_it_was_taken_back_or_was_a_winters_or_anothers(driver, points_of_another):
    member, _ = driver
    city, day = books.sink("city"), dt.date(2019, 2, 1)
    for taker, kind in ((points_of_another, "car 2018-01"), (member.account, "car_season 2017-12")):
        move(city, taker, 10_000, key=kind, kind=kind, event_day=day)
    assert not driving._awarded_before(member, dt.date(2019, 1, 1))
    paid = move(city, member.account, 50_000, key="y", kind="car 2018-01", event_day=day)
    asked = [dt.date(2018, 1, 31), dt.date(2018, 2, 1), dt.date(2019, 1, 1)]
    assert [driving._awarded_before(member, start) for start in asked] == [False, True, True]
    reverse(paid.transfer_id, key="back", event_day=day)
    assert not driving._awarded_before(member, dt.date(2019, 1, 1))


@pytest.fixture
def points_of_another(db):
    """Return the account of somebody else."""
    return books.member_account(424_242)


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("2023-11-01", "2024-05-01", True), ("2023-12-01", "2024-04-01", True), ("2023-10-31", "2024-04-01", False),
        ("2023-12-02", "2024-04-01", False), ("2023-12-01", "2024-03-31", False), ("2023-12-01", "2024-05-02", False),
    ],
)  # fmt: skip
def test_a_winters_odometers_are_read_within_thirty_days_of_it(driver, before, after, found):
    _, car = driver
    start, end = read(car, before, 1_000), read(car, after, 2_000)
    period = driving.winter_of(car, dt.date(2023, 12, 1))
    assert ((period.start, period.end) == (start, end)) if found else period is None


def test_the_two_odometers_behind_a_decision_are_those_of_its_year_or_winter(driver):
    member, car = driver
    first, second, before, after = (
        read(car, day, 1_000 + place)
        for place, day in enumerate(("2021-05-20", "2022-05-20", "2023-11-20", "2024-04-10"))
    )
    assert driving.readings_behind(member, dt.date(2021, 5, 1), season=False) == [first, second]
    assert driving.readings_behind(member, dt.date(2022, 5, 1), season=False) == [second, before]
    assert driving.readings_behind(member, dt.date(2023, 12, 1), season=True) == [before, after]
    assert driving.readings_behind(member, dt.date(2022, 12, 1), season=True) == []
    car.delete()
    assert driving.readings_behind(member, dt.date(2021, 5, 1), season=False) == []


def test_a_winter_begins_with_the_last_odometer_before_it_and_ends_with_the_first_after(driver):
    _, car = driver
    days = ("2023-11-05", "2023-11-20", "2024-02-01", "2024-04-10", "2024-04-20")
    _, start, _, end, _ = (read(car, day, 1_000 + place) for place, day in enumerate(days))
    assert driving.winter_of(car, dt.date(2023, 12, 1)) == driving.Period(start, end)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"seats": 13}, r"this car may not take part \(R8\)"),
        ({"private": False}, r"this car may not take part \(R8\)"),
        ({"power": "hybrid"}, r"this car may not take part \(R24\)"),
        ({"registered_on": dt.date(2199, 1, 1)}, "the car is registered on a day to come"),
    ],
)
def test_a_car_that_the_rules_keep_out_does_not_join(joined, given, said):
    plain = {"power": "petrol", "seats": 5, "private": True, "registered_on": dt.date(2015, 1, 1)}
    with pytest.raises(UsageError, match=said):
        driving.join_with(joined[1], plate="1", today=dt.date(2026, 3, 1), **{**plain, **given})
    assert not Car.objects.exists()


def test_one_car_a_member_and_one_member_a_car(driver, django_user_model):
    member, _ = driver
    other = people.join(
        django_user_model.objects.create_user("b"), kind="household", district="x", personal_data={"address": "b"},
        meters=[("electricity", 5)],
    )  # fmt: skip
    plain = {"power": "petrol", "seats": 5, "private": True, "registered_on": dt.date(2015, 1, 1)}
    for who, plate in ((member, "98나 7654"), (other, "12가3456")):
        with pytest.raises(UsageError, match="this car, or another of yours, takes part already"):
            driving.join_with(who, plate=plate, **plain)


@pytest.mark.parametrize(
    ("day", "km", "said"),
    [
        (dt.date(2009, 12, 31), 1, "no odometer was read on this day"),
        (dt.date(2199, 1, 1), 1, "no odometer was read on this day"),
        (dt.date(2018, 1, 1), 10_000_001, "this distance can not be"),
    ],
)
def test_an_odometer_that_can_not_be_is_refused(driver, day, km, said):
    with pytest.raises(UsageError, match=said):
        driving.report(driver[1], day, km, picture())


def test_leaving_deletes_the_car_and_the_plate_is_sealed_till_then(driver):
    member, car = driver
    assert "3456" not in car.sealed
    assert people.export(member, actor="m")["car"]["plate"] == "12가 3456"
    people.leave(member, give_up=0, actor="m")
    assert not Car.objects.exists()


def test_a_driver_joins_and_reports_and_officers_settle_on_pages(joined, person):
    client, member = joined
    given = {"plate": "12가 3456", "power": "petrol", "seats": 5, "registered_on": "2010-01-01", "private": "on"}
    assert client.post(f"{HOME}me/car/", {**given, "seats": 40}).status_code == 400
    assert client.post(f"{HOME}me/car/", given).status_code == 303
    for day, km in (("2018-01-01", 160_000), ("2019-01-01", 177_000)):
        photo = io.BytesIO(picture(km % 200))
        photo.name = "odometer.jpg"
        assert client.post(f"{HOME}me/car/", {"day": day, "km": km, "photo": photo}).status_code == 303
    officer, second = person("officer"), person("admin")
    for one in Odometer.objects.all():
        sent = {"kind": "odometer", "number": one.pk, "decision": "counts"}
        assert officer.post(f"{HOME}office/photos/", sent).status_code == 303
    assert officer.post(f"{HOME}office/cars/", {"until": "2019-01-01"}).status_code == 303
    made = Settlement.objects.get()
    address = f"{HOME}office/settlements/{made.run}/"
    assert "cars, a year" in officer.get(address).content.decode()
    assert second.post(f"{address}approve/").status_code == 303
    assert second.post(f"{address}post/").status_code == 303
    assert balance(member) == 50_000
    why = client.get(f"{HOME}me/why/{made.run}/").content.decode()
    assert "2,986" in why.replace(".", ",")
    assert "20,000 from 5 %" in why
    assert "awarded" in client.get(f"{HOME}me/car/").content.decode()
    car = Car.objects.get()
    assert officer.post(f"{HOME}office/cars/", {"ends": car.pk, "change": "owner"}).status_code == 303
    assert "another owner" in officer.get(f"{HOME}office/cars/").content.decode()
    assert officer.post(f"{HOME}office/cars/", {"ends": car.pk, "change": "nothing"}).status_code == 400
