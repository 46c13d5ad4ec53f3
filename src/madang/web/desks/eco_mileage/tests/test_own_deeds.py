"""A member's deeds beside saving: asking to be evaluated, moving, reporting by photo; and what an officer decides."""

from __future__ import annotations

import datetime as dt
import io
import shutil
from decimal import Decimal

import polars as pl
import pytest
from django.utils.timezone import localdate
from PIL import Image

from madang.core.errors import DataError, UsageError
from madang.solutions.eco_mileage.readings.rows import month_number
from madang.web.desks.eco_mileage.models import Look, Member, Meter, OptIn, Report, Trail
from madang.web.desks.eco_mileage.services import people, photos, reporting, use, wishes

HOME = "/en/desks/eco-mileage/"
TODAY = dt.date(2026, 3, 10)


def picture(shade=0, form="JPEG", exif=None):
    out = io.BytesIO()
    Image.new("RGB", (40, 30), (shade, 90, 90)).save(out, form, **({"exif": exif} if exif else {}))
    return out.getvalue()


@pytest.mark.parametrize(
    ("since", "today", "starts"),
    [
        ("2024-01-05", "2026-03-10", ["2025-08", "2026-02"]),
        ("2024-01-05", "2026-01-31", ["2025-02", "2025-08"]),
        ("2026-02-20", "2026-03-10", ["2026-03"]),
        ("2026-03-01", "2026-03-10", ["2026-04"]),
    ],
)
def test_the_half_year_under_way_and_the_one_before_may_be_asked_for(since, today, starts, joined_member):
    joined_member.joined_on = dt.date.fromisoformat(since)
    found = wishes.half_years(joined_member, dt.date.fromisoformat(today))
    assert [f"{one.first_month:%Y-%m}" for one in found] == starts


@pytest.fixture
def joined_member(joined):
    return joined[1]


def test_asking_twice_is_asking_once_and_a_far_half_year_can_not_be_asked_for(joined_member):
    for _ in range(2):
        wishes.ask(joined_member, dt.date(2026, 2, 1), actor="x", today=TODAY)
    assert OptIn.objects.count() == Trail.objects.filter(act="asked").count() == 1
    with pytest.raises(UsageError, match="this half-year can not be asked for now"):
        wishes.ask(joined_member, dt.date(2027, 2, 1), actor="x", today=TODAY)


def test_a_member_must_ask_only_where_a_rule_says_so():
    assert wishes.rule_on(dt.date(2026, 1, 4)) is None
    assert wishes.rule_on(dt.date(2026, 1, 5)).paragraph == "R25"


def test_moving_ends_the_old_meters_and_reads_the_new_ones_from_the_first_whole_month(joined_member):
    people.move_home(
        joined_member, district="성동구", address="새 길 2", meters=[("electricity", 78)], on=dt.date(2025, 3, 15),
        actor="member",
    )  # fmt: skip
    rows = Meter.objects.order_by("meter_id").values_list("meter_id", "from_month", "until_month")
    assert [(one, start.isoformat(), end and end.isoformat()) for one, start, end in rows] == [
        (77, "2022-01-01", "2025-03-01"), (78, "2025-04-01", None),
    ]  # fmt: skip
    member = Member.objects.get(pk=joined_member.pk)
    assert (member.district, member.moved_on) == ("Seongdong", dt.date(2025, 3, 15))
    assert people.export(member, actor="m")["personal"] == {"name": "김하나", "address": "새 길 2"}


@pytest.mark.parametrize("day", ["1800-11-01", "2024-01-04", "2026-03-11", "2199-11-01"])
def test_nobody_moves_before_joining_or_in_days_to_come(joined_member, day):
    """A day long past would count the use of whoever lived there before as a baseline, and pass the rule on moving."""
    with pytest.raises(UsageError) as caught:
        people.move_home(
            joined_member, district="성동구", address="새 길 2", meters=[("electricity", 78)],
            on=dt.date.fromisoformat(day), actor="m", today=TODAY,
        )  # fmt: skip
    assert str(caught.value) == (
        f"this can not be the day of moving\n  where: day {day}\n  to do: give a day from 2024-01-05 to today"
    )
    assert Meter.objects.get().until_month is None


def test_a_second_move_is_after_the_first(joined_member):
    for day in (dt.date(2025, 3, 15), dt.date(2025, 9, 2)):
        people.move_home(
            joined_member, district="성동구", address=f"새 길 {day.month}", meters=[("electricity", 78 + day.month)],
            on=day, actor="m", today=TODAY,
        )  # fmt: skip
    with pytest.raises(UsageError, match="give a day from 2025-09-02 to today"):
        people.move_home(
            joined_member, district="성동구", address="x", meters=[], on=dt.date(2025, 9, 1), actor="m", today=TODAY
        )


