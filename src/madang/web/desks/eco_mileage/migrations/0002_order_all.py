"""All that many orders write, in one call, on PostgreSQL."""

from django.db import migrations

from madang.web.desks.eco_mileage.schema import ORDER_ALL
from madang.web.ledger.migrating import run_on_postgresql


def make(apps, schema_editor):
    """Make the function where there is a server to keep it."""
    run_on_postgresql(schema_editor, (ORDER_ALL,))


class Migration(migrations.Migration):

    dependencies = [("eco_mileage", "0001_initial"), ("ledger", "0003_move_all")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
