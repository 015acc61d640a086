"""A foreign key does not say what happens when the row that it refers to is deleted.

**Why it is bad.** Without ON DELETE the database refuses to delete a row that is referred to, at the moment when a
customer wants to leave. Whether the rows go along, stay without the link or forbid it is a decision; nobody took it.

**Example**

```python
author_id: Mapped[str] = mapped_column(ForeignKey("users.id"), index=True)
```

**Use instead**

```python
author_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
```

`ondelete="SET NULL"` is for an optional column, `ondelete="RESTRICT"` says that refusing is what you want.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find foreign keys without ON DELETE."""
    for table in subject.tables:
        for key in table.model.foreign_keys:
            if key.on_delete is not None:
                continue
            column = table.model.column(key.columns[0])
            action = "SET NULL" if column and column.nullable else "CASCADE"
            yield Finding(
                "foreign-key-without-on-delete",
                f"The foreign key {', '.join(key.columns)} of {table.model.name!r} does not say what happens to its"
                f" rows when one of {key.table!r} is deleted.",
                table.place_of_key(key),
                help=f'ForeignKey("{key.table}.{key.referred[0]}", ondelete="{action}")',
            )
