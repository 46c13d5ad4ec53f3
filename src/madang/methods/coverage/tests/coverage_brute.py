"""Answers by trying every plan, and small covers to try them on."""

import itertools

import numpy as np
from scipy import sparse


def random_cover(seed, sites=8, rows=14, density=0.25):
    rng = np.random.default_rng(seed)
    return sparse.csr_array(rng.random((sites, rows)) < density), rng.integers(0, 20, rows).astype(float)


def street_cover(seed, sites=60, rows=200, radius=0.13):
    rng = np.random.default_rng(seed)
    at, homes = rng.random((sites, 2)), rng.random((rows, 2))
    near = np.linalg.norm(at[:, None] - homes[None], axis=2) <= radius
    return sparse.csr_array(near), rng.integers(1, 50, rows).astype(float)


def covered(cover, weights, chosen):
    reached = np.asarray(cover.todense())[list(chosen)].any(axis=0) if len(chosen) else np.zeros(cover.shape[1], bool)
    return float(np.asarray(weights)[reached].sum())


def subsets(sites):
    return itertools.chain.from_iterable(itertools.combinations(range(sites), k) for k in range(sites + 1))


def best_for_budget(cover, weights, costs, budget):
    fitting = (s for s in subsets(cover.shape[0]) if sum(costs[j] for j in s) <= budget + 1e-9)
    return max(covered(cover, weights, s) for s in fitting)


def least_for_share(cover, weights, costs, need):
    fitting = (s for s in subsets(cover.shape[0]) if covered(cover, weights, s) >= need - 1e-9)
    return min(sum(costs[j] for j in s) for s in fitting)
