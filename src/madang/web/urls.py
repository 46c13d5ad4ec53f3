"""Every address of the site. Pages lie below /ko/ and /en/; what has no language lies beside them."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path, re_path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

from madang.web.accounts import views as accounts
from madang.web.api.urls import urls as api
from madang.web.desks.eco_mileage.partner_api import api as eco_partners
from madang.web.desks.pollution_cap.api import api as permits_api
from madang.web.library import feeds, media
from madang.web.library import views as library
from madang.web.live import views as live
from madang.web.search import views as search
from madang.web.sitemap import sitemap

#: Without a language: files, feeds of machines, the editors' rooms.
urlpatterns = [
    path("api/desks/eco-mileage/", eco_partners.urls),
    path("api/desks/pollution-cap/", permits_api.urls),
    path("api/", api),
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
    path("media/<path:name>", media.picture, name="picture"),
    path("catalogue.jsonld", library.catalogue, name="catalogue"),
    path("sitemap.xml", sitemap, name="sitemap"),
    path("robots.txt", feeds.robots, name="robots"),
    re_path(r"^figures/(?P<key>[0-9a-f]{24})\.(?P<ending>svg|png|vl\.json)$", live.drawing, name="drawing"),
    re_path(r"^figures/vega-(?P<version>[0-9.]+)\.js$", live.vega, name="vega"),
    re_path(r"^figures/(?P<address>[a-z0-9_]+\.[a-z0-9_]+)\.csv$", live.rows, name="figure-rows"),
]
#: With a language. Wagtail's pages come last: they answer whatever nobody else does.
urlpatterns += i18n_patterns(
    path("account/", accounts.account, name="account"),
    path("account/sign-in/", accounts.SignIn.as_view(), name="sign-in"),
    path("account/sign-out/", accounts.SignOut.as_view(), name="sign-out"),
    path("library/", library.shelves, name="shelves"),
    path("feeds/<slug:shelf>.atom", feeds.feed, name="feed"),
    path("search/", search.search, name="search"),
    re_path(r"^search\.(?P<ending>json|csv)$", search.data, name="search-data"),
    path("search/suggest", search.suggest, name="search-suggest"),
    path("why/<slug:solution>/<slug:name>/", live.why, name="why"),
    path("", include("madang.web.scoreboard.urls")),
    path("", include("madang.web.bench.urls")),
    path("", include("madang.web.desks.eco_mileage.urls")),
    path("desks/pollution-cap/", include("madang.web.desks.pollution_cap.urls")),
    re_path(r"^(?P<path>[a-z0-9/_-]+)\.(?P<ending>json|csv)$", library.data, name="entry-data"),
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
