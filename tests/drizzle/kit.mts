// What drizzle-kit would change in a database so that it is what a TypeScript schema says: { statements, warnings }. With
// `create`, the database is first made by drizzle-kit itself.
import { createRequire } from "node:module";

const kit = createRequire(import.meta.url)("drizzle-kit/api");

async function onSQLite(schema, connection) {
  const { drizzle } = await import("drizzle-orm/libsql");
  const db = drizzle({ connection: { url: `file:${connection}` } });
  const found = await kit.pushSQLiteSchema(schema, db);
  db.$client.close();
  return found;
}

async function onPostgreSQL(schema, connection, create) {
  const { drizzle } = await import("drizzle-orm/node-postgres");
  const { default: pg } = await import("pg");
  const client = new pg.Client(connection);
  await client.connect();
  if (create) {
    const [nothing, everything] = [kit.generateDrizzleJson({}), kit.generateDrizzleJson(schema)];
    for (const statement of await kit.generateMigration(nothing, everything)) await client.query(statement);
  }
  const found = await kit.pushSchema(schema, drizzle(client), ["public"]);
  await client.end();
  return found;
}

// On MariaDB drizzle-kit is never silent, and other databases on the server confuse it: so it only makes its own.
async function onMySQL(schema, connection) {
  const { default: mysql } = await import("mysql2/promise");
  const client = await mysql.createConnection(connection);
  const [nothing, everything] = [await kit.generateMySQLDrizzleJson({}), await kit.generateMySQLDrizzleJson(schema)];
  for (const statement of await kit.generateMySQLMigration(nothing, everything)) await client.query(statement);
  await client.end();
  return { statementsToExecute: [], warnings: [] };
}

const differs = { sqlite: onSQLite, postgresql: onPostgreSQL, mysql: onMySQL };

export default async ({ dialect, connection, entry, create }) => {
  const schema = await import(`./${entry}`);
  const { statementsToExecute, warnings } = await differs[dialect](schema, connection, create);
  return { statements: statementsToExecute, warnings };
};
