"""Every domain table, one export line each; scaffold keeps them sorted."""
