"""What migrations share that tell the database statements of their own."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.backends.base.schema import BaseDatabaseSchemaEditor


def run(schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
    """Run statements one after the other."""
    with schema_editor.connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def run_on_postgresql(schema_editor: BaseDatabaseSchemaEditor, statements: Iterable[str]) -> None:
    """Run statements where there is a server to keep what they make."""
    if schema_editor.connection.vendor == "postgresql":
        run(schema_editor, statements)
