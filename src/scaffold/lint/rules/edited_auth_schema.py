"""`auth_schema.py` was edited by hand.

**Why it is bad.** Better Auth decides what its tables look like. A column that it does not know, or misses, breaks
signing in, and `scaffold auth sync` refuses to run over the edit.

**Example**

```python
class User(Base):
    __tablename__ = "users"

    favourite_colour: Mapped[str | None]
```

**Use instead**

A table of your own that refers to the user:

```sh
scaffold new-domain profiles user:ref=users:unique favourite_colour:text:optional
```

Or a field in Better Auth's configuration, and then `scaffold auth sync`.
"""

from collections.abc import Iterator

from scaffold.drizzle.auth import is_edited
from scaffold.lint.finding import Finding, Place
from scaffold.lint.subject import Subject

RECORD = "# scaffold: digest "
"""What the generator writes into its file; one without it was not generated."""


def check(subject: Subject) -> Iterator[Finding]:
    """Compare the recorded digest with the text."""
    if subject.auth is None:
        return
    file, text = subject.auth
    if RECORD in text and is_edited(text):
        yield Finding(
            "edited-auth-schema",
            f"{file} is not what was generated: somebody edited it, and Better Auth does not know.",
            Place(file, 1, 1),
            help=f"Take the edit back:   git restore {file}\nor let it go:         scaffold auth sync --discard-edits",
        )
