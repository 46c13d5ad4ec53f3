"""Files as inputs on the bench: chosen, kept through an error, taken up again, refused with a reason."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils.timezone import now

from madang.web.bench import forms
from madang.web.bench.asking import FILE_BYTES_MAX, KEPT_DAYS
from madang.web.bench.jobs import bundle_path
from madang.web.bench.models import Run
from madang.web.bench.uploads import sweep

pytestmark = pytest.mark.django_db
FORM = "/en/bench/city_rank/"
DATA = "city,a,b\nAran,3,1\nBorim,2,2\nChaum,1,4\n"
METHOD = 'title = "t"\nedition = "1"\n[indicators.a]\nbetter = "high"\n[indicators.b]\nbetter = "low"\n'


def sent(client: Client, **files: str | bytes) -> object:
    """Send the form with files of these contents."""
    bodies = {name: body.encode() if isinstance(body, str) else body for name, body in files.items()}
    chosen = {f"in.{name}": SimpleUploadedFile(f"{name}.txt", body) for name, body in bodies.items()}
    return client.post(FORM, chosen, headers={"sec-fetch-site": "same-origin"})


def test_the_form_takes_files(client: Client) -> None:
    page = client.get(FORM).content.decode()
    assert 'enctype="multipart/form-data"' in page
    assert '<input type="file" id="in.data" name="in.data"' in page
    assert "An index of your own" in page


def test_two_chosen_files_make_a_run_that_can_be_taken_up_again(client: Client) -> None:
    answer = sent(client, data=DATA, method=METHOD)
    assert answer.status_code == 303  # type: ignore[attr-defined]
    key = answer["Location"].rstrip("/").rsplit("/", 1)[-1]  # type: ignore[index]
    again = client.get(f"{FORM}?from={key}").content.decode()
    assert "<strong>data.txt</strong>: this file is used" in again
    assert "<strong>method.txt</strong>: this file is used" in again


def test_a_run_with_a_file_goes_after_the_stated_days_with_its_bundle(client: Client, made: Callable[..., Run]) -> None:
    plain = made()
    key = sent(client, data=DATA, method=METHOD)["Location"].rstrip("/").rsplit("/", 1)[-1]  # type: ignore[index]
    run = Run.objects.get(key=key)
    assert run.delete_at is not None
    assert timedelta(days=6) < run.delete_at - now() <= timedelta(days=KEPT_DAYS)
    bundle_path(run).parent.mkdir(exist_ok=True)
    bundle_path(run).write_bytes(b"bundle")
    assert sweep() == 0
    Run.objects.filter(key=key).update(delete_at=now() - timedelta(seconds=1))
    assert sweep() == 1
    assert not bundle_path(run).exists()
    assert [kept.key for kept in Run.objects.all()] == [plain.key]


def test_asking_again_keeps_a_run_with_a_file_longer_and_no_page_of_it_is_kept(client: Client) -> None:
    key = sent(client, data=DATA, method=METHOD)["Location"].rstrip("/").rsplit("/", 1)[-1]  # type: ignore[index]
    Run.objects.filter(key=key).update(delete_at=now() + timedelta(hours=1))
    sent(client, data=DATA, method=METHOD)
    again = Run.objects.get(key=key)
    assert again.delete_at is not None
    assert again.delete_at > now() + timedelta(days=6)
    assert "no-store" in client.get(f"/ko/bench/runs/{key}.json").headers.get("Cache-Control", "no-store")
    Run.objects.filter(key=key).update(done_at=now(), result={"numbers": {}})
    assert "no-store" in client.get(f"/ko/bench/runs/{key}.csv").headers["Cache-Control"]


def test_the_form_states_the_days_that_hold(client: Client) -> None:
    assert f"for {KEPT_DAYS} days" in client.get(FORM).content.decode()


def test_a_file_in_another_encoding_is_refused_with_what_to_do(client: Client) -> None:
    answer = sent(client, data=DATA.replace("Aran", "서울").encode("cp949"), method=METHOD)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    said = answer.content.decode()  # type: ignore[attr-defined]
    assert "the file is not UTF-8 text" in said
    assert "save it as UTF-8 (it may be cp949)" in said


def test_a_file_larger_than_the_bench_keeps_is_refused(client: Client) -> None:
    answer = sent(client, data=b"x" * (FILE_BYTES_MAX + 1), method=METHOD)
    assert answer.status_code == 400  # type: ignore[attr-defined]
    assert "the file is larger than 1 MiB" in answer.content.decode()  # type: ignore[attr-defined]


def test_the_api_takes_a_file_as_its_name_and_text(client: Client) -> None:
    changes = {"data": {"name": "c.csv", "text": DATA}, "method": {"name": "m.toml", "text": METHOD}}
    asked = {"solution": "city_rank", "changes": changes}
    answer = client.post("/api/runs", json.dumps(asked), content_type="application/json")
    assert answer.status_code == 202


@pytest.mark.parametrize("said", ["", "x", "[]", '{"name": "a"}', '{"name": "", "text": ""}'])
def test_what_is_no_file_is_not_kept(said: str) -> None:
    assert forms.kept_file(said) == ""
