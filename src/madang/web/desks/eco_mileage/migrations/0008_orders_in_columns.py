"""Orders reach PostgreSQL as columns; members stay, and no index is kept that nobody asks."""

import django.db.models.deletion
from django.db import migrations, models

from madang.web.desks.eco_mileage.schema import KEEP_MEMBERS, ORDER_ALL, ORDER_BY_ONE_PLAN, ORDER_MANY
from madang.web.ledger.migrating import run, run_on_postgresql


def make(apps, schema_editor):
    """Set the guard of the database in use, and the function in the earlier one's place where there is a server."""
    run(schema_editor, (KEEP_MEMBERS[schema_editor.connection.vendor],))
    run_on_postgresql(schema_editor, ("DROP FUNCTION eco_order_all", ORDER_MANY))


def back(apps, schema_editor):
    """Take the guard away, and put the earlier function back."""
    table = " ON eco_mileage_member" if schema_editor.connection.vendor == "postgresql" else ""
    run(schema_editor, ("DROP TRIGGER eco_member_kept" + table,))
    run_on_postgresql(schema_editor, ("DROP FUNCTION eco_order_all", ORDER_ALL, ORDER_BY_ONE_PLAN))


class Migration(migrations.Migration):

    dependencies = [
        ('eco_mileage', '0007_claims_and_what_if'),
        ('ledger', '0008_looked_up_once'),
    ]

    operations = [
        migrations.RunPython(make, back),
        migrations.AlterField(
            model_name='redemption',
            name='member',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.PROTECT, related_name='redemptions', to='eco_mileage.member'),
        ),
        migrations.AlterField(
            model_name='redemption',
            name='stock_hold',
            field=models.ForeignKey(db_constraint=False, db_index=False, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='ledger.hold'),
        ),
        migrations.AlterField(
            model_name='trail',
            name='at',
            field=models.DateTimeField(auto_now_add=True),
        ),
        migrations.AddConstraint(
            model_name='redemption',
            constraint=models.UniqueConstraint(condition=models.Q(('stock_hold__isnull', False)), fields=('stock_hold',), name='eco_pieces_held_once'),
        ),
    ]
