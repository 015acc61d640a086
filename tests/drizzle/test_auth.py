"""Better Auth's TypeScript becomes `auth_schema.py`, and the database made from that is what Drizzle wants."""

from pathlib import Path

import pytest

import appdb
from scaffold.drizzle.auth import auth_schema, is_edited, says_the_same
from scaffold.drizzle.parse import parse
from scaffold.errors import UsageError
from tests.databases import mysql_url, postgresql_url
from tests.drizzle.kit import GENERATED, auth_text, catalogue, differ, generated, load, of_dialect
from tests.projects import PACKAGE
from tests.source import ruff

__all__ = ["differ", "mysql_url", "postgresql_url"]

OWN = (Path(appdb.__file__).parent / "auth_schema.py").read_text(encoding="utf-8")


@pytest.mark.parametrize("database", ["sqlite", "pg", "mysql"])
def test_the_packages_own_file_is_what_the_generator_writes_whatever_the_database(database):
    assert auth_schema(generated(f"auth.schema.{database}.ts")) == OWN


@pytest.mark.parametrize("name", GENERATED)
def test_every_generated_file_is_formatted_and_untouched(name):
    text = auth_text(generated(name))
    assert not is_edited(text)
    assert ruff.reformat(text, 120) == text


def differences(text, url, project, differ, engine_of):
    """What drizzle-kit would change in the database that Python makes from a schema."""
    load(project, {"auth_schema.py": auth_text(parse(text))}).create_all(engine_of(url))
    return differ(url, {"auth.ts": text}, "auth.ts")


NOTHING = {"statements": [], "warnings": []}


@pytest.mark.parametrize("name", of_dialect("sqlite"))
def test_drizzle_kit_has_nothing_to_change_on_sqlite(name, sqlite_url, project, differ, engine_of):
    text = GENERATED[name].read_text(encoding="utf-8")
    assert differences(text, sqlite_url, project, differ, engine_of) == NOTHING


UUIDS = [name for name in of_dialect("postgresql") if "uuid" in name]


@pytest.mark.parametrize("name", sorted({*of_dialect("postgresql")} - {*UUIDS}))
def test_drizzle_kit_has_nothing_to_change_on_postgresql(name, postgresql_url, project, differ, engine_of):
    text = GENERATED[name].read_text(encoding="utf-8")
    assert differences(text, postgresql_url, project, differ, engine_of) == NOTHING


drizzles_own_postgresql_url = postgresql_url


@pytest.mark.parametrize("name", UUIDS)
def test_drizzle_kit_finds_what_it_finds_in_its_own_database_where_ids_are_uuids(
    name, postgresql_url, drizzles_own_postgresql_url, project, differ, engine_of
):
    # It is never silent there: PostgreSQL says gen_random_uuid() where Better Auth wrote pg_catalog.gen_random_uuid().
    text = GENERATED[name].read_text(encoding="utf-8")
    own = differ(drizzles_own_postgresql_url, {"auth.ts": text}, "auth.ts", create=True)
    found = differences(text, postgresql_url, project, differ, engine_of)
    assert sorted(found["statements"]) == sorted(own["statements"])


drizzles_own_mysql_url = mysql_url


@pytest.mark.parametrize("name", of_dialect("mysql"))
def test_on_mysql_python_makes_the_database_that_drizzle_makes(
    name, mysql_url, drizzles_own_mysql_url, project, differ, engine_of
):
    text = GENERATED[name].read_text(encoding="utf-8")
    differ(drizzles_own_mysql_url, {"auth.ts": text}, "auth.ts")
    load(project, {"auth_schema.py": auth_text(parse(text))}).create_all(engine_of(mysql_url))
    assert catalogue(engine_of(mysql_url)) == catalogue(engine_of(drizzles_own_mysql_url))


