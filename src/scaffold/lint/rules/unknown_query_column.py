"""The configuration names a query column that no table has.

**Why it is bad.** The column was renamed or misspelled, and the check that it has an index has quietly stopped.

**Example**

```toml
[tool.scaffold.check]
query-columns = ["page_views.pth"]
```

**Use instead**

```toml
[tool.scaffold.check]
query-columns = ["page_views.path"]
```
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding, Place
from scaffold.lint.subject import Subject
from scaffold.naming import nearest


def check(subject: Subject) -> Iterator[Finding]:
    """Find query columns that are none."""
    known = {
        name
        for table in subject.tables
        for column in table.model.columns
        for name in (column.name, f"{table.model.name}.{column.name}")
    }
    for name in subject.options.query_columns:
        if name not in known:
            meant = nearest(name, (other for other in known if ("." in other) == ("." in name)))
            yield Finding(
                "unknown-query-column",
                f"query-columns has {name!r}, which is no column of a domain's table.",
                Place("pyproject.toml", 1, 1),
                help=f'query-columns = ["{meant}"]' if meant else "",
            )
