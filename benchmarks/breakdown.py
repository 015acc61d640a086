"""Where the time of a command goes: imports by package, and the rest."""

import re
import subprocess
from collections import Counter
from pathlib import Path

from benchmarks.contenders import SCAFFOLD, copied
from benchmarks.measure import measure
from benchmarks.projects import ALONE, environment, project

PACKAGES = ("sqlalchemy", "alembic", "copier", "pydantic", "typer", "scaffold", "mako", "jinja2", "prompt_toolkit")
_LINE = re.compile(rb"import time:\s+(\d+) \|\s+\d+ \|\s+([\w.]+)")


def breakdown(size: int, cache: Path) -> list[tuple[str, float]]:
    """Name and seconds, the largest first; imports are told by the interpreter itself (`-X importtime`)."""
    argv = ("new-domain", "late", "--table", "lates", *ALONE)
    with copied(project(size, cache), cache) as folder:
        whole = measure((*SCAFFOLD, *argv), folder, environment()).seconds
    with copied(project(size, cache), cache) as folder:
        command = (SCAFFOLD[0], "-X", "importtime", *SCAFFOLD[1:], *argv)
        told = subprocess.run(command, cwd=folder, env=environment(), capture_output=True, check=True).stderr
    spent: Counter[str] = Counter()
    for microseconds, name in _LINE.findall(told):
        package = name.decode().split(".")[0]
        spent[package if package in PACKAGES else "other packages"] += int(microseconds)
    imports = [(f"importing {name}", microseconds / 1e6) for name, microseconds in spent.most_common()]
    return [("the whole command", whole), *imports]
