"""Template filters of the desk: names in the page's language."""

from __future__ import annotations

from django import template

from madang.web.desks.pollution_cap import naming

register = template.Library()
register.filter("named", naming.named)
register.filter("substance", naming.substance)
