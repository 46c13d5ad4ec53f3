"""Letters no database takes, headers that bind the browser or open data to others, and whole pages kept."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
import re
from collections.abc import Callable

from django.conf import settings
from django.core.cache import cache
from django.db import DataError
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest
from django.utils.http import parse_etags, quote_etag

from madang.core.errors import Both, UsageError
from madang.web import editions
from madang.web.api.refusing import bare_refusal, is_below, nothing_there

Answer = Callable[[HttpRequest], HttpResponse]
_KEPT_SECONDS = 3600
_KEPT_BYTES_MAX = 1_000_000
_PACKED_BYTES_MIN = 500
_PACKED_TYPES = ("text/", "application/json", "application/ld+json", "application/atom+xml", "image/svg+xml")
_OPEN_TYPES = ("application/json", "application/ld+json", "application/atom+xml", "application/xml", "text/csv",
               "image/svg+xml", "application/vnd.apache.parquet", "application/zip")  # fmt: skip
_OPEN = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match",
}
_NUL_IN_ADDRESS = {"ko": "주소에 NUL이 든 쪽은 없습니다.", "en": "No page has a NUL in its address."}
_NUL_IN_FORM = {
    "ko": "양식의 칸에 NUL이 들어 있습니다. 빼고 다시 보내십시오.",
    "en": "A form field holds a NUL: take it out and send the form again.",
}
_NUL_IN_BODY = UsageError(
    Both("본문의 글에 NUL이 들어 있습니다", "a text in the body holds a NUL"),
    Both("본문", "the body"),
    Both("빼고 다시 보내십시오", "take it out and send it again"),
)
#: Headers, body, and the body packed (empty where it is not worth it).
Kept = tuple[dict[str, str], bytes, bytes]


class NoNul:
    """Read a NUL in an address as a space, and refuse one in a form: no database column can hold it."""

    def __init__(self, get_response: Answer) -> None:
        """Keep what answers next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request without a NUL in its address."""
        request.META["QUERY_STRING"] = request.META.get("QUERY_STRING", "").replace("%00", "%20")
        if "\0" in request.path_info:
            if is_below(request):
                return bare_refusal(request, 404, nothing_there(request))
            words = _NUL_IN_ADDRESS["ko" if request.path_info.startswith("/ko/") else "en"]
            return HttpResponse(words, status=404, content_type="text/plain; charset=utf-8")
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say that a form held what no database takes; every other exception is somebody else's."""
        if isinstance(exception, DataError | ValueError) and "NUL" in str(exception):
            if is_below(request):
                return bare_refusal(request, 400, _NUL_IN_BODY)
            return HttpResponseBadRequest(_NUL_IN_FORM["ko" if request.path_info.startswith("/ko/") else "en"])
        return None


class OpenReading:
    """Let pages of any site read data that anybody may read: JSON, CSV, feeds, drawings. Nothing of one's own.

    A page of HTML carries forms and is for people; it is left to the browser's usual rule.
    """

    def __init__(self, get_response: Answer) -> None:
        """Keep what answers next."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, and say that it may be read; a browser that asks beforehand is told the same."""
        if request.method == "OPTIONS" and request.headers.get("Access-Control-Request-Method") in {"GET", "HEAD"}:
            return HttpResponse(status=204, headers={**_OPEN, "Access-Control-Max-Age": "86400"})
        response = self.get_response(request)
        policy, kind = response.headers.get("Cache-Control", ""), response.headers.get("Content-Type", "")
        anybody = settings.SESSION_COOKIE_NAME not in request.COOKIES and "private" not in policy
        if request.method in {"GET", "HEAD"} and anybody and kind.startswith(_OPEN_TYPES):
            response.headers.setdefault("Access-Control-Allow-Origin", "*")
            response.headers.setdefault("Access-Control-Expose-Headers", "ETag")
        return response


