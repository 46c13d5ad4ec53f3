"""The functions for many transfers keep one plan that looks accounts and keys up, on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.migrating import run_on_postgresql
from madang.web.ledger.schema import LOOK_ACCOUNTS_UP


def make(apps, schema_editor):
    """Set it where there is a server to keep it."""
    run_on_postgresql(schema_editor, LOOK_ACCOUNTS_UP)


class Migration(migrations.Migration):

    dependencies = [("ledger", "0004_holds_as_transfers")]

    operations = [migrations.RunPython(make, migrations.RunPython.noop)]
