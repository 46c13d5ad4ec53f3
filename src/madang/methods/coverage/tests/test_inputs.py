import numpy as np
import pytest
from coverage_brute import random_cover
from scipy import sparse

from madang.core.errors import BoundsError, DataError, InfeasibleError, UsageError
from madang.methods.coverage import plan_cover

FORMATS = ["csr", "csc", "coo", "lil", "dok", "bsr"]


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("dtype", [bool, np.int8, np.uint16, np.int64, np.float32, np.float64])
def test_any_sparse_format_and_type_gives_the_same_plan(form, dtype):
    cover, weights = random_cover(1)
    plan = plan_cover(sparse.csr_matrix(cover).astype(dtype).asformat(form), weights, sites=3)
    assert plan.objective == plan_cover(cover.toarray(), weights, sites=3).objective


def test_unsorted_repeated_and_zero_entries_are_put_in_order():
    messy = sparse.csr_array((np.array([1, -1, 1, 0, 2]), np.array([2, 2, 0, 1, 1]), np.array([0, 4, 5])), shape=(2, 3))
    plan = plan_cover(messy, [1, 10, 100], sites=1)
    assert plan.chosen.tolist() == [0]
    assert plan.objective == 101


def test_repeated_bytes_do_not_wrap_to_nothing():
    many = sparse.coo_array((np.ones(256, np.uint8), (np.zeros(256, int), np.zeros(256, int))), shape=(1, 1))
    assert plan_cover(many, sites=1).objective == 1


def test_the_caller_keeps_the_cover_as_it_was():
    cover, weights = random_cover(2)
    before = cover.copy()
    plan_cover(cover, weights, sites=3)
    assert (cover != before).nnz == 0


@pytest.mark.parametrize("shape", [(0, 0), (0, 5), (5, 0), (3, 4)])
def test_covers_without_pairs_give_an_empty_worth(shape):
    plan = plan_cover(sparse.csr_array(shape), sites=2)
    assert plan.objective == 0
    assert plan.proved
    assert plan.uncoverable.tolist() == list(range(shape[1]))


def test_no_weight_at_all_needs_no_site():
    plan = plan_cover(np.eye(3), np.zeros(3), share=1.0)
    assert plan.objective == 0
    assert plan.covered_share == 1


def test_no_sites_and_no_budget_give_an_empty_plan(chain):
    assert plan_cover(chain, sites=0).chosen.size == 0
    assert plan_cover(chain, budget=0).objective == 0


def test_more_sites_than_candidates_open_what_helps(chain):
    assert plan_cover(chain, sites=100).objective == 6
    assert plan_cover(chain, budget=float("inf")).objective == 6


WRONG = [
    ({"sites": 1, "weights": [1, 2]}, DataError, "weights has 2 entries for 6"),
    ({"sites": 1, "weights": [1, -2, 1, 1, 1, 1]}, BoundsError, "weights is -2 at index 1"),
    ({"sites": 1, "weights": [1, np.nan, 1, 1, 1, 1]}, DataError, "weights is missing at index 1"),
    ({"sites": 1, "weights": list("abcdef")}, DataError, "weights holds something that is not a number"),
    ({"budget": 1, "costs": [1, 1, -1, 1, 1]}, BoundsError, "costs is -1 at index 2"),
    ({"budget": 1, "costs": [1, 1]}, DataError, "costs has 2 entries for 5"),
    ({"budget": -1}, BoundsError, "budget is -1"),
    ({"budget": float("nan")}, BoundsError, "budget is nan"),
    ({"sites": -1}, BoundsError, "sites is -1"),
    ({"sites": 1.5}, BoundsError, "sites is 1.5"),
    ({"share": 1.2}, BoundsError, "share is 1.2"),
    ({"share": float("nan")}, BoundsError, "share is nan"),
    ({"share": 0.5, "share_of": "most"}, UsageError, "share_of is 'most'"),
    ({}, UsageError, "give exactly one of budget, sites and share"),
    ({"sites": 1, "share": 0.5}, UsageError, "give exactly one of budget, sites and share"),
    ({"sites": 1, "existing": [9]}, BoundsError, "existing names candidate 9"),
    ({"sites": 1, "forced": [-1]}, BoundsError, "forced names candidate -1"),
    ({"sites": 1, "forced": [0.5]}, DataError, "forced is not a list of candidate indices"),
    ({"sites": 1, "forced": [2], "forbidden": [2]}, UsageError, "candidate 2 is both forced and forbidden"),
    ({"sites": 1, "seconds": 0}, BoundsError, "seconds is 0"),
    ({"sites": 1, "floors": 0.5}, UsageError, "floors are given without districts"),
    ({"sites": 1, "districts": list("aabbcc"), "floors": {"z": 1}}, DataError,
     "floors names district 'z', which no demand row has"),
    ({"sites": 1, "districts": list("aabbcc"), "floors": 2}, BoundsError, "the floor of district 'a' is 2"),
    ({"sites": 1, "districts": list("aab")}, DataError, "districts has 3 entries for 6"),
    ({"sites": 1, "class_limits": {"a": 1}}, UsageError, "class_limits are given without classes"),
    ({"sites": 1, "classes": list("aabbb"), "class_limits": {"c": 1}}, DataError,
     "class_limits names class 'c', which no site has"),
    ({"sites": 1, "classes": list("aabbb"), "class_limits": {"a": -1}}, BoundsError, "the limit of class 'a' is -1"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "kind", "message"), WRONG)
def test_a_wrong_argument_is_named(chain, arguments, kind, message):
    with pytest.raises(kind) as error:
        plan_cover(chain, **arguments)
    assert error.value.what == message


@pytest.mark.parametrize("cover", ["abc", [["a", "b"]], None, [[1, 2], [3]], sparse.csr_array([[1.0, np.nan]])])
def test_a_cover_that_is_no_matrix_of_numbers_is_refused(cover):
    with pytest.raises(DataError, match="the cover"):
        plan_cover(cover, sites=1)


def test_a_damaged_csr_is_refused():
    broken = sparse.csr_array(np.eye(3))
    broken.indices[1] = 7
    with pytest.raises(DataError, match="the cover is damaged"):
        plan_cover(broken, sites=1)


IMPOSSIBLE = [
    ({"budget": 1, "forced": [0, 1]}, "the forced sites cost 2, more than the budget of 1"),
    ({"share": 1.0, "forbidden": [0]}, "share 1 of the weight 6 cannot be covered: allowed sites reach 5"),
    ({"sites": 2, "districts": list("abbbbb"), "floors": {"a": 1}, "forbidden": [0]},
     "the floor of district 'a' asks for 1; allowed sites reach 0"),
    ({"sites": 2, "classes": list("aabbb"), "class_limits": {"a": 1}, "forced": [0, 1]},
     "2 forced sites of class 'a', its limit is 1"),
    ({"sites": 1, "districts": list("aabbcc"), "floors": 1.0},
     "no plan keeps sites and floors together (proved)"),
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "message"), IMPOSSIBLE)
def test_what_cannot_be_met_names_the_constraint(chain, arguments, message):
    with pytest.raises(InfeasibleError) as error:
        plan_cover(chain, **arguments)
    assert error.value.what == message
