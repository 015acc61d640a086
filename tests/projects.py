"""Projects to try the verbs on: a copy of `appdb` under another name, so that nothing in scaffold can know it."""

import contextlib
import io
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import copier  # noqa: F401 - else each verb's second process would import it anew
import pytest
import sqlalchemy as sa

from scaffold.cli import app
from scaffold.cli.output import run
from scaffold.project import secrets

REPOSITORY = Path(__file__).parent.parent
PACKAGE = "shopdb"
PYPROJECT = """\
[tool.scaffold]
package = "shopdb"
source = "src"

[tool.scaffold.targets.local]
url = "sqlite:///local.db"
env = "SHOPDB_URL"

[tool.scaffold.targets.remote]
env = "SHOPDB_REMOTE_URL"

[tool.ruff]
line-length = 120
"""
VARIABLES = ("SHOPDB_URL", "SHOPDB_REMOTE_URL", "PGHOST", "PGHOSTADDR", "PGSERVICE", "PGSERVICEFILE")


@dataclass(frozen=True, slots=True)
class Result:
    """What a command did: its exit code, its result, and what it said beside that."""

    code: int
    out: str
    err: str

    def __str__(self) -> str:
        return f"exit {self.code}\n--- stdout\n{self.out}--- stderr\n{self.err}"


class TestProject:
    """A project in a folder of its own."""

    __test__ = False

    def __init__(self, root: Path, environment: Mapping[str, str] | None = None) -> None:
        self.root = root
        self.environment = dict(environment or {})
        source = REPOSITORY / "src" / "appdb"
        for file in [*source.glob("*.py"), *source.glob("migrations/*.*"), *source.glob("*/*/*_create_auth_tables.py")]:
            text = file.read_text().replace("appdb", PACKAGE).replace("APPDB", PACKAGE.upper())
            self.write(self.package / file.relative_to(source), text)
        self.write(self.package / "tables" / "__init__.py", '"""Every domain table, one export line each."""\n')
        self.write("pyproject.toml", PYPROJECT)

    @property
    def package(self) -> Path:
        return self.root / "src" / PACKAGE

    @property
    def database(self) -> Path:
        return self.root / "local.db"

    @property
    def url(self) -> str:
        """Of the local database."""
        return self.environment.get("SHOPDB_URL", f"sqlite:///{self.database}")

    def write(self, path: str | Path, text: str | bytes) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return file

    def table(self, domain: str) -> str:
        """The text of a domain's module."""
        return (self.package / "tables" / f"{domain}.py").read_text()

    def revisions(self) -> dict[str, str]:
        """The texts of the revisions by what their files are named after, oldest first."""
        files = sorted((self.package / "migrations" / "versions").glob("*.py"))
        return {file.stem.split("_", 2)[2]: file.read_text() for file in files}

    def tree(self) -> dict[str, bytes]:
        """Every file, the database and whatever else lies there included."""
        paths = sorted(self.root.rglob("*"))
        return {
            f"{path.relative_to(self.root)}{'/' * path.is_dir()}": path.read_bytes() if path.is_file() else b""
            for path in paths
        }

    def run(self, *argv: str, cwd: str = ".", **environment: str) -> Result:
        """A command, in this process."""
        out, err = io.StringIO(), io.StringIO()
        handlers = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)}
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root / cwd)
            for name in VARIABLES:
                patch.delenv(name, raising=False)
            for name, value in (self.environment | environment).items():
                patch.setenv(name, value)
            try:
                with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                    code = run(app, argv)
            finally:
                for number, handler in handlers.items():
                    signal.signal(number, handler)
                secrets._seen.clear()
        return Result(code, out.getvalue(), err.getvalue())

    def ok(self, *argv: str, **options: str) -> str:
        """A command that must succeed; what it printed."""
        result = self.run(*argv, **options)
        assert result.code == 0, str(result)
        return result.out

    def start(self, *argv: str, **options: Any) -> "subprocess.Popen[str]":
        """A command as a process of its own."""
        environment = {key: value for key, value in os.environ.items() if key not in VARIABLES}
        environment |= {"PYTHONPATH": str(REPOSITORY / "src"), "PYTHONDONTWRITEBYTECODE": ""} | self.environment
        environment |= options.pop("env", {})
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
        return subprocess.Popen(
            [sys.executable, "-m", "scaffold", *argv], cwd=self.root, env=environment, **(pipes | options)
        )

    def python(self, code: str) -> str:
        """What a program prints that uses the project's package."""
        environment = os.environ | {"PYTHONPATH": f"{self.root / 'src'}", "PYTHONDONTWRITEBYTECODE": "1"}
        done = subprocess.run(
            [sys.executable, "-W", "error", "-c", code],
            cwd=self.root,
            env=environment | self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def copy(self, root: Path) -> "TestProject":
        """The same project in another folder."""
        made = TestProject.__new__(TestProject)
        made.root, made.environment = Path(shutil.copytree(self.root, root)), self.environment
        return made

    @contextlib.contextmanager
    def connect(self) -> Iterator[sa.Connection]:
        """A connection to the local database, committed at the end."""
        engine = sa.create_engine(self.url, poolclass=sa.NullPool)
        with engine.begin() as connection:
            yield connection
        engine.dispose()

    def execute(self, sql: str) -> list[Any]:
        """Run one statement on the local database."""
        with self.connect() as connection:
            result = connection.exec_driver_sql(sql)
            return list(result.all()) if result.returns_rows else []


@pytest.fixture
def project(tmp_path: Path) -> TestProject:
    """A project without domains, whose local database is a SQLite file that does not exist yet."""
    return TestProject(tmp_path / "project")


@pytest.fixture
def on_any_database(tmp_path: Path, database_url: str) -> TestProject:
    """The same on each of the three databases."""
    return TestProject(tmp_path / "project", {"SHOPDB_URL": database_url})
