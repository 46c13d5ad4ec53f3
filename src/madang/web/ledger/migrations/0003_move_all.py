"""Many transfers, and many holds, of one book in one call, on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.migrating import run_on_postgresql
from madang.web.ledger.schema import HOLD_ALL, LOOK_KEYS_UP, MOVE_ALL


def make(apps, schema_editor):
    """Make the functions where there is a server to keep them."""
    run_on_postgresql(schema_editor, (MOVE_ALL, HOLD_ALL, LOOK_KEYS_UP))


class Migration(migrations.Migration):

    dependencies = [("ledger", "0002_transfers")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
