// What drizzle-kit would change in a database so that it is what a TypeScript schema says: { statements, warnings }. With
// `create`, the database is first made by drizzle-kit itself.
import { createRequire } from "node:module";
import { using } from "./database.mts";

const kit = createRequire(import.meta.url)("drizzle-kit/api");

const onSQLite = (db, schema) => kit.pushSQLiteSchema(schema, db);

async function onPostgreSQL(db, schema, create) {
  if (create) {
    const [nothing, everything] = [kit.generateDrizzleJson({}), kit.generateDrizzleJson(schema)];
    for (const statement of await kit.generateMigration(nothing, everything)) await db.execute(statement);
  }
  return kit.pushSchema(schema, db, ["public"]);
}

// On MariaDB drizzle-kit is never silent, and other databases on the server confuse it: so it only makes its own.
async function onMySQL(db, schema) {
  const [nothing, everything] = [await kit.generateMySQLDrizzleJson({}), await kit.generateMySQLDrizzleJson(schema)];
  for (const statement of await kit.generateMySQLMigration(nothing, everything)) await db.execute(statement);
  return { statementsToExecute: [], warnings: [] };
}

const differs = { sqlite: onSQLite, postgresql: onPostgreSQL, mysql: onMySQL };

export default ({ database, entry, create }) =>
  using(database, async (db) => {
    const schema = await import(`./${entry}`);
    const { statementsToExecute, warnings } = await differs[database.dialect](db, schema, create);
    return { statements: statementsToExecute, warnings };
  });
