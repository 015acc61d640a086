"""A table does not belong to an organization.

**Why it is bad.** Customers share the database. A query that can't say whose rows it wants shows one customer the rows
of another, and an organization that is deleted leaves rows behind.

**Example**

```python
class Invoice(HasId, HasTimestamps, Base):
    __tablename__ = "invoices"
```

**Use instead**

```python
class Invoice(HasId, InOrganization, HasTimestamps, Base):
    __tablename__ = "invoices"
```

A table that is the same for everybody says so:

```python
class Country(HasId, HasTimestamps, Base):  # scaffold: allow=missing-organization the same for everybody
    __tablename__ = "countries"
```
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find tables without a foreign key over `organization_id`."""
    for table in subject.tables:
        if not table.model.refers("organization_id"):
            yield Finding(
                "missing-organization",
                f"The table {table.model.name!r} belongs to no organization, so its rows are everybody's.",
                table.place,
                help=f"class {table.model.class_name or 'Model'}(..., InOrganization, ...):"
                f"  # from {subject.package}.mixins import InOrganization\n"
                "or, if they are: # scaffold: allow=missing-organization REASON",
            )
