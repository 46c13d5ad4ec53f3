"""Files and folders appear whole or not at all."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from madang.core.storing import put_folder, write_whole


def _state(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _made(folder: Path, **files: str) -> Path:
    folder.mkdir(parents=True)
    for name, body in files.items():
        (folder / name).write_text(body, "utf-8")
    return folder


def test_a_file_is_replaced_and_may_be_read_by_all(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("old", "utf-8")
    write_whole(tmp_path / "a.csv", b"new")
    assert _state(tmp_path) == {"a.csv": b"new"}
    assert (tmp_path / "a.csv").stat().st_mode & 0o777 == 0o644


def test_a_file_that_cannot_be_written_to_its_end_leaves_the_earlier_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "a.csv").write_text("old", "utf-8")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_whole(tmp_path / "a.csv", b"new")
    assert _state(tmp_path) == {"a.csv": b"old"}


def test_a_file_with_a_long_hangul_name_can_be_written(tmp_path: Path) -> None:
    name = "가" * 83 + ".csv"
    write_whole(tmp_path / name, b"x")
    assert _state(tmp_path) == {name: b"x"}


def test_a_folder_that_is_not_there_appears_and_may_be_entered_by_all(tmp_path: Path) -> None:
    staging = _made(tmp_path / ".staging", a="1")
    staging.chmod(0o700)
    put_folder(staging, tmp_path / "report")
    assert _state(tmp_path) == {"report/a": b"1"}
    assert (tmp_path / "report").stat().st_mode & 0o777 == 0o755


def test_a_folder_that_is_there_stays_the_same_folder_and_loses_what_it_held(tmp_path: Path) -> None:
    """A shell that stands in it would otherwise stand nowhere."""
    folder = _made(tmp_path / "report", old="1", both="1")
    before = folder.stat().st_ino
    put_folder(_made(tmp_path / ".staging", both="2", new="2"), folder)
    assert _state(tmp_path) == {"report/both": b"2", "report/new": b"2"}
    assert [path.name for path in tmp_path.iterdir()] == ["report"]
    assert folder.stat().st_ino == before


@pytest.mark.parametrize("fails_at", range(5))
def test_a_folder_stands_as_before_where_any_step_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails_at: int
) -> None:
    folder, staging = _made(tmp_path / "report", a="1", b="1"), _made(tmp_path / ".staging", a="2", b="2", c="2")
    before, real, steps = _state(tmp_path), Path.rename, iter(range(100))

    def rename(path: Path, target: Path) -> Path:
        if next(steps) == fails_at:
            raise OSError(28, "No space left on device")
        return real(path, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(OSError, match="No space left"):
        put_folder(staging, folder)
    assert _state(tmp_path) == before


def test_what_can_not_be_written_is_named_as_it_was_asked_for(tmp_path: Path) -> None:
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken") as caught:
        write_whole(tmp_path / "taken", b"new")
    assert caught.value.filename == str(tmp_path / "taken")
    assert _state(tmp_path) == {}
