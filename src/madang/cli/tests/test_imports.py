"""`madang import` and `madang export` as a person meets them."""

from __future__ import annotations

import json

import polars as pl
import pytest

from madang.cli.main import main


def called(capsys, *arguments: str) -> tuple[int, str, str]:
    code = 0
    try:
        main(list(arguments))
    except SystemExit as stop:
        code = int(stop.code or 0)
    said = capsys.readouterr()
    return code, said.out, said.err


@pytest.fixture
def town(tmp_path, capsys):
    pl.DataFrame({"node_id": ["a", "b", "c"], "lon": [24.0, 24.001, 24.002], "lat": [60.0] * 3}).write_csv(
        tmp_path / "nodes.csv"
    )
    pl.DataFrame({"u": ["a", "b"], "v": ["b", "c"]}).write_csv(tmp_path / "edges.csv")
    pl.DataFrame({"id": ["d"], "lon": [24.0], "lat": [60.0], "weight": [7]}).write_csv(tmp_path / "demand.csv")
    pl.DataFrame({"id": ["s", "t"], "lon": [24.001, 24.002], "lat": [60.0] * 2}).write_csv(tmp_path / "sites.csv")
    assert called(capsys, "new-city", str(tmp_path / "town"))[0] == 0
    return tmp_path


def bring(capsys, town, kind: str, file: str, *more: str) -> tuple[int, str, str]:
    return called(capsys, "import", kind, str(town / file), "--city", str(town / "town"), *more)


def test_the_road_of_the_how_to_ends_in_a_plan(town, capsys):
    assert bring(capsys, town, "streets", "edges.csv", "--option", f"nodes={town / 'nodes.csv'}")[0] == 0
    assert bring(capsys, town, "demand", "demand.csv")[0] == 0
    assert bring(capsys, town, "sites", "sites.csv")[0] == 0
    code, out, _ = called(capsys, "run", "ev_charging", "--city", str(town / "town"), "--format", "json")
    answer = json.loads(out)
    assert code == 0
    assert answer["numbers"]["least_sites"]["value"] == 1
    assert answer["diagnostics"]["least"]["status"] == "optimal"
    assert {"covered_share", "sites", "bound", "gap", "seconds"} <= set(answer["diagnostics"]["budget"])
    assert answer["diagnostics"]["network"]["nodes"] == 3


def test_an_import_prints_its_data_quality(town, capsys):
    code, out, _ = bring(capsys, town, "streets", "edges.csv", "--option", f"nodes={town / 'nodes.csv'}")
    assert code == 0
    assert "data quality" in out
    assert "pieces apart from each other" in out
    assert out.rstrip().endswith(f"madang run ev_charging --city {town / 'town'}")


def test_the_report_speaks_korean_and_json(town, capsys):
    assert "자료의 상태" in bring(capsys, town, "demand", "demand.csv", "--lang", "ko")[1]
    report = json.loads(bring(capsys, town, "demand", "demand.csv", "--format", "json")[1])
    assert report["tables"] == {"demand": 1}


def test_a_bad_file_gives_a_message_and_its_exit_code(town, capsys):
    pl.DataFrame({"id": ["s", "s"], "lon": [24.0] * 2, "lat": [60.0] * 2}).write_csv(town / "twice.csv")
    code, out, err = bring(capsys, town, "sites", "twice.csv")
    assert (code, out) == (3, "")
    assert err.startswith("madang: a cell holds an id that another row has\n  where: file twice.csv, row 3, column id")


def test_an_option_without_a_value_is_refused(town, capsys):
    code, _, err = bring(capsys, town, "sites", "sites.csv", "--option", "class")
    assert code == 2
    assert "--option 'class' says nothing" in err


def test_a_figure_is_exported_to_the_screen_or_a_file(tmp_path, capsys):
    code, out, _ = called(capsys, "export", "ev_charging", "districts", "--format", "csv")
    assert code == 0
    assert len(out.splitlines()) == 26
    code, _, err = called(
        capsys, "export", "ev_charging", "districts", "--format", "csv", "--out", str(tmp_path / "d.csv")
    )
    assert code == 0
    assert err.strip() == f"districts: {tmp_path / 'd.csv'}"
    assert (tmp_path / "d.csv").read_text() == out


def test_geoparquet_is_not_printed(capsys):
    code, _, err = called(capsys, "export", "ev_charging", "plan_map", "--format", "geoparquet")
    assert code == 2
    assert "GeoParquet is not text and is not printed" in err


@pytest.mark.parametrize(
    ("lang", "reason", "again"),
    [("en", "there is no walking network", "likewise"), ("ko", "도보망이 없습니다", "위와 같음")],
)
def test_one_reason_for_several_unknown_numbers_is_told_once(town, capsys, lang, reason, again):
    """Thirty numbers that lack the same table would bury those that are known under thirty times the same words."""
    code, out, _ = called(capsys, "run", "ev_charging", "--city", str(town / "town"), "--lang", lang)
    assert code == 0
    assert out.count(reason) == 1
    assert out.count(again) > 20
