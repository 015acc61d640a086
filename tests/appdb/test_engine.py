"""Where the database is, how an engine talks to it, and what a migration's connection never does."""

import datetime as dt
import json
import sqlite3

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

import appdb
from appdb.engine import create_engine, database_url, migration_connection
from appdb.errors import DatabaseURLError, ForeignKeyViolationsError
from appdb.schema import Base, Session, User

PROJECT = '[tool.scaffold]\npackage = "appdb"\n[tool.scaffold.targets.local]\nurl = "sqlite:///local.db"\n'


@pytest.fixture(autouse=True)
def _no_environment(monkeypatch):
    monkeypatch.delenv("APPDB_URL", raising=False)


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("postgres://u:p@h/d", "postgresql+psycopg"),
        ("postgresql://u:p@h/d", "postgresql+psycopg"),
        ("postgresql+asyncpg://u:p@h/d", "postgresql+asyncpg"),
        ("mysql://u:p@h/d", "mysql+pymysql"),
        ("mariadb://u:p@h/d", "mariadb+pymysql"),
        ("mysql+mysqldb://u:p@h/d", "mysql+mysqldb"),
        ("sqlite://", "sqlite"),
    ],
)
def test_a_url_without_a_driver_gets_the_projects(given, driver):
    assert database_url(given).drivername == driver


