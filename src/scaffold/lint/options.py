"""`[tool.scaffold.check]`: which rules run, and what they are told."""

from dataclasses import dataclass

MAX_TABLES = 10
"""How many tables a domain may have where the configuration does not say."""


@dataclass(frozen=True, slots=True)
class Options:
    """`[tool.scaffold.check]`.

    Args:
        select: the codes of the rules to run; empty for all.
        ignore: the codes of the rules to leave out.
        query_columns: columns that queries look for, as `column` or `table.column`.
        max_tables: how many tables a domain may have.
    """

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    query_columns: tuple[str, ...] = ()
    max_tables: int = MAX_TABLES

    def runs(self, code: str) -> bool:
        """Whether a rule is to be run."""
        return (not self.select or code in self.select) and code not in self.ignore
