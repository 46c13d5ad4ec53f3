"""Zip files: the same bytes for the same content, and no trust in who made one."""

from __future__ import annotations

import io
import stat
import warnings
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from madang.core.errors import DataError
from madang.plan.bundle import archive
from madang.plan.bundle.archive import manifest, pack, read_manifest, sha256, unpack

_NAMES = st.from_regex(r"[a-z]{1,8}(/[a-z]{1,8})?\.(csv|json)", fullmatch=True)


def _zip(path: Path, *entries: tuple[str | zipfile.ZipInfo, bytes]) -> Path:
    with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        warnings.simplefilter("ignore")
        for name, body in entries:
            made.writestr(name, body)
    return path


@given(st.dictionaries(_NAMES, st.binary(max_size=200), max_size=6))
def test_what_is_packed_comes_back_whatever_the_order(contents: dict[str, bytes]) -> None:
    backwards = dict(reversed(list(contents.items())))
    assert pack(contents) == pack(backwards)
    with zipfile.ZipFile(io.BytesIO(pack(contents))) as made:
        assert {name: made.read(name) for name in made.namelist()} == contents


def test_a_packed_file_bears_no_day_and_no_machine_and_anyone_may_read_it() -> None:
    with zipfile.ZipFile(io.BytesIO(pack({"a.csv": b"x" * 99}))) as made:
        (entry,) = made.infolist()
    assert (entry.date_time, entry.create_system) == ((1980, 1, 1, 0, 0, 0), 3)
    assert stat.filemode(entry.external_attr >> 16) == "-rw-r--r--"
    assert entry.compress_type == zipfile.ZIP_DEFLATED
    assert entry.compress_size < 99


@given(st.dictionaries(_NAMES, st.binary(max_size=50), max_size=6))
def test_a_manifest_is_read_as_it_was_written(contents: dict[str, bytes]) -> None:
    hashes = {name: sha256(body) for name, body in contents.items()}
    assert read_manifest(manifest(contents), Path("x.zip")) == hashes


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "a/../../b", "a\\..\\b", "C:evil.txt"])
def test_a_name_that_points_outside_is_refused(tmp_path: Path, name: str) -> None:
    path = _zip(tmp_path / "evil.zip", (name, b"x"))
    with pytest.raises(DataError, match="a name in the bundle points outside it"):
        unpack(path)
    assert [one.name for one in tmp_path.iterdir()] == ["evil.zip"]


def test_a_link_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("link")
    link.create_system, link.external_attr = 3, (stat.S_IFLNK | 0o777) << 16
    with pytest.raises(DataError, match="points outside"):
        unpack(_zip(tmp_path / "link.zip", (link, b"/etc/passwd")))


def test_two_files_of_one_name_are_refused(tmp_path: Path) -> None:
    path = _zip(tmp_path / "twice.zip", ("a", b"1"), ("a", b"2"))
    with pytest.raises(DataError, match="two files in the bundle have one name"):
        unpack(path)


def test_a_zip_bomb_is_refused_by_its_stated_size(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "BYTES_MAX", 1 << 20)
    path = _zip(tmp_path / "bomb.zip", ("zeros", bytes(2 << 20)))
    with pytest.raises(DataError, match="the bundle is larger than 1 MiB unpacked"):
        unpack(path)


def test_a_zip_that_lies_about_its_size_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "BYTES_MAX", 1 << 20)
    path = _zip(tmp_path / "bomb.zip", ("zeros", bytes(2 << 20)))
    raw = path.read_bytes()
    start = raw.index(b"PK\x01\x02")
    path.write_bytes(raw[: start + 24] + (10).to_bytes(4, "little") + raw[start + 28 :])
    with pytest.raises(DataError):
        unpack(path)


def test_more_files_than_a_bundle_has_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(archive, "FILES_MAX", 2)
    path = _zip(tmp_path / "many.zip", *((f"f{index}", b"") for index in range(3)))
    with pytest.raises(DataError, match="the bundle holds more than 2 files"):
        unpack(path)


@pytest.mark.parametrize("body", [b"", b"not a zip", b"PK\x03\x04 torn"])
def test_what_is_no_zip_is_said_to_be_none(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "torn.zip"
    path.write_bytes(body)
    with pytest.raises(DataError, match="the bundle cannot be unpacked: File is not a zip file"):
        unpack(path)


def test_a_flipped_byte_is_found_by_the_zips_own_check(tmp_path: Path) -> None:
    path = _zip(tmp_path / "flip.zip", ("a.txt", b"hello hello hello hello"))
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"a.txt") + 6] ^= 0xFF
    path.write_bytes(bytes(raw))
    with pytest.raises(DataError, match="the bundle cannot be unpacked"):
        unpack(path)


def test_a_missing_bundle_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="the bundle is missing"):
        unpack(tmp_path / "none.zip")
    with pytest.raises(DataError, match="the bundle is a folder"):
        unpack(tmp_path)


@pytest.mark.parametrize(
    "line", ["short  name", "g" * 64 + "  name", "0" * 64 + " name", "0" * 64, "0" * 63 + "  name", "0" * 65 + "  name"]
)
def test_a_line_that_is_no_hash_names_its_row(line: str) -> None:
    text = f"{'0' * 64}  a\n{line}\n".encode()
    with pytest.raises(DataError) as caught:
        read_manifest(text, Path("tea.zip"))
    assert caught.value.where == "file tea.zip: manifest-sha256.txt, row 2"
