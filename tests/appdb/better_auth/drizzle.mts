// Drizzle's view of a database: what drizzle-kit would change in it, its rows, or new rows written by Drizzle.
// Rows go in and out keyed by column name, instants as ISO 8601 text.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getTableColumns } from "drizzle-orm";

const require = createRequire(import.meta.url);

async function open(dialect, connection) {
  if (dialect === "sqlite") {
    const { drizzle } = await import("drizzle-orm/libsql");
    const schema = await import("./auth.schema.sqlite.ts");
    const db = drizzle({ connection: { url: `file:${connection}` } });
    return { db, schema, differ: (kit) => kit.pushSQLiteSchema(schema, db), close: () => db.$client.close() };
  }
  if (dialect === "postgresql") {
    const { drizzle } = await import("drizzle-orm/node-postgres");
    const { default: pg } = await import("pg");
    const schema = await import("./auth.schema.pg.ts");
    const client = new pg.Client(connection);
    await client.connect();
    const db = drizzle(client);
    return { db, schema, differ: (kit) => kit.pushSchema(schema, db, ["public"]), close: () => client.end() };
  }
  const { drizzle } = await import("drizzle-orm/mysql2");
  const { default: mysql } = await import("mysql2/promise");
  const schema = await import("./auth.schema.mysql.ts");
  const client = await mysql.createConnection(connection);
  const db = drizzle(client);
  return { db, schema, differ: () => pushMySQL(connection), close: () => client.end() };
}

// pushMySQLSchema of drizzle-kit's API forgets most of what its command line would do: so ask the command line, which
// prints its statements and then stops for want of a terminal.
function pushMySQL(connection) {
  const config = { dialect: "mysql", schema: "./auth.schema.mysql.ts", dbCredentials: connection };
  const options = { tablesFilter: ["!alembic_version"], verbose: true, strict: true };
  const cwd = import.meta.dirname;
  writeFileSync(join(cwd, "drizzle.config.ts"), `export default ${JSON.stringify({ ...config, ...options })}`);
  const bin = join(dirname(require.resolve("drizzle-kit/api")), "bin.cjs");
  const stdio = ["ignore", "pipe", "pipe"];
  const { stdout } = spawnSync(process.execPath, [bin, "push"], { cwd, encoding: "utf8", stdio });
  if (!/No changes detected|^ALTER|^CREATE|^DROP/m.test(stdout)) throw new Error(stdout);
  return { statementsToExecute: stdout.split("\n").filter((line) => /^(ALTER|CREATE|DROP)/.test(line)), warnings: [] };
}

async function createMySQL(db, schema) {
  const kit = require("drizzle-kit/api");
  const [nothing, everything] = [await kit.generateMySQLDrizzleJson({}), await kit.generateMySQLDrizzleJson(schema)];
  for (const statement of await kit.generateMySQLMigration(nothing, everything)) await db.execute(statement);
}

async function read(db, table, columns) {
  const found = await db.select().from(table);
  return found.map((row) => Object.fromEntries(columns.map(([key, column]) => [column.name, row[key]])));
}

async function write(db, table, columns, rows) {
  const value = (column, row) => (column.dataType === "date" ? new Date(row[column.name]) : row[column.name]);
  for (const row of rows) {
    await db.insert(table).values(Object.fromEntries(columns.map(([key, column]) => [key, value(column, row)])));
  }
}

async function answer({ task, tables, rows }, { db, schema, differ }) {
  if (task === "diff") {
    const { statementsToExecute, warnings } = await differ(require("drizzle-kit/api"));
    return { statements: statementsToExecute, warnings };
  }
  if (task === "create on MySQL") return createMySQL(db, schema);
  const found = {};
  for (const name of tables) {
    const columns = Object.entries(getTableColumns(schema[name]));
    if (task === "read") found[name] = await read(db, schema[name], columns);
    if (task === "write") await write(db, schema[name], columns, rows[name]);
  }
  return found;
}

export default async ({ dialect, connection, ...asked }) => {
  const opened = await open(dialect, connection);
  try {
    return await answer(asked, opened);
  } finally {
    await opened.close();
  }
};
