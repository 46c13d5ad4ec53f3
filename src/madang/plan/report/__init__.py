"""A run told to people and machines: JSON, CSV, an article with its numbers filled in, and one HTML page."""

from __future__ import annotations
