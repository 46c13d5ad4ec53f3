"""The desk as a Django app."""

from __future__ import annotations

from django.apps import AppConfig

from madang.web.wording import both


class EcoMileageConfig(AppConfig):
    """Eco-mileage in operation."""

    name = "madang.web.desks.eco_mileage"
    label = "eco_mileage"
    verbose_name = both("에코마일리지 창구", "Eco-mileage desk")
    default_auto_field = "django.db.models.BigAutoField"
    puts_back = "madang.web.desks.eco_mileage.services.errands.put_back"
