"""What the matrix is made of: tables with something to lose, and steps of a migration that don't ask to lose it."""

from dataclasses import dataclass

from scaffold.sqlite.asked import Deed

OWNERS = "CREATE TABLE owners (id INTEGER PRIMARY KEY, name TEXT NOT NULL)"
COLUMNS = """\
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    note TEXT,
    code VARCHAR(10),
    owner_id INTEGER,
    spare TEXT"""
OWNER_ROWS = "INSERT INTO owners (id, name) VALUES (1, 'Ada'), (2, 'Bob')"
ROWS = """\
INSERT INTO items (id, name, note, code, owner_id, spare) VALUES
    (1, 'one', 'first', '007', 1, 'x'), (2, 'two', 'second', '1.50', 2, NULL), (5, 'five', 'fifth', NULL, NULL, 'z')"""


@dataclass(frozen=True, slots=True)
class Case:
    """A database with a table called items, and something that hangs on it.

    Args:
        title: what hangs on it; the table of the docs calls it so.
        more: more items of its CREATE TABLE.
        options: behind the last parenthesis.
        columns: its columns, where they are not the usual ones.
        after: statements that run when its rows are in it.
        probe: a query whose result stays the same.
        foreign_keys: whether every connection has foreign keys on, as SQLAlchemy's docs say how.
    """

    title: str
    more: str = ""
    options: str = ""
    columns: str = COLUMNS
    after: tuple[str, ...] = ()
    probe: str = "SELECT 1"
    foreign_keys: bool = False

    @property
    def statements(self) -> tuple[str, ...]:
        """What makes the database."""
        more = f",\n    {self.more}" if self.more else ""
        items = f"CREATE TABLE items (\n{self.columns}{more}\n) {self.options}".strip()
        return (OWNERS, items, OWNER_ROWS, ROWS, *self.after)


@dataclass(frozen=True, slots=True)
class Step:
    """One operation inside of `with op.batch_alter_table("items") as batch_op`.

    Args:
        title: the table of the docs calls it so.
        code: the call.
        deeds: what it asks for.
    """

    title: str
    code: str
    deeds: tuple[Deed, ...] = ()


STEPS = (
    Step("drop column", 'batch_op.drop_column("spare")', (Deed("drop", "column", "items", "spare"),)),
    Step(
        "alter type",
        'batch_op.alter_column("code", type_=sa.String(40))',
        (Deed("alter", "column", "items", "code", "type"),),
    ),
    Step(
        "set NOT NULL",
        'batch_op.alter_column("note", nullable=False)',
        (Deed("alter", "column", "items", "note", "null"),),
    ),
    Step("add foreign key", 'batch_op.create_foreign_key("items_owner_fk", "owners", ["owner_id"], ["id"])'),
    Step("add UNIQUE", 'batch_op.create_unique_constraint("items_name_unique", ["name"])'),
    Step("add CHECK", 'batch_op.create_check_constraint("items_id_check", "id > 0")'),
    Step(
        "rename column",
        'batch_op.alter_column("note", new_column_name="remark")',
        (Deed("rename", "column", "items", "note", "remark"),),
    ),
    Step("add column", 'batch_op.add_column(sa.Column("extra", sa.Text()))'),
)


def _children(action: str, index: bool = True) -> tuple[str, ...]:
    child = (
        "CREATE TABLE lines (id INTEGER PRIMARY KEY, item_id INTEGER,"
        f" FOREIGN KEY (item_id) REFERENCES items (id) ON DELETE {action})"
    )
    rows = "INSERT INTO lines (item_id) VALUES (1), (1), (2), (5)"
    return (child, rows, *(["CREATE INDEX lines_item_id_idx ON lines (item_id)"] if index else []))


_COMPOSITE = (
    "CREATE TABLE lines (id INTEGER PRIMARY KEY, item_id INTEGER, item_name TEXT,"
    " FOREIGN KEY (item_id, item_name) REFERENCES items (id, name) ON DELETE CASCADE)",
    "INSERT INTO lines (item_id, item_name) VALUES (1, 'one'), (2, 'two'), (NULL, NULL)",
)
_KEYED = COLUMNS.replace("id INTEGER PRIMARY KEY", "id INTEGER NOT NULL", 1)
_SELF = "parent_id INTEGER REFERENCES items (id) ON DELETE CASCADE"
_NEST = "UPDATE items SET parent_id = 1 WHERE id > 1"

