"""`auth sync` and `auth check` in a project with domains: from Better Auth's TypeScript to the database, and back."""

import json
import re
import shlex

import pytest

from tests.databases import mysql_url, postgresql_url
from tests.drizzle.kit import GENERATED, catalogue, differ, of_dialect
from tests.projects import TestProject

__all__ = ["differ", "mysql_url", "postgresql_url"]

SCHEMA = "db/auth.schema.ts"


def text_of(name: str) -> str:
    return GENERATED[name].read_text(encoding="utf-8")


def sync(project: TestProject, name: str, *options: str, answer: str = "Renamed") -> None:
    """Let Better Auth have generated a schema, and bring the project up to date.

    Where names alone don't say what became of a table or a column, the command that the answer asks for is run.
    """
    project.write(SCHEMA, text_of(name))
    argv = ["auth", "sync", *options]
    while (done := project.run(*argv)).code == 2:
        asked = re.search(rf"^{answer}: +scaffold (.+)$", done.err, re.MULTILINE) or pytest.fail(str(done))
        argv = [*shlex.split(asked[1]), *options]
    assert done.code == 0, str(done)
    # Where nothing had to change, nothing was applied either.
    project.ok("migrate")


def with_domains(project: TestProject, name: str) -> TestProject:
    """A project whose domains refer to Better Auth's tables, to organizations as well where there are any."""
    tenant = "organization" in text_of(name)
    project.ok("new-domain", "notes", "author:ref=users", "body:text", "--no-tenant", "--no-migrate")
    if tenant:
        project.ok("new-domain", "shop", "--table", "products", "seller:ref=users:optional", "--no-migrate")
    return project


def check_all(project: TestProject) -> None:
    """Files, migrations and database are what the schema says, and plain Alembic agrees."""
    before = project.tree()
    project.ok("auth", "check")
    assert project.ok("auth", "sync").startswith("The auth tables and their migrations are what")
    project.ok("generate", "--check")
    assert project.tree() == before
    project.python(
        "from alembic import command, config\n"
        f"made = config.Config(attributes={{'url': {project.url!r}}})\n"
        "made.set_main_option('script_location', 'src/shopdb/migrations')\n"
        "command.check(made)\n"
    )


def auth_tables_alone(project: TestProject) -> None:
    """Leave no table that drizzle-kit would want to drop."""
    for table in ("notes", "products", "alembic_version"):
        project.execute(f"DROP TABLE IF EXISTS {table}")


def synced(tmp_path, url: str, name: str) -> TestProject:
    project = with_domains(TestProject(tmp_path / "project", {"SHOPDB_URL": url}), name)
    sync(project, name)
    check_all(project)
    auth_tables_alone(project)
    return project


NOTHING = {"statements": [], "warnings": []}


@pytest.mark.parametrize("name", of_dialect("sqlite"))
def test_drizzle_kit_has_nothing_to_change_on_sqlite(name, tmp_path, sqlite_url, differ):
    synced(tmp_path, sqlite_url, name)
    assert differ(sqlite_url, {"auth.ts": text_of(name)}, "auth.ts") == NOTHING


drizzles_own_postgresql_url = postgresql_url


@pytest.mark.parametrize("name", of_dialect("postgresql"))
def test_drizzle_kit_has_nothing_to_change_on_postgresql(
    name, tmp_path, postgresql_url, drizzles_own_postgresql_url, differ
):
    synced(tmp_path, postgresql_url, name)
    found = differ(postgresql_url, {"auth.ts": text_of(name)}, "auth.ts")
    if "uuid" in name:
        # It is never silent there, as `tests/drizzle/test_auth.py` says.
        own = differ(drizzles_own_postgresql_url, {"auth.ts": text_of(name)}, "auth.ts", create=True)
        assert sorted(found["statements"]) == sorted(own["statements"])
    else:
        assert found == NOTHING


drizzles_own_mysql_url = mysql_url


@pytest.mark.parametrize("name", of_dialect("mysql"))
def test_on_mysql_it_is_the_database_that_drizzle_makes(
    name, tmp_path, mysql_url, drizzles_own_mysql_url, differ, engine_of
):
    synced(tmp_path, mysql_url, name)
    differ(drizzles_own_mysql_url, {"auth.ts": text_of(name)}, "auth.ts")
    assert catalogue(engine_of(mysql_url)) == catalogue(engine_of(drizzles_own_mysql_url))


