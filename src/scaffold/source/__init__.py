"""Python modules as text: what one says, and the text with something added. Every byte not asked for stays."""

from scaffold.source.columns import insert_columns
from scaffold.source.exports import add_export, exported
from scaffold.source.imports import Binding, Symbol, add_imports, bind
from scaffold.source.module import ColumnDef, Module, TableClass, mentions_table, parse
from scaffold.source.text import SourceText, decode, encode

__all__ = [
    "Binding",
    "ColumnDef",
    "Module",
    "SourceText",
    "Symbol",
    "TableClass",
    "add_export",
    "add_imports",
    "bind",
    "decode",
    "encode",
    "exported",
    "insert_columns",
    "mentions_table",
    "parse",
]