def test_a_hand_edit_is_noticed_and_a_new_name_of_the_package_is_none():
    assert not is_edited(OWN)
    assert not is_edited(OWN.replace("\n", "\r\n"))
    assert not is_edited(OWN.replace("appdb", "shop.db"))
    assert is_edited(OWN.replace("image: Mapped[str | None]", "image: Mapped[str]"))
    assert is_edited(OWN + "\n# mine\n")
    assert is_edited(OWN.replace("default=utc_now,", "default=utc_now(),"))
    assert is_edited(OWN.removesuffix(")\n"))
    assert is_edited('"""Written by hand."""\n')


@pytest.mark.parametrize("width", [79, 88, 200])
@pytest.mark.parametrize("name", ["auth.schema.sqlite.ts", "all.uuid.plural.pg.ts"])
def test_a_formatter_with_another_line_length_edits_nothing(name, width):
    text = auth_text(generated(name))
    assert ruff.reformat(text, width) != text
    assert not is_edited(ruff.reformat(text, width))
    assert says_the_same(ruff.reformat(text, width), auth_schema(generated(name), PACKAGE, width=120))


def test_ids_of_any_kind_and_what_refers_to_them():
    assert "id: Mapped[int] = mapped_column(Identity(), primary_key=True)" in auth_text(
        generated("all.serial.plural.pg.ts")
    )
    assert '{"sqlite_autoincrement": True}' in auth_text(generated("all.serial.plural.sqlite.ts"))
    uuids = auth_text(generated("all.uuid.plural.pg.ts"))
    assert 'user_id: Mapped[str] = mapped_column(types.UuidId, ForeignKey("users.id", ondelete="CASCADE"))' in uuids
    assert "server_default=types.UuidId.random()" in uuids


def test_organizations_may_have_another_name():
    assert 'ORGANIZATIONS = "organization"\n' in auth_text(generated("sqlite.org.singular.ts"))


def test_what_cannot_be_represented_is_an_error_that_names_the_line():
    text = (
        'import { pgTable, text, interval } from "drizzle-orm/pg-core";\n'
        'export const users = pgTable("users", {\n  id: text("id").primaryKey(),\n  wait: interval("wait"),\n});\n'
    )
    with pytest.raises(UsageError, match=r"^auth\.schema\.ts:4: the column type `interval\(\"wait\"\)` has no counter"):
        parse(text)


def test_a_reference_to_a_table_of_another_file_is_an_error():
    text = (
        'import { sqliteTable, text } from "drizzle-orm/sqlite-core";\nimport { teams } from "./teams";\n'
        'export const users = sqliteTable("users", {\n  id: text("id").primaryKey(),\n'
        '  team: text("team").references(() => teams.id),\n});\n'
    )
    with pytest.raises(UsageError, match=r"^auth\.schema\.ts:5: team refers to teams, which is not in this file"):
        auth_schema(parse(text))


@pytest.mark.parametrize("dialect", ["sqlite", "mysql"])
def test_a_reference_to_a_text_that_is_no_id_has_the_type_of_that_text(dialect):
    text = (
        'import { sqliteTable, text } from "drizzle-orm/sqlite-core";\n'
        'export const oauthTokens = sqliteTable("oauth_tokens", {\n  id: text("id").primaryKey(),\n'
        '  clientId: text("client_id").references(() => oauthApplications.clientId, { onDelete: "cascade" }),\n});\n'
        'export const oauthApplications = sqliteTable("oauth_applications", {\n  id: text("id").primaryKey(),\n'
        '  clientId: text("client_id").unique(),\n});\n'
    )
    if dialect == "mysql":
        text = text.replace("sqlite-core", "mysql-core").replace("sqliteTable", "mysqlTable")
        text = text.replace('text("id")', 'varchar("id", { length: 36 })').replace("text }", "text, varchar }")
        text = text.replace('text("client_id").unique()', 'varchar("client_id", { length: 255 }).unique()')
    made = auth_schema(parse(text))
    assert made.count("client_id: Mapped[str | None] = mapped_column(types.ShortText)") == 1
    assert 'types.ShortText, ForeignKey("oauth_applications.client_id", ondelete="CASCADE")' in made
