"""A table's class is not exported.

**Why it is bad.** Nothing imports the module then, so the table is unknown to the application, and plain Alembic takes
it for one that was removed: it would drop it, with all its rows.

**Example**

```python
# tables/__init__.py has no line for tables/billing.py
```

**Use instead**

```python
from appdb.tables.billing import Invoice as Invoice
```

`--fix` adds the line.
"""

from collections.abc import Iterator

from scaffold.errors import UsageError
from scaffold.lint.finding import Edit, Finding, Fix
from scaffold.lint.subject import Subject, Table
from scaffold.source.exports import add_export


def check(subject: Subject) -> Iterator[Finding]:
    """Find classes that the package's schema does not have."""
    file, _ = subject.exports
    for table in subject.tables:
        name = (table.model.class_name or "").partition(".")[0]
        if name and not table.model.exported:
            yield Finding(
                "not-exported",
                f"The class {table.model.class_name} of the table {table.model.name!r} is not exported by {file},"
                " so nothing knows it.",
                table.place,
                help=f"from {subject.package}.tables.{table.domain} import {name} as {name}",
                fix=_fix(subject, table, name),
            )


def _fix(subject: Subject, table: Table, name: str) -> Fix | None:
    file, text = subject.exports
    try:
        added = add_export(text, subject.package, table.domain, [name], width=subject.line_length, path=file)
    except UsageError:
        return None
    return Fix(file, Edit.between(text, added)) if added != text else None
