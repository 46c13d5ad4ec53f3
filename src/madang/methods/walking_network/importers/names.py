"""The names people give columns of streets, in English and Korean: first those meant, then those met."""

from __future__ import annotations

FROM_NAMES = (
    "u", "from", "from_id", "source", "start", "start_node", "from_node", "node_from", "f_node", "fnode",
    "start_node_id", "from_node_id", "source_id", "begin_node",
    "시작노드", "시작노드_id", "시작_노드", "시점노드", "출발노드",
)  # fmt: skip
TO_NAMES = (
    "v", "to", "to_id", "target", "end", "end_node", "to_node", "node_to", "t_node", "tnode",
    "end_node_id", "to_node_id", "target_id", "종료노드", "종료노드_id", "종료_노드", "끝노드", "종점노드", "도착노드",
)  # fmt: skip
NODE_NAMES = ("node_id", "osmid", "id", "node", "nodeid", "노드id", "노드_id", "노드번호", "노드_번호", "노드", "마디")
LON_NAMES = (
    "lon", "longitude", "lng", "long", "x", "x_coord", "coord_x", "xcoord", "point_x", "경도", "x좌표", "x_좌표",
)  # fmt: skip
LAT_NAMES = ("lat", "latitude", "y", "y_coord", "coord_y", "ycoord", "point_y", "위도", "y좌표", "y_좌표")
ELEVATION_NAMES = ("elevation_m", "elevation", "ele", "z", "altitude", "해발", "고도", "높이")
LENGTH_NAMES = (
    "length_m", "length", "len", "shape_length", "shape_leng", "distance_m", "distance",
    "길이", "링크길이", "링크_길이", "거리",
)  # fmt: skip
SHAPE_NAMES = ("geometry", "geom", "wkb_geometry", "wkt", "shape", "the_geom", "geometry_wkt", "모양", "도형")
