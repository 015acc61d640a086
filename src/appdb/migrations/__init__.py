"""The database's history, and how Alembic is to read and write it."""
