"""What writes many looks each account up once to be judged and once to be changed, on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.many_schema import BEFORE, HOLD_MANY, MOVE_MANY
from madang.web.ledger.migrating import run_on_postgresql


def make(apps, schema_editor):
    """Put the functions in the place of the earlier ones, where there is a server to keep them."""
    run_on_postgresql(schema_editor, (MOVE_MANY, HOLD_MANY))


def back(apps, schema_editor):
    """Put the earlier ones back."""
    run_on_postgresql(schema_editor, BEFORE)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_whole_sums'),
    ]

    operations = [
        migrations.RunPython(make, back),
    ]