PEOPLE = """\
from shopdb import session
from shopdb.schema import Account, Member, Note, Organization, Product, User

with session() as db:
    ada, acme = User(name="Ada", email="ada@example.com"), Organization(name="Acme", slug="acme")
    db.add_all([ada, acme])
    db.flush()
    db.add(Account(account_id="1", provider_id="credential", user_id=ada.id, password="x"))
    db.add(Member(user_id=ada.id, organization_id=acme.id))
    db.add_all([Note(author_id=ada.id, body="Hello"), Product(seller_id=ada.id, organization_id=acme.id)])
    db.commit()
"""
COUNTS = """\
import sqlalchemy as sa
from shopdb import session
from shopdb.schema import Account, Member, Note, Organization, Product, User

with session() as db:
    print([db.scalar(sa.select(sa.func.count()).select_from(m)) for m in (User, Account, Member, Organization)])
    print(db.scalars(sa.select(User.name).join(Note, Note.author_id == User.id)).all())
    print(db.scalars(sa.select(Organization.slug).join(Product, Product.organization_id == Organization.id)).all())
"""
EVERYBODY = "[1, 1, 1, 1]\n['Ada']\n['acme']\n"

JOURNEYS = {
    "sqlite": [
        *("sqlite.orgteams.ts", "sqlite.org+admin.ts", "sqlite.org+twofactor.ts", "sqlite.org+apikey.ts"),
        *("all.text.plural.sqlite.ts", "sqlite.org.singular.ts"),
    ],
    "postgresql": ["pg.orgteams.ts", "all.text.plural.pg.ts", "pg.org.camel.ts"],
    "mysql": ["mysql.orgteams.ts", "all.text.plural.mysql.ts"],
}
CORE = {"sqlite": "auth.schema.sqlite.ts", "postgresql": "auth.schema.pg.ts", "mysql": "auth.schema.mysql.ts"}


@pytest.mark.slow
@pytest.mark.parametrize("dialect", JOURNEYS)
def test_rows_live_through_every_change_of_plugins_and_back(dialect, tmp_path, request):
    url = request.getfixturevalue(f"{dialect}_url")
    project = with_domains(TestProject(tmp_path / "project", {"SHOPDB_URL": url}), CORE[dialect])
    project.ok("migrate")
    project.python(PEOPLE)
    for name in [*JOURNEYS[dialect], CORE[dialect]]:
        # A column of one plugin is no other plugin's under a new name.
        sync(project, name, "--yes", answer="Dropped")
        project.ok("auth", "check")
        assert project.python(COUNTS) == EVERYBODY
    run_alembic(project, "downgrade", "base")
    run_alembic(project, "upgrade", "head")
    check_all(project)


def run_alembic(project: TestProject, command: str, revision: str) -> None:
    project.python(
        "from alembic import command, config\n"
        f"made = config.Config(attributes={{'url': {project.url!r}}})\n"
        "made.set_main_option('script_location', 'src/shopdb/migrations')\n"
        f"command.{command}(made, {revision!r})\n"
    )


@pytest.fixture
def project_with_people(project: TestProject) -> TestProject:
    project = with_domains(project, "auth.schema.sqlite.ts")
    project.ok("migrate")
    project.python(PEOPLE)
    project.write(SCHEMA, text_of("auth.schema.sqlite.ts"))
    return project


def test_it_tells_what_it_did(project_with_people):
    project_with_people.write(SCHEMA, text_of("sqlite.org+admin.ts"))
    before = project_with_people.tree()
    shown = project_with_people.ok("auth", "sync", "--dry-run")
    assert "+    ban_reason: Mapped[str | None]\n" in shown
    assert "ALTER TABLE users ADD COLUMN ban_reason TEXT" in shown
    assert project_with_people.tree() == before
    told = json.loads(project_with_people.ok("auth", "sync", "--json"))
    assert told["verb"] == "auth sync"
    assert told["tables"] == ["sessions", "users"]
    assert told["revision"]["message"] == "sync auth tables"
    check_all(project_with_people)


def test_what_no_database_has_needs_no_revision(project_with_people):
    text = project_with_people.package / "auth_schema.py"
    project_with_people.write(SCHEMA, text_of("sqlite.org.singular.ts").replace("sqliteTable", "sqliteTable"))
    revisions = project_with_people.revisions()
    project_with_people.write(
        SCHEMA,
        text_of("auth.schema.sqlite.ts").replace(
            '  logo: text("logo"),', '  logo: text("logo").$defaultFn(() => "none"),'
        ),
    )
    assert "The database needs no migration." in project_with_people.ok("auth", "sync")
    assert 'logo: Mapped[str | None] = mapped_column(default="none")' in text.read_text()
    assert project_with_people.revisions() == revisions
    check_all(project_with_people)


