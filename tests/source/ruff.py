"""ruff over many texts in one run."""

import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SETTINGS = ["--isolated", "--line-length=88", "--target-version=py311", "--no-cache"]
FIRST_PARTY = ["--config", 'lint.isort.known-first-party=["appdb"]', "--config", 'src=["nowhere"]']


def sort_imports(folder: Path, texts: Sequence[str]) -> list[str]:
    """The texts with their imports as ruff would have them."""
    paths = _write(folder, texts)
    _run("check", "--select=I", "--fix", "--quiet", "--exit-zero", *FIRST_PARTY, folder=folder)
    return [path.read_bytes().decode() for path in paths]


def complaints(folder: Path, texts: Sequence[str], select: str = "I,F,E") -> list[str]:
    """What ruff finds in each text: codes and lines, or nothing."""
    paths = _write(folder, texts)
    output = _run(
        "check",
        f"--select={select}",
        "--ignore=F821",
        "--output-format=json",
        "--exit-zero",
        *FIRST_PARTY,
        folder=folder,
    )
    found: dict[str, list[str]] = {}
    for finding in json.loads(output):
        message = f"{finding['location']['row']}: {finding['code']} {finding['message']}"
        found.setdefault(Path(finding["filename"]).name, []).append(message)
    return ["\n".join(found.get(path.name, [])) for path in paths]


def reformat(text: str, width: int) -> str:
    """A text in the layout of ruff format."""
    command = [sys.executable, "-m", "ruff", "format", "--isolated", f"--line-length={width}", "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, check=True, encoding="utf-8").stdout


def _write(folder: Path, texts: Sequence[str]) -> list[Path]:
    folder.mkdir(exist_ok=True)
    paths = [folder / f"module_{number}.py" for number in range(len(texts))]
    for path, text in zip(paths, texts, strict=True):
        path.write_bytes(text.encode())
    return paths


def _run(command: str, *arguments: str, folder: Path) -> str:
    line = [sys.executable, "-m", "ruff", command, *SETTINGS, *arguments, str(folder)]
    return subprocess.run(line, capture_output=True, text=True, check=True, encoding="utf-8").stdout
