"""What the site is made of: its own rooms first, then Wagtail's and Django's."""

from __future__ import annotations

from pathlib import Path

#: The site's own rooms. A new one is a folder and a line here.
ROOMS = [
    "madang.web.accounts",
    "madang.web.live",
    "madang.web.library",
    "madang.web.search",
    "madang.web.scoreboard",
    "madang.web.bench",
    "madang.web.ledger",
    "madang.web.desks.eco_mileage",
    "madang.web.desks.pollution_cap",
]
INSTALLED_APPS = [
    *ROOMS,
    "wagtail.contrib.redirects",
    "wagtail.contrib.simple_translation",
    "wagtail.embeds",
    "wagtail.locales",
    "wagtail.sites",
    "wagtail.users",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "django_filters",
    "django_tasks_db",
    "ninja",
    "django_htmx",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.sitemaps",
    "django.forms",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "madang.web.middleware.NoNul",
    "madang.web.middleware.OpenReading",
    "madang.web.middleware.ContentPolicy",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "madang.web.middleware.VisitorCache",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "madang.web.accounts.rules.Gate",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    # Last, next to the views: the layers above it would send a 404 below /api/ on to a page.
    "madang.web.api.middleware.InOneShape",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [Path(__file__).parent.parent / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "madang.web.wording.page_words",
                "madang.web.doors.page_doors",
            ],
            "builtins": ["madang.web.templatetags.wording"],
            "libraries": {"wording": "madang.web.templatetags.wording"},
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
STATICFILES_DIRS = [Path(__file__).parent.parent / "static"]
AUTH_USER_MODEL = "accounts.User"
