"""A column that queries look for has no index.

**Why it is bad.** Without an index the database reads the whole table for every such query. It is fast with ten rows,
and stops the application with a million.

The configuration says which columns those are, of one table or of any that has them:

```toml
[tool.scaffold.check]
query-columns = ["page_views.path", "email"]
```

**Example**

```python
path: Mapped[str]
```

**Use instead**

```python
path: Mapped[str] = mapped_column(types.ShortText(), index=True)
```

`scaffold add-index` does this, and makes the migration.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find query columns that no index begins with."""
    wanted = set(subject.options.query_columns)
    for table in subject.tables:
        for column in table.model.columns:
            named = {column.name, f"{table.model.name}.{column.name}"} & wanted
            if named and not table.model.is_found_by((column.name,)):
                yield Finding(
                    "unindexed-query-column",
                    f"Queries look for {column.name!r} in {table.model.name!r}, and no index begins with it.",
                    table.place_of(column),
                    help=f"scaffold add-index {table.model.name} {column.name}",
                )
