"""The same questions as integer programs, solved by HiGHS."""

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp


def solved(worth, rows, low, high, floor, ceiling, whole):
    """Return the most worth within the rows' bounds, or None where nothing fits."""
    got = milp(
        -np.asarray(worth, float), constraints=LinearConstraint(np.array(rows), low, high),
        bounds=Bounds(floor, ceiling), integrality=whole, options={"mip_rel_gap": 0.0},
    )  # fmt: skip
    return None if got.x is None else -float(got.fun)


def chosen_bounds(sites, asked):
    """Return the least and the most of each site's binary; forced ones are 1, forbidden ones 0."""
    floor, ceiling = np.zeros(sites), np.ones(sites)
    floor[asked["forced"]] = 1.0
    ceiling[asked["forbidden"]] = 0.0
    return floor, ceiling


def cover_best(cover, weights, costs, asked, *, budget=None, need=None):
    """Return the most weight for ``budget``, or the least cost for ``need``; sites of class 'r' are limited."""
    dense = cover.toarray().astype(float)
    sites, count = dense.shape
    floor, ceiling = chosen_bounds(sites, asked)
    nothing, is_r = np.zeros(count), (np.asarray(asked["classes"]) == "r").astype(float)
    rows = [*np.hstack((-dense.T, np.eye(count))), [*is_r, *nothing]]
    low, high = [-np.inf] * (count + 1), [0.0] * count + [asked["class_limits"].get("r", sites)]
    covered, paid = [*np.zeros(sites), *weights], [*costs, *nothing]
    rows.append(paid if need is None else covered)
    low.append(-np.inf if need is None else need)
    high.append(budget if need is None else np.inf)
    best = solved(
        covered if need is None else -np.asarray(paid), rows, low, high, [*floor, *nothing],
        [*ceiling, *np.ones(count)], [1] * sites + [0] * count,
    )  # fmt: skip
    return best if need is None or best is None else -best


def capacity_best(cover, demand, levels, budget, forced):
    """Return the most demand served within ``budget`` when each forced site has a level."""
    dense = cover.toarray()
    sites, classes = dense.shape[0], len(levels)
    pairs = np.argwhere(dense)
    flows = len(pairs)
    cost = np.array([[level.cost for level in levels]] * sites, float)
    room = np.array([[level.capacity for level in levels]] * sites, float)
    allowed = np.array([np.ones(sites) if level.allowed is None else np.isin(range(sites), level.allowed)
                        for level in levels]).T  # fmt: skip
    one_each = np.kron(np.eye(sites), np.ones(classes))
    of_site = (pairs[:, 0][None] == np.arange(sites)[:, None]).astype(float)
    of_row = (pairs[:, 1][None] == np.arange(dense.shape[1])[:, None]).astype(float)
    rows = [
        *np.hstack((one_each, np.zeros((sites, flows)))),
        *np.hstack((-one_each * room.ravel(), of_site)),
        *np.hstack((np.zeros((dense.shape[1], sites * classes)), of_row)),
        [*cost.ravel(), *np.zeros(flows)],
    ]
    low = [*np.isin(range(sites), forced).astype(float), *[-np.inf] * (sites + dense.shape[1] + 1)]
    high = [*np.ones(sites), *np.zeros(sites), *demand, budget]
    return solved(
        [*np.zeros(sites * classes), *np.ones(flows)], rows, low, high, np.zeros(sites * classes + flows),
        [*allowed.ravel(), *[np.inf] * flows], [1] * (sites * classes) + [0] * flows,
    )  # fmt: skip
