"""Runs commands in forks of one process that has everything imported: a fault point costs a fork, not a start.

Reads a JSON object a line from standard input: folder, argv, mode (0 none, 1 kill, 2 disk full), at, and where to put
the output and the list of points; answers with the wait status.
"""

import ctypes
import gc
import importlib
import json
import os
import sys
import traceback
from typing import Any

EVERYTHING = (
    "alembic.command",
    "alembic.autogenerate",
    "copier",
    "psycopg",
    "pymysql",
    "scaffold.cli",
    "scaffold.operations.add_column",
    "scaffold.operations.new_domain",
    "scaffold.project.project",
    "sqlalchemy.dialects.mysql.pymysql",
    "sqlalchemy.dialects.postgresql.psycopg",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.orm",
)


def main() -> None:
    shim = ctypes.CDLL(os.environ["LD_PRELOAD"])
    for name in EVERYTHING:
        importlib.import_module(name)
    gc.freeze()
    print("ready", flush=True)
    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            serve(shim, order)
        _, status = os.waitpid(child, 0)
        print(json.dumps(status), flush=True)


def serve(shim: ctypes.CDLL, order: dict[str, Any]) -> None:
    """In the child: run one command with the fault, and end."""
    code = 70
    try:
        os.chdir(order["folder"])
        os.environ.update(order["environment"])
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
