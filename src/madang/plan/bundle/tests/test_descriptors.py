"""Bundles as the official validators see them, offline."""

from __future__ import annotations

import json
import zipfile
from importlib.resources import files
from pathlib import Path

import pytest
import requests
from frictionless import Package
from rocrate.rocrate import ROCrate
from rocrate_validator import models, services
from rocrate_validator.utils.http import HttpRequester

from madang.plan.bundle.archive import unpack


@pytest.fixture
def unpacked(bundle: Path, tmp_path: Path) -> Path:
    with zipfile.ZipFile(bundle) as packed:
        packed.extractall(tmp_path / "crate")
    return tmp_path / "crate"


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Serve the JSON-LD context from the rocrate wheel; note every address asked for."""
    asked: list[str] = []

    def get(_self: object, url: str, **_options: object) -> requests.Response:
        asked.append(url)
        response = requests.Response()
        response.status_code = 200
        response.headers["Content-Type"] = "application/ld+json"
        response._content = files("rocrate").joinpath("data/ro-crate.jsonld").read_bytes()
        return response

    monkeypatch.setattr(HttpRequester, "get", get, raising=False)
    return asked


@pytest.mark.parametrize("profile", ["ro-crate-1.1", "process-run-crate"])
def test_the_official_validator_accepts_the_crate(unpacked: Path, offline: list[str], profile: str) -> None:
    settings = services.ValidationSettings(
        rocrate_uri=str(unpacked), profile_identifier=profile, requirement_severity=models.Severity.REQUIRED
    )
    result = services.validate(settings)
    assert [issue.message for issue in result.get_issues()] == []
    assert set(offline) == {"https://w3id.org/ro/crate/1.1/context"}


def test_the_official_validator_refuses_a_crate_whose_file_is_gone(unpacked: Path, offline: list[str]) -> None:
    (unpacked / "numbers.csv").unlink()
    settings = services.ValidationSettings(
        rocrate_uri=str(unpacked), profile_identifier="ro-crate-1.1", requirement_severity=models.Severity.REQUIRED
    )
    assert not services.validate(settings).passed()


def test_rocrate_reads_every_file_and_the_run(unpacked: Path) -> None:
    crate = ROCrate(unpacked)
    listed = {entity.id for entity in crate.data_entities}
    there = {path.relative_to(unpacked).as_posix() for path in unpacked.rglob("*") if path.is_file()}
    assert there - listed == {"ro-crate-metadata.json", "manifest-sha256.txt"}
    action = crate.get("#run")
    assert action["instrument"].id == "https://pypi.org/project/madang/"
    assert {part.id for part in action["object"]} >= {"inputs.json", "facts.json", "inputs/stalls.parquet"}


def test_frictionless_accepts_the_package_with_its_schemas_and_hashes(unpacked: Path) -> None:
    report = Package(str(unpacked / "datapackage.json")).validate()
    assert report.valid, report.flatten(["name", "message"])
    tables = [task.name for task in report.tasks if task.type == "table"]
    assert {"numbers-csv", "figures-by-year-csv", "inputs-stalls-csv"} <= set(tables)


def test_frictionless_refuses_a_package_whose_numbers_were_changed(unpacked: Path) -> None:
    numbers = unpacked / "numbers.csv"
    numbers.write_text(numbers.read_text(encoding="utf-8").replace("389685", "489685"), encoding="utf-8")
    report = Package(str(unpacked / "datapackage.json")).validate()
    assert [message for _, message in report.flatten(["name", "message"]) if "hash" in message]


def test_a_columns_unit_stands_in_its_schema(unpacked: Path) -> None:
    package = json.loads((unpacked / "datapackage.json").read_text(encoding="utf-8"))
    resource = next(one for one in package["resources"] if one["name"] == "figures-by-market-csv")
    assert resource["schema"]["fields"][1] == {"name": "cups", "type": "number", "title": "Cups", "unit": "item"}


def test_the_manifest_names_every_other_file_once(unpacked: Path, tmp_path: Path) -> None:
    names = [line.split("  ")[1] for line in (unpacked / "manifest-sha256.txt").read_text().splitlines()]
    assert names == sorted(set(unpack(tmp_path / "tea.zip")) - {"manifest-sha256.txt"})
