"""Files as other people write them: each becomes modules that make a database, or an error that names the line."""

import pytest

from scaffold.drizzle.export import export
from scaffold.drizzle.importing import Known, import_project
from scaffold.errors import UsageError
from scaffold.project import config, models
from scaffold.project.reflect_models import models as reflect
from tests.projects import PACKAGE, TestProject

HELPERS = """\
import { mysqlTable, varchar, serial, bigint, datetime, decimal, int } from 'drizzle-orm/mysql-core'

const text255 = () => varchar({ length: 255 })
const money = (name: string, digits = 12) => decimal(name, { precision: digits, scale: 2 })
const moment = (name: string) => datetime(name, { fsp: 3 })
const stamps = (made: string) => ({ made: moment(made).notNull(), touched: datetime({ fsp: 3 }) })

export const account = mysqlTable('account_of_shop', {
  id: serial().primaryKey(),
  email: text255().notNull(),
  password: text255(),
  balance: money('balance').notNull(),
  credit: money('credit_line', 9),
  ...stamps('made_at'),
})

export const login = mysqlTable('login', {
  id: serial().primaryKey(),
  accountId: bigint('account_id', { mode: 'number', unsigned: true }).references(() => account.id),
  tries: int({ unsigned: true }).default(0),
})
"""

BARREL = {
    "db/_shared.ts": "export { pgTable, uuid, text, timestamp, index } from 'drizzle-orm/pg-core'\n"
    "export { relations, sql } from 'drizzle-orm'\nexport type * from './types'\n",
    "db/index.ts": "export * from './teams'\nexport * from './plans'\n",
    "db/teams.ts": "import { index, pgTable, relations, text, timestamp, uuid } from './_shared'\n"
    "import { plans } from '.'\n"
    "const id = () => uuid().defaultRandom().primaryKey()\n"
    "export const teams = pgTable('teams', {\n  id: id(),\n  planId: uuid().notNull().references(() => plans.id),\n"
    "  title: text().notNull(),\n  settings: text().$type<import('./types').Settings>(),\n"
    "  madeAt: timestamp({ withTimezone: true }).defaultNow().notNull(),\n"
    "}, (t) => [index('teams_plan').using('btree', t.planId)])\n"
    "export const teamsRelations = relations(teams, ({ one }) => ({ plan: one(plans) }))\n"
    "export default teams\n",
    "db/plans.ts": "import { pgTable, uuid, text } from './_shared'\n"
    "export const plans = pgTable('plans', { id: uuid().primaryKey(), name: text().unique() })\n",
}

MANY_IN_ONE = """\
import { relations } from 'drizzle-orm'
import { boolean, integer, json, pgTable, primaryKey, real, serial, smallint, text, uniqueIndex, varchar, char }
  from 'drizzle-orm/pg-core'
import { createInsertSchema } from 'drizzle-zod'

export const pupil = pgTable('pupil', {
  id: serial('id').primaryKey(),
  firstName: varchar({ length: 50 }).notNull(),
  langs: text().array().notNull(),
  notes: json().notNull(),
  height: real(),
  country: char({ length: 2 }),
  isActive: boolean().default(true).notNull(),
}, (t) => [uniqueIndex('pupil_name').on(t.firstName)])
export const course = pgTable('course', { id: integer().primaryKey().generatedAlwaysAsIdentity(), level: smallint() })
export const pupilToCourse = pgTable('pupil_to_course', {
  pupilId: integer().notNull().references(() => pupil.id, { onDelete: 'cascade' }),
  courseId: integer().notNull().references(() => course.id),
}, (t) => [primaryKey({ columns: [t.pupilId, t.courseId] })])
export const pupilRelations = relations(pupil, ({ many }) => ({ courses: many(pupilToCourse) }))
export const insertPupil = createInsertSchema(pupil)
export type Pupil = typeof pupil.$inferSelect
"""

