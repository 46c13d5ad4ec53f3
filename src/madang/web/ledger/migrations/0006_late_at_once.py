"""Rows of a sealed journal are refused once for a statement, on PostgreSQL; holds are never deleted, on both."""

from django.db import migrations

from madang.web.ledger.schema import KEEP_HOLDS, REFUSE_LATE_AT_ONCE


def make(apps, schema_editor):
    """Set the guards of the database in use."""
    vendor = schema_editor.connection.vendor
    with schema_editor.connection.cursor() as cursor:
        for statement in (*(REFUSE_LATE_AT_ONCE if vendor == "postgresql" else ()), KEEP_HOLDS[vendor]):
            cursor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0005_one_plan")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