def test_a_hand_edit_is_refused_and_let_go_only_by_name(project_with_people):
    file = project_with_people.package / "auth_schema.py"
    written = file.read_text()
    file.write_text(written.replace("    image: Mapped[str | None]\n", "    image: Mapped[str]\n"))
    before = project_with_people.tree()
    refused = project_with_people.run("auth", "sync")
    assert refused.code == 2
    assert "auth_schema.py was edited by hand" in refused.err
    assert project_with_people.tree() == before
    project_with_people.ok("auth", "sync", "--discard-edits")
    assert file.read_text() == written


def test_a_required_column_asks_for_its_backfill(project_with_people):
    plan = '  image: text("image"),\n  plan: text("plan").notNull(),'
    project_with_people.write(SCHEMA, text_of("auth.schema.sqlite.ts").replace('  image: text("image"),', plan))
    before = project_with_people.tree()
    refused = project_with_people.run("auth", "sync")
    assert refused.code == 2
    assert f"scaffold auth sync --from {SCHEMA} --backfill users.plan=VALUE" in refused.err
    assert project_with_people.tree() == before
    project_with_people.ok("auth", "sync", "--backfill", "users.plan=free")
    assert project_with_people.execute("SELECT plan FROM users") == [("free",)]
    check_all(project_with_people)


def test_a_unique_column_is_no_difference_that_was_there_before(project_with_people):
    unique = '  image: text("image"),\n  phoneNumber: text("phone_number").unique(),'
    project_with_people.write(SCHEMA, text_of("auth.schema.sqlite.ts").replace('  image: text("image"),', unique))
    project_with_people.execute("ALTER TABLE users ADD COLUMN stray TEXT")
    told = json.loads(project_with_people.ok("auth", "sync", "--json"))["notes"]
    assert [note for note in told if "differed" in note] == [note for note in told if "stray" in note] != []
    assert "users_phone" not in "".join(told)


def test_what_is_lost_is_asked(project_with_people):
    sync(project_with_people, "sqlite.org+admin.ts")
    project_with_people.execute("UPDATE users SET ban_reason = 'spam'")
    project_with_people.write(SCHEMA, text_of("auth.schema.sqlite.ts"))
    before = project_with_people.tree()
    refused = project_with_people.run("auth", "sync")
    assert (refused.code, "1 value of users.ban_reason would be lost" in refused.err) == (2, True)
    assert project_with_people.tree() == before
    project_with_people.ok("auth", "sync", "--yes")
    check_all(project_with_people)


def test_domains_follow_a_table_and_its_class(project_with_people):
    notes = project_with_people.package / "tables" / "notes.py"
    notes.write_text(
        notes.read_text()
        .replace("import Mapped, mapped_column", "import Mapped, mapped_column, relationship")
        .replace(
            "    body: Mapped[str]\n", '    body: Mapped[str]\n    author: Mapped["User"] = relationship("User")\n'
        )
    )
    sync(project_with_people, "sqlite.org.rename.ts")
    assert 'ForeignKey("app_users.id", ondelete="CASCADE")' in notes.read_text()
    assert 'author: Mapped["AppUser"] = relationship("AppUser")\n' in notes.read_text()
    check_all(project_with_people)
    assert project_with_people.execute("SELECT name FROM app_users JOIN notes ON author_id = app_users.id") == [
        ("Ada",)
    ]


def test_a_table_that_domains_need_is_not_taken_away(project_with_people):
    sync(project_with_people, "sqlite.orgteams.ts")
    project_with_people.ok("add-column", "notes", "team:ref=teams:optional")
    project_with_people.write(SCHEMA, text_of("auth.schema.sqlite.ts"))
    before = project_with_people.tree()
    refused = project_with_people.run("auth", "sync", "--yes")
    assert refused.code == 2
    assert "has the table 'teams' no more, and 1 place of the domains needs it" in refused.err
    assert re.search(r"src/shopdb/tables/notes\.py:\d+: Note\n", refused.err)
    assert project_with_people.tree() == before


def test_organizations_are_not_taken_from_tables_that_belong_to_one(project_with_people):
    project_with_people.write(SCHEMA, text_of("fields.plural.sqlite.ts"))
    refused = project_with_people.run("auth", "sync", "--yes")
    assert refused.code == 2
    assert "has no organizations, and 1 table of the domains belongs to one" in refused.err
    assert "tables/shop.py" in refused.err


def test_a_name_that_a_domain_has_is_refused(project):
    project.ok("new-domain", "teams", "name:text", "--no-migrate")
    project.write(SCHEMA, text_of("sqlite.orgteams.ts"))
    refused = project.run("auth", "sync")
    assert refused.code == 2
    assert "has a table 'teams', and so has src/shopdb/tables/teams.py" in refused.err
    assert "scaffold rename-table teams app_teams" in refused.err


