"""The history of a database as text: revision files, their digests, the head; and what is wrong with them.

Nothing here reads or writes anything. Beside the revisions lie two files that git merges:

- `CHECKSUMS`: the digest of each revision as it was generated or applied, so that a later edit of it is noticed.
- `HEAD`: the newest revision, so that git itself reports a conflict when two branches each add one.

What differs from `CHECKSUMS` is judged per target. A revision that a database has applied is never to be edited: its
file no longer says what was done there, so nothing runs until the edit is taken back, or accepted for what it is. One
that is not applied yet may be edited locally, and is recorded anew as it is applied. Remotely it may not: what runs
there is what was recorded somewhere before. A revision without an entry was written by hand or by Alembic, and is
recorded as it is applied, anywhere.
"""

from scaffold.history.checksums import Checksums, digest
from scaffold.history.findings import Finding, of_database, of_files
from scaffold.history.head import Head
from scaffold.history.records import records
from scaffold.history.required import required_again
from scaffold.history.revision import (
    RevisionFile,
    asks_no_database,
    is_unconditional,
    read_revision,
    runs_only_operations,
)
from scaffold.history.state import ATTRIBUTES, CHECKSUMS, HEAD, Database, State, read_state
from scaffold.history.tables import makes

__all__ = [
    "ATTRIBUTES",
    "CHECKSUMS",
    "HEAD",
    "Checksums",
    "Database",
    "Finding",
    "Head",
    "RevisionFile",
    "State",
    "asks_no_database",
    "digest",
    "is_unconditional",
    "makes",
    "of_database",
    "of_files",
    "read_revision",
    "read_state",
    "records",
    "required_again",
    "runs_only_operations",
]
