"""No addresses: what a refused request is said to belong to, so that nobody sends it on to a page with a language."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
