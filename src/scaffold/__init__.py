"""scaffold: one command from a domain's name to a migrated table, and safe migrations ever after."""
