"""A foreign key has no index.

**Why it is bad.** Deleting one row makes the database look for the rows that refer to it: without an index it reads the
whole table each time. Rebuilding a table of 60,000 rows took 96 seconds instead of 0.4. Joins are as slow.

**Example**

```python
user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
```

**Use instead**

```python
user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
```

`--fix` writes it; `scaffold generate` makes the migration then.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding, Fix
from scaffold.lint.subject import Subject, Table
from scaffold.schema.model import ModelKey


def check(subject: Subject) -> Iterator[Finding]:
    """Find foreign keys that no index begins with."""
    for table in subject.tables:
        for key in table.model.foreign_keys:
            if not table.model.is_found_by(key.columns):
                columns = " ".join(key.columns)
                yield Finding(
                    "foreign-key-without-index",
                    f"The foreign key {', '.join(key.columns)} of {table.model.name!r} has no index, so deleting one"
                    f" row of {key.table!r} reads all of {table.model.name!r}.",
                    table.place_of_key(key),
                    help=f"scaffold add-index {table.model.name} {columns}",
                    fix=_fix(table, key),
                )


def _fix(table: Table, key: ModelKey) -> Fix | None:
    column = table.model.column(key.columns[0])
    written = table.written.get(column.attribute) if column and len(key.columns) == 1 else None
    edit = written.with_argument("index", "True") if written else None
    return Fix(table.place.file, edit) if edit else None
