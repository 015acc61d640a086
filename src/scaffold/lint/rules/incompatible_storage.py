"""A column stores its values in another way than Drizzle does.

**Why it is bad.** A TypeScript program reads the same rows. Where SQLAlchemy writes `2026-01-31 09:30:00`, Drizzle
expects a number of seconds, and shows a date in 1970 or none at all.

**Example**

```python
sent_at: Mapped[datetime] = mapped_column(DateTime)
```

**Use instead**

```python
sent_at: Mapped[datetime]
```

The annotation alone chooses the right type; `types` has the others. There is no fix: the values that are stored already
have to be converted, by a migration.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject

SAME = frozenset({"BIGINT", "BigInteger", "INTEGER", "Integer", "NullType", "SMALLINT", "SmallInteger", "TEXT", "Text"})
"""SQLAlchemy's own types that store what Drizzle stores."""

INSTEAD = {
    "Boolean": "types.Boolean", "BOOLEAN": "types.Boolean",
    "DateTime": "types.EpochSeconds", "DATETIME": "types.EpochSeconds", "TIMESTAMP": "types.EpochSeconds",
    "Date": "types.Date", "DATE": "types.Date", "Time": "types.Time", "TIME": "types.Time",
    "String": "types.String(LENGTH)", "VARCHAR": "types.String(LENGTH)", "Unicode": "types.String(LENGTH)",
    "Enum": "types.Enum(VALUES)", "JSON": "types.Json", "Uuid": "types.Uuid", "UUID": "types.Uuid",
    "Numeric": "types.Decimal(DIGITS, SCALE)", "DECIMAL": "types.Decimal(DIGITS, SCALE)",
    "Float": "types.Real", "FLOAT": "types.Real", "Double": "types.Real", "REAL": "types.Real",
    "LargeBinary": "types.Bytes", "BLOB": "types.Bytes",
}  # fmt: skip


def check(subject: Subject) -> Iterator[Finding]:
    """Find columns whose type is SQLAlchemy's own, and no type of SAME; a person's own types are theirs to know."""
    for table in subject.tables:
        for column in table.model.columns:
            module, _, name = column.type.rpartition(".")
            if module.partition(".")[0] == "sqlalchemy" and name not in SAME:
                yield Finding(
                    "incompatible-storage",
                    f"The column {column.name!r} of {table.model.name!r} is {name}, which Drizzle stores in another"
                    " way.",
                    table.place_of(column),
                    help=f"mapped_column({INSTEAD.get(name, 'types.TYPE')})  # from {subject.package} import types",
                )