def test_whoever_moves_in_after_reads_the_meter_only_from_then_on(joined_member, django_user_model):
    people.move_home(
        joined_member,
        district="성동구",
        address="새 길 2",
        meters=[("electricity", 78)],
        on=dt.date(2025, 3, 1),
        actor="m",
    )
    other = django_user_model.objects.create_user("next")
    people.join(
        other, kind="household", district="마포구", personal_data={"address": "마포구 어느 길 1"},
        meters=[("electricity", 77)], today=dt.date(2025, 6, 1),
    )  # fmt: skip
    assert Meter.objects.get(meter_id=77, until_month=None).from_month == dt.date(2025, 3, 1)


def test_a_meter_of_somebody_taken_over_is_not_anothers(registered, django_user_model):
    with pytest.raises(UsageError, match="another member has this meter"):
        people.join(
            django_user_model.objects.create_user("thief"), kind="household", district="x",
            personal_data={"address": "a"}, meters=[("electricity", 10_000_000)],
        )  # fmt: skip
    assert not Member.objects.filter(number__gte=people.FIRST_NUMBER).exists()


@pytest.mark.parametrize(("left", "since"), [("2025-03-01", "2025-03-01"), ("2025-03-15", "2025-04-01")])
@pytest.mark.parametrize("why", ["left_on", "moved_on"])
def test_whoever_comes_after_somebody_taken_over_reads_the_meter_from_their_first_whole_month(
    registered, django_user_model, why, left, since
):
    table = pl.read_parquet(registered / "registered-meters.parquet")
    mine = table.filter(pl.col("meter_id") == 10_000_000, pl.col("utility") == "electricity")
    Member.objects.filter(number=mine["member_id"][0]).update(**{why: dt.date.fromisoformat(left)})
    people.join(
        django_user_model.objects.create_user("next"), kind="household", district="x",
        personal_data={"address": "a"}, meters=[("electricity", 10_000_000)], today=dt.date(2025, 6, 1),
    )  # fmt: skip
    assert Meter.objects.get(meter_id=10_000_000).from_month == dt.date.fromisoformat(since)


def test_decisions_about_readings_are_taken_over_with_them_and_never_over_the_desks_own(city, desk_home, tmp_path):
    source = shutil.copytree(city, tmp_path / "city")
    kept = people.WorkFolder(source).decisions.path
    kept.write_text("", encoding="utf-8")
    people.register(source)
    mine = desk_home / kept.name
    assert mine.read_bytes() == b""
    mine.write_bytes(b"the desk's own\n")
    assert people.register(source) == 0
    assert mine.read_bytes() == b"the desk's own\n"


def report(member, photo=None, quantity="120", month=dt.date(2024, 2, 1)):
    return reporting.report(member, "electricity", month, Decimal(quantity), "kWh", photo or picture())


def test_a_reported_reading_counts_once_an_officer_has_seen_the_photo_which_is_then_gone(joined_member):
    made = report(joined_member, quantity="120.50")
    assert use.readings_of(joined_member).height == 0
    assert reporting.look_at(made.photo_sha256, actor="lee")[:2] == b"\xff\xd8"
    assert Look.objects.filter(actor="lee", number=joined_member.number, what="photo").exists()
    reporting.decide(made, True, by="lee", why="")
    assert use.readings_of(joined_member).row(0)[1:] == (0, month_number(dt.date(2024, 2, 1)), 121)
    with pytest.raises(DataError, match="this photo is not kept any more"):
        photos.opened(made.photo_sha256)
    with pytest.raises(UsageError, match="this is decided already"):
        reporting.decide(made, True, by="lee", why="")


def test_a_refused_report_needs_a_reason_and_leaves_no_reading(joined_member):
    made = report(joined_member)
    with pytest.raises(UsageError, match="this needs a reason"):
        reporting.decide(made, False, by="lee", why=" ")
    reporting.decide(made, False, by="lee", why="blurred")
    made.refresh_from_db()
    assert (made.state, made.why, people.work_folder().store.parts()) == ("refused", "blurred", ())


def test_a_photo_sent_twice_is_told_and_kept_until_both_are_decided(joined_member):
    first, again = report(joined_member), report(joined_member, month=dt.date(2024, 3, 1))
    assert reporting.seen_before(first)
    assert not reporting.seen_before(report(joined_member, picture(9)))
    reporting.decide(first, True, by="lee", why="")
    assert photos.opened(again.photo_sha256)


