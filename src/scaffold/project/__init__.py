"""The only code that touches files, Copier, Alembic and databases."""
