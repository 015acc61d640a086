"""What the database layer refuses, each refusal naming what to write instead."""

from sqlalchemy.exc import DontWrapMixin


class DatabaseURLError(ValueError):
    """No database is named, or its URL cannot be read. The message never repeats a URL: it may hold a password."""


class ForeignKeyViolationsError(RuntimeError):
    """A migration would leave rows whose parent does not exist; it was rolled back."""


class RefusedValueError(DontWrapMixin, ValueError):
    """A value that would not come back as it went in.

    ``DontWrapMixin`` keeps SQLAlchemy from hiding it inside a ``StatementError``.
    """


class NaiveDatetimeError(RefusedValueError):
    """A datetime without a time zone: nobody can tell which instant it means."""


class UnknownEnumValueError(RefusedValueError):
    """A value that is not one of the enum's."""


class InexactDecimalError(RefusedValueError):
    """A decimal that the column cannot hold digit for digit."""
