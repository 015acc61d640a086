"""A column is called `..._id` and is no foreign key.

**Why it is bad.** The name promises a row in another table, and nothing keeps the promise: an id may point to nothing,
and stays when its row is deleted.

**Example**

```python
author_id: Mapped[str]
```

**Use instead**

```python
author_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
```

An id that another system gives out has no table to refer to. Say so, or call it `..._reference`:

```python
stripe_id: Mapped[str]  # scaffold: allow=id-without-foreign-key Stripe gives it out
```
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns whose name ends in `_id`, and that are neither in a foreign key nor the primary key."""
    for table in subject.tables:
        for column in table.model.columns:
            if not column.name.endswith("_id") or column.name in table.model.primary_key:
                continue
            if not table.model.refers(column.name):
                yield Finding(
                    "id-without-foreign-key",
                    f"The column {column.name!r} of {table.model.name!r} is called an id and is no foreign key, so it"
                    " may point to nothing.",
                    table.place_of(column),
                    help=f'mapped_column(ForeignKey("{column.name.removesuffix("_id")}s.id", ondelete="CASCADE"),'
                    " index=True)\nor, if another system gives it out: # scaffold: allow=id-without-foreign-key REASON",
                )
