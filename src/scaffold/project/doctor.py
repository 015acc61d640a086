"""What is wrong with a project and its local database, and the way out. One flaw, one function; nothing is changed."""

import fcntl
import importlib.util
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from scaffold import history as judged
from scaffold.dialects.sqlite import writer_of
from scaffold.errors import ScaffoldError, UsageError
from scaffold.history import Finding, State
from scaffold.project import adoption, databases, guard, models, transaction, versions
from scaffold.project import config as configuration
from scaffold.project.config import Config
from scaffold.project.databases import Database
from scaffold.project.files import Files
from scaffold.source.exports import exported
from scaffold.source.module import parse
from scaffold.source.text import decode

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass
class Patient:
    """A project that is looked at; what several checks need is read once."""

    config: Config

    @cached_property
    def state(self) -> State:
        return guard.state(self.config)

    @cached_property
    def database(self) -> Database:
        return databases.local(self.config)

    @cached_property
    def heads(self) -> tuple[str, ...]:
        return self.database.heads()


def examine(start: Path) -> list[Finding]:
    """Everything that is wrong with the project at or above `start`."""
    try:
        patient = Patient(configuration.find(start))
    except ScaffoldError as error:
        return [Finding("config", error.message, error.help)]
    findings = [finding for check in PROJECT_CHECKS for finding in _tried(check, patient)]
    missing = list(_tried(driver, patient))
    reached = missing or list(_tried(locked, patient)) or list(_tried(unreachable, patient))
    if reached:
        return findings + reached
    return findings + [finding for check in DATABASE_CHECKS for finding in _tried(check, patient)]


def interrupted(patient: Patient) -> Iterator[Finding]:
    work = patient.config.root / transaction.FOLDER / transaction.WORK
    if work.exists() and not _at_work(patient.config):
        yield Finding(
            "interrupted-command",
            f"{transaction.running(patient.config)[0].upper()}{transaction.running(patient.config)[1:]}, was cut off"
            f" and left {transaction.FOLDER}/{transaction.WORK} behind.",
            "Finish or undo it, whichever the database asks for: scaffold migrate",
        )


def template_missing(patient: Patient) -> Iterator[Finding]:
    folder = patient.config.template or versions.builtin()
    if not (folder / "copier.yml").is_file() and not (folder / "copier.yaml").is_file():
        yield Finding(
            "missing-template",
            f"{folder} is no Copier template: it has no copier.yml, so scaffold new-domain can't work.",
            f"Bring it back, or leave `template` out of [tool.scaffold] in {patient.config.file} for the built-in one.",
        )


def broken_module(patient: Patient) -> Iterator[Finding]:
    """One that can't be imported: no verb can go on."""
    with models.importable(patient.config):
        models.metadata(patient.config)
    yield from ()


def not_exported(patient: Patient) -> Iterator[Finding]:
    """A class that is not exported is not in the metadata, and plain autogenerate would drop its table."""
    config = patient.config
    files = Files(config.folder)
    exports = "tables/__init__.py"
    known = exported(decode(files[exports], exports).text, config.package, path=exports)
    for file in (file for file in files if file.startswith("tables/") and file != exports):
        try:
            module = parse(decode(files[file], file).text, file, package=f"{config.package}.tables")
        except UsageError:  # of a `broken_module`
            continue
        name = f"{config.package}.{file.removesuffix('.py').replace('/', '.')}"
        for table in module.tables:
            if table.class_name and table.class_name not in known:
                where = (config.folder / exports).relative_to(config.root).as_posix()
                yield Finding(
                    "not-exported",
                    f"{where} does not export {table.class_name}, so nothing knows its table {table.table_name}.",
                    f"Add the line: from {name} import {table.class_name} as {table.class_name}",
                )


def history_files(patient: Patient) -> Iterator[Finding]:
    yield from judged.of_files(patient.state)


def driver(patient: Patient) -> Iterator[Finding]:
    """Of the local database, and of the remote one where this environment names it."""
    found = [patient.database]
    if databases.has_remote(patient.config):
        found.append(databases.remote(patient.config))
    for database in found:
        name = database.url.get_driver_name()
        if database.dialect.name != "sqlite" and importlib.util.find_spec(name) is None:
            yield Finding(
                "missing-driver",
                f"The {database.target} database is {database}, and its driver {name} is not installed.",
                f"Install it: pip install 'domain-scaffold[{database.dialect.name}]'",
            )


def locked(patient: Patient) -> Iterator[Finding]:
    file = patient.database.file
    if file is not None and (holder := writer_of(file)) is not None:
        yield Finding(
            "locked",
            f"Process {holder} is writing to {patient.database} and keeps it locked.",
            f"Wait for it, or see what it is: ps -p {holder} -o pid,lstart,args",
        )


