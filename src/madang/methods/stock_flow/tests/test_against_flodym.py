from __future__ import annotations

import numpy as np
import pytest

from madang.methods.stock_flow import BoughtAt, Drive, Fleet, Weibull, run

fd = pytest.importorskip("flodym", reason="flodym, the peer, is in the extra 'bench'")
YEARS = 20


@pytest.mark.parametrize("bought_at", list(BoughtAt))
def test_stocks_driven_by_powertrain_equal_flodyms(bought_at: BoughtAt) -> None:
    stock = np.cumsum(np.random.default_rng(4).uniform(5, 20, (3, YEARS)), axis=1)
    scale = np.array([6.0, 9.0, 15.0])
    total = stock.sum(axis=0)
    fleet = Fleet(
        ("car",),
        ("a", "b", "c"),
        2000,
        total[None],
        (stock / total)[None],
        Weibull(scale[None], 3.0),
        drive=(Drive.STOCK_SPLIT,),
        bought_at=bought_at,
    )
    flows, theirs = run(fleet), flodym_flows(stock, scale, bought_at)
    np.testing.assert_allclose(flows.stock[0], stock, rtol=1e-9)
    np.testing.assert_allclose(flows.purchases[0], theirs.inflow.values.T, rtol=1e-9)
    np.testing.assert_allclose(flows.scrapped[0], theirs.outflow.values.T, rtol=1e-9, atol=1e-9)


def flodym_flows(stock: np.ndarray, scale: np.ndarray, bought_at: BoughtAt) -> object:
    t = fd.Dimension(name="Time", letter="t", items=list(range(2000, 2000 + YEARS)), dtype=int)
    p = fd.Dimension(name="Powertrain", letter="p", items=list(range(3)), dtype=int)
    dims = fd.DimensionSet(dim_list=[t, p])
    life = fd.WeibullLifetime(
        dims=dims,
        weibull_shape=3.0,
        weibull_scale=np.broadcast_to(scale, (YEARS, 3)).copy(),
        inflow_at=bought_at.value,
    )
    model = fd.StockDrivenDSM(dims=dims, lifetime_model=life, stock=fd.StockArray(dims=dims, values=stock.T.copy()))
    model.compute()
    return model
