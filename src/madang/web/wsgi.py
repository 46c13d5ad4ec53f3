"""The site as a WSGI application, for a server that looks for one."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "madang.web.settings")

application = get_wsgi_application()
