"""Accounts are judged and changed by one update, and nobody asks for holds by their giver."""

import django.db.models.deletion
from django.db import migrations, models

from madang.web.ledger.many_schema import HOLD_MANY, MOVE_MANY
from madang.web.ledger.migrating import run_on_postgresql


def make(apps, schema_editor):
    """Put the functions as they are now in their own place: a database made earlier has them as they were."""
    run_on_postgresql(schema_editor, (MOVE_MANY, HOLD_MANY))


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0008_looked_up_once'),
    ]

    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='hold',
            name='giver',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.account'),
        ),
    ]
