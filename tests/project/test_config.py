"""`[tool.scaffold]`: found upward, checked as a whole, and shown where it is missing."""

from pathlib import Path

import pytest

from scaffold.errors import UsageError
from scaffold.project.config import find
from tests.projects import PYPROJECT, TestProject


def test_what_a_section_says(project: TestProject) -> None:
    config = find(project.root)
    assert (config.package, config.source, config.folder) == ("shopdb", project.root / "src", project.package)
    assert (config.template, config.line_length) == (None, 120)
    assert config.targets["local"].url == "sqlite:///local.db"
    assert config.targets["remote"].env == "SHOPDB_REMOTE_URL"


def test_the_nearest_one_with_a_section(project: TestProject) -> None:
    project.write("src/shopdb/pyproject.toml", "[tool.ruff]\n")
    assert find(project.package / "tables").root == project.root
    inner = TestProject(project.root / "inner")
    assert find(inner.package).root == inner.root


@pytest.mark.parametrize("section", ["", "[tool.black]\nline-length = 100\n", "[project]\nname = 'x'\n"])
def test_its_absence_shows_what_to_add(project: TestProject, section: str) -> None:
    project.write("pyproject.toml", section)
    with pytest.raises(UsageError) as caught:
        find(project.package)
    assert caught.value.message.startswith(f"{project.root / 'pyproject.toml'} has no [tool.scaffold] section")
    shown = caught.value.help.partition("\n\n")[2]
    assert len({line.index("  # ") for line in shown.splitlines() if "  # " in line}) == 1
    project.write("pyproject.toml", f"{section}\n{shown}\n")
    config = find(project.root)
    assert (config.folder, config.targets["remote"].env) == (project.package, "SHOPDB_REMOTE_URL")
    assert config.targets["local"].env == "SHOPDB_URL"


def test_no_pyproject(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no pyproject") as caught:
        find(tmp_path)
    assert "[tool.scaffold]" in caught.value.help


@pytest.mark.parametrize(
    ("section", "mistakes"),
    [
        ("package = 'shopdb'\nsorce = 'src'", ["sorce is unknown (did you mean source?)"]),
        ("source = 'src'", ["package is missing"]),
        ("package = 1", ["package is no string"]),
        ("package = 'shop-db'", ["package 'shop-db' is no import name"]),
        ("package = 'shopdb'\ntargets = 1", ["targets is no table"]),
        ("package = 'shopdb'\n[tool.scaffold.targets]\nproduction = {}", ["targets.production is unknown"]),
        ("package = 'shopdb'\n[tool.scaffold.targets.local]\nurl = 1", ["targets.local is no table of strings"]),
        (
            "package = 'shopdb'\n[tool.scaffold.targets.local]\nuri = 'x'",
            ["targets.local.uri is unknown (did you mean targets.local.url?)"],
        ),
        ("package = 'otherdb'", ["package points to ", "which has no base.py"]),
        ("package = 'shopdb'\nsource = '../elsewhere'", ["leads out of the project"]),
        ("package = 'shopdb'\nsource = '/etc'", ["leads out of the project"]),
        (
            "package = ''\nsorce = 'src'\ntemplate = 1",
            ["package is missing", "sorce is unknown", "template is no string"],
        ),
    ],
)
def test_every_mistake_is_told_at_once(project: TestProject, section: str, mistakes: list[str]) -> None:
    project.write("pyproject.toml", f"[tool.scaffold]\n{section}\n")
    with pytest.raises(UsageError) as caught:
        find(project.root)
    assert [mistake for mistake in mistakes if mistake not in caught.value.message] == []
    assert caught.value.help.startswith("A whole section looks like this:")


@pytest.mark.parametrize("text", ["[tool.scaffold", "[tool.scaffold]\npackage = \xff", "a = " + "[" * 5000])
def test_a_file_that_is_no_toml(project: TestProject, text: str) -> None:
    project.write("pyproject.toml", text.encode("latin-1"))
    with pytest.raises(UsageError, match="can't be read as TOML"):
        find(project.root)


def test_a_section_that_is_no_table(project: TestProject) -> None:
    project.write("pyproject.toml", "[tool]\nscaffold = 1\n")
    with pytest.raises(UsageError, match="scaffold is no table"):
        find(project.root)


@pytest.mark.parametrize(
    ("text", "width"),
    [("", 88), ("[tool.black]\nline-length = 100", 100), ("[tool.ruff]\nline-length = 'x'", 88),
     ("[tool.ruff]\nline-length = 79\n[tool.black]\nline-length = 100", 79)],
)  # fmt: skip
def test_the_width_of_the_code(project: TestProject, text: str, width: int) -> None:
    project.write("pyproject.toml", PYPROJECT.partition("[tool.ruff]")[0] + text)
    assert find(project.root).line_length == width


def test_a_package_inside_another(project: TestProject) -> None:
    (project.root / "src" / "app").mkdir()
    project.package.rename(project.root / "src" / "app" / "db")
    project.write("pyproject.toml", PYPROJECT.replace('"shopdb"', '"app.db"'))
    assert find(project.root).folder == project.root / "src" / "app" / "db"


def test_a_symbolic_link_out_of_the_project(project: TestProject, tmp_path: Path) -> None:
    project.package.rename(tmp_path / "elsewhere")
    project.package.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(UsageError, match="leads out of the project"):
        find(project.root)
