"""Every address of the site. Pages lie below /ko/ and /en/; what has no language lies beside them."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as admin_urls
from wagtail.documents import urls as document_urls

#: Without a language: files, feeds of machines, the editors' rooms.
urlpatterns = [
    path("admin/", include(admin_urls)),
    path("documents/", include(document_urls)),
]
#: With a language. Wagtail's pages come last: they answer whatever nobody else does.
urlpatterns += i18n_patterns(
    path("", include(wagtail_urls)),
    prefix_default_language=True,
)
