"""Pictures that editors uploaded, served from the site's folder; files go through Wagtail, which knows who may."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponseBase
from django.views.static import serve

_OPEN = ("images/", "original_images/")
_KEPT = "public, max-age=2592000"


def picture(request: HttpRequest, name: str) -> HttpResponseBase:
    """Return an uploaded picture or one of its sizes; nothing else of the folder."""
    if not name.startswith(_OPEN):
        raise Http404(name)
    response = serve(request, name, document_root=settings.MEDIA_ROOT)
    response["Cache-Control"] = _KEPT
    return response
