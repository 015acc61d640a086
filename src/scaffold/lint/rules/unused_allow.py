"""A comment silences a rule that has nothing to say there.

**Why it is bad.** The flaw is mended, or the code misspelled. The comment would hide the next flaw of its kind.

**Example**

```python
user_id: Mapped[str] = mapped_column(  # scaffold: allow=foreign-key-without-index tiny table
    ForeignKey("users.id", ondelete="CASCADE"), index=True
)
```

**Use instead**

```python
user_id: Mapped[str] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
```

`--fix` removes the comment.
"""

from collections.abc import Iterator

from scaffold.lint.finding import Finding, Fix
from scaffold.lint.subject import Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Find comments that are known to silence nothing."""
    for domain in subject.domains:
        for allow in domain.allows:
            if allow.reason and allow.used is False:
                yield Finding(
                    "unused-allow",
                    f"The comment allows {allow.code or 'nothing'}, which is not found there.",
                    allow.place,
                    help="Remove the comment.",
                    fix=Fix(domain.file, allow.removal),
                )
