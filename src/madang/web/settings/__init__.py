"""Django's settings, put together from the environment; a city sets variables and never edits this."""

from __future__ import annotations

from urllib.parse import urlsplit

from madang.web.environment import city_shown, database, home, hosts, public_address, secret_key
from madang.web.settings.apps import *  # noqa: F403 - Django reads settings as names of one module
from madang.web.settings.apps import INSTALLED_APPS
from madang.web.settings.headers import *  # noqa: F403
from madang.web.settings.jobs import *  # noqa: F403
from madang.web.settings.wording import *  # noqa: F403

SECRET_KEY = secret_key()
DEBUG = False
ALLOWED_HOSTS = hosts()
MADANG_HOME = home()
MADANG_CITY = city_shown()
MADANG_ADDRESS = public_address()
DATABASES = {"default": database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
WSGI_APPLICATION = "madang.web.wsgi.application"
ROOT_URLCONF = "madang.web.urls"

_HTTPS = MADANG_ADDRESS.startswith("https://")
SECURE_SSL_REDIRECT = _HTTPS
SECURE_HSTS_SECONDS = 31536000 if _HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = _HTTPS
SECURE_HSTS_PRELOAD = _HTTPS
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _HTTPS
if not _HTTPS and urlsplit(MADANG_ADDRESS).hostname in {"localhost", "127.0.0.1", "::1"}:
    # A site for this computer alone has no TLS; at any other address Django's check says what is missing.
    SILENCED_SYSTEM_CHECKS = ["security.W004", "security.W008", "security.W012", "security.W016"]
if _HTTPS:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    CSRF_TRUSTED_ORIGINS = [MADANG_ADDRESS.rstrip("/")]

MEDIA_ROOT = MADANG_HOME / "media"
MEDIA_URL = "/media/"
STATIC_URL = "/static/"
STATIC_ROOT = MADANG_HOME / "static"
STATIC_ROOT.mkdir(exist_ok=True)
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "madang.web.statics.VersionedStatic"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False
WHITENOISE_MAX_AGE = 86400

CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache", "OPTIONS": {"MAX_ENTRIES": 3000}},
}
WAGTAIL_SITE_NAME = "Madang"
WAGTAILADMIN_BASE_URL = MADANG_ADDRESS
WAGTAILDOCS_EXTENSIONS = ["pdf", "csv", "xlsx", "ods", "odt", "hwpx"]
WAGTAILIMAGES_EXTENSIONS = ["avif", "gif", "jpg", "jpeg", "png", "webp"]
WAGTAILIMAGES_IMAGE_FORM_BASE = "madang.web.library.pictures.PictureForm"
WAGTAIL_USER_TIME_ZONES = ["Asia/Seoul", "UTC"]
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAIL_ENABLE_WHATS_NEW_BANNER = False
DATA_UPLOAD_MAX_NUMBER_FIELDS = 10_000
DATA_UPLOAD_MAX_MEMORY_SIZE = 10 * 2**20

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
}

assert INSTALLED_APPS  # noqa: S101 - the star imports above brought the lists that Django needs
