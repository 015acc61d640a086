"""TypeScript programs, one after another in the same Node process."""

import json
import os
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from tests.node.install import executable

SERVER = Path(__file__).parent / "server.mjs"
DATABASE = Path(__file__).parent / "database.mts"
"""Lies beside every program."""

TIMEOUT = 120
"""Seconds that a program may take."""


def described(database_url: str) -> dict[str, Any]:
    """A database as `database.mts` takes it."""
    url = sa.make_url(database_url)
    dialect = url.get_backend_name()
    if dialect == "sqlite":
        return {"dialect": dialect, "connection": url.database}
    server = {"host": url.query.get("host") or url.host, "port": url.port, "user": url.username}
    server |= {"password": url.password, "database": url.database}
    return {"dialect": dialect, "connection": {key: value for key, value in server.items() if value}}


@contextmanager
def placed(home: Path, files: Mapping[str, str]) -> Iterator[Path]:
    """A folder with these files, inside the installation: so imports find ``node_modules``."""
    folder = home / f"run-{uuid.uuid4().hex[:12]}"
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        yield folder
    finally:
        shutil.rmtree(folder)


class Node:
    """Runs programs, and starts anew after one that failed: nothing stays open that it had opened.

    Args:
        home: the folder with ``node_modules``.
    """

    def __init__(self, home: Path) -> None:
        self._home = home
        self._process: _Process | None = None

    def run(self, files: Mapping[str, str], main: str, argument: Any) -> Any:
        """What a program returns: the default export of `main` among `files`, called with `argument`.

        Both pass through JSON.
        """
        self._process = self._process or _Process(self._home)
        with placed(self._home, {DATABASE.name: DATABASE.read_text(encoding="utf-8"), **files}) as folder:
            answer = self._process.ask({"program": (folder / main).as_uri(), "argument": argument})
        if "error" in answer:
            self.stop()
            raise AssertionError(f"{main} failed:\n{answer['error']}")
        return answer["result"]

    def stop(self) -> None:
        """End the process."""
        if self._process:
            self._process.kill()
            self._process = None


class _Process:
    def __init__(self, home: Path) -> None:
        self._process = subprocess.Popen(
            [executable("node"), "--import", "tsx", str(SERVER)],
            cwd=home,
            env=os.environ | {"TZ": "Asia/Kolkata"},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        timer = threading.Timer(TIMEOUT, self._process.kill)
        timer.start()
        try:
            self._process.stdin.write(f"{json.dumps(request)}\n")
            self._process.stdin.flush()
            answer = self._process.stdout.readline()
        finally:
            timer.cancel()
        return json.loads(answer) if answer else {"error": f"Node ended, or was stopped after {TIMEOUT} seconds"}

    def kill(self) -> None:
        self._process.kill()
        self._process.communicate()
