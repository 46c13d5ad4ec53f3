"""The transfers' table, partitioned on PostgreSQL, and the triggers that keep the ledger append-only."""

from django.db import migrations

from madang.web.ledger.schema import statements


def make(apps, schema_editor):
    """Run the statements of the database in use."""
    with schema_editor.connection.cursor() as cursor:
        for statement in statements(schema_editor.connection.vendor):
            cursor.execute(statement.replace("%%", "%"))


class Migration(migrations.Migration):

    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
