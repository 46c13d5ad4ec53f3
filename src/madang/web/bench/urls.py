"""Addresses of the bench, below the page's language; a run keeps its own for good."""

from __future__ import annotations

from django.urls import path, re_path

from madang.web.bench import cities, comparing, pages, results, siting

app_name = "bench"
_RUN = r"^bench/runs/(?P<key>[0-9a-f]{24})"
urlpatterns = [
    path("bench/", pages.bench, name="bench"),
    path("bench/cities/", cities.bring, name="bring"),
    re_path(r"^bench/cities/(?P<key>[0-9a-f]{24})/$", cities.city, name="city"),
    re_path(r"^bench/cities/(?P<key>[0-9a-f]{24})/delete/$", cities.delete, name="city-delete"),
    re_path(r"^bench/cities/(?P<key>[0-9a-f]{24})/(?P<name>[a-z0-9_]+)/$", cities.run, name="city-run"),
    re_path(rf"{_RUN}/$", results.run, name="run"),
    re_path(rf"{_RUN}\.(?P<ending>json|csv)$", results.data, name="data"),
    re_path(
        rf"{_RUN}/figures/(?P<name>[a-z0-9_]+)\.(?P<ending>svg|png|csv|vl\.json|json|parquet)$",
        results.figure,
        name="figure",
    ),
    re_path(rf"{_RUN}/why/(?P<name>[a-z0-9_]+)/$", results.why, name="why"),
    re_path(rf"{_RUN}/board/(?P<name>[a-z0-9_]+)/$", siting.board, name="board"),
    re_path(rf"{_RUN}/board/(?P<name>[a-z0-9_]+)\.(?P<ending>json|csv)$", siting.board_data, name="board-data"),
    re_path(rf"{_RUN}/again/$", results.again, name="again"),
    re_path(rf"{_RUN}/sensitivity/$", results.sensitivity, name="sensitivity"),
    re_path(rf"{_RUN}/bundle/$", results.bundle, name="bundle"),
    re_path(rf"{_RUN}/bundle\.zip$", results.bundle_file, name="bundle-file"),
    re_path(rf"{_RUN}/(?P<kind>result|sensitivity|bundle)/progress/$", results.progress, name="progress"),
    re_path(rf"{_RUN}/(?P<kind>result|sensitivity|bundle)/cancel/$", results.stop, name="cancel"),
    re_path(r"^bench/(?P<name>[a-z0-9_]+)/$", pages.solution, name="solution"),
    re_path(r"^bench/(?P<name>[a-z0-9_]+)/compare/$", comparing.compare, name="compare"),
]
