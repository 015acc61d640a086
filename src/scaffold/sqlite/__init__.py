"""What a SQLite database holds, read from its own SQL, and what a migration may lose of it. Pure.

SQLite keeps every CREATE statement as it was written (sqlite.org/schematab), so that text is the only place that knows
all of a table: reflection through PRAGMAs leaves out COLLATE, CHECK, AUTOINCREMENT and generated expressions.
"""
