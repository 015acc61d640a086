"""A project's own template, and templates that scaffold refuses."""

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.projects import PYPROJECT, REPOSITORY, TestProject

Change = Callable[[str, str], None]


@pytest.fixture
def template(project: TestProject) -> Path:
    """The project's own copy of the template."""
    folder = project.root / "templates" / "domain"
    shutil.copytree(REPOSITORY / "templates" / "domain_table", folder)
    project.write(
        "pyproject.toml", PYPROJECT.replace('source = "src"', 'source = "src"\ntemplate = "templates/domain"')
    )
    return folder


def _module(template: Path) -> Path:
    return template / "template" / "{{ domain }}.py.jinja"


def _edit(file: Path, old: str, new: str) -> None:
    text = file.read_text()
    assert old in text
    file.write_text(text.replace(old, new))


def _refused(project: TestProject, message: str) -> str:
    before = project.tree()
    result = project.run("new-domain", "shop", "name:text")
    assert (result.code, result.out) == (2, "")
    assert message in result.err
    assert project.tree() == before
    return result.err


def test_its_shape_is_used(project: TestProject, template: Path) -> None:
    _edit(_module(template), '"""{{ title }} tables."""', '"""{{ title }}: ours, (c) 2026."""')
    _edit(
        _module(template),
        '__tablename__ = "{{ table }}"',
        '__tablename__ = "{{ table }}"\n    __allow_unmapped__ = True',
    )
    project.ok("new-domain", "shop", "name:text")
    assert project.table("shop").startswith('"""Shop: ours, (c) 2026."""\n')
    assert '    __tablename__ = "shop"\n    __allow_unmapped__ = True\n\n    name: Mapped[str]\n' in project.table(
        "shop"
    )


def test_it_may_add_columns(project: TestProject, template: Path) -> None:
    _edit(_module(template), "{{ columns", "    note: Mapped[str | None]\n{{ columns")
    project.ok("new-domain", "shop", "name:text")
    project.execute("SELECT note, name FROM shop")


def test_a_git_repository_gives_its_files_and_not_its_newest_tag(project: TestProject, template: Path) -> None:
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    for command in (["init", "-q"], ["add", "."], ["commit", "-qm", "x"], ["tag", "v1.0.0"]):
        subprocess.run([*git, *command], cwd=template, check=True)
    _edit(_module(template), "{{ title }} tables", "{{ title }}, not committed")
    project.ok("new-domain", "shop", "name:text")
    assert project.table("shop").startswith('"""Shop, not committed."""\n')


@pytest.mark.parametrize(
    "line",
    [
        "_tasks: ['touch {marker}']",
        "_migrations: [{{version: v1, before: ['touch {marker}']}}]",
        "_jinja_extensions: [jinja2.ext.do]",
        "'_tasks': ['touch {marker}']",
        '"_migrations" : [{{version: v1, before: [touch {marker}]}}]',
        "? _jinja_extensions\n: [jinja2.ext.do]",
    ],
)
@pytest.mark.parametrize("trusted", [False, True])
def test_a_template_runs_no_code(
    project: TestProject, template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, trusted: bool
) -> None:
    if trusted:
        settings = tmp_path / "settings.yml"
        settings.write_text(f"trust: ['/', '{template}', '{template}/']\n")
        monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    marker = tmp_path / "ran"
    with (template / "copier.yml").open("a") as file:
        file.write(line.format(marker=marker) + "\n")
    name = re.search("_[a-z_]+", line)[0]  # type: ignore[index]
    said = _refused(project, f"{template / 'copier.yml'} wants to run code with {name}, and scaffold runs none")
    assert f"Take {name} out of it." in said
    assert not marker.exists()


@pytest.mark.usefixtures("template")
def test_settings_of_the_user_do_not_answer(
    project: TestProject, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = tmp_path / "settings.yml"
    settings.write_text("defaults:\n  table: hacked\n  class_name: Hacked\n")
    monkeypatch.setenv("COPIER_SETTINGS_PATH", str(settings))
    project.ok("new-domain", "shop", "name:text")
    assert "class Shop(" in project.table("shop")


def _extra_file(template: Path) -> None:
    (template / "template" / "README.md").write_text("x")


def _no_file(template: Path) -> None:
    _module(template).unlink()


def _no_configuration(template: Path) -> None:
    (template / "copier.yml").unlink()


def _out_of_the_project(template: Path) -> None:
    _module(template).rename(template / "template" / "{{ '..' }}.py.jinja")


def _syntax(template: Path) -> None:
    _edit(_module(template), "{{ title }}", "{{ title ")


def _yaml(template: Path) -> None:
    (template / "copier.yml").write_text("a: [")


def _undefined(template: Path) -> None:
    _edit(_module(template), "{{ title }}", "{{ title.nothing.at.all }}")


def _no_columns(template: Path) -> None:
    _edit(_module(template), '{{ columns | join("\\n") }}', "")


def _no_class(template: Path) -> None:
    _module(template).write_text('"""Nothing."""\n')


def _broken_python(template: Path) -> None:
    _edit(_module(template), "{{ header", "klass {{ header")


def _raises(template: Path) -> None:
    _edit(_module(template), '"""{{ title }} tables."""', "1 / 0")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_extra_file, "rendered README.md, shop.py instead of just shop.py"),
        (_no_file, "rendered nothing instead of just shop.py"),
        (_no_configuration, "is no Copier template: it has no copier.yml"),
        (_syntax, "can't be rendered: "),
        (_yaml, "can't be rendered: "),
        (_undefined, "can't be rendered: "),
        (_no_columns, "The template left out the columns name of 'shop'"),
        (_no_class, "The template rendered no class Shop with the table 'shop'"),
        (_broken_python, "the rendered src/shopdb/tables/shop.py"),
    ],
)
# Copier leaves the folder open when a template fails.
@pytest.mark.filterwarnings("ignore:.*(ScandirIterator|unclosed scandir):Warning")
def test_a_template_that_is_no_domain(
    project: TestProject, template: Path, change: Callable[[Path], None], message: str
) -> None:
    change(template)
    _refused(project, message)


def test_a_module_that_does_not_import(project: TestProject, template: Path) -> None:
    _raises(template)
    before = project.tree()
    result = project.run("new-domain", "shop", "name:text")
    assert result.code == 2
    assert "src/shopdb/tables/shop.py, line 1, can't be imported: ZeroDivisionError: division by zero" in result.err
    assert project.tree() == before


def test_no_such_folder(project: TestProject) -> None:
    project.write("pyproject.toml", PYPROJECT.replace('source = "src"', 'source = "src"\ntemplate = "nowhere"'))
    _refused(project, f"{project.root / 'nowhere'} is no Copier template")


def test_no_answer_breaks_out(project: TestProject) -> None:
    default = 'a"""; import os; \'{{ 1 + 1 }}{% raw %}\n#'
    project.ok("new-domain", "shop", f"name:text:default={default}", 'kind:enum=a",b""",{{ 2 }}')
    project.ok("add-column", "shop", f"other:text:default={default}")
    [row] = project.execute("SELECT dflt_value FROM pragma_table_info('shop') WHERE name = 'other'")
    assert row[0] == "'" + default.replace("'", "''") + "'"
