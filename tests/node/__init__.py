"""TypeScript's side of the database: real Drizzle and Better Auth on Node, to test against."""