def test_the_argument_wins_over_the_environment_and_that_over_the_project(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    (tmp_path / "src" / "deep").mkdir(parents=True)
    (tmp_path / "src" / "pyproject.toml").write_text("[tool.other]\n")
    monkeypatch.setattr("appdb.engine.__file__", str(tmp_path / "src" / "deep" / "engine.py"))
    assert database_url().database == str(tmp_path / "local.db")
    monkeypatch.setenv("APPDB_URL", "sqlite:///environment.db")
    assert database_url().database == "environment.db"
    assert database_url("sqlite:///argument.db").database == "argument.db"


def test_another_project_around_the_current_directory_is_not_meant(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text(PROJECT)
    monkeypatch.chdir(tmp_path)
    assert database_url().database != str(tmp_path / "local.db")


def test_an_installed_package_uses_the_project_around_the_current_directory(tmp_path, monkeypatch):
    project, installed = tmp_path / "project", tmp_path / "lib" / "engine.py"
    project.mkdir()
    (project / "pyproject.toml").write_text(PROJECT)
    monkeypatch.setattr("appdb.engine.__file__", str(installed))
    monkeypatch.chdir(project)
    assert database_url().database == str(project / "local.db")


def test_a_project_without_a_local_database_is_told_what_to_write(tmp_path, monkeypatch):
    (tmp_path / "pyproject.toml").write_text("[tool.scaffold]\n")
    monkeypatch.setattr("appdb.engine.__file__", str(tmp_path / "engine.py"))
    with pytest.raises(DatabaseURLError, match=r"\[tool\.scaffold\.targets\.local\]\nurl = "):
        database_url()


@pytest.mark.parametrize("url", ["postgresql://u:secret@h:secret/d", "u:secret@h", "postgresql:/u:secret@h/d"])
def test_no_error_repeats_a_password(url):
    with pytest.raises(DatabaseURLError) as caught:
        create_engine(url)
    assert "secret" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_values_stay_out_of_errors(sqlite_url, engine_of):
    engine = engine_of(sqlite_url)
    with engine.connect() as db, pytest.raises(OperationalError) as caught:
        db.execute(sa.text("SELECT * FROM nowhere WHERE x = :x"), {"x": "secret"})
    assert "secret" not in str(caught.value)


def test_every_sqlite_connection_keeps_foreign_keys_and_waits(sqlite_url, engine_of):
    engine = engine_of(sqlite_url)
    with engine.connect() as one, engine.connect() as two:
        for db in (one, two):
            pragmas = [db.exec_driver_sql(f"PRAGMA {name}").scalar() for name in PRAGMAS]
            assert pragmas == [1, "wal", 10_000]


PRAGMAS = ("foreign_keys", "journal_mode", "busy_timeout")


def test_a_session_is_a_context_manager_on_one_engine_per_database(sqlite_url, monkeypatch):
    monkeypatch.setenv("APPDB_URL", sqlite_url)
    with appdb.session() as db:
        Base.metadata.create_all(db.connection())
        db.add(User(name="Ada", email="ada@example.org"))
        db.commit()
    with appdb.session(sqlite_url) as again:
        assert again.scalars(sa.select(User.name)).all() == ["Ada"]
        assert again.get_bind() is db.get_bind()
    again.get_bind().dispose()


def tree(db):
    db.exec_driver_sql("CREATE TABLE parent (id INTEGER PRIMARY KEY)")
    db.exec_driver_sql("CREATE TABLE child (id INTEGER, p INTEGER REFERENCES parent (id) ON DELETE CASCADE)")
    db.exec_driver_sql("INSERT INTO parent VALUES (1)")
    db.exec_driver_sql("INSERT INTO child VALUES (1, 1)")


def rebuild_parent(db):
    db.exec_driver_sql("CREATE TABLE parent_new (id INTEGER PRIMARY KEY, name TEXT)")
    db.exec_driver_sql("INSERT INTO parent_new (id) SELECT id FROM parent")
    db.exec_driver_sql("DROP TABLE parent")
    db.exec_driver_sql("ALTER TABLE parent_new RENAME TO parent")


def test_a_rebuild_on_a_migration_connection_keeps_the_children(sqlite_url, engine_of):
    with engine_of(sqlite_url).begin() as db:
        tree(db)
    with migration_connection(sqlite_url) as db, db.begin():
        rebuild_parent(db)
    with engine_of(sqlite_url).connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM child").scalar() == 1


def test_an_orphan_is_named_and_nothing_is_committed(sqlite_url, engine_of):
    with engine_of(sqlite_url).begin() as db:
        tree(db)
    with migration_connection(sqlite_url) as db:
        transaction = db.begin()
        db.exec_driver_sql("CREATE TABLE made (id INTEGER)")
        db.exec_driver_sql("DELETE FROM parent")
        with pytest.raises(ForeignKeyViolationsError, match=r"1 row\(s\) .* child -> parent"):
            transaction.commit()
    with engine_of(sqlite_url).connect() as db:
        assert db.exec_driver_sql("SELECT count(*) FROM parent").scalar() == 1
        assert sa.inspect(db).get_table_names() == ["child", "parent"]


def test_a_failing_migration_leaves_no_table(sqlite_url, engine_of):
    def migrate():
        with migration_connection(sqlite_url) as db, db.begin():
            db.exec_driver_sql("CREATE TABLE made (id INTEGER)")
            raise RuntimeError("stop")

    with pytest.raises(RuntimeError, match="stop"):
        migrate()
    with engine_of(sqlite_url).connect() as db:
        assert sa.inspect(db).get_table_names() == []


def test_a_migration_takes_the_write_lock_before_it_reads(sqlite_url, tmp_path):
    with migration_connection(sqlite_url) as db, db.begin():
        other = sqlite3.connect(tmp_path / "test.db", timeout=0)
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        other.close()


@pytest.mark.parametrize(
    "way", ["table level", "inline", "backticks", "composite", "implicit", "two of one column", "deferrable"]
)
def test_a_reflected_foreign_key_keeps_its_options(way, sqlite_url):
    ddl = {
        "table level": 'CREATE TABLE c (x TEXT, FOREIGN KEY (x) REFERENCES "The Parents" (id) ON DELETE CASCADE)',
        "inline": 'CREATE TABLE c (x TEXT REFERENCES "The Parents" (id) ON DELETE SET NULL ON UPDATE CASCADE)',
        "backticks": "CREATE TABLE c (`x` text, FOREIGN KEY (`x`) REFERENCES `The Parents`(`id`) "
        "ON UPDATE no action ON DELETE cascade)",
        "composite": 'CREATE TABLE c (x TEXT, "y z" TEXT, '
        'FOREIGN KEY ("y z", x) REFERENCES "The Parents" (b, a) ON UPDATE RESTRICT)',
        "implicit": 'CREATE TABLE c (x TEXT REFERENCES "The Parents" ON DELETE CASCADE)',
        "two of one column": 'CREATE TABLE c (x TEXT REFERENCES "The Parents" (id) ON DELETE CASCADE, '
        'y TEXT REFERENCES "The Parents" (id) ON DELETE SET DEFAULT, z TEXT REFERENCES other (id))',
        "deferrable": "CREATE TABLE c (\"REFERENCES\" TEXT DEFAULT 'REFERENCES', a TEXT -- REFERENCES\n"
        "REFERENCES other (id) ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, b DECIMAL(10, 2) REFERENCES other,"
        "c TEXT REFERENCES `other` NOT DEFERRABLE, d TEXT CHECK (d IN ('DEFERRABLE', ',')), e TEXT,"
        " CONSTRAINT k FOREIGN KEY (d) REFERENCES other (id) DEFERRABLE,"
        " FOREIGN KEY (e) REFERENCES other deferrable initially immediate)",
    }
    expected = {
        "table level": [{"ondelete": "CASCADE"}],
        "inline": [{"ondelete": "SET NULL", "onupdate": "CASCADE"}],
        "backticks": [{"ondelete": "CASCADE"}],
        "composite": [{"onupdate": "RESTRICT"}],
        "implicit": [{"ondelete": "CASCADE"}],
        "two of one column": [{"ondelete": "CASCADE"}, {"ondelete": "SET DEFAULT"}, {}],
        "deferrable": [
            {"ondelete": "CASCADE", "deferrable": True, "initially": "DEFERRED"},
            {},
            {"deferrable": False},
            {"deferrable": True},
            {"deferrable": True, "initially": "IMMEDIATE"},
        ],
    }
    # Not this package's engine: whoever makes one after importing it reflects right.
    engine = sa.create_engine(sqlite_url)
    with engine.begin() as db:
        db.exec_driver_sql('CREATE TABLE "The Parents" (id TEXT PRIMARY KEY, a TEXT, b TEXT, UNIQUE (b, a))')
        db.exec_driver_sql("CREATE TABLE other (id TEXT PRIMARY KEY)")
        db.exec_driver_sql(ddl[way])
        keys = sorted(sa.inspect(db).get_foreign_keys("c"), key=lambda key: json.dumps(key["constrained_columns"]))
    engine.dispose()
    assert [key["options"] for key in keys] == expected[way]


def test_an_added_column_keeps_its_action_through_a_reflected_copy(sqlite_url, engine_of):
    engine = engine_of(sqlite_url)
    with engine.begin() as db:
        tree(db)
        db.exec_driver_sql("ALTER TABLE child ADD COLUMN q INTEGER REFERENCES parent (id) ON DELETE SET NULL")
        child = sa.Table("child", sa.MetaData(), autoload_with=db)
    assert {key.parent.name: key.ondelete for key in child.foreign_keys} == {"p": "CASCADE", "q": "SET NULL"}


def test_a_missing_parent_is_refused(engine):
    tables = [Base.metadata.tables[name] for name in ("users", "sessions")]
    Base.metadata.create_all(engine, tables)
    now = dt.datetime.now(dt.UTC)
    with engine.begin() as db, pytest.raises(IntegrityError):
        db.execute(sa.insert(Session).values(token="t", user_id="nobody", expires_at=now))
