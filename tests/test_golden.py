"""What the verbs write: golden modules and migrations, which the strictest tools have nothing to say about."""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from tests import fields
from tests.goldens import FOLDER, Golden
from tests.projects import TestProject

DOMAINS: dict[str, tuple[str, ...]] = {
    "analytics": ("--table", "page_views", "path:text", "user_agent:text:optional", "user:ref=users:optional"),
    "bare": (),
    "no_tenant": ("--no-tenant", "name:text"),
    "every_type": fields.EVERY_TYPE,
    "optional": ("--table", "optionals", *fields.OPTIONAL),
    "keyed": ("--table", "keyed_rows", *fields.KEYED),
    "defaults": ("--table", "defaults", *fields.DEFAULTS),
    "references": ("--table", "links", *fields.REFERENCES),
    "reserved": ("--table", "reserved_names", *fields.RESERVED),
    "categories": ("name:string=80:unique", "parent:ref=categories:optional", "view:ref=page_views"),
}
ADDED: dict[str, tuple[str, ...]] = {
    "add_every_type": fields.EVERY_TYPE,
    "add_optional": fields.OPTIONAL,
    "add_keyed": fields.KEYED,
    "add_defaults": fields.DEFAULTS,
    "add_references": fields.REFERENCES,
    "add_reserved": fields.RESERVED,
    "add_self": ("parent:ref=add_self:optional",),
}


@pytest.mark.slow
def test_what_the_verbs_write(project: TestProject, golden: Golden) -> None:
    for domain, arguments in DOMAINS.items():
        project.ok("new-domain", domain, *arguments)
    for domain, arguments in ADDED.items():
        project.ok("new-domain", domain)
        project.ok("add-column", domain, *arguments)
    for domain in (*DOMAINS, *ADDED, "__init__"):
        golden(f"modules/{domain}.py", project.table(domain))
    for name, text in project.revisions().items():
        if name != "create_auth_tables":
            text = re.sub(r"(?m)^(Create Date: ).*", r"\1<time>", text)
            golden(f"migrations/{name}.py", re.sub(r"(?<!-)\b[0-9a-f]{12}\b", "<revision>", text))


@pytest.fixture
def written(project: TestProject) -> TestProject:
    """A project with the golden modules and migrations."""
    shutil.copytree(FOLDER / "modules", project.package / "tables", dirs_exist_ok=True)
    shutil.copytree(FOLDER / "migrations", project.package / "migrations" / "versions", dirs_exist_ok=True)
    return project


def test_ruff(written: TestProject) -> None:
    settings = (Path(__file__).parent.parent / "pyproject.toml").read_text().partition("[tool.ruff]")[2]
    written.write("ruff.toml", settings.partition("\n[tool.mypy]")[0].replace("tool.ruff.", ""))
    rules = ["--config", "ruff.toml", "--no-cache", "src/shopdb/tables", "src/shopdb/migrations/versions"]
    for command in (["check"], ["format", "--check", "--diff"]):
        _run(written.root, "ruff", *command, *rules)


def test_mypy(written: TestProject) -> None:
    # One cache for all runs: reading SQLAlchemy takes longest.
    cache = Path(tempfile.gettempdir(), "scaffold-mypy-cache")
    _run(written.root, "mypy", "--strict", f"--cache-dir={cache}", "--config-file=", "src/shopdb")


def test_pyright(written: TestProject) -> None:
    settings = {"include": ["src/shopdb/tables"], "extraPaths": ["src"], "typeCheckingMode": "strict"}
    written.write("pyrightconfig.json", json.dumps(settings))
    _run(written.root, "pyright", "--pythonpath", sys.executable)


def _run(folder: Path, *command: str) -> None:
    line = [sys.executable, "-m", *command]
    done = subprocess.run(line, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
