"""One process that loads a kept network and searches from every node: prints its time and memory as JSON.

``python benchmarks/reach_memory.py network.npz``. Apart from ``reach_sets.py`` so that no peer's import counts.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np

from madang.methods.walking_network import reach_sets
from madang.methods.walking_network.store import load_network

LIMIT_M = 400.0


def peak_mb() -> float:
    """Return the most memory this process has held; unlike ``ru_maxrss`` it forgets the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def main(path: Path) -> int:
    """Load, search, print."""
    imports_mb = peak_mb()
    network = load_network(path)
    if network is None:
        print(f"no kept network at {path}", file=sys.stderr)
        return 1
    places = network.node_places()
    reach_sets(network, places.take(np.arange(2)), places, LIMIT_M)
    before_mb, wall, cpu = peak_mb(), time.perf_counter(), time.process_time()
    reach = reach_sets(network, places, places, LIMIT_M)
    values = {
        "nodes": network.nodes,
        "pairs": reach.pairs,
        "cpu_s": time.process_time() - cpu,
        "wall_s": time.perf_counter() - wall,
        "imports_mb": imports_mb,
        "before_mb": before_mb,
        "peak_mb": peak_mb(),
    }
    print(json.dumps(values))
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2:
        print("left out: it wants a kept network; reach_sets.py makes one and starts this with it")
        sys.exit(0)
    sys.exit(main(Path(sys.argv[1])))
