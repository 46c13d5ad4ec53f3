"""Districts: offered by name where the city's folder has them, kept by one key, free where a city names none."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.utils import translation

from madang.plan.cities import open_city
from madang.solutions.pollution_cap import solution as pollution_cap
from madang.web.desks.eco_mileage.models import Member
from madang.web.desks.eco_mileage.pages.member import JoinForm
from madang.web.desks.eco_mileage.services import districts, figures, people, tables

HOME = "/desks/eco-mileage/"


def join(district: str, meter: int) -> Member:
    user = get_user_model().objects.create_user(f"lives-{meter}")
    personal = {"name": "x", "address": f"{district} {meter}"}
    return people.join(
        user, kind="household", district=district, personal_data=personal, meters=[("electricity", meter)]
    )


@pytest.mark.parametrize(("code", "said"), [("ko", "마포구"), ("en", "Mapo")])
def test_joining_offers_the_citys_districts_by_name(desk_home: Path, code: str, said: str) -> None:
    page = Client().get(f"/{code}{HOME}join/").content.decode()
    assert f'<option value="Mapo">{said}</option>' in page
    assert page.count("<option value=") > 25


def test_seoul_names_the_districts_that_its_tables_use() -> None:

    day = dt.date(2026, 11, 25)
    people_table = pollution_cap.read(pollution_cap.reader(open_city("seoul"), day, day)).people
    rows = {row["district"]: (row["name_ko"], row["name_en"]) for row in people_table.frame.iter_rows(named=True)}
    assert {one.key: (one.name.ko, one.name.en) for one in open_city("seoul").districts} == rows


def test_whatever_it_is_called_a_district_is_kept_and_counted_under_one_key(desk_home: Path) -> None:
    for meter, said in enumerate(("마포구", "Mapo", " 마포구 ")):
        assert join(said, meter).district == "Mapo"
    rows = figures.by_district()
    assert [(row["district"], row["members"], row["named"].ko) for row in rows] == [("Mapo", 3, "마포구")]


def test_a_table_taken_over_and_the_desk_agree_on_keys(registered: Path) -> None:
    frame = pl.DataFrame({"district": ["마포구", "Mapo", "D01", None]})
    assert frame.select(districts.keyed("district"))["district"].to_list() == ["Mapo", "Mapo", "D01", None]
    taken = pl.read_parquet(registered / "registered-members.parquet")
    asked = {row["member_id"]: row["district"] for row in taken.iter_rows(named=True)}
    assert dict(Member.objects.values_list("number", "district")) == asked
    tables.write_people(next(iter(taken["joined_on"])), "joined")
    written = pl.read_parquet(registered / "members.parquet")
    assert dict(zip(written["member_id"], written["district"], strict=True)) == asked


def test_a_city_that_names_none_takes_free_text(desk_home: Path, settings: Any, tmp_path: Path) -> None:
    (tmp_path / "city.toml").write_text('id = "elsewhere"\nname.ko = "어디"\nname.en = "Elsewhere"\n', "utf-8")
    settings.MADANG_CITY = str(tmp_path)
    assert districts.known() == {}
    with translation.override("en"):
        assert '<input type="text" name="district"' in str(JoinForm()["district"])
    assert join(" 서쪽 ", 1).district == "서쪽"
    assert districts.named("서쪽").en == "서쪽"
    assert pl.DataFrame({"d": ["서쪽"]}).select(districts.keyed("d"))["d"].to_list() == ["서쪽"]
