"""What the tool asks of a database."""

import ipaddress
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from scaffold.errors import ScaffoldError

if TYPE_CHECKING:
    from sqlalchemy import URL, Connection

PATIENCE = 60.0
"""How long a migration queues behind another one, in seconds."""

OnWait = Callable[[str], None]


class LockedError(ScaffoldError):
    """Another process held the database for longer than PATIENCE."""


class Scratch(NamedTuple):
    """A database that is made and dropped on a server.

    Args:
        url: its own.
        server: of a database that is there already, to make it from.
        create: the statement that makes it.
        drop: the statement that drops it.
    """

    url: "URL"
    server: "URL"
    create: str
    drop: str


class Opening(Protocol):
    """A connection that is being opened aside."""

    def taken(self) -> Any:
        """The driver's connection, whose end is the caller's business from now on; None if it was taken already."""
        ...

    def close(self) -> None:
        """Close the connection, unless it was taken."""
        ...


class Dialect(Protocol):
    """One database, seen by the tool."""

    name: str
    """As SQLAlchemy calls it."""

    transactional: bool
    """Whether a transaction holds DDL, so that an upgrade is all or nothing."""

    most_together: int | None
    """How many revisions one transaction of a scratch database should hold at most; None for any number."""

    def url(self, url: "URL") -> "URL":
        """`url` with the driver that scaffold installs, unless it names one."""
        ...

    def is_local(self, url: "URL") -> bool:
        """Whether `url` is a file or a loopback address, whatever its query says."""
        ...

    def product(self, url: "URL") -> str:
        """What the database is called, as far as that is known."""
        ...

    def meet(self, connection: "Connection") -> None:
        """Learn from a connection what only the server can tell."""
        ...

    def describe(self, url: "URL") -> str:
        """Host and database for people, without user or password."""
        ...

    def name_of(self, url: "URL") -> str:
        """The database's name, which confirms a remote migration when it is typed."""
        ...

    def opening(self, url: "URL") -> "Opening | None":
        """Begin to open what `migrating` will need, while other things are done; None where that saves no time.

        Args:
            url: as for `migrating`.
        """
        ...

    def migrating(
        self, url: "URL", on_wait: OnWait, opening: "Opening | None" = None
    ) -> AbstractContextManager["Connection"]:
        """A connection for migrations, in no transaction yet, that shuts out every other migration of the database.

        Args:
            url: with a driver.
            on_wait: called once, with who holds the lock as far as that is known, when waiting takes over a second.
            opening: of the same `url`, if there is one.

        Raises:
            LockedError: it was not to be had within PATIENCE.
            sqlalchemy.exc.SQLAlchemyError: the database can't be reached.
        """
        ...

    def scratch(self, url: "URL", name: str) -> "Scratch | None":
        """How to make an empty database called `name` beside the one of `url`; None where memory can hold one."""
        ...

    def transaction(self, connection: "Connection") -> int | None:
        """What the server calls the transaction that a connection is in; None where nothing in it can end it early."""
        ...

    def has_committed(self, connection: "Connection", transaction: int) -> bool:
        """Whether a transaction, now over, was committed."""
        ...

    def check(self, connection: "Connection") -> list[str]:
        """What a migration left broken, a sentence each; asked just before it is committed."""
        ...


def acquire(
    attempt: Callable[[], bool], holder: Callable[[], str], on_wait: OnWait, *, what: str = "The database"
) -> None:
    """Call `attempt` until it is true; tell who is in the way after a second, and give up after PATIENCE.

    Args:
        attempt: takes the lock if it is free.
        holder: says who has it.
        on_wait: called once, when waiting takes over a second.
        what: is locked, for messages.

    Raises:
        LockedError: PATIENCE is over.
    """
    began = time.monotonic()
    told = False
    while not attempt():
        waited = time.monotonic() - began
        if waited > PATIENCE:
            raise LockedError(
                f"{what} has been locked for over {PATIENCE:.0f} seconds by {holder()}; nothing was written.",
                help="Wait for it, or stop it, and run the command again.",
            )
        if waited > 1 and not told:
            on_wait(f"{what} is locked by {holder()}; waiting.")
            told = True
        time.sleep(min(0.01 + waited / 20, 0.25))


@contextmanager
def connection_to(url: "URL", **options: Any) -> Iterator["Connection"]:
    """A connection of its own, closed in the end together with its engine."""
    import sqlalchemy as sa

    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, **options)
    try:
        with engine.connect() as connection:
            yield connection
    finally:
        engine.dispose()


def is_loopback(host: str) -> bool:
    """Whether `host` can only be this machine: localhost or an address of the loopback ranges."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def values_of(url: "URL", *keys: str) -> list[str]:
    """The values that the query of `url` gives to `keys`, comma lists and repetitions taken apart."""
    values = [url.query[key] for key in keys if key in url.query]
    flat = [part for value in values for part in ([value] if isinstance(value, str) else value)]
    return [host for part in flat for host in part.split(",")]
