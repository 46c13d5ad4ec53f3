import numpy as np
import pytest
from coverage_brute import covered, street_cover
from hypothesis import given, settings
from hypothesis import strategies as st

from madang.core.errors import BoundsError
from madang.methods.coverage import WhatIf


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 1000), st.lists(st.integers(0, 29), max_size=40))
def test_after_any_changes_everything_equals_recomputation(seed, toggles):
    cover, weights = street_cover(seed, sites=30, rows=90, radius=0.2)
    live = WhatIf(cover, weights)
    for site in toggles:
        live.toggle(site)
    now = set(live.open_sites.tolist())
    assert live.covered == covered(cover, weights, now)
    for j in range(30):
        other = covered(cover, weights, now ^ {j})
        assert live.values[j] == abs(other - live.covered)


def test_counts_are_the_open_sites_around_each_row(chain):
    live = WhatIf(chain, existing=[0, 1])
    assert live.counts.tolist() == [1, 2, 1, 0, 0, 0]
    assert live.is_open.tolist() == [True, True, False, False, False]


def test_opening_an_open_site_changes_nothing(chain):
    live = WhatIf(chain)
    assert live.add(2) == 2
    assert live.add(2) == 2
    assert live.remove(2) == 0
    assert live.remove(2) == 0


def test_a_drag_closes_one_and_opens_another(chain):
    live = WhatIf(chain, [1, 1, 1, 1, 1, 9], existing=[0])
    assert live.move(0, 4) == 10
    assert live.open_sites.tolist() == [4]
    assert live.covered_share == pytest.approx(10 / 14)


def test_the_best_next_sites_are_listed_first(chain):
    live = WhatIf(chain, [1, 2, 3, 4, 5, 6], existing=[4])
    assert live.best(2).tolist() == [2, 1]
    assert live.best(99).size == 4
    assert WhatIf(chain, existing=range(5)).best().size == 0


def test_a_candidate_that_does_not_exist_is_refused(chain):
    with pytest.raises(BoundsError, match="there is no candidate 5"):
        WhatIf(chain).add(5)
    with pytest.raises(BoundsError, match="there is no candidate -1"):
        WhatIf(chain).move(0, -1)


@pytest.mark.parametrize(
    ("given", "named"),
    [("x", "'x'"), ("1", "'1'"), (None, "None"), (float("nan"), "nan"), (np.float64("nan"), "nan"), (1.5, "1.5"),
     (2.0, "2.0"), (True, "True"), (np.True_, "True"), ([1], r"\[1\]"), (np.int64(5), "5"), (10**30, "10{30}")],
)  # fmt: skip
@pytest.mark.parametrize("deed", ["add", "remove", "toggle", "move there", "move away"])
def test_what_is_no_index_of_a_candidate_is_refused_as_one_that_does_not_exist(chain, deed, given, named):
    live = WhatIf(chain, existing=[1, 3])
    todo = {"move there": lambda at: live.move(1, at), "move away": lambda at: live.move(at, 2)}
    with pytest.raises(
        BoundsError, match=f"there is no candidate {named}\n  where: site\n  to do: give an index from 0 to 4"
    ):
        todo.get(deed, getattr(live, deed, None))(given)
    assert live.open_sites.tolist() == [1, 3]


def test_a_candidate_may_be_any_whole_number(chain):
    live = WhatIf(chain)
    for at in (np.int32(0), np.uint8(2), np.array(4)):
        live.add(at)
    assert live.open_sites.tolist() == [0, 2, 4]


def test_long_use_with_fractional_weights_does_not_drift(chain, monkeypatch):
    monkeypatch.setattr("madang.methods.coverage.whatif.FRESH_AFTER", 50)
    live = WhatIf(chain, np.full(6, 0.1))
    for step in range(1001):
        live.toggle(step * 7 % 5)
    assert live.covered == pytest.approx(covered(chain, np.full(6, 0.1), live.open_sites), rel=1e-12)


def test_a_cover_without_candidates_is_taken():
    assert WhatIf(np.zeros((0, 3))).covered == 0


def test_where_there_are_no_candidates_none_can_be_named():
    empty = np.zeros((0, 3))
    for name_one in (lambda: WhatIf(empty).add(0), lambda: WhatIf(empty, existing=[0])):
        with pytest.raises(BoundsError, match="to do: the question has no candidates"):
            name_one()
