"""A column's values are fixed in Python, but not in the database.

**Why it is bad.** Two programs write to the database, and only one of them has read the annotation. A value that Python
does not know makes every query that reads it fail.

**Example**

```python
status: Mapped[Literal["draft", "published"]] = mapped_column(types.ShortText)
```

**Use instead**

```python
status: Mapped[Literal["draft", "published"]]
```

The annotation alone makes the column `types.Enum`, and its CHECK refuses other values.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns with fixed values that no CHECK holds to them."""
    for table in subject.tables:
        for column in table.model.columns:
            if column.choices and not column.checked:
                values = ", ".join(f'"{choice}"' for choice in column.choices)
                optional = " | None" if column.nullable else ""
                yield Finding(
                    "enum-without-check",
                    f"The column {column.name!r} of {table.model.name!r} may be one of {values}, and the database does"
                    " not know it.",
                    table.place_of(column),
                    help=f"{column.attribute}: Mapped[Literal[{values}]{optional}]",
                )
