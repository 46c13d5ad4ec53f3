"""Rows of a sealed journal are refused once for a statement, on PostgreSQL; holds are never deleted, on both."""

from django.db import migrations

from madang.web.ledger.migrating import run, run_on_postgresql
from madang.web.ledger.schema import KEEP_HOLDS, REFUSE_LATE_AT_ONCE


def make(apps, schema_editor):
    """Set the guards of the database in use."""
    run_on_postgresql(schema_editor, REFUSE_LATE_AT_ONCE)
    run(schema_editor, (KEEP_HOLDS[schema_editor.connection.vendor],))


class Migration(migrations.Migration):

    dependencies = [("ledger", "0005_one_plan")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
