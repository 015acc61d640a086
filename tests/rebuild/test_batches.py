"""What a batch block may say, and what becomes of the table's SQL."""

import pytest
import sqlalchemy as sa

from scaffold.errors import ScaffoldError
from tests.rebuild.migration import File, batch, execute

NOTE = "`note` TEXT DEFAULT 'a, (b' COLLATE NOCASE"


def make(file: File, *columns: str, options: str = "") -> None:
    file.run(f"CREATE TABLE t ({', '.join(columns)}) {options}")


def test_all_that_is_not_asked_for_stays_as_it_was_written(file: File) -> None:
    file.run(f"CREATE TABLE t (id INTEGER /* the key */ PRIMARY KEY, {NOTE}, [my size] INT)")
    file.migrate(batch()(lambda op: op.alter_column("my size", nullable=False)))
    assert file.sql("t") == (
        f'CREATE TABLE "t" (id INTEGER /* the key */ PRIMARY KEY, {NOTE}, "my size" INT NOT NULL )'
    )


def test_each_side_of_a_column_is_changed_alone(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT DEFAULT 'x' NOT NULL CHECK (a <> '') COLLATE NOCASE")
    file.migrate(batch()(lambda op: op.alter_column("a", type_=sa.String(9))))
    assert file.sql("t").endswith("\"a\" VARCHAR(9) DEFAULT 'x' NOT NULL CHECK (a <> '') COLLATE NOCASE )")
    file.migrate(batch()(lambda op: op.alter_column("a", nullable=True)))
    assert file.sql("t").endswith("\"a\" VARCHAR(9) DEFAULT 'x' CHECK (a <> '') COLLATE NOCASE )")
    file.migrate(batch()(lambda op: op.alter_column("a", server_default="it's")))
    file.migrate(batch()(lambda op: op.alter_column("a", server_default=None, type_=sa.String(collation="BINARY"))))
    assert file.sql("t").endswith('"a" VARCHAR COLLATE "BINARY" CHECK (a <> \'\') )')


def test_a_block_that_renames_and_changes_renames_everywhere(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT", "CHECK (a <> 'no')")
    file.run("CREATE VIEW v AS SELECT a FROM t")
    file.run("CREATE INDEX i ON t (a) WHERE a > 'b'")
    file.run("INSERT INTO t (a) VALUES ('x')")
    file.migrate(batch()(lambda op: op.alter_column("a", new_column_name="b", nullable=False)))
    assert file.run("SELECT * FROM v") == [("x",)]
    assert "CHECK (\"b\" <> 'no')" in file.sql("t")
    assert file.sql("i") == 'CREATE INDEX i ON t ("b") WHERE "b" > \'b\''


def test_a_dropped_column_takes_its_indexes_and_constraints_along(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT UNIQUE", "b TEXT", "CHECK (a <> b)", "UNIQUE (a, b)", "CHECK (b > '')")
    file.run("CREATE INDEX i ON t (lower(a))")
    file.run("CREATE INDEX j ON t (b)")
    file.migrate(batch()(lambda op: op.drop_column("a")))
    assert file.sql("t") == "CREATE TABLE \"t\" (id INTEGER PRIMARY KEY, b TEXT, CHECK (b > '') )"
    assert file.names("index") == {"j"}


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT new.a; END", "the trigger g of t"),
        ("CREATE TRIGGER g AFTER UPDATE OF a ON t BEGIN SELECT 1; END", "the trigger g of t"),
        ("CREATE VIEW g AS SELECT a FROM t", "the view g"),
    ],
)
def test_what_would_not_work_without_a_dropped_column_is_named(file: File, statement: str, what: str) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT")
    file.run(statement)
    before = file.dump()
    with pytest.raises(ScaffoldError, match=f"{what} would not work any more") as refused:
        file.migrate(batch()(lambda op: op.drop_column("a")))
    assert statement in refused.value.help
    assert file.dump() == before


def test_constraints_are_dropped_by_their_name_wherever_they_stand(file: File) -> None:
    make(
        file,
        "id INTEGER PRIMARY KEY",
        "a TEXT CONSTRAINT one CHECK (a <> '') CONSTRAINT two UNIQUE",
        "CONSTRAINT three CHECK (1)",
    )
    file.migrate(
        batch()(lambda op: op.drop_constraint("one", type_="check")),
        batch()(lambda op: (op.drop_constraint("two", type_="unique"), op.drop_constraint("three"))),
    )
    assert file.sql("t") == 'CREATE TABLE "t" (id INTEGER PRIMARY KEY, "a" TEXT )'


def test_constraints_without_a_name_are_dropped_by_a_convention(file: File) -> None:
    file.run("CREATE TABLE p (id INTEGER PRIMARY KEY)")
    make(file, "id INTEGER PRIMARY KEY", "a INT REFERENCES p (id) ON DELETE CASCADE", "b INT", "UNIQUE (a, b)")
    names = {
        "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
    file.migrate(
        batch(naming_convention=names)(lambda op: op.drop_constraint("fk_t_a_p", type_="foreignkey")),
        batch(naming_convention=names)(lambda op: op.drop_constraint("uq_t_a", type_="unique")),
    )
    assert file.sql("t") == 'CREATE TABLE "t" (id INTEGER PRIMARY KEY, "a" INT, b INT )'


def test_a_constraint_that_is_not_there_is_told_with_those_that_are(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "CONSTRAINT one CHECK (id > 0)")
    with pytest.raises(ScaffoldError, match="t has no constraint 'two'") as refused:
        file.migrate(batch()(lambda op: op.drop_constraint("two", type_="check")))
    assert refused.value.help == "It has these: one."


def test_an_enum_gets_new_values_whether_its_check_has_a_name_or_not(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "s VARCHAR(5) CHECK (s IN ('a', 'b'))", "CHECK (s <> 'z')")
    old = sa.Enum("a", "b", name="s_values", create_constraint=True)
    new = sa.Enum("a", "b", "c", name="s_values", create_constraint=True)
    file.migrate(batch()(lambda op: op.alter_column("s", existing_type=old, type_=new)))
    assert file.sql("t") == (
        'CREATE TABLE "t" (id INTEGER PRIMARY KEY, "s" VARCHAR(1), CHECK (s <> \'z\'),'
        " CONSTRAINT s_values CHECK (s IN ('a', 'b', 'c')) )"
    )
    file.migrate(batch()(lambda op: op.alter_column("s", existing_type=new, type_=sa.String(9))))
    assert "s_values" not in file.sql("t")


def test_the_primary_key_is_replaced(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY AUTOINCREMENT", "a TEXT")
    file.run("INSERT INTO t (a) VALUES ('x')")
    file.migrate(batch()(lambda op: op.create_primary_key("t_pkey", ["id", "a"])))
    assert file.sql("t") == 'CREATE TABLE "t" ( "id" INTEGER, a TEXT, CONSTRAINT t_pkey PRIMARY KEY (id, a) )'


def test_columns_are_put_in_order(file: File) -> None:
    make(file, "a INT", "b INT", "c INT")
    file.run("INSERT INTO t VALUES (1, 2, 3)")
    file.migrate(
        batch(recreate="always")(lambda op: op.add_column(sa.Column("d", sa.Integer), insert_after="a")),
        batch(recreate="always", partial_reordering=[("c", "b")])(lambda _: None),
    )
    assert file.run("SELECT a, b, c, d FROM t") == [(1, 2, 3, None)]
    columns = [row[1] for row in file.run("PRAGMA table_info(t)")]
    assert columns.index("c") < columns.index("b")


def test_what_a_revision_states_again_is_not_there_twice(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a INT", "CHECK (a > 0)")
    again = batch(table_args=(sa.CheckConstraint("a > 0"),), recreate="always")
    file.migrate(again(lambda _: None))
    assert file.sql("t").count("CHECK") == 1


def test_copy_from_loses_nothing_that_it_does_not_know(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT COLLATE NOCASE", "b TEXT", "CHECK (a <> '')")
    known = sa.Table("t", sa.MetaData(), sa.Column("id", sa.Integer, primary_key=True), sa.Column("b", sa.Text))
    file.migrate(batch(copy_from=known)(lambda op: op.alter_column("b", nullable=False)))
    assert "COLLATE NOCASE" in file.sql("t")
    assert "CHECK (a <> '')" in file.sql("t")


def test_indexes_are_dropped_and_created(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT", "b TEXT")
    file.run("CREATE INDEX i ON t (a)")

    @batch()
    def step(op):
        op.drop_index("i")
        op.create_index("j", ["b"], unique=True)
        op.alter_column("a", nullable=False)

    file.migrate(step)
    assert file.names("index") == {"j"}
    assert file.sql("j") == "CREATE UNIQUE INDEX j ON t (b)"


def test_a_new_column_that_the_rows_have_no_value_for_is_explained(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY")
    file.run("INSERT INTO t VALUES (1)")
    with pytest.raises(ScaffoldError, match="the required new column a has no default"):
        file.migrate(batch()(lambda op: op.add_column(sa.Column("a", sa.Text, nullable=False))))


def test_rows_without_a_value_are_counted(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT")
    file.run("INSERT INTO t (a) VALUES (NULL), ('x'), (NULL)")
    with pytest.raises(ScaffoldError, match=r"2 row\(s\) of t have no a") as refused:
        file.migrate(batch()(lambda op: op.alter_column("a", nullable=False)))
    assert refused.value.help.endswith('op.execute("UPDATE t SET a = ... WHERE a IS NULL")')
    file.migrate(
        execute("UPDATE t SET a = '' WHERE a IS NULL"), batch()(lambda op: op.alter_column("a", nullable=False))
    )


def test_a_new_type_bends_no_value(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a TEXT", "d VARCHAR(10)")
    file.run("INSERT INTO t (a, d) VALUES ('12', '2024-05-01'), (NULL, NULL)")
    file.migrate(batch()(lambda op: (op.alter_column("a", type_=sa.Integer()), op.alter_column("d", type_=sa.Date()))))
    assert file.run("SELECT a, d FROM t ORDER BY id") == [(12, "2024-05-01"), (None, None)]
    file.run("INSERT INTO t (a) VALUES ('abc')")
    with pytest.raises(ScaffoldError, match=r"1 row\(s\) of t have a a that is no FLOAT, such as 'abc'"):
        file.migrate(batch()(lambda op: op.alter_column("a", type_=sa.Float())))


def test_a_column_that_others_are_generated_from_can_change(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "a INT", "b INT AS (a * 2) STORED", "c INT AS (b + 1)")
    file.run("INSERT INTO t (a) VALUES (1)")
    file.migrate(batch()(lambda op: op.alter_column("a", nullable=False)))
    assert file.run("SELECT a, b, c FROM t") == [(1, 2, 3)]


def test_autoincrement_goes_on_where_it_was(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY AUTOINCREMENT", "a TEXT")
    file.run("INSERT INTO t (a) VALUES ('x'), ('y')", "DELETE FROM t")
    file.migrate(batch()(lambda op: op.alter_column("a", type_=sa.String(3))))
    file.run("INSERT INTO t (a) VALUES ('z')")
    assert file.run("SELECT id FROM t") == [(3,)]


def test_a_table_of_another_case_or_with_odd_names_is_found(file: File) -> None:
    file.run('CREATE TABLE "T" (id INTEGER PRIMARY KEY, "a ""b" TEXT, "sel,ect" TEXT)')
    file.run("INSERT INTO \"T\" VALUES (1, 'x', 'y')")
    file.migrate(
        batch()(lambda op: (op.alter_column('a "b', nullable=False), op.alter_column("sel,ect", nullable=False)))
    )
    assert file.run('SELECT "a ""b", "sel,ect" FROM T') == [("x", "y")]


def test_a_renamed_table_keeps_its_own(file: File) -> None:
    make(file, "id INTEGER PRIMARY KEY", "parent INT REFERENCES t (id)", "a TEXT CHECK (a <> '')")
    file.run("CREATE TRIGGER g AFTER INSERT ON t BEGIN UPDATE t SET a = 'x'; END")
    file.run("CREATE VIEW v AS SELECT * FROM t")
    file.migrate(lambda op: op.rename_table("t", "u"), execute("ALTER TABLE u RENAME COLUMN a TO b"))
    assert 'REFERENCES "u" (id)' in file.sql("u")
    assert file.run("SELECT * FROM v") == []
