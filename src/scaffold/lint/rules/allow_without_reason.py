"""A comment that silences a rule does not say why.

**Why it is bad.** Whoever reads it next can't tell a decision from a shortcut, so it stays for ever. As long as it has
no reason it silences nothing.

**Example**

```python
class Country(HasId, HasTimestamps, Base):  # scaffold: allow=missing-organization
```

**Use instead**

```python
class Country(HasId, HasTimestamps, Base):  # scaffold: allow=missing-organization the same for everybody
```
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find comments without a reason."""
    for domain in subject.domains:
        for allow in domain.allows:
            if not allow.reason:
                yield Finding(
                    "allow-without-reason",
                    f"The comment allows {allow.code or 'nothing'} without a reason, so it silences nothing.",
                    allow.place,
                    help=f"# scaffold: allow={allow.code or 'CODE'} REASON",
                )
