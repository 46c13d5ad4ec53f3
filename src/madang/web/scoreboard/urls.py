"""Addresses of the promises, below the page's language; an ending of .json or .csv gives the same thing as data."""

from __future__ import annotations

from django.urls import path, re_path

from madang.web.scoreboard import views

app_name = "scoreboard"
urlpatterns = [
    path("promises/", views.promises, name="promises"),
    re_path(r"^promises\.(?P<ending>json|csv)$", views.promises, name="promises-data"),
    path("promises/changes.atom", views.changes, name="changes"),
    path("promises/<slug:name>/", views.promise, name="promise"),
    re_path(r"^promises/(?P<name>[a-z0-9-]+)\.(?P<ending>json|csv)$", views.promise, name="promise-data"),
    path("embed/promises/<slug:name>/", views.embed, name="embed"),
]
