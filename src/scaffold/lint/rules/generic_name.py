"""A domain, a table or a column has a name that says nothing.

**Why it is bad.** `data` and `info` fit everything, so everything ends up in them, and nobody finds it again.

**Example**

```python
data: Mapped[dict[str, Any]]
```

**Use instead**

```python
shipping_address: Mapped[dict[str, Any]]
```

`scaffold rename-column` and `scaffold rename-table` keep the data.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject
from scaffold.naming import GENERIC


def check(subject: Subject) -> Iterator[Finding]:
    """Find generic names."""
    for domain in subject.domains:
        if domain.name in GENERIC:
            yield Finding("generic-name", f"The domain name {domain.name!r} says nothing.", domain.place)
    for table in subject.tables:
        name = table.model.name
        if name in GENERIC:
            help = f"scaffold rename-table {name} NEW"
            yield Finding("generic-name", f"The table name {name!r} says nothing.", table.place, help)
        for column in table.model.columns:
            if column.name in GENERIC:
                yield Finding(
                    "generic-name",
                    f"The column name {column.name!r} of {name!r} says nothing about what it holds.",
                    table.place_of(column),
                    help=f"scaffold rename-column {name} {column.name} NEW",
                )