def unreachable(patient: Patient) -> Iterator[Finding]:
    try:
        _ = patient.heads
    except ScaffoldError as error:
        yield Finding(
            "unreachable", error.message.replace("; nothing was written", ""), error.help or "See that it is running."
        )


def history_of_database(patient: Patient) -> Iterator[Finding]:
    yield from judged.of_database(patient.state, judged.Database("local", patient.heads))


def behind(patient: Patient) -> Iterator[Finding]:
    state = patient.state
    if not state.complete or len(state.heads) != 1 or any(state.get(head) is None for head in patient.heads):
        return
    missing = state.below([state.heads[0].revision]) - state.below(patient.heads)
    if missing and not adoption.unstamped(patient.config, patient.database):
        yield Finding(
            "behind",
            f"The local database lacks {len(missing)} revision{'s' * (len(missing) != 1)}: {patient.database}.",
            "Apply them: scaffold migrate",
        )


def unstamped(patient: Patient) -> Iterator[Finding]:
    if found := adoption.unstamped(patient.config, patient.database):
        yield Finding(
            "unstamped",
            f"{patient.database} has tables of the models ({adoption.shortened(found)}) and no revision, so the"
            " migrations would make them once more.",
            f"Compare it with the migrations, and say that it has them: {adoption.stamp_command(patient.database)}",
        )


def applied_in_part(patient: Patient) -> Iterator[Finding]:
    for revision in patient.database.begun():
        known = patient.state.get(revision)
        yield Finding(
            "applied-in-part",
            f"The revision {known.name if known else revision} is applied in part: {patient.database} commits each"
            " statement, and a command was cut off or failed in the middle.",
            "Go on with it: scaffold migrate\nIf it is the last verb's, this takes it back: scaffold undo",
        )


def leftover_tables(patient: Patient) -> Iterator[Finding]:
    if patient.database.dialect.name != "sqlite":
        return
    for table in _column(patient, "SELECT name FROM sqlite_master WHERE type = 'table' AND name LIKE '_alembic_tmp_%'"):
        yield Finding(
            "leftover-table",
            f"A migration that failed half-way left the table {table} in {patient.database}; the next one that rebuilds"
            f" {table.removeprefix('_alembic_tmp_')} would fail.",
            f"Look at it, and drop it: sqlite3 {patient.database.file} 'DROP TABLE \"{table}\"'",
        )


def foreign_keys(patient: Patient) -> Iterator[Finding]:
    with patient.database.look() as connection:
        broken = patient.database.dialect.check(connection) if connection is not None else []
    for sentence in broken:
        yield Finding(
            "broken-references",
            f"{sentence[0].upper()}{sentence[1:]}.",
            f"List them: sqlite3 {patient.database.file} 'PRAGMA foreign_key_check'\nthen repair or delete these rows.",
        )


def invalid_indexes(patient: Patient) -> Iterator[Finding]:
    if patient.database.dialect.name != "postgresql":
        return
    query = (
        "SELECT format('%I.%I', n.nspname, c.relname) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid"
        " JOIN pg_namespace n ON n.oid = c.relnamespace WHERE NOT i.indisvalid ORDER BY 1"
    )
    for index in _column(patient, query):
        yield Finding(
            "invalid-index",
            f"The index {index} is INVALID: making it failed, or is under way. PostgreSQL keeps it up to date and never"
            " uses it, and IF NOT EXISTS takes it for done.",
            f"Unless it is under way: DROP INDEX CONCURRENTLY {index};\nand make it again.",
        )


def _column(patient: Patient, query: str) -> list[str]:
    with patient.database.look() as connection:
        return _values(connection, query) if connection is not None else []


def _values(connection: "Connection", query: str) -> list[str]:
    # As text(): a driver may take the percent sign of LIKE for a parameter.
    from sqlalchemy import text

    return [str(value) for value in connection.execute(text(query)).scalars()]


def _tried(check: Callable[[Patient], Iterator[Finding]], patient: Patient) -> Iterator[Finding]:
    """What a check finds; where it can't even look, that."""
    try:
        yield from check(patient)
    except ScaffoldError as error:
        yield Finding(check.__name__.replace("_", "-"), error.message.replace("; nothing was written", ""), error.help)


def _at_work(config: Config) -> bool:
    """Whether a command is under way in the project, so that what lies about is its own."""
    with config.file.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


PROJECT_CHECKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    interrupted,
    template_missing,
    broken_module,
    not_exported,
    history_files,
)
DATABASE_CHECKS: tuple[Callable[[Patient], Iterator[Finding]], ...] = (
    history_of_database,
    unstamped,
    behind,
    applied_in_part,
    leftover_tables,
    foreign_keys,
    invalid_indexes,
)
