"""What is measured: tasks, and how each contender does them.

A contender does a task on a fresh copy of an application, its byte code warm. What a person would have typed into an
editor is done before the clock starts.
"""

import os
import shutil
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks import django, drizzle
from benchmarks.databases import Database
from benchmarks.measure import Measured, measure
from benchmarks.projects import ALONE, PACKAGE, environment, project

PYTHON = sys.executable
SCAFFOLD = (PYTHON, "-m", "scaffold")
ALEMBIC = (PYTHON, "-m", "alembic")

MODEL = """

class Late(Base):
    __tablename__ = "lates"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(String(80))
    note: Mapped[str | None]
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"), index=True)
    seconds: Mapped[int] = mapped_column(server_default="0")
"""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to do a task.

    Args:
        task: what is done; ratios are between contenders of one task.
        name: who does it.
        commands: what is typed, one after the other.
        prepare: what happens to the copy before.
        make: brings the application of a size.
        codes: the exit codes that are right.
        empty: whether its database is.
        grows: whether the size of the application matters.
        most: the largest size that it is measured at; None for every one.
    """

    task: str
    name: str
    commands: tuple[Sequence[str], ...]
    prepare: Callable[[Path], None] = lambda _: None
    make: Callable[[int, Path], Path] = project
    codes: tuple[int, ...] = (0,)
    empty: bool = False
    grows: bool = True
    most: int | None = None

    def run(self, size: int, cache: Path, database: Database) -> Measured:
        """Do the task once."""
        with (
            copied(self.make(size, cache), cache) as folder,
            database.of(folder, size, empty=self.empty) as variables,
        ):
            self.prepare(folder)
            total = Measured(0, 0)
            for command in self.commands:
                total += measure(command, folder, environment() | variables, codes=self.codes)
            return total


@contextmanager
def copied(home: Path, cache: Path) -> Iterator[Path]:
    """A copy of an application, times of files included: byte code is judged by them.

    It is on the disk before the clock starts: else the first command that syncs a file would wait for all of it.
    """
    folder = cache / "run"
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(home, folder, symlinks=True)
    os.sync()
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def write_model(folder: Path) -> None:
    """Write a table of six columns and its export, as a person does for Alembic."""
    tables = folder / "src" / PACKAGE / "tables"
    header = (
        "from sqlalchemy import ForeignKey, String\nfrom sqlalchemy.orm import Mapped, mapped_column\n\n"
        f"from {PACKAGE}.base import Base\n"
    )
    (tables / "late.py").write_text(header + MODEL)
    with (tables / "__init__.py").open("a") as file:
        file.write(f"from {PACKAGE}.tables.late import Late as Late\n")


AUTOGENERATE = ((*ALEMBIC, "revision", "--autogenerate", "-m", "late"), (*ALEMBIC, "upgrade", "head"))
CONTENDERS = (
    Contender("add a table", "scaffold new-domain", ((*SCAFFOLD, "new-domain", "late", "--table", "lates", *ALONE),)),
    Contender("add a table", "Alembic", AUTOGENERATE, write_model),
    Contender("add a table", "Django", django.COMMANDS, django.write_model, django.project),
    Contender("add a column", "scaffold add-column", ((*SCAFFOLD, "add-column", "d0003_items", "late:text:optional"),)),
    Contender("nothing to migrate", "scaffold migrate", ((*SCAFFOLD, "migrate"),)),
    Contender("nothing to migrate", "Alembic", ((*ALEMBIC, "upgrade", "head"),)),
    Contender("check everything", "scaffold check", ((*SCAFFOLD, "check"),), codes=(0, 1)),
    Contender("check everything", "scaffold generate", ((*SCAFFOLD, "generate", "-m", "nothing"),)),
    Contender("check everything", "Alembic", ((*ALEMBIC, "check"),), codes=(0, 1, 255)),
    Contender("a new database", "scaffold migrate", ((*SCAFFOLD, "migrate"),), empty=True),
    Contender("a new database", "Alembic", ((*ALEMBIC, "upgrade", "head"),), empty=True),
    Contender("start", "scaffold --help", ((*SCAFFOLD, "--help"),), grows=False),
    Contender("start", "scaffold, mistyped", ((*SCAFFOLD, "add-column"),), codes=(2,), grows=False),
    Contender("start", "import typer", ((PYTHON, "-c", "import typer"),), grows=False),
)


def drizzle_kits(cache: Path) -> tuple[Contender, ...]:
    """drizzle-kit, on whatever is there to run it."""
    return tuple(
        Contender(
            "add a table",
            f"drizzle-kit on {name}{', one revision' if at_once else ''}",
            drizzle.commands(runtime),
            drizzle.write_table,
            drizzle.project(runtime, at_once=at_once),
            most=None if at_once else drizzle.MOST,
        )
        for name, runtime in drizzle.runtimes(cache).items()
        for at_once in (False, True)
    )
