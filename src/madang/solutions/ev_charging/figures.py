from __future__ import annotations


def figures(result):
    return ()