CASES = (
    Case("nothing", after=_children("NO ACTION")),
    *(
        Case(f"child rows, {action}{', foreign keys on' * on}", after=_children(action), foreign_keys=on)
        for action in ("CASCADE", "SET NULL", "NO ACTION", "RESTRICT")
        for on in (False, True)
    ),
    Case("child rows without an index, CASCADE, foreign keys on", after=_children("CASCADE", False), foreign_keys=True),
    Case(
        "child rows by a composite key, CASCADE, foreign keys on",
        columns=_KEYED,
        more="PRIMARY KEY (id, name)",
        after=_COMPOSITE,
        foreign_keys=True,
    ),
    Case("rows of the same table as parents, CASCADE", more=_SELF, after=(_NEST,)),
    Case("rows of the same table as parents, CASCADE, foreign keys on", _SELF, after=(_NEST,), foreign_keys=True),
    Case("inline REFERENCES ... ON DELETE", more="maker_id INTEGER REFERENCES owners (id) ON DELETE SET NULL"),
    Case(
        "DEFERRABLE INITIALLY DEFERRED",
        more="maker_id INTEGER, FOREIGN KEY (maker_id) REFERENCES owners (id) DEFERRABLE INITIALLY DEFERRED",
    ),
    Case("trigger", after=("CREATE TRIGGER touch AFTER UPDATE OF name ON items BEGIN SELECT new.id; END",)),
    Case(
        "trigger of another table that writes to it",
        after=("CREATE TRIGGER copy AFTER INSERT ON owners BEGIN INSERT INTO items (name) VALUES (new.name); END",),
    ),
    Case("view", after=("CREATE VIEW names AS SELECT id, name FROM items WHERE code IS NOT NULL",)),
    Case(
        "view with an INSTEAD OF trigger",
        after=(
            "CREATE VIEW names AS SELECT id, name FROM items",
            "CREATE TRIGGER rename INSTEAD OF UPDATE ON names BEGIN"
            " UPDATE items SET name = new.name WHERE id = old.id; END",
        ),
    ),
    Case("expression index", after=("CREATE INDEX items_lower_idx ON items (lower(name))",)),
    Case("partial index", after=("CREATE UNIQUE INDEX items_live_idx ON items (name) WHERE code IS NOT NULL",)),
    Case("DESC index", after=("CREATE INDEX items_latest_idx ON items (id DESC, name)",)),
    Case("index with COLLATE", after=("CREATE INDEX items_name_idx ON items (name COLLATE NOCASE)",)),
    Case("generated column, STORED", more="size INTEGER GENERATED ALWAYS AS (length(name)) STORED"),
    Case("generated column, VIRTUAL", more="size INTEGER AS (length(name))"),
    Case("COLLATE", more="tag TEXT COLLATE NOCASE"),
    Case("CHECK without a name", more="CHECK (length(name) > 0)"),
    Case("CHECK with a name", more="CONSTRAINT items_name_check CHECK (length(name) > 0)"),
    Case("inline CHECK", more="tag TEXT CHECK (tag <> '')"),
    Case(
        "AUTOINCREMENT",
        columns=COLUMNS.replace("PRIMARY KEY", "PRIMARY KEY AUTOINCREMENT"),
        after=("DELETE FROM items WHERE id = 5",),
    ),
    Case("inline UNIQUE", more="tag TEXT UNIQUE"),
    Case("UNIQUE without a name", more="UNIQUE (name, code)"),
    Case("STRICT", columns=COLUMNS.replace("VARCHAR(10)", "TEXT"), options="STRICT"),
    Case("WITHOUT ROWID", options="WITHOUT ROWID"),
    Case(
        "rows known by their rowid, as a full-text index does",
        columns=COLUMNS.replace("id INTEGER PRIMARY KEY", "id TEXT PRIMARY KEY"),
        after=(
            "DELETE FROM items WHERE id = '1'",
            "CREATE VIRTUAL TABLE found USING fts5(name, content='items', content_rowid='rowid')",
            "INSERT INTO found (found) VALUES ('rebuild')",
        ),
        probe="SELECT items.id FROM found JOIN items ON items.rowid = found.rowid WHERE found MATCH 'five'",
    ),
    Case("_alembic_tmp_items left over from a failed run", after=("CREATE TABLE _alembic_tmp_items (id INTEGER)",)),
)
