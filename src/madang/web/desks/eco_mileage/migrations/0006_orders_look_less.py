"""An order names its item and holds without a look at each: the database keeps those rows from being deleted."""

import django.db.models.deletion
from django.db import migrations, models

from madang.web.desks.eco_mileage.schema import KEEP_ITEMS, ORDER_BY_ONE_PLAN
from madang.web.ledger.migrating import run, run_on_postgresql


def make(apps, schema_editor):
    """Set the guard of the database in use, and the one plan where there is a server to keep it."""
    run(schema_editor, KEEP_ITEMS[schema_editor.connection.vendor])
    run_on_postgresql(schema_editor, (ORDER_BY_ONE_PLAN,))


class Migration(migrations.Migration):

    dependencies = [
        ('eco_mileage', '0005_members_cars_and_contests'),
        ('ledger', '0006_late_at_once'),
    ]

    operations = [
        migrations.RunPython(make, migrations.RunPython.noop),
        migrations.AlterField(
            model_name='redemption',
            name='hold',
            field=models.OneToOneField(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemption', to='ledger.hold'),
        ),
        migrations.AlterField(
            model_name='redemption',
            name='item',
            field=models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.PROTECT, to='eco_mileage.item'),
        ),
        migrations.AlterField(
            model_name='redemption',
            name='stock_hold',
            field=models.OneToOneField(db_constraint=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.hold'),
        ),
    ]
