"""Addresses of the desk, below the page's language."""

from __future__ import annotations

from django.urls import path, re_path

from madang.web.desks.pollution_cap import planning, views

app_name = "pollution_cap"
_PERMIT = r"^permits/(?P<key>[0-9a-f]{24})/"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("ask/", views.ask, name="ask"),
    path("account/", views.account, name="account"),
    path("account/statement/", views.statement_page, name="statement"),
    path("account/statement.csv", views.statement_csv, name="statement-csv"),
    path("plans/", planning.plans, name="plans"),
    path("plans/allot/", planning.allot, name="allot"),
    path("plans/cell/", planning.cell, name="cell"),
    path("plans/restrict/", planning.restrict_district, name="restrict"),
    path("plans/lift/", planning.lift_district, name="lift"),
    re_path(rf"{_PERMIT}$", views.permit, name="permit"),
    re_path(rf"{_PERMIT}(?P<step>consult|spend|complete|cancel)/$", views.act, name="act"),
]
