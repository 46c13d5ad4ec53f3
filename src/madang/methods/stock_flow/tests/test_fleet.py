from __future__ import annotations

import numpy as np
import pytest

from madang.core.errors import BoundsError, InfeasibleError, MadangError, UnknownName, UsageError
from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Mandate, Scope, SurvivalTable, Weibull, stationary_ages


def fleet(**changed: object) -> Fleet:
    given: dict[str, object] = {
        "classes": ("car",),
        "powertrains": ("fossil", "battery", "hydrogen"),
        "first_year": 2020,
        "total": np.array([[10.0, 12.0]]),
        "split": np.array([[[0.5, 0.5], [0.5, 0.25], [0.0, 0.25]]]),
        "survival": Weibull(10.0, 3.0),
    }
    return Fleet(**(given | changed))  # type: ignore[arg-type]


def test_years_follow_from_the_totals() -> None:
    assert list(fleet().years) == [2020, 2021]


@pytest.mark.parametrize(
    ("changed", "error", "message"),
    [
        ({"total": np.array([1.0])}, UsageError, "the totals are not class x year"),
        ({"split": np.ones((1, 2, 2))}, UsageError, r"split has the shape \(1, 2, 2\) where \(1, 3, 2\) is needed"),
        ({"drive": (Drive.STOCK,) * 2}, UsageError, r"drive has the shape \(2,\)"),
        ({"initial": np.ones((1, 2, 4))}, UsageError, r"initial has the shape \(1, 2\)"),
        ({"total": np.array([[1.0, np.nan]])}, BoundsError, "total holds a missing or negative value"),
        ({"total": np.array([[1.0, -1]])}, BoundsError, "total holds a missing or negative value"),
        ({"split": np.full((1, 3, 2), 0.3)}, BoundsError, "shares of car in 2020 sum to 0.9"),
        ({"survival": Weibull(0.0, 3.0)}, BoundsError, "a survival scale or shape is not above 0"),
        ({"survival": Weibull(0.1, 3.0)}, BoundsError, "0.1 years leaves nothing at the end of the first year"),
        ({"survival": SurvivalTable(np.array([0.9, 0.5]))}, BoundsError, "does not fall from 1 at age 0"),
        ({"survival": SurvivalTable(np.array([1.0, 0.5, 0.6]))}, BoundsError, "does not fall from 1 at age 0"),
        ({"survival": SurvivalTable(np.array([1.0, 0.0]))}, BoundsError, "a survival table leaves nothing"),
    ],
)
def test_a_fleet_without_meaning_is_refused(changed: dict[str, object], error: type[MadangError], message: str) -> None:
    with pytest.raises(error, match=message):
        fleet(**changed)


def mandate(*powertrains: str, scope: Scope = Scope.ALL, name: str = "car") -> Mandate:
    return Mandate(name, powertrains, scope, 2020, 2021, 0.5)


def test_a_mandate_for_an_unknown_class_suggests_one() -> None:
    with pytest.raises(UnknownName, match="did you mean car"):
        fleet(mandates=(mandate("battery", name="carr"),))


def test_a_mandate_for_an_unknown_powertrain_suggests_one() -> None:
    with pytest.raises(UnknownName, match="did you mean battery"):
        fleet(mandates=(mandate("batery"),))


def test_mandates_whose_sets_only_overlap_are_refused() -> None:
    with pytest.raises(InfeasibleError, match="two mandates on car name powertrains that overlap only in part"):
        fleet(mandates=(mandate("battery", "fossil"), mandate("battery", "hydrogen")))


def test_mandates_on_purchases_one_after_the_other_may_differ() -> None:
    early = Mandate("car", ("hydrogen",), Scope.NEW, 2020, 2020, 0.5)
    late = Mandate("car", ("battery",), Scope.NEW, 2021, 2022, 0.5)
    assert fleet(mandates=(late, early)).mandates == (late, early)


def test_a_mandate_on_the_stock_outlasts_its_last_year() -> None:
    stock = Mandate("car", ("hydrogen",), Scope.ALL, 2018, 2019, 0.5)
    new = Mandate("car", ("battery",), Scope.NEW, 2021, 2022, 0.5)
    with pytest.raises(InfeasibleError, match="two mandates on car"):
        fleet(mandates=(new, stock))


def test_mandates_whose_sets_are_nested_are_taken() -> None:
    assert fleet(mandates=(mandate("battery"), mandate("battery", "hydrogen"))).mandates


def test_a_class_that_follows_a_register_takes_no_mandate() -> None:
    with pytest.raises(UsageError, match="car follows a register by powertrain"):
        fleet(mandates=(mandate("battery"),), drive=(Drive.STOCK_SPLIT,))


def test_a_mandates_share_years_and_set_are_checked() -> None:
    with pytest.raises(BoundsError, match=r"a mandate's share is 1\.5"):
        Mandate("car", ("battery",), Scope.NEW, 2020, 2021, 1.5)
    with pytest.raises(BoundsError, match="ends in 2019 before it begins in 2020"):
        Mandate("car", ("battery",), Scope.NEW, 2020, 2019, 1.0)
    with pytest.raises(UsageError, match="names no powertrain"):
        Mandate("car", (), Scope.NEW, 2020, 2021, 1.0)


def test_weibull_is_the_fields_own_formula() -> None:
    # ICCT Roadmap: S(5) at lambda 9, k 5; flodym's mid-year reading is S(5.5).
    assert Weibull(9.0, 5.0).at(np.array([5.0, 5.5])) == pytest.approx([0.948, 0.918], abs=5e-4)


def test_stationary_ages_keep_the_stock_and_never_grow_with_age() -> None:
    spread = stationary_ages(np.array([[100.0, 7.0]]), Weibull(8.0, 3.0), BoughtAt.MIDDLE, 40)
    assert spread.sum(axis=-1) == pytest.approx(np.array([[100.0, 7.0]]))
    assert np.all(np.diff(spread, axis=-1) <= 0)
