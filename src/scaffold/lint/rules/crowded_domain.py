"""A domain has too many tables.

**Why it is bad.** One domain, one file: it is small enough to be read as a whole, and one team owns it. A file with
every table is neither.

**Example**

`tables/app.py` with 30 classes.

**Use instead**

`tables/billing.py`, `tables/catalog.py` and `tables/shipping.py`.

The most tables that a domain may have is 10, or what the configuration says:

```toml
[tool.scaffold.check]
max-tables = 15
```
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find domains with more tables than allowed."""
    most = subject.options.max_tables
    for domain in subject.domains:
        if len(domain.tables) > most:
            yield Finding(
                "crowded-domain",
                f"The domain {domain.name!r} has {len(domain.tables)} tables, over {most}; split it.",
                domain.place,
                help="Move the classes that belong together into a module of their own below tables/, and change their"
                " export lines; no migration is needed.",
            )
