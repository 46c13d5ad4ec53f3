"""A listing's mess is told row by row; what can be taken becomes a draft."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from madang.core.errors import DataError
from madang.web.library.listing.judging import as_day, judge, script_of, told
from madang.web.library.listing.reading import Row, read_listing
from madang.web.library.listing.taking import take
from madang.web.library.models import NewsPage

HEAD = "title,posted,doc_date,author,body,attachments,lang,url\n"


def _listing(tmp_path: Path, *rows: str) -> list[Row]:
    path = tmp_path / "news.csv"
    path.write_text(HEAD + "\n".join(rows), encoding="utf-8")
    return read_listing(path)


def _kinds(rows: list[Row]) -> list[tuple[int, str, str]]:
    return [(one.place, one.kind, one.weight) for one in judge(rows)[1]]


def test_a_whole_row_is_taken_without_a_word(tmp_path: Path) -> None:
    """Nothing is wrong, so nothing is said."""
    rows = _listing(
        tmp_path, "한강 소식,2021-08-10,2021-08-10,홍길동,한강의 수질이 나아졌습니다.,a.pdf,ko,https://e.org/1"
    )
    taken, findings = judge(rows)
    assert findings == []
    assert (taken[0].language, str(taken[0].posted)) == ("ko", "2021-08-10")


def test_an_empty_body_and_an_empty_title_are_refused(tmp_path: Path) -> None:
    """Items of the old site whose text is empty are named, not filled."""
    rows = _listing(tmp_path, "책자,2020-05-22,,관리자,<p> </p>,,ko,", ",2020-05-22,,관리자,글이 있습니다.,,ko,")
    assert _kinds(rows) == [(2, "empty", "refused"), (3, "no title", "refused")]
    assert judge(rows)[0] == []


def test_two_days_are_both_kept_and_said(tmp_path: Path) -> None:
    """The posted day may differ from the document's."""
    rows = _listing(tmp_path, "소식,2016-10-24,2015.7.31,ssunha,우리 도시의 물 관리 정책입니다.,,ko,")
    taken, findings = judge(rows)
    assert findings[0].says.en == "two days: posted 2016-10-24, document 2015-07-31"
    assert (str(taken[0].posted), str(taken[0].document_day)) == ("2016-10-24", "2015-07-31")


def test_a_document_dated_after_its_posting_loses_that_day(tmp_path: Path) -> None:
    """A page may not say what cannot be."""
    rows = _listing(tmp_path, "소식,2020-01-02,2021-01-02,,본문이 여기에 있습니다.,,ko,")
    taken, _ = judge(rows)
    assert taken[0].document_day is None
    assert (2, "later", "noted") in _kinds(rows)


def test_a_title_in_one_language_over_a_body_in_another_is_said(tmp_path: Path) -> None:
    """The old site has an Arabic title over an English text."""
    rows = _listing(
        tmp_path,
        "음식물 쓰레기 줄이기,2016-10-24,,ssunha,The eco-mileage system gives points to citizens who save energy.,,ko,",
    )
    assert _kinds(rows) == [(2, "mixed", "noted"), (2, "other language", "noted")]


def test_the_report_is_told_in_both_languages(tmp_path: Path) -> None:
    """A row, how grave, what, and which title; and letters by their names."""
    rows = _listing(tmp_path, "책자,2020-05-22,,관리자,<p> </p>,,ko,", "책자,2020-05-22,,,Water of the city,,ko,")
    findings = judge(rows)[1]
    assert told(findings, "en")[0] == "row 2: refused: the body is empty [책자]"
    assert told(findings, "ko")[:2] == [
        "2번째 줄: 받지 않음: 본문이 비어 있습니다. [책자]",
        "3번째 줄: 알림: 제목은 한글, 본문은 로마자입니다. [책자]",
    ]


def test_languages_without_a_shelf_and_repeated_rows_are_refused(tmp_path: Path) -> None:
    """What has no place here is not put into another language's shelf."""
    row = "소식,2020-01-02,,,본문이 여기에 있습니다.,,ko,"
    rows = _listing(tmp_path, "Noticias,2020-01-02,,,El agua de la ciudad es limpia.,,es,", row, row)
    assert _kinds(rows) == [(2, "language", "refused"), (4, "twice", "refused")]


def test_unreadable_days_missing_days_and_odd_files_are_noted(tmp_path: Path) -> None:
    """Each is said by itself."""
    rows = _listing(tmp_path, "가나,어제,,,본문이 여기에 있습니다.,보고서.exe,ko,", "다라,,,,본문이 또 있습니다.,,ko,")
    assert _kinds(rows) == [(2, "day", "noted"), (2, "file", "noted"), (3, "no day", "noted")]


@pytest.mark.parametrize("written", ["2021-09-07", "2021.9.7", "2021/09/07", "2021년 9월 7일", "2021-09-07 10:20"])
def test_days_are_read_as_koreans_write_them(written: str) -> None:
    """The same day in five ways."""
    assert str(as_day(written)) == "2021-09-07"


def test_no_day_is_made_up() -> None:
    """What is no day stays none."""
    assert as_day("2021-02-30") is None
    assert as_day("작년") is None
    assert script_of("123") == ""


def test_a_listing_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    """Encoding, kind and columns are named."""
    path = tmp_path / "news.csv"
    path.write_bytes("제목,본문\n가,나".encode("cp949"))
    with pytest.raises(DataError, match="the listing is not UTF-8 text"):
        read_listing(path)
    path.write_text("a,b\n1,2", encoding="utf-8")
    with pytest.raises(DataError, match="the listing has no column of titles"):
        read_listing(path)
    with pytest.raises(DataError, match=r"no reader for '\.doc' listings"):
        read_listing(tmp_path / "news.doc") if (tmp_path / "news.doc").write_text("x") else None


@pytest.mark.django_db
def test_drafts_are_made_once_and_are_not_public(tmp_path: Path) -> None:
    """A second import makes nothing; scripts in a body do not come in."""
    body = "첫 문단입니다.<script>alert(1)</script><br>둘째 문단입니다."
    path = tmp_path / "news.jsonl"
    card = {"title": "새 소식", "posted": "2021-08-10", "writer": "홍길동", "body": body, "lang": "ko"}
    path.write_text(json.dumps(card, ensure_ascii=False), encoding="utf-8")
    taken, findings = judge(read_listing(path))
    assert take(taken, findings, path) == (1, 0)
    assert take(taken, findings, path) == (0, 1)
    page = NewsPage.objects.get(title="새 소식")
    assert not page.live
    assert page.summary == "첫 문단입니다."
    assert "alert" not in str(page.body)
    assert [str(author) for author in page.authors.all()] == ["홍길동"]


@pytest.mark.shared
def test_the_stored_pages_of_the_old_site_show_their_mess(shared: Path) -> None:
    """Twenty-six pages of the real site: bodies are not stored, so all are refused, and two-day pages are counted."""
    rows = read_listing(shared / "data" / "library" / "seoulsolution_pages_metadata.jsonl")
    taken, findings = judge(rows)
    kinds = [one.kind for one in findings]
    assert len(rows) == 26
    assert taken == []
    assert kinds.count("empty") == 26
    assert kinds.count("two days") >= 3
    assert kinds.count("language") >= 5
