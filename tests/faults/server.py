"""Runs commands in forks of one process that has everything imported: a fault point costs a fork, not a start.

Reads a JSON object a line from standard input: folder, argv, mode (0 none, 1 kill, 2 disk full, 3 stop at each point),
at, and where to put the output, the list of points and what the folder is at each point; answers with the wait status
and, for each point, the number of the state that it was stopped in.
"""

import ctypes
import functools
import gc
import importlib
import json
import os
import pkgutil
import shutil
import signal
import sys
import tempfile
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer

import scaffold

DRIVERS = (
    "alembic.autogenerate",
    "alembic.command",
    "copier",
    "psycopg",
    "pymysql",
    "sqlalchemy.dialects.mysql.pymysql",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
)


def warm_up() -> None:
    """Import everything, and build the command line, which takes Typer longer than a short command."""
    for name in DRIVERS:
        importlib.import_module(name)
    for module in pkgutil.walk_packages(scaffold.__path__, "scaffold."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    typer.main.get_command = functools.cache(typer.main.get_command)
    from scaffold.cli import app

    typer.main.get_command(app)


def main() -> None:
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    warm_up()
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            serve(shim, order)
        status, states = watch(child, Path(order["folder"]), Path(order["states"]))
        print(json.dumps({"status": status, "states": states}), flush=True)


def watch(child: int, folder: Path, states: Path) -> tuple[int, list[int]]:
    """Wait for a command; whenever it stops, keep what its folder is then, unless that was kept before."""
    known: dict[tuple[tuple[str, int, bytes], ...], int] = {}
    found: list[int] = []
    while True:
        _, status = os.waitpid(child, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return status, found
        content = tuple(sorted(contents(folder)))
        if content not in known:
            known[content] = len(known)
            shutil.copytree(folder, states / str(known[content]))
        found.append(known[content])
        os.kill(child, signal.SIGCONT)


def contents(folder: Path) -> Iterator[tuple[str, int, bytes]]:
    """Every path below a folder, with its mode and, for a file, its bytes."""
    for path in folder.rglob("*"):
        yield str(path), path.stat().st_mode, path.read_bytes() if path.is_file() else b""


def serve(shim: ctypes.CDLL, order: dict[str, Any]) -> None:
    """In the child: run one command with the fault, and end."""
    code = 70
    try:
        os.chdir(order["folder"])
        os.environ.update(order["environment"])
        tempfile.tempdir = order["temporary"]  # what a killed command leaves there goes with the test
        output = os.open(order["output"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(output, 1)
        os.dup2(output, 2)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        from scaffold.cli import app
        from scaffold.cli.output import run

        shim.fault_arm(os.fsencode(order["folder"]), order["mode"], order["at"], os.fsencode(order["log"]))
        code = run(app, order["argv"])
        sys.stdout.flush()
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(code)


if __name__ == "__main__":
    main()
