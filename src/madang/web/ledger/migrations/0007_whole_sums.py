"""A sum of whole numbers that stays one, for the check of a whole book on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.migrating import run_on_postgresql
from madang.web.ledger.schema import SUM


def make(apps, schema_editor):
    """Make the aggregate where there is a server to keep it."""
    run_on_postgresql(schema_editor, (SUM,))


def drop(apps, schema_editor):
    """Take it away again."""
    run_on_postgresql(schema_editor, ("DROP AGGREGATE ledger_sum(bigint)",))


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0006_late_at_once'),
    ]

    operations = [
        migrations.RunPython(make, drop),
    ]
