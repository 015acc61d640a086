// Drizzle on a database, whichever of the three it is.

async function onSQLite(file) {
  const { drizzle } = await import("drizzle-orm/libsql");
  const db = drizzle({ connection: { url: `file:${file}` } });
  return { db, close: () => db.$client.close() };
}

async function onPostgreSQL(server) {
  const { drizzle } = await import("drizzle-orm/node-postgres");
  const { default: pg } = await import("pg");
  const client = new pg.Client(server);
  await client.connect();
  return { db: drizzle(client), close: () => client.end() };
}

async function onMySQL(server) {
  const { drizzle } = await import("drizzle-orm/mysql2");
  const { default: mysql } = await import("mysql2/promise");
  const client = await mysql.createConnection(server);
  return { db: drizzle(client), close: () => client.end() };
}

const openers = { sqlite: onSQLite, postgresql: onPostgreSQL, mysql: onMySQL };

// What `task` makes of the database that `tests.node.programs.described` describes. It is closed then.
export async function using({ dialect, connection }, task) {
  const { db, close } = await openers[dialect](connection);
  try {
    return await task(db);
  } finally {
    await close();
  }
}
