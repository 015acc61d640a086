"""When a constraint is checked: at each statement, or where it is DEFERRABLE perhaps at the commit."""

from typing import Any

DEFERRABLE, DEFERRED = "DEFERRABLE", "DEFERRABLE INITIALLY DEFERRED"


def timing(deferrable: bool | None, initially: str | None) -> str:
    """When a constraint is checked: "" for at each statement, else DEFERRABLE or DEFERRED.

    Args:
        deferrable: as SQLAlchemy has it.
        initially: as SQLAlchemy has it; DEFERRED makes it deferrable (postgresql.org/docs/current/sql-createtable).
    """
    if deferrable is not False and initially and initially.upper() == "DEFERRED":
        return DEFERRED
    return DEFERRABLE if deferrable else ""


def timing_options(said: str) -> dict[str, Any]:
    """What SQLAlchemy has to be told for a timing."""
    return {"deferrable": True, "initially": "DEFERRED"} if said == DEFERRED else {"deferrable": True} if said else {}
