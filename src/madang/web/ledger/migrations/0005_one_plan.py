"""The functions for many transfers keep one plan that looks accounts and keys up, on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.schema import LOOK_ACCOUNTS_UP


def make(apps, schema_editor):
    """Set it where there is a server to keep it."""
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for statement in LOOK_ACCOUNTS_UP:
                cursor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0004_holds_as_transfers")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