class ContentPolicy:
    """Send the Content-Security-Policy that fits the room; cards for embedding may be framed."""

    def __init__(self, get_response: Answer) -> None:
        """Write the policies out once."""
        self.get_response = get_response
        self.public = _written(settings.CONTENT_POLICY)
        self.editors = _written(settings.EDITOR_CONTENT_POLICY)
        self.embedded = _written({**settings.CONTENT_POLICY, "frame-ancestors": "*"})

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer with the policy."""
        response = self.get_response(request)
        policy = self.public
        if request.path.startswith(settings.EDITOR_PATHS):
            scripts = " ".join(["script-src 'self'", *known_scripts(response)])
            policy = self.editors.replace("script-src 'self'", scripts)
        if request.path.startswith(settings.EMBED_PATHS):
            policy = self.embedded
            response.headers.pop("X-Frame-Options", None)
        response.headers.setdefault("Content-Security-Policy", policy)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=(), payment=()")
        return response


class VisitorCache:
    """Answer visitors from memory while the edition stands; every page has an ETag.

    A visitor is a request without a session cookie. Only answers without cookies, of status 200, that no view
    has marked private are kept. Publishing anything makes a new edition, and with it every page is drawn anew.
    """

    def __init__(self, get_response: Answer) -> None:
        """Keep the next layer."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer from memory, or draw and keep."""
        if not self._is_visit(request):
            return self.get_response(request)
        key = self._key(request)
        kept = cache.get(key)
        if kept is None:
            response = self.get_response(request)
            kept = self._keep(key, response)
            if kept is None:
                return response
        return self._answer(request, *kept)

    def _is_visit(self, request: HttpRequest) -> bool:
        """Tell whether a request is a reading one, without an account, outside the editors' rooms."""
        return (
            request.method in {"GET", "HEAD"}
            and settings.SESSION_COOKIE_NAME not in request.COOKIES
            and not request.path.startswith(settings.EDITOR_PATHS)
        )

    def _key(self, request: HttpRequest) -> str:
        """Return the name under which a page of this edition is kept."""
        parts = (
            editions.current(),
            request.get_host(),
            request.get_full_path(),
            # Only the page without a language in its address asks what the browser would like to read.
            request.headers.get("Accept-Language", "") if request.path == "/" else "",
            request.headers.get("Accept", "") if request.path.startswith("/api/") else "",
            request.headers.get("HX-Request", ""),
        )
        return "page:" + hashlib.blake2b("\0".join(parts).encode(), digest_size=16).hexdigest()

    def _keep(self, key: str, response: HttpResponse) -> Kept | None:
        """Keep an answer that anybody may see, and return it; None where it may not be kept."""
        policy = response.headers.get("Cache-Control", "")
        if response.streaming or response.status_code != 200 or response.cookies:
            return None
        if "private" in policy or "no-store" in policy:
            return None
        body = response.content
        headers = dict(response.headers)
        headers.setdefault("Cache-Control", "public, max-age=0, must-revalidate")
        headers["ETag"] = quote_etag(hashlib.blake2b(body, digest_size=12).hexdigest())
        packed = b""
        if len(body) > _PACKED_BYTES_MIN and headers.get("Content-Type", "").startswith(_PACKED_TYPES):
            # A visitor's page holds no secret that its size could betray.
            packed = gzip.compress(body, compresslevel=6, mtime=0)
            patch_vary(headers)
        kept = (headers, body, packed)
        if len(body) <= _KEPT_BYTES_MAX:
            cache.set(key, kept, _KEPT_SECONDS)
        return kept

    def _answer(self, request: HttpRequest, headers: dict[str, str], body: bytes, packed: bytes) -> HttpResponse:
        """Return a kept answer, or 304 where the browser has it already."""
        asked = parse_etags(request.headers.get("If-None-Match", ""))
        if headers["ETag"] in asked or "*" in asked:
            spared = {name: value for name, value in headers.items() if name not in {"Content-Length", "Content-Type"}}
            return HttpResponse(status=304, headers=spared)
        if packed and "gzip" in request.headers.get("Accept-Encoding", ""):
            headers, body = {**headers, "Content-Encoding": "gzip"}, packed
        headers = {**headers, "Content-Length": str(len(body))}
        return HttpResponse(b"" if request.method == "HEAD" else body, headers=headers)


def patch_vary(headers: dict[str, str]) -> None:
    """Say that an answer depends on which packing the browser understands."""
    names = [name for name in headers.get("Vary", "").split(", ") if name]
    headers["Vary"] = ", ".join(dict.fromkeys([*names, "Accept-Encoding"]))


#: The only scripts that Wagtail 8 still writes into its pages: a date field or a chooser is made from plain JSON.
_KNOWN_SCRIPT = re.compile(
    r"<script>((?:init(?:Date|Time|DateTime)Chooser|new (?:Snippet|Image|Document|Page)Chooser)"
    r'\("[\w-]+"(?:, (.*?))?\);)</script>'
)


def known_scripts(response: HttpResponse) -> list[str]:
    """Return the hashes of the scripts in a page that are calls of Wagtail's own widgets with nothing but JSON.

    Anything else, whoever wrote it into the page, gets no hash and does not run.
    """
    if response.streaming or not response.headers.get("Content-Type", "").startswith("text/html"):
        return []
    found = _KNOWN_SCRIPT.finditer(response.content.decode("utf-8", "replace"))
    return list(dict.fromkeys(_hash(script[1]) for script in found if _is_json(script[2])))


def _is_json(words: str | None) -> bool:
    """Tell whether words are JSON values with commas between them, and nothing that runs."""
    try:
        json.loads(f"[{words or ''}]")
    except ValueError:
        return False
    return True


def _hash(script: str) -> str:
    """Return a script's hash as a policy names it."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()}'"


def _written(policy: dict[str, str]) -> str:
    """Return a policy as its header."""
    return "; ".join(f"{name} {value}" for name, value in policy.items())