SQLITE = """\
import { sql } from 'drizzle-orm'
import { blob, index, int, real, sqliteTable, sqliteTableCreator, text, unique }
  from 'drizzle-orm/sqlite-core'

export const createTable = sqliteTableCreator((name) => `blog_${name}`)
export const author = createTable('author', {
  id: int({ mode: 'number' }).primaryKey({ autoIncrement: true }),
  handle: text({ length: 40 }).notNull(),
  kind: text({ enum: ['person', 'robot'] }).notNull().default('person'),
  joined: int({ mode: 'timestamp' }).default(sql`(unixepoch())`).notNull(),
  isStaff: int({ mode: 'boolean' }).notNull().default(false),
  rating: real().default(0.5),
  photo: blob(),
  extra: text({ mode: 'json' }).$type<{ a: number }>(),
}, (t) => ({ byHandle: unique('blog_author_handle').on(t.handle), byKind: index('blog_kind').on(t.kind, t.joined) }))
export const article = sqliteTable('article', {
  id: text().primaryKey().$defaultFn(() => crypto.randomUUID()),
  authorId: int().notNull().references(() => author.id, { onDelete: 'cascade' }),
  replyTo: text(),
})
"""

PROJECTS = {
    "helpers": ("mysql", {"db/schema.ts": HELPERS}, "camelCase"),
    "barrel": ("postgresql", BARREL, "snake_case"),
    "many in one": ("postgresql", {"db/schema.ts": MANY_IN_ONE}, "snake_case"),
    "sqlite": ("sqlite", {"db/schema.ts": SQLITE}, ""),
}


def write(project: TestProject, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        project.write(f"web/{path}", text)


@pytest.mark.parametrize("name", PROJECTS)
def test_a_database_is_made_and_the_models_are_what_it_is(name, request, project):
    dialect, texts, casing = PROJECTS[name]
    project.environment["SHOPDB_URL"] = request.getfixturevalue(f"{dialect}_url")
    write(project, texts)
    project.ok("import", "drizzle", "web", *(["--casing", casing] if casing else []))
    project.ok("generate", "-m", "import the front end")
    project.ok("generate", "--check")


@pytest.mark.parametrize("name", PROJECTS)
def test_an_export_of_it_imports_to_the_same_modules(name, project):
    dialect, texts, casing = PROJECTS[name]
    write(project, texts)
    project.ok("import", "drizzle", "web", *(["--casing", casing] if casing else []))
    found = config.find(project.root)
    with models.importable(found):
        made = reflect(found.package, models.metadata(found), dialect)
    known = Known(PACKAGE, frozenset(table.name for table in made.auth))
    again = import_project({f"db/{path}": text for path, text in export(made).items()}, known)
    assert {module.domain: module.text for module in again.modules} == {
        domain.name: project.table(domain.name) for domain in made.domains
    }


HEAD = "import { customType, pgTable, pgSchema, pgPolicy, text, vector, point } from 'drizzle-orm/pg-core'\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "export const a = pgTable('a', {\n  id: text().primaryKey(),\n  e: vector({ dimensions: 3 }),\n})",
            "a.ts:4: ",
        ),
        ("export const a = pgTable('a', { id: text().primaryKey(),\n  at: point() })", "a.ts:3: "),
        (
            "const halfvec = customType({ dataType() { return 'halfvec(3)' } })\n"
            "export const a = pgTable('a', { id: text().primaryKey(), e: halfvec() })",
            "a.ts:3: the custom type `halfvec()` has no counterpart",
        ),
        (
            "const mine = pgSchema('mine')\nexport const a = mine.table('a', { id: text() })",
            "a.ts:2: a table in a schema",
        ),
        (
            "export const a = pgTable('a', { id: text().primaryKey() }, (t) => [pgPolicy('p')])",
            "a.ts:2: a sequence, a role or a policy can't be represented",
        ),
        (
            "import { KINDS } from '@shop/kinds'\n"
            "export const a = pgTable('a', { id: text().primaryKey(), k: text({ enum: KINDS }) })",
            "a.ts:3: `KINDS` is no list of texts|a.ts:3: the value of `KINDS` is made in '@shop/kinds', which is none",
        ),
        ("export const a = pgTable('a', { id: text() })", "a.ts:2: the table 'a' has no primary key"),
        ("export const a = pgTable('a', { id: text().primaryKey() }", "a.ts:2: this is not valid TypeScript"),
        ("function f() { return pgTable('a', { id: text() }) }", "a.ts:2: a table is read only from `const name"),
        (
            "const c = (n) => c(n)\nexport const a = pgTable('a', { id: c('x') })",
            "nested too deeply, or refers to itself",
        ),
    ],
)
def test_what_cannot_be_represented_is_an_error_that_names_the_line(text, said):
    with pytest.raises(UsageError) as raised:
        import_project({"a.ts": HEAD + text}, Known())
    assert any(one in raised.value.message for one in said.split("|")), raised.value.message


