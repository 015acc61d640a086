"""`update`: what the template changes and what people changed, side by side; real Copier, real git."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from scaffold.project import versions
from tests.projects import PYPROJECT, REPOSITORY, TestProject

MODULE = "src/shopdb/tables/analytics.py"
ANSWERS = "src/shopdb/tables/.answers/analytics.json"
DOMAIN = ("new-domain", "analytics", "--table", "page_views", "path:text", "user:ref=users:optional")
DOCSTRING = ('"""{{ title }} tables."""', '"""{{ title }} tables, (c) Acme."""')
OLD = versions.version(REPOSITORY / "templates" / "domain_table")[:12]
OPTION = ('__tablename__ = "{{ table }}"', '__tablename__ = "{{ table }}"\n    __allow_unmapped__ = True')


class Shop:
    """A project in a git repository, with a template of its own that changes."""

    def __init__(self, project: TestProject) -> None:
        self.project = project
        self.template = project.root / "templates" / "domain"
        shutil.copytree(REPOSITORY / "templates" / "domain_table", self.template)
        project.write(
            "pyproject.toml", PYPROJECT.replace('source = "src"', 'source = "src"\ntemplate = "templates/domain"')
        )
        self.git("init", "-q")
        self.commit()

    def git(self, *arguments: str) -> str:
        command = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com", *arguments]
        return subprocess.run(command, cwd=self.project.root, check=True, capture_output=True, text=True).stdout

    def commit(self) -> None:
        self.git("add", ".")
        self.git("commit", "-qm", "x")

    def change_template(self, *changes: tuple[str, str]) -> None:
        """A newer version of the template."""
        file = self.template / "template" / "{{ domain }}.py.jinja"
        file.write_text(_replaced(file.read_text(), *changes))

    def change_module(self, *changes: tuple[str, str]) -> None:
        """Edits by hand."""
        self.project.write(MODULE, _replaced(self.module, *changes))

    @property
    def module(self) -> str:
        return self.project.table("analytics")

    def version(self) -> str:
        """The one that the module is said to be at."""
        answers = json.loads((self.project.root / ANSWERS).read_text())
        version: str = answers["_commit"]
        return version


def _replaced(text: str, *changes: tuple[str, str]) -> str:
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return text


@pytest.fixture
def shop(project: TestProject) -> Shop:
    return Shop(project)


@pytest.fixture
def edited(shop: Shop) -> Shop:
    """A module that later verbs and a person changed."""
    shop.project.ok(*DOMAIN)
    shop.project.ok("add-column", "page_views", "seconds:int:default=0")
    shop.project.ok("add-table", "analytics", "visits", "page:ref=page_views")
    shop.change_module(("    path: Mapped[str]", "    # As the browser sends it.\n    path: Mapped[str]"))
    return shop


def test_the_templates_changes_arrive_and_edits_stay(edited: Shop) -> None:
    before = edited.module
    edited.change_template(DOCSTRING, OPTION)
    out = edited.project.ok("update")
    assert out == (
        f"  update  {MODULE}\n"
        f"  update  {ANSWERS}\n"
        "  update  src/shopdb/tables/.answers/analytics.visits.json\n"
        "\nDone; the database was left alone.\n"
        "\nNext:\n  git diff\n"
    )
    assert edited.module == _replaced(
        before,
        ('"""Analytics tables."""', '"""Analytics tables, (c) Acme."""'),
        ('__tablename__ = "page_views"', '__tablename__ = "page_views"\n    __allow_unmapped__ = True'),
        ('__tablename__ = "visits"', '__tablename__ = "visits"\n    __allow_unmapped__ = True'),
    )
    edited.project.ok("generate", "--check")
    assert "there is nothing to update" in edited.project.ok("update")


def test_it_is_taken_back_byte_for_byte(edited: Shop) -> None:
    before = edited.project.tree()
    edited.change_template(OPTION)
    changed = edited.project.tree()
    edited.project.ok("update")
    edited.project.ok("update")
    assert "`update to the template` is taken back" in edited.project.ok("undo")
    assert edited.project.tree() == changed
    edited.change_template(OPTION[::-1])
    assert edited.project.tree() == before


def test_verbs_after_it_are_taken_back_first(edited: Shop) -> None:
    edited.change_template(OPTION)
    edited.project.ok("update")
    edited.project.ok("add-column", "visits", "note:text:optional")
    edited.project.ok("undo")
    assert "update to the template" in edited.project.ok("undo")
    assert "`create visits` can't be taken back" in edited.project.run("undo").err


def test_a_dry_run_shows_it_and_writes_nothing(edited: Shop) -> None:
    edited.change_template(OPTION)
    before = edited.project.tree()
    out = edited.project.ok("update", "--dry-run")
    assert "+    __allow_unmapped__ = True\n" in out
    assert out.endswith("Nothing was written.\n")
    assert edited.project.tree() == before


def test_as_json(edited: Shop) -> None:
    edited.change_template(OPTION)
    told = json.loads(edited.project.ok("update", "analytics", "--json"))
    assert {file["path"] for file in told["files"]} >= {MODULE, ANSWERS}
    assert (told["verb"], told["conflicts"], told["tables"], told["refused"]) == ("update", [], [], False)


def test_new_columns_are_for_generate(edited: Shop) -> None:
    edited.change_template(("{%- if columns %}\n", "    region: Mapped[str | None]\n{%- if columns %}\n"))
    out = edited.project.ok("update")
    assert "Note: the models of page_views, visits have changed, and the database has not\n" in out
    assert out.endswith("Next:\n  scaffold generate -m 'follow the template'\n")
    edited.project.ok("generate", "-m", "follow the template")
    edited.project.execute("SELECT region, seconds FROM page_views")
    edited.project.execute("SELECT region FROM visits")


def test_renamed_tables_and_columns_are_followed(edited: Shop) -> None:
    edited.project.ok("rename-table", "page_views", "page_hits")
    edited.project.ok("rename-table", "visits", "stays")
    edited.project.ok("rename-column", "page_hits", "path", "url")
    before = edited.module
    edited.change_template(DOCSTRING, OPTION)
    edited.project.ok("update")
    assert edited.module.count("__allow_unmapped__") == 2
    assert edited.module.replace("    __allow_unmapped__ = True\n", "").replace(", (c) Acme", "") == before


def test_dropped_tables_are_forgotten(edited: Shop) -> None:
    edited.project.ok("drop-table", "visits", "--yes")
    edited.change_template(OPTION)
    edited.project.ok("update")
    assert edited.module.count("__allow_unmapped__") == 1
    edited.project.ok("drop-domain", "analytics", "--yes")
    assert not (edited.project.root / ANSWERS).parent.exists()
    assert "there is nothing to update" in edited.project.ok("update")


def test_windows_newlines_stay(shop: Shop) -> None:
    shop.project.ok(*DOMAIN)
    shop.project.write(MODULE, shop.module.replace("\n", "\r\n").encode())
    shop.change_template(DOCSTRING, OPTION)
    shop.project.ok("update")
    data = (shop.project.root / MODULE).read_bytes()
    assert b"(c) Acme" in data
    assert data.count(b"\n") == data.count(b"\r\n")


@pytest.fixture
def conflicting(edited: Shop) -> Shop:
    """The template and a person changed the same line."""
    edited.change_module(('"""Analytics tables."""', '"""What people look at."""'))
    edited.change_template(DOCSTRING, OPTION)
    return edited


CONFLICT = f"""\
<<<<<<< src/shopdb/tables/analytics.py, as it is
\"\"\"What people look at.\"\"\"
||||||| the template, at {OLD}
\"\"\"Analytics tables.\"\"\"
=======
\"\"\"Analytics tables, (c) Acme.\"\"\"
>>>>>>> the template, at """


def test_a_conflict_is_shown_and_nothing_is_written(conflicting: Shop) -> None:
    before = conflicting.project.tree()
    result = conflicting.project.run("update")
    assert (result.code, result.out) == (1, "")
    assert f"The template and you both changed the same lines of {MODULE}; nothing was written." in result.err
    assert f"\n{MODULE}, line 1:\n{CONFLICT}" in result.err
    assert "scaffold update --on-conflict mark" in result.err
    assert conflicting.project.run("update", "--dry-run").code == 1
    assert conflicting.project.tree() == before


def test_a_conflict_as_json(conflicting: Shop) -> None:
    before = conflicting.project.tree()
    result = conflicting.project.run("update", "--json")
    told = json.loads(result.out)
    assert (result.code, told["refused"], told["files"]) == (1, True, [])
    [conflict] = told["conflicts"]
    assert (conflict["path"], conflict["line"]) == (MODULE, 1)
    assert conflict["text"].startswith(CONFLICT)
    assert conflicting.project.tree() == before


def test_a_conflict_can_be_marked(conflicting: Shop) -> None:
    before = conflicting.project.tree()
    result = conflicting.project.run("update", "--on-conflict", "mark")
    assert result.code == 1
    assert f"  marked  {MODULE}, line 1\n" in result.out
    assert conflicting.module.startswith(CONFLICT)
    assert conflicting.module.count("__allow_unmapped__") == 2
    conflicting.project.ok("undo")
    assert conflicting.project.tree() == before


@pytest.mark.parametrize(
    ("side", "docstring"),
    [("mine", '"""What people look at."""'), ("template", '"""Analytics tables, (c) Acme."""')],
)
def test_one_side_can_win(conflicting: Shop, side: str, docstring: str) -> None:
    conflicting.project.ok("update", "--on-conflict", side)
    assert conflicting.module.startswith(f"{docstring}\n\nfrom sqlalchemy")
    assert conflicting.module.count("__allow_unmapped__") == 2
    assert "seconds: Mapped[int]" in conflicting.module


def test_a_domain_without_conflicts_goes_ahead(conflicting: Shop) -> None:
    conflicting.template.rename(conflicting.template.with_name("newer"))
    conflicting.git("checkout", "--", "templates")
    conflicting.project.ok("new-domain", "billing", "total:decimal")
    shutil.rmtree(conflicting.template)
    conflicting.template.with_name("newer").rename(conflicting.template)
    before = conflicting.module
    conflicting.project.ok("update", "billing")
    assert "__allow_unmapped__" in conflicting.project.table("billing")
    assert conflicting.module == before


def test_modules_without_answers_are_named_and_left_alone(edited: Shop) -> None:
    edited.project.write("src/shopdb/tables/notes.py", '"""By hand."""\n')
    edited.change_template(OPTION)
    out = edited.project.ok("update")
    assert "Note: src/shopdb/tables/notes.py is left as it is: no answers in src/shopdb/tables/.answers say" in out
    assert edited.module.count("__allow_unmapped__") == 2
    refused = edited.project.run("update", "notes")
    assert (refused.code, refused.out) == (2, "")
    assert "src/shopdb/tables/notes.py is left as it is" in refused.err


def test_a_class_that_is_gone_is_named_and_left_alone(edited: Shop) -> None:
    edited.change_module(("class Visit(", "class Stay("))
    edited.project.write(
        "src/shopdb/tables/__init__.py",
        _replaced((edited.project.package / "tables/__init__.py").read_text(), ("Visit as Visit", "Stay as Stay")),
    )
    edited.change_template(OPTION)
    out = edited.project.ok("update")
    assert f"Note: Visit of {MODULE} is left as it is: there is no such class any more; if it has another name" in out
    assert edited.module.count("__allow_unmapped__") == 1
    file = edited.project.root / "src/shopdb/tables/.answers/analytics.visits.json"
    file.write_text(json.dumps(json.loads(file.read_text()) | {"_class_name": "Stay"}))
    edited.project.ok("update")
    assert edited.module.count("__allow_unmapped__") == 2


def test_a_version_that_was_never_committed_is_named_and_left_alone(shop: Shop) -> None:
    shop.change_template(DOCSTRING)
    shop.project.ok(*DOMAIN)
    shop.change_template(OPTION)
    before = shop.module
    out = shop.project.ok("update")
    assert (
        f"Note: PageView of {MODULE} is left as it is: its version {shop.version()[:12]} of templates/domain is" in out
    )
    assert shop.module == before


def test_a_version_of_a_commit_that_came_and_went(shop: Shop) -> None:
    shop.change_template(DOCSTRING)
    shop.commit()
    shop.project.ok(*DOMAIN)
    shop.change_template(OPTION)
    shop.commit()
    shop.change_template(("(c) Acme", "(c) Acme Ltd"))
    shop.project.ok("update")
    assert shop.module.startswith('"""Analytics tables, (c) Acme Ltd."""\n')
    assert "__allow_unmapped__" in shop.module


def test_a_repository_of_the_templates_own(project: TestProject) -> None:
    shop = Shop(project)
    shutil.rmtree(project.root / ".git")
    for command in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "x"]):
        subprocess.run(["git", *command], cwd=shop.template, check=True)
    shop.change_template(DOCSTRING)
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qam", "y"], cwd=shop.template, check=True
    )
    project.ok(*DOMAIN)
    shop.change_template(OPTION)
    project.ok("update")
    assert "__allow_unmapped__" in shop.module


def test_from_the_template_that_scaffold_brings_to_ones_own(project: TestProject) -> None:
    project.ok(*DOMAIN)
    shop = Shop(project)
    shutil.rmtree(project.root / ".git")
    shop.change_template(OPTION)
    project.ok("update")
    assert "__allow_unmapped__" in shop.module
    assert json.loads((project.root / ANSWERS).read_text())["_src_path"] == "templates/domain"


def test_modules_that_would_not_import_are_refused(edited: Shop) -> None:
    edited.change_template((OPTION[0], f"{OPTION[0]}\n    __audited__ = Audited"))
    before = edited.project.tree()
    result = edited.project.run("update")
    assert (result.code, result.out) == (1, "")
    assert "With the template's changes, " in result.err
    assert "can't be imported: NameError: name 'Audited' is not defined; nothing was written." in result.err
    assert edited.project.tree() == before


@pytest.mark.parametrize("line", ["_tasks: ['touch {marker}']", "_jinja_extensions: [jinja2.ext.do]"])
@pytest.mark.parametrize("old", [False, True])
def test_no_version_of_a_template_runs_code(edited: Shop, tmp_path: Path, line: str, old: bool) -> None:
    settings = edited.template / "copier.yml"
    text, coding = settings.read_text(), settings.read_text() + line.format(marker=tmp_path / "ran") + "\n"
    settings.write_text(coding)
    if old:
        edited.commit()
        tree = edited.git("rev-parse", "HEAD:templates/domain").strip()
        answers = edited.project.root / ANSWERS
        answers.write_text(answers.read_text().replace(edited.version(), tree))
        settings.write_text(text)
        edited.change_template(OPTION)
    before = edited.project.tree()
    result = edited.project.run("update")
    assert result.code == 2
    assert f"wants to run code with {line.partition(':')[0]}, and scaffold runs none" in result.err
    assert edited.project.tree() == before
    assert not (tmp_path / "ran").exists()


def test_without_git(edited: Shop, tmp_path: Path) -> None:
    edited.change_template(OPTION)
    before = edited.project.tree()
    result = edited.project.run("update", PATH=str(tmp_path))
    assert result.code == 1
    assert "there is no git on this machine; nothing was written." in result.err
    assert edited.project.tree() == before


def test_answers_that_nobody_can_read(edited: Shop) -> None:
    edited.project.write(ANSWERS, "<<<<<<< HEAD\n")
    before = edited.project.tree()
    result = edited.project.run("update")
    assert result.code == 2
    assert f"{ANSWERS} can't be read as the answers that a template was given" in result.err
    assert edited.project.tree() == before


def test_a_domain_that_is_not_there(edited: Shop) -> None:
    result = edited.project.run("update", "analytic")
    assert result.code == 2
    assert "There is no domain 'analytic'" in result.err
    assert "Try: scaffold update analytics" in result.err


def test_two_branches_that_each_add_a_table_merge(edited: Shop) -> None:
    edited.commit()
    edited.git("branch", "other")
    edited.project.ok("add-table", "analytics", "clicks", "--no-migrate")
    edited.commit()
    edited.git("checkout", "-q", "other")
    edited.project.ok("new-domain", "billing", "total:decimal", "--no-migrate")
    edited.commit()
    conflicts = subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "merge", "-q", "-"],
        cwd=edited.project.root,
        capture_output=True,
        text=True,
        check=False,
    ).stdout
    assert ".answers" not in conflicts
    assert sorted(file.name for file in (edited.project.root / ANSWERS).parent.iterdir()) == [
        "analytics.clicks.json",
        "analytics.json",
        "analytics.visits.json",
        "billing.json",
    ]
