"""The pages that are made from the code: current, and open to what joins later."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType
from typing import Annotated

import pytest
import typer

REPOSITORY = Path(__file__).parent.parent


@pytest.fixture
def generate() -> ModuleType:
    """docs/generate.py"""
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(generate: ModuleType, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["generate.py", *arguments])
    code: int = generate.main()
    return code


def test_the_pages_are_what_the_code_says(generate: ModuleType, monkeypatch, capsys) -> None:
    assert run(generate, monkeypatch, "--check") == 0, capsys.readouterr().out


def test_check_names_what_is_out_of_date_and_leaves_it(generate: ModuleType, monkeypatch, tmp_path, capsys) -> None:
    monkeypatch.setattr(generate, "FOLDER", tmp_path)
    assert run(generate, monkeypatch) == 0
    (tmp_path / "cli.md").write_text("old\n")
    capsys.readouterr()
    assert run(generate, monkeypatch, "--check") == 1
    assert capsys.readouterr().out == "docs/cli.md is out of date: run python docs/generate.py\n"
    assert (tmp_path / "cli.md").read_text() == "old\n"
    assert run(generate, monkeypatch) == 0
    assert run(generate, monkeypatch, "--check") == 0


def test_a_new_verb_joins_by_itself(generate: ModuleType, monkeypatch) -> None:
    app = typer.Typer()

    @app.callback()
    def options() -> None:
        """A tool."""

    @app.command("rename-table")
    def rename_table(
        old: Annotated[str, typer.Argument(metavar="OLD", help="Its name now.")],
        to: Annotated[str | None, typer.Option("--to", "-t", help="Its name then.")] = None,
    ) -> None:
        """Rename a table.

        Examples:

        \b
          scaffold rename-table views --to page_views
        """

    monkeypatch.setattr(generate, "app", app)
    assert generate.cli().partition("## ")[2] == (
        "`scaffold rename-table`\n\n"
        "```text\nscaffold rename-table OLD [OPTIONS]\n```\n\n"
        "Rename a table.\n\n"
        "Examples:\n\n"
        "```text\nscaffold rename-table views --to page_views\n```\n\n"
        "| argument | meaning |\n| --- | --- |\n| `OLD` | Its name now. |\n\n"
        "| option | meaning |\n| --- | --- |\n| `--to TO, -t TO` | Its name then. |\n"
    )


def test_a_new_rule_joins_by_itself(generate: ModuleType, monkeypatch, tmp_path) -> None:
    (tmp_path / "some_rules").mkdir()
    (tmp_path / "some_rules" / "__init__.py").touch()
    (tmp_path / "some_rules" / "dropped_column.py").write_text('"""The column\'s data is lost."""\n')
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(generate, "RULES", "some_rules")
    assert "rules.md" in generate.pages()
    assert "## dropped-column\n\nThe column's data is lost.\n" in generate.rules()


def test_every_option_and_argument_has_help(generate: ModuleType) -> None:
    rows = [line for line in generate.cli().splitlines() if line.startswith("| ")]
    assert [row for row in rows if row.endswith("|  |")] == []


def test_the_script_runs_as_readme_says() -> None:
    done = subprocess.run(
        [sys.executable, "docs/generate.py", "--check"],
        cwd=REPOSITORY,
        env={"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
