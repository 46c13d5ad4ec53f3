"""Bundles: written the same each time, recomputed from themselves, and every change found by name."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from madang import register
from madang.core.city import City
from madang.core.contract import Run, perform
from madang.core.errors import Cancelled, DataError, UnknownName, UsageError
from madang.plan.bundle import Difference, verify_bundle, write_bundle
from madang.plan.bundle.archive import unpack
from madang.plan.bundle.rebuilding import rebuild
from madang.plan.bundle.verifying import _frame_differences, _same

Change = Callable[..., Path]


def _replace(name: str, old: bytes, new: bytes) -> Callable[[dict[str, bytes]], None]:
    def alter(contents: dict[str, bytes]) -> None:
        assert old in contents[name]
        contents[name] = contents[name].replace(old, new)

    return alter


def _differences(path: Path) -> list[tuple[str, str, object, object]]:
    found = verify_bundle(path).differences
    return [(one.kind, one.name, one.stated, one.recomputed) for one in found]


def test_a_bundle_written_twice_is_the_same_to_the_last_byte(run: Run, tmp_path: Path) -> None:
    first = write_bundle(run, tmp_path / "a.zip", made_on=date(2026, 11, 2)).read_bytes()
    second = write_bundle(run, tmp_path / "deep" / "b.zip", made_on=date(2026, 11, 2)).read_bytes()
    assert first == second


def test_a_bundle_as_written_is_the_same_when_recomputed(bundle: Path) -> None:
    found = verify_bundle(bundle)
    assert (found.same, found.differences, found.versions) == (True, (), ())
    assert (found.numbers, found.figures) == (4, 4)


def test_verifying_needs_nothing_of_the_city_it_was_run_for(bundle: Path, tea: Path) -> None:
    shutil.rmtree(tea)
    assert verify_bundle(bundle).same


def test_the_inputs_come_back_as_they_were(bundle: Path, run: Run) -> None:
    rebuilt = rebuild(unpack(bundle), bundle)
    assert rebuilt.inputs.plain() == run.inputs.plain()
    assert rebuilt.inputs.stalls.frame["visitors"].to_list() == [1200.0, None]


def test_the_gaps_of_a_table_come_back_in_both_languages(bundle: Path) -> None:
    (gap,) = rebuild(unpack(bundle), bundle).inputs.stalls.gaps
    assert (gap.kind, gap.ko) == ("empty cells", "visitors 2칸 가운데 1칸")


def test_a_bundle_that_tells_its_gaps_as_sentences_as_earlier_ones_did_is_read(changed: Change) -> None:
    def as_earlier(contents: dict[str, bytes]) -> None:
        told = json.loads(contents["inputs.json"])
        told["inputs"]["stalls"]["table"]["gaps"] = ["visitors: 1 of 2 cells empty"]
        contents["inputs.json"] = json.dumps(told).encode()

    path = changed(as_earlier, mend=True)
    (gap,) = rebuild(unpack(path), path).inputs.stalls.gaps
    assert (gap.kind, gap.en) == ("told", "visitors: 1 of 2 cells empty")
    assert verify_bundle(path).same


def test_a_bundle_whose_gaps_are_no_list_is_not_whole(changed: Change) -> None:
    def garbled(contents: dict[str, bytes]) -> None:
        told = json.loads(contents["inputs.json"])
        told["inputs"]["stalls"]["table"]["gaps"] = "visitors"
        contents["inputs.json"] = json.dumps(told).encode()

    path = changed(garbled, mend=True)
    with pytest.raises(DataError, match="inputs are not whole") as caught:
        verify_bundle(path)
    assert "column inputs.stalls.table.gaps" in str(caught.value.where)


def test_a_bundle_of_a_changed_run_says_what_was_changed_and_verifies(tea: Path, tmp_path: Path) -> None:
    solution, city = register.load("tea_stalls"), City.open(tea)
    run = perform(solution, city, date(2026, 11, 1), scenario="busy", changes={"price.2030": "2500", "seed": "11"})
    path = write_bundle(run, tmp_path / "busy.zip", made_on=date(2026, 11, 2), language="ko")
    stated = json.loads(unpack(path)["inputs.json"])
    assert (stated["scenario"], stated["seed"], stated["day"]) == ("busy", 11, "2026-11-01")
    assert stated["changes"] == {"cups_per_day": 80, "price.2030": "2500", "seed": "11"}
    assert verify_bundle(path).same


def test_facts_stand_in_the_bundle_with_source_day_and_status(bundle: Path) -> None:
    facts = {fact["name"]: fact for fact in json.loads(unpack(bundle)["facts.json"])}
    assert facts["cups_per_day"]["value"] == 41.5
    assert facts["cups_per_day"]["status"] == "assumption"
    assert facts["cups_per_day"]["since"] == "2024-01-01"
    assert facts["price"]["source"]["who"] == "Office of markets"
    assert facts["stalls"]["as_used"] == "facts/stalls.csv"


def test_the_table_file_in_the_bundle_is_the_citys_own(bundle: Path, tea: Path) -> None:
    assert unpack(bundle)["facts/stalls.csv"] == (tea / "tea_stalls" / "stalls.csv").read_bytes()


def test_a_changed_number_is_found_by_hash_and_by_recomputation(changed: Change) -> None:
    path = changed(_replace("numbers.csv", b"389685.0", b"500000.0"))
    found = _differences(path)
    assert [(kind, name) for kind, name, *_ in found] == [("file", "numbers.csv"), ("number", "cups")]
    assert found[1][2:] == (500000.0, 389685.0)


def test_a_changed_number_with_a_mended_manifest_is_found_by_recomputation(changed: Change) -> None:
    path = changed(_replace("numbers.csv", b"389685.0", b"500000.0"), mend=True)
    assert _differences(path) == [("number", "cups", 500000.0, 389685.0)]


@pytest.mark.parametrize(
    ("old", "new", "name", "stated"),
    [
        (b",30,site,", b",30,person,", "stalls.unit", "person"),
        (b",350716.5,", b",1.0,", "cups.low", 1.0),
        (b",350716.5,", b",,", "cups.low", None),
        (b",30,site,", b",thirty,site,", "stalls", "thirty"),
        (b",,percent,", b",12.5,percent,", "share_liked", 12.5),
    ],
)
def test_unit_range_and_gap_are_compared_too(
    changed: Change, old: bytes, new: bytes, name: str, stated: object
) -> None:
    found = _differences(changed(_replace("numbers.csv", old, new), mend=True))
    assert [one[:3] for one in found] == [("number", name, stated)]


def test_a_number_left_out_or_put_in_is_found(changed: Change) -> None:
    def swap(contents: dict[str, bytes]) -> None:
        contents["numbers.csv"] = contents["numbers.csv"].replace(b",stalls,", b",shops,")

    found = _differences(changed(swap, mend=True))
    assert [one[1:] for one in found] == [("shops", "stated", "absent"), ("stalls", "absent", "computed")]


def test_a_changed_input_is_seen_in_every_number_that_rests_on_it(changed: Change) -> None:
    path = changed(_replace("inputs.json", b'"value": 41.5', b'"value": 42.5'), mend=True)
    names = {name for kind, name, *_ in _differences(path) if kind == "number"}
    assert names == {"cups", "cups.low", "cups.high", "income"}


def test_a_changed_cell_of_a_figure_names_file_row_and_column(changed: Change) -> None:
    path = changed(_replace("figures/by_market.csv", b"259790.0", b"259791.0"), mend=True)
    assert _differences(path) == [("figure", "figures/by_market.csv row 1 cups", 259791.0, 259790.0)]


def test_a_figure_with_a_row_too_few_is_found(changed: Change, run: Run) -> None:
    def shorten(contents: dict[str, bytes]) -> None:
        contents["figures/markets.csv"] = run.figure("markets").frame.head(1).write_csv().encode()

    assert [one[:2] for one in _differences(changed(shorten, mend=True))] == [("figure", "figures/markets.csv")]


def test_a_figure_file_of_the_wrong_kind_is_found(changed: Change) -> None:
    def break_it(contents: dict[str, bytes]) -> None:
        contents["figures/map.parquet"] = b"PAR1 no"

    kind, name, stated, _ = _differences(changed(break_it, mend=True))[0]
    assert (kind, name) == ("figure", "map")
    assert str(stated).startswith("unreadable: ")


@pytest.mark.parametrize("name", ["figures/map.svg", "facts.json", "README.txt", "facts/stalls.csv"])
def test_any_changed_file_is_found_by_its_hash(changed: Change, name: str) -> None:
    path = changed(lambda contents: contents.update({name: contents[name] + b" "}))
    assert [one[:2] for one in _differences(path)] == [("file", name)]


def test_a_missing_and_an_added_file_are_found(changed: Change) -> None:
    def swap(contents: dict[str, bytes]) -> None:
        contents["figures/extra.svg"] = contents.pop("figures/map.svg")

    found = _differences(changed(swap))
    assert [one[1:3] for one in found] == [("figures/map.svg", found[0][2]), ("figures/extra.svg", "not listed")]
    assert found[0][3] == "missing"


def test_another_version_alone_is_told_but_is_no_fault(changed: Change) -> None:
    path = changed(_replace("versions.json", b'"madang": "', b'"madang": "9.'), mend=True)
    found = verify_bundle(path)
    assert found.same
    assert [name for name, _, _ in found.versions] == ["madang"]


def test_other_code_of_the_solution_is_told_by_its_hash(bundle: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stated = json.loads(unpack(bundle)["versions.json"])
    monkeypatch.setattr("madang.plan.bundle.verifying.versions", lambda _: {**stated, "solution_sha256": "0" * 64})
    found = verify_bundle(bundle).versions
    assert found == (("solution_sha256", stated["solution_sha256"], "0" * 64),)


def test_an_input_out_of_bounds_in_a_tampered_bundle_is_refused_and_told(changed: Change) -> None:
    path = changed(_replace("inputs.json", b'"value": 41.5', b'"value": 900'))
    last = verify_bundle(path).differences[-1]
    assert last == Difference("run", "tea_stalls", "a run", "refused: cups_per_day = 900 is outside its bounds")


@pytest.mark.parametrize(
    ("name", "body", "says"),
    [
        ("inputs.json", b"{", "the file is not JSON"),
        ("inputs.json", b"\xff\xfe", "the file is not JSON"),
        ("inputs.json", b"[" * 100_000, "the file is not JSON"),
        ("inputs.json", b"{}", "the bundle's inputs are not whole: a required key is missing"),
        ("inputs.json", b"[]", "the bundle's inputs are not whole"),
        ("inputs.json", b"null", "the bundle's inputs are not whole"),
        ("versions.json", b"[]", "the file does not list versions"),
        ("versions.json", b"null", "the file does not list versions"),
        ("numbers.csv", b"a,b\n", "columns are missing: high, low, name, unit, value"),
        ("inputs/stalls.parquet", b"no", "the table of the input 'stalls' cannot be read"),
    ],
)
def test_a_part_that_cannot_be_read_is_one_clear_error(changed: Change, name: str, body: bytes, says: str) -> None:
    path = changed(lambda contents: contents.update({name: body}), mend=True)
    with pytest.raises(DataError) as caught:
        verify_bundle(path)
    assert caught.value.what.startswith(says)
    assert f"tea.zip: {name}" in str(caught.value.where)


@pytest.mark.parametrize("name", ["inputs.json", "versions.json", "numbers.csv", "inputs/stalls.parquet"])
def test_a_part_that_is_not_there_is_one_clear_error(changed: Change, name: str) -> None:
    path = changed(lambda contents: contents.pop(name), mend=True)
    with pytest.raises(DataError, match=r"the bundle lacks a file|the table of the input 'stalls' is missing"):
        verify_bundle(path)


def test_a_zip_of_something_else_is_said_to_be_no_bundle(changed: Change) -> None:
    path = changed(lambda contents: contents.pop("manifest-sha256.txt"))
    with pytest.raises(DataError, match="the file is no bundle: it has no manifest"):
        verify_bundle(path)


def test_a_bundle_of_another_format_says_what_is_read(changed: Change) -> None:
    path = changed(_replace("inputs.json", b"madang-bundle/1", b"madang-bundle/9"), mend=True)
    with pytest.raises(DataError, match="this Madang reads madang-bundle/1"):
        verify_bundle(path)


def test_a_bundle_of_an_unknown_solution_says_so(changed: Change) -> None:
    path = changed(_replace("inputs.json", b'"solution": "tea_stalls"', b'"solution": "tea_stall"'), mend=True)
    with pytest.raises(UnknownName, match="did you mean tea_stalls"):
        verify_bundle(path)


def test_a_folder_cannot_be_a_bundle(run: Run, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="the bundle needs a file, and this is a folder"):
        write_bundle(run, tmp_path, made_on=date(2026, 11, 2))


def test_a_stopped_write_leaves_the_earlier_bundle_and_nothing_else(run: Run, bundle: Path, tmp_path: Path) -> None:
    before = bundle.read_bytes()

    def stop(_share: float, _what: str) -> None:
        raise Cancelled("stopped")

    with pytest.raises(Cancelled):
        write_bundle(run, bundle, made_on=date(2026, 11, 3), progress=stop)
    assert bundle.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["tea.zip", "teatown"]


@pytest.mark.parametrize(
    ("stated", "found", "same"),
    [
        (1.0, 1.0 + 1e-12, True),
        (1.0, 1.0 + 1e-8, False),
        (0.0, 1e-300, False),
        (None, None, True),
        (None, 0.0, False),
        (float("nan"), float("nan"), True),
        ("a", "b", False),
        (True, 1, True),
        (True, 2.0, False),
        (1, True, True),
        (float("nan"), 1.0, False),
        (1.0, float("nan"), False),
        (float("inf"), float("inf"), True),
        (float("inf"), 1.0, False),
        ("1", 1, False),
    ],
)
def test_the_last_bits_are_forgiven_and_nothing_more(stated: object, found: object, same: bool) -> None:
    assert _same(stated, found) is same


def test_parquet_in_the_bundle_keeps_empty_cells(bundle: Path, tmp_path: Path) -> None:
    (tmp_path / "stalls.parquet").write_bytes(unpack(bundle)["inputs/stalls.parquet"])
    assert pl.read_parquet(tmp_path / "stalls.parquet")["visitors"].null_count() == 1


@pytest.mark.parametrize(
    ("stated", "found", "differs"),
    [
        ([1e9, 0.0], [1e9, 1e-4], None),
        ([1e9, 0.0], [1e9, 1e-2], "f row 2 x"),
        ([1e-9, 0.0], [1e-9, 1e-12], "f row 2 x"),
        ([None, 1.0], [0.0, 1.0], "f row 1 x"),
        ([None, 1.0], [None, 1.0], None),
        ([float("inf"), 5.0], [float("inf"), 6.0], "f row 2 x"),
        ([1.0, 2.0], [1.5, 2.5], "f row 1 x"),
    ],
)
def test_a_cell_may_be_off_by_the_rounding_of_the_largest_in_its_column(
    stated: list[float | None], found: list[float | None], differs: str | None
) -> None:
    """A difference of two large sums rounds as they do; the first cell that is off by more is named."""
    frames = [pl.DataFrame({"x": cells}, schema={"x": pl.Float64}) for cells in (stated, found)]
    assert [one.name for one in _frame_differences("f", *frames)] == ([differs] if differs else [])


def test_columns_in_another_order_are_told_with_their_heights() -> None:
    one, other = pl.DataFrame({"a": [1], "b": [2]}), pl.DataFrame({"b": [2], "a": [1]})
    (found,) = _frame_differences("f", one, other)
    assert (found.stated, found.recomputed) == ("['a', 'b'] x 1", "['b', 'a'] x 1")


def test_words_are_compared_as_they_stand() -> None:
    (found,) = _frame_differences("f", pl.DataFrame({"a": ["x", "y"]}), pl.DataFrame({"a": ["x", "z"]}))
    assert (found.name, found.stated, found.recomputed) == ("f row 2 a", "y", "z")


def test_a_version_only_one_side_knows_is_told(changed: Change) -> None:
    def alter(contents: dict[str, bytes]) -> None:
        told = json.loads(contents["versions.json"])
        told["packages"]["abacus"] = "1"
        del told["packages"]["numpy"], told["platform"]
        contents["versions.json"] = json.dumps(told).encode()

    found = {name: (said, here) for name, said, here in verify_bundle(changed(alter, mend=True)).versions}
    assert found["abacus"] == ("1", None)
    assert (found["numpy"][0], found["platform"][0]) == (None, None)


def test_verifying_tells_what_it_does_and_ends_at_the_end(bundle: Path) -> None:
    seen: list[tuple[float, str]] = []
    verify_bundle(bundle, lambda share, what: seen.append((share, what)))
    assert seen[0] == (0.0, "unpacking")
    assert seen[-1] == (1.0, "done")
    assert [share for share, _ in seen] == sorted(share for share, _ in seen)
    assert {"rebuilding inputs", "comparing"} <= {what for _, what in seen}