def test_a_table_of_better_auths_name_that_is_another_is_an_error(project):
    project.write(
        "web/schema.ts",
        "import { integer, sqliteTable, text } from 'drizzle-orm/sqlite-core'\n"
        "export const users = sqliteTable('users', { id: integer().primaryKey(), secret: text() })\n",
    )
    before = project.tree()
    result = project.run("import", "drizzle", "web")
    assert (result.code, "web/schema.ts:2: the table 'users' is Better Auth's here" in result.err) == (2, True)
    assert project.tree() == before


def test_a_class_name_that_is_taken_makes_room(project):
    project.write(
        "web/schema.ts",
        "import { sqliteTable, text } from 'drizzle-orm/sqlite-core'\n"
        "export const user = sqliteTable('user', { id: text().primaryKey() })\n",
    )
    assert "Note: user: its class is UserRecord, as User is taken." in project.ok("import", "drizzle", "web")
    project.ok("generate", "-m", "import", "--no-migrate")


def test_an_enum_of_postgresql_comes_back_from_an_export(project, postgresql_url):
    project.environment["SHOPDB_URL"] = postgresql_url
    head = "import { pgEnum, pgTable, text } from 'drizzle-orm/pg-core'\n"
    project.write(
        "web/pupils.table.ts",
        head
        + "export const mood = pgEnum('mood', ['sad', 'ok'])\nexport const size = pgEnum('the_size', ['s', \"it's\"])\n"
        "export const pupil = pgTable('pupil', {\n"
        "  id: text().primaryKey(), mood: mood().default('ok'), size: size(),\n})\n",
    )
    project.write(
        "web/classes.table.ts",
        head + "import { mood } from './pupils.table'\n"
        "export const theClass = pgTable('the_class', { id: text().primaryKey(), mood: mood().notNull() })\n",
    )
    project.ok("import", "drizzle", "web")
    assert 'Enum("sad", "ok", name="mood")' in project.table("pupils")
    project.ok("export", "drizzle")
    exported = {path.relative_to(project.root).as_posix(): path.read_text() for path in project.root.glob("db/**/*.ts")}
    assert [text.count("pgEnum('mood'") for text in exported.values()].count(1) == 1
    assert "export const moodEnum = pgEnum('mood', ['sad', 'ok'])\n" in exported["db/tables/enums.ts"]
    assert "import { moodEnum } from './enums'\n" in exported["db/tables/classes.table.ts"]
    assert "export * from './enums'\n" in exported["db/tables/index.ts"]
    size = "export const theSizeEnum = pgEnum('the_size', ['s', \"it's\"])\n"
    assert size in exported["db/tables/pupils.table.ts"]
    again = import_project(exported, Known(PACKAGE))
    assert {module.domain: module.text for module in again.modules} == {
        name: project.table(name) for name in ("classes", "pupils")
    }
    assert again.notes == ()
    project.ok("export", "drizzle", "--dialect", "sqlite", "--out", "lite")
    assert "mood: text('mood', { enum: ['sad', 'ok'] }).default('ok')" in (
        project.root / "lite/tables/pupils.table.ts"
    ).read_text().replace("\n    ", "")
    project.ok("export", "drizzle", "--dialect", "mysql", "--out", "my")
    assert "mood: mysqlEnum('mood', ['sad', 'ok']).default('ok')" in (
        project.root / "my/tables/pupils.table.ts"
    ).read_text().replace("\n    ", "")
