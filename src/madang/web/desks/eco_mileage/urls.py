"""Addresses of the desk, below the page's language."""

from __future__ import annotations

from django.urls import path, re_path

from madang.web.desks.eco_mileage.pages import checking, claim, member, office, own, records

app_name = "eco"
_HOME = "desks/eco-mileage/"
_RUN = r"(?P<run>[0-9A-Za-z_-]{1,80})"
urlpatterns = [
    path(_HOME, member.desk, name="desk"),
    path(f"{_HOME}join/", member.join, name="join"),
    path(f"{_HOME}claim/", claim.claim, name="claim"),
    path(f"{_HOME}me/", member.me, name="me"),
    path(f"{_HOME}me/readings/", member.readings, name="readings"),
    re_path(rf"^{_HOME}me/why/{_RUN}/$", member.why, name="why"),
    path(f"{_HOME}me/redeem/", member.redeem, name="redeem"),
    path(f"{_HOME}me/ask/", own.ask, name="ask"),
    path(f"{_HOME}me/move/", own.move, name="move"),
    path(f"{_HOME}me/report/", own.report, name="report"),
    path(f"{_HOME}me/car/", own.car, name="car"),
    path(f"{_HOME}me/partners/", own.partners, name="partners"),
    path(f"{_HOME}me/data.json", member.export, name="export"),
    path(f"{_HOME}me/leave/", member.leave, name="leave"),
    path(f"{_HOME}office/", office.office, name="office"),
    path(f"{_HOME}office/import/", office.bring, name="import"),
    path(f"{_HOME}office/review/", office.review, name="review"),
    path(f"{_HOME}office/photos/", checking.photos, name="photos"),
    re_path(rf"^{_HOME}office/photos/(?P<sha256>[0-9a-f]{{64}})\.jpg$", checking.photo, name="photo"),
    path(f"{_HOME}office/cars/", checking.cars, name="cars"),
    path(f"{_HOME}office/organisations/", checking.organisations, name="organisations"),
    path(f"{_HOME}office/settle/", office.settle, name="settle"),
    path(f"{_HOME}office/what-if/", office.suppose, name="what-if"),
    re_path(rf"^{_HOME}office/settlements/{_RUN}/$", office.settlement, name="settlement"),
    re_path(rf"^{_HOME}office/settlements/{_RUN}/(?P<what>approve|refuse|post|reverse)/$", office.act, name="act"),
    path(f"{_HOME}office/errands/<int:number>/", office.errand, name="errand"),
    path(f"{_HOME}office/catalogue/", office.catalogue, name="catalogue"),
    path(f"{_HOME}office/deliveries/", office.deliveries, name="deliveries"),
    path(f"{_HOME}office/expiry/", office.expiry, name="expiry"),
    path(f"{_HOME}office/person/", office.person, name="person"),
    path(f"{_HOME}office/codes/", claim.codes, name="codes"),
    path(f"{_HOME}office/trail/", records.trail, name="trail"),
]
