"""Names that follow: after a table or a column is renamed, constraints and indexes are called by the convention again.

PostgreSQL renames them in place. Elsewhere they are made anew, which on SQLite takes a rebuild for a CHECK; a foreign
key's name does not matter there.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from scaffold.project.revisions.keys import (
    Key,
    Names,
    batch,
    block,
    create,
    difference,
    drop,
    on_mysql,
    rename_on_postgresql,
)
from scaffold.project.revisions.writer import ON_MYSQL, Writer

DIALECT = "op.get_context().dialect.name"


@dataclass(frozen=True, slots=True)
class Following:
    """Statements around the renaming itself.

    Args:
        ahead: what MySQL must drop first: it renames no column that a CHECK mentions.
        behind: the new names.
    """

    ahead: tuple[str, ...]
    behind: tuple[str, ...]


def follow(writer: Writer, names: Names, *, back: bool = False) -> Following:
    """What a renaming asks of all tables, on the way there or on the way back."""
    old, new = (writer.after, writer.before) if back else (writer.before, writer.after)
    words = names.reversed() if back else names
    pairs: list[tuple[Key, Key]] = []
    for name in sorted(old.tables):
        other = new.tables.get(words.table(name))
        if other is not None:
            pairs += difference(old.tables[name], other, words).renamed
    if not pairs:
        return Following((), ())
    checks = [(old_key, new_key) for old_key, new_key in pairs if new_key.kind == "check"]
    ahead = [drop(old_key) for old_key, _ in checks]
    return Following(
        tuple(on_mysql(ahead)),
        tuple(_behind(pairs, words, writer)),
    )


def _behind(pairs: Sequence[tuple[Key, Key]], words: Names, writer: Writer) -> list[str]:
    sqlite = [(old.twins[0], new.twins[0]) for old, new in pairs]
    servers = [(old.twins[1], new.twins[1]) for old, new in pairs]
    on_postgresql = [rename_on_postgresql(old, new) for old, new in servers]
    on_sqlite = _indexes(sqlite, words, writer)
    elsewhere = [_drop_from(old, words) for old, new in servers if new.kind == "foreignkey"]
    elsewhere += _indexes(servers, words, writer)
    for table in dict.fromkeys(new.table for _, new in sqlite):
        made = [(old, new) for old, new in sqlite if new.table == table and new.kind in {"check", "unique"}]
        statements = [f for old, new in made for f in (_drop_from(old, words), create(new, writer))]
        on_sqlite += batch(table, statements)
    for old, new in servers:
        if new.kind == "unique":
            elsewhere += [create(new, writer), _drop_from(old, words)]
        elif new.kind in {"check", "foreignkey"}:
            elsewhere.append(create(new, writer))
    if on_sqlite == elsewhere and elsewhere:
        return [
            block(f'if {DIALECT} == "postgresql":', on_postgresql),
            block("else:", elsewhere),
        ]
    branches = [block(f'if {DIALECT} == "postgresql":', on_postgresql)]
    branches += [block(f'elif {DIALECT} == "sqlite":', on_sqlite)] if on_sqlite else []
    word = "else:" if on_sqlite else f"elif {ON_MYSQL}:"
    branches += [block(word, elsewhere)] if elsewhere else []
    return ["\n".join(branches)]


def _indexes(pairs: Sequence[tuple[Key, Key]], words: Names, writer: Writer) -> list[str]:
    """The new ones first: an index that MySQL needs for a foreign key may only go when the next one is there."""
    indexes = [(old, new) for old, new in pairs if new.kind == "index"]
    return [create(new, writer) for _, new in indexes] + [_drop_from(old, words) for old, _ in indexes]


def _drop_from(old: Key, words: Names) -> str:
    """The statement that drops it from its table, which may have its new name already."""
    return drop(Key(old.item, words.table(old.table), old.kind))
