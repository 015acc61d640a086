// The front end of an application: Better Auth over Drizzle, with the schema that `scaffold export drizzle` has written.
// It answers one request to Better Auth, or writes rows of a domain; what it would send by mail is part of the answer.
import { betterAuth } from "better-auth";
import { drizzleAdapter } from "better-auth/adapters/drizzle";
import { organization } from "better-auth/plugins/organization";
import { using } from "./database.mts";
import * as schema from "./db/schema.ts";

const ORIGIN = "http://localhost:3000";
const PROVIDERS = { sqlite: "sqlite", postgresql: "pg", mysql: "mysql" };

const application = (db, dialect, mails) =>
  betterAuth({
    baseURL: ORIGIN,
    secret: "d7Xq0vN3-only-for-tests-k2Wz8sLb5RtYpH1m",
    database: drizzleAdapter(db, { provider: PROVIDERS[dialect], schema, usePlural: true }),
    emailAndPassword: {
      enabled: true,
      sendResetPassword: async ({ user, token }) => void mails.push({ to: user.email, token }),
    },
    user: { deleteUser: { enabled: true } },
    plugins: [
      organization({
        sendInvitationEmail: async ({ email, id }) => void mails.push({ to: email, invitation: id }),
      }),
    ],
  });

async function answer(db, dialect, { method, path, body, cookie }) {
  const mails = [];
  const headers = { origin: ORIGIN, cookie, ...(body && { "content-type": "application/json" }) };
  const request = new Request(`${ORIGIN}/api/auth${path}`, { method, headers, body: body && JSON.stringify(body) });
  const response = await application(db, dialect, mails).handler(request);
  const text = await response.text();
  return { status: response.status, body: text && JSON.parse(text), cookies: response.headers.getSetCookie(), mails };
}

export default ({ database, request, table, rows }) =>
  using(database, async (db) => {
    if (request) return answer(db, database.dialect, request);
    await db.insert(schema[table]).values(rows);
  });
