"""Real Better Auth on databases that scaffold made and migrated."""
