"""What is lost with a table or a column, in one sentence; a person has to agree to it."""

from scaffold.plan.snapshot import Snapshot


def of_table(snapshot: Snapshot, table: str, *, upgrade: bool) -> str:
    """What goes with a table.

    Args:
        snapshot: of the project, with the local database's counts.
        table: the name that it has in the database now.
        upgrade: whether the local database is upgraded at once.
    """
    if not upgrade:
        return f"A later migration drops {table} with all its rows"
    rows = snapshot.rows[table]
    return f"{rows:,} row{'s' * (rows != 1)} of {table} would be lost"


def of_column(snapshot: Snapshot, table: str, column: str, *, upgrade: bool, filled: bool = True) -> str:
    """What goes with a column.

    Args:
        snapshot: as above.
        table: as above.
        column: its name in the database.
        upgrade: as above.
        filled: whether it could come back to a table with rows without its values.
    """
    if not upgrade:
        return f"A later migration drops {table}.{column} with all its values"
    values = snapshot.filled[table, column]
    lost = f"{values:,} value{'s' * (values != 1)} of {table}.{column} would be lost"
    if values and not filled and not snapshot.copied():
        return f"{lost}, and `undo` could not make the column again while {table} has rows, as it is required"
    return lost
