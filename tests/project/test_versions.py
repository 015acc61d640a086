"""A template's version is its content, and those of the one that scaffold brings are all kept."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from scaffold.project import versions
from tests.projects import REPOSITORY

GIT = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", "-c", "core.excludesFile=/dev/null"]


@pytest.fixture
def script() -> ModuleType:
    """docs/template.py"""
    spec = importlib.util.spec_from_file_location("template", REPOSITORY / "docs" / "template.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_it_is_named_as_git_names_it(tmp_path: Path) -> None:
    for name in ("copier.yml", "b/x", "b.c", "b-c", "b0/{{ domain }}.py.jinja", "deep/er/est/ä", "empty"):
        file = tmp_path / "template" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(name if name != "empty" else "")
    (tmp_path / "template" / "b.c").chmod(0o755)
    (tmp_path / "template" / "nothing").mkdir()
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"]):
        subprocess.run([*GIT, *command], cwd=tmp_path, check=True)
    named = subprocess.run([*GIT, "rev-parse", "HEAD:template"], cwd=tmp_path, capture_output=True, text=True)
    for junk in ("template/.DS_Store", "template/.git", "template/b/__pycache__/x.pyc"):
        (tmp_path / junk).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / junk).write_text("junk")
    assert versions.version(tmp_path / "template") == named.stdout.strip()


def test_what_is_written_twice_is_written_the_same() -> None:
    done = subprocess.run(
        [sys.executable, "docs/template.py", "--check"],
        cwd=REPOSITORY,
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_changed_template_keeps_its_old_version(
    script: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    domain, kept = tmp_path / "domain_table", tmp_path / "versions"
    domain.mkdir()
    for name, value in {"ROOT": tmp_path, "DOMAIN": domain, "VERSIONS": kept}.items():
        monkeypatch.setattr(script, name, value)
    names = []
    for text in ("one", "two"):
        (domain / "copier.yml").write_text(text)
        names.append(f"versions/{versions.version(domain)}")
        assert script.lost_versions() == names[-1:]
        script.keep_version()
        assert script.lost_versions() == []
    (tmp_path / names[0] / "copier.yml").write_text("not one any more")
    assert script.lost_versions() == names[:1]
