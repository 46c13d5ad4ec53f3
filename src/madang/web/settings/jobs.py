"""The queue of the bench: on the site's own database, so that it survives a restart and needs no server beside it."""

from __future__ import annotations

TASKS = {
    # Wagtail's own tasks stay where they are asked for.
    "default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"},
    "bench": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["bench"]},
}
