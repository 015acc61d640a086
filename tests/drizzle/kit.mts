// What drizzle-kit would change in a database so that it is what a TypeScript schema says. The last line of output is
// the answer: { statements, warnings }. With `create`, the database is first made by drizzle-kit itself.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { dialect, connection, entry, create } = JSON.parse(process.argv[2]);
const schema = await import(`./${entry}`);
const kit = require("drizzle-kit/api");

async function onSQLite() {
  const { drizzle } = await import("drizzle-orm/libsql");
  const db = drizzle({ connection: { url: `file:${connection}` } });
  const found = await kit.pushSQLiteSchema(schema, db);
  db.$client.close();
  return found;
}

async function onPostgreSQL() {
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
async function onMySQL() {
  const { default: mysql } = await import("mysql2/promise");
  const client = await mysql.createConnection(connection);
  const [nothing, everything] = [await kit.generateMySQLDrizzleJson({}), await kit.generateMySQLDrizzleJson(schema)];
  for (const statement of await kit.generateMySQLMigration(nothing, everything)) await client.query(statement);
  await client.end();
  return { statementsToExecute: [], warnings: [] };
}

const differ = { sqlite: onSQLite, postgresql: onPostgreSQL, mysql: onMySQL }[dialect];
const { statementsToExecute, warnings } = await differ();
console.log("\n" + JSON.stringify({ statements: statementsToExecute, warnings }));
