// Drizzle's view of a database: what drizzle-kit would change in it, its rows, or new rows written by Drizzle.
// Rows go in and out keyed by column name, instants as ISO 8601 text. The last line of output is the answer.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getTableColumns } from "drizzle-orm";

const require = createRequire(import.meta.url);
const { dialect, connection, task, tables, rows } = JSON.parse(process.argv[2]);

async function open() {
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
  return { db, schema, differ: () => pushMySQL(), close: () => client.end() };
}

// pushMySQLSchema of drizzle-kit's API forgets most of what its command line would do: so ask the command line, which
// prints its statements and then stops for want of a terminal.
function pushMySQL() {
  const config = { dialect: "mysql", schema: "./auth.schema.mysql.ts", dbCredentials: connection };
  const options = { tablesFilter: ["!alembic_version"], verbose: true, strict: true };
  writeFileSync("drizzle.config.ts", `export default ${JSON.stringify({ ...config, ...options })}`);
  const bin = join(dirname(require.resolve("drizzle-kit/api")), "bin.cjs");
  const { stdout } = spawnSync(process.execPath, [bin, "push"], { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  if (!/No changes detected|^ALTER|^CREATE|^DROP/m.test(stdout)) throw new Error(stdout);
  return { statementsToExecute: stdout.split("\n").filter((line) => /^(ALTER|CREATE|DROP)/.test(line)), warnings: [] };
}

async function createMySQL() {
  const kit = require("drizzle-kit/api");
  const [nothing, everything] = [await kit.generateMySQLDrizzleJson({}), await kit.generateMySQLDrizzleJson(schema)];
  for (const statement of await kit.generateMySQLMigration(nothing, everything)) await db.execute(statement);
}

const { db, schema, differ, close } = await open();
const answer = {};
if (task === "diff") {
  const { statementsToExecute, warnings } = await differ(require("drizzle-kit/api"));
  answer.statements = statementsToExecute;
  answer.warnings = warnings;
}
if (task === "create on MySQL") await createMySQL();
for (const name of tables ?? []) {
  const columns = Object.entries(getTableColumns(schema[name]));
  if (task === "read") {
    const found = await db.select().from(schema[name]);
    answer[name] = found.map((row) => Object.fromEntries(columns.map(([key, column]) => [column.name, row[key]])));
  }
  if (task === "write") {
    for (const row of rows[name]) {
      const value = (column) => (column.dataType === "date" ? new Date(row[column.name]) : row[column.name]);
      await db.insert(schema[name]).values(Object.fromEntries(columns.map(([key, column]) => [key, value(column)])));
    }
  }
}
await close();
console.log("\n" + JSON.stringify(answer));
