"""Cities that visitors bring: what is taken, what is refused and with which words, what is deleted."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.test import Client
from django.utils.timezone import now
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from madang.core.errors import MadangError
from madang.web.bench import uploads
from madang.web.bench.asking import upload_folder
from madang.web.bench.models import Run, Upload

pytestmark = pytest.mark.django_db
Zipped = Callable[..., io.BytesIO]
CITY = b'id = "yard"\nname.ko = "x"\nname.en = "Yard"\n'


def refusal(file: io.BytesIO) -> str:
    with pytest.raises(MadangError) as error:
        uploads.bring(file)
    return str(error.value)


def test_a_folder_is_taken_with_its_city_and_what_it_gives(zipped: Zipped) -> None:
    upload = uploads.bring(zipped())
    assert (upload.city, upload.name["en"], upload.solutions, upload.files) == ("yard", "Yard", ["eco_mileage"], 2)
    assert timedelta(days=6) < upload.delete_at - now() <= timedelta(days=uploads.KEPT_DAYS)


def test_a_folder_inside_the_zip_is_found(zipped: Zipped) -> None:
    assert uploads.bring(zipped({"my city/city.toml": CITY, "__MACOSX/x": b""})).city == "yard"


def test_a_name_in_korean_written_the_old_way_is_read() -> None:
    info = zipfile.ZipInfo("x")
    info.filename = "마당/city.toml".encode("cp949").decode("cp437")
    info.flag_bits = 0
    assert str(uploads._name(info)) == "마당/city.toml"


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("../city.toml", "leaves its folder"),
        ("/etc/passwd.toml", "leaves its folder"),
        ("a/../../x.csv", "leaves its folder"),
        ("x\\..\\y.csv", "leaves its folder"),
        ("run.py", "holds no such file"),
        ("x.html", "holds no such file"),
        ("CITY.TOML", "two files of the zip bear one name"),
    ],
)
def test_a_file_that_leaves_the_folder_or_is_of_no_use_is_refused(zipped: Zipped, name: str, words: str) -> None:
    assert words in refusal(zipped({"city.toml": CITY, name: b"x"}))


def test_a_link_is_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("city.toml", CITY)
        link = zipfile.ZipInfo("secret.csv")
        link.external_attr = 0o120777 << 16
        archive.writestr(link, "/etc/passwd")
    assert "a link or a device" in refusal(out)


def test_a_zip_that_bursts_is_refused_before_it_is_unpacked(zipped: Zipped) -> None:
    assert "grows beyond measure" in refusal(zipped({"city.toml": CITY, "zeros.csv": b"0" * 30_000_000}))


def test_a_zip_that_lies_about_its_size_is_stopped_while_it_is_unpacked(
    zipped: Zipped, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = zipped({"city.toml": CITY, "zeros.csv": b"0" * 900_000}).getvalue()
    small = struct.pack("<I", 10)
    lying = io.BytesIO(honest.replace(struct.pack("<I", 900_000), small))
    monkeypatch.setattr(uploads, "UNPACKED_BYTES_MAX", 100_000)
    with pytest.raises(MadangError):
        uploads.bring(lying)
    assert not Upload.objects.exists()


def test_a_zip_too_large_or_of_too_many_files_is_refused(zipped: Zipped, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "FILES_MAX", 3)
    assert "more than 3 files" in refusal(zipped({f"{n}.csv": b"x" for n in range(4)}))
    monkeypatch.setattr(uploads, "ZIP_BYTES_MAX", 100)
    assert "larger than" in refusal(zipped())


def test_a_city_that_names_a_file_of_the_server_is_refused(zipped: Zipped) -> None:
    files = {
        "city.toml": CITY,
        "ev_charging.toml": '[files.x]\npackage = "os"\npath = "../../etc/passwd"\nsource = "s"\n',
    }
    assert "carries its files itself" in refusal(zipped(files))


def test_a_city_may_not_call_itself_one_of_ours(zipped: Zipped) -> None:
    assert "calls itself 'seoul'" in refusal(zipped({"city.toml": CITY.replace(b"yard", b"seoul")}))


def test_a_zip_without_a_city_or_that_is_none_says_what_to_do(zipped: Zipped) -> None:
    assert "to do: zip the folder that `madang new-city` made" in refusal(zipped({"a/x.csv": b"1"}))
    assert "to do: make it anew" in refusal(io.BytesIO(b"PK not a zip"))


def test_a_wrong_value_is_told_with_the_file_as_the_visitor_knows_it(zipped: Zipped, home_folder: object) -> None:
    said = refusal(zipped({"city.toml": CITY, "eco_mileage.toml": "[facts.kg_per_pine]\nunit = 'furlong'\n"}))
    assert "where: file eco_mileage.toml" in said
    assert str(home_folder) not in said


def test_a_text_that_is_not_utf8_names_its_encoding(zipped: Zipped) -> None:
    said = refusal(zipped({"city.toml": CITY + "# 마당".encode("cp949")}))
    assert "the file is not UTF-8 text" in said
    assert "cp949" in said


def test_what_is_refused_leaves_nothing_behind(zipped: Zipped) -> None:
    before = set(upload_folder("x").parent.glob("*"))
    refusal(zipped({"city.toml": CITY, "bad.exe": b""}))
    assert set(upload_folder("x").parent.glob("*")) == before
    assert not Upload.objects.exists()


def test_after_its_time_an_upload_goes_with_all_that_was_made_from_it(zipped: Zipped) -> None:
    upload = uploads.bring(zipped())
    Run.objects.create(key="0" * 24, solution="eco_mileage", city=f"up-{upload.key}", upload=upload, day=now().date())
    Upload.objects.filter(pk=upload.pk).update(delete_at=now() - timedelta(seconds=1))
    assert uploads.sweep() == 1
    assert not upload_folder(upload.key).exists()
    assert not Run.objects.exists()


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.integers(0, 300))
def test_no_bytes_whatever_bring_anything_but_a_said_error(zipped: Zipped, junk: bytes, at: int) -> None:
    said, whole = [], zipped().getvalue()
    for broken in (junk, whole[:at] + junk + whole[at + len(junk) :]):
        try:
            uploads.delete(uploads.bring(io.BytesIO(broken)))
        except MadangError as error:
            said.append(error.what)
    assert all(said)


def test_the_page_keeps_the_reader_informed(visitor: Client, zipped: Zipped) -> None:
    refused = visitor.post("/en/bench/cities/", {"city": io.BytesIO(b"junk")})
    assert refused.status_code == 400
    assert "This folder cannot be taken." in refused.content.decode()
    taken = visitor.post("/en/bench/cities/", {"city": zipped()})
    assert taken.status_code == 303
    page = visitor.get(taken.headers["Location"]).content.decode()
    assert "Yard" in page
    assert "Deleted on" in page
    assert "Against Seoul" in page
