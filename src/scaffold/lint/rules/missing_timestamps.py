"""A table has no `created_at` or no `updated_at`.

**Why it is bad.** When a row was made and when it last changed is asked sooner or later: to sort, to sync, to find out
what happened. It can't be reconstructed.

**Example**

```python
class Invoice(HasId, InOrganization, Base):
    __tablename__ = "invoices"
```

**Use instead**

```python
class Invoice(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "invoices"
```

There is no fix: rows that exist have no value for a new required column.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find tables without timestamps."""
    for table in subject.tables:
        missing = [name for name in ("created_at", "updated_at") if table.model.column(name) is None]
        if missing:
            yield Finding(
                "missing-timestamps",
                f"The table {table.model.name!r} has no {' and no '.join(missing)}.",
                table.place,
                help=f"class {table.model.class_name or 'Model'}(..., HasTimestamps, Base):"
                f"  # from {subject.package}.mixins import HasTimestamps",
            )
