"""A made town that the bench's tests bring: a square of streets 100 m apart, people at its corners, a few places."""

from __future__ import annotations

SIDE = 6
_STEP_LON, _STEP_LAT = 0.0011315, 0.000901
_CITY = 'id = "grid"\nname.ko = "바둑시"\nname.en = "Grid"\ninherits = "seoul"\n'
_TABLES = "".join(
    f'\n[tables.{name}]\nfile = "{name}.csv"\nsource = "own"\n'
    for name in ("street_nodes", "street_edges", "demand", "sites")
)
_CARD = f'[sources.own]\nwho = "Grid"\ntitle = "Streets drawn for a test"\nread = 2026-01-31\n{_TABLES}'


def town() -> dict[str, str]:
    """Return the files of the town's folder by name."""
    corners = [(row, column) for row in range(SIDE) for column in range(SIDE)]
    place = {at: f"{127 + at[1] * _STEP_LON:.6f},{37.5 + at[0] * _STEP_LAT:.6f}" for at in corners}
    links = [f"{r}-{c},{r}-{c + 1},," for r, c in corners if c + 1 < SIDE]
    links += [f"{r}-{c},{r + 1}-{c},," for r, c in corners if r + 1 < SIDE]
    nodes = [f"{r}-{c},{place[r, c]}," for r, c in corners]
    demand = [f"d{r}-{c},{place[r, c]},{10 + (r * SIDE + c) % 5}," for r, c in corners]
    sites = [
        f"s{at},{'주차장' if at % 2 else '역'} {at},{place[corner]},{'home' if at % 2 else 'transit'},"
        f"{'candidate' if at else 'existing'},,,,"
        for at, corner in enumerate(corners[::4])
    ]
    return {
        "city.toml": _CITY,
        "ev_charging.toml": _CARD,
        "street_nodes.csv": "node_id,lon,lat,elevation_m\n" + "\n".join(nodes) + "\n",
        "street_edges.csv": "u,v,length_m,geometry\n" + "\n".join(links) + "\n",
        "demand.csv": "id,lon,lat,weight,area\n" + "\n".join(demand) + "\n",
        "sites.csv": "id,name,lon,lat,class,status,cost,fast_ports,slow_ports,ports_max\n" + "\n".join(sites) + "\n",
    }
