"""Accounts are judged and changed by one update, and nobody asks for holds by their giver."""

import django.db.models.deletion
from django.db import migrations, models

from madang.web.ledger.many_schema import HOLD_MANY, MOVE_MANY
from madang.web.ledger.migrating import run, run_on_postgresql
from madang.web.ledger.schema import KEEP_HOLDS


def make(apps, schema_editor):
    """Put the functions as they are now in their own place: a database made earlier has them as they were."""
    run_on_postgresql(schema_editor, (MOVE_MANY, HOLD_MANY))


def keep(apps, schema_editor):
    """Set the guard of holds again: SQLite makes a table anew to change a column, without its triggers."""
    if schema_editor.connection.vendor == "sqlite":
        run(schema_editor, (KEEP_HOLDS["sqlite"],))


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_looked_up_once'),
    ]

    operations = [
        migrations.RunPython(make, keep),
        migrations.AlterField(
            model_name='hold',
            name='giver',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
    ]
