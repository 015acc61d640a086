// Drizzle's view of a database: what drizzle-kit would change in it, its rows, or new rows written by Drizzle.
// Rows go in and out keyed by column name, instants as ISO 8601 text.
import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { getTableColumns } from "drizzle-orm";
import { using } from "./database.mts";

const require = createRequire(import.meta.url);
const kit = require("drizzle-kit/api");
const SCHEMAS = { sqlite: "sqlite", postgresql: "pg", mysql: "mysql" };

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

const differs = {
  sqlite: (db, schema) => kit.pushSQLiteSchema(schema, db),
  postgresql: (db, schema) => kit.pushSchema(schema, db, ["public"]),
  mysql: (db, schema, server) => pushMySQL(server),
};

async function answer(db, database, { task, tables, rows }) {
  const schema = await import(`./auth.schema.${SCHEMAS[database.dialect]}.ts`);
  if (task === "diff") {
    const { statementsToExecute, warnings } = await differs[database.dialect](db, schema, database.connection);
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

export default ({ database, ...asked }) => using(database, (db) => answer(db, database, asked));
