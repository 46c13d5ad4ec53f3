"""What every answer says about itself: no framing, no sniffing, scripts and styles from here only."""

from __future__ import annotations

X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 8 * 3600
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_NAME = "madang-session"
CSRF_COOKIE_NAME = "madang-csrf"
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "madang.web.api.middleware.without_token"
LANGUAGE_COOKIE_HTTPONLY = True
AUTHENTICATION_BACKENDS = ["madang.web.accounts.backends.LimitedBackend"]
WAGTAILADMIN_USER_LOGIN_FORM = "madang.web.accounts.forms.EditorSignInForm"
LOGIN_URL = "/ko/account/sign-in/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

#: What a visitor's browser may load: nothing from anywhere else, no script or style in the page itself.
CONTENT_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data: blob:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "worker-src": "'self' blob:",
    "manifest-src": "'self'",
    "media-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "frame-src": "'self'",
}
#: The editors' rooms set styles by attribute (their rich text editor does); scripts stay strict there too.
#: A preview is framed by the page it is a preview of.
EDITOR_CONTENT_POLICY = {
    **CONTENT_POLICY,
    "style-src": "'self' 'unsafe-inline'",
    "frame-ancestors": "'self'",
}
EDITOR_PATHS = ("/admin/", "/documents/")
#: Cards that other sites may show in a frame.
EMBED_PATHS = ("/ko/embed/", "/en/embed/")