def test_a_photo_is_kept_sealed_and_without_where_it_was_taken(joined_member):
    place = Image.Exif()
    place[0x8825] = {1: "N", 2: (37.0, 33.0, 0.0)}
    sha256 = photos.keep(picture(exif=place))
    raw = people.photo_place(sha256).read_bytes()
    assert not raw.startswith(b"\xff\xd8")
    with Image.open(io.BytesIO(photos.opened(sha256))) as kept:
        assert not kept.getexif()


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"no photo", "this is not a photo that can be read"),
        (picture(form="GIF"), "this is not a photo that can be read"),
        (picture()[:200], "this is not a photo that can be read"),
        (b"x" * (photos.BYTES_MAX + 1), "the photo is too large"),
    ],
)
def test_what_is_no_photo_is_refused_and_leaves_nothing(joined_member, content, said):
    with pytest.raises(UsageError, match=said):
        report(joined_member, content)
    assert not Report.objects.exists()
    assert list(people.photo_place("0").parent.iterdir()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"utility": "gas"}, "you have no such meter"),
        ({"unit": "m3"}, "this utility has no such unit"),
        ({"month": dt.date(2199, 1, 1)}, "this month is not over"),
        ({"month": localdate().replace(day=1)}, "this month is not over"),
    ],
)
def test_a_report_that_can_not_be_says_why(joined_member, change, said):
    given = {"utility": "electricity", "month": dt.date(2024, 2, 1), "unit": "kWh", **change}
    with pytest.raises(UsageError, match=said):
        reporting.report(joined_member, given["utility"], given["month"], Decimal(1), given["unit"], picture())


def test_too_many_photos_wait_for_nobody(joined_member):
    Report.objects.bulk_create(
        Report(member=joined_member, utility="electricity", meter_id=77, month=TODAY, quantity=1, unit="kWh",
               photo_sha256="0" * 64) for _ in range(24)
    )  # fmt: skip
    with pytest.raises(UsageError, match="24 photos wait to be looked at"):
        report(joined_member)


def test_leaving_deletes_photos_reports_wishes_and_where_one_lived(joined_member):
    made = report(joined_member)
    wishes.ask(joined_member, wishes.half_years(joined_member)[0].first_month, actor="m")
    people.leave(joined_member, give_up=0, actor="m")
    assert not Report.objects.exists()
    assert not OptIn.objects.exists()
    assert not people.photo_place(made.photo_sha256).exists()


def test_a_member_does_all_of_it_on_pages(joined, person):
    client, member = joined
    assert "Ask to be evaluated" in client.get(f"{HOME}me/").content.decode()
    first = wishes.half_years(member)[-1].first_month
    assert client.post(f"{HOME}me/ask/", {"first_month": f"{first:%Y-%m}"}).status_code == 303
    assert "asked for" in client.get(f"{HOME}me/").content.decode()
    sent = {"utility": "electricity", "month": "2024-02", "quantity": "99", "unit": "kWh"}
    photo = io.BytesIO(picture())
    photo.name = "meter.jpg"
    assert client.post(f"{HOME}me/report/", {**sent, "photo": photo}).status_code == 303
    assert "waiting to be looked at" in client.get(f"{HOME}me/report/").content.decode()
    officer = person("officer")
    made = Report.objects.get()
    assert "See the photo" in officer.get(f"{HOME}office/photos/").content.decode()
    assert officer.get(f"{HOME}office/photos/{made.photo_sha256}.jpg")["Content-Type"] == "image/jpeg"
    assert client.get(f"{HOME}office/photos/{made.photo_sha256}.jpg").status_code == 403
    decided = {"kind": "report", "number": made.pk, "decision": "counts"}
    assert officer.post(f"{HOME}office/photos/", decided).status_code == 303
    assert "99 kWh" in client.get(f"{HOME}me/report/").content.decode()
    moved = {"on": "2025-03-15", "address": "새 길 2", "district": "Seongdong", "electricity": "78"}
    assert client.post(f"{HOME}me/move/", moved).status_code == 303
    assert client.post(f"{HOME}me/move/", {**moved, "electricity": ""}).status_code == 400
    page = officer.post(
        f"{HOME}office/person/", {"number": member.number, "why": "a call", "first_month": f"{first:%Y-%m}"}
    ).content.decode()
    assert "asked for" in page