def test_changes_of_a_domain_are_not_swept_in(project_with_people):
    notes = project_with_people.package / "tables" / "notes.py"
    notes.write_text(notes.read_text().replace("body: Mapped[str]", "body: Mapped[str]\n    size: Mapped[int | None]"))
    sync(project_with_people, "sqlite.org+admin.ts")
    assert "size" not in [*project_with_people.revisions().values()][-1]
    assert project_with_people.run("generate", "--check").code == 1


def test_ids_that_are_texts_become_no_numbers(project_with_people):
    project_with_people.write(SCHEMA, text_of("all.serial.plural.sqlite.ts"))
    before = project_with_people.tree()
    refused = project_with_people.run("auth", "sync")
    assert refused.code == 2
    assert "accounts.id becomes a number, and 1 row has an id that is none" in refused.err
    assert project_with_people.tree() == before


@pytest.mark.slow
def test_domains_follow_ids_that_are_numbers(project):
    with_domains(project, "all.serial.plural.sqlite.ts")
    sync(project, "all.serial.plural.sqlite.ts")
    assert "author_id: Mapped[int] = mapped_column" in project.table("notes")
    assert "seller_id: Mapped[int | None] = mapped_column" in project.table("shop")
    project.ok("add-column", "notes", "editor:ref=users:optional")
    assert "editor_id: Mapped[int | None] = mapped_column" in project.table("notes")
    project.python(PEOPLE)
    assert project.python(COUNTS) == EVERYBODY
    assert project.execute("SELECT typeof(author_id) FROM notes") == [("integer",)]
    assert project.execute("SELECT typeof(organization_id) FROM products") == [("integer",)]
    sync(project, "all.text.plural.sqlite.ts")
    assert "author_id: Mapped[str] = mapped_column" in project.table("notes")
    assert project.python(COUNTS) == EVERYBODY
    check_all(project)


@pytest.fixture
def elsewhere(project_with_people):
    """A project whose schema lies where nobody looks."""
    (project_with_people.root / SCHEMA).rename(project_with_people.root / "schema.ts")
    return project_with_people


def test_the_file_is_named_configured_or_found(elsewhere):
    refused = elsewhere.run("auth", "sync")
    assert (refused.code, "is not said" in refused.err) == (2, True)
    elsewhere.ok("auth", "sync", "--from", "schema.ts")
    project_file = elsewhere.root / "pyproject.toml"
    project_file.write_text(
        project_file.read_text().replace("[tool.scaffold]\n", '[tool.scaffold]\nauth-schema = "schema.ts"\n')
    )
    elsewhere.ok("auth", "check")
    assert elsewhere.ok("auth", "check", cwd="src").startswith("The auth tables are what ")


def test_check_tells_what_the_file_and_the_database_miss(project_with_people):
    project_with_people.write(SCHEMA, text_of("sqlite.orgteams.ts"))
    found = project_with_people.run("auth", "check")
    assert found.code == 1
    assert "src/shopdb/auth_schema.py is not what db/auth.schema.ts says:\n" in found.err
    assert "+class TeamMember(Base):\n" in found.err
    assert "local.db is not what db/auth.schema.ts says; to be that, it needs:\n\n" in found.err
    assert "  team_members: new table\n" in found.err
    assert found.err.endswith("Bring it up to date with: scaffold auth sync --from db/auth.schema.ts\n")


def test_check_tells_what_the_database_misses(project_with_people):
    told = json.loads(project_with_people.ok("auth", "check", "--json"))
    assert told["verb"] == "auth check"
    project_with_people.execute("ALTER TABLE users DROP COLUMN image")
    found = project_with_people.run("auth", "check")
    assert found.code == 1
    assert "users.image: new column" in found.err


def test_a_formatter_of_another_width_edits_nothing(project_with_people):
    config = project_with_people.root / "pyproject.toml"
    config.write_text(config.read_text().replace("line-length = 120", "line-length = 88"))
    project_with_people.ok("auth", "check")
    assert "there is nothing to do" in project_with_people.ok("auth", "sync")


def test_check_needs_no_database(project):
    project.write(SCHEMA, text_of("auth.schema.sqlite.ts"))
    assert "there is no local database yet" in project.ok("auth", "check")
    assert not project.database.exists()


def test_tables_that_come_to_refer_to_each_other_are_no_matter_for_sqlalchemys_warning(project):
    text = text_of("auth.schema.sqlite.ts")
    team = 'export const teams = sqliteTable("teams", { id: text("id").primaryKey()%s });\n'
    squad = (
        'export const squads = sqliteTable("squads", { id: text("id").primaryKey(),'
        ' team: text("team").references(() => teams.id) });\n'
    )
    for more in ("", ', squad: text("squad").references(() => squads.id)'):
        project.write(SCHEMA, text + team % more + squad)
        process = project.start("auth", "sync", "--yes")
        _, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
