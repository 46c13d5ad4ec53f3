"""The terms beside the entries: an FTS5 table on SQLite, a table of vectors on PostgreSQL."""

from django.db import migrations

SQLITE = (
    "CREATE VIRTUAL TABLE search_words USING fts5(title, body, tokenize = \"unicode61 remove_diacritics 0\")"
)
POSTGRESQL = (
    "CREATE TABLE search_words (entry bigint PRIMARY KEY REFERENCES search_entry (id) ON DELETE CASCADE "
    "DEFERRABLE INITIALLY DEFERRED, words tsvector NOT NULL)",
    "CREATE INDEX search_words_gin ON search_words USING gin (words)",
)


def make(apps, schema_editor):
    """Make the table of the database at hand."""
    for statement in (SQLITE,) if schema_editor.connection.vendor == "sqlite" else POSTGRESQL:
        schema_editor.execute(statement)


def drop(apps, schema_editor):
    """Drop it."""
    schema_editor.execute("DROP TABLE search_words")


class Migration(migrations.Migration):
    dependencies = [("search", "0001_initial")]
    operations = [migrations.RunPython(make, drop)]
