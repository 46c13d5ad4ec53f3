"""What writes many looks each account up once to be judged and once to be changed, on PostgreSQL."""

from django.db import migrations

from madang.web.ledger.many_schema import BEFORE, HOLD_MANY, MOVE_MANY


def make(apps, schema_editor):
    """Put the functions in the place of the earlier ones, where there is a server to keep them."""
    _run(schema_editor, (MOVE_MANY, HOLD_MANY))


def back(apps, schema_editor):
    """Put the earlier ones back."""
    _run(schema_editor, BEFORE)


def _run(schema_editor, statements):
    if schema_editor.connection.vendor == "postgresql":
        with schema_editor.connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)


class Migration(migrations.Migration):

    dependencies = [
        ('ledger', '0007_whole_sums'),
    ]

    operations = [
        migrations.RunPython(make, back),
    ]
